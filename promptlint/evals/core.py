"""Plain scalars as YAML 1.2 reads them: `no` is a text and 010 is ten, as promptfoo's own reader has it.

The reader of other files is of YAML 1.1, where `no` is false: what is expected would silently be another.
"""

from __future__ import annotations

import math
import re

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,4000}")
_BASED = re.compile(r"0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,4000}")
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")

LIKE_A_NUMBER = re.compile(r"[-+]?\.?[0-9][0-9a-zA-Z.+-]*")
"""What may be a number though YAML 1.1 reads it as a text."""


def resolved(plain: str) -> str | int | float | bool | None:
    """The value of a scalar that stands without quotes; numbers may be infinite, or none."""
    if plain in _WORDS:
        return _WORDS[plain]
    if _WHOLE.fullmatch(plain):
        return int(plain)
    if _BASED.fullmatch(plain):
        return int(plain, 0)
    if _REAL.fullmatch(plain):
        return float(plain)
    if match := _ENDLESS.fullmatch(plain):
        return -math.inf if match[1] == "-" else math.inf
    return math.nan if plain in (".nan", ".NaN", ".NAN") else plain
