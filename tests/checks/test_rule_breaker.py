"""Examples that break a stated rule: what is found, and which rules are not about the example."""

from __future__ import annotations

import pytest

from .conftest import Run

OPEN = "\nInput: {{ q }}\nOutput:"
SHORT = "Input: When is breakfast?\nOutput: From seven to ten.\n\n"
LONG = "Input: Where do I park?\nOutput: In the yard behind the house, where there is room for nine cars.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Answer in at most 6 words.\n\n" + SHORT + LONG + OPEN, "has 13"),
        (
            "Respond in plain text, no markdown.\n\n"
            + SHORT
            + "Input: a\nOutput: It is **open** now.\n"
            + OPEN,
            "Markdown",
        ),
        (
            'Never say "of course".\n\n' + SHORT + "Input: a\nOutput: Of course, do come in.\n" + OPEN,
            "forbids",
        ),
        (
            "Output only the answer and nothing else.\n\n"
            + SHORT
            + "Input: a\nOutput: Here is the answer: nine.\n"
            + OPEN,
            "bare answer",
        ),
        (
            "No links.\n\n" + SHORT + "Input: a\nOutput: See https://inn.example/park now.\n" + OPEN,
            "link",
        ),
        (
            "* 10 to 30 characters\n\n"
            + SHORT
            + SHORT
            + SHORT
            + "Input: a\nOutput: In the yard behind the house by the road.\n"
            + OPEN,
            "allows 30",
        ),
        ("Do not use emojis.\n\n" + SHORT + "Input: a\nOutput: Come in \U0001f600\n" + OPEN, "emoji"),
    ],
)
def test_found(run: Run, text: str, said: str) -> None:
    ((_, hit),) = run("EXA004", text)
    assert said in hit.message
    assert hit.related


@pytest.mark.parametrize(
    "text",
    [
        "Answer in at most 60 words.\n\n" + SHORT + LONG + OPEN,
        "Do what is asked; nothing more.\n\n" + SHORT + "Input: a\nOutput: Sure, come in.\n" + OPEN,
        "No full stop at the end of buttons.\n\n" + SHORT + LONG + OPEN,
        "Keep questions to 10 to 30 characters.\n\n" + SHORT + LONG + OPEN,
        "If asked for a summary, answer in at most 3 words.\n\n" + SHORT + LONG + OPEN,
        "The title has at most 3 words.\n\n" + SHORT + LONG + OPEN,
        "Answer in at most 6 words.\n\nBad example:\n" + LONG,
        'Never say "of course".\n\n' + SHORT + "Input: of course\nOutput: Do come in.\n" + OPEN,
        "Answer in at most 6 words.\n\nInput: {{ a }}\nOutput: {{ b }} and some more words that are many\n",
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA004", text) == []


def test_more_than_the_label(run: Run) -> None:
    text = "Urgent? Answer yes or no.\n\nQ: a b\nyes\n\nQ: c d\nno\n\nQ: g h\nno\n\nQ: e f\nyes, call back\n\nQ: {{ q }}"
    ((prompt, hit),) = run("EXA004", text)
    assert prompt.text[hit.at.start : hit.at.end] == "yes, call back"  # type: ignore[union-attr]
