"""What blind readers of public prompts called a change, and what says the same: the narrow forms of passes."""

from __future__ import annotations

import time

import pytest

from promptlint.compress.passes.exclusion import forbids_the_rest
from promptlint.compress.passes.spoken import is_spoken
from promptlint.compress.proposal import Tier
from tests.compress.test_passes import HEAD, proposals, shorten


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ("Return only a valid JSON object.", "Do not include any explanation or text outside the JSON."),
        ("Return only a valid JSON object.", "Do not output any other text."),
        ("Answer with only the label.", "Do not include any explanation."),
        ("You must respond with ONLY the label.", "No preamble."),
        (
            "Your final output should consist of only the content within the <issue> tags.",
            "Do not include any explanations or notes outside of these tags in your final output.",
        ),
        (
            "Only respond in JSON.",
            "Do not include any other text, explanations, or conversational filler before or after the object.",
        ),
    ],
)
def test_only_this_forbids_other_text(stays: str, goes: str) -> None:
    assert forbids_the_rest(stays, goes)


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ("Return only a valid JSON object.", "Do not include explanations."),  # a key could hold one
        ("Return only a valid JSON object.", "No additional keys."),
        ("Return only a valid JSON object.", "Do not wrap it in a code fence."),
        ("Return only the code.", "No comments."),
        ("Answer with only the label if the case is clear.", "No preamble."),
        ("Respond only to questions about billing.", "Do not output any other text."),
        ("Only use the comparators listed above.", "No other text."),
        ("Return a valid JSON object.", "Do not output any other text."),
        ("Return only a valid JSON object.", "Do not output any other text if the order is missing."),
    ],
)
def test_only_forbids_nothing_of_the_inside(stays: str, goes: str) -> None:
    assert not forbids_the_rest(stays, goes)


def test_a_long_hostile_list_takes_no_time() -> None:
    start = time.process_time()
    for goes in ("Do not add " + "other text, " * 5_000 + "x", "Do not add " + "text outside the " * 5_000):
        assert not forbids_the_rest("Return only the label.", goes)
    assert time.process_time() - start < 2


def test_other_text_goes_close_to_only_this() -> None:
    text = HEAD + "Return only a valid JSON object. Do not include any text outside the JSON.\n\nBe exact.\n"
    found = shorten(text)
    assert "outside" not in found.text
    assert not found.lost
    (gone,) = [each for each in found.chosen if each.pass_name == "merge-restated"]
    assert gone.tier is Tier.SUBSUMING
    (stays,) = gone.related
    assert text[stays.start : stays.end] == "Return only a valid JSON object."


def test_how_to_answer_a_question_is_said_for_each_of_them() -> None:
    ask = "Give detailed reasons for your answer."
    text = HEAD + f"Which steps are missing? {ask}\n\nDoes the order of the steps cause a loss? {ask}\n"
    assert shorten(text).text.count(ask) == 2


@pytest.mark.parametrize(
    "shown",
    [
        "[File updated. Please review the changes and edit the file again.]",
        "USER: It does not work.\nASSISTANT: I see.\nUSER: Please fix the command and try again.",
    ],
)
def test_courtesy_of_a_text_that_is_shown_stays(shown: str) -> None:
    text = f"{HEAD}This is what a session looks like.\n\n{shown}\n"
    assert "Please" in shorten(text).text


def test_how_much_is_needed_stays() -> None:
    text = f"{HEAD}Never exceed the budget unless absolutely necessary.\n\nSkip no test unless Absolutely essential.\n"
    assert shorten(text).text == text


def test_before_the_first_turn_a_prompt_speaks() -> None:
    text = "Answer the customer.\n\nUser: {question}\nAssistant:"
    assert not is_spoken(text, 3)
    assert is_spoken(text, text.index("Assistant"))
    assert not is_spoken("User: {question}\n\nAnswer the customer.", 25)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("IMPORTANT: Please make sure to return the label first.", "IMPORTANT: Return the label first."),
        ("Remember to carefully check the order number.", "Carefully check the order number."),
        ("Make sure to not leave dead code behind.", None),
        ("Make sure you have a key.", None),
    ],
)
def test_what_opens_a_sentence(before: str, after: str | None) -> None:
    text = f"{HEAD}{before}\n"
    assert shorten(text).text == text.replace(before, after or before)


def test_a_ruler_above_a_heading_goes() -> None:
    text = HEAD + "Be exact.\n\n---\n\n## Returns\n\nAsk for the slip.\n"
    assert [each.why for each in proposals(text, "structure")] == ["a heading follows the ruler"]
    assert "---" not in shorten(text).text


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "Be exact.\n\n---\n\nAsk for the slip.\n",
        HEAD + "Sections are separated by rulers.\n\n---\n\n## Returns\n\nAsk for the slip.\n",
        HEAD + "{ticket}\n\n---\n\n## Returns\n\nAsk for the slip.\n",
    ],
)
def test_a_ruler_that_separates_stays(text: str) -> None:
    assert "---" in shorten(text).text
