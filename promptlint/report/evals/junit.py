"""An eval as JUnit XML: the gate is a test, and so is each case, judged by the prompt that is tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from promptlint.evaluation import Answered, CaseResult, EvalResult
from promptlint.report.evals import words
from promptlint.style import visible, visible_lines

_LONGEST = 2_000
"""Characters of one answer that are shown."""

_KINDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_GATE = {"rejected": "failure", "undecided": "error"}
_GATE_NAME = "gate"


def render(result: EvalResult) -> str:
    """One suite: the test of the gate where there is a verdict, then a test a case, in the suite's order.

    The prompt that is tried is the candidate, or the only one. A case of which one of its answers does not
    pass is a failure, also where the baseline fails it too (its type says so); one that lacks an answer is an
    error, one that cannot be judged is skipped. An undecided gate is an error: neither pass nor failure.
    """
    gate = [_gate(result)] if result.verdict is not None else []
    tests = [*gate, *(_test(result, case) for case in result.results)]
    suite = Element("testsuite", name=visible(result.suite), file=visible(result.suite))
    suite.set("skipped", str(_count(suite, tests)["skipped"]))
    properties = SubElement(suite, "properties")
    for name, value in _properties(result):
        SubElement(properties, "property", name=name, value=visible(value))
    suite.extend(tests)
    root = Element("testsuites", name="promptlint eval")
    _count(root, tests)
    root.append(suite)
    indent(root)
    body = tostring(root, encoding="unicode").encode("ascii", "xmlcharrefreplace").decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _count(element: Element, tests: Sequence[Element]) -> Counter[str]:
    """Say how many tests there are, how many of each kind did not pass, and how long all took."""
    sums = Counter(_KINDS[child.tag] for test in tests for child in test if child.tag in _KINDS)
    element.set("tests", str(len(tests)))
    element.set("failures", str(sums["failures"]))
    element.set("errors", str(sums["errors"]))
    element.set("time", _seconds(sum(float(test.get("time", "0")) for test in tests)))
    return sums


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _properties(result: EvalResult) -> Iterator[tuple[str, str]]:
    yield "verdict", words.verdict(result)
    yield "answers", words.asked(result)
    for name, value in (
        ("why", words.ground(result)),
        ("difference", words.difference(result)),
        ("cost of 1,000 cases", words.cost_change(result)),
    ):
        if value:
            yield name, value


def _gate(result: EvalResult) -> Element:
    test = Element("testcase", name=_GATE_NAME, classname="promptlint eval", time="0.000")
    replay = [words.REPLAY] if result.source.recorded else []
    lines = [*result.reasons, words.needs(result), words.difference(result), *replay]
    name = words.verdict(result)
    if kind := _GATE.get(name):
        _note(test, kind, f"{name}: {words.ground(result)}", name, list(filter(None, lines)))
    else:
        SubElement(test, "system-out").text = _plain(filter(None, lines))
    return test


def _test(result: EvalResult, case: CaseResult) -> Element:
    answers = case.candidate or case.baseline
    taken = sum(answer.latency or 0.0 for answer in answers) / 1000
    classname = visible(result.suite)
    test = Element("testcase", name=visible(case.id), classname=classname, time=_seconds(taken))
    why = words.why(case)
    if case.change == "unsupported":
        SubElement(test, "skipped", message=visible(why))
    elif case.change == "incomplete":
        _note(test, "error", why, "incomplete", list(_lines(case)))
    elif not all(answer.passed for answer in answers):
        critical = "critical: " if case.critical else ""
        broke = "broke" if case.change == "broke" and case.candidate else "failed"
        _note(test, "failure", f"{critical}{why}", broke, list(_lines(case)))
    return test


def _note(test: Element, kind: str, message: str, type_: str, lines: Sequence[str]) -> None:
    note = SubElement(test, kind, message=visible(message), type=type_)
    note.text = _plain(lines) or None


def _lines(case: CaseResult) -> Iterator[str]:
    """Where the case stands, what was asked and what was answered."""
    yield f"{case.path}:{case.line}"
    yield f"vars: {_short(case.vars)}"
    for name, answers in (("baseline", case.baseline), ("candidate", case.candidate)):
        for answer in answers:
            again = f" {answer.repeat + 1}" if len(answers) > 1 else ""
            yield f"{name}{again}: {_said(answer)}"


def _said(answer: Answered) -> str:
    if answer.failure is not None:
        return f"no score: {answer.failure}"
    calls = f" calls {', '.join(answer.calls)}" if answer.calls else ""
    verdict = "pass" if answer.passed else f"fail: {answer.reason}"
    return f"{verdict}\n{_short(answer.text)}{_short(calls)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… [{len(text):,} characters]"


def _plain(lines: Sequence[str] | Iterator[str]) -> str:
    """Visible lines; `[[ATTACHMENT|path]]` would attach a file in GitLab and in Jenkins."""
    return visible_lines("\n".join(lines)).replace("[[", "[ [")
