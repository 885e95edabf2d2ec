"""Hostile text in Markdown is one code element that says what the text says, by GitHub's own parser."""

from __future__ import annotations

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hostile import EACH, SMALL
from hypothesis import example, given
from hypothesis import strategies as st
from pages import Page

from promptlint.markdown import (
    MAX_CODE,
    block,
    code,
    code_element,
    folded,
    is_command,
    plain,
    row,
    short,
    shown,
    table_head,
    unbroken,
)
from promptlint.style import visible

TEXTS = st.text(st.characters(), max_size=300) | st.text("`\\|~ <>-!\n\r\t:a", max_size=300)


def parsed(markdown: str) -> Page:
    return Page.of(github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


def check_code(text: str, limit: int = 200) -> None:
    """The span is one code element and nothing else, in a paragraph, a list, an alert and a cell."""
    span = code(text, limit)
    assert "\n" not in span
    for around in ("x {} y\n", "- x {} y\n", "> [!NOTE]\n> x {} y\n"):
        page = parsed(around.format(span))
        assert page.codes == [shown(text, limit) or " "]
        assert set(page.outside) <= set("xy \n[!NOTE]")
        assert not set(page.skeleton) & {"a", "img", "em", "strong", "del", "br", "math-renderer"}


def check_cell(text: str, limit: int = 200) -> None:
    page = parsed(table_head(("a", "b", "c")) + row(("x", code(text, limit, cell=True), "y")))
    assert page.codes == [shown(text, limit).replace(r"\|", r"\\x7c") or " "]
    assert page.skeleton.count("td") == 3
    assert page.outside.split() == ["a", "b", "c", "x", "y"]


@EACH
def test_a_span_of_a_hostile_text(text: str) -> None:
    check_code(text)
    check_cell(text)


@given(TEXTS)
@example("`" * 81)
@example("".join("`" * size + " " for size in range(1, 76)))
@example("\\|")
@example("a\\\\|\\")
def test_a_span_of_any_text(text: str) -> None:
    check_code(text, MAX_CODE)
    check_cell(text, MAX_CODE)
    assert shown(text, MAX_CODE) == visible(text)


@given(TEXTS, st.integers(1, 40))
def test_what_is_shown_is_the_beginning_of_what_is_visible(text: str, limit: int) -> None:
    cut, whole = shown(text, limit), visible(text)
    assert len(cut) <= limit
    assert cut == whole or (cut.endswith("…") and whole.startswith(cut[:-1]))


@EACH
def test_an_element_in_a_summary(text: str) -> None:
    head, foot = folded(f"{code_element(text, 200)}: x")
    page = parsed(f"{head}**y**\n{foot}")
    assert page.codes == [shown(text, 200)]
    assert page.skeleton == ["details", "summary", "code", "p", "strong"]
    assert page.outside.split() == [":", "x", "y"]


def lines_of(text: str) -> str:
    """The text as a parser of Markdown keeps it: its line ends and its illegal characters are put right."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


def check_block(text: str) -> None:
    page = parsed(f"x\n\n{block(text)}\ny\n")
    assert page.codes == [lines_of(text)]
    assert page.skeleton == ["p", "pre", "code", "p"]
    assert page.outside.split() == ["x", "y"]


@EACH
def test_a_block_of_a_hostile_text(text: str) -> None:
    check_block(text)


@given(TEXTS)
@example("`" * 300 + "\n")
@example("~~~\n" + "`" * 255)
@example("\r")
def test_a_block_of_any_text(text: str) -> None:
    check_block(text)


def test_a_block_of_more_marks_than_a_parser_counts_is_held_all_the_same() -> None:
    page = parsed(f"x\n\n{block('`' * 999 + chr(10) + '~' * 999 + chr(10) + 'z')}\ny\n")
    assert page.skeleton == ["p", "pre", "code", "p"]
    assert "z" in page.codes[0]


def test_the_language_of_a_block_is_ours() -> None:
    assert block("x", "suggestion:-0+2") == "```suggestion:-0+2\nx\n```\n"
    for language in ("a b", "x\n", "`", "<b>", "@user"):
        with pytest.raises(ValueError, match="language"):
            block("x", language)


def test_a_quick_action_behind_a_fence_is_seen() -> None:
    assert is_command("a\n```\n/merge\n")
    assert is_command("/close\n   ```")
    assert not is_command("a /merge\n```\n")
    assert not is_command("/merge\n")


@given(st.integers(-(10**9), 10**9))
def test_our_own_words_stay_what_they_are(value: int) -> None:
    words = f"~{value:,} to ${value:,} * [a_b] <c> #1 | & !"
    page = parsed(f"x {plain(words)}\n")
    assert page.outside.strip() == f"x {words}"
    assert page.skeleton == ["p"]
    in_cell = parsed(table_head(("a",)) + row((unbroken(words),)))
    assert in_cell.outside.split("a", 1)[1].strip().replace("\u00a0", " ").replace("\u2011", "-") == words


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_a_short_name_is_the_end_of_the_name(text: str) -> None:
    name = short(text, 30)
    assert len(name) <= 60
    assert "\n" not in name
    last = visible(text)[-5:]
    assert name.endswith(last) or "…" in name


def test_a_short_name_of_many_folders_is_quick() -> None:
    assert short("漢/" * 500_000 + "x.md").endswith("/x.md")
