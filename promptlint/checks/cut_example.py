"""Finds examples that end too early: in the middle of a word, a sentence, or a bracket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.breaches import cut_off, shows
from promptlint.model import Hit, Span
from promptlint.outline.masks import FILL, masked
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.shots import Form, Shot, Worth, shots
from promptlint.view import View

_ENDED = lazy(r"[.!?…:;)\]}\"'”’»`*_>|。！？）」]\s*\Z")
_DANGLES = lazy(r"\b(?:a|an|the|and|or|of|because|which|their|our|your|my|its|than|is the|in the|to the)\Z")
_SENTENCE = lazy(r"[.!?…][\"'”’)]?\s+[A-Z]|[.!?…][\"'”’)]?\s*\Z")
_NO_SENTENCE = lazy(r"[-*+•#>|]|\d+[.)]|\w+:|[^.!?]*[=<>{}]")
_WRITTEN = 40  # words of an input that is surely no chat, where people leave out the full stop
_LEAST = 4  # words of a last line that is judged
_CHOICES = lazy(r"\(A\)|\bA\)|\bA\. |_{2,}")  # a question whose end is one of several
_BLOB = lazy(r"base64,|iVBORw0|/9j/4|[A-Za-z0-9+/=_-]{32,}\Z")
_BLOB_NEAR = 300  # code points before the end in which the data begins
_WORD = lazy(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Params:
    """What is prose.

    Attributes:
        min_words: words of the shortest text that is judged.
        min_others: examples beside it whose text ends as a sentence does.
    """

    min_words: int
    min_others: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each example, at the line where it breaks off."""
    every = [shot for shot in shots(view) if shot.worth is not Worth.BAD]
    if not every:
        return
    text = masked(view.prompt)
    done: set[int] = set()
    for index, shot in enumerate(every):
        at = cut_off(shot) if shows(shot) else None
        if (
            at is not None
            and text.find(FILL, shot.span.start, shot.span.end) < 0
            and not _is_blob(text, shot.span)
        ):
            done.add(index)
            yield Hit(_last_line(text, shot.span), "this example breaks off in the middle of its JSON")
    yield from _in_prose(every, done, text, params)
    last = every[-1]
    if len(every) > params.min_others and _is_left(every, text):
        yield Hit(
            _last_line(text, last.span), "this example breaks off before its answer; the others have one"
        )


def _in_prose(every: Sequence[Shot], done: set[int], text: str, params: Params) -> Iterator[Hit]:
    """Parts that stop without an end mark where all others have one, or after a word that wants another."""
    for side in ("input", "output"):
        parts = [(index, getattr(shot, side)) for index, shot in enumerate(every)]
        prose = [(index, span) for index, span in parts if span and _is_prose(text, span, params)]
        ended = [
            index for index, span in prose if _ENDED.search(text, max(span.start, span.end - 4), span.end)
        ]
        for index, span in prose:
            if index in done or index in ended or text.find(FILL, span.start, span.end) >= 0:
                continue
            dangles = _DANGLES.search(text, max(span.start, span.end - 20), span.end) is not None
            others = len(ended) >= params.min_others and len(ended) + 1 == len(prose)
            stops = _SENTENCE.search(text, span.start, span.end) is not None
            if (
                _is_blob(text, span)
                or not _breaks_off(text, span)
                or _CHOICES.search(text, span.start, span.end)
            ):
                continue
            said = (
                stops if side == "output" else stops and len(text[span.start : span.end].split()) >= _WRITTEN
            )
            if (others and (said or dangles)) or (dangles and side == "output"):
                done.add(index)
                yield Hit(
                    _last_line(text, span),
                    f"the {side} of this example breaks off in the middle of a sentence",
                )


def _is_blob(text: str, span: Span) -> bool:
    """True if what ends here is encoded data, which people shorten."""
    last = _last_line(text, span)
    return _BLOB.search(text, max(last.start, last.end - _BLOB_NEAR), last.end) is not None


def _breaks_off(text: str, span: Span) -> bool:
    """True if the last line may be half a sentence: no item, head, number or name."""
    line = text[_last_line(text, span).start : span.end]
    return _NO_SENTENCE.match(line) is None and len(line.split()) >= _LEAST and line[-1].islower()


def _is_prose(text: str, span: Span, params: Params) -> bool:
    return len(_WORD.findall(text, span.start, min(span.end, span.start + 4_000))) >= params.min_words


def _is_left(every: Sequence[Shot], text: str) -> bool:
    """True if the last example of all, at the end of the text, has no answer where all others have one."""
    last, others = every[-1], every[:-1]
    if last.output is not None or last.form is not Form.LABELS or last.template:
        return False
    if (
        not text[last.span.end - 1].isalnum()
        or last.group != others[-1].group
        or text[last.span.end :].strip()
        or text[last.span.end - 1] in ":："
    ):
        return False
    return all(shot.output is not None for shot in others if shot.group == last.group)


def _last_line(text: str, span: Span) -> Span:
    start = max(span.start, text.rfind("\n", span.start, span.end) + 1)
    while start < span.end and text[start] in " \t":
        start += 1
    return Span(start, span.end)
