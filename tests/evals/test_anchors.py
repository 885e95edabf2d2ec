"""The anchor's file: what is written is read, what is hostile is refused, what was lost is charged."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gate_runs import RULES, run
from hypothesis import given
from hypothesis import strategies as st

from promptlint import evaluation
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import anchors, blessing
from promptlint.evals.anchors import Anchor
from promptlint.evals.blessing import Standing
from promptlint.evals.gate import Verdict, judge
from promptlint.evals.model import Assertion, Case, Message, Provider, Suite

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CASES = tuple(Case(f"c{n}", {"a": n}, (Assertion("equals", "x"),)) for n in range(5))
SUITE = Suite("evals/t.yaml", CASES, provider=Provider("openai", "small"), margin=0.03)
TEMPLATE: dict[str, object] = {"id": "p.md", "messages": [{"role": None, "parts": []}], "ümlaut": "\ud800"}


def side(**more: Any) -> evaluation.Side:
    """What a prompt did; Any: the fields of Side, by name."""
    known: dict[str, Any] = {
        "prompt": "p.md",
        "content_hash": "a" * 64,
        "anchor": False,
        "pass_rate": 0.9,
        "score": 0.93,
        "passed": 9,
        "tokens": None,
        "cost": None,
        "latency": None,
        "models": ("small-2026",),
    }
    return evaluation.Side(**{**known, **more})


def first(suite: Suite = SUITE) -> Anchor:
    return blessing.promoted(None, suite, Standing(TEMPLATE, side(), 5), None, None, NOW)


def after(anchor: Anchor, verdict: Verdict, reset: str | None = None, suite: Suite = SUITE) -> Anchor:
    found = Standing(TEMPLATE, side(content_hash="b" * 64), verdict.cases, 0.1)
    return blessing.promoted(anchor, suite, found, verdict, reset, NOW)


FINE = judge(run(0, 0), RULES)


def accepted(difference: float) -> Verdict:
    return replace(FINE, difference=difference)


# --- the file -----------------------------------------------------------------------------------


def test_what_is_written_is_read_and_the_same_anchor_is_the_same_bytes(tmp_path: Path) -> None:
    path = anchors.path_of(tmp_path / "t.yaml")
    anchor = after(first(), accepted(-0.01))
    anchors.write(path, anchor, None)
    assert path.name == "t.anchor.json"
    found = anchors.read(path)
    assert found is not None
    assert anchors.spelt(found) == anchors.spelt(anchor)  # numbers have nine places
    assert path.read_text(encoding="ascii") == anchors.spelt(anchor)
    turned = replace(anchor, template=dict(reversed(anchor.template.items())))
    assert anchors.spelt(turned) == anchors.spelt(anchor)


@given(st.floats(-1, 1), st.floats(0, 1), st.text(min_size=1, max_size=20))
def test_every_history_is_read_back(difference: float, budget: float, reset: str) -> None:
    suite = replace(SUITE, budget=budget)
    anchor = after(after(first(suite), accepted(difference), None, suite), accepted(0.0), reset, suite)
    text = anchors.spelt(anchor)
    found = anchors.documents.parse(anchors.Blessed, text.encode(), 1, "x")
    assert found.history[-1].reset == reset
    assert found.budget.total == pytest.approx(budget, abs=1e-9)
    assert len(found.history) == 3


def test_there_is_no_anchor(tmp_path: Path) -> None:
    assert anchors.read(tmp_path / "no.anchor.json") is None


def spoil(tmp_path: Path, **changed: object) -> Path:
    path = tmp_path / "t.anchor.json"
    value = json.loads(anchors.spelt(after(first(), accepted(-0.01))))
    path.write_text(json.dumps({**value, **changed}))
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"schema_version": 2},
        {"schema_version": "1"},
        {"content_hash": "A" * 64},
        {"content_hash": "a" * 63},
        {"cases_hash": ""},
        {"blessed_at": "yesterday"},
        {"blessed_at": "2026-03-01T12:00:00"},
        {"blessed_at": "2026-03-01T12:00:00+02:00"},
        {"pass_rate": 1.5},
        {"score": -0.1},
        {"budget": {"total": 1.01, "spent": 0.0}},
        {"budget": {"total": 0.1, "spent": -0.1}},
        {"budget": {"total": True, "spent": 0}},
        {"budget": {"total": 1e999, "spent": 0}},
        {"budget": 7},
        {"cases": -1},
        {"cases": 1.5},
        {"history": []},
        {"history": [7]},
        {"history": {}},
        {"models": "small"},
        {"prompt": "x" * 20_001},
        {"template": []},
        {"template": None},
    ],
)
def test_what_cannot_be_is_refused_with_the_file(tmp_path: Path, changed: dict[str, object]) -> None:
    path = spoil(tmp_path, **changed)
    with pytest.raises(UsageError, match=r"anchor\.json"):
        anchors.read(path)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b"{", b"[" * 100_000, b'{"a": 1, "a": 2}', b'{"schema_version": NaN}']
)
def test_what_is_no_strict_json_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.anchor.json"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"anchor\.json"):
        anchors.read(path)


def test_pipes_links_and_huge_files_are_refused(tmp_path: Path) -> None:
    pipe, link, huge = tmp_path / "pipe", tmp_path / "link", tmp_path / "huge"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "elsewhere")
    with huge.open("wb") as file:
        file.truncate(anchors.MAX_BYTES + 1)
    for path in (pipe, link, huge, tmp_path):
        with pytest.raises(UsageError):
            anchors.read(path)


def test_a_file_that_came_or_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = spoil(tmp_path)
    with pytest.raises(UsageError, match="made it since"):
        anchors.write(path, first(), None)
    seen = path.stat()
    path.write_text("{}")
    with pytest.raises(UsageError, match="changed"):
        anchors.write(path, first(), seen)
    assert path.read_text() == "{}"
    anchors.write(path, first(), path.stat())
    assert anchors.read(path) == first()


def test_no_link_is_followed_out_of_the_project(tmp_path: Path) -> None:
    path, target = tmp_path / "t.anchor.json", tmp_path / "elsewhere"
    path.symlink_to(target)
    with pytest.raises(UsageError):
        anchors.write(path, first(), None)
    assert not target.exists()


def test_a_kept_prompt_that_is_not_the_blessed_one_is_refused() -> None:
    with pytest.raises(SuiteError, match=r"t\.anchor\.json"):
        blessing.template(first(), "t.anchor.json")


# --- promotions ---------------------------------------------------------------------------------


def test_the_first_blessing_compares_nothing() -> None:
    found = first().blessed
    assert (found.budget.total, found.budget.spent) == (0.03, 0)
    assert (found.suite, found.provider, found.model, found.models) == (
        "t.yaml",
        "openai",
        "small",
        ("small-2026",),
    )
    assert [(step.difference, step.charged, step.reset) for step in found.history] == [(None, 0, None)]
    assert (found.blessed_at, found.pass_rate, found.score) == ("2026-03-01T12:00:00+00:00", 0.9, 0.93)


def test_a_loss_is_charged_as_measured_and_a_gain_gives_nothing_back() -> None:
    once = after(first(), accepted(-0.01))
    twice = after(once, accepted(0.02))
    assert (once.blessed.budget.spent, twice.blessed.budget.spent) == (0.01, 0.01)
    assert [step.charged for step in twice.blessed.history] == [0, 0.01, 0]
    assert anchors.budget(twice, SUITE).left == pytest.approx(0.02)


@given(st.lists(st.floats(-0.02, 0.02), max_size=8))
def test_small_losses_do_not_creep(losses: list[float]) -> None:
    """Whatever was promoted: what is left is the total less all losses, and it never grows."""
    anchor, left = first(), 0.03
    for loss in losses:
        anchor = after(anchor, accepted(loss))
        now = anchors.budget(anchor, SUITE).left
        assert now <= left
        left = now
    assert left == pytest.approx(max(0.0, 0.03 + sum(min(0.0, loss) for loss in losses)))
    assert sum(step.charged for step in anchor.blessed.history) == pytest.approx(anchor.blessed.budget.spent)


def test_a_reset_starts_the_budget_anew_and_keeps_the_reason() -> None:
    anchor = after(after(first(), accepted(-0.02)), accepted(-0.3), "new labels", replace(SUITE, budget=0.1))
    assert (anchor.blessed.budget.total, anchor.blessed.budget.spent) == (0.1, 0)
    assert (anchor.blessed.history[-1].reset, anchor.blessed.history[-1].difference) == ("new labels", -0.3)


def test_a_suite_lowers_the_budget_at_once_and_raises_it_by_a_reset_only() -> None:
    assert anchors.budget(first(), replace(SUITE, budget=0.01)).total == 0.01
    assert anchors.budget(first(), replace(SUITE, budget=0.5)).total == 0.03
    assert after(first(), accepted(0), None, replace(SUITE, budget=0.5)).blessed.budget.total == 0.03


def test_without_margin_and_budget_nothing_is_blessed() -> None:
    with pytest.raises(UsageError, match="margin"):
        first(replace(SUITE, margin=None))


@pytest.mark.parametrize(
    ("losses", "reset", "refused"),
    [(0, None, None), (8, None, "undecided"), (60, None, "rejected"), (60, "on purpose", None)],
)
def test_only_what_the_gate_accepts_is_blessed_unless_it_is_meant(
    losses: int, reset: str | None, refused: str | None
) -> None:
    why = blessing.refusal(judge(run(losses, 0), RULES), True, reset)
    assert (why is None) == (refused is None)
    assert refused is None or f"the gate says {refused}: " in (why or "")


def test_the_anchor_itself_is_not_blessed_again() -> None:
    assert blessing.refusal(None, True, None) == "the prompt is the anchor already"
    assert blessing.refusal(None, False, None) is None
    assert blessing.refusal(None, True, "again") is None


@pytest.mark.parametrize("text", ["", "  \n", "x" * 501])
def test_a_reset_needs_a_reason(text: str) -> None:
    with pytest.raises(UsageError, match="reason"):
        blessing.reason(text)


def test_flips_are_the_share_of_changed_cases() -> None:
    assert blessing.flips(run(10, 30)) == pytest.approx(0.1)
    assert blessing.flips([]) is None
    assert blessing.flips([replace(pair, candidate=()) for pair in run(1, 1)]) is None
    assert first().flips is None
    assert after(first(), accepted(0)).flips == 0.1


# --- what no longer holds -------------------------------------------------------------------------


def said(suite: Suite = SUITE, **more: Any) -> list[str]:
    """Notes on the first anchor; Any: the arguments of `notes`, by name."""
    known: dict[str, Any] = {"prompt_hash": "a" * 64, "models": ("small-2026",), "now": NOW}
    return list(blessing.notes(first(), suite, **{**known, **more}))


def test_a_fresh_anchor_needs_no_note() -> None:
    assert said() == []
    assert said(models=()) == []
    assert said(now=NOW + timedelta(days=89, hours=23)) == []
    assert said(replace(SUITE, cases=CASES[::-1])) == []


@pytest.mark.parametrize(
    ("suite", "more", "word"),
    [
        (SUITE, {"prompt_hash": "b" * 64}, "does not have the blessed text"),
        (SUITE, {"models": ("small-2027",)}, "this run by small-2027"),
        (SUITE, {"now": NOW + timedelta(days=90)}, "90 days ago"),
        (
            replace(SUITE, provider=Provider("openai", "large")),
            {},
            "blessed on openai small, not on openai large",
        ),
        (replace(SUITE, cases=CASES[1:]), {}, "the cases are not those"),
        (replace(SUITE, budget=0.2), {}, "a reset would raise it"),
        (replace(SUITE, path="evals/u.yaml"), {}, "blessed for t.yaml"),
    ],
)
def test_what_changed_is_said(suite: Suite, more: dict[str, Any], word: str) -> None:
    (note,) = said(suite, **more)
    assert word in note


CASE = Case("c", {"a": 1}, (Assertion("equals", "x"),), (Message("user", "hi"),))


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "d"},
        {"vars": {"a": 2}},
        {"assertions": (Assertion("equals", "y"),)},
        {"assertions": (Assertion("equals", "x", negated=True),)},
        {"assertions": (Assertion("equals", "x", threshold=0.5),)},
        {"assertions": (Assertion("assert-set", parts=(Assertion("equals", "x"),)),)},
        {"messages": (Message("user", "ho"),)},
        {"messages": ()},
        {"threshold": 0.5},
    ],
)
def test_the_hash_is_of_what_decides_scores(changed: dict[str, Any]) -> None:
    assert anchors.cases_hash([replace(CASE, **changed)]) != anchors.cases_hash([CASE])


def test_the_hash_is_not_of_places_and_names() -> None:
    other = replace(CASE, line=9, path="elsewhere", description="renamed", uses=frozenset({"a"}))
    assert anchors.cases_hash([other]) == anchors.cases_hash([CASE])
