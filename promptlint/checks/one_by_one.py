"""Finds a call for each row of a file, one after the other, where a batch job costs half."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import models, prices
from promptlint.calling import model_of, text, there
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.view import View

_HALF = ("openai", "anthropic", "google")
"""Makers that sell batch jobs at half the price; for some models no list has that price."""


@dataclass(frozen=True, slots=True)
class Params:
    """When a batch job pays.

    Attributes:
        min_percent: the least that it saves, in percent of the price.
    """

    min_percent: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, from the loop to the call; none for a model without a price for batches."""
    call = view.prompt.call
    loop, name = call.get("rows"), model_of(call)
    if loop is None or text(call, "rows") != "data" or not name:
        return
    price = prices.price(name)
    if price is None:
        return
    if price.batch_input is None or price.batch_output is None:
        if models.vendor(name) in _HALF and not models.parse(name).host:
            message = (
                "one call for each row, one after the other: a batch job costs about 50 % less (assumed)"
            )
            yield Hit(loop, message + there(loop))
        return
    saved = round(100 * (1 - max(price.batch_input / price.input, price.batch_output / price.output)))
    if saved >= params.min_percent:
        message = f"one call for each row, one after the other: a batch job of {name} costs {saved} % less"
        yield Hit(loop, message + there(loop))
