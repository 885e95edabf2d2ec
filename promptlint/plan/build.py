"""Makes the plan of a project: checks its prompts, reads its usage, and puts the steps in order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from promptlint import authored, config, prices, run
from promptlint.errors import UsageError
from promptlint.model import Finding, PromptFacts
from promptlint.plan import document, evidence, hosted, usage, whatif
from promptlint.plan.cases import Case, Project, case, is_planned, left_out, project, workload
from promptlint.plan.evidence import Evidence
from promptlint.plan.joints import ALONE, joints
from promptlint.plan.stack import Stack, stack
from promptlint.plan.usage import Usage
from promptlint.planned import Before, Changed, LeftOut, Plan, WhatIf
from promptlint.records import dataclass
from promptlint.reporting import prompts_of
from promptlint.run import Outcome
from promptlint.style import plural
from promptlint.workspace import Request, Workspace

STALE = 90
"""Days after which prices are called old."""

FIRST_TIER = 128_000
"""Tokens of a call from which on providers may charge more: the least of the tiers that are known of."""

RULES = ("CAC004", "CAL003", "CTX002", "OUT004")
"""Rules that are off by default, and whose findings are evidence here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to plan.

    Args:
        request: which prompts, checked how.
        today: by which prices are old.
        usage: the usage file; None: that of the project's root, if there is one.
        evidence: documents of evals and verdicts.
        what_if: `KEY=VALUE` each.
        base: a revision to compare with; None: none.
    """

    request: Request
    today: date
    usage: Path | None = None
    evidence: tuple[Path, ...] = ()
    what_if: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, and what it was made from."""

    plan: Plan
    stack: Stack
    project: Project
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Prompts:
    """Prompts with their findings and the settings of each."""

    facts: tuple[PromptFacts, ...]
    findings: Mapping[str, Sequence[Finding]]
    space: Workspace

    def cases(self, shared: Project) -> tuple[Case, ...]:
        """Those that belong into a plan."""
        known = joints(self.facts)
        found = (
            case(
                each,
                self._settings(each),
                self.findings.get(each.id, ()),
                shared,
                known.get(each.id, ALONE),
            )
            for each in self.facts
            if is_planned(each, shared.usage)
        )
        return tuple(each for each in found if each is not None)

    def _settings(self, facts: PromptFacts) -> config.PromptSettings:
        settings = self.space.configs.for_file(self.space.root / facts.path)
        return authored.over(config.prompt_settings(settings, facts.id), facts.traits)


def made(asked: Asked) -> Made:
    """The plan.

    Raises:
        UsageError: a path, a revision, the usage file, a piece of evidence or a what-if is wrong.
        ConfigError: the configuration is wrong.
    """
    request = replace(asked.request, extend_select=(*asked.request.extend_select, *RULES))
    outcome = run.run(request)
    prompts = _prompts(outcome)
    overrides = outcome.workspace.configs.for_folder(outcome.root).prices
    stated = _usage(asked.usage, outcome.root, overrides)
    shared = project(stated, evidence.read(asked.evidence), overrides)
    cases = prompts.cases(shared)
    found = stack(cases, shared)
    plan = document.plan(found, shared, lambda path: _from_here(outcome.root / path))
    out = tuple(LeftOut(name, reason) for name, reason in left_out(prompts.facts, stated, cases))
    plan = replace(
        plan,
        left_out=out,
        notes=tuple(_notes(outcome, prompts, shared, cases, asked)),
        what_if=_what_if(asked.what_if, prompts, shared, found),
        before=_before(asked.base, request, prompts, shared, found) if asked.base else None,
    )
    return Made(plan, found, shared, outcome)


def calls(outcome: Outcome) -> tuple[PromptFacts, ...]:
    """The prompts of a run whose traffic a usage file is asked for, in order."""
    return tuple(each for each in prompts_of(outcome.result) if is_planned(each, Usage()))


