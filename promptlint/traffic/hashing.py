"""Salted hashes of texts, exact and normalized, and the chained hashes of a prompt's prefix."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from promptlint.traffic.table import HASH_DIGITS, PREFIX_MOST, prefix_end

_BLOCK = 64  # bytes that SHA-256 takes at once: the salt fills the first
_ENDS = tuple(map(prefix_end, range(PREFIX_MOST)))
_SMALL = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_LEFT_OUT = b" \t\n\r\f\v0123456789"


def encoded(text: str) -> bytes:
    """The text as bytes; halves of characters count as such."""
    return text.encode("utf-8", "surrogatepass")


def normal(text: str) -> bytes:
    """The text as repeats are told: case folded, without ASCII's white space and digits; as UTF-8.

    One pass over the bytes, as every text of a log goes through it; the form of two texts in a row is that
    of both.
    """
    return encoded(text if text.isascii() else text.casefold()).translate(_SMALL, _LEFT_OUT)


class Hasher:
    """Hashes under one salt: SHA-256 of the salt and the text, cut to 16 hexadecimal digits."""

    def __init__(self, salt: bytes) -> None:
        self._base = hashlib.sha256(hashlib.sha512(salt).digest()[:_BLOCK])
        self.small = lru_cache(maxsize=65_536)(self.text)

    def data(self, data: bytes) -> str:
        """The hash of bytes."""
        state = self._base.copy()
        state.update(data)
        return state.hexdigest()[:HASH_DIGITS]

    def text(self, text: str) -> str:
        """The hash of a text."""
        return self.data(text.encode("utf-8", "surrogatepass"))

    def number(self, data: bytes) -> int:
        """The hash as a signed integer of 64 bits."""
        state = self._base.copy()
        state.update(data)
        return int.from_bytes(state.digest()[:8], "little", signed=True)

    def state(self) -> hashlib._Hash:
        """A hash under the salt, to go on with."""
        return self._base.copy()


class Chain:
    """The chained hashes of the leading blocks of a text that others begin with; sizes are bytes of UTF-8."""

    def __init__(self, hasher: Hasher, text: bytes) -> None:
        self._state = hasher.state()
        self._found: list[str] = []
        self._end = _chained(self._state, self._found, text, 0)
        self._rest = text[self._end :]

    def extended(self, text: bytes) -> tuple[list[str], str]:
        """The hashes of the blocks of the beginning and `text`, and the hash of all of it."""
        state, found = self._state.copy(), self._found.copy()
        text = self._rest + text
        end = _chained(state, found, text, self._end)
        state.update(text[end - self._end :])
        return found, state.hexdigest()[:HASH_DIGITS]


def _chained(state: hashlib._Hash, found: list[str], text: bytes, start: int) -> int:
    """Add the hashes of the full blocks of a text that begins at `start`, a block's end; where they end."""
    at, size = start, start + len(text)
    for end in _ENDS[len(found) :]:
        if end > size:
            break
        state.update(text[at - start : end - start])
        found.append(state.copy().hexdigest()[:HASH_DIGITS])
        at = end
    return at
