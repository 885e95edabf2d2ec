"""Says whether a place of a prompt lies in words that it shows: a talk, an article, a line in brackets.

What a tool or a person says there is no order to the model, and an example of it must stay as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.patterns import lazy

HEADED = (
    r"^(?:\#{1,6}[ \t]*|\*\*)(?:q|a|user|human|assistant|ai)[ \t]*(?:\([\w ]{1,20}\))?"
    r"[ \t]*:?(?:\*\*)?:?[ \t]*$"
)
"""A turn with its speaker as a heading: "## Q (user)", "**Assistant**"."""
_TURN = lazy(
    r"^[ \t>*]*(system|user|human|assistant|ai|bot|agent|customer|observation|environment|tool)[*]*[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_HEADED = lazy(HEADED, re.IGNORECASE | re.MULTILINE)
_AROUND = 300  # code points on either side in which a writer is seen
_WRITER = lazy(r"\b(?:I|me|my|myself)\b|^[ \t]*(?:[-*+][ \t]+)?https?://\S+[ \t]*$", re.MULTILINE)
_LABEL = lazy(r"[ \t]*(?:[\w-]{1,20} ){0,3}(?:description|title|summary|about|bio)[ \t]*:", re.IGNORECASE)
_MODEL = lazy(
    r"\b(?:users?|assistants?|agents?|models?|answers?|respon(?:d|ses?)|repl(?:y|ies)|outputs?|prompts?"
    r"|tasks?|tools?|instructions?|questions?|return|generate|json|code|files?"
    r"|you (?:are|will|must|should))\b",
    re.IGNORECASE,
)


def is_spoken(text: str, at: int) -> bool:
    """True after the first turn of a conversation that the text spells out, and within brackets of a line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if line.count("[") > line.count("]") or _LABEL.match(line):
        return True
    return _first_turn(text) < at


def is_read(text: str, at: int) -> bool:
    """True for text to read rather than to obey: somebody writes of himself near, or lists addresses.

    So do articles, lessons and letters. A text that never names what a model does is one, too.
    """
    return _WRITER.search(text, max(0, at - _AROUND), at + _AROUND) is not None or not _names_a_model(text)


@lru_cache(maxsize=2)
def _names_a_model(text: str) -> bool:
    return _MODEL.search(text) is not None


@lru_cache(maxsize=2)
def _first_turn(text: str) -> int:
    """Where a conversation of two or more speakers begins; the end of the text if there is none."""
    headed = [match.start() for match in _HEADED.finditer(text)]
    turns = [(match.start(), match[1].lower()) for match in _TURN.finditer(text)]
    first = turns[0][0] if len({speaker for _, speaker in turns}) > 1 else len(text)
    return min(first, headed[0]) if len(headed) > 1 else first
