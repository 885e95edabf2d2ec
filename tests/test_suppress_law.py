"""What comments answer, against its plain definition; and that many comments and findings stay cheap."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint import suppress
from promptlint.model import Finding, Location, Severity, Span
from promptlint.suppress import Applied, Suppression

CODES = ("RED001", "RED002", "SUP001")
NAMES = ("a", "b", "c")

LINES = st.builds(lambda first, more: (first, first + more), st.integers(1, 9), st.integers(0, 3))
COMMENTS = st.builds(
    Suppression,
    codes=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
    span=st.just(Span(0, 1)),
    lines=LINES,
    whole_file=st.integers(0, 5).map(lambda number: number == 5),
    whole_prompt=st.booleans(),
)


def finding(code: str, line: int, owner: str | None) -> Finding:
    place = Location(line, 1, line, 2)
    return Finding(code, "name", Severity.WARNING, "message", "a.md", Span(0, 1), place, "0" * 16, owner)


FINDINGS = st.builds(finding, st.sampled_from(CODES), st.integers(1, 12), st.sampled_from((*NAMES, None)))


def speaks(comment: Suppression, item: Finding, lines: Mapping[str, tuple[int, int]]) -> bool:
    """Whether a comment is for a finding, by the words of `Suppression`."""
    at, last = comment.lines
    if comment.whole_file:
        return True
    if not comment.whole_prompt or item.prompt not in lines:
        return at <= item.location.line <= last
    inside = {name for name, (start, end) in lines.items() if start <= at <= end}
    following = [start for start, _ in lines.values() if at < start <= last]
    nearest = {name for name, (start, _) in lines.items() if following and start == min(following)}
    return item.prompt in (inside or nearest)


def plainly(
    findings: list[Finding], comments: list[Suppression], lines: Mapping[str, tuple[int, int]]
) -> tuple[list[Finding], set[tuple[int, str]]]:
    """The findings that no comment is for, and each comment with the codes that it is used for."""
    kept, used = [], set()
    for item in findings:
        hits = {
            (index, item.code)
            for index, comment in enumerate(comments)
            if item.code in comment.codes and speaks(comment, item, lines)
        }
        used |= hits
        if not hits:
            kept.append(item)
    return kept, used


def applied(
    findings: list[Finding], comments: list[Suppression], lines: Mapping[str, tuple[int, int]]
) -> Applied:
    return suppress.apply(findings, tuple(comments), lines, CODES, CODES)


@settings(max_examples=100)
@given(
    st.lists(FINDINGS, max_size=6),
    st.lists(COMMENTS, max_size=5),
    st.dictionaries(st.sampled_from(NAMES), LINES),
)
def test_what_is_answered_is_what_the_definition_says(
    findings: list[Finding], comments: list[Suppression], lines: dict[str, tuple[int, int]]
) -> None:
    got = applied(findings, comments, lines)
    kept, used = plainly(findings, comments, lines)
    assert [id(item) for item in got.kept] == [id(item) for item in kept]
    assert got.suppressed == len(findings) - len(kept)
    quiet = any(comment.whole_file and "SUP001" in comment.codes for comment in comments)
    idle = sum(
        (index, code) not in used
        for index, comment in enumerate(comments)
        for code in comment.codes
        if code != "SUP001"
    )
    assert len(got.problems) == (0 if quiet else idle)


@pytest.mark.parametrize("whole_prompt", [False, True])
def test_each_comment_is_asked_about_all_findings_at_once(
    monkeypatch: pytest.MonkeyPatch, whole_prompt: bool
) -> None:
    held: list[int] = []
    used: list[object] = []
    hold, use = suppress._Ranges.hold, suppress._Places.use
    monkeypatch.setattr(suppress._Ranges, "hold", lambda self, line: held.append(line) or hold(self, line))
    monkeypatch.setattr(suppress._Places, "use", lambda self, each: used.append(each) or use(self, each))
    number = 2000
    findings = [finding("RED001", 3 * at + 2, str(at)) for at in range(number)]
    comments = [
        Suppression(("RED001",), Span(at, at + 1), (3 * at + 1, 3 * at + 2), whole_prompt=whole_prompt)
        for at in range(number)
    ]
    lines = {str(at): (3 * at + 2, 3 * at + 2) for at in range(number)}
    got = applied(findings, comments, lines)
    assert (got.kept, got.suppressed, got.problems) == ((), number, ())
    assert len(used) == number
    assert len(held) <= number
