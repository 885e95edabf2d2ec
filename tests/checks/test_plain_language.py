"""TOK007: every swap saves tokens in all its forms, and is made only where the words beside it allow it."""

from __future__ import annotations

import pytest

from promptlint import tokens
from promptlint.cards import bind, load_cards
from promptlint.checks import substitution
from promptlint.inflections import forms, inflected

from .conftest import Fixed, Run, params_of, view_of

PARAMS = params_of("TOK007", substitution.Params)
EVERY = {**PARAMS.swap, **{k: v for pair in PARAMS.verbs.items() for k, v in inflected(*pair).items()}}
O200K = tokens.tokenizer("gpt-4o")


def count(text: str) -> int:
    return tokens.count(text, O200K)


def test_the_list_has_several_hundred_swaps() -> None:
    assert len(PARAMS.swap) > 500
    assert len(EVERY) > 1500


def test_every_swap_saves_tokens_exactly() -> None:
    idle = {
        old: new
        for old, new in EVERY.items()
        if count(f"We know that {old} go") <= count(f"We know that {new} go")
    }
    assert idle == {}


def test_no_swap_leads_to_another() -> None:
    assert [old for old, new in EVERY.items() if new in EVERY] == []


def test_the_two_filler_rules_share_no_phrase() -> None:
    assert not EVERY.keys() & params_of("TOK001", substitution.Params).swap.keys()


@pytest.mark.parametrize(
    ("verb", "found"),
    [
        ("use", ("uses", "used", "using")),
        ("try to", ("tries to", "tried to", "trying to")),
        ("assess", ("assesses", "assessed", "assessing")),
        ("refer to", ("refers to", "referred to", "referring to")),
        ("permit", ("permits", "permitted", "permitting")),
        ("agree on", ("agrees on", "agreed on", "agreeing on")),
        ("take into account", ("takes into account", "took into account", "taking into account")),
        ("employ", ("employs", "employed", "employing")),
        ("search", ("searches", "searched", "searching")),
    ],
)
def test_verbs_are_inflected(verb: str, found: tuple[str, str, str]) -> None:
    assert forms(verb) == found


def test_forms_of_be() -> None:
    assert inflected("be in need of", "need") == {
        "is in need of": "needs",
        "are in need of": "need",
        "was in need of": "needed",
        "were in need of": "needed",
    }


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("It makes use of the notes.\n", "It uses the notes.\n"),
        ("Making use of notes is fine.\n", "Using notes is fine.\n"),
        ("Provide an answer\nto the question.\n", "Answer the question.\n"),
        ("PROVIDE A SUMMARY OF {{ text }}.\n", "SUMMARIZE {{ text }}.\n"),
        ("Provide a summary of the call.\n", "Summarize the call.\n"),
        ("She made a decision to leave.\n", "She decided to leave.\n"),
        ("Write a maximum of two lines.\n", "Write at most two lines.\n"),
        ("The order was in violation of two rules.\n", "The order violated two rules.\n"),
    ],
)
def test_hits_with_inflections(run: Run, fixed: Fixed, text: str, good: str) -> None:
    assert fixed(run("TOK007", text)) == good


@pytest.mark.parametrize(
    "text",
    [
        "It must be able to sort.",
        "Those that may not have the ability to sort are left out.",
        "You do not currently have the ability to sort.",
        "Make changes to improve the plan.",
        "The notes are made use of.",
        "The making use of notes is fine.",
        "Find a maximum of the function.",
        "For a period of calm, wait.",
        'Say "make use of" and `in spite of`.',
        "# In spite of all",
        "```\nin spite of\n```",
        "Answer in a clear way that all follow.",
    ],
)
def test_near_misses(run: Run, text: str) -> None:
    assert run("TOK007", text + "\n") == []


def test_what_saves_few_words_is_not_worth_one() -> None:
    rule = next(rule for rule in bind(load_cards(), {}, {}) if rule.card.code == "TOK007")
    assert rule.check is not None
    rules = "".join(f"- Rule {number}: sort mail {number} by its date.\n" for number in range(60))
    one = "Answer in spite of noise.\n"
    assert list(rule.check(view_of(one + rules), rule.params)) == []
    assert (
        len(list(rule.check(view_of(f"{one}Act with regard to the notes.\n" * 4 + rules), rule.params))) == 8
    )
