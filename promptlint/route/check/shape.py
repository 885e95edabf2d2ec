"""The form of a configuration: a small part of JSON Schema, walked over values that know their lines.

Messages name keys and kinds, never a value: there may be a secret in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from promptlint.evals.values import Value
from promptlint.route.check.shared import amount, listed, mapping, near, say, text
from promptlint.route.notes import Note
from promptlint.syntax import nodes

Schema = Mapping[str, object]

KEYWORDS = frozenset(
    (
        *("$schema", "title", "$comment", "$defs", "$ref", "type", "enum", "const", "oneOf"),
        *("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
        *("items", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "pattern"),
    )
)
"""What is understood; a test holds every schema to it."""

_PLACE = Path(__file__).parent / "schemas"
_CALLED = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@cache
def schema(name: str) -> Schema:
    """One of the schemas, by the name of its file."""
    found: Schema = json.loads((_PLACE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def names() -> tuple[str, ...]:
    """The names of all schemas."""
    return tuple(sorted(path.stem for path in _PLACE.glob("*.json")))


def faults(value: Value, name: str) -> Iterator[Note]:
    """What does not follow the schema of a name: RTE211, RTE212 and RTE219, by line."""
    root = schema(name)
    defs = root.get("$defs", {})
    assert isinstance(defs, dict)
    yield from _walk(value, root, defs)


def _walk(value: Value, rule: Schema, defs: Mapping[str, Schema]) -> Iterator[Note]:
    if "$ref" in rule:
        rule = defs[str(rule["$ref"]).rpartition("/")[2]]
    if "oneOf" in rule:
        branch = _branch(value, rule["oneOf"])
        if branch is None:
            yield say("RTE212", value, f"expected {rule.get('title') or _options(rule['oneOf'])}")
        else:
            yield from _walk(value, branch, defs)
        return
    kinds = rule.get("type", ())
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)  # type: ignore[call-overload]  # a list of texts
    if wanted and not any(_is(value, kind) for kind in wanted):
        called = " or ".join(_CALLED[kind] for kind in wanted)
        yield say("RTE212", value, f"expected {called}, found {value.kind}")
        return
    pattern = rule.get("pattern")
    if isinstance(pattern, str) and isinstance(value.scalar(), str) and not re.search(pattern, text(value)):
        yield say("RTE212", value, f"expected {rule.get('title')}, found {value.kind}")
    yield from _words(value, rule)
    yield from _sizes(value, rule)
    if isinstance(value.node, nodes.Mapping):
        yield from _object(value, rule, defs)
    items = rule.get("items")
    if isinstance(items, dict):
        for item in listed(value):
            yield from _walk(item, items, defs)


def _is(value: Value, kind: str) -> bool:
    if kind == "object":
        return isinstance(value.node, nodes.Mapping)
    if kind == "array":
        return isinstance(value.node, nodes.Sequence)
    if isinstance(value.node, nodes.Mapping | nodes.Sequence):
        return False
    found = value.scalar()
    if kind == "integer":
        number = amount(value)
        return number is not None and number == int(number)
    if kind == "number":
        return amount(value) is not None
    return isinstance(found, {"string": str, "boolean": bool, "null": type(None)}[kind])


def _branch(value: Value, branches: object) -> Schema | None:
    """The one whose type is that of the value, and whose key `type`, if it says one, has the same word."""
    assert isinstance(branches, list)
    for branch in branches:
        if not _is(value, branch["type"]):
            continue
        tag = branch.get("properties", {}).get("type", {}).get("const")
        if tag is None or tag == text(mapping(value).get("type")):
            found: Schema = branch
            return found
    return None


def _options(branches: object) -> str:
    assert isinstance(branches, list)
    tags = [branch.get("properties", {}).get("type", {}).get("const") for branch in branches]
    if all(tags):
        return f"a mapping whose `type` is one of {', '.join(tags)}"
    return " or ".join(_CALLED[branch["type"]] for branch in branches)


def _words(value: Value, rule: Schema) -> Iterator[Note]:
    given = rule["enum"] if "enum" in rule else [rule["const"]] if "const" in rule else None
    if given is None:
        return
    assert isinstance(given, list)
    found = value.scalar()
    is_leaf = isinstance(value.node, nodes.Scalar)
    if not is_leaf or not any(
        found == each and isinstance(found, bool) is isinstance(each, bool) for each in given
    ):
        spelt = [each if isinstance(each, str) else json.dumps(each) for each in given]
        hint = near(found, spelt) if isinstance(found, str) else ""
        yield say("RTE212", value, f"expected {' or '.join(spelt)}{hint}")


def _sizes(value: Value, rule: Schema) -> Iterator[Note]:
    number, found = amount(value), value.scalar()
    sizes: list[tuple[float | None, str, str]] = [
        (number, "minimum", "maximum"),
        (len(found) if isinstance(found, str) else None, "minLength", "maxLength"),
        (len(listed(value)) if isinstance(value.node, nodes.Sequence) else None, "minItems", "maxItems"),
        (
            len(mapping(value)) if isinstance(value.node, nodes.Mapping) else None,
            "minProperties",
            "maxProperties",
        ),
    ]
    for size, low, high in sizes:
        least, most = rule.get(low), rule.get(high)
        what = (
            "" if low == "minimum" else {"minLength": " characters", "minItems": " items"}.get(low, " keys")
        )
        if size is not None and isinstance(least, int | float) and size < least:
            yield say("RTE219", value, f"expected at least {least:,}{what}")
        if size is not None and isinstance(most, int | float) and size > most:
            yield say("RTE219", value, f"expected at most {most:,}{what}")


def _object(value: Value, rule: Schema, defs: Mapping[str, Schema]) -> Iterator[Note]:
    known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    required = rule.get("required", ())
    assert isinstance(known, dict)
    assert isinstance(required, list | tuple)
    entries = mapping(value)
    for name in required:
        if name not in entries:
            yield say("RTE212", value, f"no `{name}`, which is required")
    for name, item in entries.items():
        if name in known:
            yield from _walk(item, known[name], defs)
        elif isinstance(others, dict):
            yield from _walk(item, others, defs)
        elif others is False:
            yield say("RTE211", item, f"unknown key{near(name, known)}")
