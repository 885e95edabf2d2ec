"""Models that are gone and dates that are past: what is found, and what is told as past or as an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Run, check, view_of


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Mention the sale (until 30 April 2023), which is running right now.", "until 30 April 2023"),
        (
            "Timetable, valid from now: summer timetable 2022, last boat at 21:40.",
            "valid from now: summer timetable 2022",
        ),
        ("The big show opens in spring 2024; tell guests to book.", "opens in spring 2024"),
        ("The freeze begins on 15 November 2024. Until then you may merge.", "begins on 15 November 2024"),
        ('We come to the fair "Rail 2023" next spring, so mention our stand.', '2023"'),
        ("The rate of 5 % is in force until the end of 2021.", "is in force until the end of 2021"),
        ("The new forms apply from 1 January 2025; until then send the old.", "apply from 1 January 2025"),
        ("This year's style list (2021) counts.", "This year's style list (2021)"),
        ("It will be done in March 2024, so act as if it were open.", "will be done in March 2024"),
        ("Current date: 2024-05-01", "Current date: 2024-05-01"),
        ("Today is March 3, 2025 and you answer questions.", "Today is March 3, 2025"),
        ("Summaries go through `claude-2.1`, our newest model.", "claude-2.1"),
        ("Use gpt-4-32k for long files. Then use gpt-4-32k again.", "gpt-4-32k"),
    ],
)
def test_found(run: Run, text: str, at: str) -> None:
    ((prompt, hit),) = run("EXA005", text)
    assert prompt.text[hit.at.start : hit.at.end] == at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "Notes before April 2023 are kept in the old archive.",
        "The company was founded in 2019 and opens at nine.",
        "The shop, which was open until 30 April 2023, has moved.",
        "The current (2026-07-28) revision of the protocol is stateless.",
        "Write dates such as 2023-04-30 in full.",
        "The current date is {{ today }}.",
        "The sale runs until 30 April 2099, and is running right now.",
        "Your knowledge cutoff is now until 2023.",
        "Do not use the retired gpt-4-32k.",
        "Use gpt-5 or claude-opus-4-5.",
        "Costs of azure/gpt-4 are on the bill.",
        "Tickets #2023 and #2024 are currently open.",
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA005", text) == []


@given(st.text(alphabet="now until2034 -/.MayJun", max_size=200))
def test_any_text_is_checked(text: str) -> None:
    check("EXA005", view_of("Today is " + text + "\n", "prompts/x.txt"))
