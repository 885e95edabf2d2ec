"""Ranges hold their mids, and every value that the operation can give."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from promptlint.model import Basis
from promptlint.plan.quantity import Quantity, Values, exactly, spread, swings, total

numbers = st.floats(-1e6, 1e6)
bases = st.sampled_from(list(Basis))


@st.composite
def quantities(draw: st.DrawFn, ends: st.SearchStrategy[float] = numbers) -> Quantity:
    low, mid, high = sorted(draw(st.tuples(ends, ends, ends)))
    return Quantity(low, mid, high, draw(bases))


@pytest.mark.parametrize(
    "ends", [(2.0, 1.0, 3.0), (1.0, 4.0, 3.0), (float("nan"), 1.0, 2.0), (0.0, 1.0, float("inf"))]
)
def test_what_is_no_range_is_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not a range"):
        Quantity(*ends)


def test_operations_by_hand() -> None:
    a, b = Quantity(1, 2, 4), Quantity(-1, 3, 5)
    assert a + b == Quantity(0, 5, 9)
    assert a - b == Quantity(-4, -1, 5)
    assert a * b == Quantity(-4, 6, 20)
    assert b / a == Quantity(-1, 1.5, 5)
    assert total([]) == exactly(0.0)
    with pytest.raises(ZeroDivisionError):
        _ = a / b


@given(quantities(), quantities(), st.sampled_from([operator.add, operator.sub, operator.mul]), st.data())
def test_a_result_holds_its_mid_and_what_the_operands_hold(
    a: Quantity, b: Quantity, operation: Callable[[Quantity, Quantity], Quantity], data: st.DataObject
) -> None:
    found = operation(a, b)
    assert found.low <= found.mid <= found.high
    x, y = data.draw(st.floats(a.low, a.high)), data.draw(st.floats(b.low, b.high))
    assert found.low - 1e-3 <= operation(x, y) <= found.high + 1e-3  # type: ignore[operator]


@given(quantities(), quantities(st.floats(0.01, 1e6)), st.data())
def test_a_quotient_holds_its_mid_too(a: Quantity, b: Quantity, data: st.DataObject) -> None:
    found = a / b
    x, y = data.draw(st.floats(a.low, a.high)), data.draw(st.floats(b.low, b.high))
    assert found.low <= found.mid <= found.high
    assert found.low - 1e-3 <= x / y <= found.high + 1e-3


def test_the_basis_is_that_of_the_weakest() -> None:
    a, b = exactly(1, Basis.EXACT), exactly(2, Basis.ASSUMED)
    assert (a + b).basis is (a * b).basis is (a / b).basis is Basis.ASSUMED


shares = st.floats(0, 1)


def _bill(values: Values) -> Sequence[float]:
    """A saving in which each assumption stands twice: interval arithmetic would widen it."""
    before = values["calls"] * values["tokens"]
    return before, before - before * (1 - values["share"])


@given(quantities(st.floats(0, 1e6)), quantities(st.floats(0, 1e4)), quantities(shares), st.data())
def test_spread_is_the_true_range_of_what_is_monotone(
    calls: Quantity, tokens: Quantity, share: Quantity, data: st.DataObject
) -> None:
    assumed = {"calls": calls, "tokens": tokens, "share": share}
    found = spread(_bill, assumed)
    at = {name: data.draw(st.floats(each.low, each.high)) for name, each in assumed.items()}
    for quantity, value in zip(found, _bill(at), strict=True):
        assert quantity.low <= quantity.mid <= quantity.high
        assert quantity.low - 1e-2 <= value <= quantity.high + 1e-2


def test_an_assumption_that_is_used_twice_moves_once() -> None:
    (found,) = spread(lambda values: [values["x"] - values["x"]], {"x": Quantity(1, 2, 3)})
    assert found == exactly(0.0)


@given(quantities())
def test_what_has_no_width_does_not_swing(a: Quantity) -> None:
    assume(a.width)
    moved = swings(lambda values: [values["a"] + values["b"]], {"a": a, "b": exactly(1.0)})
    assert list(moved) == ["a"]
    assert moved["a"] == ([a.low + 1], [a.high + 1])
