"""Holds requests and answers against GitHub's published description of its API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

# JSON of any shape: Any is all that can be said of it.

DATA = Path(__file__).parents[1] / "data" / "github-openapi.json"


class OffDescriptionError(Exception):
    """A request or an answer that the description does not know."""


@dataclass(frozen=True)
class Operation:
    """One verb of one path; `values` are the path's parameters."""

    name: str
    described: Mapping[str, Any]
    values: Mapping[str, str]

    def check_request(self, query: Mapping[str, str], body: object) -> None:
        """Raise if a parameter or the body is not as described."""
        known = {one["name"]: one for one in self.described["parameters"] if one["in"] != "header"}
        for name, text in {**query, **self.values}.items():
            if name not in known:
                raise OffDescriptionError(f"{self.name}: no parameter {name!r}")
            self._check(known[name]["schema"], _typed(text, known[name]["schema"]), f"parameter {name}")
        missing = {name for name, one in known.items() if one["required"]} - {*query, *self.values}
        if missing:
            raise OffDescriptionError(f"{self.name}: missing {sorted(missing)}")
        if self.described["request"] is not None:
            self._check(self.described["request"], body, "request")
        elif body is not None:
            raise OffDescriptionError(f"{self.name}: takes no body")

    def check_answer(self, status: int, body: object) -> None:
        """Raise if the body is not the one that is described for this status."""
        answers = self.described["answers"]
        if str(status) not in answers:
            if status < 300:
                raise OffDescriptionError(f"{self.name}: no answer {status}")
            return  # rate limits and failures are described in prose only
        if answers[str(status)] is not None:
            self._check(answers[str(status)], body, f"answer {status}")
        elif body is not None:
            raise OffDescriptionError(f"{self.name}: {status} has no body")

    def sample(self, status: int) -> Any:
        """The least body that the description allows, made from its own examples."""
        return sample(self.described["answers"][str(status)])

    def sample_of(self, status: int, name: str) -> Any:
        """The least entry of a list that is a field of the body."""
        return sample(self.described["answers"][str(status)]["properties"][name]["items"])

    def sample_entry(self, status: int) -> Any:
        """The least entry of a body that is a list."""
        return sample(self.described["answers"][str(status)]["items"])

    def _check(self, schema: Mapping[str, Any], value: object, what: str) -> None:
        for error in _validator(json.dumps(schema)).iter_errors(value):
            raise OffDescriptionError(f"{self.name}, {what}: {error.json_path}: {error.message}")


def find(verb: str, path: str) -> Operation:
    """The operation of a request.

    Raises:
        OffDescriptionError: there is none.
    """
    for template, verbs in _described()["paths"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        found = re.fullmatch(pattern, path)
        if found and verb.lower() in verbs:
            return Operation(f"{verb} {template}", verbs[verb.lower()], found.groupdict())
    raise OffDescriptionError(f"{verb} {path} is not one of the operations that the bot is known to use")


def sample(schema: Mapping[str, Any]) -> Any:
    """The least value of a schema: required fields only, null where allowed, else the schema's example."""
    if "$ref" in schema:
        return sample(_described()["schemas"][schema["$ref"].removeprefix("#/schemas/")])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return sample(next((one for one in schema[key] if one == {"type": "null"}), schema[key][0]))
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if "null" in kind:
        return None
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample(fields[name]) for name in schema.get("required", ()) if name in fields}
    plain = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}
    return plain[kind] if kind == "array" else schema.get("example", plain[kind])


@cache
def _described() -> Mapping[str, Any]:
    return dict(json.loads(DATA.read_text(encoding="utf-8")))


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({"schemas": _described()["schemas"], **json.loads(schema)})


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    """A parameter as the type that it stands for; what cannot be read stays text and fails the check."""
    return int(text) if schema.get("type") == "integer" and text.isascii() and text.isdigit() else text
