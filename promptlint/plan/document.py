"""Makes the document of a plan from its stack: everything that a renderer shows."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from promptlint import __version__, prices
from promptlint.model import Finding
from promptlint.plan import derivation, forecast, hosted, sensitivity
from promptlint.plan.assumptions import ALL
from promptlint.plan.cases import Case, Project
from promptlint.plan.hosted import Judged
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.stack import Placed, Priced, Stack, figures
from promptlint.plan.steps import Step
from promptlint.planned import (
    SCHEMA_VERSION,
    Evidence,
    Plan,
    PlanStep,
    PromptCost,
    Range,
    Refusal,
    Sensitivity,
    Stated,
    Touched,
    Week,
)
from promptlint.verdicts import Answer

MAX_EVIDENCE = 200
"""Findings that are named for one step."""

MAX_PATHS = 2
"""Files that a command names; of more it names the folder."""


def plan(stack: Stack, shared: Project, place: Callable[[str], str] = str) -> Plan:
    """The document, without what other runs add to it: what-ifs, comparisons, notes.

    `place` says how a command names a file that is shown as `path`.
    """
    judged = hosted.judged(stack)
    steps = [_step(each, stack, shared, place) for each in stack.placed]
    if not judged.objection:
        steps.append(_hosting(judged, stack))
    return Plan(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        price_date=prices.snapshot_date(),
        usage=shared.usage.path,
        start=range_of(stack.start),
        end=range_of(hosted.end(stack)),
        steps=tuple(steps),
        refusals=tuple(_refusals(stack, judged)),
        prompts=tuple(_costs(stack)),
        left_out=(),
        figures=tuple(_figures(stack)),
        sensitivity=tuple(_sensitivities(stack)),
        weeks=tuple(_weeks(stack, judged)),
        curves=tuple(forecast.curves(stack, shared)),
        what_if=None,
        before=None,
        notes=(),
    )


def _sensitivities(stack: Stack) -> Iterator[Sensitivity]:
    for each in sensitivity.moved(stack):
        yield Sensitivity(each.key, each.scope, each.low, each.high, each.probe)


def _weeks(stack: Stack, judged: Judged) -> Iterator[Week]:
    """The weeks of the forecast; machines of one's own cost what they do once they run."""
    ready = forecast.READY["very high"]
    for each in forecast.weeks(stack):
        planned, done = each.planned, each.done
        if not judged.objection and each.number >= ready:
            planned = judged.options[0].cost * exactly(forecast.PER_MONTH)
            done = (*done, hosted.KEY) if each.number == ready else done
        yield Week(each.number, range_of(each.without), range_of(planned), done)


def range_of(quantity: Quantity) -> Range:
    """A quantity of the document."""
    return Range(quantity.low, quantity.mid, quantity.high, quantity.basis)


def _step(placed: Placed, stack: Stack, shared: Project, place: Callable[[str], str]) -> PlanStep:
    step, saving = placed.step, placed.saving
    touched = {name: each.mid for name, each in placed.savings.items()}
    ranked = sorted(touched, key=lambda name: (-touched[name], name))
    priced = {each.case.id: each for each in stack.prompts}
    before = placed.after.mid + saving.mid
    return PlanStep(
        key=step.key,
        title=step.title,
        effort=step.effort,
        saving=range_of(saving),
        after=range_of(placed.after),
        share=saving.mid / before if before else 0.0,
        basis=saving.basis,
        source=step.source,
        needs_eval=step.proof and not all(_is_proven(priced[name].case, step) for name in ranked),
        prompts=tuple(Touched(name, touched[name], _verdict(priced[name].case, step)) for name in ranked),
        evidence=tuple(_evidence([priced[name].case for name in ranked], step))[:MAX_EVIDENCE],
        next=command(step.next, [place(priced[name].case.facts.path) for name in ranked]),
        derivation=tuple(line for name in ranked for line in derivation.step(priced[name], step, shared)),
    )


