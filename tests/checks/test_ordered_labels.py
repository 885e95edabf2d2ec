"""Examples sorted by label: found in blocks of three, whatever the labels are called."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Run, check, view_of


def arrows(labels: list[str]) -> str:
    return "Label it.\n\n" + "".join(f'"text number {n}" -> {label}\n' for n, label in enumerate(labels))


@pytest.mark.parametrize(
    "labels", [["a"] * 3 + ["b"] * 3, ["a"] * 4 + ["b"] * 4 + ["c"], ["a"] * 3 + ["b"] * 3 + ["a"]]
)
def test_found(run: Run, labels: list[str]) -> None:
    ((prompt, hit),) = run("EXA009", arrows(labels))
    assert hit.at is not None
    assert prompt.text[hit.at.start : hit.at.end].count("\n") == len(labels) - 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "labels", [["a", "b"] * 4, ["a"] * 6, ["a", "a", "b", "b"], ["a"] * 3 + ["b", "a", "b", "c", "a", "b"]]
)
def test_left_alone(run: Run, labels: list[str]) -> None:
    assert run("EXA009", arrows(labels)) == []


@given(st.lists(st.sampled_from("abc"), min_size=3, max_size=14))
def test_what_is_found_is_in_blocks(labels: list[str]) -> None:
    found = check("EXA009", view_of(arrows(labels)))
    sizes = [len(list(group)) for _, group in groupby(labels)]
    assert len(found) <= 1
    if found:
        assert sum(size >= 3 for size in sizes) >= 2
        assert len(sizes) <= len(set(labels)) + 1
