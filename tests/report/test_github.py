from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from promptlint.model import Fault, FileResult, Location, RunResult
from promptlint.report import render
from promptlint.report.github import command, escape_message, escape_property
from promptlint.reporting import Report

from .conftest import BOT, crowded, make_finding, make_report

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
CODES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def unescape(text: str) -> str:
    return re.sub("%(0D|0A|3A|2C|25)", lambda match: CODES[match.group()], text)


def parse(line: str) -> tuple[str, dict[str, str], str]:
    match = COMMAND.fullmatch(line)
    assert match, line
    pairs = (pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {key: unescape(value) for key, value in pairs}, unescape(match[3])


@given(st.text(), st.text())
def test_nothing_breaks_out_of_a_command(value: str, message: str) -> None:
    assert unescape(escape_property(value)) == value
    assert unescape(escape_message(message)) == message
    line = command("error", {"file": value, "title": value}, message)
    if "\n" not in line:  # other line separators are content for the runner
        assert parse_any(line) == ("error", {"file": value, "title": value}, message)
    assert "\n" not in line
    assert "\r" not in line


def parse_any(line: str) -> tuple[str, dict[str, str], str]:
    head, _, message = line.removeprefix("::").partition("::")
    name, _, properties = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return name, {key: unescape(value) for key, value in pairs}, unescape(message)


def test_each_finding_is_a_command(report: Report) -> None:
    commands = [parse(line) for line in render("github", report).splitlines()]
    assert [name for name, _, _ in commands] == ["error"] * 2 + ["warning"] * 3 + ["notice"] * 3
    assert commands[0][1] == {"file": "app/odd.j2", "line": "3", "title": "promptlint failed"}
    assert commands[3][1] == {
        "file": "app/bot.py",
        "line": "5",
        "endLine": "5",
        "col": "50",
        "endColumn": "101",
        "title": "RED001 repeated-instruction",
    }
    assert "col" not in commands[2][1]  # several lines
    assert commands[-1] == ("notice", {"title": "promptlint"}, "Skipped: 1 file.")


def test_the_dearest_come_first(report: Report) -> None:
    titles = [parse(line)[1]["title"] for line in render("github", report).splitlines()]
    assert titles[2:5] == [
        "OUT002 unbounded-output",
        "RED001 repeated-instruction",
        "RED001 repeated-instruction",
    ]


def test_what_github_would_hide_is_counted() -> None:
    commands = [parse(line) for line in render("github", crowded(6, 20)).splitlines()]
    names = [name for name, _, _ in commands]
    assert {name: names.count(name) for name in names} == {"error": 10, "warning": 10, "notice": 10}
    assert commands[-1][2].startswith("100 more not annotated")  # 9 failures and 120 findings, 29 shown


def test_hostile_text_stays_in_its_command() -> None:
    finding = replace(
        make_finding("app/bot.py", BOT, "SYSTEM", message="a\n::set-output name=x::y\r\x1b[0m\u202e"),
        path="a,b:c\n::error::d.md",
        location=Location(1, 1, 1, 2),
    )
    result = RunResult((FileResult("a", (), (finding,)),), errors=(Fault("x\n::stop", "y\n::error::z"),))
    text = render("github", make_report([], result=result))
    assert [line[:8] for line in text.splitlines()] == ["::error ", "::warnin"]
    assert "\x1b" not in text
    assert "\u202e" not in text
