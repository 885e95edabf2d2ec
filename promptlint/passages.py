"""Passages of prompts, as far as it takes to see which prompts of a run share some.

A run has one index of them, of hashes: what it takes grows with the text, not with the pairs of prompts.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import attrgetter, itemgetter

from promptlint import outline
from promptlint.locate import message_spans
from promptlint.model import FileResult, Role, Shared, Span
from promptlint.records import dataclass
from promptlint.view import View

CHECK = "shared_passage"
"""The checker that asks for them; without it none are looked for."""

MIN_WORDS = 10
"""Words of the shortest passage; shorter ones return by chance."""

MAX_NAMED = 3
"""Other prompts that are named for one passage."""

_GAP = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_TITLE = re.compile(r"\s*(?:#{1,6}[ \t][^\n]*|[A-Z][A-Z ]{2,40}:?[ \t]*)\n")
_WORD = re.compile(r"\w+")
_BOILERPLATE = re.compile(
    r"\b(?:copyright|licen[cs]ed? (?:under|to)|all rights reserved|permission is hereby|SPDX-)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Text between empty lines, outside examples, code, data and tables; equal passages have one digest."""

    span: Span
    digest: str
    words: int


def passages(view: View) -> Iterator[Passage]:
    """The passages of a prompt that are long enough to be worth a place of their own, in order."""
    shown = outline.protected(view.blocks)
    for message, place in zip(view.prompt.messages, message_spans(view.prompt), strict=True):
        if message.role is Role.TOOL_DEFINITION:
            continue  # what a tool is said to do
        for span in _between(view.text, place):
            text = view.text[span.start : span.end]
            words = len(_WORD.findall(text))
            if words >= MIN_WORDS and not _BOILERPLATE.search(text) and not _inside(shown, span):
                yield Passage(span, _digest(text), words)


def digests(view: View) -> tuple[str, ...]:
    """The digests of a prompt's passages, each once, sorted."""
    return tuple(sorted({passage.digest for passage in passages(view)}))


def shared(results: Iterable[FileResult]) -> dict[str, tuple[Shared, ...]]:
    """The passages that several prompts have, by the file of each of these."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for result in results:
        for prompt, found in result.passages:
            for digest in found:
                owners.setdefault(digest, []).append((result.path, prompt))
    by_file: dict[str, list[Shared]] = {}
    for digest, places in owners.items():
        if len(places) > 1:
            places.sort(key=itemgetter(0))  # stable: in one file in order of place
            for path, prompt in places:
                others = islice((name for _, name in places if name != prompt), MAX_NAMED)
                item = Shared(digest, prompt, tuple(others), len(places) - 1, prompt == places[0][1])
                by_file.setdefault(path, []).append(item)
    return {path: tuple(sorted(items, key=_order)) for path, items in by_file.items()}


def found(view: View) -> Mapping[str, Shared]:
    """What others share of this prompt, by digest."""
    shared = view.prompt.source.context.shared
    return {item.digest: item for item in shared if item.prompt == view.prompt.id}


def _order(item: Shared) -> tuple[str, str]:
    return item.prompt, item.digest


def _between(text: str, message: Span) -> Iterator[Span]:
    start = message.start
    for gap in _GAP.finditer(text, message.start, message.end):
        yield _trimmed(text, start, gap.start())
        start = gap.end()
    yield _trimmed(text, start, message.end)


def _trimmed(text: str, start: int, end: int) -> Span:
    title = _TITLE.match(text, start, end)
    start = title.end() if title is not None else start
    rest = text[start:end]
    lead = len(rest) - len(rest.lstrip())
    return Span(start + lead, max(start + lead, start + len(rest.rstrip())))


def _inside(shown: tuple[Span, ...], span: Span) -> bool:
    index = bisect_right(shown, span.start, key=attrgetter("start")) - 1
    return index >= 0 and shown[index].contains(span)


def _digest(text: str) -> str:
    """16 hex digits; case, white space and the marks of lists and emphasis do not count."""
    folded = " ".join(_WORD.findall(text.casefold()))
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]
