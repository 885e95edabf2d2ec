"""Makes one Python module of the code cells of a notebook: magics blanked, every character in its place."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import replace

from promptlint.model import Codec, CodecKind, Piece
from promptlint.records import dataclass
from promptlint.syntax.cells import Cell, Notebook
from promptlint.syntax.nested import Nested, nested

_PYTHON = frozenset({"python", "python3", "ipython", "ipython3"})
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\n]*")
_OF_PYTHON = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "skip", "cache", "memit"})
_MARKED = re.compile(r"[%!?]")
# Strings and comments first, so that what looks like a magic inside of them is passed over.
_TOKEN = re.compile(
    r"(?P<magic>^[ \t]*(?:%[A-Za-z]|!|\?)(?:\\\n|[^\n])*+|^[ \t]*[\w.*]+\?\??[ \t]*$)"
    r"|(?<==)(?P<given>[ \t]*(?:%[A-Za-z]|!(?!=))(?:\\\n|[^\n])*+)"
    r"|#[^\n]*+"
    r"|\"\"\"(?>[^\"\\]+|\\.|\"(?!\"\"))*+(?:\"\"\")?"
    r"|'''(?>[^'\\]+|\\.|'(?!''))*+(?:''')?"
    r"|\"(?>[^\"\\\n]+|\\.)*+\"?"
    r"|'(?>[^'\\\n]+|\\.)*+'?",
    re.MULTILINE | re.DOTALL,
)
_NOT_BLANK = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Module:
    """The code cells as one module; `left` are those that are no Python, which are blank in it."""

    code: Nested
    left: tuple[Cell, ...] = ()


def is_python(notebook: Notebook) -> bool:
    """True if the cells hold Python, as far as the notebook says."""
    return notebook.language in _PYTHON


def module(notebook: Notebook) -> Module:
    """The code of a notebook as it stands, magics blanked: one cell that does not parse spoils all of it."""
    cells = [cell for cell in notebook.cells if cell.kind == "code"]
    return Module(_joined(cells, [_without_magics(cell.text) for cell in cells]))


def parsable(notebook: Notebook) -> Module:
    """The code of a notebook without the cells that do not parse."""
    cells = [cell for cell in notebook.cells if cell.kind == "code"]
    left = []
    texts = []
    for cell in cells:
        text = cell.text
        found = next((each for each in (_without_magics(text), text) if _parses(each)), None)
        if found is None:
            left.append(cell)
        texts.append(_blank(text) if found is None else found)
    return Module(_joined(cells, texts), tuple(left))


def joined(cell: Cell) -> Nested:
    """The text of one cell."""
    return _joined([cell], [cell.text])


def _joined(cells: Iterable[Cell], texts: Iterable[str]) -> Nested:
    """The texts of cells, each of the length of what its strings say, a line break between two cells."""
    pieces: list[Piece] = []
    codecs = []
    at = 0
    for cell in cells:
        codecs.append((at, Codec(CodecKind.JSON, indent=cell.break_)))
        for string in cell.strings:
            pieces += [
                replace(piece, text_start=piece.text_start + at, text_end=piece.text_end + at)
                for piece in string.pieces
            ]
            at += len(string.text or "")
        at += 1
    return nested("\n".join([*texts, ""]), pieces, codecs)


def _without_magics(text: str) -> str:
    """The code as Python would have it, of the same length; a magic is the statement `0`."""
    head = _CELL_MAGIC.match(text)
    if head is not None:
        if head[1] not in _OF_PYTHON:
            return _blank(text)
        text = _blank(head.group()) + text[head.end() :]
    return _TOKEN.sub(_replaced, text) if _MARKED.search(text) else text


def _replaced(match: re.Match[str]) -> str:
    if match["magic"] is None and match["given"] is None:
        return match.group()
    found = match.group()
    lead = found[: len(found) - len(found.lstrip(" \t"))]
    return lead + "0" + _blank(found[len(lead) + 1 :])


def _blank(text: str) -> str:
    return _NOT_BLANK.sub(" ", text)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
