"""Scores the text of a request by a linear model; this very text also goes into modules for callers.

It needs nothing but the standard library, so that a caller needs none of promptlint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass  # and no quicker one of ours: callers have only the standard library
from math import exp, fsum, log1p

READ = 20_000
"""Characters of a request that are looked at; of what is longer only the length counts."""

WORD = re.compile(r"[^\W\d_]{2,20}")
SHAPES = (
    *("characters", "words", "lines", "questions", "numbers", "signs", "links", "items", "capitals"),
    *("foreign", "word_length", "distinct"),
)
"""What is counted of every request, in order."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SIGN = re.compile(r"[{}()\[\]<>=;$\\|^*_`#]")
_LINK = re.compile(r"https?://")
_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]", re.MULTILINE)


@dataclass(frozen=True)
class RequestModel:
    """The weights of a linear model: of each of SHAPES, of words, and what is added to all."""

    intercept: float
    shapes: tuple[float, ...]
    words: Mapping[str, float]


def shapes_of(text: str) -> tuple[float, ...]:
    """The counts of a text, in the order of SHAPES: logarithms of one more than a count, or shares."""
    read = text[:READ]
    words = WORD.findall(read)
    letters = [sign for sign in read if sign.isalpha()]
    many, size = max(1, len(letters)), max(1, len(words))
    return (
        log1p(len(text)),
        log1p(len(words)),
        log1p(read.count("\n")),
        log1p(read.count("?") + read.count("？")),
        log1p(len(_NUMBER.findall(read))),
        log1p(len(_SIGN.findall(read))),
        log1p(len(_LINK.findall(read))),
        log1p(len(_ITEM.findall(read))),
        sum(sign.isupper() for sign in letters) / many,
        sum(not sign.isascii() for sign in letters) / many,
        sum(map(len, words)) / size,
        len({word.lower() for word in words}) / size,
    )


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in lower case."""
    return frozenset(WORD.findall(text[:READ].lower()))


def probability(logit: float) -> float:
    """The logistic function, without overflow."""
    if logit >= 0:
        return 1 / (1 + exp(-min(logit, 700.0)))
    power = exp(max(logit, -700.0))
    return power / (1 + power)


def logit_of(shapes: Iterable[float], words: Iterable[str], model: RequestModel) -> float:
    """The sum of the weights of a request's counts and words."""
    weighed = [weight * value for weight, value in zip(model.shapes, shapes, strict=True)]
    return fsum([model.intercept, *weighed, *(model.words.get(word, 0.0) for word in words)])


def score(text: str, model: RequestModel) -> float:
    """From 0 (the cheapest model will do) to 1: see what the model was trained on."""
    return probability(logit_of(shapes_of(text), words_of(text), model))
