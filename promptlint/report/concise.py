"""One line a finding: for editors, grep and log files."""

from __future__ import annotations

from promptlint.model import Finding, Safety
from promptlint.reporting import (
    Report,
    fault_lines,
    findings_of,
    place,
    saved_tokens,
    summary_parts,
    totals,
    verbose_lines,
)
from promptlint.style import BOLD, TINTS, paint, usd_range, visible

FIX = {Safety.SAFE: " [fix: safe]", Safety.UNSAFE: " [fix: unsafe]", Safety.DISPLAY: ""}


def render(report: Report) -> str:
    """The findings line by line, then what failed, then the summary on one line."""
    lines = [_line(report, finding) for finding in findings_of(report.result)]
    if report.verbose:
        lines += verbose_lines(report.result)
    lines += fault_lines(report.result)
    lines.append(" · ".join(summary_parts(totals(report.result))))
    return "\n".join(lines) + "\n"


def _line(report: Report, finding: Finding) -> str:
    where = paint(place(finding.path, finding.location), BOLD, report.color)
    code = paint(visible(finding.code), TINTS[finding.severity], report.color)
    fix = FIX[finding.fix.safety] if finding.fix else ""
    severity = finding.severity.name.lower()
    return f"{where}: {code} [{severity}] {visible(finding.message)}{_saving(finding)}{fix}"


def _saving(finding: Finding) -> str:
    saving = finding.saving
    if saving is None:
        return ""
    parts = [" ".join(word for word in (saved_tokens(saving), saving.basis.value) if word)]
    if saving.usd_per_1000 is not None:
        parts.append(f"{usd_range(saving.usd_per_1000)} per 1,000 calls")
    return f" ({', '.join(parts)})"
