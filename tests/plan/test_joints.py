"""A constant that a call sends: one request, one answer, counted once."""

from __future__ import annotations

import pytest

from plan.facts import facts, usage_of
from promptlint.config import PromptSettings
from promptlint.plan.cases import case, project, workload
from promptlint.plan.evidence import NOTHING
from promptlint.plan.joints import ALONE, joints
from promptlint.plan.quantity import exactly
from promptlint.plan.usage import Entry, Stated, Usage

SYSTEM = facts("a.py::SYSTEM", 900)
CALL = facts("a.py::ask:create.messages", 10, slots=2)


def call(*slots: str) -> object:
    from dataclasses import replace

    return replace(CALL, slots=slots)


@pytest.mark.parametrize(
    ("system", "slot", "joined"),
    [
        ("a.py::SYSTEM", "SYSTEM", True),
        ("a.py::Bot.SYSTEM", "Bot.SYSTEM", True),
        ("a.py::Bot.SYSTEM", "self.SYSTEM", True),
        ("b.py::SYSTEM", "SYSTEM", False),
        ("a.py::OTHER", "SYSTEM", False),
        ("a.py", "a.py", False),
    ],
)
def test_what_a_slot_names(system: str, slot: str, joined: bool) -> None:
    sender = call(slot, "question")
    found = joints([facts(system, 900), sender])  # type: ignore[list-item]
    assert (found.get(system, ALONE).sender is sender) is joined
    assert found.get(CALL.id, ALONE).held == int(joined)


def test_what_several_calls_send_stands_alone() -> None:
    from dataclasses import replace

    first = call("SYSTEM")
    assert joints([SYSTEM, first, replace(CALL, id="a.py::other", slots=("SYSTEM",))]) == {}  # type: ignore[list-item]
    assert joints([first]) == {}  # type: ignore[list-item]


def test_requests_inputs_and_answers_are_counted_once() -> None:
    sender = call("SYSTEM", "question")
    found = joints([SYSTEM, sender])  # type: ignore[list-item]
    stated = Usage(
        "u.yaml",
        (Entry(CALL.id, "u.yaml:1", {"calls_per_month": Stated(exactly(7_000.0), "u.yaml:2")}),),
    )
    shared = project(stated, NOTHING, {})
    part = case(SYSTEM, PromptSettings(), (), shared, found[SYSTEM.id])
    whole = case(sender, PromptSettings(), (), shared, found[CALL.id])  # type: ignore[arg-type]
    assert part is not None
    assert whole is not None
    loads = [
        workload(each, {key: known.value.mid for key, known in each.numbers.items()})
        for each in (part, whole)
    ]
    assert [load.calls for load in loads] == [7_000, 7_000]
    assert [load.output for load in loads] == [0, 200]
    assert [load.variable for load in loads] == [0, 20]  # one slot holds the question, the other the constant
    assert part.sender == CALL.id
    assert part.numbers["calls_per_month"].scope == CALL.id  # both move at once


def test_what_is_stated_of_the_constant_itself_counts() -> None:
    found = joints([SYSTEM, call("SYSTEM")])  # type: ignore[list-item]
    shared = project(usage_of(output_tokens=50, calls_per_month=3), NOTHING, {})
    part = case(SYSTEM, PromptSettings(), (), shared, found[SYSTEM.id])
    assert part is not None
    assert part.numbers["output_tokens"].value.mid == 50
    assert part.numbers["calls_per_month"].value.mid == 3
