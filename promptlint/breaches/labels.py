"""Whether an answer is one of the values of a label set."""

from __future__ import annotations

import re
from collections.abc import Iterable

from promptlint.breaches.breach import Breach, Breaks, plain, shows
from promptlint.declared.form import Labels
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots import Shot, label_of
from promptlint.syntax.loosenodes import Sort, walk

_PARTS = lazy(r"\s*[,;|\n]\s*|\s+and\s+")


def concerns(labels: Labels, shots: Iterable[Shot], text: str) -> bool:
    """True if one of the examples' answers is in a set, so that the set is about these answers."""
    return any(not label_breaches(shot, labels, text) and _answers(shot, labels, text) for shot in shots)


def label_breaches(shot: Shot, labels: Labels, text: str) -> tuple[Breach, ...]:
    """The answers (or values of the set's field) that are not in a set; long answers are not looked at."""
    return tuple(
        Breach(Breaks.LABEL, at, labels.at, found, ", ".join(choice.text for choice in labels.choices))
        for at, found in _answers(shot, labels, text)
        if not _is_in(found, labels)
    )


def _is_in(found: str, labels: Labels) -> bool:
    allowed = {plain(choice.text) for choice in labels.choices}
    if plain(found) in allowed:
        return True
    return labels.several and all(plain(part) in allowed for part in _PARTS.split(found) if part)


def _answers(shot: Shot, labels: Labels, text: str) -> list[tuple[Span, str]]:
    """What an example says where a set wants one of its values."""
    if not shows(shot) or shot.output is None:
        return []
    if not labels.field:
        return [(shot.output, shot.label)] if shot.label else []
    wanted = plain(labels.field)
    if shot.literal is not None:
        values = [
            entry.value
            for one in walk(shot.literal.root)
            for entry in one.entries
            if plain(entry.key) == wanted
        ]
        return [(one.span, one.text) for one in values if one.sort is Sort.STRING and not one.open]
    parts = [part for part in shot.parts if plain(part.name) == wanted and shot.output.contains(part.span)]
    named = [(part.span, label_of(text[part.span.start : part.span.end])) for part in parts]
    return [(span, found) for span, found in named if found]


def more_than_label(shot: Shot, labels: Labels, text: str) -> Breach | None:
    """An answer that begins with a value of the set and goes on, where only the value is wanted."""
    if not shows(shot) or shot.output is None or labels.field or shot.literal is not None:
        return None
    said = text[shot.output.start : shot.output.end]
    opened = plain(said[:200]) + " "
    for choice in labels.choices:
        name = plain(choice.text)
        if name and opened.startswith(name + " ") and plain(said) != name and not _is_in(said, labels):
            return Breach(Breaks.MORE, shot.output, labels.at, said[:60], choice.text)
    return None


def mentioned(label: str, text: str, shots: Iterable[Shot]) -> bool:
    """True if a prompt speaks of a label outside its examples: "or NONE if nothing fits"."""
    pattern = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)", re.IGNORECASE)
    at = 0
    for shot in shots:
        if pattern.search(text, at, max(at, shot.span.start)):
            return True
        at = max(at, shot.span.end)
    return pattern.search(text, at) is not None
