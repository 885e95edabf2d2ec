"""JUnit XML, read by a parser of the format and held against the schema that Jenkins' xUnit plugin uses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped

from promptlint.model import FileResult, RunResult, Severity
from promptlint.report import render
from promptlint.reporting import Report, place

from .conftest import BOT, crowded, make_finding, make_prompt, make_report


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).parents[1] / "data/junit-10.xsd"))


def cases_of(report: Report) -> dict[str, list]:
    """The results of each test, by its name, as `junitparser` reads them."""
    document = JUnitXml.fromstring(render("junit", report))
    cases = [case for suite in document for case in suite]
    assert len({(case.classname, case.name) for case in cases}) == len(cases)  # GitLab keeps one of a name
    tests = [suite.tests for suite in document]
    assert sum(tests) == document.tests == len(cases)
    for kind, total, parts in (
        (Failure, document.failures, [suite.failures for suite in document]),
        (Error, document.errors, [suite.errors for suite in document]),
    ):
        found = sum(isinstance(result, kind) for case in cases for result in case.result)
        assert found == total == sum(parts)
    return {case.name: case.result for case in cases}


def test_every_report_meets_the_schema(report: Report, schema: xmlschema.XMLSchema) -> None:
    for item in (report, crowded(3, 4), make_report([])):
        schema.validate(render("junit", item))
        cases_of(item)


def test_a_schema_that_notices(schema: xmlschema.XMLSchema, report: Report) -> None:
    assert not schema.is_valid(render("junit", report).replace("<testcase ", '<testcase colour="red" '))


def test_a_prompt_is_a_test_and_warnings_fail_it(report: Report) -> None:
    cases = cases_of(report)
    (failure,) = cases["app/bot.py::SYSTEM"]
    assert isinstance(failure, Failure)
    assert failure.type == "error"
    assert (
        failure.message
        == "CON001 contradiction: Conflicts with line 3: friendly and terse at once (and 2 more)"
    )
    lines = failure.text.splitlines()
    (bot,) = (file for file in report.result.files if file.path == "app/bot.py")
    spots = sorted((finding.span, place(finding.path, finding.location)) for finding in bot.findings)
    assert [line.split(": ")[0] for line in lines] == [spot for _, spot in spots]
    assert lines[1].endswith(
        "Saves 11 tokens a call (exact), $0.0138-0.0275 per 1,000 calls, $13.75-27.50 a month."
    )
    assert cases["prompts/triage.yaml::/user"] == []
    assert cases["AGENTS.md"] == []  # an info only


def test_infos_of_a_test_that_passes_are_its_output(report: Report) -> None:
    root = ET.fromstring(render("junit", report))
    (case,) = (each for each in root.iter("testcase") if each.get("name") == "AGENTS.md")
    assert case.findtext("system-out", "").startswith("AGENTS.md:5:1: VER003 [info] Capitals")


def test_failures_and_skips_are_told(report: Report) -> None:
    root = ET.fromstring(render("junit", report))
    suites = {suite.get("file"): suite for suite in root}
    error = suites["app/odd.j2"].find("testcase/error")
    assert error is not None
    assert error.text == "app/odd.j2:3: the template lexer gave up"
    assert suites["data/dump.json"].get("skipped") == "1"
    skipped = suites["data/dump.json"].find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "larger than 1 MB"
    document = JUnitXml.fromstring(render("junit", report))
    assert any(isinstance(result, Skipped) for suite in document for case in suite for result in case.result)


def test_a_finding_of_the_file_has_a_test_of_its_own() -> None:
    finding = make_finding("app/bot.py", BOT, "SYSTEM", prompt=None)
    cases = cases_of(
        make_report([FileResult("app/bot.py", (make_prompt("app/bot.py::SYSTEM", 9),), (finding,))])
    )
    assert cases["app/bot.py::SYSTEM"] == []
    assert isinstance(cases["app/bot.py"][0], Failure)


def test_no_attachment_is_forged() -> None:
    finding = make_finding(
        "app/bot.py", BOT, "SYSTEM", message="[[ATTACHMENT|/etc/passwd]]", severity=Severity.INFO
    )
    result = RunResult((FileResult("app/bot.py", (), (finding,)),))
    assert "[[ATTACHMENT|" not in render("junit", make_report([], result=result))
