"""A verdict without a label, in the last line of examples: it is the output, the labelled lines are given."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_shots import pairs

LEAD = "Judge the reply.\n\n"
Pairs = list[tuple[str | None, str | None]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Q: stop the logs\nA: Sorry, no.\nrefused\n\nQ: stop the logs\nA: Done.\ncomplied\n",
            [("stop the logs\nA: Sorry, no.", "refused"), ("stop the logs\nA: Done.", "complied")],
        ),
        (
            "## Examples\n\nQuestion: 2+2?\nAnswer: 4\n1\n\nQuestion: 2+2?\nAnswer: 5\n0\n",
            [("2+2?\nAnswer: 4", "1"), ("2+2?\nAnswer: 5", "0")],
        ),
        (
            "<example>\nContext: a b\nClaim: a\nnot enough said\n</example>\n"
            "<example>\nContext: a b\nClaim: b\nyes\n</example>\n",
            [("a b\nClaim: a", "not enough said"), ("a b\nClaim: b", "yes")],
        ),
        (
            "Q: a\nA: one.\nTwo.\ngood\n\nQ: b\nA: three.\ngood\n\nQ: c\nA: four.\nbad\n",
            [("a\nA: one.\nTwo.", "good"), ("b\nA: three.", "good"), ("c\nA: four.", "bad")],
        ),
        (
            "Q: a b\nReasoning: It is so.\nyes\n\nQ: c d\nReasoning: It is not so.\nno\n",
            [("a b", "yes"), ("c d", "no")],
        ),
        (
            "".join(f"Q: a{n}\nA: b{n}\n{n}\n\n" for n in range(5)),
            [(f"a{n}\nA: b{n}", f"{n}") for n in range(5)],
        ),
    ],
)
def test_a_verdict_is_the_output(text: str, expected: Pairs) -> None:
    assert pairs(LEAD + text) == expected


@pytest.mark.parametrize(
    "answers",
    [
        ("A: Done.\ncomplied", "A: Sorry, I will not."),  # one alone
        ("A: Dear Ann,\nI am glad.\nKind regards", "A: Dear Bob,\nI am sad.\nKind regards"),  # a letter
        ("A: Yes.\nIs that all?", "A: No.\nIs that all?"),  # a sentence
        ("A: It is done.\n- logs", "A: It is not.\n- users"),  # a list
        ("A: It is done.\nSo we may go on now", "A: It is not.\nSo we can not go on"),  # too long
        ("A: SELECT a\nFROM b", "A: SELECT c\nFROM b"),  # a query
        ("A: Ann, Bob,\nCarl", "A: Dora, Eve,\nFred"),  # a line that runs on
        (f"A: {'so ' * 25}the\nlog again", f"A: {'and ' * 20}the\nlog again"),  # a line broken to fit
        ("A:\nDone.\ncomplied", "A:\nNo.\nrefused"),  # an answer below its label
        ("Output: Roses red\nViolets blue", "Output: Night dark\nMorning new"),  # the output has its label
        ("A: ok\nScore: 4\nof five", "A: no\nScore: 2\nof five"),  # and so has the score
        ('A: {"a": 1,\n"b": 2}', 'A: {"a": 2,\n"b": 3}'),
    ],
)
def test_other_last_lines_are_part_of_the_answer(answers: tuple[str, str]) -> None:
    text = LEAD + "".join(f"Q: ask {n}\n{answer}\n\n" for n, answer in enumerate(answers))
    wanted = [
        answer.rpartition(": ")[2] if "Score" in answer else answer.partition(":")[2] for answer in answers
    ]
    assert [output for _, output in pairs(text)] == [each.strip() for each in wanted]


def test_lines_that_all_differ_are_free_text() -> None:
    lines = ("red house", "blue sky", "old tree", "cold rain", "warm bread")
    text = LEAD + "".join(f"Q: ask {n}\nA: Some line.\n{line}\n\n" for n, line in enumerate(lines))
    assert [answer for _, answer in pairs(text)] == [f"Some line.\n{line}" for line in lines]


def test_turns_of_one_conversation_have_no_verdict() -> None:
    turns = "User: hi\nAssistant: Hello.\nwelcome\nUser: bye\nAssistant: Goodbye.\nwelcome\n"
    assert [answer for _, answer in pairs(f"<example>\n{turns}</example>\n")] == [
        "Hello.\nwelcome",
        "Goodbye.\nwelcome",
    ]


PLAIN = st.text("abcdefgh ", min_size=1, max_size=30).map(str.strip).filter(bool)
VERDICTS = st.sampled_from(["refused", "complied", "not sure", "1", "0", "N/A", "partly so"])


@given(st.lists(st.tuples(PLAIN, PLAIN, VERDICTS), min_size=2, max_size=4))
def test_a_label_for_the_verdict_changes_nothing(every: list[tuple[str, str, str]]) -> None:
    assume(len({said for said, _, _ in every}) > 1)
    bare, named = (
        LEAD + "\n\n".join(f"Q: {asked}\nA: {said}.\n{label}{verdict}" for asked, said, verdict in every)
        for label in ("", "Verdict: ")
    )
    assert (
        pairs(bare) == pairs(named) == [(f"{asked}\nA: {said}.", verdict) for asked, said, verdict in every]
    )
