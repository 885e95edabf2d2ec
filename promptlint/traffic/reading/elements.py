"""Takes JSON apart without holding it: the elements of an array, or documents one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from promptlint.traffic.settings import MAX_ROW

MAX_DOCUMENT = 4 * MAX_ROW
"""Bytes of one JSON document: an export of spans may be one with many calls."""

_BLOCK = 1 << 20
_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')


class _Cutter:
    """Finds where the elements of the outermost array, or the outermost documents, end, block by block.

    `depth` is 0 before the array, 1 between its elements; `string` is inside a text, `skip` behind
    a backslash.
    """

    def __init__(self, of_array: bool) -> None:
        self.depth, self.string, self.skip = 0, False, False
        self._of_array = of_array

    def ends(self, block: bytes, at: int) -> Iterator[int]:
        """The places in a block, from `at` on, of the commas and of the bracket that end elements.

        Of documents: the places behind them.
        """
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
            elif sign == b",":
                if self.depth == 1 and self._of_array:
                    yield match.start()
            else:
                self.depth = max(0, self.depth - 1)
                if self.depth == 0:
                    yield at - self._of_array
                    if self._of_array:
                        return


def elements(file: BinaryIO) -> Iterator[tuple[int, bytes | None, str | None]]:
    """The elements of a file that is one JSON array: number from 1, bytes, or what is wrong.

    An element larger than `MAX_ROW` is passed over; an array that is not closed gives a record that says so.
    """
    cutter, held, number, large = _Cutter(of_array=True), bytearray(), 0, False
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


def documents(file: BinaryIO) -> Iterator[tuple[int, bytes | None, str | None]]:
    """The JSON objects of a file, one behind the other over any lines: number from 1, bytes, or a fault.

    A span a document is what OpenTelemetry's console exporters write. One that is too large is passed over;
    what breaks off, or is no object, is handed on as it is.
    """
    cutter, held, number, large = _Cutter(of_array=False), bytearray(), 0, False
    while block := file.read(_BLOCK):
        before = 0
        for end in cutter.ends(block, 0):
            held += block[before:end]
            before = end
            number += 1
            yield from _document(number, held, large)
            held, large = bytearray(), False
        held += block[before:]
        if len(held) > MAX_DOCUMENT:
            held, large = bytearray(), True
    if large or held.strip():
        yield from _document(number + 1, held, large)


def _document(number: int, held: bytearray, large: bool) -> Iterator[tuple[int, bytes | None, str | None]]:
    if large or len(held) > MAX_DOCUMENT:
        yield number, None, f"a document larger than {MAX_DOCUMENT // 2**20} MB"
    else:
        yield number, bytes(held).strip().removeprefix(b"\xef\xbb\xbf").lstrip(), None


def _element(number: int, held: bytearray, large: bool) -> Iterator[tuple[int, bytes | None, str | None]]:
    if large:
        yield number, None, f"larger than {MAX_ROW // 2**20} MB"
        return
    data = bytes(held).strip()
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    data = data[1:].strip() if number == 1 and data[:1] == b"[" else data
    if data:
        yield number, data, None
