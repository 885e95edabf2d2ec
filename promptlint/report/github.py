"""GitHub workflow commands: annotations in the diff view, the worst first, as many as GitHub shows."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.model import Fault, Finding, Severity
from promptlint.reporting import Report, faults_of, findings_of, first_sentence, rule_of, saving_words
from promptlint.style import number, plural, visible

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
LIMIT = 10
"""Annotations of each level that GitHub shows for one step."""


def render(report: Report) -> str:
    """A command a finding; what GitHub would hide is counted in a last notice."""
    ranked = sorted(findings_of(report.result), key=_rank)
    levels = [[_finding(report, item) for item in ranked if item.severity is level] for level in LEVELS]
    levels[0] = [_fault(fault) for fault in faults_of(report.result)] + levels[0]
    total = sum(len(lines) for lines in levels)
    asides = []
    if any(len(lines) > LIMIT for lines in levels) or report.result.skipped:
        levels[-1] = levels[-1][: LIMIT - 1]  # the last notice needs a place
    lines = [line for lines in levels for line in lines[:LIMIT]]
    if left := total - len(lines):
        asides.append(f"{number(left)} more not annotated here: see promptlint check --all.")
    if report.result.skipped:
        asides.append(f"Skipped: {plural(len(report.result.skipped), 'file')}.")
    if asides:
        lines.append(command("notice", {"title": "promptlint"}, " ".join(asides)))
    return "".join(line + "\n" for line in lines)


def _rank(finding: Finding) -> tuple[int, float, int]:
    saving = finding.saving
    price = saving.usd_per_1000[1] if saving and saving.usd_per_1000 else 0.0
    return -finding.severity, -price, -saving.input_tokens if saving else 0


def _finding(report: Report, finding: Finding) -> str:
    at = finding.location
    properties = {"file": visible(finding.path), "line": str(at.line), "endLine": str(at.end_line)}
    if at.line == at.end_line:  # columns of several lines are refused
        properties |= {"col": str(at.column), "endColumn": str(at.end_column)}
    properties["title"] = visible(f"{finding.code} {finding.name}")
    lines = [visible(finding.message)]
    if why := first_sentence(rule_of(report, finding).why):
        lines.append(f"Why: {visible(why)}")
    if finding.saving is not None:
        lines.append(f"Saves: {saving_words(finding.saving)}")
    return command(LEVELS[finding.severity], properties, "\n".join(lines))


def _fault(fault: Fault) -> str:
    line = {} if fault.line is None else {"line": str(fault.line)}
    properties = {"file": visible(fault.path), **line, "title": "promptlint failed"}
    return command("error", properties, visible(fault.message))


def command(name: str, properties: dict[str, str], message: str) -> str:
    """One workflow command, which no file name and no prompt can break out of."""
    pairs = ",".join(f"{key}={escape_property(value)}" for key, value in properties.items())
    return f"::{name} {pairs}::{escape_message(message)}"


def escape_message(text: str) -> str:
    """Escape the text after the second `::`."""
    return _escape(text, "%\r\n")


def escape_property(text: str) -> str:
    """Escape the value of a property."""
    return _escape(text, "%\r\n:,")


def _escape(text: str, special: Sequence[str]) -> str:
    for char in special:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
