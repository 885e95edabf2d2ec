"""Opens compressed files as streams, with a bound on how much a file may grow."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

_MAGIC = ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zst"))

GROWTH = 250
"""How many times its own size a compressed file may grow; logs of text shrink to a tenth or a fiftieth."""

FREE = 64 * 2**20
"""Bytes that any file may grow to."""


class BrokenError(Exception):
    """A compressed stream ends early or is damaged; the message is the kind of fault."""


class _Bounded(io.RawIOBase):
    """A stream that ends with `BrokenError` where its file is damaged or has grown too much."""

    def __init__(self, inner: IO[bytes], allowed: int) -> None:
        self._inner, self._left = inner, allowed

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Bytes read; 0 at the end."""
        try:
            data = self._inner.read(len(buffer))
        except (EOFError, zlib.error, lzma.LZMAError, OSError, ValueError) as error:
            raise BrokenError("compressed data end early or are damaged") from error
        self._left -= len(data)
        if self._left < 0:
            raise BrokenError(f"compressed data grow more than {GROWTH} times")
        buffer[: len(data)] = data
        return len(data)


def kind(head: bytes) -> str:
    """The compression that the first bytes of a file tell: gz, bz2, xz, zst or none."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


@contextmanager
def opened(path: Path, how: str) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked.

    Raises:
        OSError: it cannot be read.
        BrokenError: while reading, if it is damaged or grows too much.
    """
    with path.open("rb") as file:
        if not how:
            yield file
            return
        allowed = max(FREE, path.stat().st_size * GROWTH)
        with _unpacked(file, how) as inner, _Bounded(inner, allowed) as bounded:
            yield cast(BinaryIO, bounded)


def _unpacked(file: BinaryIO, how: str) -> IO[bytes]:
    if how == "gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if how == "bz2":
        return bz2.BZ2File(file)
    if how == "xz":
        return lzma.LZMAFile(file)
    import pyarrow as pa

    return cast("IO[bytes]", pa.CompressedInputStream(file, "zstd"))
