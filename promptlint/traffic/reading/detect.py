"""What a file is, told by its first bytes alone: how it is packed, and what holds its records."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.traffic.reading import packed
from promptlint.traffic.reading.rapid import loads

Container = Literal["lines", "array", "document", "csv", "parquet", "empty", "unknown"]

_PEEK = 256 * 1024
_LINES = 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is to be read: `packed` is its compression ("" for none), `delimiter` that of CSV."""

    container: Container
    packed: str = ""
    delimiter: str = ""


def shape(path: Path) -> Shape:
    """The shape of a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
        how = packed.kind(head)
        if head[:4] == b"PAR1":
            return Shape("parquet")
        with packed.opened(path, how) as stream:
            beginning = stream.read(_PEEK)
    except packed.BrokenError:
        return Shape("unknown", how)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    return _of_text(beginning, how)


def _of_text(data: bytes, how: str) -> Shape:
    text = data.removeprefix(_BOM).lstrip()
    if not text:
        return Shape("lines" if len(data) == _PEEK else "empty", how)
    if text[:1] == b"[":
        return Shape("array", how)
    if text[:1] == b"{":
        return Shape("lines" if _is_of_lines(text) else "document", how)
    delimiter = _delimiter(text)
    return Shape("csv", how, delimiter) if delimiter else Shape("lines", how)


def _is_of_lines(text: bytes) -> bool:
    """Whether at least half of the first lines are JSON objects of their own; a single line is one.

    A line that broke off does not make a document of a log, nor do the lines of a pretty-printed document,
    which end with commas, a log of it.
    """
    *lines, rest = text.split(b"\n", _LINES)
    lines = [line for line in lines if line and not line.isspace()]
    if len(lines) + (bool(rest.strip()) and len(text) < _PEEK) < 2:
        return True
    return 2 * sum(map(_is_object, lines)) >= len(lines)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except ValueError:
        return False


def _delimiter(text: bytes) -> str:
    """The delimiter of a header of CSV; empty: this is none."""
    header = text.partition(b"\n")[0].decode("utf-8", "replace").strip()
    for delimiter in (",", ";", "\t"):
        names = next(csv.reader([header], delimiter=delimiter), [])
        if len(names) > 2 and all(name.strip() and len(name) < 100 for name in names):
            return delimiter
    return ""
