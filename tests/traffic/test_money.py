"""Money agrees with the price module, to the last billionth of a dollar."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

import pytest

from promptlint import costs, prices
from promptlint.traffic import money
from tests.traffic.reading import chat, rows

ROWS = 200


def test_rows_agree_with_the_price_module() -> None:
    chosen = random.Random(6)
    models = chosen.sample(prices.known_models(), 60)
    records, expected = [], []
    for number in range(ROWS):
        model = chosen.choice(models)
        price = prices.price(model)
        assert price is not None
        input_, output = chosen.randrange(1, 200_000), chosen.randrange(0, 20_000)
        cached = chosen.choice([0, chosen.randrange(0, input_)])
        written = chosen.choice([0, chosen.randrange(0, input_ - cached + 1)])
        usage = {
            "prompt_tokens": input_,
            "completion_tokens": output,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": written,
        }
        record = chat(number, batch=chosen.random() < 0.2)
        record["request"]["model"] = record["response"]["model"] = model
        record["response"]["usage"] = usage
        records.append(record)
        expected.append(nano(price, input_, output, cached, written, record["batch"]))
    found = rows(*records)
    assert [row["usd_nano"] for row in found] == expected
    assert sum(expected) > 10**9


def nano(price: prices.Price, input_: int, output: int, cached: int, written: int, batch: bool) -> int:
    """The same, from the price module's own figures, in decimal arithmetic."""

    def per_million(amount: float | None, instead: float) -> Decimal:
        return Decimal(repr(instead if amount is None else amount))

    if batch:
        total = input_ * per_million(price.batch_input, price.input)
        total += output * per_million(price.batch_output, price.output)
    else:
        total = (input_ - cached - written) * per_million(price.input, 0)
        total += cached * per_million(price.cached_input, price.input)
        total += written * per_million(price.cache_write, price.input)
        total += output * per_million(price.output, 0)
    return int((total * 1000).to_integral_value(ROUND_HALF_UP))


def test_it_is_the_cost_of_the_formulas() -> None:
    price = prices.price("gpt-4o")
    per_1000 = costs.usd_per_1000(1_234, 567, price, 1_000)
    assert per_1000 is not None
    found = money.nano(money.rates_of(price), 1_234, 567, 1_000)
    assert found is not None
    assert found * 1e-9 * 1000 == pytest.approx(per_1000[0], abs=1e-6)


def test_unknown_is_null() -> None:
    rates = money.rates_of(prices.price("gpt-4o"))
    assert money.nano(None, 1, 1) is None
    assert money.nano(rates, None, 1) is None
    assert money.nano(rates, 1, None) is None
    assert money.nano(rates, 0, 0) == 0


def test_an_unknown_model_has_no_price() -> None:
    record = chat()
    record["request"]["model"] = record["response"]["model"] = "nobody-knows-me"
    (found,) = rows(record)
    assert "usd_nano" not in found
    assert "price_basis" not in found
    assert found["model"] == "nobody-knows-me"
