"""What the labels, tags, keys and column heads of examples mean: an input, an output, or an aside."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from promptlint.outline.labels import BAD, GOOD
from promptlint.patterns import lazy
from promptlint.words import table


class Means(str, Enum):
    """What a named part of an example is."""

    INPUT = "input"
    OUTPUT = "output"
    ASIDE = "aside"  # reasoning, a note: neither what is given nor what is answered
    GOOD = "good"
    BAD = "bad"
    OTHER = "other"


_INPUTS = table(
    "input inputs task query question q user human customer client text review prompt message problem "
    "passage document context sentence tweet email ticket request source article transcript comment headline "
    "statement premise hypothesis claim paragraph utterance conversation original before student given "
    "dialog dialogue chat snippet narrative content description asked says instruction history post abstract"
)
_OUTPUTS = table(
    "output outputs answer a response reply assistant ai bot chatbot agent result results completion label "
    "labels sentiment category categories class classification intent json summary translation target "
    "prediction verdict score rating stars sql code tags keywords topic after rewritten corrected entities "
    "extracted conclusion solution entailment polarity emotion tone relation relations model answers out "
    "yaml xml cypher grade judgement judgment evaluation priority severity decision rephrased rewrite "
    "triples tl;dr"
)
_ASIDES = table(
    "explanation reasoning why note notes rationale thought thoughts thinking analysis reason because "
    "justification observation action scratchpad comment steps"
)
_QUALIFIERS = table(
    "example sample expected correct desired ideal your the final new possible your generated required good "
    "given user's actual raw full standard assistant's model's valid output's formatted first second third"
)
_CHAT_INPUTS = table("user human customer client student")
_CHAT_OUTPUTS = table("assistant ai bot chatbot agent model")
_INPUT_HEADS = table("user human customer input client")
_JUDGEMENTS = table("score rating stars verdict grade judgement judgment evaluation faithful relevant")
_SIGN = lazy(r"[^\w; ]+|_")
_DIGITS = lazy(r"\d+")


@lru_cache(maxsize=1 << 10)
def meaning(name: str) -> Means:
    """What a label means, by its words: "Expected Output 2" is an output, "user_query" an input."""
    plain = " ".join(_SIGN.sub(" ", name.lower()).split())
    if plain in GOOD or plain in BAD:
        return Means.GOOD if plain in GOOD else Means.BAD
    words = [word for word in _DIGITS.sub(" ", plain).split() if word not in _QUALIFIERS]
    if not words or len(words) > 3:
        return Means.OTHER
    if words[0] in _ASIDES and len(words) == 1:
        return Means.ASIDE
    first, last = words[0], words[-1]
    if len(words) == 1:
        return Means.INPUT if first in _INPUTS else Means.OUTPUT if first in _OUTPUTS else Means.OTHER
    if first in _CHAT_OUTPUTS:
        return Means.OUTPUT
    if last in _INPUTS and (first in _INPUT_HEADS or first in _INPUTS):
        return Means.INPUT
    if first in _INPUT_HEADS:
        return Means.INPUT
    if last in _OUTPUTS or first in ("output", "answer", "json"):
        return Means.OUTPUT
    return Means.INPUT if last in _INPUTS else Means.OTHER


def speaks(name: str) -> bool:
    """True for the label of a side of a conversation, so that one turn follows another."""
    words = _SIGN.sub(" ", name.lower()).split()
    return len(words) == 1 and words[0] in _CHAT_INPUTS | _CHAT_OUTPUTS


def settles(name: str) -> bool:
    """True for a label such as "Output" or "JSON": if there is one, an "Answer" before it is no answer."""
    words = [word for word in _SIGN.sub(" ", name.lower()).split() if word not in _QUALIFIERS]
    return len(words) == 1 and words[0] in ("output", "outputs", "json")


def judges(name: str) -> bool:
    """True for the label of a judgement, which makes the answer above it a thing to judge."""
    return any(word in _JUDGEMENTS for word in _SIGN.sub(" ", name.lower()).split())
