"""RED003: what is a restatement, what is none, and what it costs on hostile text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.checks import restated_rule
from promptlint.checks.restated_rule import Params
from promptlint.model import Safety
from promptlint.senses import sense
from promptlint.senses.likeness import alike

from .conftest import Fixed, Run, check, params_of, view_of

CODE = "RED003"


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Use the passages only.", "Do not use your own knowledge."),
        ("Choose exactly one label.", "Never return multiple labels."),
        ("Return only a valid JSON object.", "Do not include any text outside the JSON."),
        ("Do not use Markdown.", "Write plain text only."),
        ("Write at most five points.", "Limit yourself to 5 points."),
        ("You must never use grep or find to search.", "Never use grep or find in your shell to search."),
        ("Keep placeholders in braces unchanged.", "Do not translate the placeholders."),
        ("Keep your answers short.", "Always respond concisely."),
        ("Stay in character.", "Never break character."),
        ("No code fences.", "Do not wrap the answer in a code block."),
        ("Clauses of the annex are not reported.", "Do not report any clause of the annex."),
        (
            "Never print a terminal command in a code block unless the user asked for it.",
            "Do not print terminal commands unless the user asks.",
        ),
    ],
)
def test_other_words_for_one_rule(run: Run, first: str, later: str) -> None:
    for one, other in ((first, later), (later, first)):
        found = run(CODE, f"- {one}\n- Quote prices in euros.\n- {other}\n")
        assert len(found) == 1
        prompt, hit = found[0]
        assert prompt.text[hit.at.start : hit.at.end].strip() == other  # type: ignore[union-attr]
        assert [prompt.text[span.start : span.end].strip() for span in hit.related] == [one]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Share the opening hours with the customer.", "Never share the opening hours with the customer."),
        ("Write at most five points.", "Write at most six points."),
        ("You may quote the internal manual of the shop.", "Quote the manual that is internal to the shop."),
        ("Put the order number into `order_id`.", "Put the number of the order into `ticket_id`."),
        ("Write the IDEAS bullets as 16 words.", "Write the HABITS bullets as 16 words."),
        ("Use Vitest to test the units.", "Use Playwright to test the pages."),
        ("Escalate the ticket if the customer is angry.", "Escalate the ticket to the second level."),
        ("Refund the fee before the delivery of the parcel.", "Refund the fee after delivery of parcels."),
        ("Convert each amount from euros to dollars.", "Convert each amount from dollars to euros."),
        ("Provide default values for parameters.", "Validate the values of parameters."),
        ("Translate the summary from Polish.", "The summary is translated into Dutch."),
        ("List the areas that are most affected by the heat.", "List the areas least affected by the heat."),
        ("Do write type arguments that are not inferred.", "Do not write type arguments that are inferred."),
    ],
)
def test_other_rules_stay(run: Run, first: str, later: str) -> None:
    assert run(CODE, f"- {first}\n- Quote prices in euros.\n- {later}\n") == []


OTHERS = "".join(
    f"- {line}\n"
    for line in (
        "Quote prices in euros.",
        "Be kind to guests.",
        "Offer a taxi at night.",
        "Mention the garden in spring.",
        "Greet regulars by name.",
        "Close the kitchen at ten.",
    )
)


def test_a_long_rule_is_restated_in_whatever_section(run: Run) -> None:
    first = "Choose the most suitable tool from the task and the tool descriptions provided."
    later = "Choose the most suitable tool by the task and the tool descriptions."
    assert len(run(CODE, f"## Search\n\n- {first}\n\n## Editing\n\n{OTHERS}- {later}\n")) == 1
    short = "Use the search tool to look for files."
    assert (
        run(CODE, f"## Search\n\n- {short}\n\n## Editing\n\n{OTHERS}- Look for files with the search tool.\n")
        == []
    )


def test_what_is_said_word_for_word_is_left_to_the_rules_for_that(run: Run) -> None:
    rule = "Never use grep or find to search."
    assert run(CODE, f"{rule}\n\nBe kind.\n\n{rule}\n") == []
    assert run(CODE, f"{rule}\n\nBe kind.\n\nPlease never use grep or find to search.\n") == []


def test_other_sections_and_branches_are_left_alone(run: Run) -> None:
    one, other = (
        "Do not write names of streets into any field.",
        "Names of streets must not be written into a field.",
    )
    assert len(run(CODE, f"{one}\n\nBe kind.\n\n{other}\n")) == 1
    assert run(CODE, f"## Read\n\n{one}\n\n## Write\n\n{other}\n") == []
    assert run(CODE, f"{{% if a %}}\n{one}\n{{% else %}}\n{other}\n{{% endif %}}\n") == []


def test_the_fix_deletes_the_later_wording_and_says_what_goes(run: Run, fixed: Fixed) -> None:
    text = (
        "- Use the passages only.\n- Be kind.\n- Base the answer on the passages alone, as lawyers read it.\n"
    )
    found = run(CODE, text)
    (_, hit), *_ = found
    assert hit.safety is Safety.UNSAFE
    assert "lawyers" in hit.drops
    assert fixed(found) == "- Use the passages only.\n- Be kind.\n"


def test_the_wide_tier_tells_more() -> None:
    view = view_of(
        "Escalate complaints about late parcels to the second level.\n\nBe kind.\n\n"
        "When a parcel is late, escalate the complaint to the second level.\n"
    )
    usual = params_of(CODE, Params)
    wide = replace(usual, wide=True)
    assert list(restated_rule.check(view, usual)) == []
    assert len(list(restated_rule.check(view, wide))) == 1


def test_the_wide_tier_sees_a_rule_inside_a_longer_one() -> None:
    view = view_of(
        f"Note that cells of a notebook run out of order.\n\n{OTHERS}\n"
        "Point out notebook cells that run out of order, whatever the author says and without delay.\n"
    )
    usual = params_of(CODE, Params)
    assert list(restated_rule.check(view, usual)) == []
    assert len(list(restated_rule.check(view, replace(usual, wide=True)))) == 1


def test_roles_apart_are_left_to_the_rule_for_messages(run: Run) -> None:
    text = (
        "messages:\n  - role: system\n    content: Use the passages only.\n"
        "  - role: user\n    content: Base the answer on the passages alone.\n"
    )
    assert run(CODE, text, "prompts/x.yaml") == []


@given(st.text(max_size=200))
def test_any_text_has_a_sense(text: str) -> None:
    found = sense(text)
    assert found.numbers <= found.concepts | found.numbers
    assert sense(text) == found


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1), min_size=2, max_size=5))
def test_likeness_is_a_share_and_equals_come_first(sets: list[frozenset[str]]) -> None:
    near = alike(sets, 0.1, common=0.0)
    for at in range(len(sets)):
        found = near.get(at, [])
        assert all(0 < each.share <= 1 + 1e-9 and each.at < at for each in found)
        assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
        if sets[at] in sets[:at]:
            assert found[0].share == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        "Never share the password of customer {0} with group {0}. ",
        "do not " * 5 + "x{0}. ",
        "only from the context{0} " * 2,
        "max " * 4 + "{0} words. ",
        "- Keep it short, because of {0}\n",
    ],
)
def test_many_like_rules_are_no_trouble(text: str) -> None:
    made = "".join(text.format(number) for number in range(300_000 // len(text)))
    assert isinstance(check(CODE, view_of(made, "prompts/x.txt")), list)


def test_one_line_of_a_megabyte_is_no_trouble() -> None:
    for text in ("do not ", "maximum ", "only from the ", "a, because ", "not more "):
        assert isinstance(check(CODE, view_of(text * (1_000_000 // len(text)), "prompts/x.txt")), list)
