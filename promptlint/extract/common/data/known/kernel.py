"""Reads Semantic Kernel's prompt functions: YAML, and `config.json` beside `skprompt.txt`."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common import declared
from promptlint.extract.common.data.known.base import Format, Item, called, file, items, keys, mapping, said
from promptlint.extract.common.data.turns import Found, Spot, Turn, parts
from promptlint.model import Field, Span
from promptlint.syntax.nodes import Mapping, Node

_SYNTAXES = {"handlebars": "mustache", "jinja2": "jinja", "liquid": "jinja", "semantic-kernel": "mustache"}
_OWN = {"template_format", "input_variables", "execution_settings"}


def _fits(root: Mapping, _path: str) -> bool:
    own = keys(root) & _OWN
    variables = items(root.get("input_variables"))
    described = any(isinstance(item, Mapping) for item in variables)
    kernel = (
        "execution_settings" in own or described or said(root.get("template_format")) == "semantic-kernel"
    )
    return kernel and bool(said(root.get("template")))


def _read(spot: Spot) -> Iterator[Item]:
    root = spot.node
    assert isinstance(root, Mapping)
    template = root.get("template")
    assert template is not None
    syntax = _SYNTAXES.get(said(root.get("template_format")).lower() or "semantic-kernel")
    inputs = declared.inputs(root) if isinstance(root.get("input_variables"), Node) else None
    turn = Turn(None, parts(template))
    yield Found(("template",), (turn,), False, _settings(root), inputs, syntax, tagged=True)


def _settings(root: Mapping) -> tuple[Field, ...]:
    """The call of the only service, or of the one named `default`."""
    settings = root.get("execution_settings")
    if isinstance(settings, Mapping):
        services = [value for _, value in settings.entries if isinstance(value, Mapping)]
        if len(services) < len(settings.entries):
            return called(settings)
        return called(settings.get("default") if len(services) > 1 else next(iter(services), None))
    if items(settings):
        return called(*items(settings)[:1])
    return called(mapping(root, "completion"))


def _is_config(root: Mapping, path: str) -> bool:
    own = keys(root) & {"completion", "execution_settings", "input", "input_variables", "type"}
    return path.rpartition("/")[2] == "config.json" and bool(own)


def _config(spot: Spot) -> Iterator[Item]:
    root = spot.node
    assert isinstance(root, Mapping)
    syntax = _SYNTAXES.get(said(root.get("template_format")).lower() or "semantic-kernel", "")
    span = Span(root.span.start, root.span.start + 1)
    yield file("./skprompt.txt", span, _settings(root), syntax, required=False)


FORMATS = (
    Format("a Semantic Kernel function", "template", _fits, _read, root=True),
    Format("the configuration of a Semantic Kernel function", "schema", _is_config, _config, root=True),
)
