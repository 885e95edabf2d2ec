"""Finds whitespace that is paid for and separates nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.locate import Tile, joins_lines, source_edits, tiles
from promptlint.model import CodecKind, Edit, Hit, Profile, Safety, SegmentKind, Span
from promptlint.places import touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_WASTE = re.compile(
    r"""
    (?P<blank>(?<=\n)[ \t]*\n(?:[ \t]*\n)+)  # two or more empty lines
  | (?P<trail>(?<![ \t])[ \t]++(?=\n))                # spaces before a line break
  | (?<=[^\s|])(?P<run>[ ]{2,}+)(?=[^\s|])    # several spaces between words
    """,
    re.VERBOSE,
)

_NEAR = 400  # characters, so that a long text is not walked for each run
_MARKER = 3  # signs of a list marker: "-", "*", "12."
_LINES = 3  # a column may be broken by wrapped lines


@dataclass(frozen=True, slots=True)
class Params:
    """What to leave.

    Attributes:
        sentence_gap: spaces after a full stop that are a habit of typing, not a run.
    """

    sentence_gap: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt with all its edits, outside what is shown rather than said."""
    if not _WASTE.search(view.text):
        return
    apart = shown(view).wording
    agent = view.prompt.profile is Profile.AGENT_DOCUMENT
    edits: list[Edit] = []
    for tile in tiles(view.prompt):
        if tile.segment.kind is SegmentKind.TEXT:
            found = (edit for edit in _edits(tile, agent, params) if not touches(apart, edit.span))
            edits.extend(edit for edit in found if not _joins_lines(view, tile, edit))
    if edits:
        stretches = "stretch" if len(edits) == 1 else "stretches"
        first, *others = (edit.span for edit in edits)
        message = f"{len(edits)} {stretches} of needless whitespace"
        yield Hit(first, message, tuple(edits), related=tuple(others), safety=Safety.SAFE)


def _joins_lines(view: View, tile: Tile, edit: Edit) -> bool:
    if tile.segment.codec.kind is CodecKind.VERBATIM:
        return False
    spelt = source_edits(view.prompt, edit)
    return spelt is not None and joins_lines(view.prompt, edit, spelt)


def _edits(tile: Tile, agent: bool, params: Params) -> Iterator[Edit]:
    text, start = tile.segment.text, tile.span.start
    for match in _WASTE.finditer(text):
        span = Span(start + match.start(), start + match.end())
        if match.lastgroup == "blank":
            yield Edit(span, "\n")
        elif match.lastgroup == "trail":
            if not (agent and _is_hard_break(text, match)):
                yield Edit(span, "")
        elif not _is_layout(text, match, params.sentence_gap):
            yield Edit(span, " ")


def _is_hard_break(text: str, match: re.Match[str]) -> bool:
    """True for the two spaces that break a line in Markdown: text before, and text on the next line."""
    begins = text.rfind("\n", 0, match.start()) + 1
    ends = text.find("\n", match.end() + 1)
    following = text[match.end() + 1 : ends if ends >= 0 else len(text)]
    return len(match.group()) >= 2 and bool(text[begins : match.start()].strip() and following.strip())


def _is_layout(text: str, match: re.Match[str], gap: int) -> bool:
    """True for a gap after a full stop or a list marker, and for columns: a line near has a run too."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
    if len(line) <= _MARKER and not any(map(str.isalpha, line)):
        return True
    if len(match.group()) <= gap and text[match.start() - 1] in ".!?:":
        return True
    above = text[max(0, match.start() - _NEAR) : match.start()].split("\n")[:-1]
    below = text[match.end() : match.end() + _NEAR].split("\n")[1:]
    return any("  " in line.strip() for line in (*above[-_LINES:], *below[:_LINES]))
