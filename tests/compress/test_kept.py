"""What a `keep` comment protects, no pass touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint import run
from promptlint.compress import ground as grounds
from promptlint.compress import offline
from promptlint.compress.offline import Target
from promptlint.extract import kind_of
from promptlint.model import Source, SourceKind

TWICE = "Never promise a refund.\n\nKeep answers brief.\n\n{}Do not promise a refund.\n\nIn order to help, be quick.\n"


def shortened(text: str, name: str = "a.prompt.md") -> str:
    space = run.workspace(run.Request(isolated=True))
    found = grounds.settings(space.settings(Path(name), name))
    source = Source(name, text, kind_of(name) or SourceKind.TEXT, named=True)
    file = grounds.read(source, found)
    return offline.shorten(file, file.grounds[0], Target()).source.text


def test_without_a_comment_both_go() -> None:
    assert (
        shortened(TWICE.format(""))
        == "Never promise a refund.\n\nKeep answers brief.\n\nTo help, be quick.\n"
    )


def test_keep_speaks_for_the_paragraph_after_it() -> None:
    text = TWICE.format("<!-- promptlint: keep -->\n")
    assert shortened(text) == text.replace("In order to", "To")


@pytest.mark.parametrize("end", ["end keep", "end-keep"])
def test_keep_speaks_for_all_up_to_its_end(end: str) -> None:
    text = (
        "<!-- promptlint: keep -->\n"
        + TWICE.format("")
        + f"<!-- promptlint: {end} -->\n\nIn order to go on, ask.\n"
    )
    assert shortened(text) == text.replace("In order to go on", "To go on")


def test_keep_before_a_python_string_speaks_for_the_prompt() -> None:
    body = "You are a support assistant. In order to help, be quick.\\n"
    text = f'# promptlint: keep\nSYSTEM_PROMPT = "{body}"\n'
    assert shortened(text, "a.py") == text
    assert "To help" in shortened(text.replace("# promptlint: keep\n", ""), "a.py")


def test_a_comment_that_ignores_a_rule_is_respected() -> None:
    text = (
        "You are a support assistant.\n\n<!-- promptlint: ignore[TOK001] -->\nIn order to help, be quick.\n"
    )
    assert shortened(text) == text
