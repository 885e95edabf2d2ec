"""The filler rule and the contract, each with its own list of phrases, agree on what says nothing."""

from __future__ import annotations

import pytest

from promptlint import cards
from promptlint.contract import says_the_same

CARD = cards.find(cards.load_cards(), "TOK001")
SWAPS = CARD.params["swap"]
assert isinstance(SWAPS, dict)

JUDGED = {
    "in an effort to",  # an effort may fail
    "regardless of the fact that",
    "in a clear and concise manner",
    "make sure to",  # within a sentence it may be the instruction
    "be sure to",
}
"""Swaps that the contract does not vouch for: they are unsafe fixes."""


@pytest.mark.parametrize("phrase", sorted(set(SWAPS) - JUDGED))
def test_the_contract_vouches_for_the_swap(phrase: str) -> None:
    new = SWAPS[phrase]
    before = f"Answer the question {phrase} the order arrived yesterday."
    after = " ".join(f"Answer the question {new} the order arrived yesterday.".split())
    assert says_the_same(before, after)


@pytest.mark.parametrize("phrase", sorted(JUDGED & {"in an effort to", "regardless of the fact that"}))
def test_what_is_judged_stays_unsafe(phrase: str) -> None:
    assert not says_the_same(f"Check it {phrase} it is new.", f"Check it {SWAPS[phrase]} it is new.")
