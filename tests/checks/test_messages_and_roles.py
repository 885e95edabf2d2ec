"""RED005 and RED008: what the user message says again, and who the model is."""

from __future__ import annotations

import json

import pytest

from .conftest import Run, check, view_of


def chat(system: str, user: str) -> str:
    return json.dumps(
        {"messages": [{"role": "system", "content": system}, {"role": "user", "content": user}]}, indent=1
    )


SYSTEM = (
    "You book tables for guests. Ask for allergies before booking. Name at most two restaurants. Be kind."
)


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("{{question}}\n\nRemember to ask for allergies before you book a table.", 1),
        ("{{question}}\n\nAsk about allergies before booking, and thank the guest for the question.", 1),
        ("Book a table for two at eight.", 0),
        ("Never ask for allergies before booking.", 0),
        ("Name at most five restaurants.", 0),
        ("Ask for allergies before booking.", 0),  # word for word: another rule
        ("{{question}}", 0),
    ],
)
def test_the_system_message_holds_already(run: Run, user: str, told: int) -> None:
    found = run("RED005", chat(SYSTEM, user), "prompts/x.json")
    assert len(found) == told
    for prompt, hit in found:
        assert prompt.text[hit.related[0].start : hit.related[0].end].startswith("Ask for allergies")
        assert hit.saves > 0


def test_without_both_messages_there_is_nothing_to_compare(run: Run) -> None:
    assert run("RED005", f"{SYSTEM}\n\nRemember to ask for allergies before you book a table.\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("You are a copywriter. You are a brilliant copywriter for job advertisements.", 1),
        ("You are a world-class, renowned engineer with decades of experience. Write the query.", 1),
        ("You are a world-class engineer with decades of experience. Write the query.", 0),
        ("You are a seasoned engineer at a bank. Write the query.", 0),
        ("You are a copywriter. You are given a list of jobs. Write one advertisement.", 0),
        ("You are the planner of trips. Plan well. You are not a writer.", 0),
        ("You are a copywriter. You are a copywriter.", 0),  # word for word: another rule
        ("## One\n\nYou are the planner of trips.\n\n## Two\n\nYou are the writer of trips.", 0),
        ("{% if a %}You are a planner of trips.{% else %}You are a writer of trips.{% endif %}", 0),
        ("Describe a world-class hotel with decades of experience in hospitality.", 0),
    ],
)
def test_one_role_and_no_praise(run: Run, text: str, told: int) -> None:
    assert len(run("RED008", text)) == told


@pytest.mark.slow
@pytest.mark.parametrize("text", ["You are a ", "You are a cook. ", "you are a highly ", "as a cook, "])
def test_a_megabyte_is_no_trouble(text: str) -> None:
    made = text * (1_000_000 // len(text))
    assert isinstance(check("RED008", view_of(made, "prompts/x.txt")), list)
    assert isinstance(check("RED005", view_of(chat(made[:100_000], made), "prompts/x.json")), list)
