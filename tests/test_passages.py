"""Passages that prompts share: what counts as one, and the index of a run."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_outline import plain

from promptlint import passages
from promptlint.model import FileResult, Shared
from promptlint.view import View

LONG = (
    "Never promise a refund before a colleague of the accounting team has agreed to it in writing, and tell the"
    " customer how long such an agreement usually takes."
)
SHORT = "Be kind to everybody who writes."


def view_of(text: str) -> View:
    return View(plain(text), len)


def texts(text: str) -> list[str]:
    view = view_of(text)
    return [text[item.span.start : item.span.end] for item in passages.passages(view)]


def test_a_passage_is_what_stands_between_empty_lines() -> None:
    assert texts(f"You sort mail.\n\n{LONG}\n \t\n\n{SHORT}\n\n{LONG}\n") == [LONG, LONG]


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{LONG}\n```\n",
        f"<example>\n{LONG}\n</example>\n",
        f"Copyright 2026 by us. {LONG}",
        SHORT,
        "",
        "\n\n\n",
    ],
)
def test_what_is_none(text: str) -> None:
    assert texts(text) == []


@pytest.mark.parametrize(
    "other",
    [LONG.upper(), LONG.replace(" ", "\n", 3), f"- **{LONG}**", LONG.rstrip(".")],
)
def test_the_same_passage_in_another_dress(other: str) -> None:
    assert passages.digests(view_of(LONG)) == passages.digests(view_of(other))


@pytest.mark.parametrize("other", [LONG.replace("Never", "Always"), LONG.replace("a refund", "2 refunds")])
def test_another_passage(other: str) -> None:
    assert passages.digests(view_of(LONG)) != passages.digests(view_of(other))


def result(path: str, **found: tuple[str, ...]) -> FileResult:
    return FileResult(path, passages=tuple((f"{path}::{name}", digests) for name, digests in found.items()))


def test_the_index_names_the_others() -> None:
    files = [result("a.py", A=("1", "2"), B=("1",)), result("b.md", C=("1", "3")), result("c.md", D=("4",))]
    assert passages.shared(files) == {
        "a.py": (
            Shared("1", "a.py::A", ("a.py::B", "b.md::C"), 2, first=True),
            Shared("1", "a.py::B", ("a.py::A", "b.md::C"), 2),
        ),
        "b.md": (Shared("1", "b.md::C", ("a.py::A", "a.py::B"), 2),),
    }


DIGESTS = st.lists(st.sampled_from("0123456789"), max_size=4, unique=True).map(tuple)
FILES = st.lists(st.dictionaries(st.sampled_from("ABC"), DIGESTS), max_size=6).map(
    lambda found: [result(f"{number}.py", **each) for number, each in enumerate(found)]
)


@given(FILES, st.randoms())
def test_order_does_not_matter(files: list[FileResult], random: Random) -> None:
    mixed = list(files)
    random.shuffle(mixed)
    found = passages.shared(files)
    assert passages.shared(mixed) == found
    owners = [(digest, name) for file in files for name, digests in file.passages for digest in digests]
    for path, items in found.items():
        for item in items:
            assert item.prompt.startswith(path)
            assert item.count == sum(digest == item.digest for digest, _ in owners) - 1
            assert item.prompt not in item.others
            assert len(item.others) == min(item.count, passages.MAX_NAMED)


@given(st.text(max_size=400))
def test_passages_lie_apart_and_in_order(text: str) -> None:
    found = list(passages.passages(view_of(text)))
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    assert all(0 <= item.span.start < item.span.end <= len(text) for item in found)
