"""Finds politeness addressed to the model, and leaves alone what the model is told to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from promptlint import outline
from promptlint.model import Edit, Hit, Role, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import Places, has_slot, joined, of_role, places, removal, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import normalised
from promptlint.words import capital

_SPACE = lazy(r"\s*")
_PERSON = lazy(r"\b(?:I|me|my|mine|we|us|our)\b", re.IGNORECASE)
_ENDS = ".!…。！)"
_MARKER = lazy(r"\s*(?:[-*+•]|\(?\w{1,3}[.)])\s+\W*")
_SPEAKER = lazy(r"\s*[-*>]?\s*(?:\[[^\]\n]{1,30}\]\s*)?[^\s{}:][^{}:\n]{0,30}:[*_]*\s+[^{}\n]+$")
_NEAR = 3  # lines on each side that tell whether people speak here
_DROPS = "the polite tone, which an answer may follow"


@dataclass(frozen=True, slots=True)
class Params:
    """The words; all in lower case.

    Attributes:
        openers: words to take from the start of a request.
        thanks: sentences to take out whole.
        requests: beginnings of sentences that ask for a favour; they are reported only.
        speech: verbs that, before a colon, announce words of the model's own.
        min_words: words that all of them are; a "please" or two in a prompt are not worth a finding.
    """

    openers: tuple[str, ...]
    thanks: tuple[str, ...]
    requests: tuple[str, ...]
    speech: tuple[str, ...]
    min_words: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt with all its edits, outside quotations and what is shown rather than said."""
    marks = (*params.openers, *params.thanks, *params.requests)
    if not any(mark in view.lower for mark in marks):
        return
    found = tuple(_found(view, params))
    if sum(len(view.text[each.span.start : each.span.end].split()) for each in found) >= params.min_words:
        first, *others = (each.span for each in found)
        edits = tuple(each.edit for each in found if each.edit is not None)
        message = found[0].message if not others else f"{len(found)} courtesies that ask for nothing more"
        drops = _DROPS if edits else ""
        yield Hit(first, message, edits, tuple(others), Safety.UNSAFE if edits else Safety.DISPLAY, drops)


class _Found(NamedTuple):
    span: Span
    edit: Edit | None
    message: str


def _found(view: View, params: Params) -> Iterator[_Found]:
    ground = places(view.prompt)
    wording = shown(view).wording
    apart = joined((*wording, *_of_a_person(view, ground, wording)))
    script_end = 0
    for sentence in outline.sentences(view.blocks):
        span = sentence.span
        text = view.text[span.start : span.end]
        if span.start >= script_end and not touches(apart, span) and not _is_labelled(view.text, span.start):
            courtesy = _courtesy(ground, span, text, params)
            if courtesy is not None:
                yield courtesy
        if text.endswith(":") and _announces(text, params.speech):
            script_end = _paragraph_end(view.text, span.end)


def _of_a_person(view: View, ground: Places, apart: tuple[Span, ...]) -> Iterator[Span]:
    """Messages without a slot in which a user speaks of himself: a sample of what users write."""
    for span in of_role(view.prompt, Role.USER):
        words = _PERSON.finditer(view.text, span.start, span.end)
        if not has_slot(ground, span) and any(not touches(apart, Span(*word.span())) for word in words):
            yield span


def _courtesy(ground: Places, span: Span, text: str, params: Params) -> _Found | None:
    plain = normalised(text)
    opener = next((word for word in params.openers if plain.startswith(word + " ")), None)
    if plain in params.thanks:
        if _is_shown(ground.text, span):
            return None
        whole = removal(ground, span)
        edit = None if whole is None or has_slot(ground, whole) else Edit(whole, "")
        return _Found(span, edit, "the model needs no thanks")
    if any(plain.startswith(words + " ") for words in params.requests):
        return _Found(span, None, "a favour is asked where an instruction would do")
    if opener is None or plain.split()[1] in ("note", "let"):
        return None
    match = re.compile(rf"{re.escape(opener)},?\s+(?=[a-z])", re.IGNORECASE).match(text)
    letter = capital(text, match.end()) if match is not None else None
    if match is None or letter is None:
        return None
    word = Span(span.start, span.start + len(opener))
    new = letter if text[0].isupper() else text[match.end()]
    edit = Edit(Span(span.start, span.start + match.end() + 1), new)
    return _Found(word, edit, f'"{opener}" is paid for and asks for nothing more')


def _is_shown(text: str, span: Span) -> bool:
    """True for thanks that are a title or an entry of a list, or somebody's among lines of speakers."""
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    if text[span.end - 1] not in _ENDS or _MARKER.fullmatch(before):
        return True
    lines = [line for line in text[: span.start].splitlines()[-2 * _NEAR :] if line.strip()][-_NEAR:]
    lines += [line for line in text[span.end :].split("\n", 2 * _NEAR)[1:] if line.strip()][:_NEAR]
    return sum(_SPEAKER.match(line) is not None for line in lines) > 1


def _announces(text: str, verbs: tuple[str, ...]) -> bool:
    return any(word in verbs for word in normalised(text).split())


def _is_labelled(text: str, position: int) -> bool:
    """True after a label on the same line (`Agent: Please hold.`): these are somebody's words."""
    line = text.rfind("\n", 0, position) + 1
    return text[line:position].rstrip(" \t*_\"'“").endswith(":")


def _paragraph_end(text: str, position: int) -> int:
    """The end of what an announcement announces: the paragraph or list after it."""
    space = _SPACE.match(text, position)
    end = text.find("\n\n", space.end() if space else position)
    return len(text) if end < 0 else end
