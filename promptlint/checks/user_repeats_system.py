"""Finds instructions of the system message that the user message of the same prompt gives again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from promptlint.contract.clauses import read
from promptlint.model import Hit, Role, Span
from promptlint.patterns import lazy
from promptlint.places import exclusive, joined, of_role, touches
from promptlint.records import dataclass
from promptlint.senses import Sense, opposed, sense
from promptlint.senses.likeness import Likeness, alike
from promptlint.shown import has_placeholder, shown
from promptlint.statements import Statement, statements
from promptlint.view import View
from promptlint.wording import words

_PART = lazy(r"[^,;:()]+")
_LEAST_WORDS = 2
_LONGEST = 600
_LEAST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Params:
    """How much of an instruction must be said before.

    Attributes:
        min_covered: share of its concepts, by weight, that one sentence of the system message has: 0 to 1.
        min_common: least weight of what both have; a word that is rare in the prompt weighs about 1.
    """

    min_covered: float
    min_common: float


class _Part(NamedTuple):
    """A part of a sentence, or a whole one."""

    statement: Statement
    found: Sense


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each sentence of a user message of which a part restates the system message; what it says
    word for word is of the rule for repeated sentences."""
    system = joined((*of_role(view.prompt, Role.SYSTEM), *of_role(view.prompt, Role.DEVELOPER)))
    user = of_role(view.prompt, Role.USER)
    if not system or not user:
        return
    rules = [
        rule for rule in statements(view) if len(rule.text) <= _LONGEST and not has_placeholder(rule.text)
    ]
    said = [part for rule in rules if touches(system, rule.span) for part in _parts(rule)]
    again = [part for rule in rules if touches(user, rule.span) for part in _parts(rule)]
    layouts = shown(view).layouts
    near = alike([part.found.concepts for part in (*said, *again)], _LEAST_SHARE)
    known = {words(part.statement.text) for part in said}
    done: set[Span] = set()
    for at, part in enumerate(again, len(said)):
        rule = part.statement
        if rule.span in done or words(rule.text) in known or touches(layouts, rule.span):
            continue
        first = _first(said, part, near.get(at, ()), params)
        if first is not None:
            done.add(rule.span)
            tokens = view.count(rule.text)
            message = f'the system message says this already: "{_shortened(first.text)}"'
            yield Hit(rule.span, message, related=(first.span,), saves=tokens)


def _parts(rule: Statement) -> Iterator[_Part]:
    for found in _senses(rule.text):
        yield _Part(rule, found)


@lru_cache(maxsize=1 << 12)
def _senses(text: str) -> tuple[Sense, ...]:
    """What a sentence says, and what each part of it says."""
    texts = {match[0].strip() for match in _PART.finditer(text)}
    texts |= {text[clause.start : clause.end] for clause in read(text)}
    parts = [part for part in sorted(texts - {text}) if len(words(part)) >= _LEAST_WORDS]
    return sense(text), *[sense(part) for part in parts]


def _first(said: list[_Part], part: _Part, likely: Sequence[Likeness], params: Params) -> Statement | None:
    """The sentence of the system message that says what a part says."""
    found = part.found
    for near in likely:
        if near.at >= len(said) or near.common < params.min_common:
            continue
        first = said[near.at]
        if near.common < params.min_covered * (near.common + near.added):
            continue
        if exclusive(first.statement.branch, part.statement.branch) or found.negative != first.found.negative:
            continue
        if found.numbers <= first.found.numbers and not opposed(found.concepts, first.found.concepts):
            return first.statement
    return None


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
