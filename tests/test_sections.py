"""Sections under a limit: nothing is cut that fits, whole rows are cut, all are counted."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from promptlint.sections import Section, lay_out


def make(name: str, rows: list[int], weight: int) -> Section:
    return Section(
        head=f"<{name}>\n",
        rows=tuple((f"{name}{'x' * size}\n", f"{name}.\n") for size in rows),
        count=len(rows),
        left=lambda cut: f"+{cut}\n",
        foot=f"</{name}>\n",
        none=f"{name}+{len(rows)}\n" if rows else "",
        weight=weight,
    )


SIZES = st.lists(st.lists(st.integers(0, 60), max_size=30), min_size=1, max_size=5)


@given(SIZES, st.integers(60, 800), st.permutations(range(5)))
def test_all_rows_are_shown_or_counted_within_the_limit(
    sizes: list[list[int]], limit: int, weights: list[int]
) -> None:
    names = "ABCDE"
    sections = [make(names[index], rows, weights[index]) for index, rows in enumerate(sizes)]
    text = lay_out(sections, limit)
    assert len(text) <= limit
    for name, rows in zip(names, sizes, strict=False):
        shown = len(re.findall(rf"^{name}[x.]*$", text, re.MULTILINE))
        part = re.search(rf"<{name}>\n(.*?)</{name}>\n", text, re.DOTALL)
        cut = (
            re.search(r"^\+(\d+)$", part[1], re.MULTILINE)
            if part
            else re.search(rf"^{name}\+(\d+)$", text, re.M)
        )
        assert shown + (int(cut[1]) if cut else 0) == len(rows)


@given(SIZES)
def test_nothing_is_cut_where_there_is_room(sizes: list[list[int]]) -> None:
    sections = [make("ABCDE"[index], rows, index) for index, rows in enumerate(sizes)]
    assert "+" not in lay_out(sections, 100_000)


def test_the_lighter_section_gets_room_first_and_rows_are_shortened_before_they_go() -> None:
    first, second = make("A", [30], 1), make("B", [30], 0)
    assert lay_out([first, second], 50) == "A+1\n<B>\nB" + "x" * 30 + "\n</B>\n"
    assert lay_out([first, second], 20) == "A+1\n<B>\nB.\n</B>\n"


def test_rows_are_not_made_after_the_first_that_does_not_fit() -> None:
    made: list[int] = []

    def rows() -> object:
        for index in range(1000):
            made.append(index)
            yield ("x" * 9 + "\n",)

    section = Section("", "", rows(), 1000, lambda cut: f"+{cut}\n", "none\n")  # type: ignore[arg-type]
    assert lay_out([section], 100).count("\n") == 10
    assert len(made) == 10


def test_lengths_are_bytes() -> None:
    section = Section("", "", [("é" * 10 + "\n",)], 1, lambda cut: f"+{cut}\n", "none\n")
    assert lay_out([section], 20) == "none\n"
    assert lay_out([section], 21) == "é" * 10 + "\n"
