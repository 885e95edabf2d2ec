"""What a prompt shows rather than says (code, layouts, other voices) is left alone by every rule."""

from __future__ import annotations

import json

import pytest

from promptlint.cards import bind, find, load_cards
from promptlint.drafts import drafts
from promptlint.model import Safety, Severity
from promptlint.shown import has_placeholder
from promptlint.view import View
from promptlint.words import capital

from .conftest import RULES, Fixed, Run, count, view_of

RULE = {code: [rule] for code, rule in RULES.items()}


@pytest.mark.parametrize(
    "text",
    [
        "@@   def method():\n     return 1\n",
        "The file:\ndef start():\n    yield  # app startup\n\n\n\nclass Shop:\n    pass\n",
        "Options of the tool\n\n--context, -c         Use the context\n",
        'File "x.py", line 3\\n    try:\\n    call()\n',
        ".menu   { top: 6px; left: 2px; }\n",
        "import os\n\n\n\nprint(os.name)\n",
        "x   = 1\n\n\n\ny = 2\n",
        "-   A marker of a list may stand apart.\n",
    ],
)
def test_spaces_of_unfenced_code_stay(run: Run, text: str) -> None:
    assert run("TOK003", text) == []


def test_prose_beside_code_is_still_prose(run: Run, fixed: Fixed) -> None:
    text = "Answer   in one sentence.\n\nimport os\n\n\n\nprint(os.name)\n\nBe   brief.\n"
    assert fixed(run("TOK003", text)) == text.replace("Answer   in", "Answer in").replace("Be   ", "Be ")


@pytest.mark.parametrize(
    "text",
    [
        "Assistant: In order to reach my goal, I search.\n",
        'He wrote:\n"In order to help,\nsay it twice."\n',
        "Answer like this:\nIn order to help, I need the number.\n",
        'Old prompt:\n"""\nIn order to help, ask. Please be kind.\n"""\n',
    ],
)
def test_other_voices_keep_their_words(run: Run, text: str) -> None:
    assert run("TOK001", text) == []
    assert run("TOK002", text) == []


def test_the_model_s_own_turns_keep_their_words(run: Run) -> None:
    turns = [
        ("system", "Be brief."),
        ("user", "{{ question }}"),
        ("assistant", "Please wait. In  order to help"),
    ]
    text = json.dumps([{"role": role, "content": content} for role, content in turns])
    for code in ("TOK001", "TOK002", "TOK003"):
        assert run(code, text, "prompts/x.json") == []


@pytest.mark.parametrize(
    ("word", "letter"),
    [
        ("refunds take", "R"),
        ("don't guess", "D"),
        ("re-read it", "R"),
        ("v2 uses", None),
        ("iPhone users", None),
        ("npm is", None),
        ("print() writes", None),
        ("pandas.read is", None),
        ("src/app is", None),
        ("snake_case is", None),
        ("Already so", "A"),
        ("`x` is", "`"),
    ],
)
def test_no_name_changes_its_case(word: str, letter: str | None) -> None:
    assert capital(word, 0) == letter


@pytest.mark.parametrize(
    "text",
    [
        "The prior to posterior ratio matters.\n",
        "At this point in time is a song title.\n",
        "Make sure to `npm install` first.\n",
        "List best practices with regard to pipelines.\n",
        "Be proactive, but only in the course of completing the task.\n",
        "Ask only if absolutely necessary.\n",
    ],
)
def test_phrases_that_mean_something_stay(run: Run, text: str) -> None:
    assert run("TOK001", text) == []


@pytest.mark.parametrize("text", ["$NAME$", "{name}", "[the name]", "<name>", "a ... b", "____", "Name: XX"])
def test_holes_to_fill_in(text: str) -> None:
    assert has_placeholder(text)
    assert not has_placeholder(f"`{text}`")


def test_courtesies_are_one_finding(run: Run, fixed: Fixed) -> None:
    found = run("TOK002", "Please sum it up. Please be brief.\n\nThank you!\n")
    assert [hit.message for _, hit in found] == ["3 courtesies that ask for nothing more"]
    assert fixed(found) == "Sum it up. Be brief.\n"


@pytest.mark.parametrize(
    "text",
    [
        "Thank You\n\nSay it in one line.\n",
        "Say one of these.\n\n- Welcome.\n- Thank you!\n- Goodbye.\n",
        "Sort the calls.\n\nAnn: hi.\nBob: hello there.\nThank you!\nAnn: bye.\n",
        "Sort the calls.\n\n[00:01] Ann: hi.\n\nThank you!\n\n[00:03] Bob: bye.\n",
        "### Thank you\n\nSay it.\n",
    ],
)
def test_thanks_that_are_a_title_an_entry_or_said_by_others_are_none(run: Run, text: str) -> None:
    assert not any(hit.edits for _, hit in run("TOK002", text))


def test_no_fix_joins_lines_of_the_source() -> None:
    text = 'SYSTEM_PROMPT = """You are a judge of the answers below. \\\n     Be strict in order \\\n     to help them."""\n'
    view = view_of(text, "x.py")
    assert drafts(view, RULE["TOK003"]) == []
    found = drafts(view, RULE["TOK001"])
    assert [draft.safety for draft in found] == [Safety.DISPLAY]


def test_what_the_checker_only_assumes_is_an_info(run: Run) -> None:
    assert [hit.minor for _, hit in run("OUT001", 'Respond with a JSON object that has a "label".\n')] == [
        True
    ]
    view = view_of("Answer the question of the customer. " * 600)
    budget = View(view.prompt, count, 100)
    rule = RULES["TOK006"]
    assert rule.check is not None
    assert [hit.minor for hit in rule.check(view, rule.params)] == [True]
    assert [hit.minor for hit in rule.check(budget, rule.params)] == [False]
    assert "default budget" in next(rule.check(view, rule.params)).message


def test_a_severity_of_the_configuration_stands() -> None:
    chosen = bind((find(load_cards(), "OUT001"),), {}, {"OUT001": Severity.WARNING})[0]
    assert chosen.chosen
    assert not RULES["OUT001"].chosen


@pytest.mark.parametrize(
    "text",
    [
        "Do **not** guess.\n" * 30,
        "**[ISSUE TITLE]**\n**<severity>**\n" * 20,
        "Use this format:\n" + "**Name**: the name\n" * 20,
        "Be **brief** here and there.\n" * 30,
    ],
)
def test_emphasis_with_a_meaning_is_no_decoration(run: Run, text: str) -> None:
    assert run("TOK004", text) == []
