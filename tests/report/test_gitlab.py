"""The code quality report, held against the schema that GitLab validates each entry with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft7Validator

from promptlint.model import Fault, FileResult, RunResult
from promptlint.report import render
from promptlint.reporting import Report

from .conftest import BOT, crowded, make_finding, make_report

SCHEMA = json.loads((Path(__file__).parents[1] / "data/codeclimate.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
RANKS = ("blocker", "critical", "major", "minor", "info")


def issues_of(report: Report) -> list[dict]:
    issues = json.loads(render("gitlab", report))
    for issue in issues:
        VALIDATOR.validate(issue)
        assert issue["severity"] in RANKS
        assert issue["location"]["lines"]["begin"] >= 1
    prints = [issue["fingerprint"] for issue in issues]
    assert len(prints) == len(set(prints))  # GitLab keeps one of a fingerprint
    return issues


def test_every_report_is_valid(report: Report) -> None:
    for item in (report, crowded(3, 4), make_report([])):
        issues_of(item)
    assert render("gitlab", make_report([])) == "[]\n"


def test_each_finding_and_each_failure_is_an_issue(report: Report) -> None:
    issues = issues_of(report)
    assert [issue["severity"] for issue in issues].count("critical") == 1
    assert issues[0]["description"] == "promptlint failed: the template lexer gave up"
    assert issues[0]["location"] == {"path": "app/odd.j2", "lines": {"begin": 3, "end": 3}}
    by_code = {issue["check_name"]: issue["severity"] for issue in issues[1:]}
    assert by_code == {"CON001": "major", "RED001": "minor", "OUT002": "minor", "VER003": "info"}
    (issue,) = (each for each in issues if "said twice" in each["description"])
    assert issue["location"] == {"path": "app/bot.py", "lines": {"begin": 5, "end": 5}}
    assert issue["description"] == (
        'RED001 repeated-instruction: "answer in valid JSON" is said twice in this paragraph. '
        "Saves 11 tokens a call (exact), $0.0138-0.0275 per 1,000 calls, $13.75-27.50 a month."
    )


def test_fingerprints_stay_when_lines_move() -> None:
    finding = make_finding("app/bot.py", BOT, "SYSTEM")
    moved = replace(finding, location=replace(finding.location, line=40, end_line=40))
    first, second = (
        issues_of(make_report([FileResult("app/bot.py", (), (item,))])) for item in (finding, moved)
    )
    assert first[0]["fingerprint"] == second[0]["fingerprint"] == finding.fingerprint
    assert first[0]["location"] != second[0]["location"]


def test_equal_fingerprints_are_told_apart_the_same_way_each_time() -> None:
    finding = make_finding("app/bot.py", BOT, "SYSTEM")
    fault = Fault("a.j2", "odd")
    result = RunResult((FileResult("app/bot.py", (), (finding,) * 3),), errors=(fault, fault))
    report = make_report([], result=result)
    assert issues_of(report) == issues_of(report)
    assert len(issues_of(report)) == 5
