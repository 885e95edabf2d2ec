"""Examples that do not fit what is declared: which are found, and what looks like it and is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Run, check, view_of

LABELS = "Label the ticket as one of: billing, delivery, defect.\n\n"
SHOTS = "Input: Where is it?\nOutput: delivery\n\nInput: It is broken.\nOutput: defect\n\n"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (LABELS + SHOTS + "Input: Twice paid.\nOutput: payment\n\nNow {{ t }}.", "payment"),
        (
            'Answer as JSON of the form {"city": "string", "n": "number"}\n\n'
            'Q: Lyon, 2\n{"city": "Lyon", "n": 2}\n\nQ: Ghent\n{"city": "Ghent", "n": "five"}\n\n'
            'Q: Porto\n{"city": "Porto", "n": 1}\n\nQ: {{ q }}',
            '"five"',
        ),
        (
            "Answer with a JSON object that has the keys thesis, support and nothing else.\n\n"
            '## Essay A\nPhones are bad.\n\n{"thesis": 3, "support": 3}\n\n'
            '## Essay B\nPhones are good.\n\n{"claim": 4, "support": 2}\n\n'
            '## Essay C\nPhones are.\n\n{"thesis": 1, "support": 2}\n\n{{ essay }}',
            '"claim"',
        ),
        (
            "Choose an index:\n- code: source files\n- docs: design documents\n- tickets: bugs\n\n"
            'Question: where is x\n{"index": "code"}\n\nQuestion: who saw y\n{"index": "issues"}\n\n'
            'Question: how\n{"index": "docs"}\n\n{{ q }}',
            '"issues"',
        ),
        (
            "# Tools\n\n- `find_room`: finds\n- `hold_room`: holds\n\n# Examples\n\n"
            "Guest: a room\nAssistant: [find_room] Here it is.\n\n"
            "Guest: never mind\nAssistant: [cancel_room] Done.\n\n{{ guest }}",
            "cancel_room",
        ),
        (
            "Answer with a JSON object with exactly these fields:\n\n  kind   what it is\n  tag    a number\n"
            "  note   words\n\nmail: a\n"
            '{"kind": "x", "tag": 1, "note": "z"}\n\nmail: b\n{"kind": "x", "label": 1, "note": "z"}\n\n'
            'mail: c\n{"kind": "x", "tag": 3, "note": "z"}\n\n{{ mail }}',
            '"label"',
        ),
    ],
)
def test_found(run: Run, text: str, at: str) -> None:
    ((prompt, hit),) = run("EXA003", text)
    assert prompt.text[hit.at.start : hit.at.end] == at  # type: ignore[union-attr]
    assert hit.related


@pytest.mark.parametrize(
    "text",
    [
        LABELS + SHOTS + "Now {{ t }}.",
        LABELS + "Answer NONE if nothing fits.\n\n" + SHOTS + "Input: Hello?\nOutput: NONE\n\nNow {{ t }}.",
        LABELS + SHOTS + "Input: Both.\nOutput: billing, defect\n\nNow {{ t }}.",
        LABELS + SHOTS + "Input: {{ t }}\nOutput: <label>",
        "Red, green or blue stickers go on the cover.\n\n" + SHOTS + "Now {{ t }}.",
        "Pick a colour such as red, green, blue.\n\nInput: a\nOutput: red\n\nInput: b\nOutput: pink\n\n{{ t }}",
        'Answer as JSON of the form {"a": 1}\n\nExample of a bad answer:\nInput: x\nOutput: {"b": "y"}\n',
        'Input: x\nOutput: {"b": "y"}\n\nInput: z\nOutput: {"c": 1}\n',
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA003", text) == []


def test_a_schema_in_words_that_most_examples_break_is_of_something_else(run: Run) -> None:
    text = 'Answer as JSON of the form {"a": "string", "b": "string"}\n\n' + "".join(
        f'Q: {n}\n{{"a": "x", "c": {n}}}\n\n' for n in range(4)
    )
    assert run("EXA003", text) == []


def test_a_tool_that_the_call_does_not_have(run: Run) -> None:
    text = """
from openai import OpenAI
client = OpenAI()
TOOLS = [{"type": "function", "function": {"name": "list_jobs", "description": "Lists jobs.",
          "parameters": {"type": "object", "properties": {}}}}]
SYSTEM = '''You run the queue of jobs for the video team.

user: captions waits
assistant calls list_jobs
user: go on
assistant calls restart_worker
'''
client.chat.completions.create(model="gpt-5", tools=TOOLS,
    messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": q}])
"""
    found = [(prompt.text[hit.at.start : hit.at.end]) for prompt, hit in run("EXA003", text, "a.py")]  # type: ignore[union-attr]
    assert found == ["restart_worker"]


@given(st.text(alphabet='abc:{}"\n,->#<>. ', max_size=300))
def test_any_text_is_checked(text: str) -> None:
    view = view_of(f"Label: a, b or c.\n\n{text}\n", "prompts/x.txt")
    for hit in check("EXA003", view):
        assert hit.at is not None
        assert 0 <= hit.at.start < hit.at.end <= len(view.text)  # type: ignore[union-attr]
