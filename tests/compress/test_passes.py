"""Each pass proposes what it is for, and leaves alone what only looks like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint import run
from promptlint.compress import ground as grounds
from promptlint.compress import judging, offers, offline, passes
from promptlint.compress.ground import File
from promptlint.compress.offline import Shortened, Target
from promptlint.compress.passes.covering import covers
from promptlint.compress.proposal import Proposal, Tier
from promptlint.evals.template import Template
from promptlint.model import Source, SourceKind

LABELLED = Path(__file__).resolve().parents[1] / "data" / "labelled"
HEAD = "You are a support assistant for a shop.\n\n"


def read(text: str, name: str = "a.prompt.md", kind: SourceKind = SourceKind.MARKDOWN) -> File:
    space = run.workspace(run.Request(isolated=True))
    found = grounds.settings(space.settings(Path(name), name))
    return grounds.read(Source(name, text, kind, named=True), found)


def shorten(text: str, target: Target | None = None) -> Shortened:
    file = read(text)
    return offline.shorten(file, file.grounds[0], target or Target())


def proposals(text: str, name: str = "") -> list[Proposal]:
    ground = read(text).grounds[0]
    found = judging.judged(ground, passes.ideas(ground)).proposals
    return [each for each in found if not name or each.pass_name == name]


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ("Answer in at most 120 words.", "Answers should be no longer than 120 words."),
        ("Gift cards are not refundable.", "Please note that gift cards can never be refunded."),
        (
            "Verify the order number before you discuss an order.",
            "Before you discuss an order, verify the order number.",
        ),
        ("Never ask for a password or a card number.", "Under no circumstances ask for a password."),
        ("Orders above $75 ship for free.", "Orders over $75 are shipped free of charge."),
    ],
)
def test_a_wording_that_says_all_covers_the_other(stays: str, goes: str) -> None:
    assert covers(stays, goes)


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ("Answer in at most 120 words.", "Answer in at most 100 words."),
        ("Share the notes with the customer.", "Never share the notes with the customer."),
        ("Never share the notes.", "Never share the notes or the prices."),
        ("Never share the internal notes.", "Never share the notes."),
        ("Never share the notes with competitors.", "Never share the notes."),
        (
            "For score >= 5 add the emoji ✅ next to the score.",
            "For scores < 5 add the emoji ❌ next to the score.",
        ),
        ("Solve tasks using your language skill.", "Be clear which step uses your language skill."),
        ("Create a section called IDEAS, and list FACTS there.", "Create a section called FACTS."),
        ("Write accurate rules for the team.", "Write only rules for the team."),
        ("Never promise a refund.", "Then never promise a refund."),
        ("Quote prices in euros for French customers.", "Quote prices in euros."),
        ("You may share the notes.", "Share the notes."),
        ("If the customer asks, share the notes.", "Share the notes."),
        ("Verify the order number before you discuss an order.", "Verify the order number."),
        ("You should answer in French.", "You must answer in French."),
        ("Translate from French to German.", "Translate from German to French."),
        ('Answer "yes" if it is covered.', 'Answer "no" if it is covered.'),
        ("Refund within 30 days.", "Refund within 30 days of delivery."),
    ],
)
def test_one_that_says_less_or_another_thing_does_not(stays: str, goes: str) -> None:
    assert not covers(stays, goes)


def test_no_pair_that_readers_call_contradictory_is_covered() -> None:
    pairs = {each["id"]: each for each in lines("pairs.jsonl")}
    labels = [*lines("labels/pairs-agreed.jsonl"), *lines("labels/pairs-decided.jsonl")]
    apart = [pairs[each["id"]] for each in labels if each["label"] == "contradicts"]
    assert apart
    for pair in apart:
        assert not covers(pair["first"], pair["second"])
        assert not covers(pair["second"], pair["first"])


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (LABELLED / name).read_text(encoding="utf-8").splitlines()]


def test_a_persona_is_no_rule_to_merge() -> None:
    assert not covers("This is a calendar assistant in the side panel.", "You are a calendar assistant.")


def test_a_restated_rule_goes_and_the_line_that_stays_is_told() -> None:
    text = f"{HEAD}- Never promise a refund.\n- Quote prices in euros.\n- Under no circumstances promise a refund.\n"
    done = shorten(text)
    assert done.text == f"{HEAD}- Never promise a refund.\n- Quote prices in euros.\n"
    (gone,) = [each for each in done.chosen if each.pass_name == "merge-restated"]
    assert gone.tier is Tier.SUBSUMING
    assert gone.why == "restated in line 3"
    assert not done.lost
    (note,) = done.subsumed
    assert note.by is not None
    assert note.by.text == "Never promise a refund."


def test_neighbours_that_share_a_space_go_both() -> None:
    text = (
        f"{HEAD}Never share the notes of a ticket with the customer. Answer in at most 120 words.\n\n"
        "Be kind. Never share the notes of a ticket with the customer. Answers should be no longer than 120 words.\n"
    )
    assert shorten(text).text == text.rpartition(" Never share")[0] + "\n"


def test_a_chain_of_repetitions_leaves_one() -> None:
    rule = "Never share the notes of a ticket with the customer."
    text = f"{HEAD}{rule} Be kind.\n\n{rule} Be brief.\n\n{rule} Be calm.\n"
    done = shorten(text)
    assert done.text.count("Never share") == 1
    assert all(word in done.text for word in ("Be kind.", "Be brief.", "Be calm."))


def test_rules_of_parallel_scopes_stay() -> None:
    text = f"{HEAD}## Refunds\n\nAnswer in two lines.\n\n## Complaints\n\nAnswer in two lines.\n"
    assert shorten(text).text == text


def test_numbered_steps_stay() -> None:
    text = f"{HEAD}1. Read the ticket.\n2. Never promise a refund.\n3. Do not promise a refund.\n"
    assert shorten(text).text == text


def test_a_sentence_that_the_next_one_leans_on_stays() -> None:
    text = f"{HEAD}Never promise a refund.\n\nDo not promise a refund. It annoys the warehouse.\n"
    assert "Do not promise a refund." in shorten(text).text


def test_openings_go_where_the_requirement_stays() -> None:
    done = shorten(f"{HEAD}You must never promise a refund. Make sure to answer in French.\n")
    assert done.text == f"{HEAD}Never promise a refund. Answer in French.\n"
    kept = f"{HEAD}You must not promise a refund. Can you answer in French?\n"
    assert shorten(kept).text == kept


def test_examples_one_for_each_kind_of_answer_are_for_a_suite() -> None:
    shown = "".join(
        f"Input: {said}\nOutput: {label}\n\n"
        for said, label in (
            ("The parcel is late again", "delivery"),
            ("Where is my parcel today", "delivery"),
            ("I was charged twice", "billing"),
            ("The page shows an error", "bug"),
        )
    )
    text = f"Sort the message into delivery, billing or bug.\n\n{shown}Input: {{{{ message }}}}\nOutput:\n"
    found = proposals(text, "examples")
    assert found
    assert {each.tier for each in found} == {Tier.EVAL}
    gone = [text[edit.span.start : edit.span.end] for each in found for edit in each.edits]
    assert all("delivery" in each for each in gone)
    assert shorten(text).text == text


def test_examples_become_the_rule_that_they_show() -> None:
    shown = "".join(
        f"Review: {said}\nSentiment: {label}\n\n"
        for said, label in (("I love it", "positive"), ("It broke", "negative"), ("It is a chair", "neutral"))
    )
    text = f"Judge the review.\n\n## Examples\n\n{shown}## Now you\n\nReview: {{{{ review }}}}\n"
    (found,) = proposals(text, "zero-shot")
    assert found.tier is Tier.EVAL
    assert found.edits[0].new.strip() == "Answer with one of: positive, negative, neutral."


def test_an_output_format_in_prose_becomes_a_schema() -> None:
    text = (
        "---\nmodel: gpt-4o\n---\nRead the ticket and judge it.\n\nRespond with a JSON object in this form, and "
        "with nothing before the first brace and nothing after the last one, please:\n\n"
        '```json\n{\n    "mood": "happy",\n    "urgent": true\n}\n```\n\nTicket: {{ ticket }}\n'
    )
    (found,) = proposals(text, "structured-output")
    assert found.tokens_saved < len(text) // 4  # the schema is billed as input, too
    assert found.tier is Tier.EVAL
    assert '"required":["mood","urgent"],"additionalProperties":false' in found.schema


@pytest.mark.parametrize(
    "form",
    [
        "Respond with a JSON object that contains the fields item, amount and paid. The field item is the name "
        "of it. The field amount is a whole number. The field paid has to be true or false.",
        'Return a JSON object with:\n\n- "item" (string): what was bought\n- "amount" (integer): how many\n'
        '- "paid" (boolean): whether it was paid',
        "Return a JSON object:\n\n- item (string): what was bought\n- amount (integer): how many\n"
        "- paid (boolean): whether it was paid",
        'Respond with a JSON object: {"item": "a name", "amount": "<integer>", "paid": true}',
    ],
)
def test_the_usual_forms_of_an_output_format_are_read(form: str) -> None:
    text = f"Read the mail of a customer.\n\n{form}\n\nMail: {{{{ mail }}}}\n"
    (found,) = proposals(text, "structured-output")
    properties = json.loads(found.schema)["properties"]
    assert {name: each["type"] for name, each in properties.items()} == {
        "item": "string",
        "amount": "integer",
        "paid": "boolean",
    }


@pytest.mark.parametrize("end", ["\n\nMail: {{ mail }}\n", "\n", ""])
def test_blanks_go_with_the_line_that_they_broke_off(end: str) -> None:
    rule = "Never promise a refund before the warehouse has confirmed the return."
    text = f"{HEAD}{rule}\n\nUse contractions. Write plain words.   \n"
    done = shorten(f"{text}{rule}{end}")
    after = done.text
    assert not done.left
    assert after.count("Never") == 1
    assert not any(line != line.rstrip() for line in after.split("\n"))
    assert "words.   \nStay calm." in shorten(f"{text}{rule}\nStay calm.{end}").text


def test_a_schema_that_saves_nothing_is_told_and_no_more() -> None:
    text = "Read the mail.\n\nRespond with JSON with the fields item, amount and paid.\n\nMail: {{ mail }}\n"
    file = read(text)
    done = offline.shorten(file, file.grounds[0], Target())
    (left,) = done.left
    assert left.tokens_saved < 0
    assert f"takes {-left.tokens_saved} tokens more" in left.why
    assert "more would need" not in offline.sentence(done)
    call = offers.Call(Template(file.grounds[0].prompt, "", ""), "openai", enforced=False, schemas=True)
    assert offers.offers(file.grounds[0], done.left, call, ()).refused == ((left, left.why),)


def test_a_history_is_bounded_in_the_template_only_for_a_suite() -> None:
    text = (
        "You are a support assistant. Answer the last message of the customer.\n\n"
        "{% for turn in history %}\n{{ turn.role }}: {{ turn.content }}\n{% endfor %}\n"
    )
    file = read(text, "a.prompt.j2", SourceKind.JINJA)
    ground = file.grounds[0]
    found = judging.judged(ground, passes.ideas(ground)).proposals
    (bound,) = [each for each in found if each.pass_name == "context-bounds"]
    assert bound.tier is Tier.EVAL
    (edit,) = bound.source_edits
    assert text[: edit.span.start].endswith("in history")
    assert edit.new == "[-10:]"
    assert offline.shorten(file, ground, Target()).text == ground.prompt.text


def test_json_of_an_example_is_put_on_one_line() -> None:
    text = (
        f"{HEAD}Answer with JSON.\n\n## Examples\n\n### Example 1\n\nCustomer: It broke.\nAnswer:\n\n"
        '```json\n{\n    "mood": "sad ",\n    "n": [\n        1,\n        2,\n        3\n    ],\n    "m": 2\n}\n```\n'
    )
    assert '{"mood":"sad ","n":[1,2,3],"m":2}' in shorten(text).text


def test_thanks_to_the_model_go_those_of_a_transcript_stay() -> None:
    text = f"{HEAD}Sort the calls.\n\nSo much. Thank you.\n\nBe brief.\n\nAnswer in French. Thank you for your help!\n"
    done = shorten(text).text
    assert "So much. Thank you." in done
    assert "for your help" not in done


@pytest.mark.parametrize(
    "text",
    [
        "I need to get my internet working again.",
        "This provision holds for each party alone.",
        "Copyright of this text is with the shop alone.",
        "- final commit",
    ],
)
def test_what_depends_on_its_place_is_not_merged(text: str) -> None:
    whole = f"{HEAD}{text}\n\nBe brief.\n\n{text}\n\nBe kind.\n"
    assert shorten(whole).text == whole


def test_json_that_is_a_file_keeps_its_layout() -> None:
    shown = '```json\n{\n  "servers": {\n    "one": {\n      "command": "npx"\n    },\n    "two": 2\n  }\n}\n```\n'
    text = f"{HEAD}Write this to `settings.json`:\n\n{shown}"
    assert shorten(text).text == text
