"""Reads the string literals of TypeScript and JavaScript as text, escapes and slots, each with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from promptlint.model import Codec, CodecKind, SegmentKind, Span
from promptlint.syntax.literals import Run

_BREAK = "\r\n|[\n\r\u2028\u2029]"
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_HIGH = r"\\u(?:[dD][89abAB][0-9a-fA-F]{2}|\{0{0,8}[dD][89abAB][0-9a-fA-F]{2}\})"
_LOW = r"\\u(?:[dD][c-fC-F][0-9a-fA-F]{2}|\{0{0,8}[dD][c-fC-F][0-9a-fA-F]{2}\})"
_ESCAPE = (
    rf"\\(?:{_BREAK}|x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|u\{{[0-9a-fA-F]{{1,12}}\}}|0(?![0-9])|[^xu0-9])"
)
_CODE = re.compile(r"\\[xu]\{?([0-9a-fA-F]+)\}?")


def scan(text: str, span: Span, slots: tuple[Span, ...] = (), newline: str = "\n") -> tuple[Run, ...] | None:
    r"""The runs of the literal that fills `span`; None for what is none, or is outdated (`\07`).

    Args:
        text: the whole source.
        span: with its quotes.
        slots: of a template literal, each with its `${` and `}`.
        newline: what to write for a line break in new text of a template literal.
    """
    quote = text[span.start]
    if quote not in "'\"`" or span.end - span.start < 2 or text[span.end - 1] != quote:
        return None
    codec = Codec(CodecKind.JAVASCRIPT, quote=quote, newline=newline if quote == "`" else "\n")
    runs: list[Run] = []
    at = span.start + 1
    for slot in (*slots, Span(span.end - 1, span.end)):
        part = _part(text, at, slot.start, codec, span.start)
        if part is None:
            return None
        runs.extend(part)
        if slot.end < span.end:
            spelt = text[slot.start : slot.end]
            name = spelt[2:-1].strip()
            runs.append(Run(spelt, slot.start, slot.end, codec, span.start, False, SegmentKind.SLOT, name))
        at = slot.end
    if any(_is_fragile(text, run) for run in runs):
        runs = [replace(run, codec=replace(codec, editable=False)) for run in runs]
    return tuple(runs)


def raw(text: str, span: Span, slots: tuple[Span, ...] = ()) -> tuple[Run, ...]:
    """The runs of a template literal whose escapes mean nothing (`String.raw`); not to be edited."""
    codec = Codec(CodecKind.JAVASCRIPT, quote="`", editable=False)
    runs: list[Run] = []
    at = span.start + 1
    for slot in (*slots, Span(span.end - 1, span.end)):
        for match in re.finditer(r"\r\n?|[^\r]+", text[at : slot.start]):
            line = match.group().startswith("\r")
            start, end = at + match.start(), at + match.end()
            runs.append(Run("\n" if line else match.group(), start, end, codec, span.start, not line))
        if slot.end < span.end:
            spelt = text[slot.start : slot.end]
            name = spelt[2:-1].strip()
            runs.append(Run(spelt, slot.start, slot.end, codec, span.start, False, SegmentKind.SLOT, name))
        at = slot.end
    return tuple(runs)


@lru_cache(maxsize=4)
def _lexer(quote: str) -> re.Pattern[str]:
    """What may come next in the body of a literal; all line breaks of a template literal are LF."""
    if quote == "`":
        plain, breaks = r"[^\\\r`]+", r"\r\n?"
    else:
        plain, breaks = rf"[^\\\r\n{quote}]+", "(?!)"
    return re.compile(
        rf"(?P<text>{plain})|(?P<newline>{breaks})|(?P<pair>{_HIGH}{_LOW})|(?P<escape>{_ESCAPE})", re.DOTALL
    )


def _part(text: str, start: int, end: int, codec: Codec, literal: int) -> list[Run] | None:
    runs = []
    for match in _matches(text, start, end, codec.quote):
        kind, spelt = match.lastgroup, match.group()
        shown = spelt if kind == "text" else "\n" if kind == "newline" else _decoded(spelt)
        if shown is None:
            return None
        if shown:
            runs.append(Run(shown, match.start(), match.end(), codec, literal, kind == "text"))
        start = match.end()
    return runs if start == end else None


def _matches(text: str, start: int, end: int, quote: str) -> Iterator[re.Match[str]]:
    """The tokens of a body, as far as there are any; the last one may end before `end`."""
    lexer = _lexer(quote)
    while start < end and (match := lexer.match(text, start, end)) is not None:
        yield match
        start = match.end()


def _decoded(spelt: str) -> str | None:
    """What an escape, or two for one character, stands for; None if that is none."""
    codes = [int(digits, 16) for digits in _CODE.findall(spelt)] if spelt[1] in "xu" else []
    if len(codes) == 2:
        return chr(0x10000 + ((codes[0] - 0xD800) << 10) + (codes[1] - 0xDC00))
    if codes:
        return chr(codes[0]) if codes[0] <= 0x10FFFF else None
    if spelt[1] in "\n\r\u2028\u2029":
        return ""
    return _NAMED.get(spelt[1], spelt[1:])


def _is_fragile(text: str, run: Run) -> bool:
    """True if a digit that an edit brings behind an escape would become part of it."""
    return run.kind is SegmentKind.TEXT and text[run.start : run.end] == "\\0"
