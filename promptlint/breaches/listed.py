"""Finds the list of values that the answers of examples come from, by the values that both have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from promptlint.breaches.breach import plain
from promptlint.declared.form import Choice, Labels
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.places import touches

_SIGNS = lazy(r"[,|/]| or |\bor\b")  # cheap: a line without them lists nothing
_EDGE = lazy(r"[:.;()\[\]{}\n—?!]|\bone of\b|\beither\b")
_JOINT = lazy(r"\s*(?:,\s*(?:or |and )?|[|/]|\b(?:or|and)\b)\s*")
_MARKS = " \t*_`\"'“”<>-"
_HEAD = lazy(
    r"[ \t]{0,12}(?:[-*+•][ \t]+|\(?\d{1,2}[.)][ \t]+)?[*_`\"']{0,3}"
    r"([A-Za-z][\w/+&'-]{0,40}(?: [\w/+&'-]{1,20}){0,3}?|\d(?=[ \t]?[:=–—-]))"
    r"[*_`\"']{0,3}[ \t]*(?:[:=–—(→]|->|[ \t]-[ \t]|\t|[ ]{2,}|$)"
)
_OPEN = lazy(
    r"\betc\b|\.{3}|…|\bsuch as\b|\be\.g\b|\bfor example\b|\bor similar\b|\binclud(?:e|es|ing)\b|\blike\b|"
    r"\bnot limited\b|\bi\.e\b",
    re.IGNORECASE,
)
_TYPES = frozenset(
    (
        "string",
        "str",
        "integer",
        "int",
        "number",
        "float",
        "boolean",
        "bool",
        "list",
        "array",
        "object",
        "null",
    )
)
_FENCE = lazy(r"[ \t]*(?:`{3}|~{3})")
_WIDEST = 600  # code points of a line that is read
_NEAR = 20  # code points before a list in which it is said to be open
_MOST_LISTS = 3_000
_MOST = 60  # values of a list
_LONGEST = 4  # words of a value
_SHARED = 0.6  # of the answers' values are in the list
_SHOWN = 0.5  # of the list's values are among the answers


def lists(
    text: str, apart: tuple[Span, ...], values: Collection[str]
) -> tuple[tuple[Labels, frozenset[str]], ...]:
    """The lists outside `apart` that have one of some `values` (by `plain`), each with its own by `plain`.

    Of a long text the first ones.
    """
    openers = frozenset(value.split(" ", 1)[0] for value in values if value)
    found = ((one, _names(one)) for one in islice(_lists(text, apart, openers), _MOST_LISTS))
    return tuple((one, names) for one, names in found if not names.isdisjoint(values))


def _names(labels: Labels) -> frozenset[str]:
    return frozenset(plain(choice.text) for choice in labels.choices)


def listed(
    among: Iterable[tuple[Labels, frozenset[str]]], name: str, values: Collection[str]
) -> Labels | None:
    """The one of some lists that best fits the `values` (by `plain`) that answers give of a field.

    Two values at least are in both, and most of either side: what fits less may be about something else. Of a
    list that is said to be that of the field (`cause: fire | theft`) one value is enough.
    """
    best: Labels | None = None
    most = 0.0
    wanted = set(values)
    for found, names in among:
        both = len(names & wanted)
        fits = both / len(values) + both / len(names) if both else 0.0
        enough = both > 1 and both >= _SHARED * len(values) and both >= _SHOWN * len(names)
        if found.field and name and _is_of(found.field, name):
            enough, fits = both > 0 and not names & _TYPES, fits + 1
        if enough and fits > most:
            best, most = found, fits
    return best


def _is_of(head: str, name: str) -> bool:
    """True for "Intents" and "intent"."""
    return plain(head).removesuffix("s") == plain(name).removesuffix("s")


def _lists(text: str, apart: tuple[Span, ...], openers: frozenset[str]) -> Iterator[Labels]:
    """The lists; of those in a line only such as may hold a value that begins with one of `openers`."""
    heads: list[Choice] = []
    at = lead = 0
    while at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = Span(at, min(stop, at + _WIDEST))
        at = stop + 1
        if line.end > line.start and touches(apart, line):
            continue
        head = _HEAD.match(text, line.start, line.end)
        if head is not None and not _FENCE.match(text, line.start, line.end):
            heads.append(Choice(head[1], Span(*head.span(1))))
        elif heads and not (line.end > line.start and text[line.start] in " \t"):
            yield from _as_labels(heads, lead)
            heads = []
        if not heads and not text[line.start : line.end].isspace() and line.end > line.start:
            lead = line.start
        if _SIGNS.search(text, line.start, line.end) and _holds(text[line.start : line.end], openers):
            yield from _inline(text, line)
    yield from _as_labels(heads, lead)


def _holds(line: str, openers: frozenset[str]) -> bool:
    folded = line.casefold()
    return any(opener in folded for opener in openers)


def _as_labels(heads: Sequence[Choice], lead: int) -> Iterator[Labels]:
    """All heads, and without the first: it may be that of the list. `lead` begins the line before."""
    for chosen in (heads, heads[1:]):
        if 1 < len(chosen) <= _MOST:
            yield Labels(Span(lead, chosen[-1].span.end), tuple(chosen))


def _inline(text: str, line: Span) -> Iterator[Labels]:
    """`a, b or c` in a line: of the first and the last item the words next to the others may be the value."""
    at, head = line.start, ""
    for edge in [*_EDGE.finditer(text, line.start, line.end), None]:
        stop = edge.start() if edge else line.end
        items: list[Choice] = []
        start = at
        for joint in [*_JOINT.finditer(text, at, stop), None]:
            end = joint.start() if joint else stop
            item = _stripped(text, start, end)
            if item.text:
                items.append(item)
            start = joint.end() if joint else stop
        is_open = _OPEN.search(text, max(line.start, at - _NEAR), min(line.end, stop + 6)) is not None
        if not is_open and 1 < len(items) <= _MOST and all(_is_short(item) for item in items[1:-1]):
            yield from _variants(text, items, head)
        last = items[-1].text.split()[-1:] if items and edge and edge[0] == ":" else []
        head = last[0] if last else ""
        at = edge.end() if edge else line.end


def _is_short(item: Choice) -> bool:
    return len(item.text.split()) <= _LONGEST


def _variants(text: str, items: Sequence[Choice], head: str) -> Iterator[Labels]:
    """With one to three words of the first item, and all or one word of the last."""
    whole = Span(items[0].span.start, items[-1].span.end)
    for count in (1, 2, 3):
        first = _words(text, items[0].span, -count)
        for last in (items[-1], _words(text, items[-1].span, 1)):
            yield Labels(whole, (first, *items[1:-1], last), head)
        if len(items[0].text.split()) <= count:
            break


def _words(text: str, span: Span, count: int) -> Choice:
    """The first (or, of a negative count, the last) words of a range."""
    found = list(re.finditer(r"\S+", text[span.start : span.end]))
    chosen = found[count:] if count < 0 else found[:count]
    if not chosen:
        return Choice("", span)
    return _stripped(text, span.start + chosen[0].start(), span.start + chosen[-1].end())


def _stripped(text: str, start: int, end: int) -> Choice:
    while start < end and text[start] in _MARKS:
        start += 1
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    return Choice(text[start:end], Span(start, end))
