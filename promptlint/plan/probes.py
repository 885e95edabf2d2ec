"""Widens figures that are not sure and have no range, to see how much the total depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint.model import Basis
from promptlint.plan.assumptions import ALL, LIMITS
from promptlint.plan.quantity import Quantity


def probes(given: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """The figures that are estimated or assumed without a range, each halved and doubled in its limits."""
    return dict(_widened(given))


def _widened(given: Mapping[str, Quantity]) -> Iterator[tuple[str, Quantity]]:
    for key, value in given.items():
        if value.width or not value.mid or value.basis in (Basis.EXACT, Basis.MEASURED) or key not in ALL:
            continue
        low, high = LIMITS[ALL[key].unit]
        ends = max(low, value.mid / 2), min(high, value.mid * 2)
        yield key, Quantity(min(ends[0], value.mid), value.mid, max(ends[1], value.mid), value.basis)
