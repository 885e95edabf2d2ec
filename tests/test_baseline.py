from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import baseline
from promptlint.baseline import Baseline
from promptlint.errors import ConfigError, UsageError
from promptlint.model import Finding, Location, Severity, Span

A, B, C = "a" * 16, "b" * 16, "c" * 16


def finding(mark: str, line: int = 1, prompt: str | None = "x.md") -> Finding:
    place = Location(line, 1, line, 2)
    return Finding("RED001", "n", Severity.WARNING, "m", "x.md", Span(0, 1), place, mark, prompt)


def test_round_trip(tmp_path: Path) -> None:
    file = tmp_path / "promptlint-baseline.json"
    found = [finding(B), finding(A, prompt=None), finding(B, 9)]
    assert baseline.write(file, found) == 3
    assert json.loads(file.read_text()) == {
        "schema_version": 1,
        "findings": {
            A: {"code": "RED001", "prompt": "x.md", "count": 1},
            B: {"code": "RED001", "prompt": "x.md", "count": 2},
        },
    }
    assert baseline.read(file) == Baseline({A: 1, B: 2})
    assert baseline.apply(found, baseline.read(file)) == ((), 3)


def test_the_file_is_sorted_and_stable(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    baseline.write(one, [finding(B), finding(A), finding(C)])
    baseline.write(two, [finding(C), finding(B), finding(A)])
    assert one.read_bytes() == two.read_bytes()
    assert [line.strip()[1:17] for line in one.read_text().splitlines() if '"code"' in line] == [A, B, C]
    baseline.write(one, [])
    assert json.loads(one.read_text()) == {"schema_version": 1, "findings": {}}


def test_more_than_the_baseline_holds_is_kept() -> None:
    found = [finding(A, 1), finding(B, 2), finding(A, 3), finding(A, 4)]
    kept, total = baseline.apply(found, Baseline({A: 2, C: 1}))
    assert ([item.location.line for item in kept], total) == ([2, 4], 2)


def test_a_missing_baseline_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such baseline"):
        baseline.read(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not JSON"),
        ("<<<<<<< HEAD\n{}", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "`schema_version`: expected a whole number"),
        ("{}", "`schema_version`: expected a whole number"),
        ('{"schema_version": true, "findings": {}}', "`schema_version`: expected a whole number"),
        ('{"schema_version": 2, "findings": {}}', "this promptlint reads 1, the file has 2"),
        ('{"schema_version": 1}', "`findings`: expected an object"),
        ('{"schema_version": 1, "findings": {"x": {}}}', "`findings.x`: expected a fingerprint"),
        (f'{{"schema_version": 1, "findings": {{"{A}": 1}}}}', f"`findings.{A}`: expected an object"),
        (f'{{"schema_version": 1, "findings": {{"{A}": {{"code": 1}}}}}}', "code: expected a string"),
        (
            f'{{"schema_version": 1, "findings": {{"{A}": {{"code": "R", "prompt": "p", "count": 0}}}}}}',
            "count: expected a whole number from 1",
        ),
        ('{"schema_version": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_a_malformed_baseline_is_a_config_error(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        baseline.read(file)
    assert expected in str(caught.value)
    assert str(file) in str(caught.value)


def test_what_is_no_text_or_no_file(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"\xff")
    for path in (tmp_path / "b.json", tmp_path):
        with pytest.raises(ConfigError, match=r"not UTF-8|folder"):
            baseline.read(path)
    with pytest.raises(UsageError, match="cannot be written"):
        baseline.write(tmp_path / "no" / "b.json", [])


@given(st.lists(st.sampled_from([A, B, C])), st.lists(st.sampled_from([A, B, C])))
def test_kept_and_baselined_are_all_there_is(before: list[str], now: list[str]) -> None:
    counts = {mark: before.count(mark) for mark in set(before)}
    kept, total = baseline.apply([finding(mark) for mark in now], Baseline(counts))
    assert len(kept) + total == len(now)
    for mark in (A, B, C):
        assert sum(item.fingerprint == mark for item in kept) == max(0, now.count(mark) - before.count(mark))
