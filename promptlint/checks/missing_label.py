"""Finds values of a declared set that no example shows, where the others are shown."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from promptlint.breaches.breach import plain
from promptlint.breaches.fields import Field, fields
from promptlint.declared import Choice
from promptlint.model import Hit, Profile, Span
from promptlint.records import dataclass
from promptlint.shots import shots
from promptlint.view import View

_REST = frozenset(("other", "others", "none", "unknown", "n a", "na", "null", "neither", "misc", "general"))
_ALIKE = 0.6  # of two names for one thing


@dataclass(frozen=True, slots=True)
class Params:
    """How much of a set must be shown before what is not is missed.

    Attributes:
        min_shown: least number of values that examples show.
        max_missing: greatest share of the set that is reported, 0 to 1.
    """

    min_shown: int
    max_missing: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each value, where it is declared."""
    if view.prompt.profile is not Profile.PROMPT:
        return
    done: set[str] = set()
    cut = {shot.group for shot in shots(view) if shot.literal is not None and shot.literal.cut}
    for field in fields(view):
        if not isinstance(field.by, Span) or field.nested or field.name in done:
            continue
        if field.said[0].shot.group in cut:
            continue  # what is cut off may have shown it
        shown = {said.value for said in field.said}
        missing = _missing(field, shown)
        count = len(field.choices)
        if not missing or count - len(missing) < params.min_shown or _is_scale(field):
            continue
        if len(missing) > max(1, int(count * params.max_missing)):
            continue
        done.add(field.name)
        for choice in missing:
            if plain(choice.text) in _REST:
                continue
            yield Hit(
                choice.span,
                f'no example shows "{choice.text[:60]}", all but {len(missing)} of the set are shown',
            )


def _missing(field: Field, shown: set[str]) -> list[Choice]:
    """What no example shows, without what an example seems to show under another name."""
    missing = {plain(choice.text): choice for choice in field.choices if plain(choice.text) not in shown}
    names = {plain(choice.text) for choice in field.choices}
    for odd in shown - names:
        nearest = max(names, key=lambda name: _likeness(odd, name))
        if nearest in missing:
            del missing[nearest]
        elif _likeness(odd, nearest) < _ALIKE and missing:
            del missing[next(iter(missing))]
    return list(missing.values())


def _likeness(one: str, other: str) -> float:
    if one in other or other in one:
        return 1.0
    return SequenceMatcher(None, one[:60], other[:60]).ratio()


def _is_scale(field: Field) -> bool:
    """True for grades: nobody shows them all; and for what is true or false."""
    return any(
        plain(choice.text).isdigit() or plain(choice.text) in ("true", "false") for choice in field.choices
    )
