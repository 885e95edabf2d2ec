"""The assertions `is-json` and `contains-json`, both with or without a JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NoReturn

from promptlint.errors import ScoringError
from promptlint.evals.assertions import schemas
from promptlint.evals.assertions.kind import Kind, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score
from promptlint.evals.numbers import strict_json

_PATIENCE = 50
"""How often, on average, each character of an answer may be read in the search for JSON."""

_ATTEMPT = 1_000
"""Characters that could be read in the time of an attempt that fails at once."""

_OPENING = re.compile(r"\{(?=[ \t\r\n]*[\"}])")


def objects(text: str) -> Iterator[object]:
    """The JSON objects in a text, from left to right, none inside another.

    Raises:
        ScoringError: the text takes too long to search.
    """
    decoder = json.JSONDecoder(parse_constant=_constant)
    left = _PATIENCE * len(text) + 100_000
    match = _OPENING.search(text)
    while match is not None:
        at = match.start()
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            end, left = at + 1, left - _ATTEMPT - (error.pos - at)
        except (ValueError, RecursionError):  # NaN, a number without end, too deep
            end, left = at + 1, left - 50 * _ATTEMPT
        else:
            yield found
        if left < 0:
            raise ScoringError("the answer takes too long to be searched for JSON")
        match = _OPENING.search(text, end)


def _is_json(assertion: Assertion, answer: Answer) -> Score:
    try:
        found = strict_json(answer.text)
    except ValueError:
        return verdict(False, f"the answer is no JSON: {quoted(answer.text)}")
    wrong = schemas.fault(found, schemas.schema_of(assertion.value or None))
    return verdict(not wrong, wrong or "the answer is JSON as asked for")


def _contains_json(assertion: Assertion, answer: Answer) -> Score:
    schema, wrong = schemas.schema_of(assertion.value or None), "the answer has no JSON object"
    for found in objects(answer.text):
        wrong = schemas.fault(found, schema)
        if not wrong:
            return verdict(True, "the answer has JSON as asked for")
    return verdict(False, wrong)


def _schema(assertion: Assertion) -> str:
    return schemas.trouble(assertion.value) if assertion.value else ""


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _library(assertion: Assertion) -> str:
    if not assertion.value or find_spec("jsonschema"):
        return ""
    return "a JSON Schema needs jsonschema: install promptlint's extra `eval`"


KINDS = {
    "is-json": Kind(_is_json, _schema, missing=_library),
    "contains-json": Kind(_contains_json, _schema, missing=_library),
}
