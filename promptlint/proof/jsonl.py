"""Compares two versions of a JSON Lines file: the same lines, but for the strings that were edited."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.model import Edit, Source, SourceKind, Span
from promptlint.proof import data


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited strings differs, and other lines are the same to the character.

    `edits` are in coordinates of `source`, sorted.
    """
    before, after = source.text.split("\n"), new.text.split("\n")
    if len(before) != len(after):
        return False
    start = 0
    for old, line in zip(before, after, strict=True):
        inside = [_moved(edit, start) for edit in edits if start <= edit.span.start <= start + len(old)]
        if old != line and not (inside and data.same(_json(old), _json(line), inside)):
            return False
        start += len(old) + 1
    return True


def _moved(edit: Edit, start: int) -> Edit:
    return Edit(Span(edit.span.start - start, max(0, edit.span.end - start)), edit.new)


def _json(text: str) -> Source:
    return Source("line.json", text, SourceKind.JSON)
