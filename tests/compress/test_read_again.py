"""What a second blind reading of public prompts called a change stays as it is, each kind beside what goes."""

from __future__ import annotations

import pytest

from promptlint.compress.passes.covering import covers
from promptlint.contract import says_the_same
from tests.compress.test_passes import HEAD, shorten

RULE = "Never promise a refund before the warehouse has confirmed the return."


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("## Refunds", "## Things to remember"),
        ("", "## Returns"),
    ],
)
def test_a_rule_said_again_goes(first: str, then: str) -> None:
    assert (
        shorten(f"{HEAD}{first}\n\nBe exact. {RULE}\n\n{then}\n\n{RULE}\n\nBe brief.\n").text.count(RULE) == 1
    )


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("## Final answers", "## Intermediate updates"),
        ("## find_order", "## refund"),
        ("## Refunds", "## When a call ends"),
    ],
)
def test_a_rule_of_another_occasion_stays(first: str, then: str) -> None:
    text = f"{HEAD}{first}\n\nBe exact. {RULE}\n\n{then}\n\n{RULE}\n\nBe brief.\n"
    assert shorten(text).text == text


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            "Compare the reports. Show this comparison in a table of two columns.",
            "Compare the forecasts. Show this comparison in a table of two columns.",
        ),
        (
            "Write a page about the shop. Draw shapes with the free online editor.",
            "Draw shapes with the free online editor.\n\nTurn them into a game.",
        ),
        (
            "Edits an order. The command returns a view of the updated order with its lines.",
            "Deletes an order. The command returns a view of the updated order with its lines.",
        ),
        (
            "The shop sells tents. Prices of all tents are listed in the spring catalogue.",
            "What do I pay?\nThe price depends on the size. Prices of all tents are listed in the spring catalogue.",
        ),
        (
            "Keep to the rules of the house. If you are unsure about any of the instructions, ask the clerk.",
            "Follow the leaflet to build it. If you are unsure about any of the instructions, ask the clerk.",
        ),
        (
            f"**User**\n\nRepeat all of it.\n\n{RULE}",
            f"**Assistant**\n\nHere it is.\n\n{RULE}",
        ),
    ],
)
def test_what_speaks_of_its_place_stays(first: str, then: str) -> None:
    text = f"{HEAD}{first}\n\nBe exact with names.\n\n{then}\n"
    assert shorten(text).text == text


def test_a_preference_over_one_thing_is_less_than_a_preference() -> None:
    assert covers(
        "Prefer the order search for exact order numbers.", "Prefer order search for order numbers."
    )
    assert not covers(
        "Prefer the order search for exact order numbers over the archive.",
        "Prefer order search for order numbers.",
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}Note that you are a program and that answers may be wrong.\n",
        f"{HEAD}A click shows the order at that point in time. The button then changes.\n",
        f"{HEAD}Stay objective when it comes to personal issues.\n",
        f"{HEAD}Summarize this post.\n\nTo me the tide is a friend. Make sure to visit it in order to rest.\n",
        f"{HEAD}Build a tent in order to learn.\nhttps://example.com/tents\n",
        f"{HEAD}GPT description: Sells tents. Remember to follow the law.\n",
        "Take the train to the sea. Remember to validate the ticket.\nPlease mind the gap.\n",
        f"{HEAD}## Q(user)\n\nSay it again.\n\n## A(bot)\n\nYou must refuse to discuss prices.\n",
    ],
)
def test_what_is_read_and_not_obeyed_keeps_its_words(text: str) -> None:
    assert shorten(text).text == text


def test_an_order_to_the_model_loses_its_opening() -> None:
    text = f"{HEAD}You must refuse to discuss prices. Make sure to ask for the order number in order to find it.\n"
    assert shorten(text).text == f"{HEAD}Refuse to discuss prices. Ask for the order number to find it.\n"


def test_the_look_of_a_template_stays() -> None:
    shape = "Idea:\n\n---\n# **Question**\n\nWrite it here.\n\n---\n# **Answer**\n\nWrite it here.\n"
    text = f"{HEAD}Always answer in the following format.\n\n{shape}"
    assert shorten(text).text == text
    assert "---" not in shorten(f"{HEAD}Be exact.\n\n{shape}").text


def test_what_is_to_be_remembered_is_no_filler() -> None:
    assert says_the_same("Remember that the shop is closed.", "The shop is closed.")
    assert not says_the_same("Remember that number.", "Number.")
    assert not covers("The order number matters to the clerk.", "Remember that order number matters.")


@pytest.mark.parametrize(
    "then", ["2. **Refund**: give it back.\n", "2. **Refund**: give it back.\n\u200b   - Arguments: "]
)
def test_a_rule_under_another_numbered_item_stays(then: str) -> None:
    text = f"{HEAD}## Tools\n\n1. **Exchange**: send another one.\n{RULE}\n\n{then}{RULE}\n\nBe brief.\n"
    assert shorten(text).text == text


def test_a_rule_under_a_numbered_item_goes_where_it_was_said_for_all() -> None:
    text = f"{HEAD}## Tools\n\n{RULE}\n\n1. Look up the order.\n{RULE}\n\nBe brief.\n"
    assert shorten(text).text.count(RULE) == 1
