"""GitLab's code quality report: the issues that a merge request shows, new ones and fixed ones."""

from __future__ import annotations

import hashlib

from promptlint.jsondoc import dumps
from promptlint.model import Fault, Finding, Severity
from promptlint.reporting import Report, faults_of, findings_of, saving_words
from promptlint.style import visible

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
"""GitLab ranks blocker, critical, major, minor, info: linters use the middle, a failure is critical."""

FAULT = "critical"


def render(report: Report) -> str:
    """A list with an issue a finding and an issue for each file on which promptlint failed.

    An issue's fingerprint is the finding's own, stable under line moves; repeats get one each, as GitLab
    keeps one issue of a fingerprint. GitLab has no place for skipped files: other formats list them.
    """
    issues = [_fault(fault) for fault in faults_of(report.result)]
    issues += [_finding(finding) for finding in findings_of(report.result)]
    seen: dict[object, int] = {}
    for issue in issues:
        own = issue["fingerprint"]
        times = seen[own] = seen.get(own, 0) + 1
        if times > 1:
            issue["fingerprint"] = _hash(f"{own}|{times}")
    return dumps(issues) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    text = f"{finding.code} {finding.name}: {finding.message}"
    if finding.saving is not None:
        text = f"{text.rstrip('.')}. Saves {saving_words(finding.saving)}."
    lines = {"begin": finding.location.line, "end": finding.location.end_line}
    return {
        "type": "issue",
        "check_name": visible(finding.code),
        "description": visible(text),
        "severity": SEVERITIES[finding.severity],
        "fingerprint": finding.fingerprint,
        "location": {"path": finding.path, "lines": lines},
    }


def _fault(fault: Fault) -> dict[str, object]:
    line = fault.line or 1  # an issue without a line has no place in GitLab
    return {
        "type": "issue",
        "check_name": "promptlint",
        "description": visible(f"promptlint failed: {fault.message}"),
        "severity": FAULT,
        "fingerprint": _hash(f"promptlint|{fault.path}|{fault.message}"),
        "location": {"path": fault.path, "lines": {"begin": line, "end": line}},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
