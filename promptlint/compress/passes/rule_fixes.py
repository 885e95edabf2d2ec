"""Takes over the safe fixes of rules, and those unsafe ones that leave every requirement in place.

May lose: nothing by the safe ones; the tone of courtesy to the model; the words that a parameter of the call
enforces anyway (only where an eval suite agrees).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from promptlint.compress.passes.spoken import is_read, is_spoken
from promptlint.compress.proposal import Found, Ground, Idea, Tier
from promptlint.model import Edit, Safety
from promptlint.patterns import lazy

_WHY = {
    "TOK001": "filler: it says nothing",
    "TOK002": "politeness to the model",
    "TOK003": "white space that nobody reads",
    "TOK007": "a shorter phrase says the same",
    "RED006": "a parameter of the call enforces it",
}
_APART = ("TOK002", "TOK003")  # of one finding each edit stands for itself
_WORDS = ("TOK001", "TOK002", "TOK007")
_LEAST = {"TOK002": Tier.SUBSUMING, "RED006": Tier.EVAL}


def ideas(ground: Ground) -> Iterator[Idea]:
    """One idea for each finding with a fix."""
    for code, why in _WHY.items():
        for found in ground.of(code):
            if found.edits:
                least = _tier(found, code)
                for edits in [(edit,) for edit in found.edits] if code in _APART else [found.edits]:
                    stays = code in _WORDS and _is_shown(ground, code, edits)
                    yield Idea(edits, why, found.safety, Tier.EVAL if stays else least, code=code)


def _tier(found: Found, code: str) -> Tier:
    least = Tier.SAFE if found.safety is Safety.SAFE else Tier.SUBSUMING
    return max(least, _LEAST.get(code, Tier.SAFE))


_RELATES = lazy(r"when it comes to", re.IGNORECASE)
"""A shorter word for it has other meanings: "objective for interpersonal issues"."""
_SPEAKER = lazy(r"\b(?:I|me|my|we|us|our)\b")
_ASKED = 120  # code points of what is asked for politely


def _is_shown(ground: Ground, code: str, edits: Sequence[Edit]) -> bool:
    """True for words that the prompt shows rather than says."""
    if code == "TOK002" and _is_said(ground, edits[0]):
        return True
    text = ground.view.text
    if any(_RELATES.fullmatch(text, edit.span.start, edit.span.end) for edit in edits):
        return True
    return any(is_spoken(text, edit.span.start) or is_read(text, edit.span.start) for edit in edits)


def _is_said(ground: Ground, edit: Edit) -> bool:
    """True for courtesy that may be somebody's in a text that is shown.

    Thanks to the model end a prompt; who asks it for something does so in no quotation, and not for himself.
    """
    text, at = ground.view.text, edit.span
    line = text[text.rfind("\n", 0, at.start) + 1 : at.start]
    if line.lstrip().startswith(">") or _SPEAKER.search(text, at.end, at.end + _ASKED):
        return True
    return not edit.new and any(map(str.isalnum, text[at.end :]))
