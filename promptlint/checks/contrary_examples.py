"""Finds two examples with the same input and different outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from promptlint.breaches import shows
from promptlint.breaches.breach import plain
from promptlint.breaches.fields import fields
from promptlint.model import Hit
from promptlint.patterns import lazy
from promptlint.places import arms, exclusive, places
from promptlint.records import dataclass
from promptlint.shots import Shot, Worth, shots
from promptlint.shots.names import speaks
from promptlint.syntax.loosenodes import Literal, Value
from promptlint.view import View

_TITLE = lazy(r"\b(?:examples?|no|case|shot)\b|[#\d:.()]+", re.IGNORECASE)
_SHORT = 3  # words of a reply that says nothing on its own


@dataclass(frozen=True, slots=True)
class Params:
    """Which inputs are compared.

    Attributes:
        min_length: code points of the shortest input, without marks.
    """

    min_length: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each later example; turns of one conversation and free texts may well differ."""
    found = shots(view)
    halves = {two for one, two in pairwise(found) if one.output is None and one.group == two.group}
    every = [shot for shot in found if shows(shot) and shot.input and not shot.follows and shot not in halves]
    if len(every) < 2:
        return
    ground = places(view.prompt)
    lasts = {
        said.shot: said.value
        for field in fields(view)
        if field.name and not field.nested
        for said in field.said
    }
    first: dict[str, tuple[Shot, str]] = {}
    for shot in every:
        given = _given(view.text, shot)
        answer = _answer(view.text, shot, lasts)
        if (
            len(given) < params.min_length
            or not answer
            or shot.worth is not Worth.MODEL
            or _is_reply(shot, given)
        ):
            continue
        other = first.setdefault(given, (shot, answer))
        if other[1] != answer and not exclusive(arms(ground, other[0].span), arms(ground, shot.span)):
            yield Hit(
                shot.span,
                "this example has the input of an earlier one and another output",
                related=(other[0].span,),
            )


def _is_reply(shot: Shot, given: str) -> bool:
    """True for a word or two of a conversation, which mean what was said before: "yes"."""
    return all(speaks(part.name) for part in shot.parts) and bool(shot.parts) and len(given.split()) <= _SHORT


def _given(text: str, shot: Shot) -> str:
    """All that is given, and what stands before it in the example: a part that has no known label."""
    if shot.input is None:
        return ""
    given = "\n".join(plain(text[span.start : span.end]) for span in shot.inputs).strip()
    lead = _TITLE.sub(" ", text[shot.span.start : max(shot.span.start, shot.input.start)])
    return f"{given}\n{plain(lead)}" if given else ""


def _answer(text: str, shot: Shot, lasts: dict[Shot, str]) -> str:
    """What can be compared: JSON without its layout, a label, the label in the last line."""
    if shot.literal is not None:
        return _data(shot.literal)
    if shot.label:
        return plain(shot.label)
    return lasts.get(shot, "")


def _data(literal: Literal) -> str:
    out: list[str] = []
    stack: list[Value] = [literal.root]
    while stack:
        value = stack.pop()
        out.append(f"{value.sort.value}:{value.text}")
        entries = sorted(value.entries, key=lambda entry: entry.key)
        out += [entry.key for entry in entries]
        stack += [entry.value for entry in entries] + list(value.items)
    return "\n".join(out)
