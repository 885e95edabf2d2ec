"""Tightens how a prompt is laid out: rulers, bold headings, padded tables, pretty JSON, schemas, XML chrome.

May lose: the look, which the style of an answer follows; the layout of shown JSON, which models imitate. A
schema written as names and types, or a section without its tags, is another text to the model: EVAL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from promptlint.compress.proposal import Found, Ground, Idea, Tier
from promptlint.model import Block, BlockKind, Edit, Safety, Span
from promptlint.outline import walk
from promptlint.patterns import lazy
from promptlint.places import has_slot, places, removal, touches
from promptlint.shown import shown

_WHY = {
    "TOK004": "decoration: bold type, rulers or emoji",
    "TOK005": "JSON says the same on one line",
    "TOK009": "spelt in tokens that say nothing",
}
_HEADING = lazy(r"(#{1,6}[ \t]+)(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\2[ \t]*")
_TAG = lazy(r"<([A-Za-z][\w-]*)>")
_BLANKS = lazy(r"\n[ \t]*")
_BLANK = lazy(r"\s*\n(?=#{1,6} )")
_DELIMITER = lazy(
    r"\b(?:delimit|separated? by|separators?|between the|enclosed|dividers?)|[`'\"](?:---|===)", re.IGNORECASE
)
_FILE = lazy(r"\.json\b|\bconfig|\bsettings\b|<[^<>\n]*\b(?:file|path|content)\w*\s*=", re.IGNORECASE)
_TEMPLATE = lazy(
    r"\b(?:following|this|below|exact|given|next) (?:[\w-]{1,20} ){0,2}(?:templates?|formats?|structure)\b"
    r"|\b(?:templates?|formats?|structure|layout|skeleton)(?: is)?(?: as follows)?[*_]*:[*_]*[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""What announces how an answer looks: what stands below it may be that look."""
_ABOVE = 240  # code points before JSON in which a file is named
_FEW = 400  # code points of a section whose tags are a large part of it


def ideas(ground: Ground) -> Iterator[Idea]:
    """Ideas for the whole prompt, the cheapest to lose first."""
    for code, why in _WHY.items():
        for found in ground.of(code):
            if code == "TOK005" and _is_file(ground.view.text, found.edits):
                continue
            for edits in _parts(ground.view.text, code, found):
                if code == "TOK004" and _is_below_template(ground.view.text, edits[0].span.start):
                    continue
                yield Idea(edits, why, Safety.UNSAFE, Tier.SUBSUMING, code=code)
    for found in ground.of("TOK008"):
        why = "names and types say what the schema says"
        yield Idea(found.edits, why, Safety.UNSAFE, Tier.EVAL, code="TOK008")
    yield from _bold_headings(ground)
    yield from _rulers(ground)
    yield from _chrome(ground)


def _is_file(text: str, edits: tuple[Edit, ...]) -> bool:
    """True for JSON that is shown as the content of a file, which people read: laid out as files are."""
    return (
        bool(edits)
        and _FILE.search(text[max(0, edits[0].span.start - _ABOVE) : edits[0].span.start]) is not None
    )


def _is_below_template(text: str, at: int) -> bool:
    """True if a line above says how an answer looks: what follows may show it, up to the end."""
    line = text.rfind("\n", 0, at) + 1
    return _first_template(text) <= at or _TEMPLATE.search(text, line, at) is not None


@lru_cache(maxsize=2)
def _first_template(text: str) -> int:
    """Where the first such line ends; behind the text if there is none."""
    match = _TEMPLATE.search(text)
    return match.end() if match is not None else len(text) + 1


def _parts(text: str, code: str, found: Found) -> Iterator[tuple[Edit, ...]]:
    """The edits of a finding, those that belong together: a ruler alone, both ends of a bold stretch."""
    edits = found.edits
    if code != "TOK004":
        yield edits
        return
    first = None
    for edit in edits:
        if text[edit.span.start : edit.span.end] != "**":
            yield (edit,)
        elif first is None:
            first = edit
        elif text.find("\n", first.span.end, edit.span.start) >= 0:
            first = edit  # the other end of the one before was not taken
        else:
            yield first, edit
            first = None


def _bold_headings(ground: Ground) -> Iterator[Idea]:
    """All bold headings lose their asterisks together: a heading is bold already."""
    layouts = shown(ground.view).layouts
    edits = []
    for block in ground.view.of_kind(BlockKind.HEADING):
        match = _HEADING.fullmatch(ground.view.text, block.span.start, block.span.end)
        if match and not (
            touches(layouts, block.span) or _is_below_template(ground.view.text, block.span.start)
        ):
            edits.append(Edit(Span(match.end(1), match.end()), match[3]))
    if edits:
        yield Idea(tuple(edits), "a heading needs no bold type", Safety.UNSAFE, Tier.SUBSUMING)


def _rulers(ground: Ground) -> Iterator[Idea]:
    """Rulers just above a heading, which separates already; they stay where the prompt speaks of them."""
    text, held, layouts = ground.view.text, places(ground.prompt), shown(ground.view).layouts
    rulers = ground.view.of_kind(BlockKind.RULER)
    if not rulers or _DELIMITER.search(text):
        return
    headings = {block.span.start for block in ground.view.of_kind(BlockKind.HEADING)}
    for block in rulers:
        below = _BLANK.match(text, block.span.end)
        gone = removal(held, block.span)
        if below is None or below.end() not in headings or gone is None or touches(layouts, block.span):
            continue
        if _is_below_template(text, block.span.start):
            continue
        if text[block.span.start] == "#":
            continue  # of a banner: "-Examples-" between two of them
        above = text[: block.span.start].rstrip()
        if above and not has_slot(held, gone) and not has_slot(held, Span(len(above) - 1, below.end())):
            yield Idea((Edit(gone, ""),), "a heading follows the ruler", Safety.UNSAFE, Tier.SUBSUMING)


def _chrome(ground: Ground) -> Iterator[Idea]:
    """Tags around a short section: the lines within say what they are."""
    text, ground_places = ground.view.text, places(ground.prompt)
    for block in walk(ground.view.blocks):
        if block.kind is not BlockKind.SECTION or block.span.end - block.span.start > _FEW:
            continue
        edits = _untagged(text, block)
        if edits and not has_slot(ground_places, block.span):
            yield Idea(edits, "tags around lines that speak for themselves", Safety.UNSAFE, Tier.EVAL)


def _untagged(text: str, block: Block) -> tuple[Edit, ...]:
    opening = _TAG.match(text, block.span.start, block.span.end)
    if opening is None:
        return ()
    closing = f"</{opening[1]}>"
    close = block.span.end - len(closing)
    if not text.startswith(closing, close) or text.count(f"<{opening[1]}", *_ends(block)) > 1:
        return ()
    body = _BLANKS.match(text, opening.end())
    start = text.rfind("\n", opening.end(), close)
    if body is None or start < body.end():
        return ()
    return Edit(Span(block.span.start, body.end()), ""), Edit(Span(start, block.span.end), "")


def _ends(block: Block) -> tuple[int, int]:
    return block.span.start, block.span.end
