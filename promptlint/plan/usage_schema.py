"""Describes the usage file as a JSON Schema, from the same tables that it is read by."""

from __future__ import annotations

from collections.abc import Mapping

from promptlint.model import Basis
from promptlint.plan.assumptions import EFFECTS, LATENCIES, LIMITS, MODELS, SHARES, USAGE, Assumption, Unit
from promptlint.plan.usage import CURRENCY, VERSION


def schema() -> dict[str, object]:
    """The JSON Schema of `promptlint-usage.yaml`."""
    entry = {
        "model": _text("The model that is paid, if another than the prompt's own."),
        "latency": {"enum": [*LATENCIES, None], "description": "How long an answer may take."},
        "difficulty": {**_ref(Unit.SHARE), "description": "From 0 (trivial) to 1; decides the tier."},
        **_nested(USAGE),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint-usage.yaml, version {VERSION}",
        "description": "What is known of the traffic of each prompt; what is missing or null is assumed.",
        "type": "object",
        "properties": {
            "version": {"const": VERSION, "description": "Of this kind of file."},
            "currency": {"const": CURRENCY, "description": "Prices are in US dollars."},
            "models": _object({name: _text(f"In place of {each[0]}.") for name, each in MODELS.items()}),
            "assume": {**_object(_nested(EFFECTS)), "type": ["object", "null"]},
            "prompts": {
                "type": ["object", "null"],
                "description": "By id or glob of ids; of several that match the last that has a key counts.",
                "additionalProperties": {**_object(entry), "type": ["object", "null"]},
            },
        },
        "additionalProperties": False,
        "$defs": {unit.name.lower(): _number(unit) for unit in Unit},
    }


def _ref(unit: Unit) -> dict[str, object]:
    return {"$ref": f"#/$defs/{unit.name.lower()}"}


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _text(says: str) -> dict[str, object]:
    return {"type": ["string", "null"], "description": says}


def _nested(table: Mapping[str, Assumption]) -> dict[str, object]:
    """The properties of a table whose keys may be dotted."""
    found: dict[str, object] = {}
    groups: dict[str, dict[str, object]] = {}
    for key, each in table.items():
        name, _, part = key.partition(".")
        described = {**_ref(each.unit), "description": f"{each.says.capitalize()} ({each.unit.value})."}
        if part:
            groups.setdefault(name, {})[part] = described
            found[name] = {**_object(groups[name]), "type": ["object", "null"]}
        else:
            found[name] = described
    return found


def _number(unit: Unit) -> dict[str, object]:
    """A figure of a unit, in one of its three spellings."""
    low, high = LIMITS[unit]
    one: dict[str, object] = {"type": "number", "minimum": low, "maximum": high}
    if unit in SHARES:
        one = {"anyOf": [one, {"type": "string", "pattern": r"^\s*-?[0-9]+(\.[0-9]+)?\s*%\s*$"}]}
    parts = {"low": one, "mid": one, "high": one, "basis": {"enum": [each.value for each in Basis]}}
    return {
        "anyOf": [
            one,
            {"type": "array", "items": one, "minItems": 2, "maxItems": 2},
            {**_object(parts), "required": ["low", "high"]},
            {"type": "null"},
        ]
    }
