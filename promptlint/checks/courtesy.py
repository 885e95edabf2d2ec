"""Finds politeness addressed to the model, and leaves alone what the model is told to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from promptlint import outline
from promptlint.model import Edit, Hit, Safety, Span
from promptlint.places import Places, has_slot, places, removal
from promptlint.view import View
from promptlint.wording import normalised

_SPACE = re.compile(r"\s*")
_DROPS = "the polite tone, which an answer may follow"


@dataclass(frozen=True, slots=True)
class Params:
    """The words; all in lower case.

    Attributes:
        openers: words to take from the start of a request.
        thanks: sentences to take out whole.
        requests: beginnings of sentences that ask for a favour; they are reported only.
        speech: verbs that, before a colon, announce words of the model's own.
    """

    openers: tuple[str, ...]
    thanks: tuple[str, ...]
    requests: tuple[str, ...]
    speech: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a sentence, outside examples, code, data and quotations."""
    marks = (*params.openers, *params.thanks, *params.requests)
    folded = view.text.lower()
    if not any(mark in folded for mark in marks):
        return
    ground = places(view.prompt)
    script_end = 0
    for sentence in outline.sentences(view.blocks):
        span = sentence.span
        text = view.text[span.start : span.end]
        if span.start >= script_end and not _is_labelled(view.text, span.start):
            yield from _hits(ground, span, text, params)
        if text.endswith(":") and _announces(text, params.speech):
            script_end = _paragraph_end(view.text, span.end)


def _hits(ground: Places, span: Span, text: str, params: Params) -> Iterator[Hit]:
    plain = normalised(text)
    opener = next((word for word in params.openers if plain.startswith(word + " ")), None)
    if plain in params.thanks:
        whole = removal(ground, span)
        edits = () if whole is None or has_slot(ground, whole) else (Edit(whole, ""),)
        yield Hit(span, "the model needs no thanks", edits, safety=Safety.UNSAFE, drops=_DROPS)
    elif any(plain.startswith(words + " ") for words in params.requests):
        yield Hit(span, "a favour is asked where an instruction would do")
    elif opener is not None and plain.split()[1] not in ("note", "let"):
        match = re.compile(rf"{re.escape(opener)},?\s+(?=[a-z])", re.IGNORECASE).match(text)
        if match is not None:
            word = Span(span.start, span.start + len(opener))
            edit = Edit(Span(span.start, span.start + match.end() + 1), text[match.end()])
            if text[0].isupper():
                edit = Edit(edit.span, edit.new.upper())
            message = f'"{opener}" is paid for and asks for nothing more'
            yield Hit(word, message, (edit,), safety=Safety.UNSAFE, drops=_DROPS)


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