def _from_here(path: Path) -> str:
    """A file as a command in the working directory names it."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _prompts(outcome: Outcome) -> _Prompts:
    findings: dict[str, list[Finding]] = {}
    for file in outcome.result.files:
        for each in file.findings:
            if each.prompt is not None:
                findings.setdefault(each.prompt, []).append(each)
    return _Prompts(prompts_of(outcome.result), findings, outcome.workspace)


def _usage(named: Path | None, root: Path, overrides: usage.Overrides) -> Usage:
    path = named or root / usage.FILE
    if named is None and not path.is_file():
        return Usage()
    return usage.read(path, str(named) if named else usage.FILE, overrides)


def _notes(
    outcome: Outcome, prompts: _Prompts, shared: Project, cases: Sequence[Case], asked: Asked
) -> Iterator[str]:
    """What to know before the figures are used, the worst first."""
    whole = all(path.resolve() == outcome.root for path in asked.request.paths or (Path.cwd(),))
    ids = [each.id for each in prompts.facts]
    yield from shared.usage.strays(ids, lambda path: _was_read(path, outcome, whole))
    day = date.fromisoformat(prices.snapshot_date())
    if (age := (asked.today - day).days) > STALE:
        yield f"prices are {age} days old (of {day}): a newer promptlint has newer ones"
    assumed = sum(1 for each in cases if not _has_volume(each))
    if assumed:
        whose = "any prompt" if assumed == len(cases) else f"{assumed} of {len(cases)} prompts"
        yield f"no volume is stated for {whose}: 100,000 requests a month assumed (`promptlint plan init`)"
    yield from _unpriced(cases, shared)
    yield from _unmatched(cases, shared.evidence)
    if long := sum(1 for each in cases if _input(each) > FIRST_TIER):
        whose = plural(long, "prompt")
        yield f"{whose} over {FIRST_TIER:,} tokens a call: providers may charge more there than is known"
    if outcome.result.errors:
        failed = plural(len(outcome.result.errors), "file")
        yield f"promptlint failed on {failed}: their prompts are missing here"
    unread = sum(1 for file in outcome.result.files for each in file.findings if each.code.startswith("SRC"))
    if unread:
        yield f"{plural(unread, 'problem')} with files that cannot be read: `promptlint check --select SRC`"
    if not cases:
        yield "no prompt was found whose traffic could be planned"


def _unpriced(cases: Sequence[Case], shared: Project) -> Iterator[str]:
    """The models without a price of their own, and whose stands in for it."""
    names = {each.model: each.price.model for each in cases if each.model}
    for name, other in sorted(names.items()):
        if prices.price(name, shared.overrides) is None:
            near = usage.near_model(name, shared.overrides)
            yield f"no price is known for {name}, which is priced as {other}{near}"


def _unmatched(cases: Sequence[Case], shown: Evidence) -> Iterator[str]:
    """Evidence that is of no prompt of the plan: it may have another name by now."""
    known = {each.id for each in cases}
    for name in sorted({*shown.verdicts, *shown.routes} - known):
        yield f"evidence of {name!r}, which is no prompt of this plan"


def _was_read(path: str, outcome: Outcome, whole: bool) -> bool:
    """Whether a file was looked at, or is not there; of a glob only a run of the whole project can tell."""
    if whole or path in {file.path for file in outcome.result.files}:
        return True
    return not any(char in path for char in "*?[") and not (outcome.root / path).exists()


def _input(each: Case) -> float:
    """Input tokens of a call on average."""
    return workload(each, {key: known.value.mid for key, known in each.numbers.items()}).input


def _has_volume(each: Case) -> bool:
    from promptlint.plan.assumptions import USAGE

    return each.numbers["calls_per_month"].source != USAGE["calls_per_month"].source


# --- what if --------------------------------------------------------------------------------


def _what_if(given: tuple[str, ...], prompts: _Prompts, shared: Project, now: Stack) -> WhatIf | None:
    """The plan that would hold then: steps are chosen anew."""
    if not given:
        return None
    change = whatif.read(given, shared.overrides)
    other = replace(shared, model=change.model, changes=change.figures)
    cases = prompts.cases(other)
    then = stack(cases, other)
    return WhatIf(
        change=", ".join(given),
        start=document.range_of(then.start),
        end=document.range_of(hosted.end(then)),
        difference=then.start.mid - now.start.mid,
        notes=tuple(_about_model(change.model, cases)),
    )


def _about_model(model: str, cases: Iterable[Case]) -> Iterator[str]:
    if not model:
        return
    yield f"whether {model} answers as well is not known: `promptlint eval` can tell"
    rejected = [each.id for each in cases if each.verdict is not None and each.verdict.answer == "rejected"]
    if rejected:
        yield f"an eval rejected a change of {', '.join(rejected[:3])}"


# --- another revision -----------------------------------------------------------------------


def _before(base: str, request: Request, prompts: _Prompts, shared: Project, now: Stack) -> Before:
    """The same figures on the prompts as they were: files that are the same need no second look."""
    from promptlint import compare

    compared = compare.compared(compare.Asked(base=base, request=request, config_from="head"))
    if compared.root != prompts.space.root:
        raise UsageError(f"--compare {base}: run it in {prompts.space.root}, whose prompts are planned")
    wanted = {each.path for each in prompts.facts}
    gone = compared.before.facts.values()
    kept = [each for each in prompts.facts if each.id not in compared.after.facts]
    whole = not request.paths
    was = [*kept, *(each for each in gone if whole or each.path in wanted)]
    findings = {**prompts.findings, **compared.before.findings}
    then = stack(replace(prompts, facts=tuple(was), findings=findings).cases(shared), shared)
    return Before(
        base=base,
        sha=compared.start,
        start=document.range_of(then.start),
        difference=now.start.mid - then.start.mid,
        prompts=tuple(_changed(then, now)),
    )


def _changed(then: Stack, now: Stack) -> Iterator[Changed]:
    costs = [{each.case.id: each.start.mid for each in side.prompts} for side in (then, now)]
    names = dict.fromkeys([*costs[1], *costs[0]])
    found = [Changed(name, costs[0].get(name), costs[1].get(name)) for name in names]
    differing = [each for each in found if each.before != each.after]
    yield from sorted(differing, key=lambda each: (-abs((each.after or 0) - (each.before or 0)), each.prompt))
