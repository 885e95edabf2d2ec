"""Laws of pairing: `promptlint.compare.matching`."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.compare import matching
from promptlint.compare.matching import pairs

IDS = st.builds("{}.md::{}".format, st.sampled_from("ab"), st.sampled_from("xyz"))
SIDES = st.dictionaries(IDS, st.sampled_from(["be kind now", "be kind", "sort mail", "", "quick fox ran"]))


def paired(before: dict[str, str], after: dict[str, str]) -> list[tuple[str | None, str | None]]:
    def facts(side: dict[str, str]) -> Any:
        return {
            name: SimpleNamespace(id=name, path=name.partition("::")[0], version=text)
            for name, text in side.items()
        }

    return pairs(facts(before), facts(after), lambda new, name: (after if new else before)[name])


@given(SIDES, SIDES)
def test_each_id_is_there_once(before: dict[str, str], after: dict[str, str]) -> None:
    found = paired(before, after)
    assert sorted(one for one, _ in found if one is not None) == sorted(before)
    assert sorted(other for _, other in found if other is not None) == sorted(after)
    assert (None, None) not in found


@given(SIDES)
def test_identical_sides_are_equal_pairs(side: dict[str, str]) -> None:
    assert paired(side, dict(side)) == [(name, name) for name in sorted(side)]


def test_an_element_in_front_moves_the_others() -> None:
    old = {"a.json::0": "be kind now", "a.json::1": "sort mail"}
    new = {"a.json::0": "quick fox ran", "a.json::1": "be kind now", "a.json::2": "sort mail"}
    assert paired(old, new) == [
        (None, "a.json::0"),
        ("a.json::0", "a.json::1"),
        ("a.json::1", "a.json::2"),
    ]


def texts(number: int, length: int, shared: int = 0) -> list[list[str]]:
    """As many texts of so many words; that many of them are the same in all."""
    rng = random.Random(number)
    words = [f"w{at}" for at in range(3000)]
    start = rng.choices(words, k=shared)
    return [[*start, *rng.choices(words, k=length - shared)] for _ in range(number)]


def moved(number: int, length: int, shared: int = 0) -> tuple[dict[str, str], dict[str, str]]:
    """Texts, and the same elsewhere with one word of eighty another; the names say which is which."""
    olds = texts(number, length, shared)
    before = {f"old/{at}.md": " ".join(each) for at, each in enumerate(olds)}
    after = {
        f"new/{at}.md": " ".join(
            "edited" if at % 80 == place % 80 else word for place, word in enumerate(each)
        )
        for at, each in enumerate(olds)
    }
    return before, after


@pytest.mark.parametrize("shared", [0, 70], ids=["all different", "from one template"])
def test_hundreds_that_have_moved_are_found_by_comparing_few(
    monkeypatch: pytest.MonkeyPatch, shared: int
) -> None:
    compared: list[int] = []
    plain = matching._shares
    monkeypatch.setattr(
        matching, "_shares", lambda one, others: plain(one, (compared.append(1) or each for each in others))
    )
    before, after = moved(400, 80, shared)
    assert {(f"old/{at}.md", f"new/{at}.md") for at in range(400)} == set(paired(before, after))
    assert len(compared) <= 400 * (matching.CANDIDATES + 1)


def test_candidates_give_what_all_pairs_give(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = moved(60, 40, 10)
    every = paired(before, after)
    monkeypatch.setattr(matching, "MAX_PAIRS", 0)
    assert paired(before, after) == every


WORDS = st.lists(st.sampled_from(["a", "b", "ab", ".", "b a"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_shares_are_those_of_multisets(one: str, other: str) -> None:
    def twos(text: str) -> Counter[tuple[str, str]]:
        words = text.split()
        return Counter(zip(["", *words], [*words, ""], strict=True))

    both, either = twos(one) & twos(other), twos(one) | twos(other)
    found = list(matching._shares(matching._shingles(one), [("x", matching._shingles(other))]))
    share = both.total() / either.total()
    assert found == [("x", share)] or (found == [] and share < matching.ALIKE)


def test_sketches_are_the_same_in_every_process() -> None:
    code = "from promptlint.compare.matching import _shingles; print(list(_shingles('be kind, \\ud800 now')))"
    ran = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(ran) == 1


def test_thousands_of_the_same_text_are_looked_at_a_few_times_each(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    plain = matching._anchor
    monkeypatch.setattr(matching, "_anchor", lambda name: looked.append(name) or plain(name))
    before = {f"a/{at}.md::{at % 50}": "same" for at in range(3000)}
    after = {f"b/{at}.md::{at % 50}": "same" for at in range(3000)}
    found = paired(before, after)
    assert all(one and other and one.split("::")[1] == other.split("::")[1] for one, other in found)
    assert len(looked) <= 4 * len(before)


def test_the_same_text_goes_to_the_same_anchor_then_to_the_same_path() -> None:
    before = {"a.md::x": "s", "a.md::y": "s", "c.md::z": "s"}
    after = {"b.md::x": "s", "a.md::w": "s", "d.md::v": "s"}
    assert set(paired(before, after)) == {
        ("a.md::x", "b.md::x"),
        ("a.md::y", "a.md::w"),
        ("c.md::z", "d.md::v"),
    }
