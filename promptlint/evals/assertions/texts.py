"""Assertions on the text of an answer: equals, contains and its variants, starts-with."""

from __future__ import annotations

import re
from collections.abc import Callable

from promptlint.evals.assertions.kind import Kind, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score
from promptlint.evals.numbers import same, shown, strict_json

_SEPARATORS = re.compile(r"[\s,]*")
_FIELD = re.compile(r'(?:"((?:[^"\\]|\\["\\]|\\|"")*+)"\s*(?=,|\Z)|([^,"][^,]*))')
_ESCAPED = re.compile(r'\\(["\\])|"(")')


def parts(value: object) -> list[str]:
    """What a `contains-any` lists: the items of a list, or of a text with commas (CSV's quotes keep theirs).

    Raises:
        ValueError: a quoted item does not end, or no comma follows it.
    """
    if isinstance(value, list):
        return [shown(item) for item in value]
    text = str(value)
    found: list[str] = []
    at = _after(text, 0)
    while at < len(text):
        match = _FIELD.match(text, at)
        if match is None:
            raise ValueError("a quoted item does not end, or no comma follows it")
        quote, plain = match[1], match[2]
        found.append(plain.strip() if quote is None else _ESCAPED.sub(r"\1\2", quote))
        at = _after(text, match.end())
    return found


def _after(text: str, at: int) -> int:
    match = _SEPARATORS.match(text, at)
    return match.end() if match else at


def _equals(assertion: Assertion, answer: Answer) -> Score:
    value = assertion.value
    if value is None or isinstance(value, dict | list):
        try:
            found = strict_json(answer.text)
        except ValueError:
            return verdict(False, "the answer is no JSON")
        return verdict(same(found, value), f"the answer is {quoted(answer.text)}")
    wanted = shown(value)
    return verdict(answer.text == wanted, f"the answer is {quoted(answer.text)}, wanted {quoted(wanted)}")


def _starts_with(assertion: Assertion, answer: Answer) -> Score:
    wanted = shown(assertion.value)
    return verdict(
        answer.text.startswith(wanted), f"the answer starts {quoted(answer.text)}, wanted {quoted(wanted)}"
    )


def _contains(fold: Callable[[str], str]) -> Callable[[Assertion, Answer], Score]:
    def judge(assertion: Assertion, answer: Answer) -> Score:
        wanted = shown(assertion.value)
        held = fold(wanted) in fold(answer.text)
        return verdict(held, f"the answer {'has' if held else 'lacks'} {quoted(wanted)}")

    return judge


def _several(
    fold: Callable[[str], str], enough: Callable[[list[bool]], bool]
) -> Callable[[Assertion, Answer], Score]:
    def judge(assertion: Assertion, answer: Answer) -> Score:
        wanted, text = parts(assertion.value), fold(answer.text)
        held = [fold(item) in text for item in wanted]
        lacking = [item for item, has in zip(wanted, held, strict=True) if not has]
        reason = f"the answer lacks {quoted(', '.join(lacking))}" if lacking else "the answer has all"
        return verdict(enough(held), reason)

    return judge


def _one(assertion: Assertion) -> str:
    value = assertion.value
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return "" if plain and value != "" else "expected a text or a number as `value`"


def _prefix(assertion: Assertion) -> str:
    return "" if isinstance(assertion.value, str) and assertion.value else "expected a text as `value`"


def _list(assertion: Assertion) -> str:
    if not isinstance(assertion.value, str | list):
        return "expected a list, or a text with commas, as `value`"
    if isinstance(assertion.value, list) and any(isinstance(item, dict | list) for item in assertion.value):
        return "expected a list of texts as `value`"
    try:
        found = parts(assertion.value)
    except ValueError as error:
        return str(error)
    return "" if found and all(found) else "`value` lists nothing, or an empty text"


def _plain(text: str) -> str:
    return text


def _lower(text: str) -> str:
    return text.lower()


KINDS = {
    "equals": Kind(_equals),
    "starts-with": Kind(_starts_with, _prefix),
    "contains": Kind(_contains(_plain), _one),
    "icontains": Kind(_contains(_lower), _one),
    "contains-any": Kind(_several(_plain, any), _list),
    "icontains-any": Kind(_several(_lower, any), _list),
    "contains-all": Kind(_several(_plain, all), _list),
    "icontains-all": Kind(_several(_lower, all), _list),
}
