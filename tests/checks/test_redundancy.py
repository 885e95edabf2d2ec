"""RED001 and RED002: what is safe, what is a passage, and where a repetition is none."""

from __future__ import annotations

import pytest

from promptlint.model import Safety

from .conftest import Fixed, Found, Run

BLOCK = """Use the tables as the primary source.
If the tables do not hold the answer, say so.
Quote the table that you used."""


def safeties(found: Found) -> list[Safety]:
    return [hit.safety for _, hit in found]


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ("- Never share a password.\n- Be brief.\n- Never share a password.\n", Safety.SAFE),
        ("- The guests came to us.\n- It rained.\n- The guests came to us.\n", Safety.UNSAFE),
        ("Never share a password. Never share a password. Be brief.\n", Safety.SAFE),
        ("Never share a password.\n\nNever share a password.\n", Safety.SAFE),
        (
            "Never share a customer's password ever. Be brief. Never share a customer's password ever.",
            Safety.UNSAFE,
        ),
        ("1. Never share a password.\n2. Be brief.\n3. Never share a password.\n", Safety.UNSAFE),
        (
            "## A\nNever share a customer's password ever.\n## B\nNever share a customer's password ever.",
            None,
        ),
        (
            "## A\nNever share a customer's password ever.\n## Rules\nNever share a customer's password ever.",
            Safety.UNSAFE,
        ),
        ("- Never share a password.\n- {{ context }}\n- Never share a password.\n", None),
        (
            "- List the fruits. Give each its price in euros.\n- List the nuts. Give each its price in euros.",
            None,
        ),
    ],
)
def test_only_neighbours_and_items_of_a_list_are_safe(run: Run, text: str, safety: Safety | None) -> None:
    assert safeties(run("RED001", text)) == ([] if safety is None else [safety])


def test_a_block_that_returns_is_one_finding(run: Run, fixed: Fixed) -> None:
    text = f"# Goal\n\n{BLOCK}\n\nTables: {{{{ tables }}}}\n\n# Goal\n\n{BLOCK}\n"
    found = run("RED001", text)
    assert len(found) == 1
    assert "(3 sentences)" in found[0][1].message
    assert fixed(found) == f"# Goal\n\n{BLOCK}\n\nTables: {{{{ tables }}}}\n\n# Goal\n"


def test_texts_of_exclusive_branches_never_meet(run: Run) -> None:
    text = "{% if a %}\nQuote the policy in every single answer.\n{% else %}\nQuote the policy in every single answer.\n{% endif %}"
    assert run("RED001", text) == []
    assert run("RED002", text) == []


def test_what_not_every_request_holds_is_no_reason_to_delete(run: Run) -> None:
    rule = "Quote the policy in every single answer."
    (_, hit), *_ = run("RED001", f"{{% if a %}}{rule}\n{{% endif %}}\n\n## More\n\n{rule}\n")
    assert hit.edits == ()


def test_roles_apart_are_unsafe(run: Run) -> None:
    rule = "Quote the policy in every single answer."
    text = f"messages:\n  - role: system\n    content: {rule}\n  - role: user\n    content: {rule}\n"
    assert safeties(run("RED001", text, "prompts/x.yaml")) == [Safety.UNSAFE]


def test_three_copies_leave_one(run: Run, fixed: Fixed) -> None:
    text = "- Never share a password.\n" * 3 + "- Be brief.\n"
    assert fixed(run("RED001", text)) == "- Never share a password.\n- Be brief.\n"


def test_an_item_that_others_hang_on_is_not_deleted(run: Run) -> None:
    text = "- Never share a password.\n- Be brief.\n- Never share a password.\n  - not even your own\n"
    assert all(hit.edits == () for _, hit in run("RED001", text))


