"""What the coming weeks cost with and without the plan, and from which volume on something pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.plan.cases import Case, Project, workload
from promptlint.plan.mechanisms import hosting, tuning
from promptlint.plan.quantity import Quantity, exactly, total
from promptlint.plan.stack import Priced, Stack
from promptlint.plan.steps import models
from promptlint.planned import Curve, Effort, Point
from promptlint.records import dataclass

WEEKS = 12
PER_MONTH = 12 / 52
"""A week of a month's spend."""

READY: Mapping[Effort, int] = {"none": 1, "low": 2, "medium": 4, "high": 8, "very high": 12}
"""The week from which steps of an effort are in force. promptlint's own: the strategy gives no times."""

_POINTS = 24
_SPAN = 4.0
"""How far beyond today's volume, or the break-even if that is greater, a curve is drawn."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One week: spend without and with the plan, and the keys of the steps that begin to count."""

    number: int
    without: Quantity
    planned: Quantity
    done: tuple[str, ...]


def weeks(stack: Stack) -> Iterator[Spell]:
    """The spend of the coming weeks, each prompt growing as its users do.

    usd of a week = usd of a month x 12 / 52 x (1 + growth) ^ (week - 1). Steps count from the week on that
    READY gives for their effort.
    """
    for number in range(1, WEEKS + 1):
        done = [each.step for each in stack.placed if READY[each.step.effort] <= number]
        new = [each.step.key for each in stack.placed if READY[each.step.effort] == number]
        without = total(each.start * _week(each.case, number) for each in stack.prompts)
        planned = total(each.left(done) * _week(each.case, number) for each in stack.prompts)
        yield Spell(number, without, planned, tuple(new))


def _week(case: Case, number: int) -> Quantity:
    growth = case.numbers["growth_per_week"].value
    ends = [(1 + end) ** (number - 1) * PER_MONTH for end in (growth.low, growth.mid, growth.high)]
    return Quantity(
        ends[0], ends[1], ends[2], growth.basis if growth.mid or growth.width else exactly(1).basis
    )


# --- break-even curves ----------------------------------------------------------------------


def curves(stack: Stack, shared: Project) -> Iterator[Curve]:
    """From which volume a fine-tuned model of the dearest prompt, and machines of one's own, pay.

    At the likely values, after the plan's other steps.
    """
    prompts = [each for each in stack.prompts if each.start.mid > 0]
    own = (each.case for each in prompts if not each.case.sender)
    calls = sum(case.numbers["calls_per_month"].value.mid for case in own)
    if not prompts or calls <= 0:
        return
    dearest = max(prompts, key=lambda each: each.start.mid)
    yield _tuning_curve(dearest, shared)
    yield _hosting_curve(stack, dearest.case, calls)


def _tuning_curve(priced: Priced, shared: Project) -> Curve:
    """The dearest prompt as it ends, against a tuned model whose first training is in the bill."""
    values = {key: each.value.mid for key, each in priced.case.numbers.items()}
    load = workload(priced.case, values)
    for step in priced.steps:
        if step.key != "fine-tuning":
            load = step.change(priced.case, load, values, shared)
    found = models.economics(priced.case, load, values, shared)
    even = tuning.break_even_calls(found)
    fixed = found.setup * (1 + found.changes)
    return Curve(
        key="fine-tuning",
        title=f"Fine-tuning {priced.case.id}: the first month",
        now="as planned",
        instead="fine-tuned, with its trainings",
        calls=load.calls,
        break_even=None if even is None else even * (1 + found.changes),
        points=_line(load.calls, even, (0.0, found.before), (fixed, found.after)),
    )


def _hosting_curve(stack: Stack, case: Case, calls: float) -> Curve:
    """All prompts at what a request costs after the plan, against rented machines with their operations."""
    values = {key: each.value.mid for key, each in case.numbers.items()}
    each = stack.end.mid / calls
    machine = rented(values)
    even = hosting.break_even_calls(each, machine, values["hosting.ops"])
    points = [
        Point(volume, volume * each, hosting.hosted_usd(volume, machine, values["hosting.ops"]))
        for volume in _volumes(calls, even)
    ]
    return Curve(
        key="self-hosting",
        title="Self-hosting all prompts, after the plan",
        now="APIs",
        instead="rented GPUs, with operations",
        calls=calls,
        break_even=even,
        points=tuple(points),
    )


def rented(values: Mapping[str, float]) -> hosting.Machine:
    """The rented machine of the strategy's table, or as stated."""
    return hosting.Machine(
        values["hosting.gpu_usd"], values["hosting.requests"], values["hosting.utilization"]
    )


def _line(
    calls: float, even: float | None, now: tuple[float, float], instead: tuple[float, float]
) -> tuple[Point, ...]:
    """Two straight lines, each given as (US dollars a month, US dollars a call)."""
    return tuple(
        Point(volume, now[0] + volume * now[1], instead[0] + volume * instead[1])
        for volume in _volumes(calls, even)
    )


def _volumes(calls: float, even: float | None) -> Sequence[float]:
    """Volumes from nothing to well beyond today's and the break-even."""
    most = max(calls, even or 0.0) * (_SPAN if even is None or even < calls else _SPAN / 2)
    return [most * index / _POINTS for index in range(_POINTS + 1)]
