"""Says when two sentences are one pattern that is filled in twice: two rules, however alike they look."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from promptlint.senses import sense
from promptlint.wording import words
from promptlint.words import table

_LITTLE = 0.3  # weight of words that both have apart and that change nothing
_MUCH = 1.5  # weight of words that both have apart and that make two rules of them
_PATTERN = 0.4  # share of the words that stand in one order in both
_COPY = 0.6  # the same, of two copies of which one was changed
_RELATIONS = table("from than instead before after into over versus")


_POLES = (("most", "least"), ("above", "below"), ("with", "without"))


def is_turned(first: str, later: str) -> bool:
    """True if "from" or the like stands before another thing in each: euros to dollars, dollars to euros."""
    said, again = set(words(first)), set(words(later))
    for pole, counter in _POLES:
        if (pole in said and counter in again) != (pole in again and counter in said):
            return True
    one, other = _related(first), _related(later)
    return any(one[word] != other[word] for word in one.keys() & other.keys())


def _related(text: str) -> dict[str, frozenset[str]]:
    said = words(text)
    found: dict[str, frozenset[str]] = {}
    for at, word in enumerate(said):
        if word in _RELATIONS:
            following = (sense(each).concepts for each in said[at + 1 : at + 4])
            found[word] = next((each for each in following if each), frozenset())
    return found


def is_parallel(first: str, later: str, apart: float) -> bool:
    """True if the two are one pattern filled in twice: most words in one order, others in the gaps.

    `apart` is the weight of what each has alone, of the poorer one.
    """
    one, other = words(first), words(later)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    alike = matcher.ratio()
    if alike > _COPY and any(_differ(one[a:b], other[c:d]) for tag, a, b, c, d in matcher.get_opcodes()):
        return True
    return apart > _LITTLE and (apart > _MUCH or alike > _PATTERN)


def _differ(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if both say something, and neither what the other says."""
    gone, come = sense(" ".join(one)).concepts, sense(" ".join(other)).concepts
    return bool(gone - come) and bool(come - gone)
