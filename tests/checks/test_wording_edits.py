"""TOK001 to TOK003 and TOK005: edits in other containers than templates, and laws that examples cannot show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint import vet
from promptlint.checks import substitution
from promptlint.locate import edited
from promptlint.model import Safety

from .conftest import Fixed, Run, check, count, params_of, view_of

SWAP = params_of("TOK001", substitution.Params)


def test_a_fix_in_an_f_string_keeps_the_slot_and_the_braces(run: Run, fixed: Fixed) -> None:
    text = 'SYSTEM_PROMPT = f"In order to answer {question}, return {{}} due to the fact that it is\\n  empty."\n'
    found = run("TOK001", text, "x.py")
    assert fixed(found) == 'SYSTEM_PROMPT = f"To answer {question}, return {{}} because it is\\n  empty."\n'


def test_a_phrase_may_be_broken_over_two_lines(run: Run, fixed: Fixed) -> None:
    assert (
        fixed(run("TOK001", "Quote the price in\norder to help the customer.\n"))
        == "Quote the price to help the customer.\n"
    )


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("IN ORDER TO HELP, ASK.\n", "TO HELP, ASK.\n"),
        ("Return a list, MAKE sure to use tabs.\n", "Return a list, use tabs.\n"),
        ("Please note that `x` is a field.\n", "`x` is a field.\n"),
        ("Note that, if it rains, we close.\n", "If it rains, we close.\n"),
    ],
)
def test_the_first_letter_fits_its_place(run: Run, fixed: Fixed, text: str, good: str) -> None:
    assert fixed(run("TOK001", text)) == good


@pytest.mark.parametrize("phrase", ["in order to", "make sure to", "be sure to"])
def test_common_fillers_keep_the_contract(run: Run, phrase: str) -> None:
    view = view_of(f"Check the policy. When the customer asks, {phrase} answer in one sentence.\n")
    hits = check("TOK001", view)
    assert [hit.safety for hit in hits] == [Safety.SAFE]
    assert vet.changes(view, edited(view.prompt, hits[0].edits)) == ()


@pytest.mark.parametrize("phrase", SWAP.swap)
def test_every_swap_is_shorter(phrase: str) -> None:
    assert count(f"We {phrase} go") > count(f"We {SWAP.swap[phrase]} go".replace("  ", " "))


def test_one_finding_for_all_whitespace(run: Run, fixed: Fixed) -> None:
    text = "Answer in one sentence. \n\n\n\nQuote the policy.   \nBe brief.\n"
    found = run("TOK003", text)
    assert len(found) == 1
    assert len(found[0][1].related) == 2
    assert fixed(found) == "Answer in one sentence.\n\nQuote the policy.\nBe brief.\n"


@pytest.mark.parametrize(
    "text",
    [
        'PROMPT = "You are a helpful assistant. Answer the question: " + question + " in one word. "\n',
        'SYSTEM_PROMPT = """You are a helpful assistant.\n\n```python\nx   = 1\n\n\n\ny = 2\n```\n"""\n',
    ],
)
def test_space_that_joins_or_is_code_stays(run: Run, text: str) -> None:
    assert run("TOK003", text, "x.py") == []


@settings(max_examples=60, deadline=None)
@given(st.text("ab. \n\t", max_size=60))
def test_whitespace_that_was_removed_stays_removed(text: str) -> None:
    view = view_of("Answer the question.\n\n" + text, "prompts/x.txt")
    hits = check("TOK003", view)
    after = edited(view.prompt, hits[0].edits).text if hits else view.text
    again = view_of(after, "prompts/x.txt")
    left = [edit for hit in check("TOK003", again) for edit in hit.edits]
    assert after.split() == view.text.split()
    assert len(left) <= sum(len(hit.edits) for hit in hits)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "name", "items", "note"]), VALUES, min_size=2))
def test_compact_json_is_the_same_value(value: dict[str, object]) -> None:
    view = view_of("The order:\n\n```json\n" + json.dumps(value, indent=4) + "\n```\n", "prompts/x.txt")
    for hit in check("TOK005", view):
        after = edited(view.prompt, hit.edits).text
        assert json.loads(after.split("```json\n")[1].split("\n```")[0]) == value
        assert count(after) < count(view.text)


def test_json_keeps_the_spelling_of_its_literals(run: Run, fixed: Fixed) -> None:
    text = 'The order:\n\n{\n    "total": 1.50,\n    "total": 1e3,\n    "name": "\\u00e9 : , ",\n    "list": [\n        1\n    ]\n}\n'
    assert (
        fixed(run("TOK005", text))
        == 'The order:\n\n{"total":1.50,"total":1e3,"name":"\\u00e9 : , ","list":[1]}\n'
    )
