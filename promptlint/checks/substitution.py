"""Finds phrases that have a shorter equal, and puts that in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from promptlint import outline
from promptlint.model import BlockKind, Edit, Hit, Safety, Span
from promptlint.places import has_slot, joined, numbered, places, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted
from promptlint.words import capital

_VERB = (
    r"(?=\s+[a-z]+(?:-[a-z]+)?(?![\w(/=.]\w|[(`]))(?!\s+[a-z]+\s+any\b)"  # "click any box" clicks them all
)
_ACTION = r"(?=\s+[a-z]+ing\b)"  # "prior to posterior" is a ratio
_NO_ACTION = r"(?!\s+[a-z]+ing\b)"  # "during answering" is no English
_NO_SUBJECT = r"(?!\s+(?:is|are|was|were|means|has|had|will|sounds)\b)"  # the phrase itself may be spoken of
_NO_VERB = (
    r"(?!\s+(?:not|never|the|an?|this|that|these|those|your|their|its|his|her|our|my|each|any|all|no)\b)"
)
_BEFORE_VERB = frozenset({"to", "can", "may", "must", "should", "not", "before", "after"})
_NO_CLAUSE = r"(?!\s+(?:that|which|where|when|in|of|to|as|so|consistent|similar|suitable|appropriate)\b)"


@dataclass(frozen=True, slots=True)
class Params:
    """What to replace.

    Attributes:
        swap: phrase to replacement; an empty one deletes the phrase. A phrase that ends in "to" before
            a verb is left alone before an article, a possessive or a negation; one that is deleted, before
            anything but a plain word; one that becomes "before" or "after", before anything but an action.
        openers: phrases that are deleted at the start of a sentence only.
        keep: phrases of the card to leave alone.
    """

    swap: Mapping[str, str]
    openers: tuple[str, ...]
    keep: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a phrase, outside quotations, headings and what is shown: examples, code, answers, layouts."""
    folded = " ".join(view.text.lower().split())
    wanted = (phrase for phrase in (*params.swap, *params.openers) if phrase not in params.keep)
    present = tuple(phrase for phrase in wanted if phrase in folded)
    if not present:
        return
    ground = places(view.prompt)
    starts = {sentence.span.start for sentence in outline.sentences(view.blocks)}
    apart = _apart(view)
    pattern = _pattern(tuple((phrase, params.swap.get(phrase, "")) for phrase in present))
    for match in pattern.finditer(view.text):
        span = Span(*match.span())
        if touches(apart, span) or has_slot(ground, span):
            continue
        phrase = " ".join(match.group().lower().split())
        first = span.start in starts
        if phrase in params.swap or (first and not numbered(ground, span)):
            yield from _hit(view.text, span, params.swap.get(phrase, ""), first=first)


def _apart(view: View) -> tuple[Span, ...]:
    headings = (block.span for block in view.of_kind(BlockKind.HEADING))
    quotations = (Span(*pair) for pair in quoted(view.text))
    return joined((*shown(view).wording, *headings, *quotations))


@lru_cache(maxsize=256)
def _pattern(swaps: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One alternation, the longest phrase first; a space in a phrase matches one line break too."""
    bodies = (_body(*swap) for swap in sorted(swaps, key=lambda swap: len(swap[0]), reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(bodies)})(?![\w-])", re.IGNORECASE)


def _body(phrase: str, new: str) -> str:
    spaced = r"(?:[ \t]+|[ \t]*\n[ \t]*)".join(re.escape(word) for word in phrase.split())
    if phrase.endswith(" to"):
        if new and new.rpartition(" ")[2] not in _BEFORE_VERB:
            return spaced
        return spaced + _NO_VERB + (_VERB if not new else _ACTION if new in {"before", "after"} else "")
    if phrase.endswith((" manner", " way", " cases", " times", " basis")):
        return spaced + _NO_CLAUSE
    return spaced + (
        _NO_SUBJECT if phrase.endswith(" time") else _NO_ACTION if phrase.endswith(" course of") else ""
    )


def _hit(text: str, span: Span, new: str, *, first: bool) -> Iterator[Hit]:
    """`first` says that the phrase begins a sentence."""
    old = text[span.start : span.end]
    phrase = " ".join(old.lower().split())
    if new:
        cased = new.upper() if old.isupper() else new[0].upper() + new[1:] if old[0].isupper() else new
        message = f'"{phrase}" says no more than "{new}"'
        drops = "the wording, where the task is about it"
        yield Hit(span, message, (Edit(span, cased),), safety=Safety.SAFE, drops=drops)
        return
    rest = re.compile(r",?[ \t]*\n?[ \t]*").match(text, span.end)
    end = rest.end() if rest else span.end
    following = text[end : end + 1]
    if end == span.end or not (following.isalnum() or following in "`{\"'<("):
        return
    edit = Edit(Span(span.start, end), "")
    if old[0].isupper() and (first or not old[1].isupper()) and following.islower():
        letter = capital(text, end)
        if letter is None:
            return
        edit = Edit(Span(span.start, end + 1), letter)
    yield Hit(span, f'"{phrase}" carries no instruction', (edit,), safety=Safety.SAFE)
