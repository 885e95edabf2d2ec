"""Assertions on likeness to a reference: edit distance, and ROUGE-N of words."""

from __future__ import annotations

import re
from collections import Counter

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import Kind, graded, verdict
from promptlint.evals.model import Answer, Assertion, Score
from promptlint.evals.numbers import shown

_MOST_EDITS = 5.0
_LEAST_ROUGE = 0.75
_LARGEST = 4_000_000_000
"""Product of two lengths up to which the distance is counted: a second or two."""


def edits(left: str, right: str) -> int:
    """The Levenshtein distance in code points.

    Myers' bit vectors in Hyyro's form, one whole number for a column: a row of the table costs one step.

    Raises:
        ScoringError: both texts are too long.
    """
    start = _common(left, right)
    left, right = left[start:], right[start:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    if not left or not right:
        return len(left) + len(right)
    if len(left) * len(right) > _LARGEST:
        raise ScoringError("the answer and the reference are too long for an edit distance")
    short, long = sorted((left, right), key=len)
    return _counted(short, long)


def _common(left: str, right: str) -> int:
    for at, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return at
    return min(len(left), len(right))


def _counted(column: str, row: str) -> int:
    places: dict[str, int] = {}
    for at, char in enumerate(column):
        places[char] = places.get(char, 0) | 1 << at
    mask, last = (1 << len(column)) - 1, 1 << (len(column) - 1)
    more, less, distance = mask, 0, len(column)
    for char in row:
        here = places.get(char, 0)
        level = (((here & more) + more) ^ more) | here | less
        up, down = less | ~(level | more) & mask, more & level
        distance += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & mask
        more, less = (down << 1 | ~(level | up)) & mask, up & level
    return distance


_OPENING = re.compile(r"(?<![^\s(\[{<])\"|``")
_CLOSING = re.compile(r"\"|''")
_RULES = [
    (re.compile(pattern), spaced)
    for pattern, spaced in (
        (r"\.\.\.", " ... "),
        (r"[:,](?!\d)", r" \g<0> "),
        (r"[;@#$%&?!\[\](){}<>]|--", r" \g<0> "),
        (r"(?<=[^'])' ", " ' "),
        (r"'([smd]) ", r" '\1 "),
        (r"('ll|'re|'ve|n't) ", r" \1 "),
        (
            r"\b(can)(not)\b|\b(gim)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(lem)(me)\b",
            r" \1\3\5\7\9 \2\4\6\8\10 ",
        ),
        (r"\b(wan)(na) ", r" \1 \2 "),
        (r"\b(d)('ye)\b|\b(more)('n)\b", r" \1\3 \2\4 "),
        (r"(?<!\w)('t)(is|was)\b", r" \1 \2 "),
    )
]
_INITIALS = re.compile(r"\b[a-z]\.[a-z]\.\Z")
_CLOSERS = "])}>' "


def words(text: str) -> list[str]:
    """The words and marks of a text in lower case, as the Penn Treebank cuts them.

    Only the full stop at the end is a mark of its own; `don't` is `do` and `n't`.
    """
    line = " ".join(text.lower().split())
    body = line.rstrip(_CLOSERS)
    if len(body) > 1 and body[-1] == "." != body[-2] and not _INITIALS.search(body):
        line = f"{body[:-1]} . {line[len(body) :]}"
    quoted = _CLOSING.sub(" '' ", _OPENING.sub(" `` ", line))
    line = f" {quoted} "
    for pattern, spaced in _RULES:
        line = pattern.sub(spaced, line)
    return line.split()


def rouge(answer: str, reference: str) -> float:
    """ROUGE-1: the harmonic mean of precision and recall of the words, each counted as often as in both."""
    left, right = Counter(words(answer)), Counter(words(reference))
    shared = (left & right).total()
    return 2 * shared / (left.total() + right.total()) if shared else 0.0


def _levenshtein(assertion: Assertion, answer: Answer) -> Score:
    found = edits(answer.text, shown(assertion.value))
    most = _MOST_EDITS if assertion.threshold is None else assertion.threshold
    return verdict(found <= most, f"the answer is {found} edits away, allowed {most:g}")


def _rouge(assertion: Assertion, answer: Answer) -> Score:
    return graded(rouge(answer.text, shown(assertion.value)), assertion, _LEAST_ROUGE, "ROUGE-1")


def _reference(assertion: Assertion) -> str:
    return (
        "" if isinstance(assertion.value, str) else f"expected a text, found {type(assertion.value).__name__}"
    )


KINDS = {"levenshtein": Kind(_levenshtein, _reference), "rouge-n": Kind(_rouge, _reference)}
