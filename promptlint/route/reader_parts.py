"""Reads the parts of routing.yaml that name no other part, and the values that all parts have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from promptlint import jsondoc
from promptlint.config.schema import LATENCIES
from promptlint.evals.values import Value
from promptlint.route.policy import Caching, Known, Quality, Validator
from promptlint.route.schema import CACHES, KINDS, keys

_LONGEST_PATTERN = 1000


def known_model(value: Value) -> Known:
    """What the policy says of a model."""
    given = value.fields(keys("model"))
    if ("input" in given) != ("output" in given):
        value.fail("`input` and `output` prices go together")
    return Known(
        provider=given["provider"].text() if "provider" in given else None,
        context=given["context"].count(100_000_000) if "context" in given else None,
        structured=given["structured"].flag() if "structured" in given else None,
        input=amount(given, "input"),
        output=amount(given, "output"),
    )


_NEEDS = {"json-schema": "schema", "regex": "pattern", "labels": "labels", "confidence": "threshold"}


def validator(name: str, value: Value) -> Validator:
    """A validator of that name."""
    given = required(value, "validator", "kind")
    kind = given["kind"].word(KINDS)
    need = _NEEDS.get(kind)
    for key in given:
        if key not in {"kind", need}:
            given[key].fail(f"means nothing to a validator of kind {kind}")
    if need is not None and need not in given:
        value.fail(f"a validator of kind {kind} needs `{need}`")
    found = Validator(name, kind)
    if kind == "json-schema":
        return replace(found, schema=_schema(given["schema"]))
    if kind == "regex":
        return replace(found, pattern=_pattern(given["pattern"]))
    if kind == "labels":
        return replace(found, labels=tuple(item.text() for item in given["labels"].items()))
    return replace(found, threshold=share(given["threshold"])) if kind == "confidence" else found


def _schema(value: Value) -> str:
    """A JSON Schema, as JSON; by its own shape where the package jsonschema is not installed."""
    from promptlint.evals.assertions import schemas

    value.entries()
    wrong = schemas.trouble(value.plain()) or _misshapen(value.plain())
    if wrong:
        value.fail(wrong)
    return jsondoc.dumps(value.plain(), None)


_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_SHAPES: Mapping[str, type] = {"properties": dict, "required": list, "enum": list, "pattern": str}


def _misshapen(schema: object) -> str:
    """What the keys that most schemas have must be; empty if they are, and for what is no mapping."""
    if not isinstance(schema, dict):
        return "" if isinstance(schema, bool) else "no JSON Schema: expected a mapping"
    kinds = schema.get("type", [])
    strange = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind not in _TYPES]
    if strange:
        close = get_close_matches(str(strange[0]), _TYPES, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        return f"no JSON Schema: {str(strange[0])[:80]!r} is no type{hint}"
    for name, kind in _SHAPES.items():
        if name in schema and not isinstance(schema[name], kind):
            return f"no JSON Schema: `{name}` is no {_CALLED[kind]}"
    below = list(schema.get("properties", {}).values()) + [schema[key] for key in ("items",) if key in schema]
    return next((wrong for item in below if (wrong := _misshapen(item))), "")


_CALLED: Mapping[type, str] = {dict: "mapping", list: "list", str: "text"}


def _pattern(value: Value) -> str:
    text = value.text()
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        value.fail(f"no regular expression: {error}")
    if len(text) > _LONGEST_PATTERN:
        value.fail(f"longer than {_LONGEST_PATTERN:,} characters")
    return text


def latency(value: Value | None, tiers: list[str]) -> dict[str, tuple[str, ...]]:
    """The tiers by latency class."""
    if value is None:
        return {}
    found = value.fields(LATENCIES)
    return {name: tuple(each.word(tiers) for each in item.items()) for name, item in found.items()}


def quality(given: Mapping[str, Value]) -> Quality:
    """What an eval must show."""
    found = Quality()
    return Quality(
        floor=share(given["floor"]) if "floor" in given else found.floor,
        confidence=given["confidence"].between(0.5, 1) if "confidence" in given else found.confidence,
        cases=given["cases"].count() if "cases" in given else found.cases,
    )


def caching(value: Value | None, semantic: bool = False) -> Caching:
    """How answers are kept; `semantic`: a prompt has a semantic cache by its own entry."""
    if value is None:
        return Caching()
    given = value.fields(keys("cache"))
    mode = given["mode"].word(CACHES) if "mode" in given else "exact"
    for name in ("threshold", "embedding"):
        if name in given and mode != "semantic" and not semantic:
            given[name].fail("means something to a semantic cache only")
    return Caching(
        mode=mode,
        threshold=given["threshold"].between(0, 1) if "threshold" in given else 0.95,
        ttl=given["ttl"].count(100_000_000) if "ttl" in given else 3600,
        embedding=given["embedding"].text() if "embedding" in given else "",
        prefix=given["prefix"].flag() if "prefix" in given else True,
    )


def window(value: Value | None) -> int | None:
    """Hours of a batch job; None: no jobs."""
    if value is None:
        return None
    given = value.fields(keys("batch"))
    return given["window"].count(1000) if "window" in given else 24


def required(value: Value, part: str, *names: str) -> dict[str, Value]:
    """The values by key; all of `names` must be there."""
    given = value.fields(keys(part))
    for name in names:
        if name not in given:
            value.fail(f"the key `{name}` is missing")
    return given


def part(given: Mapping[str, Value], name: str) -> dict[str, Value]:
    """The values of a part of the policy by key; empty: it is not there."""
    return given[name].fields(keys(name)) if name in given else {}


def entries(given: Mapping[str, Value], name: str) -> list[tuple[str, Value]]:
    """The named entries of a part."""
    return list(given[name].entries().items()) if name in given else []


def items(given: Mapping[str, Value], name: str) -> list[Value]:
    """The entries of a list."""
    return given[name].items() if name in given else []


def amount(given: Mapping[str, Value], name: str) -> float | None:
    """An amount that need not be there."""
    return given[name].amount() if name in given else None


def whole(given: Mapping[str, Value], name: str, default: int) -> int:
    """A whole number from 0 to 20, or the default."""
    if name not in given:
        return default
    return 0 if given[name].scalar() == 0 else given[name].count(20)


def share(value: Value) -> float:
    """A number from 0 to 1."""
    found = value.number()
    if not 0 <= found <= 1:
        value.fail(f"expected a number from 0 to 1, found {found:g}")
    return found
