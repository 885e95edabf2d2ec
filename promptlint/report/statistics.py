"""Findings counted by rule: what to select, what to fix first."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.model import Finding, Safety
from promptlint.reporting import Report, fault_lines, findings_of, summary_parts, totals, weakest
from promptlint.style import BOLD, DIM, fit, marked, number, paint, table, usd_sum, visible, width, wrap

HEADER = ("code", "name", "findings", "safe fixes", "tokens", "$/1,000 calls")


def render(report: Report) -> str:
    """A row a rule, the commonest first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings_of(report.result):
        groups.setdefault(finding.code, []).append(finding)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = []
    if ranked:
        head, *rows = _table([HEADER, *(_row(code, found) for code, found in ranked)], report.width)
        lines = [paint(head, DIM, report.color), *rows, ""]
        note = "Tokens and dollars add up findings taken one by one; fixed together they may save less."
        lines += [paint(line, DIM, report.color) for line in wrap(note.split(), report.width)]
    lines += fault_lines(report.result)
    summary = wrap(summary_parts(totals(report.result)), report.width, " · ")
    return "\n".join([*lines, *(paint(line, BOLD, report.color) for line in summary)]) + "\n"


def _table(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    excess = max(width(line) for line in table(rows, left=2)) - room
    longest = max(width(row[1]) for row in rows)
    name = max(longest - max(excess, 0), 8)
    return table([(row[0], fit(row[1], name), *row[2:]) for row in rows], left=2)


def _row(code: str, found: Sequence[Finding]) -> tuple[str, ...]:
    savings = [finding.saving for finding in found if finding.saving is not None]
    safe = sum(1 for finding in found if finding.fix and finding.fix.safety is Safety.SAFE)
    tokens = sum(saving.input_tokens + saving.output_tokens for saving in savings)
    basis = weakest(saving.basis for saving in savings)
    return (
        visible(code),
        visible(found[0].name),
        number(len(found)),
        number(safe) if safe else "-",
        marked(tokens, basis) if savings else "-",
        usd_sum(saving.usd_per_1000 for saving in savings),
    )
