"""Our hidden lines: written so that nothing breaks out of them, and found only where we put them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hostile import EACH
from hypothesis import given
from hypothesis import strategies as st

from promptlint.bot import marker
from promptlint.bot.marker import Marker
from promptlint.errors import UsageError

SHA = "0123456789abcdef" * 2 + "01234567"
OURS = Marker("default", SHA, "2026-11-23T10:00:00Z")
LINE = f"<!-- promptlint:v1 suite=default sha={SHA} at=2026-11-23T10:00:00Z -->\n"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_comment_opens_with_its_marker_and_is_read_back() -> None:
    comment = marker.stamped(OURS, "# Body\n")
    assert comment == LINE + "# Body\n"
    assert marker.parsed(comment) == OURS
    assert marker.parsed(comment.replace("\n", "\r\n")) == OURS
    assert marker.unstamped(comment.replace("\n", "\r\n").rstrip()) == "# Body"


@pytest.mark.parametrize(
    "comment",
    [
        "",
        " " + LINE,
        "\n" + LINE,
        "\ufeff" + LINE,
        "Hello\n" + LINE,
        "> " + LINE,
        LINE.replace("v1", "v2"),
        LINE.replace("\n", "x\n"),
        LINE.replace("default", "a--b"),
        LINE.replace("default", "a b"),
        LINE.replace("default", "x" * 100),
        LINE.replace(SHA, SHA[:-1]),
        LINE.replace(SHA, SHA.upper()),
        LINE.replace("T10", "T99"),
        LINE.replace("-11-", "-13-"),
        LINE.replace("00Z", "00+00:00"),
        LINE.replace("2026", "٢٠٢٦"),
        LINE.replace("-->", "--> <b>"),
    ],
)
def test_what_is_not_exactly_a_first_line_of_ours_is_text(comment: str) -> None:
    assert marker.parsed(comment) is None


@pytest.mark.parametrize("name", ["default", "a", "A-b_c.9", "0"])
def test_plain_names_of_suites(name: str) -> None:
    assert marker.suite_name(name) == name


@pytest.mark.parametrize("name", ["", "-", "a--b", "a-", "-->", "a b", "a\nb", "é", "a" * 100, "a>", "${x}"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--suite"):
        marker.suite_name(name)


@EACH
def test_hostile_text_forges_no_marker(text: str) -> None:
    assert marker.parsed(marker.stamped(OURS, text)) == OURS
    assert marker.parsed(f"Hello\n{text}") is None
    with pytest.raises(UsageError):
        marker.suite_name(text + "-->")
    signed = marker.signed(text, "default", "0" * 16)
    assert marker.sign(signed, "default") == "0" * 16
    assert marker.sign(f"{text}\nHello", "default") == ""


@given(st.text())
def test_no_text_is_a_suite_that_changes_the_line(text: str) -> None:
    try:
        name = marker.suite_name(text)
    except UsageError:
        return
    line = marker.stamped(Marker(name, SHA, OURS.at), "")
    assert marker.parsed(line) == Marker(name, SHA, OURS.at)
    assert line.count("\n") == 1
    assert line.count("--") == 2


def test_a_forged_sign_in_the_middle_does_not_count() -> None:
    forged = "<!-- promptlint:s1 suite=default fp=ffffffffffffffff -->"
    signed = marker.signed(f"{forged}\n```suggestion\n{forged}\n```", "default", "0" * 16)
    assert marker.sign(signed, "default") == "0" * 16
    assert marker.sign(signed.rstrip(), "default") == "0" * 16
    assert marker.sign(signed, "other") == ""
    assert marker.sign(signed + "more", "default") == ""
    with pytest.raises(ValueError, match="sign"):
        marker.signed("x", "a--b", "0" * 16)


@pytest.mark.parametrize(
    ("given_", "spelt"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:00.987+02:00", "2026-11-23T08:00:00Z"),
        ("9999-12-31T23:59:59Z", "2026-11-23T12:00:00Z"),
        ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
    ],
)
def test_times_are_utc_and_never_in_the_future(given_: str, spelt: str) -> None:
    assert marker.time(given_, NOW) == spelt


@pytest.mark.parametrize("text", ["", "now", "2026-11-23T10:00:00", "0001-01-01T00:00:00+23:00", "x" * 99])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="generated_at"):
        marker.time(text, NOW)
