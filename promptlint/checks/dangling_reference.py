"""Finds references to tables, lists and sections that the prompt does not have."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from promptlint.locate import message_spans, tiles
from promptlint.model import BlockKind, Hit, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_TABLE = lazy(
    r"\b(?:the|this|see|following)[ ](?:\w+[ ]){0,2}?table[ ](?:of[ ][\w ]{1,30}[ ])?(?P<side>above|below)\b",
    re.IGNORECASE,
)
_NOTES = lazy(
    r"\b(?:see|in|by|per|from|use|follow|consult)[ ]the[ ](?P<name>[a-z]+(?:[ ][a-z]+)?)[ ]"
    r"(?P<noun>notes|section|chapter|appendix|glossary|matrix|taxonomy|legend|rubric)"
    r"[ ](?P<side>above|below)\b",
    re.IGNORECASE,
)
_QUOTED = lazy(
    r"""(?:\b(?:[Ss]ee|under|[Ii]n|from|by)[ ](?:the[ ])?(?:(?:section|list|table|chapter|heading)[ ])?
      |\b(?:section|list|table|chapter|heading)[ ](?:called[ ]|named[ ]|titled[ ])?)
      (?P<open>["“*]{1,2})(?P<title>[A-Z][\w'’-]*(?:[ ][\w'’-]+){0,5})["”*]{1,2}
      (?P<after>[ ](?:section|list|table|chapter)\b)?""",
    re.VERBOSE,
)
_SECTION = lazy(
    r"\b(?:see|in|from|of|per|follow)[ ]the[ ]section[ ](?:on|about)[ ]"
    r"(?P<title>[a-z][a-z-]*(?:[ ][a-z][a-z-]*){0,2})(?=[ ]?[.,;:)\n])",
    re.IGNORECASE,
)
_NOUN = lazy(r"\b(?:section|list|table|chapter|heading)\b", re.IGNORECASE)
_ROW = lazy(r"^[ \t]*[|┌│+].*[|┐│+][ \t]*$|<table\b|\t\S[^\n]*\t|\S {3,}\S[^\n]* {3,}\S", re.MULTILINE)
_HEADING = lazy(r"^[ \t]*(?:#{1,6}[ \t]|<[A-Za-z]|\*\*|[A-Z][\w ]{2,40}:?[ \t]*$)", re.MULTILINE)
_ELSEWHERE = lazy(
    r"\.(?:md|mdx|txt|py|ya?ml|json|html?)\b|https?://|\]\(|\b(?:document|file|page|book|paper|report|manual|settings|menu|tab|dialog|article|guide|website|sidebar)\b",
    re.IGNORECASE,
)
_TOLD = r"(?:described|listed|explained|defined|given|stated|detailed|specified|set[ ]out)"
_LEADS = lazy(
    rf"""\b(?:see|consult|according[ ]to|{_TOLD}[ ](?:in|under|by|from)
      |(?:as|rules?|steps|on[ ]this)[ ](?:in|under|of|from))
      [ ](?:the[ ])?(?:(?:section|list|table|chapter|heading)[ ](?:(?:called|named|titled)[ ])?)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_BARE = lazy(rf"\b(?:see|(?:as|is|are)[ ]{_TOLD}[ ]\w+)[ ](?:the[ ])?$", re.IGNORECASE)
"""Before a title that no noun calls a section: "as described under"."""

_WRITES = lazy(
    r"\b(?:puts?|adds?|writes?|lists?|place[sd]?|appends?|inserts?|includes?|mentions?|records?|notes?"
    r"|outputs?|say|cover|name|group|report|summari[sz]e|fill|goes|belongs?"
    r"|(?:must|should|shall|will)[ ](?:be|stand|go))\b[^.;!?\n]*$",
    re.IGNORECASE,
)
"""Before a section of the answer: "put them in the section on"."""

_OF_ANSWER = lazy(
    r"[ ](?:(?:section|list|table|chapter|heading)[ ])?(?:of|in|from)[ ]"
    r"(?:the|your|its?|each|every|an?|this|that)[ ](?:[\w-]+[ ]){0,2}?(?:PR|pull|merge|change-?log|readme"
    r"|output|answer|reply|response|report|summary|template|issue|description|ticket|commit|release|result|input|transcript"
    r"|e?-?mail|letter|contract|message)s?\b",
    re.IGNORECASE,
)
"""After a section of another text: "section of the pull request"."""

_LEAD = 80  # characters before a title that are read

_NOUNS = ("notes", "section", "chapter", "appendix", "glossary", "matrix", "taxonomy", "legend", "rubric")
_SIDE = lazy(r"[ ]?(?:further[ ])?(?:above|below)\b")
_WORD = lazy(r"[a-z]+")
_MOST = 50  # references that are looked up: each reads the whole text
_INSERTED = frozenset({SegmentKind.CONTROL, SegmentKind.MEDIA})


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_headings: least number of headings of a prompt in which a section is missed.
    """

    min_headings: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a reference; prompts into which other texts are put in whole are left alone on that side."""
    if not any(
        word in view.lower for word in ("above", "below", "section", "see ", "under ", " list ", "chapter")
    ):
        return
    found = list(_references(view, params))
    if not found:
        return
    apart = joined((*shown(view).wording, *(block.span for block in view.of_kind(BlockKind.HEADING))))
    for span, message in found:
        if not touches(apart, span):
            yield Hit(span, message)


def _references(view: View, params: Params) -> Iterator[tuple[Span, str]]:
    text, folded = view.text, view.lower
    inserted = _inserted(view)
    pointed = " above" in folded or " below" in folded
    for match in islice(_TABLE.finditer(text), _MOST) if pointed and "table" in folded else ():
        if not _may_hold(view, match, inserted) and not _has_table(view, match):
            yield Span(*match.span()), f"there is no table {match['side'].lower()}"
    noted = any(f"{noun} {side}" in folded for noun in _NOUNS for side in ("above", "below"))
    for match in islice(_NOTES.finditer(text), _MOST) if noted else ():
        side = text[: match.start()] if match["side"].lower() == "above" else text[match.end() :]
        stems = [word[:6] for word in _WORD.findall(match["name"].lower())]
        side = side.lower()
        known = all(stem in side for stem in stems)
        if not known and not _may_hold(view, match, inserted):
            yield Span(*match.span()), f"there are no {match['name']} {match['noun']} {match['side'].lower()}"
    yield from _sections(view, params, inserted)


def _sections(view: View, params: Params, inserted: list[int]) -> Iterator[tuple[Span, str]]:
    text = view.text
    marked = '"' in text or "“" in text or "*" in text
    found = list(islice(_QUOTED.finditer(text), _MOST)) if marked else []
    if "the section " in view.lower:
        found += islice(_SECTION.finditer(text), _MOST)
    if not found:
        return
    headings = sum(1 for _ in islice(_HEADING.finditer(text), params.min_headings))
    messages = message_spans(view.prompt)
    for match in found:
        line = text[text.rfind("\n", 0, match.start()) + 1 : _end(text, match.end())]
        home = next((span for span in messages if span.contains(Span(*match.span()))), messages[0])
        told = headings >= params.min_headings or _SIDE.match(text, match.end())
        if not told or len(line) > 2000 or _ELSEWHERE.search(line) or _between(inserted, home):
            continue
        if not _is_pointer(text, match):
            continue
        if not _is_known(text, match):
            what = "section" if not _is_quoted(match) or "list" not in match.group() else "list"
            yield Span(*match.span()), f'there is no {what} "{match["title"]}" in the prompt'


def _is_pointer(text: str, match: re.Match[str]) -> bool:
    """True for what points back into the prompt; a section that the answer or another text has is none."""
    if _OF_ANSWER.match(text, match.end()):
        return False
    if not _is_quoted(match):
        written = _WRITES.search(text, max(0, match.start() - _LEAD), match.start()) is not None
        return not (written and match.group().lower().startswith(("in ", "of ", "from ")))
    lead = text[max(0, match.start("open") - _LEAD) : match.start("open")]
    called = match["after"] or _NOUN.search(match.group(), 0, match.start("open") - match.start())
    return (_LEADS if called else _BARE).search(lead) is not None


def _is_quoted(match: re.Match[str]) -> bool:
    return "open" in match.re.groupindex  # a lazy pattern is not the `re` of its matches


def _is_known(text: str, match: re.Match[str]) -> bool:
    """True if the words of the title stand anywhere else on a line that may be a name."""
    title = match["title"].lower()
    rest = text[: match.start()] + "\n" + text[match.end() :]
    folded = rest.lower()
    if _is_quoted(match):
        stems = [word[:6] for word in _WORD.findall(title) if len(word) > 2]
        return title in folded or any(_all_in(line, stems) for line in _names(rest))
    stems = [word[:5] for word in _WORD.findall(title) if len(word) > 3]
    return not stems or any(_all_in(line, stems) for line in _names(rest))


def _all_in(line: str, stems: list[str]) -> bool:
    return bool(stems) and all(stem in line for stem in stems)


def _names(text: str) -> Iterator[str]:
    return (line.lower() for line in text.split("\n") if 0 < len(line) < 100 and _HEADING.match(line))


def _end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _inserted(view: View) -> list[int]:
    """Where other texts are put in: statements, images, slots that have a line to themselves."""
    found = []
    for tile in tiles(view.prompt):
        kind = tile.segment.kind
        line = view.text.rfind("\n", 0, tile.span.start) + 1
        alone = kind is SegmentKind.SLOT and not view.text[line : tile.span.start].strip()
        if kind in _INSERTED or (
            alone and not view.text[tile.span.end : _end(view.text, tile.span.end)].strip()
        ):
            found.append(tile.span.start)
    return found


def _between(positions: list[int], span: Span) -> bool:
    index = bisect_left(positions, span.start)
    return index < len(positions) and positions[index] < span.end


def _may_hold(view: View, match: re.Match[str], inserted: list[int]) -> bool:
    """True if something is put in on the side that is pointed to."""
    index = bisect_left(inserted, match.start())
    return index > 0 if match["side"].lower() == "above" else index < len(inserted)


def _has_table(view: View, match: re.Match[str]) -> bool:
    start, end = (0, match.start()) if match["side"].lower() == "above" else (match.end(), len(view.text))
    return _ROW.search(view.text[start:end]) is not None
