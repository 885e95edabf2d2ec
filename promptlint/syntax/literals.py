"""Reads Python string literals as text, escapes and slots, each with the source that spells it.

`ast` says where an expression made of adjacent literals begins and ends; what lies inside is scanned here,
because the positions that `ast` gives inside f-strings differ between Python versions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from promptlint.model import Arm, Codec, CodecKind, Escaping, Piece, Segment, SegmentKind, Span
from promptlint.records import dataclass

_OPENING = re.compile(r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|\")")
_BETWEEN = re.compile(r"(?:[\s()]|\\(?:\r\n|\r|\n)|#[^\r\n]*)*")
_IN_EXPRESSION = re.compile(
    r"(?P<opening>(?:(?<!\w)(?P<prefix>[rbuftRBUFT]{1,2}))?(?P<quote>'''|\"\"\"|'|\"))"
    r"|(?P<comment>#[^\r\n]*)|(?P<mark>[()\[\]{}:!])"
)
_IN_FORMAT = re.compile(r"[{}]")
_ESCAPE = r"\r\n|N\{[^{}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}"
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NAMED |= {"\\": "\\", "'": "'", '"': '"', "\n": "", "\r": "", "\r\n": ""}
_SHORT_OCTAL = re.compile(r"\\[0-7]{1,2}(?![0-7])")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, or a slot, and the source range that spells it.

    `literal` is where its literal begins and tells literals apart. A run that is not verbatim is atomic.
    For a slot, `text` is the source spelling and `name` the expression.
    """

    text: str
    start: int
    end: int
    codec: Codec
    literal: int
    verbatim: bool = True
    kind: SegmentKind = SegmentKind.TEXT
    name: str = ""
    branch: tuple[Arm, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # text | newline | escape | pair | brace | slot | end
    start: int
    end: int
    name: str = ""


def scan(text: str, span: Span, newline: str = "\n") -> tuple[Run, ...] | None:
    """The runs of the adjacent string literals that fill `span`; None for bytes and what is no literal.

    Args:
        text: the whole source.
        span: from the first literal's prefix to the last one's closing quote; parentheses, comments and
            line breaks may stand between the literals.
        newline: what to write for a line break in new text of a triple-quoted literal.
    """
    runs: list[Run] = []
    position = span.start
    while position < span.end:
        opening = _OPENING.match(text, position)
        if opening is None or "b" in opening["prefix"].lower():
            return None
        tokens = list(_tokens(text, opening))
        if not tokens or tokens[-1].kind != "end":
            return None
        runs.extend(_runs(text, opening, tokens, newline))
        between = _BETWEEN.match(text, tokens[-1].end)
        assert between is not None  # it matches the empty string
        position = between.end()
    return tuple(runs)


def segments(runs: Iterable[Run]) -> tuple[Segment, ...]:
    """Segments for a prompt: adjacent text of one literal becomes one segment, each slot its own."""
    result = []
    wide = (run for run in runs if run.text or run.kind is not SegmentKind.TEXT)
    for (kind, *_), group in groupby(wide, _joins):
        parts = list(group)
        if kind is SegmentKind.TEXT:
            result.append(_text_segment(parts))
        else:
            result.extend(
                Segment(run.kind, run.text, Span(run.start, run.end), run.codec, run.branch, name=run.name)
                for run in parts
            )
    return tuple(result)


def _joins(run: Run) -> tuple[SegmentKind, int, Codec, tuple[Arm, ...]]:
    return run.kind, run.literal, run.codec, run.branch


def _text_segment(runs: list[Run]) -> Segment:
    pieces = []
    position = 0
    for run in runs:
        end = position + len(run.text)
        pieces.append(Piece(position, end, run.start, run.end, run.verbatim))
        position = end
    first = runs[0]
    span = Span(min(run.start for run in runs), max(run.end for run in runs))
    text = "".join(run.text for run in runs)
    return Segment(SegmentKind.TEXT, text, span, first.codec, first.branch, tuple(pieces))


# --- runs of one literal --------------------------------------------------------------------


def _runs(text: str, opening: re.Match[str], tokens: list[_Token], newline: str) -> Iterator[Run]:
    prefix = opening["prefix"].lower()
    codec = Codec(
        CodecKind.PYTHON,
        Escaping.BRACES if _is_template(prefix) else Escaping.NONE,
        opening["quote"],
        "r" in prefix,
        newline=newline,
        editable=not _fragile(text, tokens, "r" in prefix),
    )
    pending: Run | None = None  # verbatim text, which may come in several tokens
    for token in tokens:
        spelt = text[token.start : token.end]
        if token.kind == "text":
            if pending is None:
                pending = Run(spelt, token.start, token.end, codec, opening.start())
            else:
                pending = replace(pending, text=pending.text + spelt, end=token.end)
            continue
        if pending is not None:
            yield pending
            pending = None
        if token.kind == "slot":
            kind = SegmentKind.SLOT
            yield Run(spelt, token.start, token.end, codec, opening.start(), False, kind, token.name)
        elif token.kind != "end" and (decoded := _decode(token.kind, spelt)):
            yield Run(decoded, token.start, token.end, codec, opening.start(), False)


def _fragile(text: str, tokens: list[_Token], raw: bool) -> bool:
    """True if text removed after an escape could become part of it: short octals, a backslash before {."""
    for token in tokens:
        if token.kind == "pair" and token.end == token.start + 1:
            return True
        if token.kind == "escape" and not raw and _SHORT_OCTAL.fullmatch(text, token.start, token.end):
            return True
    return False


def _decode(kind: str, spelt: str) -> str:
    if kind == "newline":
        return "\n"
    if kind == "brace":
        return spelt[0]
    if kind == "pair":  # of a raw literal, or an escape that Python does not know: both characters are text
        return spelt.replace("\r\n", "\n").replace("\r", "\n")
    rest = spelt[1:]
    if rest in _NAMED:
        return _NAMED[rest]
    if rest[0] in "xuU":
        return chr(int(rest[1:], 16))
    if rest[0] == "N":
        return unicodedata.lookup(rest[2:-1])
    return chr(int(rest, 8))


# --- the scanner ----------------------------------------------------------------------------


def _is_template(prefix: str) -> bool:
    return "f" in prefix or "t" in prefix


@lru_cache(maxsize=16)
def _lexer(quote: str, raw: bool, braces: bool) -> re.Pattern[str]:
    """What may come next in the body of a literal."""
    known = "(?!)" if raw else rf"\\(?:{_ESCAPE}|[abfnrtv\\'\"\r\n])"
    after = "[^{}]" if braces else "."
    alternatives = [
        rf"(?P<text>[^\\\r{quote[0]}{'{}' if braces else ''}]+)",
        rf"(?P<end>{quote})",
        r"(?P<newline>\r\n?)",
        rf"(?P<escape>{known})",
        rf"(?P<pair>\\(?:\r\n|{after})?)",
    ]
    if braces:
        alternatives += [r"(?P<brace>\{\{|\}\})", r"(?P<slot>\{)"]
    alternatives.append(rf"(?P<quote>{quote[0]})")
    return re.compile("|".join(alternatives), re.DOTALL)


def _tokens(text: str, opening: re.Match[str]) -> Iterator[_Token]:
    """The tokens of a literal, the last one its closing quote; none after something that is no literal."""
    prefix = (opening["prefix"] or "").lower()
    lexer = _lexer(opening["quote"], "r" in prefix, _is_template(prefix))
    position = opening.end()
    while (match := lexer.match(text, position)) is not None:
        kind, start, position = match.lastgroup or "", match.start(), match.end()
        if kind == "slot":
            ends = _slot(text, start)
            if ends is None:
                return
            position = ends[1]
            yield _Token("slot", start, position, _name(text[start + 1 : ends[0]]))
        else:
            yield _Token("text" if kind == "quote" else kind, start, position)
        if kind == "end":
            return


def _name(expression: str) -> str:
    """The expression of a slot, without the `=` that shows it."""
    expression = expression.strip()
    return expression[:-1].rstrip() if expression.endswith("=") else expression


def _slot(text: str, start: int) -> tuple[int, int] | None:
    """The end of the expression, and of the whole slot, that the brace at `start` opens."""
    depth = 0
    expression = 0
    position = start + 1
    while (match := _IN_EXPRESSION.search(text, position)) is not None:
        position = match.end()
        mark = match["mark"]
        if match["opening"]:
            tokens = list(_tokens(text, match))
            if not tokens or tokens[-1].kind != "end":
                return None
            position = tokens[-1].end
        elif mark == "}" and depth == 0:
            return expression or match.start(), position
        elif mark and mark in "([{":
            depth += 1
        elif mark and mark in ")]}":
            depth -= 1
        elif mark == "!" and depth == 0 and text[position : position + 1] != "=":
            expression = match.start()
        elif mark == ":" and depth == 0:
            end = _format_spec(text, position)
            return None if end is None else (expression or match.start(), end)
    return None


def _format_spec(text: str, position: int) -> int | None:
    """The end of the slot whose format specification begins at `position`."""
    while (match := _IN_FORMAT.search(text, position)) is not None:
        if match.group() == "}":
            return match.end()
        ends = _slot(text, match.start())
        if ends is None:
            return None
        position = ends[1]
    return None
