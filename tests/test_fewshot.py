"""Few-shot examples: the delimiters seen in the wild, and what only looks like them."""

from __future__ import annotations

import pytest
from test_outline import chat, plain, texts

from promptlint.model import BlockKind, Role
from promptlint.outline import of_kind, outline


def examples(text: str) -> list[str]:
    return texts(plain(text), BlockKind.EXAMPLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Classify.\n\nInput: a\nOutput: b\n\nInput: c\nOutput: d\n\nInput: {{ x }}\nOutput:", 2),
        ("Q: why?\nA: so.\n\nQ: how?\nA: thus.\n", 2),
        ("Q: why?\nA: so.\n\nQ: {{ question }}\nA:", 1),
        ("User: hi\nAssistant: hello\nUser: bye\nAssistant: so long\n", 2),
        ("Review: good film\nStars: 5\n\nReview: bad film\nStars: 1\n\nReview: {{ r }}\nStars:", 2),
        ("Text:\nlong text\nLabel:\nPOS\n\nText:\nother\nLabel:\nNEG\n", 2),
        ("Example 1:\nfoo bar\n\nExample 2:\nbaz\n\nNow answer {{ q }}.", 2),
        ("### Example 1\nfoo\n### Example 2\nbar\n### Rules\n- x", 2),
        ("## Examples\n- a -> b\n- c -> d\n## Rules\n- x", 2),
        ("Examples:\n\na -> b\nc -> d\n\nNow answer {{ q }}.", 2),
        ('Examples:\n"hello" is a greeting\n\nAnswer the question.', 1),
        ("<examples>\n<example>a</example>\n<example>\nb\n</example>\n</examples>", 2),
        ("<example>a</example>\n<example>b</example>\nGo.", 2),
        ("<examples>\nInput: a\nOutput: b\n\nInput: c\nOutput: d\n</examples>", 2),
        ("## Examples\n=====\na\nb\n=====\nc\nd\n=====\n## Rules\nx", 2),
        ("Tone.\n\nGood: I can help with that.\nBad: No.\n\nAnswer.", 1),
        ("- Good: short\n- Bad: long\n", 1),
        ("✅ Correct: x = 1\n❌ Incorrect: x=1\n", 1),
        (
            "Question: who?\nThought: look\nAction: S[a]\nObservation: b\nThought: more\nAction: S[c]\n"
            "Observation: d\nThought: so\nAction: F[e]\n",
            1,
        ),
        ("EXAMPLE\nfoo\n\nbar\nEND OF EXAMPLE\n\nEXAMPLE\nbaz\nEND OF EXAMPLE\n\nGo on.", 2),
        ("**Example:**\n```\ncode\n```\n\nDo it.", 1),
        ("narrative_input: x\njson: y\n\nnarrative_input: z\njson: w\n", 2),
    ],
)
def test_found(text: str, expected: int) -> None:
    assert len(examples(text)) == expected, examples(text)


@pytest.mark.parametrize(
    "text",
    [
        "Extract these fields:\nName: the name\nAge: the age\nCity: where\n",
        "Rules:\n1. Be kind.\n2. Be brief.\n3. Ask.\n",
        "Answer the Q: below in prose. Say A: never.",
        "Use short words, e.g. cat. For example, dog.",
        "Name: search\nDescription: finds\n\nName: add\nDescription: sums\n",
        "Note: a\nNote: b\nNote: c\n",
        "Step 1: do\nStep 2: go\nStep 3: end\n",
        "Question: {{ question }}\nAnswer:",
        "Question: the question\nThought: what to do\nAction: the act\n... (repeat)\nQuestion: {{ q }}\nThought:",
        "- **Goal:** a\n- **Scope:** b\n- **Goal:** c\n- **Scope:** d\n",
        "## Tool A\nPurpose: a\nWhen: b\n## Tool B\nPurpose: c\nWhen: d\n",
        "Context: {{ c }}\nQuestion: {{ q }}\n\nContext: {{ d }}\nQuestion: {{ r }}",
        "Give three examples of each animal.",
        "Do not copy the example.",
    ],
)
def test_not_found(text: str) -> None:
    assert examples(text) == []


def test_examples_have_a_parent_and_keep_the_heading_out() -> None:
    prompt = plain("## Examples\nInput: a\nOutput: b\n\nInput: c\nOutput: d\n\n## Rules\nBe kind.")
    (parent,) = of_kind(outline(prompt), BlockKind.EXAMPLES)
    assert len(parent.children) == 2
    assert texts(prompt, BlockKind.HEADING) == ["## Examples", "## Rules"]


def test_what_follows_the_last_example_is_outside() -> None:
    assert examples("Q: a\nA: b\n\nQ: c\nA: d\n\nBe kind to {{ x }}.")[-1] == "Q: c\nA: d"
    assert examples("Q: a\nA: b\nQ: c\nA: d\nNow it is your turn.")[-1] == "Q: c\nA: d"


def test_turns_before_the_last_question_are_examples() -> None:
    prompt = chat(
        (Role.SYSTEM, "Be kind."),
        (Role.USER, "hi"),
        (Role.ASSISTANT, "hello"),
        (Role.USER, "{{ q }}"),
    )
    assert texts(prompt, BlockKind.EXAMPLE) == ["hi", "hello"]


@pytest.mark.parametrize("reply", ["{{ reply }}", ""])
def test_history_is_no_example(reply: str) -> None:
    prompt = chat((Role.USER, "{{ a }}"), (Role.ASSISTANT, reply), (Role.USER, "{{ q }}"))
    assert texts(prompt, BlockKind.EXAMPLE) == []


def test_a_prefilled_answer_is_no_example() -> None:
    prompt = chat((Role.SYSTEM, "x"), (Role.USER, "{{ q }}"), (Role.ASSISTANT, "Answer:"))
    assert texts(prompt, BlockKind.EXAMPLE) == []
