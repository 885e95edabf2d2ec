"""The sums of a comparison, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptlint.changes import Comparison, Findings, Money, Note, PromptChange, State, Sums, Total, Verdict
from promptlint.costs import weakest
from promptlint.model import Basis

_LEVELS = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


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
        before=_sums(item.before for item in prompts),
        after=_sums(item.after for item in prompts),
        new_findings=sum(map(len, new)),
        fixed_findings=sum(map(len, fixed)),
        contract_losses=sum(len(item.contract_losses) for item in prompts),
        broken_prefixes=sum(1 for item in prompts if item.cache is not None),
    )


def verdict(comparison: Comparison) -> Verdict:
    """What to say of the whole, worst first; `verdict` itself is not read."""
    if comparison.errors:
        return "error"
    new = [note.severity for note in _new(comparison)]
    if any(severity in _LEVELS[comparison.fail_on] for severity in new):
        return "fail"
    sums = comparison.total
    dearer = _dearer(sums.before.usd_month, sums.after.usd_month) or sums.after.tokens > sums.before.tokens
    worse = dearer or sums.contract_losses or sums.broken_prefixes
    if comparison.guards or comparison.skipped or any(severity != "info" for severity in new) or worse:
        return "warn"
    changed = comparison.prompts or comparison.findings.new or comparison.findings.fixed
    return "pass" if changed else "unchanged"


def _new(comparison: Comparison) -> Iterable[Note]:
    yield from comparison.findings.new
    for prompt in comparison.prompts:
        yield from prompt.findings.new


def _dearer(before: Money | None, after: Money | None) -> bool:
    return after is not None and after[1] > (before[1] if before is not None else 0.0) + 1e-9


def _sums(states: Iterable[State | None]) -> Sums:
    every = [item for item in states if item is not None and not item.included]
    priced = [item.usd_per_1000 for item in every if item.usd_per_1000 is not None]
    monthly = [item.usd_month for item in every if item.usd_month is not None]
    return Sums(
        prompts=len(every),
        tokens=sum(item.tokens for item in every),
        basis=weakest(Basis.EXACT, *(item.basis for item in every)),
        usd_per_1000=_added(priced),
        usd_month=_added(monthly),
        unpriced=len(every) - len(priced),
        without_volume=sum(1 for item in every if item.calls_per_month is None),
    )


def _added(ranges: Sequence[Money]) -> Money | None:
    return (sum(low for low, _ in ranges), sum(high for _, high in ranges)) if ranges else None
