"""Reads what a judge says of one answer or of two: strictly, for its reply may quote hostile text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from promptlint.records import dataclass

TIE = "tie"
_MOST = 20_000
"""Characters of a reply that is read, without the thoughts before it."""

_LONGEST_REASON = 2_000
_THOUGHT = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether an answer meets a rubric, and how well, from 0 to 1."""

    passed: bool
    score: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says: a mark for each answer that it saw, and which is better; None: neither."""

    marks: tuple[Mark, ...]
    better: int | None
    reason: str


def read(text: str, names: tuple[str, ...]) -> Opinion:
    """The opinion that a reply spells.

    Args:
        text: of the reply. Before and after the one JSON object it may have prose, but no other brace.
        names: what the answers were called; none: there was one.

    Raises:
        ValueError: it spells none; the message is a clause.
    """
    found = _object(_said(text))
    reason = found.get("reason", "")
    if not isinstance(reason, str):
        _fail("`reason` is no text")
    if not names:
        return Opinion((_mark(found, "the reply"),), None, reason[:_LONGEST_REASON])
    marks = tuple([_mark(found.get(name), f"`{name}`") for name in names])
    better = found.get("better", _best(marks, names))
    if better not in (*names, TIE):
        _fail(f"`better` is none of {', '.join((*names, TIE))}")
    chosen = None if better == TIE else names.index(str(better))
    return Opinion(marks, chosen, reason[:_LONGEST_REASON])


def _best(marks: tuple[Mark, ...], names: tuple[str, ...]) -> str:
    """The name of the best mark, for a judge that does not say it; small models forget to."""
    ranks = [(mark.passed, mark.score) for mark in marks]
    return names[ranks.index(max(ranks))] if len(set(ranks)) > 1 else TIE


def _said(text: str) -> str:
    """The reply without the thoughts that some models put before it."""
    said = text.strip()
    if said.startswith(_THOUGHT[0]):
        _, end, rest = said.partition(_THOUGHT[1])
        if not end or _THOUGHT[1] in rest:
            _fail("it cannot be told where the thoughts of the reply end")
        said = rest.strip()
    return said if len(said) <= _MOST else _fail(f"a reply of more than {_MOST:,} characters")


def _object(text: str) -> Mapping[str, object]:
    """The object that the first brace opens: one further inside or behind could be a quotation."""
    at = text.find("{")
    if at < 0:
        _fail("no JSON object in the reply")
    decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)
    try:
        found, end = decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        _fail(f"no JSON at the first brace of the reply: {error.msg}")
    except RecursionError:
        _fail("a reply that is nested too deeply")
    if "{" in text[end:]:
        _fail("several JSON objects in the reply")
    assert isinstance(found, dict)
    return found


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _fail("a key stands twice in the reply")


def _constant(name: str) -> NoReturn:
    _fail(f"{name} is no number of JSON")


def _mark(value: object, where: str) -> Mark:
    if not isinstance(value, Mapping):
        _fail(f"{where} has no mark")
    passed = value.get("pass")
    if not isinstance(passed, bool):
        _fail(f"{where} has no `pass` that is true or false")
    score = value.get("score", float(passed))
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 1:
        _fail(f"{where} has a `score` that is no number from 0 to 1")
    return Mark(passed, float(score))


def _fail(why: str) -> NoReturn:
    raise ValueError(why)
