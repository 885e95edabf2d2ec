"""An eval as JUnit XML, read by a parser of the format and held against the schema that Jenkins' plugin uses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hostile import SMALL
from junitparser import Error, Failure, JUnitXml, Skipped

from promptlint.evaluation import EvalResult
from promptlint.report.evals.junit import render

from . import evals_results as made
from .runner import acts, lines_of, unseen


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).parents[1] / "data/junit-10.xsd"))


def cases_of(result: EvalResult) -> dict[str, list]:
    """The results of each test, by its name, as `junitparser` reads them."""
    document = JUnitXml.fromstring(render(result))
    (suite,) = document
    cases = list(suite)
    assert len({(case.classname, case.name) for case in cases}) == len(cases)
    assert suite.tests == document.tests == len(cases)
    for kind, total, part in (
        (Failure, document.failures, suite.failures),
        (Error, document.errors, suite.errors),
        (Skipped, suite.skipped, suite.skipped),
    ):
        assert sum(isinstance(result, kind) for case in cases for result in case.result) == total == part
    return {case.name: case.result for case in cases}


@pytest.mark.parametrize("make", [made.accepted, made.rejected, made.small, made.alone, made.empty])
def test_it_meets_the_schema(make: object, schema: xmlschema.XMLSchema) -> None:
    result = make()  # type: ignore[operator]
    schema.validate(render(result))
    assert len(cases_of(result)) == len(result.results) + (result.verdict is not None)


def test_a_schema_that_notices(schema: xmlschema.XMLSchema) -> None:
    assert not schema.is_valid(render(made.small()).replace("<testcase ", '<testcase colour="red" '))


def test_a_rejected_gate_fails_and_an_accepted_one_passes() -> None:
    (failure,) = cases_of(made.rejected())["gate"]
    assert isinstance(failure, Failure)
    assert (failure.type, failure.message.partition(":")[0]) == ("rejected", "rejected")
    assert "10 critical cases broke" in failure.text
    assert "replay" in failure.text
    assert cases_of(made.accepted())["gate"] == []
    assert "replay" in ET.fromstring(render(made.accepted())).findtext(".//system-out", "")


def test_an_undecided_gate_and_a_case_without_an_answer_are_errors() -> None:
    cases = cases_of(made.small())
    (error,) = cases["gate"]
    assert isinstance(error, Error)
    assert "needs about 392 more cases" in error.text
    (error,) = cases["case-0004"]
    assert isinstance(error, Error)
    assert (error.type, error.message) == ("incomplete", "timeout: no answer in 120 s")
    (skipped,) = cases["case-0009"]
    assert isinstance(skipped, Skipped)
    assert skipped.message == "`javascript` is not run"


def test_cases_fail_by_the_prompt_that_is_tried() -> None:
    result = made.rejected()
    cases = cases_of(result)
    for case in result.results:
        found = cases[case.id]
        assert bool(found) is not all(answer.passed for answer in case.candidate)
        if found:
            assert found[0].type == ("broke" if case.change == "broke" else "failed")
            assert found[0].message.startswith("critical: ") is case.critical
            assert f"candidate: fail: {case.candidate[0].reason}\n{case.candidate[0].text}" in found[0].text
    assert not any(found and found[0].type != "failed" for found in cases_of(made.alone()).values())


def test_without_a_verdict_there_is_no_gate() -> None:
    assert "gate" not in cases_of(made.alone())


def test_the_suite_says_where_the_answers_are_from() -> None:
    properties = {
        item.get("name"): item.get("value")
        for item in ET.fromstring(render(made.accepted())).iter("property")
    }
    assert properties["verdict"] == "accepted"
    assert "replay" in str(properties["answers"])


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_hostile_text_does_not_act(text: str, schema: xmlschema.XMLSchema) -> None:
    shown = render(made.hostile(made.small(), f"{text}[[ATTACHMENT|/etc/passwd]]"))
    schema.validate(shown)
    assert shown.isascii()
    assert [line for line in lines_of(shown) if acts(line)] == []
    root = ET.fromstring(shown)
    said = "".join(
        filter(None, (value for item in root.iter() for value in (item.text, *item.attrib.values())))
    )
    assert unseen(said) == ""
    assert "[[ATTACHMENT|" not in "".join(item.text or "" for item in root.iter())


def test_long_answers_are_cut() -> None:
    answers = [made.make_answer("a" * 100_000, score) for score in (1.0, 0.0)]
    shown = render(made.make_result([made.make_case(0, answers[:1], answers[1:])]))
    assert len(shown) < 10_000
    assert "[100,000 characters]" in shown