@pytest.mark.parametrize(
    "text",
    [
        "Answer:\n\n## Next\n\nAnswer:\n",
        "Use the following format in every case:\nA\n\n## B\nUse the following format in every case:\nB\n",
        "- [ ] All tests of the change pass\n\n## B\n\n- [ ] All tests of the change pass\n",
        "Query: What is the population of New York City?\n\n## B\n\nQuery: What is the population of New York City?\n",
        "Be brief. Be brief.",
    ],
)
def test_labels_records_boxes_and_short_sentences_are_no_rules(run: Run, text: str) -> None:
    assert run("RED001", text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Always quote the price of the item.", "Never quote the price of the item."),
        ("Quote at most three prices in the answer.", "Quote at most four prices in the answer."),
        ("Use the `price` field of the item.", "Use the `cost` field of the item."),
        ("Send the summary of the call to the user.", "Send the user of the call to the summary."),
        ("Call the tool before the last answer.", "Call the tool after the last answer."),
        ("You can quote the price of the item.", "Quote the price of the item."),
        ("Answer the first question in English.", "Answer the second question in English."),
        ("If the file exists, delete the backup.", "If the backup exists, delete the file."),
        ("Reply in {{ language }} to the customer.", "Reply in {{ tone }} to the customer."),
    ],
)
def test_a_word_that_matters_makes_two_sentences(run: Run, one: str, other: str) -> None:
    assert run("RED002", f"{one}\n{other}\n") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Always reply in the language of the customer.", "Please answer in the language of the customer."),
        ("Don't share internal prices with customers.", "Never share internal prices with a customer."),
        ("Use at most three sentences for the summary.", "Use at most 3 sentences for the summary!"),
        ("If the order is late, offer a refund.", "Offer a refund if the order is late."),
    ],
)
def test_the_same_in_almost_the_same_words_is_one(run: Run, one: str, other: str) -> None:
    found = run("RED002", f"{one}\n\n{other}\n")
    assert safeties(found) == [Safety.UNSAFE]
    assert run("RED001", f"{one}\n\n{other}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "For the `grep` tool:\n- Give absolute paths only.\n\nFor the `glob` tool:\n- Give absolute paths only.\n",
        "<param>\nMust be an absolute path, never a link.\n</param>\n<returns>\nMust be an absolute path, never a link.\n</returns>\n",
        "RISK - say how likely it is. Consider the input document and the world.\n"
        "IMPACT - say how bad it is. Consider the input document and the world.\n",
        "Do it so:\n\n1. Read the whole file first.\n2. Edit it.\n\nOr do it so:\n\n1. Read the whole file first.\n2. Copy it.\n",
        "DEBUG No environment variables to set today\nINFO Run\nDEBUG No environment variables to set today\n",
        "Use this template:\nNext point in ten words\nNext point in ten words\n",
        "- Next one $CVE NUMBER$ | $MORE$\n- Next one $CVE NUMBER$ | $MORE$\n",
        "- Name [the product] and its price\n- Name [the product] and its price\n",
        "## Output format\n\nName the product and its price\n\nName the product and its price\n",
        'The old prompt was:\n"""\nYou are an expert in rules of law.\n\nYou are an expert in rules of law.\n"""\n',
    ],
)
def test_parallel_scopes_and_what_is_shown_repeat_themselves(run: Run, text: str) -> None:
    assert run("RED001", text) == []
    assert run("RED002", text) == []


def test_an_outer_scope_covers_an_inner_one(run: Run) -> None:
    text = "Quote the policy in every single answer.\n\n## Refunds\n\n- Quote the policy in every single answer.\n- Be kind.\n"
    assert safeties(run("RED001", text)) == [Safety.UNSAFE]


def test_a_line_that_ends_in_a_colon_keeps_its_last_child(run: Run) -> None:
    rule = "Never share the password of a customer."
    found = run("RED001", f"{rule}\n\nImportant:\n- {rule}\n")
    assert [hit.edits for _, hit in found] == [()]


def test_the_stronger_wording_survives(run: Run, fixed: Fixed) -> None:
    text = "Use the search tool for each claim.\nBe brief.\nYou must use the search tool for each claim.\n"
    assert fixed(run("RED002", text)) == "Be brief.\nYou must use the search tool for each claim.\n"
    text = "You must use the search tool for each claim.\nBe brief.\nUse the search tool for each claim.\n"
    assert fixed(run("RED002", text)) == "You must use the search tool for each claim.\nBe brief.\n"
