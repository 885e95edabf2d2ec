"""Finds the markers that an unfinished merge leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import Hit, Span
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.view import View

_MARKER = lazy(
    r"^(?:<{7} (?P<ours>\S.*)|(?P<base>\|{7})(?: .*)?|(?P<middle>={7})|>{7} (?P<theirs>\S.*))$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which markers are meant.

    Attributes:
        edit_labels: labels (in lower case) of edit formats that look like a conflict and are none.
    """

    edit_labels: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a conflict: its three markers in order, outside code and examples."""
    if "<<<<<<< " not in view.text:
        return
    apart = joined(view.protected)
    opened: re.Match[str] | None = None
    middle: re.Match[str] | None = None
    for match in _MARKER.finditer(view.text):
        if touches(apart, Span(*match.span())):
            continue
        if match["ours"]:
            opened, middle = (None if _is_format(match["ours"], params) else match), None
        elif match["middle"]:
            middle = match
        elif match["theirs"] and opened and middle and not _is_format(match["theirs"], params):
            marks = tuple(Span(*each.span()) for each in (opened, middle, match))
            yield Hit(marks[0], "a merge conflict was left in the prompt", related=marks[1:])
            opened = middle = None


def _is_format(label: str, params: Params) -> bool:
    return label.split(maxsplit=1)[0].lower() in params.edit_labels
