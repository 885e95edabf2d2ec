"""Reads what front matter, or a mapping of a data file, declares: the model, its parameters, the inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.model import UNKNOWN, Call, Field
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

AUTHORED = "promptlint."
"""How the names of fields begin that the key `promptlint` of front matter holds."""

_MODEL_NAMES = ("id", "name", "model", "deployment", "azure_deployment")
_MODEL_KEYS = ("model_name", "modelName", "model_id", "modelId", "deployment_name")
_PARAMETERS = (
    *("parameters", "options", "config", "configuration", "modelParameters", "model_parameters"),
    *("generationConfig", "generation_config", "inferenceConfig", "inferenceConfiguration"),
    *("completion_params", "model_kwargs"),
)
_FIELDS = frozenset(
    {"temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "max_output_tokens"}
    | {"stop", "stop_sequences", "seed", "n", "frequency_penalty", "presence_penalty", "stream"}
    | {"response_format", "tools", "tool_choice", "reasoning_effort"}
)
_TYPED = ("response_format", "tool_choice")  # a mapping is known by its `type`
_NESTED = {"reasoning": ("effort",), "thinking": ("budget_tokens",)}
_ALIASES = {"maximum_length": "max_tokens", "max_tokens_to_sample": "max_tokens"}
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_PICOSCHEMA = re.compile(r"\?|\(.*")


def call(tree: Mapping) -> Call:
    """The call that front matter describes: `model`, and the parameters under their usual places."""
    found: dict[str, Field] = {}
    for field in (*_model(tree), *_parameters(tree), *_authored(tree)):
        found.setdefault(field.name, field)
    return Call(tuple(found.values()))


def inputs(tree: Mapping) -> tuple[Field, ...] | None:
    """The inputs that front matter declares, or None if it declares none.

    A mapping (`name: {type, default}`), a list of names, a list of `{name: ...}`, or dotprompt's
    `input: {schema: ...}`. The span of each is that of its name.
    """
    node = tree.get("inputs", "input", "input_variables")
    defaults = node.get("default") if isinstance(node, Mapping) else None
    if isinstance(node, Mapping) and isinstance(node.get("schema"), Scalar):
        return None  # the name of a schema that the program holds
    if isinstance(node, Mapping) and isinstance(node.get("schema"), Mapping | Sequence):
        node = node.get("schema")
    if isinstance(node, Mapping) and isinstance(node.get("properties"), Mapping):
        node = node.get("properties")
    if node is None or isinstance(node, Scalar):
        return None
    found = _inputs(node)
    return (
        tuple(_defaulted(field, defaults) for field in found)
        if isinstance(defaults, Mapping)
        else tuple(found)
    )


def _defaulted(field: Field, defaults: Mapping) -> Field:
    value = defaults.get(field.name)
    return replace(field, value=value.value) if isinstance(value, Scalar) else field


def is_field(name: str) -> bool:
    """True for the model and the parameters of a call, by their usual names."""
    return name == "model" or name in _FIELDS


def plain(text: str) -> str | int | float | bool | None:
    """A bare word of a configuration as the value that it spells: `0.2`, `true`, `gpt-4o`."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def _inputs(node: Mapping | Sequence) -> Iterator[Field]:
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield Field(_PICOSCHEMA.sub("", key.key), _default(value), key.span)
        return
    for item in node.items:
        name = item.get("name") if isinstance(item, Mapping) else item
        if isinstance(name, Scalar) and name.text:
            yield Field(name.text, _default(item) if item is not name else None, name.span)


def _default(node: Node) -> str | int | float | bool | None:
    value = node.get("default", "sample", "example") if isinstance(node, Mapping) else None
    return value.value if isinstance(value, Scalar) else None


def _model(tree: Mapping) -> Iterator[Field]:
    node = tree.get("model")
    if isinstance(node, Mapping):
        places = (node, node.get("configuration"))
        found = (place.get(*_MODEL_NAMES) for place in places if isinstance(place, Mapping))
        node = next((value for value in found if isinstance(value, Scalar)), None)
    if node is None:
        node = tree.get(*_MODEL_KEYS)
    if isinstance(node, Scalar) and node.text:
        yield Field("model", node.text, node.span)


def _authored(tree: Mapping) -> Iterator[Field]:
    """What the author says of the prompt to promptlint; a value that is no scalar is not known."""
    node = tree.get("promptlint")
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield Field(AUTHORED + key.key, value.value if isinstance(value, Scalar) else UNKNOWN, key.span)


def _parameters(tree: Mapping) -> Iterator[Field]:
    model = tree.get("model")
    homes = [home for home in (tree, model) if isinstance(home, Mapping)]
    nested = [home.get(name) for home in homes for name in _PARAMETERS]
    for home in [*homes, *(node for node in nested if isinstance(node, Mapping))]:
        for key, value in home.entries:
            name = _SNAKE.sub("_", key.key).lower()
            name = _ALIASES.get(name, name)
            if name in _FIELDS:
                said = value.get("type") if isinstance(value, Mapping) and name in _TYPED else value
                yield Field(name, said.value if isinstance(said, Scalar) else UNKNOWN, value.span)
            elif name in _NESTED and isinstance(value, Mapping):
                amount = value.get(*_NESTED[name])
                if isinstance(amount, Scalar):
                    yield Field(f"{name}.{_NESTED[name][0]}", amount.value, amount.span)
