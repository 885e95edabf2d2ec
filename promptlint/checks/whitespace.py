"""Finds whitespace that is paid for and separates nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint import vet
from promptlint.locate import Tile, joins_lines, source_edits, tiles
from promptlint.model import CodecKind, Edit, Hit, Profile, Safety, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted

_WASTE = lazy(
    r"""
    (?P<blank>(?<=\n)[ \t]*\n(?:[ \t]*\n)+)  # two or more empty lines
  | (?P<trail>(?<![ \t])[ \t]++(?=\n))                # spaces before a line break
  | (?<=[^\s|>])(?P<run>[ ]{2,}+)(?=[^\s|])    # several spaces between words, none of them a tag's first
    """,
    re.VERBOSE,
)

_SIGNS = ("  ", " \n", "\t\n", "\n\n\n")  # without one of these there is none of it
_NEAR = 400  # characters, so that a long text is not walked for each run
_MARKER = 3  # signs of a list marker: "-", "*", "12."
_LINES = 3  # a column may be broken by wrapped lines
_COLUMN = lazy(r"\S {3,}\S.*\S {3,}\S")  # two gaps in one line
_STOPS = (".", "!", "?", ":", ",", ";")  # that end a sentence or a clause, not a row
_ARROW = lazy(r"(?:->|=>|→|⇒|<-)\s")
_HEADING = lazy(r"[ \t]*(#{1,6})[ \t]+\S")


@dataclass(frozen=True, slots=True)
class Params:
    """What to leave.

    Attributes:
        sentence_gap: spaces after a full stop that are a habit of typing, not a run.
        min_saving: least number of tokens that all of it costs.
    """

    sentence_gap: int
    min_saving: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt with all its edits, outside what is shown rather than said."""
    if not any(sign in view.text for sign in _SIGNS) or not _WASTE.search(view.text):
        return
    apart = shown(view).wording
    edits: list[Edit] = []
    for tile in tiles(view.prompt):
        if tile.segment.kind is SegmentKind.TEXT:
            found = (edit for edit in _edits(view, tile, params) if not touches(apart, edit.span))
            edits.extend(edit for edit in found if not _joins_lines(view, tile, edit))
    if edits and vet.saved_tokens(view.text, edits, view.count) >= params.min_saving:
        stretches = "stretch" if len(edits) == 1 else "stretches"
        first, *others = (edit.span for edit in edits)
        message = f"{len(edits)} {stretches} of needless whitespace"
        yield Hit(first, message, tuple(edits), related=tuple(others), safety=Safety.SAFE)


def _joins_lines(view: View, tile: Tile, edit: Edit) -> bool:
    if tile.segment.codec.kind is CodecKind.VERBATIM:
        return False
    spelt = source_edits(view.prompt, edit)
    return spelt is not None and joins_lines(view.prompt, edit, spelt)


def _edits(view: View, tile: Tile, params: Params) -> Iterator[Edit]:
    text, start = view.text, tile.span.start
    agent = view.prompt.profile is Profile.AGENT_DOCUMENT
    quotations: tuple[Span, ...] | None = None
    for match in _WASTE.finditer(tile.segment.text):
        span = Span(start + match.start(), start + match.end())
        if match.lastgroup == "blank":
            if not _is_hole(text, span):
                yield Edit(span, "\n")
        elif match.lastgroup == "trail":
            if not (agent and _is_hard_break(text, span)):
                yield Edit(span, "")
        elif not _is_layout(text, span, params.sentence_gap):
            if quotations is None:
                quotations = joined(Span(*pair) for pair in quoted(text))
            if not touches(quotations, span):
                yield Edit(span, " ")


def _is_hole(text: str, span: Span) -> bool:
    """True for the empty lines below a heading that has nothing below it: a form to fill in."""
    above = _HEADING.match(text, text.rfind("\n", 0, span.start - 1) + 1)
    below = _HEADING.match(text, span.end)
    return above is not None and below is not None and len(below[1]) <= len(above[1])


def _is_hard_break(text: str, span: Span) -> bool:
    """True for the two spaces that break a line in Markdown: text before, and text on the next line."""
    begins = text.rfind("\n", 0, span.start) + 1
    ends = text.find("\n", span.end + 1)
    following = text[span.end + 1 : ends if ends >= 0 else len(text)]
    return span.end - span.start >= 2 and bool(text[begins : span.start].strip() and following.strip())


def _is_layout(text: str, span: Span, gap: int) -> bool:
    """True for a gap after a full stop, after a list marker or before an arrow, and for columns.

    A column is two gaps in a line, or lines near each other that have one each.
    """
    before, after = text[max(0, span.start - _NEAR) : span.start], text[span.end : span.end + _NEAR]
    line = before.rpartition("\n")[2].lstrip()
    if len(line) <= _MARKER and not any(map(str.isalpha, line)):
        return True
    if span.end - span.start <= gap and before[-1] in ".!?:":
        return True
    row = line + text[span.start : span.end] + after.partition("\n")[0]
    if _ARROW.match(after) or (not row.rstrip().endswith(_STOPS) and _COLUMN.search(row)):
        return True
    near = (*before.split("\n")[:-1][-_LINES:], *after.split("\n")[1:][:_LINES])
    return any("  " in each.strip() for each in near)
