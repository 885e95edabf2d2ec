"""Finds text that takes many tokens for what it says: ids, encoded data, long addresses, drawn lines."""

from __future__ import annotations

import html
import re
import unicodedata
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from promptlint.model import BlockKind, Edit, Hit, Profile, Role, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, joined, of_role, places, touches
from promptlint.records import dataclass
from promptlint.view import View

_UUID = lazy(r"(?<![\w-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])")
_UUIDS = lazy(rf"{_UUID.pattern}(?:[ \t]{{0,3}}[/,;|]?[ \t]{{0,3}}{_UUID.pattern}){{0,1000}}")
_URL = lazy(r"https?://[^\s<>\"'`{}]{60,4000}")
_CODED = lazy(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{80,200000}+={0,2}(?![A-Za-z0-9+/_-])")
_BOX_ROW = lazy(r"^[^\n]*[\u2500-\u257f][^\n]*$", re.MULTILINE)
_BOX = lazy(r"[\u2500-\u257f]")
_BOX_DATA = lazy(r"[\u2502\u2503\u2551|]")
_TABLE_ROW = lazy(r"^[ \t]*\|[^\n]*\|[ \t]*$", re.MULTILINE)
_RULE_CELL = lazy(r":?-{4,}:?")
_PADDING = lazy(r"(?<=\|) {2,}(?=\S)|(?<=\S) {2,}(?=\|)|(?<=[^\\]\|) {2,}(?=\|)")
_ESCAPES = lazy(
    r"(?:\\u[0-9a-fA-F]{4}){2,2000}|(?:&#x?[0-9a-fA-F]{2,6};|&nbsp;){2,2000}|(?:%[0-9A-F]{2}){6,2000}"
)
_MIXED = lazy(r"[^\W\d_]{2,60}")
_FOREIGN = lazy(r"[\u0370-\u03ff\u0400-\u04ff]")
_LATIN = lazy(r"[A-Za-z]")
_ODD = r"\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a"  # mathematical and full-width letters
_FANCY = lazy(rf"[{_ODD}](?:[{_ODD} ]{{0,200}}[{_ODD}])")
_TIMES = 3  # as much as elsewhere must be saved, in a document that people format too
_SHARE = 0.15  # of a table in a document that people format too
_SHORTEST = 80  # characters of encoded data
_SHORT = 5  # tokens of a name in its place
_SPOKEN = lazy(r"unicode|homoglyph|look[ -]?alike|cyrillic|full-?width|glyph", re.IGNORECASE)
_ALIKE = dict(
    zip("АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo", strict=True)
)
_MOST = 20  # places that are named beside the first


@dataclass(frozen=True, slots=True)
class Params:
    """When it is worth a word.

    Attributes:
        min_url: tokens of the shortest address that is told.
        min_saving: tokens that a table must save without its padding, or a drawn one without its lines.
    """

    min_url: int
    min_saving: int


@dataclass(frozen=True, slots=True)
class _Case:
    view: View
    params: Params

    @property
    def is_document(self) -> bool:
        return self.view.prompt.profile is Profile.AGENT_DOCUMENT

    def cost(self, span: Span) -> int:
        return self.view.count(self.view.text[span.start : span.end])


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a stretch, with its exact tokens; code is left alone, and tables of agent documents are."""
    case = _Case(view, params)
    found = [hits for look in _LOOKS if (hits := list(look(case)))]
    if not found:
        return
    code = (block.span for block in view.of_kind(BlockKind.CODE))
    apart = joined((*code, *of_role(view.prompt, Role.TOOL_DEFINITION)))
    ground = places(view.prompt)
    left: list[Hit] = []
    for hits in found:
        kept = [hit for hit in hits if not touches(apart, _place(hit)) and not has_slot(ground, _place(hit))]
        left += kept if not kept or kept[0].edits else [_together(kept)]
    yield from sorted(left, key=_place)


def _together(hits: list[Hit]) -> Hit:
    """One hit for all of a kind, at the first."""
    first, *rest = hits
    if not rest:
        return first
    saves = sum(hit.saves for hit in hits)
    message = f"{first.message}; {len(hits)} such places"
    return Hit(first.at, message, related=tuple(_place(hit) for hit in rest[:_MOST]), saves=saves)


def _place(hit: Hit) -> Span:
    return hit.at if isinstance(hit.at, Span) else Span(0, 0)


def _ids(case: _Case) -> Iterator[Hit]:
    text = case.view.text
    if case.is_document or not _has_id(text):
        return
    for match in _UUIDS.finditer(text):
        span = Span(*match.span())
        tokens = case.cost(span)
        count = len(_UUID.findall(match.group()))
        what = "a UUID" if count == 1 else f"{count} UUIDs"
        yield Hit(
            span, f"{what} in {tokens} tokens: a short name or number would do, or none", saves=tokens - count
        )


def _has_id(text: str) -> bool:
    """True if hyphens stand as far apart as in a UUID: far faster than to look for one at each digit."""
    at = text.find("-", 8)
    while at >= 0:
        if text.startswith("-", at + 5) and text.startswith("-", at + 10) and text.startswith("-", at + 15):
            return True
        at = text.find("-", at + 1)
    return False


def _addresses(case: _Case) -> Iterator[Hit]:
    if "://" not in case.view.text:
        return
    for match in _URL.finditer(case.view.text):
        address = match.group().rstrip(".,;:!?)*")
        span = Span(match.start(), match.start() + len(address))
        tokens = case.cost(span)
        if tokens >= case.params.min_url * (2 if case.is_document else 1):
            message = f"an address of {tokens} tokens: give a short one, or a name that the code replaces"
            yield Hit(span, message, saves=tokens - _SHORT)


def _encoded(case: _Case) -> Iterator[Hit]:
    if max(map(len, case.view.text.split()), default=0) < _SHORTEST:
        return
    for match in _CODED.finditer(case.view.text):
        value = match.group()
        kinds = any(map(str.isdigit, value)) + any(map(str.isupper, value)) + any(map(str.islower, value))
        if kinds == 3 and len(Counter(value[:4000])) >= 20:
            span = Span(*match.span())
            tokens = case.cost(span)
            yield Hit(span, f"encoded data in {tokens:,} tokens, which a model can hardly read", saves=tokens)


def _drawn(case: _Case) -> Iterator[Hit]:
    """Tables with drawn lines; a tree of files has a few, and says with them what lies where."""
    text = case.view.text
    if text.isascii() or not _BOX.search(text):
        return
    for rows in _blocks(list(_BOX_ROW.finditer(text))):
        span = Span(rows[0].start(), rows[-1].end())
        kept = [row.group() for row in rows if len(_BOX_DATA.findall(row.group())) >= 3]
        lines = sum(len(_BOX.findall(row.group())) for row in rows)
        if len(kept) < 2 or lines * 4 < span.end - span.start:
            continue
        plain = "\n".join("|".join(cell.strip() for cell in _BOX_DATA.split(row.strip())) for row in kept)
        tokens = case.cost(span)
        saves = tokens - case.view.count(plain)
        if saves >= case.params.min_saving:
            yield Hit(
                span,
                f"a table with drawn lines in {tokens:,} tokens; with plain | it takes {tokens - saves:,}",
                saves=saves,
            )


def _padded(case: _Case) -> Iterator[Hit]:
    """Tables whose cells are filled up with spaces; in documents a formatter would fill them up again."""
    view = case.view
    if (
        case.is_document
        or "|" not in view.text
        or all(sign not in view.text for sign in ("|  ", "  |", "----"))
    ):
        return
    for rows in _blocks(list(_TABLE_ROW.finditer(view.text))):
        if len(rows) < 3:
            continue
        span = Span(rows[0].start(), rows[-1].end())
        edits = tuple(_unpadded(view.text, span))
        if not edits:
            continue
        tight = _applied(view.text, span, edits)
        tokens = case.cost(span)
        saves = tokens - view.count(tight)
        share, times = (_SHARE, _TIMES) if case.is_document else (0, 1)
        if saves >= times * case.params.min_saving and saves >= share * tokens:
            least = tokens - saves
            message = f"a table filled up with spaces in {tokens:,} tokens; without them it takes {least:,}"
            drops = "the columns below each other, which only people see"
            yield Hit(span, message, edits, safety=Safety.UNSAFE, drops=drops)


def _unpadded(text: str, span: Span) -> Iterator[Edit]:
    found = [Edit(Span(*match.span()), " ") for match in _PADDING.finditer(text, span.start, span.end)]
    for match in _RULE_CELL.finditer(text, span.start, span.end):
        cell = match.group()
        new = (":" if cell[0] == ":" else "") + "---" + (":" if cell[-1] == ":" else "")
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
        if not line.strip(" \t|:-") and len(new) < len(cell):
            found.append(Edit(Span(*match.span()), new))
    yield from sorted(found, key=lambda edit: edit.span)


def _applied(text: str, span: Span, edits: tuple[Edit, ...]) -> str:
    out, at = [], span.start
    for edit in edits:
        out += [text[at : edit.span.start], edit.new]
        at = edit.span.end
    return "".join([*out, text[at : span.end]])


def _escaped(case: _Case) -> Iterator[Hit]:
    text = case.view.text
    if "\\u" not in text and "&#" not in text and "&nbsp;" not in text and "%" not in text:
        return
    for match in _ESCAPES.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        if "://" in text[max(line, match.start() - 300) : match.start()]:
            continue
        span = Span(*match.span())
        tokens = case.cost(span)
        saves = tokens - case.view.count(_unescaped(match.group()))
        if saves >= case.params.min_saving:
            yield Hit(span, f"escapes in {tokens} tokens; the characters take {tokens - saves}", saves=saves)


def _unescaped(text: str) -> str:
    if text[0] == "&":
        return html.unescape(text)
    if text[0] == "%":
        return urllib.parse.unquote(text)
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def _alike(case: _Case) -> Iterator[Hit]:
    """Letters of another script among Latin ones, and letters of mathematics used as bold ones."""
    text = case.view.text
    if text.isascii():
        return
    if _FOREIGN.search(text):
        for match in _MIXED.finditer(text):
            word = match.group()
            if _FOREIGN.search(word) and _LATIN.search(word):
                yield from _respelt(case, match, "".join(_ALIKE.get(char, char) for char in word))
    for match in _FANCY.finditer(text):
        yield from _respelt(case, match, unicodedata.normalize("NFKC", match.group()))


def _respelt(case: _Case, match: re.Match[str], plain: str) -> Iterator[Hit]:
    if not plain.isascii():
        return
    span = Span(*match.span())
    tokens, fewer = case.cost(span), case.view.count(plain)
    if fewer < tokens and not _SPOKEN.search(case.view.text, max(0, span.start - 80), span.end + 80):
        message = f"letters that only look Latin, in {tokens} tokens; in plain letters it takes {fewer}"
        edits = (Edit(span, plain),)
        yield Hit(
            span,
            message,
            edits,
            safety=Safety.UNSAFE,
            drops="the look of the letters, if the task is about them",
        )


def _blocks(rows: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Rows that follow each other line by line."""
    numbered = enumerate(rows)
    ends = {row.end(): index for index, row in enumerate(rows)}
    starts: dict[int, int] = {}
    for index, row in numbered:
        before = ends.get(row.start() - 1)
        starts[index] = index if before is None else starts[before]
    for _, group in groupby(range(len(rows)), lambda index: starts[index]):
        yield [rows[index] for index in group]


_LOOKS: tuple[Callable[[_Case], Iterator[Hit]], ...] = (
    _ids,
    _addresses,
    _encoded,
    _drawn,
    _padded,
    _escaped,
    _alike,
)
