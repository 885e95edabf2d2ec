from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import style
from promptlint.model import Basis, TokenCount


class Stream:
    def __init__(self, tty: bool) -> None:
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty

    def fileno(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    ("tty", "env", "flag", "expected"),
    [
        (True, {}, "auto", True),
        (False, {}, "auto", False),
        (True, {"NO_COLOR": "1"}, "auto", False),
        (True, {"NO_COLOR": ""}, "auto", True),
        (False, {"FORCE_COLOR": "1"}, "auto", True),
        (False, {"FORCE_COLOR": "0"}, "auto", False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
        (True, {"TERM": "dumb"}, "auto", False),
        (False, {"NO_COLOR": "1"}, "always", True),
        (True, {"FORCE_COLOR": "1"}, "never", False),
    ],
)
def test_color(tty: bool, env: dict[str, str], flag: str, expected: bool) -> None:
    assert style.decide_color(Stream(tty), env, flag) is expected


@pytest.mark.parametrize(
    ("columns", "expected"), [("80", 80), ("7", 40), ("9999", 160), ("9" * 5000, 100), ("x", 100), ("", 100)]
)
def test_width_of_the_terminal(columns: str, expected: int) -> None:
    assert style.terminal_width(Stream(False), {"COLUMNS": columns}) == expected
    assert style.terminal_width(Stream(True), {"COLUMNS": columns}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "$0"),
        (0.0000001, "<$0.000001"),
        (0.00012345, "$0.000123"),
        (0.0175, "$0.0175"),
        (0.035, "$0.035"),
        (0.5, "$0.50"),
        (0.9996, "$1.00"),
        (12.4, "$12.40"),
        (99.999, "$100"),
        (1240, "$1,240"),
        (-0.02, "-$0.02"),
    ],
)
def test_usd(value: float, expected: str) -> None:
    assert style.usd(value) == expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((0.02, 0.04), "$0.02-0.04"),
        ((0.0175, 0.035), "$0.0175-0.0350"),
        ((0.019, 0.05), "$0.019-0.050"),
        ((2.0, 2.0001), "$2.00"),
        ((0.37, 3.7), "$0.37-3.70"),
        ((0, 0.015), "$0-0.015"),
        ((0.0175, 1.4), "$0.0175-1.40"),
        ((-1.5, 2), "-$1.50 to $2.00"),
        ((2, -1.5), "-$1.50 to $2.00"),
        ((0.1, 0.125), "$0.100-0.125"),
    ],
)
def test_usd_range(ends: tuple[float, float], expected: str) -> None:
    assert style.usd_range(ends) == expected


@given(st.floats(1e-5, 1e7))
def test_usd_keeps_the_value(value: float) -> None:
    shown = float(style.usd(value).removeprefix("$").replace(",", ""))
    assert abs(shown - value) <= 0.006 * value


def test_token_counts() -> None:
    assert style.marked(1847, Basis.EXACT) == "1,847"
    assert style.marked(1847, Basis.ESTIMATED) == "~1,847"
    assert style.marked(300, Basis.ASSUMED) == "300?"
    assert style.marked(300, Basis.MEASURED) == "300*"
    assert style.token_range(TokenCount(900, 1847, 0, "t", Basis.EXACT)) == "900-1,847"
    assert style.token_range(TokenCount(900, 1847, 0, "t", Basis.ESTIMATED, 0.1)) == "~900-1,847"
    assert style.percent_error(0.12) == "±12%"
    assert style.plural(1, "file") == "1 file"
    assert style.plural(1204, "safe fix", "safe fixes") == "1,204 safe fixes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb", "a    b"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\nb\r", "a␊b␍"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\x9bb\x7f", "a\\x9bb␡"),
        ("\ud800", "\\ud800"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("e\u0301", "e\u0301"),
        ("\u0301", "◌\u0301"),
        ("❤\ufe0f", "❤"),
        ("❤\ufe0f\ufe0f\ufe0e", "❤\\ufe0f\\ufe0e"),
        ("a\u2028b", "a\\u2028b"),
        ("日本 🙂", "日本 🙂"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert style.visible(text) == expected


@given(st.text())
def test_visible_is_one_harmless_line(text: str) -> None:
    shown = style.visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert style.visible(shown) == shown


@given(st.text(), st.integers(0, 60), st.booleans())
def test_fit_never_exceeds_its_room(text: str, room: int, both_ends: bool) -> None:
    shown = style.fit(text, room, both_ends)
    assert style.width(shown) <= room
    if style.width(style.visible(text)) <= room:
        assert shown == style.visible(text)


def test_fit_keeps_both_ends_of_an_id() -> None:
    assert (
        style.fit("services/search/prompts/answer.py::SYSTEM", 20, both_ends=True) == "servic…er.py::SYSTEM"
    )


def test_table_aligns_wide_characters() -> None:
    lines = style.table([("id", "n"), ("日本", "1"), ("abc", "1,000")])
    assert [style.width(line) for line in lines] == [11, 11, 11]


@given(st.lists(st.text("ab c日", min_size=1).map(str.strip).filter(bool)), st.integers(10, 40))
def test_wrap_loses_no_words_that_fit(parts: list[str], room: int) -> None:
    lines = style.wrap(parts, room)
    assert all(style.width(line) <= room for line in lines)
    if all(style.width(word) <= room for part in parts for word in part.split()):
        assert " ".join(lines).split() == " ".join(parts).split()
