"""Compares two versions of a notebook: the same file and code, but for the strings that were edited."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.errors import SourceError
from promptlint.model import Edit, Source, SourceKind, Span
from promptlint.proof import python
from promptlint.syntax import cells, ipython, nested
from promptlint.syntax.cells import Notebook


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited strings differs; `edits` are in coordinates of `source`, sorted.

    Outside the sources of cells both files are the same to the character. A cell keeps its way of spelling
    its source, as one string or as a list.
    """
    try:
        before, after = cells.read(source.text), cells.read(new.text)
    except SourceError:
        return False
    if _around(source.text, before) != _around(new.text, after):
        return False
    for one, other in zip(before.cells, after.cells, strict=True):
        if (one.kind, source.text[one.span.start]) != (other.kind, new.text[other.span.start]):
            return False
        touched = any(one.span.contains(edit.span) for edit in edits)
        if not touched and _spelt(source, one.span) != _spelt(new, other.span):
            return False
    return _same_code(before, after, edits)


def _spelt(source: Source, span: Span) -> str:
    return source.text[span.start : span.end]


def _around(text: str, notebook: Notebook) -> list[str]:
    """The file without the sources of its cells."""
    edges = [0, *(edge for cell in notebook.cells for edge in (cell.span.start, cell.span.end)), len(text)]
    return [text[edges[index] : edges[index + 1]] for index in range(0, len(edges), 2)]


def _same_code(before: Notebook, after: Notebook, edits: Sequence[Edit]) -> bool:
    old, new = ipython.parsable(before), ipython.parsable(after)
    inside = [
        Edit(Span(nested.offset(old.code, edit.span.start), nested.offset(old.code, edit.span.end)), "")
        for edit in edits
    ]
    return python.same(_module(old.code.text), _module(new.code.text), inside)


def _module(text: str) -> Source:
    return Source("cells.py", text, SourceKind.PYTHON)
