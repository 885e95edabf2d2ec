"""JUnit XML, as GitLab, Jenkins and the test reporters of GitHub read it: a prompt is a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from promptlint.model import FileResult, Finding, Severity
from promptlint.reporting import Report, faults_of, place, saving_words, skips_of
from promptlint.style import number, visible

FAILS = Severity.WARNING
"""The severity from which a finding fails its test, as it does the exit code; infos are in the output."""

OWN = "promptlint"
"""The name of the test of a whole file: it failed on promptlint, or was skipped."""

_KINDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render(report: Report) -> str:
    """A suite a file, a test a prompt; a finding about the file itself has a test named like the file.

    A test that fails lists all its findings in one failure, as readers show one a test; its name is the
    prompt's id, so that a test keeps its history. A file on which promptlint failed is an error.
    """
    cases: dict[str, list[Element]] = {}
    for file in sorted(report.result.files, key=lambda item: item.path):
        if tests := _tests(file):
            cases.setdefault(file.path, []).extend(tests)
    for fault in faults_of(report.result):
        where = f":{fault.line}" if fault.line else ""
        case = _case(fault.path, OWN)
        _note(case, "error", "promptlint failed", [f"{visible(fault.path)}{where}: {visible(fault.message)}"])
        cases.setdefault(fault.path, []).append(case)
    for skip in skips_of(report.result):
        case = _case(skip.path, OWN)
        _note(case, "skipped", skip.reason, [])
        cases.setdefault(skip.path, []).append(case)
    root = Element("testsuites", name=OWN)
    root.extend(_suite(path, tests) for path, tests in sorted(cases.items()))
    _count(root, [case for tests in cases.values() for case in tests])
    indent(root)
    body = tostring(root, encoding="unicode").encode("ascii", "xmlcharrefreplace").decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(path: str, tests: Sequence[Element]) -> Element:
    suite = Element("testsuite", name=visible(path), file=visible(path))
    skipped = _count(suite, tests)["skipped"]
    suite.set("skipped", str(skipped))
    suite.extend(tests)
    return suite


def _count(element: Element, tests: Sequence[Element]) -> Counter[str]:
    """Say how many tests there are, and how many of each kind that did not pass; returns the latter."""
    sums = Counter(_KINDS[child.tag] for case in tests for child in case if child.tag in _KINDS)
    element.set("tests", str(len(tests)))
    element.set("failures", str(sums["failures"]))
    element.set("errors", str(sums["errors"]))
    element.set("time", "0")
    return sums


def _tests(file: FileResult) -> list[Element]:
    groups: dict[str, list[Finding]] = {prompt.id: [] for prompt in file.prompts}
    for finding in sorted(file.findings, key=lambda item: (item.span, item.code, item.message)):
        groups.setdefault(finding.prompt or finding.path, []).append(finding)
    return [_test(file.path, name, found) for name, found in groups.items()]


def _test(path: str, name: str, found: Sequence[Finding]) -> Element:
    case = _case(path, name)
    failing = [finding for finding in found if finding.severity >= FAILS]
    lines = [_line(finding) for finding in found]
    if failing:
        worst = max(failing, key=lambda item: item.severity)
        more = f" (and {number(len(failing) - 1)} more)" if len(failing) > 1 else ""
        _note(case, "failure", f"{worst.code} {worst.name}: {worst.message}{more}", lines)
        case[-1].set("type", worst.severity.name.lower())
    elif lines:
        SubElement(case, "system-out").text = _plain(lines)
    return case


def _case(path: str, name: str) -> Element:
    return Element("testcase", name=visible(name), classname=visible(path), time="0")


def _note(case: Element, kind: str, message: str, lines: Sequence[str]) -> None:
    note = SubElement(case, kind, message=visible(message))
    note.text = _plain(lines) or None


def _line(finding: Finding) -> str:
    severity = finding.severity.name.lower()
    text = f"{finding.code} [{severity}] {finding.message}"
    if finding.saving is not None:
        text = f"{text.rstrip('.')}. Saves {saving_words(finding.saving)}."
    return f"{place(finding.path, finding.location)}: {visible(text)}"


def _plain(lines: Sequence[str]) -> str:
    """Lines that are visible already; `[[ATTACHMENT|path]]` would attach a file in GitLab and in Jenkins."""
    return "\n".join(lines).replace("[[", "[ [")
