"""Takes a JSON array apart without holding it: the bytes of each element, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from promptlint.traffic.settings import MAX_ROW

_BLOCK = 1 << 20
_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')


class _Cutter:
    """Finds where the elements of the outermost array end, block by block.

    `depth` is 0 before the array, 1 between its elements; `string` is inside a text, `skip` behind
    a backslash.
    """

    def __init__(self) -> None:
        self.depth, self.string, self.skip = 0, False, False

    def ends(self, block: bytes, at: int) -> Iterator[int]:
        """The places in a block, from `at` on, of the commas and of the bracket that end elements."""
        if self.skip and at < len(block):
            self.skip, at = False, at + 1
        while match := (_INSIDE if self.string else _OUTSIDE).search(block, at):
            at = match.end()
            sign = match[0]
            if sign == b'"':
                self.string = not self.string
            elif sign == b"\\":
                self.skip = at >= len(block)
                at += 1
            elif sign in b"[{":
                self.depth += 1
            elif sign == b"," and self.depth == 1:
                yield match.start()
            elif sign in b"]}":
                self.depth -= 1
                if self.depth == 0:
                    yield match.start()
                    return


def elements(file: BinaryIO) -> Iterator[tuple[int, bytes | None, str | None]]:
    """The elements of a file that is one JSON array: number from 1, bytes, or what is wrong.

    An element larger than `MAX_ROW` is passed over; an array that is not closed gives a record that says so.
    """
    cutter, held, number, large = _Cutter(), bytearray(), 0, False
    while block := file.read(_BLOCK):
        before = 0
        for end in cutter.ends(block, 0):
            held += block[before:end]
            before = end + 1
            number += 1
            large = large or len(held) > MAX_ROW
            yield from _element(number, held, large)
            held, large = bytearray(), False
        if cutter.depth == 0 and number:
            return
        held += block[before:]
        if len(held) > MAX_ROW:
            held, large = bytearray(), True
    yield number + 1, None, "an array of JSON that is not closed"


def _element(number: int, held: bytearray, large: bool) -> Iterator[tuple[int, bytes | None, str | None]]:
    if large:
        yield number, None, f"larger than {MAX_ROW // 2**20} MB"
        return
    data = bytes(held).strip()
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    data = data[1:].strip() if number == 1 and data[:1] == b"[" else data
    if data:
        yield number, data, None
