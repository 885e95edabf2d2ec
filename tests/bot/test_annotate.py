"""Where the token may not comment: annotations within GitHub's limits, and a summary that it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from comparisons import hostile, make_change, make_comparison, make_note, realistic
from hostile import EACH

from promptlint.bot import annotate
from promptlint.changes import Comparison, Findings
from promptlint.errors import UsageError
from promptlint.style import visible


def comparison(*severities: str) -> Comparison:
    notes = tuple(
        make_note("RED001", each, line=index + 1, end_line=index + 1) for index, each in enumerate(severities)
    )
    return make_comparison(make_change("app/bot.py::SYSTEM", 10, 20, findings=Findings(notes, notes)))


def test_new_findings_are_annotated_where_they_are() -> None:
    lines = annotate.annotated(comparison("warning", "error"), "github").splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning"]
    assert lines[0].startswith("::error file=app/bot.py,line=2,endLine=2,title=RED001 repeated-instruction::")


def test_no_more_than_github_shows_the_rest_is_counted() -> None:
    lines = annotate.annotated(comparison(*["error"] * 12, *["warning"] * 11, "info"), "github").splitlines()
    assert [
        sum(line.startswith(f"::{level}") for line in lines) for level in ("error", "warning", "notice")
    ] == [
        10,
        10,
        1,
    ]
    assert lines[-1] == "::notice title=promptlint::4 more new findings"
    assert annotate.annotated(comparison(), "github") == ""


def test_gitlab_has_plain_lines() -> None:
    text = annotate.annotated(comparison("warning"), "gitlab")
    assert text == 'app/bot.py:1: warning: RED001 "answer in valid JSON" is said twice in this paragraph\n'


@EACH
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_hostile_text_is_no_command(text: str, kind: str) -> None:
    found = hostile(realistic(), text)
    out = annotate.annotated(found, kind)  # type: ignore[arg-type]
    known = ("::error ", "::warning ", "::notice ") if kind == "github" else ()
    for line in out.split("\n"):
        assert not line.lstrip().startswith("::") or line.startswith(known)
        assert "##[" not in line
    assert "\r" not in out
    assert "\x1b" not in out
    assert len(out.splitlines()) <= len(annotate.new_findings(found)) + 1


@EACH
def test_hostile_text_is_plain_in_a_check(text: str) -> None:
    for one in annotate.at_lines(hostile(realistic(), text), "app/"):
        assert one.path.startswith("app/")
        assert all(words.isprintable() or words == visible(words) for words in (one.title, one.message))
        assert one.message
        assert len(one.title) <= 255


@pytest.mark.parametrize(("line", "end"), [(0, 0), (-5, 3), (7, 3), (3, 7)])
def test_lines_of_a_check_are_in_order(line: int, end: int) -> None:
    note = make_note(line=line, end_line=end)
    (one,) = annotate.at_lines(replace(make_comparison(), findings=Findings((note,), ())))
    assert 1 <= one.start_line <= one.end_line


def test_a_summary_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("Before.\n")
    annotate.append_summary(path, "Hä\ud800\n")
    assert path.read_text(encoding="utf-8") == "Before.\nHä?\n"


@pytest.mark.parametrize("before", [0, 1_000_000, annotate.MAX_SUMMARY - 10, annotate.MAX_SUMMARY + 10])
def test_a_summary_is_never_larger_than_github_takes(tmp_path: Path, before: int) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * before)
    annotate.append_summary(path, "a line é\n" * 200_000)
    data = path.read_bytes()
    assert len(data) <= max(before, annotate.MAX_SUMMARY)
    if before <= 1_000_000:
        assert data.endswith(b"_The rest does not fit into the summary of a step._\n")
        assert len(data) > annotate.MAX_SUMMARY - 100
    data.decode()


def test_a_summary_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="GITHUB_STEP_SUMMARY"):
        annotate.append_summary(tmp_path, "x")


def test_findings_are_worst_and_dearest_first() -> None:
    notes = (
        make_note(severity="info"),
        make_note(usd_per_1000=(0.0, 1.0)),
        make_note(usd_per_1000=(0.0, 2.0)),
        make_note(severity="error", usd_per_1000=None),
    )
    found = replace(make_comparison(), findings=Findings(notes, ()))
    assert annotate.new_findings(found) == notes[::-1]
