from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from promptlint.model import FileResult, RunResult, Severity, Skip
from promptlint.report import render, sarif
from promptlint.reporting import Report

from .conftest import BOT, crowded, make_finding, make_report

SCHEMA = json.loads((Path(__file__).parents[1] / "data/sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA)


def run_of(report: Report) -> dict:
    log = json.loads(render("sarif", report))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def test_every_report_meets_the_standard(report: Report) -> None:
    for item in (report, crowded(3, 4), make_report([])):
        run_of(item)


def test_results_point_at_the_source(report: Report) -> None:
    for result in run_of(report)["results"]:
        place = result["locations"][0]["physicalLocation"]
        text = report.sources[unquote(place["artifactLocation"]["uri"])]
        region = place["region"]
        lines = text.split("\n")
        start = sum(len(line) + 1 for line in lines[: region["startLine"] - 1]) + region["startColumn"] - 1
        end = sum(len(line) + 1 for line in lines[: region["endLine"] - 1]) + region["endColumn"] - 1
        assert (start, end - start) == (region["charOffset"], region["charLength"])


def test_safe_fixes_apply_and_only_they(report: Report) -> None:
    run = run_of(report)
    fixes = [result["fixes"] for result in run["results"] if "fixes" in result]
    assert len(fixes) == 2
    (replacement,) = fixes[1][0]["artifactChanges"][0]["replacements"]
    region = replacement["deletedRegion"]
    text = report.sources["app/bot.py"]
    end = region["charOffset"] + region["charLength"]
    assert text[region["charOffset"] : end] == " It is very important that you answer in valid JSON."
    assert replacement["insertedContent"]["text"] == ""


def test_rules_levels_and_fingerprints(report: Report) -> None:
    run = run_of(report)
    rules = run["tool"]["driver"]["rules"]
    levels = {"VER003": "note", "CON001": "error", "RED001": "warning", "OUT002": "warning"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == levels[result["ruleId"]]
        assert result["partialFingerprints"]["promptlint/v1"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert next(rule for rule in rules if rule["id"] == "RED001")["helpUri"].startswith("https://")


def test_failures_and_skips_are_notifications(report: Report) -> None:
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is False
    levels = [note["level"] for note in invocation["toolExecutionNotifications"]]
    assert levels == ["error", "note"]
    assert run_of(make_report([]))["invocations"][0]["executionSuccessful"] is True


@given(st.text(st.characters(blacklist_characters="/\x00", blacklist_categories=["Cs"]), min_size=1))
@pytest.mark.filterwarnings("ignore")
def test_paths_are_relative_references(name: str) -> None:
    path = f"odd dir/{name}"
    run = run_of(make_report([], result=RunResult(skipped=(Skip(path, "x"), Skip(name, "y")))))
    for note in run["invocations"][0]["toolExecutionNotifications"]:
        place = note["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uri"].isascii()
        assert urlsplit(place["uri"]).path == place["uri"]
        assert unquote(place["uri"]) in {path, name}


def test_a_message_makes_no_link() -> None:
    finding = make_finding("app/bot.py", BOT, "SYSTEM", message="see [here](https://example.org)\x1b[1m")
    (result,) = run_of(make_report([FileResult("app/bot.py", (), (finding,))]))["results"]
    assert result["message"]["text"] == "see [here] (https://example.org)␛[1m"


def test_nothing_is_dropped_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "LIMIT", 10)
    report = crowded(4, 8)
    run = run_of(replace(report, result=replace(report.result, errors=())))
    assert len(run["results"]) == 10
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    assert (
        "22 less severe findings" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )


def test_unknown_rules_are_described(report: Report) -> None:
    run = run_of(replace(report, rules={}))
    assert {rule["name"] for rule in run["tool"]["driver"]["rules"]} >= {"contradiction"}
    assert Severity.ERROR in {finding.severity for file in report.result.files for finding in file.findings}
