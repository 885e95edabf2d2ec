from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.locate import location
from promptlint.model import FileResult, Span
from promptlint.report import render
from promptlint.reporting import Report

from .conftest import BOT, make_finding, make_report


def columns(text: str) -> int:
    """Terminal cells, counted without promptlint's help."""
    count = 0
    for char in text:
        if (
            unicodedata.category(char) in {"Mn", "Me"}
            or "\u1160" <= char <= "\u11ff"
            or "\ud7b0" <= char <= "\ud7ff"
        ):
            continue
        count += 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
    return count


def excerpt(text: str, span: Span, width: int = 100) -> list[str]:
    """The lines of the excerpt of one finding, gutters included."""
    finding = replace(make_finding("p.md", BOT, "SYSTEM"), span=span, location=location(text, span))
    report = make_report([FileResult("p.md", (), (finding,))], sources={"p.md": text}, width=width)
    lines = render("full", report).split("\n")
    return lines[2 : next(i for i, line in enumerate(lines) if "= why" in line)]


LINE = st.text(
    st.one_of(
        st.sampled_from("ab \t日本語🙂👍🏽e\u0301\u200d\ufe0f\u202e\x1b\x00\x9b가\u3000-"),
        st.characters(blacklist_characters="\n§", blacklist_categories=["Cs"]),
    ),
    max_size=120,
)


@given(LINE, LINE, LINE, st.integers(40, 120))
def test_the_caret_stands_under_the_hit(before: str, inside: str, after: str, width: int) -> None:
    text = f"first\n{before}§{inside}{after}\nlast"
    start = 6 + len(before)
    shown, carets = excerpt(text, Span(start, start + 1 + len(inside)), width)[:2]
    assert shown.count("§") == 1
    assert columns(shown[: shown.index("§")]) == columns(carets[: carets.index("^")])
    assert set(carets[carets.index("^") :]) == {"^"}
    assert columns(shown) <= width
    assert columns(carets) <= width


@given(LINE, LINE)
def test_the_underline_is_as_long_as_the_hit(before: str, inside: str) -> None:
    text = f"{before}§{inside}¶"
    shown, carets = excerpt(text, Span(len(before), len(text)), 10_000)[:2]
    hit = shown[shown.index("§") :]
    assert carets.count("^") == columns(hit)


@pytest.mark.parametrize("text", ["", "x", "x\n", "\ufeffx", "\r\n", "ab\r\ncd\r\n"])
def test_every_empty_hit_has_one_caret(text: str) -> None:
    for start in range(len(text) + 1):
        assert excerpt(text, Span(start, start))[1].count("^") == 1


def test_a_bom_takes_no_column() -> None:
    text = "\ufeffHello you"
    shown, carets = excerpt(text, Span(1, 6))[:2]
    assert (shown, carets) == ("1 | Hello you", "  | ^^^^^")


def test_crlf_is_no_part_of_the_line() -> None:
    assert excerpt("ab\r\ncd\r\n", Span(0, 6)) == ["1 | ab", "  | ^^", "2 | cd", "  | ^^"]


def test_a_hit_that_ends_with_its_newline_is_one_line() -> None:
    assert excerpt("ab\ncd\n", Span(0, 3)) == ["1 | ab", "  | ^^"]


def test_a_hit_of_many_lines_says_how_many() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 21))
    assert excerpt(text, Span(0, len(text))) == [
        " 1 | line 1",
        "   | ^^^^^^",
        " 2 | line 2",
        "   | ^^^^^^",
        "   | ... 18 more lines",
    ]


def test_a_line_of_a_megabyte_is_windowed() -> None:
    text = "x" * 500_000 + "needle" + "y" * 500_000
    shown, carets = excerpt(text, Span(500_000, 500_006), 60)
    assert "needle" in shown
    assert len(shown) <= 60
    assert shown.index("needle") == carets.index("^")
    assert shown.startswith("1 | …")
    assert shown.endswith("…")


def test_no_source_no_excerpt(report: Report) -> None:
    assert "^" not in render("full", replace(report, sources={}))
    stale = replace(report, sources=dict.fromkeys(report.sources, "short"))
    assert "^" not in render("full", stale)


def test_full_reads_well(report: Report) -> None:
    text = render("full", report)
    assert (
        "app/bot.py:5:50 RED001 repeated-instruction [warning] "
        '"answer in valid JSON" is said twice in this paragraph\n'
        "  |\n"
        "5 | …make sure to always answer in valid JSON. It is very important that you answer in valid JSON.\n"
        "  |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  = why: A repetition is paid for on every call and is followed no better.\n"
        "  = see: app/bot.py:5:1\n"
        "  = saves: 11 tokens a call (exact), $0.0138-0.0275 per 1,000 calls, $13.75-27.50 a month\n"
        "  = fix: safe\n"
    ) in text
    assert '= fix: unsafe (may lose: that steps are shown): delete "Think step by step."' in text
    assert "(model assumed:\n           claude-sonnet-4-5)" in text
    assert '= fix: safe: replace "Please make sure to a" by "A"' in text
    assert "120 output tokens a call (estimated)" in text
    assert "app/odd.j2:3: promptlint failed: the template lexer gave up" in text
    assert text.endswith("1 file failed\n")


def test_verbose_says_why(report: Report) -> None:
    text = render("full", replace(report, verbose=True))
    assert "took prompts/triage.yaml: in a folder named prompts\n" in text
    assert "skipped data/dump.json: larger than 1 MB\n" in text


def test_color_changes_nothing_but_color(report: Report) -> None:
    for name in ("full", "concise", "bill", "statistics", "prompts"):
        colored = render(name, replace(report, color=True))
        assert "\x1b[" in colored
        assert re.sub(r"\x1b\[\d+m", "", colored) == render(name, report)