def _is_proven(case: Case, step: Step) -> bool:
    """Whether an eval has accepted this very change: a shorter text, or a move to another model."""
    if step.key == "routing":
        return case.route is not None and case.route.proven
    accepted = case.verdict is not None and case.verdict.answer == "accepted"
    return step.key == "compression" and accepted


def _verdict(case: Case, step: Step) -> Answer | None:
    """What an eval says of what the step would change, as far as one was given."""
    return case.verdict.answer if step.key == "compression" and case.verdict is not None else None


def _evidence(cases: Sequence[Case], step: Step) -> Iterator[Evidence]:
    for case in cases:
        for found in (case.findings.get(code, ()) for code in step.codes):
            for each in found:
                yield _finding(each, case)


def _finding(found: Finding, case: Case) -> Evidence:
    return Evidence(found.code, found.fingerprint, case.id, found.message)


def command(template: str, paths: Sequence[str]) -> str:
    """A command of `Step.next` for some files, quoted for a shell; many files are named by their folder."""
    names = list(dict.fromkeys(paths))
    if len(names) > MAX_PATHS:
        folders = [name.split("/")[:-1] for name in names]
        shared = []
        for parts in zip(*folders, strict=False):
            if len(set(parts)) > 1:
                break
            shared.append(parts[0])
        names = ["/".join(shared) or "."]
    return template.replace("{paths}", " ".join(shlex.quote(name) for name in names))


def _hosting(judged: Judged, stack: Stack) -> PlanStep:
    """The last step: all prompts together, on the cheapest of the options."""
    best = judged.options[0]
    saving = stack.end - best.cost
    return PlanStep(
        key=hosted.KEY,
        title=f"{hosted.TITLE}: {best.name}",
        effort="very high",
        saving=range_of(saving),
        after=range_of(best.cost),
        share=saving.mid / stack.end.mid,
        basis=saving.basis,
        source=hosted.SOURCE,
        needs_eval=True,
        prompts=(),
        evidence=(),
        next="promptlint eval init",
        derivation=tuple(f"{each.name}: ${each.cost.mid:,.0f} a month" for each in judged.options),
    )


def _refusals(stack: Stack, judged: Judged) -> Iterator[Refusal]:
    for each in stack.refused:
        yield Refusal(each.step.key, each.step.title, each.reason, each.prompts)
    if judged.objection:
        yield Refusal(hosted.KEY, hosted.TITLE, judged.objection, ())


def _costs(stack: Stack) -> Iterator[PromptCost]:
    for each in sorted(stack.prompts, key=lambda item: (-item.start.mid, item.case.id)):
        case = each.case
        yield PromptCost(
            prompt=case.id,
            model=case.model,
            model_basis=case.model_basis,
            price=f"{case.price.model}, {case.price.source}",
            calls=range_of(case.numbers["calls_per_month"].value),
            start=range_of(each.start),
            end=range_of(each.end),
            derivation=tuple(derivation.start(case)),
        )


def _figures(stack: Stack) -> Iterator[Stated]:
    """Every figure that a formula of the plan used, once; those of all prompts first."""
    found: dict[tuple[str, str], Stated] = {}
    for each in stack.prompts:
        for key in _used(each):
            known = each.case.numbers[key]
            if key in ALL and (known.value.mid or known.value.width or known.source == ALL[key].source):
                row = ALL[key]
                value = range_of(known.value)
                found[known.scope, key] = Stated(
                    key, row.says, known.scope, value, row.unit.value, known.source
                )
    yield from sorted(found.values(), key=lambda item: (item.scope, list(ALL).index(item.key)))


def _used(each: Priced) -> Iterator[str]:
    yield from figures(each.case, each.steps)
    yield "growth_per_week"
    if each.case.numbers["users"].value.mid:
        yield "users"
    yield from hosted.KEYS
