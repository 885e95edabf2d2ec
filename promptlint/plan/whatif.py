"""Reads what `--what-if` asks for: another model, or another value of a figure."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches

from promptlint import prices
from promptlint.errors import UsageError
from promptlint.model import Basis
from promptlint.plan.assumptions import ALL, LIMITS, SHARES, plain
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.usage import Overrides, near_model
from promptlint.records import dataclass

MODEL = "model"

_NUMBER = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?|-0?\.[0-9]{1,9})(%?)")


@dataclass(frozen=True, slots=True)
class Change:
    """What is different: the model of all prompts (empty: as it is), and figures by key."""

    model: str
    figures: dict[str, Quantity]


def read(given: tuple[str, ...], overrides: Overrides) -> Change:
    """The change that some `KEY=VALUE` spell; a later one of the same key counts.

    Raises:
        UsageError: a key is unknown, a model has no price, or a value is no number of its unit.
    """
    model, figures = "", {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals:
            raise UsageError(f"--what-if {each!r}: expected KEY=VALUE, such as {MODEL}=gpt-4o-mini")
        if key == MODEL:
            if prices.price(value, overrides) is None:
                raise UsageError(f"--what-if: no price is known for {value!r}{near_model(value, overrides)}")
            model = value
        else:
            figures[key] = _figure(key, value)
    return Change(model, figures)


def _figure(key: str, value: str) -> Quantity:
    if key not in ALL:
        close = get_close_matches(key, [*ALL, MODEL], 1)
        hint = f"did you mean {close[0]}?" if close else f"known are {MODEL}, {', '.join(ALL)}"
        raise UsageError(f"--what-if: unknown figure {key!r}; {hint}")
    unit = ALL[key].unit
    match = _NUMBER.fullmatch(value)
    number = math.nan if match is None else float(match[1])
    if match is None or (match[2] and unit not in SHARES):
        raise UsageError(f"--what-if {key}: {value!r} is no number ({unit.value})")
    number = number / 100 if match[2] else number
    low, high = LIMITS[unit]
    if not low <= number <= high:
        raise UsageError(
            f"--what-if {key}: expected {unit.value} from {plain(low)} to {plain(high)}, found {value}"
        )
    return exactly(number, Basis.ASSUMED)
