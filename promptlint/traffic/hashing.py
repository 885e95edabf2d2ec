"""Salted hashes of texts, exact and normalized, and the chained hashes of a prompt's prefix."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

from promptlint.traffic.table import HASH_DIGITS, PREFIX_MOST, prefix_end

_BLOCK = 64  # bytes that SHA-256 takes at once: the salt fills the first
_DIGITS = re.compile(r"\d+")
_SMALL = 4_096  # characters of a text that a memory of hashes keeps


def normal(text: str) -> str:
    """The text as repeats are told: case folded, white space one blank, each number one `0`."""
    folded = " ".join(text.casefold().split())
    return _DIGITS.sub("0", folded)


class Hasher:
    """Hashes under one salt: SHA-256 of the salt and the text, cut to 16 hexadecimal digits."""

    def __init__(self, salt: bytes) -> None:
        self._base = hashlib.sha256(hashlib.sha512(salt).digest()[:_BLOCK])
        self.small = lru_cache(maxsize=65_536)(self.text)
        self._normals: Callable[[str], str] = lru_cache(maxsize=16_384)(self._normal)

    def data(self, data: bytes) -> str:
        """The hash of bytes."""
        state = self._base.copy()
        state.update(data)
        return state.hexdigest()[:HASH_DIGITS]

    def text(self, text: str) -> str:
        """The hash of a text; halves of characters count as such."""
        return self.data(text.encode("utf-8", "surrogatepass"))

    def folded(self, text: str) -> str:
        """The hash of the normalized text; short ones are remembered, as most messages come again."""
        return self._normals(text) if len(text) <= _SMALL else self._normal(text)

    def number(self, data: bytes) -> int:
        """The hash as a signed integer of 64 bits."""
        state = self._base.copy()
        state.update(data)
        return int.from_bytes(state.digest()[:8], "little", signed=True)

    def state(self) -> hashlib._Hash:
        """A hash under the salt, to go on with."""
        return self._base.copy()

    def _normal(self, text: str) -> str:
        return self.text(normal(text))


class Chain:
    """The chained hashes of the leading blocks of a text that others begin with."""

    def __init__(self, state: hashlib._Hash, found: tuple[str, ...], rest: str, end: int) -> None:
        self._state, self._found, self._rest, self._end = state, found, rest, end

    @classmethod
    def started(cls, hasher: Hasher, text: str) -> Chain:
        """The chain of a beginning."""
        state = hasher.state()
        found: list[str] = []
        end = _chained(state, found, text, 0)
        return cls(state, tuple(found), text[end:], end)

    def extended(self, text: str) -> tuple[list[str], str]:
        """The hashes of the blocks of the beginning and `text`, and the hash of all of it."""
        state, found = self._state.copy(), list(self._found)
        text = self._rest + text
        end = _chained(state, found, text, self._end)
        state.update(text[end - self._end :].encode("utf-8", "surrogatepass"))
        return found, state.hexdigest()[:HASH_DIGITS]


def _chained(state: hashlib._Hash, found: list[str], text: str, start: int) -> int:
    """Add the hashes of the full blocks of a text that begins at `start`, a block's end; where they end."""
    at = 0
    while len(found) < PREFIX_MOST:
        size = prefix_end(len(found)) - start - at
        if at + size > len(text):
            break
        state.update(text[at : at + size].encode("utf-8", "surrogatepass"))
        found.append(state.copy().hexdigest()[:HASH_DIGITS])
        at += size
    return start + at
