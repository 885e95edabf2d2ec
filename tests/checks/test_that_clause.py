"""Openings and swaps that are filler only before a clause, a count of things, or in a sentence of their own."""

from __future__ import annotations

import pytest

from promptlint import thatclause

from .conftest import Fixed, Run

PRONOUNS = [
    "Remember that name and use it.",
    "Keep in mind that number.",
    "Read it aloud. Note that down.",
    "Please note that name as well.",
    "Note that number, then answer.",
    "Bear in mind that order of the names.",
    "Please remember that.",
    "It is important to note that number.",
    "Keep in mind that, and use it.",
    "Remember that when you answer.",
    "Remember that each time you answer.",
    "Please keep in mind that address and answer.",
    "Keep in mind that for later.",
    "Note that gift card is invalid.",
    "Remember that name, as orders are late.",
]
CLAUSES = [
    ("Note that gift cards can never be refunded.", "Gift cards can never be refunded."),
    ("Please note that tents, packs and jackets are covered.", "Tents, packs and jackets are covered."),
    ("Keep in mind that everything stays here.", "Everything stays here."),
    ("Please note that refunds take five days.", "Refunds take five days."),
    ("Note that the shop is closed.", "The shop is closed."),
    ("Keep in mind that you have no tools.", "You have no tools."),
    ("Bear in mind that there are two tools.", "There are two tools."),
    ("Note that if a customer asks, the price is fixed.", "If a customer asks, the price is fixed."),
    ("Please note that not all orders can be found.", "Not all orders can be found."),
]


@pytest.mark.parametrize("code", ["TOK001", "TOK007"])
@pytest.mark.parametrize("text", PRONOUNS)
def test_that_may_be_a_determiner_or_a_pronoun(run: Run, code: str, text: str) -> None:
    assert run(code, text + "\n") == []


@pytest.mark.parametrize(("text", "good"), CLAUSES)
def test_before_a_clause_the_opening_goes(run: Run, fixed: Fixed, text: str, good: str) -> None:
    assert fixed(run("TOK001", text + "\n")) == good + "\n"


@pytest.mark.parametrize(
    ("text", "is_clause"),
    [
        (" `x` is a field", True),
        (" `x` down", False),
        (" people have names", True),
        (" address is old", False),
        (" status has to be kept", False),
        (" it", False),
        (" ", False),
        ("", False),
    ],
)
def test_what_follows(text: str, is_clause: bool) -> None:
    assert thatclause.follows(text, 0) is is_clause


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("TOK007", "Always treat the customer with respect at all times.\n"),
        ("TOK001", "It is a large number of 4 nights.\n"),
        ("TOK001", "Answer in a timely manner way.\n"),
        ("TOK001", "In the event that, stop.\n"),
    ],
)
def test_a_swap_that_would_make_no_english_is_left(run: Run, code: str, text: str) -> None:
    assert run(code, text) == []


def test_an_adverb_is_put_once_into_a_sentence(run: Run, fixed: Fixed) -> None:
    text = "Be kind in a timely manner, and answer in a timely manner.\n"
    assert fixed(run("TOK001", text)) == "Be kind promptly, and answer in a timely manner.\n"
