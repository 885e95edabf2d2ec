"""Puts optimizations in order, each with what it saves after those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise

from promptlint import costs
from promptlint.plan.cases import Case, Project, base_keys, workload
from promptlint.plan.probes import probes
from promptlint.plan.quantity import Formula, Quantity, Values, spread, swings, total
from promptlint.plan.steps import EFFORTS, MIN_USD, STEPS, No, Step
from promptlint.plan.workload import Workload, month_usd
from promptlint.records import dataclass
from promptlint.style import usd


@dataclass(frozen=True, slots=True)
class Placed:
    """A step at its place in the plan: the prompts that it is for, and what it is worth there, by prompt."""

    step: Step
    savings: Mapping[str, Quantity]
    saving: Quantity
    after: Quantity


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that is not for some prompts, and why."""

    step: Step
    reason: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """One prompt of the plan.

    Args:
        case: what is known of it, with the figures that its steps have counted or measured.
        steps: those that are for it, in order.
        start: US dollars a month now.
        afters: US dollars a month after each of them.
        savings: of each of them.
        swings: by figure, US dollars a month after all of them with the figure at its low and its high end.
        probed: the figures of `swings` that have no range, and were halved and doubled.
    """

    case: Case
    steps: tuple[Step, ...]
    start: Quantity
    afters: tuple[Quantity, ...]
    savings: tuple[Quantity, ...]
    swings: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    probed: frozenset[str] = frozenset()

    @property
    def end(self) -> Quantity:
        """US dollars a month after all steps."""
        return self.left(self.steps)

    def left(self, done: Sequence[Step]) -> Quantity:
        """US dollars a month once those of its steps are done that are among `done`."""
        count = sum(1 for step in self.steps if any(step is each for each in done))
        return self.afters[count - 1] if count else self.start


@dataclass(frozen=True, slots=True)
class Stack:
    """The whole: totals, steps in order, refusals, and each prompt."""

    start: Quantity
    end: Quantity
    placed: tuple[Placed, ...]
    refused: tuple[Refused, ...]
    prompts: tuple[Priced, ...]


@dataclass(slots=True)
class _State:
    """A prompt while steps are chosen: its workload at the mids after those chosen so far."""

    case: Case
    values: Values
    load: Workload
    steps: list[Step]


def stack(cases: Sequence[Case], shared: Project, steps: Sequence[Step] = STEPS) -> Stack:
    """The plan of some prompts.

    Steps of less effort come first; of equal effort the one that saves most after those already chosen. A
    step is for a prompt if it applies there and saves money there at the likely values.
    """
    states = [_state(case, steps) for case in cases]
    refused: list[tuple[Step, str, str]] = []
    order: list[Step] = []
    for effort in EFFORTS:
        left = [step for step in steps if step.effort == effort]
        while left:
            best = max(left, key=lambda step: sum(max(0.0, gain) for _, gain in _gains(step, states, shared)))
            left.remove(best)
            if _choose(best, states, shared, refused):
                order.append(best)
    prompts = tuple(priced(state.case, state.steps, shared) for state in states)
    return Stack(
        start=total(each.start for each in prompts),
        end=total(each.end for each in prompts),
        placed=tuple(_placed(order, prompts)),
        refused=tuple(_grouped(refused, steps)),
        prompts=prompts,
    )


def _state(case: Case, steps: Sequence[Step]) -> _State:
    """The prompt as it is, with what its steps have counted or measured in place of what is assumed."""
    numbers = dict(case.numbers)
    for step in steps:
        numbers |= step.known(case)
    case = replace(case, numbers=numbers)
    values = {key: each.value.mid for key, each in numbers.items()}
    return _State(case, values, workload(case, values), [])


def _gains(step: Step, states: Sequence[_State], shared: Project) -> Iterator[tuple[_State, float]]:
    """What a step would save now, for each prompt that it applies to."""
    for state in states:
        if step.refuse(state.case, state.load, shared) is None:
            changed = step.change(state.case, state.load, state.values, shared)
            yield state, month_usd(state.load) - month_usd(changed)


