"""The assertion `json-fields`: extracted data compared field by field with what is expected.

The score is the share of fields that are right among all that are expected or answered: a missing field, a
wrong one and one that nobody asked for count alike. A field is a leaf of the data; lists go by position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from promptlint.evals.assertions.jsons import objects
from promptlint.evals.assertions.kind import Kind, graded, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score
from promptlint.evals.numbers import same, shown, strict_json
from promptlint.records import dataclass

_ABSENT = object()
_CHOICES: Mapping[str, tuple[object, ...]] = {
    "extra": ("count", "ignore"),
    "text": ("exact", "fold"),
    "find": ("whole", "first"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its JSON pointer, and what both sides say of it, as texts; None: it is not there."""

    path: str
    expected: str | None
    answered: str | None
    right: bool


def compare(expected: object, answered: object, config: Mapping[str, object]) -> tuple[Field, ...]:
    """The fields of two values of JSON, those that are expected first.

    Args:
        expected: the value that is right.
        answered: the value of the answer.
        config: `extra: ignore` passes over fields that are not expected, `text: fold` over case and white
            space, `tolerance` is how far numbers may be off.
    """
    wanted, given = dict(_leaves(expected, "")), dict(_leaves(answered, ""))
    paths = [*wanted, *(path for path in given if path not in wanted and config.get("extra") != "ignore")]
    return tuple(
        [_field(path, wanted.get(path, _ABSENT), given.get(path, _ABSENT), config) for path in paths]
    )


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Pointers and values of the leaves; an empty map or list is one."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}/{index}")
    else:
        yield path, value


def _field(path: str, wanted: object, given: object, config: Mapping[str, object]) -> Field:
    right = wanted is not _ABSENT and given is not _ABSENT and _alike(wanted, given, config)
    return Field(path, _said(wanted), _said(given), right)


def _said(value: object) -> str | None:
    if value is _ABSENT:
        return None
    return str(value) if isinstance(value, Mapping | list) else shown(value)


def _alike(wanted: object, given: object, config: Mapping[str, object]) -> bool:
    if isinstance(wanted, str) and isinstance(given, str) and config.get("text") == "fold":
        return " ".join(wanted.casefold().split()) == " ".join(given.casefold().split())
    slack = config.get("tolerance", 0)
    numbers = [item for item in (wanted, given, slack) if isinstance(item, int | float)]
    if len(numbers) == 3 and not any(isinstance(item, bool) for item in numbers):
        with suppress(OverflowError):  # a whole number beyond all floats
            return abs(numbers[0] - numbers[1]) <= numbers[2] + 1e-12 * abs(numbers[0])
    return same(wanted, given)


def compared_fields(assertion: Assertion, answer: Answer) -> tuple[Field, ...]:
    """The fields of an answer beside those that are expected; see `compare`.

    Raises:
        ValueError: the answer has no JSON.
    """
    found = _found(answer.text, str(assertion.config.get("find", "whole")))
    return compare(assertion.value, found, assertion.config)


def _fields(assertion: Assertion, answer: Answer) -> Score:
    try:
        compared = compared_fields(assertion, answer)
    except ValueError:
        return verdict(False, f"the answer is no JSON: {quoted(answer.text)}")
    right = sum(item.right for item in compared)
    wrong = ", ".join(item.path or "/" for item in compared if not item.right)
    what = f"the share of right fields, {right} of {len(compared)}"
    return graded(right / len(compared), assertion, 1.0, what + (f" (wrong: {wrong[:200]})" if wrong else ""))


def _found(text: str, find: str) -> object:
    if find == "whole":
        return strict_json(text)
    found = next(objects(text), _ABSENT)
    if found is _ABSENT:
        raise ValueError(text)
    return found


def _check(assertion: Assertion) -> str:
    if not isinstance(assertion.value, dict | list) or not assertion.value:
        return "expected the right data, a mapping or a list, as `value`"
    for key, choices in _CHOICES.items():
        if key in assertion.config and assertion.config[key] not in choices:
            return f"`config.{key}`: expected {' or '.join(map(str, choices))}"
    slack = assertion.config.get("tolerance", 0)
    if not isinstance(slack, int | float) or isinstance(slack, bool) or slack < 0:
        return "`config.tolerance`: expected a number that is not negative"
    return ""


KINDS = {"json-fields": Kind(_fields, _check, config=(*_CHOICES, "tolerance"))}
