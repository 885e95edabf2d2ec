"""What names stand for in Jinja templates: the bodies of macros, blocks and `set`, and arguments of calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from promptlint.model import Segment, SegmentKind, Span
from promptlint.records import dataclass
from promptlint.templates import jinja

BLOCK = re.compile(r"block\s+(\w+)")
_GIVEN = re.compile(r"\s*(?:(\w+)\s*=\s*)?('[^'\\]*'|\"[^\"\\]*\"|[\w.]+)\s*(?:,|\Z)")


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment of the whole, and which of the prompt's own put it there, by index (-1: its parent did)."""

    segment: Segment
    own: int


@dataclass(frozen=True, slots=True)
class Body:
    """What a name stands for, as it was written: `depth` arms enclose it there, in the file `path`."""

    stream: tuple[Placed, ...]
    path: str
    depth: int = 0
    parameters: str | None = None


def inner(body: Body, index: int) -> Body | None:
    """What stands between the statement that opens a block and the one that closes it, if it opens one."""
    opener = body.stream[index].segment
    if not jinja.opens(opener.name):
        return None
    word, level = jinja.word(opener.name), 0
    for place in range(index, len(body.stream)):
        segment = body.stream[place].segment
        if segment.kind is SegmentKind.CONTROL:
            opens = jinja.word(segment.name) == word and jinja.opens(segment.name)
            level += opens - (jinja.word(segment.name) == f"end{word}")
            if level == 0:
                return replace(
                    body, stream=tuple(body.stream[index + 1 : place]), depth=len(opener.branch) + 1
                )
    return None


def blocks(body: Body) -> Iterator[tuple[str, Body]]:
    """The blocks of a template by name, nested ones included."""
    for index, placed in enumerate(body.stream):
        match = BLOCK.match(placed.segment.name) if placed.segment.kind is SegmentKind.CONTROL else None
        found = inner(body, index) if match else None
        if match and found is not None:
            yield match[1], found


def given(spelt: str) -> Iterator[tuple[str, str]]:
    """The arguments of a call, or the defaults of a macro, as (keyword or "", spelling).

    Literals and plain names only: it ends at the first that is computed.
    """
    position = 0
    while match := _GIVEN.match(spelt, position):
        yield match[1] or "", match[2]
        position = match.end()


def arguments(parameters: str, arguments: str, known: Mapping[str, Body], path: str) -> dict[str, Body]:
    """What the parameters of a macro stand for in one call; those that are computed stay slots.

    Args:
        parameters: as the macro spells them, `a, b="x"`.
        arguments: of the call, as spelt.
        known: what names stand for where it is called.
        path: of the file that calls.
    """
    found = {match[1]: match[2] for match in _GIVEN.finditer(parameters) if match[1]}
    names = [parameter.partition("=")[0].strip() for parameter in parameters.split(",")]
    for name, (keyword, spelt) in zip(names, given(arguments), strict=False):
        found[keyword or name] = spelt
    return {name: known.get(spelt) or Body((_value(spelt),), path) for name, spelt in found.items() if name}


def _value(spelt: str) -> Placed:
    if spelt[0] in "'\"":
        return Placed(Segment(SegmentKind.TEXT, spelt[1:-1], Span(0, 0)), -1)
    return Placed(Segment(SegmentKind.SLOT, f"{{{{ {spelt} }}}}", Span(0, 0), name=spelt), -1)