def _choose(
    step: Step, states: Sequence[_State], shared: Project, refused: list[tuple[Step, str, str]]
) -> bool:
    """Take a step for the prompts where it saves, unless it is not worth its effort; False: for none."""
    for state in states:
        no = step.refuse(state.case, state.load, shared)
        if isinstance(no, No) and not no.quiet:
            refused.append((step, no.reason, state.case.id))
    gains = list(_gains(step, states, shared))
    for state, gain in gains:
        if gain <= 0 and state.load.calls:
            changed = step.change(state.case, state.load, state.values, shared)
            refused.append((step, _loss(gain, state.load, changed), state.case.id))
    good = [(state, gain) for state, gain in gains if gain > 0]
    worth = sum(gain for _, gain in good)
    if worth < MIN_USD[step.effort]:
        reason = (
            f"it saves {usd(worth)} a month in all: less than {usd(MIN_USD[step.effort])}, not worth the work"
        )
        refused += [(step, reason, state.case.id) for state, _ in good]
        return False
    for state, _ in good:
        state.load = step.change(state.case, state.load, state.values, shared)
        state.steps.append(step)
    return True


def _loss(gain: float, before: Workload, after: Workload) -> str:
    for at in before.tiers:
        if gain < 0 and at.minimum is not None and after.prefix < at.minimum <= before.prefix:
            return f"its prefix would fall under the {at.minimum:,} tokens from which {at.model} caches"
    return (
        "it would cost more than it saves"
        if gain < 0
        else "nothing is left for it to save after the steps before"
    )


def priced(case: Case, steps: Sequence[Step], shared: Project) -> Priced:
    """The ranges of one prompt: each figure moves within its own, wherever it is used."""
    make, given = formula(case, steps, shared), figures(case, steps)
    probed = probes(given)
    moved = swings(make, {**given, **probed})
    found = spread(make, given, moved)
    weak = costs.weakest(case.facts.tokens.basis, case.model_basis, case.price.basis)
    start, *rest = (
        Quantity(each.low, each.mid, each.high, costs.weakest(weak, each.basis)) for each in found
    )
    count = len(steps)
    ends = {key: (low[count], high[count]) for key, (low, high) in moved.items()}
    return Priced(
        case, tuple(steps), start, tuple(rest[:count]), tuple(rest[count:]), ends, frozenset(probed)
    )


def formula(case: Case, steps: Sequence[Step], shared: Project) -> Formula:
    """The values of a prompt's figures -> US dollars a month now, after each step, and saved by each step."""

    mids = {key: each.value.mid for key, each in case.numbers.items()}

    def found(moved: Values) -> Sequence[float]:
        values = {**mids, **moved}
        load = workload(case, values)
        spent = [month_usd(load)]
        for step in steps:
            load = step.change(case, load, values, shared)
            spent.append(month_usd(load))
        return [*spent, *(before - after for before, after in pairwise(spent))]

    return found


def figures(case: Case, steps: Sequence[Step]) -> dict[str, Quantity]:
    """The figures that the formula of a prompt asks for."""
    keys = dict.fromkeys((*base_keys(case), *(key for step in steps for key in step.uses)))
    return {key: case.numbers[key].value for key in keys if key in case.numbers}


def _placed(order: Sequence[Step], prompts: Sequence[Priced]) -> Iterator[Placed]:
    for index, step in enumerate(order):
        savings = {
            each.case.id: saving
            for each in prompts
            for taken, saving in zip(each.steps, each.savings, strict=True)
            if taken is step
        }
        after = total(each.left(order[: index + 1]) for each in prompts)
        yield Placed(step, savings, total(savings.values()), after)


def _grouped(refused: Sequence[tuple[Step, str, str]], steps: Sequence[Step]) -> Iterator[Refused]:
    """One refusal a step and reason, in the order of the table."""
    groups: dict[tuple[str, str], list[str]] = {}
    for step, reason, prompt in refused:
        groups.setdefault((step.key, reason), []).append(prompt)
    for step in steps:
        for (key, reason), found in groups.items():
            if key == step.key:
                yield Refused(step, reason, tuple(dict.fromkeys(found)))
