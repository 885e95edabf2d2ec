"""A row: a line of a message, or a run of lines that belong together, and what it looks like."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class RowKind(Enum):
    """What a row looks like."""

    TEXT = "text"
    HEADING = "heading"
    BULLET = "bullet"
    RULER = "ruler"
    CODE = "code"
    DATA = "data"
    TABLE = "table"
    TAG = "tag"
    CLOSE = "close"


BOLD, LABEL = 7, 8  # levels below the six of Markdown: bold or capitals alone on a line, and "Rules:"


class Row(NamedTuple):
    """A row without its surrounding space; a plain tuple because there is one for every line.

    `body` is where the content begins after a marker. `level` is of a heading (1-6, BOLD, LABEL) or, for a
    bullet, 1 if it is numbered. `gap`: a blank line comes before (or nothing does).
    """

    kind: RowKind
    start: int
    end: int
    indent: int
    body: int
    level: int
    gap: bool
