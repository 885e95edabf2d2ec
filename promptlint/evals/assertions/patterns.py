"""The assertion `regex`: patterns as JavaScript reads them, since suites of promptfoo mean those.

They are searched with a time limit: the pattern is a suite's, the text a model's, and both may be hostile.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import Kind, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score

SECONDS = 2.0
"""A search that takes longer is given up: the answer is not judged."""

_LONGEST = 10_000
_LARGEST = 50_000
"""Parts of a pattern, each as often as it must at least occur: the library compiles them all."""

_NEWLINES = r"\n\r\u2028\u2029"
_SPACES = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_OUTSIDE = {
    ".": f"[^{_NEWLINES}]",
    "$": r"(?![\s\S])",
    "[^]": r"[\s\S]",
    "[]": "(?!)",
    r"\s": f"[{_SPACES}]",
    r"\S": f"[^{_SPACES}]",
    r"\d": "[0-9]",
}
_INSIDE = {r"\s": _SPACES, r"\d": "0-9", "[": r"\[", r"\b": r"\x08"}
_TOKEN = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|k<|[pP]\{[^{}]{1,60}\}|[\s\S])|\[\^?\]|\{\d+(?:,\d*)?\}|[\s\S]"
)
_KEPT = frozenset("dDwWsSbBfnrtv0123456789uxkpP")


def translated(pattern: str) -> str:
    r"""The pattern of the `regex` library that finds what JavaScript finds with `pattern`.

    `.` stops at four kinds of line ends, `$` is the end alone, `\d`, `\w` and `\b` are of ASCII, a brace that
    is no count is a brace. Flags at the start, as in `(?i)`, are let through: JavaScript has none.
    """
    out, inside = [], False
    for match in _TOKEN.finditer(pattern):
        unit = match.group()
        table = _INSIDE if inside else _OUTSIDE
        if unit in table:
            out.append(table[unit])
        elif unit.startswith("\\"):
            out.append(_escape(unit))
        elif not inside and unit in ("{", "}"):
            out.append("\\" + unit)
        elif inside and len(unit) > 1:  # a count or a class in a class is its characters
            out.append(unit.replace("[", r"\["))
            inside = not unit.endswith("]")
        else:
            inside = (inside or unit == "[") and unit != "]"
            out.append(unit)
    return "".join(out)


def _escape(unit: str) -> str:
    if unit == r"\k<":
        return r"\g<"
    kept = len(unit) != 2 or unit[1] in _KEPT or not unit[1].isalpha()
    return unit if kept else unit[1]


def _size(pattern: str) -> int:
    """How many parts a pattern has, each counted as often as it must at least occur."""
    sums, last, inside = [0], 0, False
    for match in _TOKEN.finditer(pattern):
        unit = match.group()
        if inside:
            inside = not unit.endswith("]") or unit.startswith("\\")
        elif unit == "(":
            sums.append(0)
        elif unit == ")" and len(sums) > 1:
            last = sums.pop() + 1
            sums[-1] += last
        elif unit.startswith("{") and len(unit) > 1:
            times = max(1, int(unit[1:].partition(",")[0].rstrip("}")[:9]))
            sums[-1] += last * (times - 1)
            last *= times
        else:
            inside = unit == "["
            last = 1
            sums[-1] += 1
    return sum(sums)


class Searcher(Protocol):
    """What is used of a compiled pattern; the library has no types."""

    def search(self, text: str, *, timeout: float) -> object | None:
        """The first match, or None; TimeoutError if that takes longer than `timeout` seconds."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Searcher:
    """The pattern, ready to search.

    Raises:
        ValueError: it is none, or longer than is reasonable; the message is a clause.
    """
    import regex  # type: ignore[import-untyped]  # see Searcher

    if len(pattern) > _LONGEST:
        raise ValueError(f"a pattern of more than {_LONGEST:,} characters")
    if _size(pattern) > _LARGEST:
        raise ValueError(f"a pattern that repeats its parts more than {_LARGEST:,} times")
    try:
        made: Searcher = regex.compile(translated(pattern), regex.ASCII)
    except (regex.error, RecursionError, OverflowError) as error:
        raise ValueError(f"no pattern: {error}") from error
    return made


def found(pattern: str, text: str) -> bool:
    """True if the pattern matches anywhere in the text.

    Raises:
        ScoringError: that could not be said in SECONDS.
    """
    try:
        return compiled(pattern).search(text, timeout=SECONDS) is not None
    except TimeoutError as error:
        raise ScoringError(f"the pattern {quoted(pattern)} took more than {SECONDS:g} s") from error


def _regex(assertion: Assertion, answer: Answer) -> Score:
    pattern = str(assertion.value)
    held = found(pattern, answer.text)
    return verdict(held, f"the answer {'matches' if held else 'does not match'} {quoted(pattern)}")


def _pattern(assertion: Assertion) -> str:
    if not isinstance(assertion.value, str) or not assertion.value:
        return "expected a pattern as `value`"
    try:
        compiled(assertion.value)
    except ValueError as error:
        return str(error)
    return ""


KINDS = {"regex": Kind(_regex, _pattern)}
