"""Finds slots that nobody fills in: a string that is never formatted, braces of another template language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.locate import tiles
from promptlint.model import BlockKind, Escaping, Field, Hit, Profile, SegmentKind, SourceKind, Span
from promptlint.patterns import lazy
from promptlint.places import joined, places, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted

_PERCENT = lazy(r"(?<![\w%\\/-])%(?:s|\([a-z_]\w{0,40}\)[sd])(?![\w%])")
_SINGLE = lazy(r"(?<![\w{}$\\/\"'`%=&?:(<.-])\{(?P<name>[a-z]+(?:_[a-z]+)+)\}(?![\w{}\"'`/&=)>.-])")
_ESCAPED = lazy(
    r"(?<![\\\w\"'`(])(?:(?<=[.!?:;,])|(?<=\s))\\n(?:\\n)?(?=[A-Z\d*#\s-]|$)|(?<=[.!?:])(?:\\n){1,2}(?=[A-Z\d*#\s-]|$)"
)
_SPOKEN = lazy(
    r"\b(?:newlines?|line[ -]?breaks?|escaped?|characters?|backslash|separat\w+|delimit\w+|\\t)\b",
    re.IGNORECASE,
)
_NEAR = 120
_WRITTEN = (SourceKind.TEXT, SourceKind.MARKDOWN, SourceKind.JINJA)


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_escapes: least number of literal line breaks; one alone may be meant.
    """

    min_escapes: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each slot that is sent as it is spelt; agent documents are no templates."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    yield from _never_formatted(view)
    found = [*_other_braces(view), *_escapes(view, params)]
    if not found:
        return
    code = (block.span for block in view.of_kind(BlockKind.CODE))
    apart = joined((*code, *shown(view).wording, *(Span(*pair) for pair in quoted(view.text))))
    for span, message in found:
        if not touches(apart, span):
            yield Hit(span, message)


def _never_formatted(view: View) -> Iterator[Hit]:
    """The first slot of a string that its module sends without filling it in."""
    sent: Field | None = view.prompt.call.get("unformatted")
    if sent is None:
        return
    for tile in tiles(view.prompt):
        segment = tile.segment
        if segment.kind is SegmentKind.SLOT and segment.codec.escaping is Escaping.BRACES:
            yield Hit(tile.span, f"{segment.text} is sent as it is spelt: nothing formats this string")
            return


def _other_braces(view: View) -> Iterator[tuple[Span, str]]:
    """`%s` in a text for str.format, `{name}` in a template of Jinja."""
    if ("%" not in view.text and "{" not in view.text) or not places(view.prompt).slots:
        return
    engines = {
        tile.segment.codec.escaping for tile in tiles(view.prompt) if tile.segment.kind is SegmentKind.SLOT
    }
    if engines == {Escaping.BRACES} and "%" in view.text:
        for match in _PERCENT.finditer(view.text):
            yield (
                Span(*match.span()),
                f"{match.group()} in a string that is filled in with braces stays as it is",
            )
    if engines == {Escaping.JINJA} and "{" in view.text:
        for match in _SINGLE.finditer(view.text):
            known = match["name"] in view.prompt.variables
            if known:
                yield (
                    Span(*match.span()),
                    f"{match.group()} stays as it is: this template takes {{{{ {match['name']} }}}}",
                )


def _escapes(view: View, params: Params) -> Iterator[tuple[Span, str]]:
    """A line break that is spelt as a backslash and an n, in a text where nothing reads it as one."""
    if "\\n" not in view.text or view.prompt.source.kind not in _WRITTEN:
        return
    found = []
    for match in _ESCAPED.finditer(view.text):
        near = view.text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if not _SPOKEN.search(near):
            found.append(Span(*match.span()))
    if len(found) >= params.min_escapes:
        yield (
            found[0],
            f"a literal \\n, {len(found)} in all: the model reads a backslash and a letter, no line break",
        )
