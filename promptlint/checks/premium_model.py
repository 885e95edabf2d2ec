"""Finds a model of the highest price class for a task that has one short right answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint import models, prices, retired
from promptlint.calling import model_of, there
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.tasks import Kind, simple_task
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What is dear, and what could do the same.

    Attributes:
        min_usd: price of a million output tokens, in US dollars, from which a model is of the highest class.
        min_ratio: how many times the price of the small model it must be.
        small: by maker: a small model that classifies, extracts and routes; "" for any other maker.
    """

    min_usd: int
    min_ratio: int
    small: Mapping[str, str]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the model."""
    call = view.prompt.call
    name, field = model_of(call), call.get("model")
    price = prices.price(name) if name else None
    if field is None or price is None or price.output < params.min_usd:
        return
    if (day := retired.retired(name)) is not None and day <= retired.table_date():
        return  # that it is gone comes first
    small = params.small.get(models.vendor(name) or "") or params.small.get("", "")
    other = prices.price(small) if small else None
    if other is None or not other.input or not other.output:
        return
    ratio = min(price.input / other.input, price.output / other.output)
    if ratio < params.min_ratio:
        return
    task = simple_task(view)
    if task is not None and task.kind is not Kind.SCORING:  # whoever judges others may be the better one
        message = f"{name} for {task.kind.value}: each token costs {ratio:,.0f} times that of {small}"
        yield Hit(field, message + there(field), related=(task.at,))
