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
        return Shape("empty", how)
    if text[:1] == b"[":
        return Shape("array", how)
    if text[:1] == b"{":
        return Shape("lines" if _first_line_is_whole(text) else "document", how)
    delimiter = _delimiter(text)
    return Shape("csv", how, delimiter) if delimiter else Shape("lines", how)


def _first_line_is_whole(text: bytes) -> bool:
    """Whether the first line is JSON of its own, or so long that it belongs to no pretty-printed document."""
    line, newline, rest = text.partition(b"\n")
    if not newline:
        return True
    try:
        loads(line)
    except ValueError:
        return not rest.lstrip().startswith((b'"', b"}"))  # a broken line of many, unless it goes on below
    return True


def _delimiter(text: bytes) -> str:
    """The delimiter of a header of CSV; empty: this is none."""
    header = text.partition(b"\n")[0].decode("utf-8", "replace").strip()
    for delimiter in (",", ";", "\t"):
        names = next(csv.reader([header], delimiter=delimiter), [])
        if len(names) > 2 and all(name.strip() and len(name) < 100 for name in names):
            return delimiter
    return ""
