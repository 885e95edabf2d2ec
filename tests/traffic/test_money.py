"""Money agrees with the price module, to the last billionth of a dollar."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from promptlint import costs, prices
from promptlint.traffic import money
from tests.traffic.planted import documented, make_traffic
from tests.traffic.reading import chat, engine, rows

ROWS = 200
FORMATS = tuple(make_traffic.FORMATS)
"""Every format that the generator spells; its rows are of all of them in turn."""


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


def drawn(dice: random.Random, number: int, names: list[str]) -> make_traffic.Call:
    """A call of a random model with random counts of tokens."""
    input_ = dice.choice([1, dice.randrange(1, 2_000), dice.randrange(1, 2_000_000)])
    cached = dice.choice([0, input_, dice.randrange(0, input_ + 1)])
    return make_traffic.Call(
        time=make_traffic.START + timedelta(seconds=97 * number),
        id=f"call-{number}",
        prompt="p",
        model=dice.choice(names),
        messages=[{"role": "user", "content": f"Question {number}"}],
        answer="yes",
        tokens=(input_, cached, dice.choice([0, dice.randrange(0, 100_000)])),
    )


def test_random_rows_of_every_format_agree_with_the_price_module(tmp_path: Path) -> None:
    """200 rows that are drawn anew at each run: each row's price, and the document's totals, to the last one."""
    seed = secrets.randbits(32)
    dice = random.Random(seed)
    names = [name for name in prices.known_models() if "/" not in name]
    expected: Counter[int] = Counter()
    for at, format_ in enumerate(FORMATS):
        calls = [drawn(dice, number, names) for number in range(at, ROWS, len(FORMATS))]
        records = map(make_traffic.FORMATS[format_], calls)
        make_traffic.traffic_formats.spelt(tmp_path / format_, format_, records)
        for call in calls:
            price = prices.price(call.model)
            assert price is not None
            input_, cached, output = call.tokens
            expected[nano(price, input_, output, cached, 0, False)] += 1
    with engine(tmp_path) as found:
        assert Counter(found.query("SELECT usd_nano FROM calls").column(0).to_pylist()) == expected, seed
    total = sum(each * count for each, count in expected.items())
    made, _ = documented(tmp_path)
    sums = [
        made.overview.usd,
        *(sum(each.usd for each in part) for part in (made.prompts, made.weeks, made.daily)),
    ]
    assert [round(each * 1e9) for each in sums] == pytest.approx([total] * 4, abs=2), f"seed {seed}"
    assert made.overview.calls == ROWS


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
