"""Takes addresses and secrets out of what outputs may show: ids, names, and texts that are kept."""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.evals.masking import Masker

LONGEST_NAME = 200
"""Characters of an id or a name that is kept."""

MOST_WORDS = 8
"""Words that a name may have; what has more is a text, which some logs have where a name belongs."""

LONGEST_TEXT = 100_000
"""Characters of a text that is kept."""

_PLAIN = re.compile(r"(?:[a-z]{2,12}[-_])?[0-9a-f-]{1,64}|(?!A[KS]IA)[\w.-]{1,20}", re.ASCII)
"""What holds no address and no secret: hexadecimal ids, and names too short for a key."""

ADDRESS = "[address]"
TEXT = "[text]"


class _OneName(dict[str, str]):
    """Gives every address the same name: which is which would depend on who was read first."""

    def setdefault(self, key: str, default: str | None = None) -> str:
        return ADDRESS


def text(value: str) -> str:
    """The text without e-mail addresses and secrets, cut to `LONGEST_TEXT`."""
    return Masker(_OneName()).text(value[:LONGEST_TEXT])


def identity(value: str) -> str:
    """An id, of which there are many, masked and cut; `TEXT` if it is a text, and no name."""
    if _PLAIN.fullmatch(value):
        return value
    is_text = len(value[:LONGEST_TEXT].split(None, MOST_WORDS)) > MOST_WORDS
    return TEXT if is_text else Masker(_OneName()).text(value[:LONGEST_NAME])


@lru_cache(maxsize=65_536)
def name(value: str) -> str:
    """A name, of which there are few, masked and cut; `TEXT` if it is a text."""
    return identity(value)
