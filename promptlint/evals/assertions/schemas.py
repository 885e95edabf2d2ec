"""JSON Schemas of suites: data only, so nothing is fetched, and patterns have the time limit of `regex`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from promptlint.errors import ScoringError, SourceError
from promptlint.evals.assertions import patterns
from promptlint.evals.assertions.kind import quoted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_NAMED = 300

# `Any` below: a schema and the values that it describes are of any type, and so are the library's validators.


class Schema(Protocol):
    """What is used of a validator."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]:
        """What is wrong with a value."""


def schema_of(value: object) -> object:
    """The schema that an assertion's value says: itself, or what its text spells as YAML or JSON.

    Raises:
        ValueError: the text spells neither.
    """
    if not isinstance(value, str):
        return value
    from promptlint.syntax import yamlio

    try:
        return yamlio.load(value)
    except SourceError as error:
        raise ValueError(f"the schema is no YAML or JSON: {error}") from error


@lru_cache(maxsize=256)
def validator(spelt: str) -> Schema:
    """The validator of a schema, given as JSON; without `$schema` it is of draft 7.

    Raises:
        ValueError: it is no schema, or names another document; the message is a clause.
    """
    import jsonschema
    from jsonschema.validators import extend, validator_for
    from referencing import Registry

    schema = json.loads(spelt)
    if not isinstance(schema, dict):
        raise ValueError("a schema is a mapping")  # noqa: TRY004  # one error for all that is no schema
    for reference in _references(schema):
        _resolved(reference, schema)
    draft = schema.get("$schema", jsonschema.Draft7Validator.META_SCHEMA["$schema"])
    base = validator_for({"$schema": draft}, default=None) if isinstance(draft, str) else None  # type: ignore[arg-type]
    if base is None:
        raise ValueError(f"`$schema` names no known draft: {quoted(str(draft))}")
    try:
        # Patterns are not Python's: the format of a schema's own texts is not checked.
        base.check_schema(schema, format_checker=jsonschema.FormatChecker(()))  # type: ignore[call-arg]
    except jsonschema.SchemaError as error:
        raise ValueError(f"no JSON Schema: {error.message[:_NAMED]}") from error
    except RecursionError as error:
        raise ValueError("the schema is nested too deeply") from error
    own = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional,
        "uniqueItems": _unique,
    }
    made = extend(base, own)  # type: ignore[no-untyped-call]
    return made(schema, registry=Registry(), format_checker=base.FORMAT_CHECKER)  # type: ignore[no-any-return]


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def _resolved(reference: str, schema: object) -> None:
    """Raise a ValueError for a reference that leads out of the schema, or by a pointer to nowhere in it."""
    if not reference.startswith("#"):
        raise ValueError(f"the schema names another document, which is not fetched: {quoted(reference)}")
    steps = reference.removeprefix("#").split("/")[1:]
    for step in steps:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(schema, Mapping) and name in schema:
            schema = schema[name]
        elif isinstance(schema, list) and name.isdecimal() and int(name) < len(schema):
            schema = schema[int(name)]
        else:
            raise ValueError(f"the schema names {quoted(reference)}, which it lacks")


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not patterns.found(pattern, instance):
        yield ValidationError(f"{quoted(instance)} does not match {quoted(pattern)}")


def _pattern_properties(validator: Any, rules: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    for pattern, rule in rules.items() if isinstance(instance, dict) else ():
        for name, value in instance.items():
            if patterns.found(pattern, name):
                yield from validator.descend(value, rule, path=name, schema_path=pattern)


def _additional(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    known, rules = schema.get("properties", {}), schema.get("patternProperties", {})
    for name in instance if isinstance(instance, dict) else ():
        if name in known or any(patterns.found(pattern, name) for pattern in rules):
            continue
        if rule is False:
            yield ValidationError(f"{quoted(name)} is not foreseen")
        else:
            yield from validator.descend(instance[name], rule, path=name)


def _unique(_validator: Any, asked: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """In one pass; the library compares each two items."""
    from jsonschema.exceptions import ValidationError

    if asked is True and isinstance(instance, list):
        spelt = {json.dumps(_canonical(item), sort_keys=True) for item in instance}
        if len(spelt) < len(instance):
            yield ValidationError("two items are equal")


def _canonical(value: object) -> object:
    """The value with 1 for 1.0: they are equal."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def fault(value: object, schema: object) -> str:
    """What is wrong with a value by a schema (None: no schema), as a clause; empty if nothing is."""
    if schema is None:
        return ""
    from referencing.exceptions import Unresolvable

    try:
        error = next(validator(json.dumps(schema, sort_keys=True)).iter_errors(value), None)
    except RecursionError as deep:
        raise ScoringError("the schema leads in a circle, or the answer is nested too deeply") from deep
    except (re.error, ArithmeticError, Unresolvable) as wrong:
        # Patterns of `unevaluatedProperties`, which the library reads by itself; `multipleOf` of big numbers.
        raise ScoringError(f"the schema cannot judge the answer: {str(wrong)[:_NAMED]}") from wrong
    return "" if error is None else f"{error.json_path}: {error.message[:_NAMED]}"


def trouble(value: object) -> str:
    """What is wrong with an assertion's value as a schema, as a clause; empty if nothing is."""
    if not isinstance(value, str | Mapping):
        return "expected a JSON Schema as `value`"
    try:
        schema = schema_of(value)
        if find_spec("jsonschema") is not None:
            validator(json.dumps(schema, sort_keys=True))
    except ValueError as error:
        return str(error)
    return next((wrong for pattern in _patterns(schema) if (wrong := _bad(pattern))), "")


def _patterns(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key == "patternProperties" and isinstance(value, Mapping):
                yield from value
            yield from _patterns(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _patterns(item)


def _bad(pattern: str) -> str:
    try:
        patterns.compiled(pattern)
    except ValueError as error:
        return str(error)
    return ""
