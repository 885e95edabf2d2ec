"""The sums of a comparison, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from promptlint import deltas
from promptlint.changes import (
    FAILING,
    Comparison,
    Findings,
    Money,
    Note,
    PromptChange,
    State,
    Sums,
    Total,
    Verdict,
)
from promptlint.costs import weakest
from promptlint.model import Basis


def total(prompts: Sequence[PromptChange], files: Findings) -> Total:
    """The sums of the prompts that are listed, and of the findings about files."""
    statuses = [item.status for item in prompts]
    new, fixed = [list(files.new)], [list(files.fixed)]
    new += [list(item.findings.new) for item in prompts]
    fixed += [list(item.findings.fixed) for item in prompts]
    return Total(
        added=statuses.count("added"),
        removed=statuses.count("removed"),
        changed=statuses.count("changed"),
        moved=statuses.count("moved"),
        before=_sums(prompts, lambda item: item.before),
        after=_sums(prompts, lambda item: item.after),
        new_findings=sum(map(len, new)),
        fixed_findings=sum(map(len, fixed)),
        contract_losses=sum(len(item.contract_losses) for item in prompts),
        broken_prefixes=sum(map(deltas.breaks_cache, prompts)),
    )


def verdict(comparison: Comparison) -> Verdict:
    """What to say of the whole, worst first; `verdict` itself is not read."""
    if comparison.errors:
        return "error"
    new = [note.severity for note in _new(comparison)]
    if any(severity in FAILING[comparison.fail_on] for severity in new):
        return "fail"
    sums = comparison.total
    worse = sums.after.tokens > sums.before.tokens or any(map(deltas.needs_look, comparison.prompts))
    if comparison.guards or comparison.skipped or any(severity != "info" for severity in new) or worse:
        return "warn"
    changed = comparison.prompts or comparison.findings.new or comparison.findings.fixed
    return "pass" if changed else "unchanged"


def _new(comparison: Comparison) -> Iterable[Note]:
    yield from comparison.findings.new
    for prompt in comparison.prompts:
        yield from prompt.findings.new


def _sums(prompts: Iterable[PromptChange], side: Callable[[PromptChange], State | None]) -> Sums:
    """One side: of money only what is known on every side of a prompt, so that the two can be compared."""
    every = [(item, state) for item in map(deltas.counted, prompts) if (state := side(item)) is not None]
    priced = [state.usd_per_1000 for item, state in every if deltas.money(item, monthly=False) is not None]
    monthly = [state.usd_month for item, state in every if deltas.money(item, monthly=True) is not None]
    return Sums(
        prompts=len(every),
        tokens=sum(state.tokens for _, state in every),
        basis=weakest(Basis.EXACT, *(state.basis for _, state in every)),
        usd_per_1000=_added(priced),
        usd_month=_added(monthly),
        unpriced=len(every) - len(priced),
        without_volume=len(every) - len(monthly),
    )


def _added(ranges: Iterable[Money | None]) -> Money | None:
    known = [ends for ends in ranges if ends is not None]
    return (sum(low for low, _ in known), sum(high for _, high in known)) if known else None
