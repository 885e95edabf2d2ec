"""Values of JSON as JavaScript compares and spells them: suites of promptfoo mean that by `equals`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import NoReturn

from promptlint.errors import ScoringError


def shown(value: object) -> str:
    """A scalar as a text: `true`, `null`, `1` for 1.0, `0.00001` rather than `1e-05`."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f")
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def same(left: object, right: object) -> bool:
    """True if two values of JSON are equal: 1 is 1.0, but true is not 1; the order of keys does not count."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def strict_json(text: str) -> object:
    """The value that a text of JSON spells, whole; of a key that stands twice the last.

    Raises:
        ValueError: it spells none; NaN is none.
        ScoringError: it is nested too deeply to say.
    """
    try:
        found: object = json.loads(text, parse_constant=_constant)
    except RecursionError as error:
        raise ScoringError("the answer is nested too deeply to be read as JSON") from error
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
