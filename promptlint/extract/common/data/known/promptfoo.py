"""Reads promptfoo configurations: prompts in place, files of prompts, and the one provider's model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.extract.common.data import nested
from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    file,
    items,
    keys,
    mapping,
    one,
    said,
    unknown,
)
from promptlint.extract.common.data.turns import Found, Path, Spot, is_turns, turns
from promptlint.model import Field, Reference, Span
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

_BESIDE = {"providers", "tests", "targets", "scenarios", "defaultTest", "redteam"}
_CONFIG = re.compile(r"(?:.*/)?promptfooconfig[^/]*")
_FILE = re.compile(r"file://(?P<target>\S(?:[^\n]{0,300}\S)?)")
_PLAIN = re.compile(r"[\w./*\\-]+\.(?:txt|jsonl?|ya?ml|md|csv|j2|mjs|cjs|js|ts|py)(?::\w+)?")
_KINDS = {
    *("chat", "completion", "responses", "messages", "converse", "generate", "text-generation", "realtime"),
    *("openai", "anthropic", "azure", "azureopenai", "google", "vertex", "mistral", "groq", "togetherai"),
}
_NO_MODEL = {
    *("file", "python", "exec", "http", "https", "webhook", "ws", "echo", "package", "golang", "mcp"),
    *("assistant", "agents", "sagemaker", "browser", "promptfoo", "cloudflare-gateway"),
}
_FUNCTION = re.compile(r"(?P<file>.+\.(?:py|[mc]?[jt]s|rb|go)):(?P<name>\w+(?:\.\w+)*)")
_SLOT = re.compile(r"\{\{[^{}]{0,300}\}\}")
_LETTER = re.compile(r"[^\W\d_]")


def _fits(root: Mapping, path: str) -> bool:
    prompts = root.get("prompts")
    if isinstance(prompts, Mapping):
        return bool(prompts.entries) and all(_names_file(key) for key, _ in prompts.entries)
    beside = bool(keys(root) & _BESIDE) or _CONFIG.fullmatch(path) is not None
    return beside and prompts is not None and bool(said(prompts) or items(prompts))


def _read(spot: Spot) -> Iterator[Item]:
    root = spot.node
    assert isinstance(root, Mapping)
    fields = _fields(root.get("providers", "targets"))
    prompts = root.get("prompts")
    if isinstance(prompts, Mapping):
        for key, _ in prompts.entries:
            yield from _string(("prompts", key.key), key, fields)
    elif isinstance(prompts, Scalar):
        yield from _string(("prompts",), prompts, fields)
    for number, item in enumerate(items(prompts)):
        yield from _prompt(("prompts", number), item, fields)
    yield from _rubrics(root)


def _prompt(path: Path, item: Node, fields: tuple[Field, ...]) -> Iterator[Item]:
    if isinstance(item, Mapping):
        for key in ("raw", "id"):
            inner = item.get(key)
            if said(inner) and isinstance(inner, Scalar) and (key == "raw" or _names_file(inner)):
                yield from _string((*path, key), inner, fields)
                return
        return
    if isinstance(item, Sequence):
        if is_turns(item):
            yield Found(path, turns(item), True, fields, syntax="jinja")
        return
    yield from _string(path, item, fields)


def _string(path: Path, node: Scalar, fields: tuple[Field, ...]) -> Iterator[Item]:
    """A prompt in place, or the file that holds it."""
    text = said(node).strip()
    match = _FILE.fullmatch(text)
    if match:
        yield _reference(match["target"], node, fields, required=True)
    elif _PLAIN.fullmatch(text):
        yield _reference(text, node, fields, required=False)
    elif _LETTER.search(_SLOT.sub("", text)):
        yield _found(path, node, fields)


def _reference(target: str, node: Scalar, fields: tuple[Field, ...], required: bool) -> Reference:
    function = _FUNCTION.fullmatch(target)
    if function is None:
        return file(target, _inside(node), fields, "jinja", required)
    found = file(function["file"], _inside(node), fields, "", required)
    return replace(found, use=replace(found.use, name=function["name"]))


def _found(path: Path, node: Scalar, fields: tuple[Field, ...]) -> Found:
    """A text; one that is a list of messages in JSON or YAML is read as that."""
    tree = nested.document(node)
    chat = tree.get("messages") if isinstance(tree, Mapping) else tree
    if isinstance(chat, Sequence) and is_turns(chat):
        return Found(path, turns(chat), True, fields, syntax="jinja")
    return one(path, None, node, fields, "jinja")


def _names_file(node: Scalar) -> bool:
    text = said(node).strip()
    return bool(_FILE.fullmatch(text) or _PLAIN.fullmatch(text))


def _inside(node: Scalar) -> Span:
    """Where the characters of a string are, without quotes."""
    if not node.pieces:
        return node.span
    return Span(node.pieces[0].source_start, node.pieces[-1].source_end)


def _rubrics(root: Mapping) -> Iterator[Found]:
    """The prompts of judges that the configuration replaces."""
    homes = [(("defaultTest", "options"), mapping(root, "defaultTest", "options"))]
    for number, test in enumerate(items(root.get("tests"))):
        homes.append((("tests", number, "options"), mapping(test, "options")))  # type: ignore[arg-type]
    for path, home in homes:
        node = home.get("rubricPrompt") if home else None
        if isinstance(node, Scalar) and said(node) and not _names_file(node):
            yield _found((*path, "rubricPrompt"), node, ())


# --- providers ------------------------------------------------------------------------------


def _fields(providers: Node | None) -> tuple[Field, ...]:
    """The call of the only provider; of several, the model is not known."""
    if providers is None:
        return ()
    entries = items(providers) or (providers,)
    if len(entries) > 1:
        return unknown(providers)
    (entry,) = entries
    name: Node | None = entry
    config: Node | None = None
    if isinstance(entry, Mapping):
        name, config = entry.get("id"), entry.get("config")
        if name is None and len(entry.entries) == 1:
            name, config = entry.entries[0]
            config = config.get("config") if isinstance(config, Mapping) and config.get("config") else config
    own = tuple(field for field in called(config) if field.name != "model")
    return (*_model(name), *own)


def _model(node: Node | None) -> tuple[Field, ...]:
    """The model of `openai:chat:gpt-4o`: what the provider's name and the kind of call leave."""
    spelt = said(node).strip()
    if node is None or not spelt:
        return ()
    provider, *rest = spelt.split(":")
    while len(rest) > 1 and rest[0] in _KINDS:
        del rest[0]
    if not rest or {provider, rest[0]} & _NO_MODEL or "{" in spelt:
        return unknown(node)
    return (Field("model", ":".join(rest), node.span),)


FORMATS = (Format("a promptfoo configuration", "prompts", _fits, _read, root=True),)
