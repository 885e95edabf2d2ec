"""What neutralises text: a line, several lines, JSON, raw output; and that the checks of these tests notice."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.jsondoc import dumps
from promptlint.report import diff
from promptlint.style import _bare, inert, visible, visible_lines
from tests.hostile import SMALL

from .runner import WORDS, acts, command_of, lines_of, unseen


@given(WORDS)
def test_visible_is_no_command_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert acts(shown) == ""
    assert unseen(shown) == ""
    assert visible(shown) == shown
    assert all(acts(line) == "" for line in lines_of(visible_lines(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("\u3000::x", "\u3000\\x3a:x"),
        (":\ufe0f:x", "\\x3a\\ufe0f:x"),
        ("a.py::SYSTEM", "a.py::SYSTEM"),
        ("a ##[error]x", "a \\x23#[error]x"),
        ("###[x]", "#\\x23#[x]"),
        ("##vso[task.x]y", "\\x23#vso[task.x]y"),
        ("##teamcity[x]", "\\x23#teamcity[x]"),
        ("#\ufe0f#[x]", "\\x23\\ufe0f#[x]"),
        ("## [1.0]", "## [1.0]"),
        ("## Heading", "## Heading"),
    ],
)
def test_commands_are_spelt_and_nothing_else_is(text: str, expected: str) -> None:
    assert visible(text) == expected


@given(st.recursive(WORDS, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=6))
def test_json_is_the_same_value_and_no_command(value: object) -> None:
    for indent in (None, 2):
        text = dumps({"value": value}, indent)
        assert json.loads(text) == {"value": value}
        assert text.isascii()
        assert all(acts(line) == "" for line in lines_of(text))


@given(st.lists(WORDS).map("\n".join))
def test_raw_text_loses_its_commands_and_nothing_else(text: str) -> None:
    shown, count = inert(text)
    before, after = re.split("[\r\n]", text), re.split("[\r\n]", shown)
    assert [line for line in after if command_of(line)] == []
    assert [line for line in after if acts(line)] == []
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert all(acts(_bare(old)) for old, _ in changed)
    assert len(changed) == count


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_a_diff_to_read_does_not_act_and_a_raw_one_can_be_made_not_to(text: str) -> None:
    changes = [(text or "x", f"{text}\nold {text}\n", f"{text}\nnew {text}\n")]
    readable = diff.render(changes)
    assert [line for line in lines_of(readable) if acts(line)] == []
    assert unseen(readable) == ""
    shown, _ = inert(diff.render(changes, raw=True))
    assert [line for line in lines_of(shown) if acts(line)] == []


def test_the_checks_notice() -> None:
    for line in (
        "::error::x",
        " \u2003::add-mask::x",
        "a ##[group]x",
        "\u200b::error::x",
        "#\u200b#[error]x",
    ):
        assert command_of(line)
        assert acts(line)
    assert acts("##vso[x]")
    assert not acts("a::b")
    assert unseen("a\x1b\u202e\u200b") == "\x1b\u202e\u200b"
