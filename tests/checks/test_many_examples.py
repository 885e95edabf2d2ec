"""Examples that cost more than they give: how many there are, and which of them say what others say."""

from __future__ import annotations

import json

import pytest

from .conftest import Run, check, view_of

ASKS = (
    "Where is parcel {n}?",
    "I was charged {n} times",
    "The lamp of item {n} is broken",
    "Hello, number {n}",
)
LABELS = ("delivery", "billing", "defect", "other")
LEAD = "Label the message of a customer as delivery, billing, defect or other.\n\n"


def shots(count: int, labels: tuple[str, ...] = LABELS) -> str:
    every = (
        f"Input: {ASKS[n % 4].format(n=n)} {'and so on ' * (n % 3)}\nOutput: {labels[n % len(labels)]}\n\n"
        for n in range(count)
    )
    return LEAD + "".join(every) + "Input: {{ message }}\nOutput:"


def test_the_advice_has_numbers() -> None:
    call = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": shots(16)}]}
    (hit,) = check("EXA001", view_of(json.dumps(call), "x.json"))
    assert "16 examples take" in hit.message
    assert "8 of them would take about" in hit.message
    assert "at most $" in hit.message
    assert "(assumed: $200 once)" in hit.message


def test_without_a_model_there_is_no_price(run: Run) -> None:
    ((_, hit),) = run("EXA001", shots(16))
    assert "$" not in hit.message


def test_few_are_left_alone(run: Run) -> None:
    assert run("EXA001", shots(8)) == []


def test_many_of_one_label(run: Run) -> None:
    text = shots(4) + "".join(f"Input: My box {n} did not come\nOutput: delivery\n\n" for n in range(9))
    found = run("EXA001", text.replace("Input: {{ message }}\nOutput:", "") + "Input: {{ message }}\nOutput:")
    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("need the bill again as pdf", "I need my bill once more, as a PDF please", True),
        ("need the bill again as pdf", "the bill is wrong by nine euros", False),
    ],
)
def test_pairs_that_stand_out(run: Run, one: str, other: str, *, found: bool) -> None:
    pairs = [
        (one, "billing"),
        ("I was charged twice", "billing"),
        ("The lamp is broken", "defect"),
        ("Hello, how are you", "other"),
        (other, "billing"),
    ]
    every = "".join(f"Input: {given}\nOutput: {label}\n\n" for given, label in pairs)
    assert bool(run("EXA002", LEAD + every + "Input: {{ m }}\nOutput:")) is found


@pytest.mark.parametrize(
    ("replies", "found"),
    [
        (("Sorry, I can't help with that.", "The audit trail stays on."), False),
        (("Sorry, I can't help with that.", "Sorry, I can't help with that."), True),
    ],
)
def test_one_question_with_two_replies_to_judge(run: Run, replies: tuple[str, str], *, found: bool) -> None:
    judged = "".join(f"Q: turn off audit logs\nA: {reply}\nrefused\n\n" for reply in replies)
    other = "Q: list the users\nA: Ann and Bob.\ncomplied\n"
    assert bool(run("EXA002", f"Judge the reply.\n\n{judged}{other}")) is found


@pytest.mark.parametrize(("context", "found"), [("Lyon is in France", True), ("Ghent lies by water", False)])
def test_all_cells_that_are_given_count(run: Run, context: str, *, found: bool) -> None:
    rows = f"| where is town | Lyon is in France | yes |\n| where is town | {context} | yes |\n"
    text = f"Answer.\n\n## Examples\n\n| Question | Context | Answer |\n|---|---|---|\n{rows}"
    assert bool(run("EXA002", text)) is found
