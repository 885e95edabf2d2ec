"""The study of public prompts: the list is whole, marks name places only, and each counter counts."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "corpus"))

import diffs  # noqa: E402
import listed  # noqa: E402
import marks  # noqa: E402
import peers  # noqa: E402
import waste  # noqa: E402
import why  # noqa: E402

TEXT = (
    "You are a shop assistant.\n\nNever refund gift cards. Answer in at most 120 words if the order is open.\n"
    "Make sure to greet the customer. Keep the answer short.\n"
)


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    """A folder of checkouts with one prompt."""
    folder = tmp_path / "owner+shop" / "prompts"
    folder.mkdir(parents=True)
    (folder / "a.prompt.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "owner+shop.sha").write_text("0" * 40, encoding="utf-8")
    return tmp_path


def entry(sha256: str) -> listed.Listed:
    return listed.Listed("owner/shop", "0" * 40, "prompts/a.prompt.md", "", sha256, "system", 40, "marked")


def test_the_list_names_each_prompt_once_and_no_text() -> None:
    every = listed.read()
    assert len(every) >= 250
    assert len({each.sha256 for each in every}) == len(every)
    assert len({each.repository for each in every}) >= 30
    assert {each.kind for each in every} == set(listed.KINDS)
    assert all(each.tokens >= 300 and len(each.sha256) == 64 for each in every)
    assert sum(each.set == "marked" for each in every) >= 36


def test_marks_are_places_of_listed_prompts() -> None:
    every = {each.sha256: each for each in listed.read()}
    found = marks.read()
    assert all(mark.prompt in every and mark.start < mark.end for mark in found)
    assert {mark.marker for mark in found if every[mark.prompt].set == "marked"} == {"one", "two"}


def test_a_prompt_with_another_text_is_passed_over(trees: Path) -> None:
    (case,) = listed.cases(trees, [entry(listed.digest(TEXT))])
    assert case.ground.prompt.text == TEXT
    assert not list(listed.cases(trees, [entry(listed.digest("other"))]))


def test_waste_that_both_marked_is_counted_once_and_what_nobody_marked_is_touched(trees: Path) -> None:
    (case,) = listed.cases(trees, [entry(listed.digest(TEXT))])
    spans: list[dict[str, object]] = [{"quote": "Make sure to ", "kind": "filler"}]
    more: list[dict[str, object]] = [*spans, {"quote": "Keep the answer short.", "kind": "restated"}]
    found = [*marks.kept(TEXT, "x", "one", spans), *marks.kept(TEXT, "x", "two", more)]
    score = waste.Score()
    waste.add(score, case, found, misses=False)
    assert dict(score.units) == {"filler": 1}
    assert score.removed["filler"] == pytest.approx(score.marked["filler"])
    assert score.touched == 0
    nobody = waste.Score()
    waste.add(nobody, case, [], misses=False)
    assert nobody.touched > 0


def test_two_readers_may_mark_either_wording() -> None:
    text = "Be brief. Keep it short."
    one = marks.kept(
        text, "x", "one", [{"quote": "Be brief.", "kind": "restated", "partner": "Keep it short."}]
    )
    two = marks.kept(
        text, "x", "two", [{"quote": "Keep it short.", "kind": "restated", "partner": "Be brief."}]
    )
    (unit,) = waste.units([*one, *two])
    assert (len(unit.points), len(unit.partner)) == (len("Be brief."), len("Keep it short."))


def test_tokens_are_spread_over_code_points() -> None:
    weights = waste.Weights("Grüße, 你好 🎉!")
    assert weights.total == pytest.approx(weights.of(range(len("Grüße, 你好 🎉!"))))
    assert weights.total >= 6


def test_controls_change_the_meaning(trees: Path) -> None:
    (case,) = listed.cases(trees, [entry(listed.digest(TEXT))])
    found = {hunk.what: hunk for hunk in diffs.controls(case, random.Random(1))}
    assert {"not", "number", "condition"} <= found.keys()
    assert "[[-Never-]][[+Always+]] refund" in found["not"].shown
    assert "[[-120-]][[+12" in found["number"].shown
    assert "[[- if the order is open-]]." in found["condition"].shown
    assert all(hunk.control for hunk in found.values())
    assert not any(hunk.control for hunk in diffs.hunks(case))


def test_the_counter_of_losses_sees_each_kind() -> None:
    before = "Do not answer {question}. Never use more than 3 words.\n```\ncode\n```\n"
    lost = peers.losses(before, "answer. use more words.\n")
    assert dict(lost) == {"numbers": 1, "negations": 2, "slots": 1, "code": 1}
    assert peers.orders_lost(before, before) == 0
    assert peers.orders_lost("Always greet every single customer warmly.", "Greet.") == 1
    assert peers.orders_lost("Make sure to always greet the customer.", "Always greet the customer.") == 0


def test_a_tool_that_breaks_is_counted_and_not_dropped(tmp_path: Path) -> None:
    row = peers.row("tool", "1", ["one two", "three"], ["one", None], 0.1)
    assert (row.changed, row.failed) == (1, 1)
    assert json.loads(json.dumps(row.lost)) == row.lost


def test_each_marked_place_has_one_reason() -> None:
    marked = {each.sha256 for each in listed.read() if each.set == "marked"}
    by = {sha256: [mark for mark in marks.read() if mark.prompt == sha256] for sha256 in marked}
    found = [
        (sha256, min(points), max(points) + 1)
        for sha256, those in by.items()
        for _, points in why.places(waste.units(those))
    ]
    assert sorted(found) == sorted(why.labels())
    assert len(found) == 76


def test_what_is_taken_counts_as_taken_whatever_its_label(trees: Path) -> None:
    (case,) = listed.cases(trees, [entry(listed.digest(TEXT))])
    both = []
    for quote in ("Make sure to ", "Keep the answer short."):
        at = TEXT.index(quote)
        both += [
            marks.Mark(listed.digest(TEXT), who, at, at + len(quote), "", "filler") for who in ("one", "two")
        ]
    known = {(mark.prompt, mark.start, mark.end): "words" for mark in both}
    counts = {"taken": why.Count(), "words": why.Count()}
    why.add(counts, case, both, known)
    assert (counts["taken"].places, counts["words"].places) == (1, 1)
