"""Finds the messages of a `.prompt` file whose roles stand on the line of their text: `System: You help.`"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from promptlint.extract.common.spoken import roles
from promptlint.extract.common.spoken.roles import Turn
from promptlint.model import SegmentKind
from promptlint.templates.parts import Part, cut, touched

_LABEL = re.compile(r"^[ \t]*(System|User|Assistant|Developer):[ \t]*", re.MULTILINE)


def turns(text: str, parts: Sequence[Part]) -> tuple[Turn, ...] | None:
    """The messages, without the white space around them; None if the text does not begin with such a role."""
    labels = [match for match in _LABEL.finditer(text) if _is_text(match, parts)]
    if not labels or text[: labels[0].start()].strip():
        return None
    result = []
    low = 0
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        high = following.start() if following else len(text)
        head = (_silent(part) for part in cut(parts, low, label.end()))
        body = roles.trimmed(tuple(cut(parts, label.end(), high)))
        result.append(Turn(roles.named(label[1].lower()), (*head, *body)))
        low = high
    return tuple(result)


def _is_text(match: re.Match[str], parts: Sequence[Part]) -> bool:
    found = touched(parts, *match.span())
    return all(part.kind is SegmentKind.TEXT and not part.branch for part in found)


def _silent(part: Part) -> Part:
    if part.kind is not SegmentKind.TEXT:
        return part
    return replace(part, kind=SegmentKind.CONTROL, text="", name=part.text.strip())
