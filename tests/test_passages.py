"""Passages that prompts share: what counts as one, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_outline import plain

from promptlint import passages, run, sharing
from promptlint.model import FileResult, Finding, Location, Passage, Severity, Span
from promptlint.view import View

LONG = (
    "Never promise a refund before a colleague of the accounting team has agreed to it in writing, and tell the"
    " customer how long such an agreement usually takes. Where the team is away, the manager of the day agrees instead."
)
SHORT = "Be kind to everybody who writes."


def view_of(text: str) -> View:
    return View(plain(text), len)


def texts(text: str) -> list[str]:
    view = view_of(text)
    return [text[span.start : span.end] for span in passages.passages(view)]


def finding(prompt: str, line: int = 1) -> Finding:
    place = Location(line, 1, line, 9)
    span = Span(10 * line, 10 * line + 9)
    path = prompt.partition("::")[0]
    return Finding(
        "RED007", "shared-passage", Severity.INFO, "", path, span, place, f"{prompt}{line}", prompt
    )


def digest(text: str) -> str:
    return passages.passage(text, 1, 1, finding("a.md")).digest


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
    assert digest(LONG) == digest(other)


@pytest.mark.parametrize("other", [LONG.replace("Never", "Always"), LONG.replace("a refund", "2 refunds")])
def test_another_passage(other: str) -> None:
    assert digest(LONG) != digest(other)


def result(path: str, **found: Iterable[str]) -> FileResult:
    made = (
        Passage(digest, 12, 15, 20, finding(f"{path}::{name}", line))
        for name, digests in found.items()
        for line, digest in enumerate(digests, 1)
    )
    return FileResult(path, passages=tuple(made))


def messages(files: Iterable[FileResult]) -> dict[str, list[tuple[str | None, str, list[int]]]]:
    told = sharing.told(files)
    return {
        path: [(each.prompt, each.message, [place.line for place in each.related]) for each in found]
        for path, found in told.items()
    }


def test_all_but_the_first_are_told_once_of_what_they_share_with_it() -> None:
    files = [result("b.md", C="192"), result("a.py", A="12", B="12"), result("c.md", D="4")]
    what = "30 tokens in 2 passages that a.py::A and 1 more have, too: keep them in one place"
    assert messages(files) == {
        "a.py": [("a.py::B", what, [2])],
        "b.md": [("b.md::C", what, [3])],
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1", "1"),  # 12 words alone are less than 20
        ("12", "1"),
        ("12", "11"),  # one passage, twice
    ],
)
def test_what_is_too_short_to_be_told(first: str, second: str) -> None:
    assert messages([result("a.py", A=first), result("b.py", B=second)]) == {}


def test_a_prompt_that_repeats_itself_shares_nothing() -> None:
    assert messages([result("a.py", A="1212")]) == {}


DIGESTS = st.lists(st.sampled_from("0123456789"), max_size=4)
FILES = st.lists(st.dictionaries(st.sampled_from("ABC"), DIGESTS), max_size=6).map(
    lambda found: [result(f"{number}.py", **each) for number, each in enumerate(found)]
)


@given(FILES, st.randoms())
def test_order_does_not_matter_and_the_first_is_never_told(files: list[FileResult], random: Random) -> None:
    mixed = list(files)
    random.shuffle(mixed)
    found = sharing.told(files)
    assert sharing.told(mixed) == found
    told = {each.fingerprint for items in found.values() for each in items}
    first: dict[str, str | None] = {}
    for item in (item for file in files for item in file.passages):
        owner = first.setdefault(item.digest, item.finding.prompt)
        assert owner != item.finding.prompt or item.finding.fingerprint not in told


def checked(root: Path, **texts: str) -> dict[str, list[str]]:
    for name, text in texts.items():
        (root / f"{name}.prompt.md").write_text(text)
    asked = run.Request(paths=(root,), extend_select=("RED007",), use_cache=False, isolated=True)
    found = run.run(asked).result.files
    return {file.path.rpartition("/")[2][0]: [each.code for each in file.findings] for file in found}


def test_a_run_tells_of_what_its_files_share(tmp_path: Path) -> None:
    ask = "You answer the mail of a shop.\n\n"
    assert checked(tmp_path, a=f"{ask}{LONG}\n", b=f"You write notes.\n\n{LONG}\n") == {
        "a": [],
        "b": ["RED007"],
    }


def test_a_comment_answers_it_and_is_not_idle(tmp_path: Path) -> None:
    answered = f"You write notes.\n\n<!-- promptlint: ignore[RED007] the same on purpose -->\n{LONG}\n"
    assert checked(tmp_path, a=f"You answer mail.\n\n{LONG}\n", b=answered) == {"a": [], "b": []}


@given(st.text(max_size=400))
def test_passages_lie_apart_and_in_order(text: str) -> None:
    found = list(passages.passages(view_of(text)))
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= span.start < span.end <= len(text) for span in found)
