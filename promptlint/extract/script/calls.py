"""What is known of the model call that sends a prompt: its literal parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from promptlint.extract.common.wording import snake
from promptlint.extract.script.nodes import CALLS, Script, arguments, bare, entries, fields, span, value
from promptlint.extract.script.shapes import ALIASES, DEEP, NESTED, PARAMETERS
from promptlint.model import UNKNOWN, Call, Field, Value
from promptlint.syntax.script import Node

Resolve = Callable[[Node], Node]


def call_of(script: Script, around: tuple[Node, ...], resolve: Resolve) -> Call:
    """The parameters in the objects around a prompt, innermost first.

    `model: openai("gpt-4o")` has the name as its value. An object (`response_format: {type: "json"}`)
    has its type as value. What is no literal is UNKNOWN; `resolve` looks up a constant.
    """
    found: dict[str, Field] = {}
    for node in around:
        for field in _parameters(script, node, resolve):
            found.setdefault(field.name, field)
    return Call(tuple(found.values()))


def _parameters(script: Script, node: Node, resolve: Resolve) -> Iterator[Field]:
    given = list(entries(script, node))
    names = {snake(name) for name, _ in given}
    for name, item in given:
        word = snake(name)
        other = ALIASES.get(word, "")
        if name in NESTED and item.kind == "object":
            yield from _parameters(script, item, resolve)
        elif other and other not in names:
            yield Field(other, _value(script, item, resolve), span(item))
        if word in PARAMETERS and (not other or other in names or other == "max_tokens"):
            yield Field(word, _value(script, item, resolve), span(item))
            if word in DEEP and item.kind == "object":
                for inner, amount in entries(script, item):
                    yield Field(f"{word}.{snake(inner)}", _value(script, amount, resolve), span(amount))


def _value(script: Script, node: Node, resolve: Resolve) -> Value:
    node = bare(resolve(bare(node)))
    if node.kind == "object":
        kind = fields(script, node).get("type")
        return UNKNOWN if kind is None else value(script, kind)
    if node.kind in CALLS:
        given = arguments(node)  # the model of a provider: openai("gpt-4o")
        known = value(script, bare(resolve(bare(given[0])))) if given else UNKNOWN
        return known if isinstance(known, str) else UNKNOWN
    return value(script, node)


def merged(calls: list[Call]) -> Call:
    """One call for a prompt that several calls send: what they agree on; UNKNOWN where they do not."""
    found: dict[str, Field] = {}
    for call in calls:
        for field in call.fields:
            first = found.setdefault(field.name, field)
            if first.value != field.value:
                found[field.name] = Field(field.name, UNKNOWN, first.span, first.path)
    return Call(tuple(found.values()))
