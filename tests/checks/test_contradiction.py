"""RED004: rules that cannot both be obeyed, and rules that live together."""

from __future__ import annotations

import pytest

from .conftest import Run, check, view_of

CODE = "RED004"


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("No emojis.", "End each reply with a sun emoji."),
        ("The answer has 100 words or less.", "Make it between 150 and 200 words."),
        ("Write the answer in English.", "Always respond in German."),
        ("Respond in the language of the user.", "Always respond in German."),
        ("Use first names.", "Address guests by their surname."),
        ("Never use Markdown.", "Format the answer in Markdown."),
        ("Do not use bullet points.", "Use bullet points in the answer."),
        ("Keep a formal tone.", "Write in a casual tone."),
        ("Mention the delivery date in the letter.", "Do not mention the delivery date in the letter."),
        ("Never share the opening hours of the shop.", "Share the opening hours of the shop."),
        ("Break the task down into three to six parts.", "A plan has no fewer than eight parts."),
        ("Offer at most two dishes.", "Offer at least three dishes."),
        ("Ask for confirmation in each case.", "Do not ask for confirmation."),
        ("Write in the present tense.", "Use the past tense."),
        ("Write in the first person.", "Use the third person."),
        ("Return JSON.", "Respond in YAML."),
        ("Write British English.", "Use American spelling."),
        ("Write dates as YYYY-MM-DD.", "Give all dates as DD.MM.YYYY."),
        ("Quote all prices in euros.", "State prices in dollars."),
        ("Always give citations.", "No citations."),
        ("All replies are in English, since the desk reads along.", "Answer in the language of the user."),
        ("Use tables.", "Never use tables."),
    ],
)
def test_no_answer_obeys_both(run: Run, first: str, later: str) -> None:
    for one, other in ((first, later), (later, first)):
        found = run(CODE, f"- {one}\n- Thank the customer.\n- {other}\n")
        assert len(found) == 1
        prompt, hit = found[0]
        assert prompt.text[hit.at.start : hit.at.end].strip() == other  # type: ignore[union-attr]
        assert [prompt.text[span.start : span.end].strip() for span in hit.related] == [one]
        assert hit.edits == ()


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Use no emojis.", "Use an emoji only if the user used one."),
        ("Offer three to six dishes.", "Offer at most five dishes."),
        ("Name at least two restaurants.", "Name at most five dishes."),
        ("Ask for confirmation before you delete a file.", "Do not ask for confirmation to read a file."),
        ("Return JSON.", "Return only the JSON object."),
        ("Write dates as YYYY-MM-DD.", "Write the time as HH:MM."),
        ("Cite your sources.", "Never cite a source that does not exist."),
        ("Add comments to the code.", "Avoid redundant comments."),
        ("Do not use Markdown tables.", "Format the answer in Markdown."),
        ("The answer has 100 words or less.", "The summary has at least 120 words."),
        ("Answer in at most 5 sentences.", "Answer in at least 2 sentences."),
        ("Write the IDEAS section in 20 words.", "Write the FACTS section in exactly 40 words."),
        ("Respond in English.", "If the user writes German, respond in German."),
        ("Respond in English.", "The user may speak German, French or Dutch."),
        ("Share the opening hours of the shop.", "Never share the opening hours of the stock room."),
        (
            "Mention the delivery date in the letter.",
            "Do not mention the delivery date before the order is paid.",
        ),
        ("You may mention the delivery date.", "Do not mention the delivery date."),
        ("Never use first names.", "Sign with the first name of the agent."),
    ],
)
def test_these_live_together(run: Run, first: str, later: str) -> None:
    for one, other in ((first, later), (later, first)):
        assert run(CODE, f"- {one}\n- Thank the customer.\n- {other}\n") == []


def test_sections_branches_and_layouts_are_worlds_of_their_own(run: Run) -> None:
    one, other = "No emojis.", "End each reply with a sun emoji."
    assert run(CODE, f"## Mail\n\n{one}\n\n## Chat\n\n{other}\n") == []
    assert run(CODE, f"{{% if a %}}\n{one}\n{{% else %}}\n{other}\n{{% endif %}}\n") == []
    assert run(CODE, f"```\n{one}\n{other}\n```\n") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Answer in at most {0} words. Answer in at least {0}0 words. ",
        "Use emoji {0}. Never use emoji {0}. ",
        "Always respond in German {0}. Respond in English. ",
        "use 1 " * 8,
        "Do not mention x{0}. Mention x{0}. ",
    ],
)
def test_many_like_rules_are_no_trouble(text: str) -> None:
    made = "".join(text.format(number) for number in range(300_000 // len(text)))
    assert isinstance(check(CODE, view_of(made, "prompts/x.txt")), list)
    assert isinstance(check(CODE, view_of("no x " * 200_000, "prompts/x.txt")), list)
