"""Finds a call of a known model that sets no limit to the tokens of its answer."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import prices
from promptlint.calling import made_by, model_of, there
from promptlint.model import Hit, Profile
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """For whom.

    Attributes:
        min_usd: price of a million output tokens, in US dollars, from which it is worth a word.
    """

    min_usd: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the call, or where data describe it at the model."""
    call = view.prompt.call
    field, name = call.get("model"), model_of(call)
    if field is None or not name or view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    if call.get("max_tokens") is not None:
        return
    price = prices.price(name)
    if price is not None and price.output >= params.min_usd:
        cost = 10_000 * price.output / 1_000_000
        message = (
            f"no limit to the answer's tokens: a runaway of 10,000 costs ${cost:,.2f} a call with {name}"
        )
        yield Hit(made_by(view.prompt, field), message + there(field))
