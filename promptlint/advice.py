"""Says what to do first: the findings worth most, and the one next command."""

from __future__ import annotations

from promptlint.model import Finding, Safety, Severity
from promptlint.reporting import Report, Totals, findings_of, place, saved_tokens
from promptlint.style import (
    BOLD,
    DIM,
    TINTS,
    fit,
    fit_path,
    number,
    pad,
    paint,
    plural,
    usd_range,
    visible,
    width,
)

MIN_PLACE = 20
"""Cells that a path gets before details beside it are dropped."""


def worth_most(report: Report, limit: int) -> list[str]:
    """Two lines for each of the findings worth most; those that say the same count as one."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    homes: dict[tuple[str, str], tuple[str, str]] = {}
    for finding in sorted(findings_of(report.result), key=_worth):
        own = (finding.prompt or finding.path, finding.code)
        home = homes.setdefault((finding.code, finding.message), own)  # the same words in another prompt
        groups.setdefault(home, []).append(finding)
    best = list(groups.values())[:limit]
    if not best:
        return []
    lines = [paint("Worth most:", BOLD, report.color)]
    indent = max(width(visible(group[0].code)) for group in best) + 2
    for first, *others in best:
        alike = f" (+{number(len(others))} alike)" if others else ""
        room = report.width - indent - len(alike)
        code = paint(pad(visible(first.code), indent), TINTS[first.severity], report.color)
        lines.append(code + fit(first.message, room) + alike)
        lines.append(" " * indent + paint(_where_and_worth(first, report.width - indent), DIM, report.color))
    return lines


_RANK = {Severity.ERROR: 2, Severity.INFO: 0}


def _worth(finding: Finding) -> tuple[int, float, int, int]:
    """Errors first: a broken prompt costs more than tokens."""
    saving = finding.saving
    price = saving.usd_per_1000[1] if saving and saving.usd_per_1000 else 0.0
    return (
        finding.severity is not Severity.ERROR,
        -price,
        -saving.input_tokens if saving else 0,
        -finding.severity,
    )


def _where_and_worth(finding: Finding, room: int) -> str:
    """The place, and as much of the tokens, the money and the fix as fits beside it; money goes last."""
    saving, fix = finding.saving, finding.fix
    tokens = saved_tokens(saving, saving.basis) if saving else ""
    money = f"{usd_range(saving.usd_per_1000)} per 1,000 calls" if saving and saving.usd_per_1000 else ""
    if saving and saving.usd_month:
        money = f"{usd_range(saving.usd_month)} a month"
    remedy = f"{fix.safety.name.lower()} fix" if fix and fix.safety is not Safety.DISPLAY else ""
    where = place(finding.path, finding.location)
    for details in ([tokens, money, remedy], [tokens, money], [money or tokens]):
        words = " · ".join(detail for detail in details if detail) or finding.severity.name.lower()
        space = room - width(words) - 3
        if space >= min(width(where), MIN_PLACE):
            break
    return fit(f"{fit_path(where, max(space, 1))} · {words}", room)


def next_command(report: Report, sums: Totals) -> list[str]:
    """Exactly one command."""
    if sums.safe_fixes:
        command, why = "promptlint fix --diff", f"shows {plural(sums.safe_fixes, 'safe fix', 'safe fixes')}"
    elif sums.findings:
        command, why = "promptlint check --all", f"shows {plural(sums.findings, 'finding')}"
    elif not sums.prompts:
        command, why = "promptlint check --verbose", "says why each file was passed over"
    else:
        return [f"Nothing to do: no findings in {plural(sums.prompts, 'prompt')}."]
    return [f"Next: {paint(command, BOLD, report.color)}   {paint(why, DIM, report.color)}"]
