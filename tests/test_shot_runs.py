"""Examples that no heading announces, and the fields of their answers with the values that are declared."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_outline import chat, plain

from promptlint.breaches.fields import fields
from promptlint.breaches.listed import listed, lists
from promptlint.model import Role
from promptlint.shots import shots
from promptlint.view import View


def pairs(text: str) -> list[tuple[str, str]]:
    view = View(plain(text), len)
    return [
        (
            view.text[shot.input.start : shot.input.end] if shot.input else "",
            view.text[shot.output.start : shot.output.end] if shot.output else "",
        )
        for shot in shots(view)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Tag it.\n\n"a b" x\n"c d" y\n"e f" x\n\nNow go.', [("a b", "x"), ("c d", "y"), ("e f", "x")]),
        ("Sort.\n\na b -> x\nc d -> y\ne f -> x\n", [("a b", "x"), ("c d", "y"), ("e f", "x")]),
        (
            "M: who\nsearch\nM: and arm?\nsearch\nM: thanks\nchat\n\nM: {m}",
            [("who", "search"), ("and arm?", "search"), ("thanks", "chat")],
        ),
        (
            "###\na / b\nlabel: x\n###\nc\nlabel: x\n###\nd\nlabel: y\n",
            [("a / b", "x"), ("c", "x"), ("d", "y")],
        ),
        (
            "Titles\n====\nSTORY  a b\nHEAD  Council drops plan\n====\nSTORY  c\nHEAD  Road shuts\n====\n"
            "STORY  d\nHEAD  Rain again\n====\n",
            [("STORY  a b", "Council drops plan"), ("STORY  c", "Road shuts"), ("STORY  d", "Rain again")],
        ),
        (
            'Q: a\n{"n": 1}\n\nQ: b\nmore\n{"n": 2}\n',
            [("a", '{"n": 1}'), ("b\nmore", '{"n": 2}')],
        ),
        (
            '<ex>\nprofile: a\n{"g": "x"}\n</ex>\n<ex>\nprofile: b\n{"g": "y"}\n</ex>\n<ex>\nprofile: c\n{"g": "x"}\n</ex>\n',
            [("profile: a", '{"g": "x"}'), ("profile: b", '{"g": "y"}'), ("profile: c", '{"g": "x"}')],
        ),
    ],
)
def test_runs_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Rules:\n404 -> retry the call after a minute\n500 -> tell the person on call\n401 -> log in again\n",
        '{\n  "type": "object",\n  "title": "Line",\n  "a": "string",\n  "b": "string"\n}\n',
        "Name: x\nName: y\nName: z\n",
        'If it works:\n{"ok": true}\n\nIf it fails, answer in this format:\n{"ok": false}\n',
        'Action:\n{"name": "a"}\nObservation: 1\n\nAction:\n{"name": "b"}\nObservation: 2\n\nAction:\n{"name": "c"}\n',
        "```\na b -> x\nc d -> x\ne f -> y\n```\n",
    ],
)
def test_what_looks_like_it_is_left_alone(text: str) -> None:
    assert not any(answer for _, answer in pairs(text))


def test_a_run_ends_with_its_message() -> None:
    view = View(chat((Role.SYSTEM, "Sort.\n\na b -> x\nc d -> y\ne f -> x"), (Role.USER, "g h -> x")), len)
    assert len(shots(view)) == 3


@given(st.text(alphabet='ab:>-"#{}<>x \n', max_size=400))
def test_examples_lie_apart_and_in_order(text: str) -> None:
    found = shots(View(plain(text), len))
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start or one.group == other.group
    for shot in found:
        for part in (shot.input, shot.output):
            assert part is None or (shot.span.start <= part.start <= part.end <= shot.span.end)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a b -> x\n" * 20_000,
        "M: " * 50_000,
        '{"a": ' * 20_000,
        "###\n" * 30_000,
        '"a" ' * 50_000,
        "Q: a\n{\n" * 10_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    fields(View(plain(text), len))


def test_fields_know_their_values() -> None:
    text = 'Intents: table, taxi, other.\n\nQ: a\n{"intent": "table", "say": "b"}\n\nQ: c\n{"intent": "spa", "say": "d"}\n'
    found = {field.name: field for field in fields(View(plain(text), len))}
    assert [choice.text for choice in found["intent"].choices] == ["table", "taxi", "other"]
    assert found["intent"].sure
    assert [said.value for said in found["intent"].said] == ["table", "spa"]
    assert not found["say"].choices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write search or chat.", ["search", "chat"]),
        ("Topic of a letter: search, chat, lost. One word.", ["search", "chat", "lost"]),
        ("search - looks it up\nchat - talks\nlost - neither\n", ["search", "chat", "lost"]),
        ("Labels\n  search   looks it up\n  chat     talks\n", ["search", "chat"]),
        ("Values such as search, chat, lost", None),
        ("red, green, blue, search", None),
    ],
)
def test_the_list_that_fits_is_found(text: str, expected: list[str] | None) -> None:
    values = {"search", "chat"}
    found = listed(lists(text, (), values), "", values)
    assert ([choice.text for choice in found.choices] if found else None) == expected
