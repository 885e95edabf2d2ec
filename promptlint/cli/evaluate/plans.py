"""What a suite can show, as lines of a terminal and as JSON: shared by `eval power` and `eval aa`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promptlint.style import number, plural, table

if TYPE_CHECKING:
    from promptlint.evals.planning import Plan, Row

_MANY = "over 1,000,000"


def to_json(plan: Plan) -> dict[str, object]:
    """The plan as plain JSON."""
    design = plan.design
    return {
        "margin": design.margin,
        "alpha": design.alpha,
        "cases": design.cases or None,
        "clusters": len(design.sizes) or None,
        "repeats": design.repeats,
        "fewest_cases": plan.fewest,
        "flips_are": plan.flips,
        "rows": [
            {
                "flips": row.flips,
                "power": row.power,
                "power_is": row.basis if row.power is not None else None,
                "needs_cases": row.needed,
            }
            for row in plan.rows
        ],
        "needs_cases_is": "estimated" if _loose(plan) else "exact",
        "hopeless": plan.hopeless,
    }


def lines(plan: Plan) -> Iterator[str]:
    """The plan as lines, the table last."""
    design = plan.design
    yield f"margin {100 * design.margin:g} points, alpha {design.alpha:g}, {_size(plan)}"
    if plan.hopeless:
        yield f"hopeless: {plan.hopeless}"
    if design.margin <= 0:
        return
    yield ""
    head = [f"flips ({plan.flips})", "accepted if nothing changed", "cases for 80 %"]
    yield from table([head, *([_share(row.flips), _power(row), _needed(row, plan)] for row in plan.rows)])
    yield ""
    fewest = number(plan.fewest)
    yield f"A run without a changed answer is accepted from {fewest} independent cases on (exact)."
    if design.clustered:
        from promptlint.evals.planning import CORRELATION

        yield f"Flips of one cluster are assumed to have a correlation of {CORRELATION:g}."


def _size(plan: Plan) -> str:
    design = plan.design
    if not design.sizes:
        return f"repeats {design.repeats}"
    groups = f" in {number(len(design.sizes))} clusters" if design.clustered else ""
    repeats = f", {design.repeats} answers each" if design.repeats > 1 else ""
    return f"{plural(design.cases, 'case')}{groups}{repeats}"


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"


def _power(row: Row) -> str:
    return "-" if row.power is None else f"{100 * row.power:.0f} % ({row.basis})"


def _needed(row: Row, plan: Plan) -> str:
    if row.needed is None:
        return _MANY
    return f"~{number(row.needed)}" if _loose(plan) else number(row.needed)


def _loose(plan: Plan) -> bool:
    """Whether the numbers of cases are estimated."""
    return plan.design.clustered or plan.design.repeats > 1
