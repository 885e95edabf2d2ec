"""Fences texts of strangers in a message to a model, so that none of them can end its own fence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_DIGITS = 16


def fenced(parts: Sequence[tuple[str, str]]) -> str:
    """A message of named texts, each between two lines that carry a tag.

    The tag is made of the texts themselves: the same texts make the same message, and none of them, which
    are older than it, can hold it.
    """
    tag = _tag(parts)
    lines = [f"The tag is {tag}."]
    for name, text in parts:
        lines += [f"<<<{name} {tag}>>>", text, f"<<<end of {name} {tag}>>>"]
    return "\n".join(lines)


def _tag(parts: Sequence[tuple[str, str]]) -> str:
    seed = "\0".join(f"{name}\0{len(text)}\0{text}" for name, text in parts)
    while True:
        seed = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
        tag = seed[:_DIGITS]
        if not any(tag in text for _, text in parts):
            return tag
