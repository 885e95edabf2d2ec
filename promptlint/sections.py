"""Puts parts of a text together under a limit: whole rows go, the least important first, and are counted.

Lengths are bytes of UTF-8: never fewer than UTF-16 units or characters, whatever a host counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from promptlint.records import dataclass

Row = tuple[str, ...]
"""One row in several lengths, the longest first: the first that fits is taken."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the text; each string ends with a newline and is complete in itself.

    Args:
        head: what stands before the rows.
        foot: what stands after them.
        rows: the best first; made when they are asked for.
        count: how many there are.
        left: what stands after the rows (before `foot`) if so many did not fit.
        none: what stands for the whole part if no row fits; short.
        weight: parts of a lower weight are given room first.
    """

    head: str
    foot: str = ""
    rows: Iterable[Row] = ()
    count: int = 0
    left: Callable[[int], str] = str
    none: str = ""
    weight: int = 0


def lay_out(sections: Sequence[Section], limit: int) -> str:
    """The sections in their order, no longer than `limit`.

    A section without rows is always there whole; of one with rows at least `none` is. The limit must have
    room for that much.
    """
    texts = [section.none if section.count else section.head + section.foot for section in sections]
    room = limit - sum(map(_size, texts))
    for index in sorted(range(len(sections)), key=lambda index: sections[index].weight):
        section = sections[index]
        if section.count:
            before = _size(texts[index])
            texts[index] = _filled(section, room + before)
            room += before - _size(texts[index])
    return "".join(texts)


def _filled(section: Section, room: int) -> str:
    """The section with as many rows as there is room for; `none` if there is room for no row."""
    note = _size(section.left(section.count))
    used = _size(section.head) + _size(section.foot)
    taken: list[str] = []
    for alternatives in section.rows:
        rest = note if len(taken) + 1 < section.count else 0
        row = next((each for each in alternatives if used + _size(each) + rest <= room), None)
        if row is None:
            break
        taken.append(row)
        used += _size(row)
    if not taken:
        return section.none
    cut = section.count - len(taken)
    return "".join(chain((section.head,), taken, (section.left(cut),) if cut else (), (section.foot,)))


def _size(text: str) -> int:
    return len(text.encode())
