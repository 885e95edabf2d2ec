"""Shortens how a sentence opens, where its requirements stay the same, word by word and number by number.

May lose: emphasis ("make sure to", "you must") that carries no requirement of its own. The rules for filler
and long words have done the rest: this pass has what is a matter of taste to a linter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint import contract, thatclause
from promptlint.compress.passes.spoken import is_read, is_spoken
from promptlint.compress.proposal import Ground, Idea, Tier
from promptlint.model import Block, Edit, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, places, touches
from promptlint.shown import shown
from promptlint.words import FILLER, OPENERS, VERBS, capital

_QUESTIONS = ("could you", "would you", "can you")  # without them it is no question, and no order either
_STRESSED = ("important", "essential", "crucial")  # what a prompt says of few of its rules
_DUTIES = ("you must", "you are required to")  # "you need to" tells as often how things are
_OPENINGS = tuple(
    phrase
    for phrase in sorted(
        {
            *(phrase for phrase, meaning in OPENERS.items() if not meaning and phrase not in _QUESTIONS),
            *(phrase for phrase, meaning in FILLER.items() if not meaning and " " in phrase),
            *_DUTIES,
        },
        key=len,
        reverse=True,
    )
    if not any(word in phrase for word in _STRESSED)
)
_OPENING = lazy(rf"(?:please,? )?(?:{'|'.join(map(re.escape, _OPENINGS))}),?[ ](?=[a-z])", re.IGNORECASE)
_LABEL = lazy(r"(?:\*\*)?(?:important|note|reminder|warning|attention)(?:\*\*)?:(?:\*\*)?[ ]+", re.IGNORECASE)
_NEXT = lazy(r"[a-z]+(?:['’]t)?")
_STRESS = lazy(r"[A-Z]{2}")  # "You MUST" is stressed by whoever wrote it
_STATES = ("have", "be", "understand", "know")  # "Have a key" is no English for "Make sure you have a key"
_ADVERBS = ("always", "never", "only", "also")  # "Not leave" is no English for "Make sure to not leave"


def ideas(ground: Ground) -> Iterator[Idea]:
    """One idea for each sentence that opens with a phrase that says nothing."""
    text, held = ground.view.text, places(ground.prompt)
    if not _OPENING.search(text):
        return
    layouts = shown(ground.view).layouts
    for block in ground.view.sentences:
        if touches(layouts, block.span) or touches(ground.view.protected, block.span):
            continue
        label = _LABEL.match(text, block.span.start, block.span.end)
        start = label.end() if label else block.span.start
        match = _OPENING.match(text, start, block.span.end)
        if match is None or not _is_filler(text, match):
            continue
        if is_spoken(text, match.start()) or is_read(text, match.start()):
            continue
        edit = _edit(text, block, match)
        if edit is not None and not has_slot(held, edit.span):
            why = f'"{match[0].strip(" ,").lower()}" asks for nothing'
            yield Idea((edit,), why, Safety.UNSAFE, Tier.SUBSUMING)


def _is_filler(text: str, match: re.Match[str]) -> bool:
    """False where "that" may be a determiner or pronoun: "Remember that name and use it"."""
    return not match[0].lower().rstrip(" ,").endswith(" that") or thatclause.follows(text, match.end())


def _is_order(text: str, following: re.Match[str]) -> bool:
    """True for a verb that gives an order when the opening is gone, with or without an adverb."""
    word = following[0].lower()
    if word in _STATES:
        return False
    return word in VERBS or word in _ADVERBS or _then(text, following)


def _then(text: str, adverb: re.Match[str]) -> bool:
    """True for an adverb ("carefully") before a verb."""
    verb = _NEXT.match(text, adverb.end() + 1) if text.startswith(" ", adverb.end()) else None
    return adverb[0].lower().endswith("ly") and verb is not None and verb[0].lower() in VERBS


def _edit(text: str, block: Block, match: re.Match[str]) -> Edit | None:
    """The opening taken away, the next word capital; None if the sentence would say another thing."""
    following = _NEXT.match(text, match.end())
    if following is None:
        return None
    if _STRESS.search(match[0]) or not _is_order(text, following):
        return None
    head = capital(text, match.end()) if match[0][0].isupper() else text[match.end()]
    if head is None:
        return None
    edit = Edit(Span(match.start(), match.end() + 1), head)
    before = text[block.span.start : block.span.end]
    after = text[block.span.start : match.start()] + head + text[match.end() + 1 : block.span.end]
    return edit if contract.says_the_same(before, after) else None
