"""Says whether a place of a prompt lies in words that it shows: a conversation, or a line in brackets.

What a tool or a person says there is no order to the model, and an example of it must stay as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.patterns import lazy

_TURN = lazy(
    r"^[ \t>*]*(system|user|human|assistant|ai|bot|agent|customer|observation|environment|tool)[*]*[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


def is_spoken(text: str, at: int) -> bool:
    """True after the first turn of a conversation that the text spells out, and within brackets of a line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if line.count("[") > line.count("]"):
        return True
    return _first_turn(text) < at


@lru_cache(maxsize=2)
def _first_turn(text: str) -> int:
    """Where a conversation of two or more speakers begins; the end of the text if there is none."""
    turns = [(match.start(), match[1].lower()) for match in _TURN.finditer(text)]
    return turns[0][0] if len({speaker for _, speaker in turns}) > 1 else len(text)
