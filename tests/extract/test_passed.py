"""What is not taken is said, with the reason; nothing of it in a normal run."""

from __future__ import annotations

import pytest

from promptlint.extract import Options, extract
from promptlint.model import Source, SourceKind

COVERAGE = Options(coverage=True)
LONG = (
    "Our shop stands by the river and sells tea, cups and kettles to people who sit still for a while. " * 3
)
SQL = "SELECT id, sender FROM letters WHERE folder IS NULL AND received_at > 1 " * 4


def passed(path: str, text: str, kind: SourceKind) -> list[tuple[str, str]]:
    """The first ten characters and the reason of each."""
    source = Source(path, text, kind)
    assert extract(source).passed == ()
    return [(text[it.span.start : it.span.end][:10], it.reason) for it in extract(source, COVERAGE).passed]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"x = '{LONG}'", "its name, call and wording do not say so"),
        (f"x = f'{LONG}{{y}}'", "its name, call and wording do not say so"),
        (f"x = 'a ' + '{LONG}' + y", "its name, call and wording do not say so"),
        (f"def f():\n    '{LONG}'", "a docstring, or text that nothing uses"),
        (f"print('{LONG}')", "given to print()"),
        (f"f(help='{LONG}')", "given as 'help'"),
        (f"raise ValueError('{LONG}')", "an error message"),
        (f"x_html = '{LONG}'", "the name 'x_html' is not that of a prompt"),
        (f"x = '{SQL}'", "SQL"),
        (f"x = '<div>{LONG}</div>'", "HTML or XML"),
        (f"x = 'import os\\n{LONG}'", "code"),
        (f"x = '{'0123456789 ' * 30}'", "too few words"),
    ],
)
def test_python(text: str, reason: str) -> None:
    assert [why for _, why in passed("a.py", text, SourceKind.PYTHON)] == [reason]


def test_python_leaves_out_prompts_and_short_texts() -> None:
    text = f"SYSTEM_PROMPT = 'You sort mail. {LONG}'\nshort = 'A short text.'\nx = '{LONG}'\n"
    assert passed("a.py", text, SourceKind.PYTHON) == [
        ("'Our shop ", "its name, call and wording do not say so")
    ]
    assert passed("a.py", "x = (", SourceKind.PYTHON) == []
    assert passed("tests/test_a.py", "x = 'You are a helpful bot.'", SourceKind.PYTHON) == [
        ("x = 'You a", "test code")
    ]


def test_data() -> None:
    text = f"about: {LONG}\nitems:\n- {LONG}\nshort: no\nsystem_prompt: You are a bot. {LONG}\n"
    assert passed("a.yaml", text, SourceKind.YAML) == [
        ("Our shop s", "the key 'about' names no prompt"),
        ("Our shop s", "the key 'items' names no prompt"),
    ]
    workflow = f"name: x\non: push\njobs: {{a: '{LONG}'}}\nprompt: {LONG}\n"
    assert {why for _, why in passed("a.yml", workflow, SourceKind.YAML)} == {"in a CI workflow"}
    assert passed("a.json", f'{{"about": "{LONG}"}}', SourceKind.JSON) == [
        ('"Our shop ', "the key 'about' names no prompt")
    ]
    assert passed("a.json", '{"about": ', SourceKind.JSON) == []
    assert passed("a.yaml", f"a: &x {LONG}\nb: *x\n", SourceKind.YAML) == [
        ("Our shop s", "the key 'a' names no prompt"),
        ("Our shop s", "the key 'b' names no prompt"),
    ]


def test_a_refused_file_that_speaks_to_a_model() -> None:
    told = "# License\n\nMIT License\n\nYou are a helpful assistant.\n"
    assert [why for _, why in passed("LICENSE.md", told, SourceKind.MARKDOWN)] == [
        extract(Source("LICENSE.md", told, SourceKind.MARKDOWN)).reason
    ]
    assert passed("LICENSE.md", "MIT License\n\nPermission is granted.\n", SourceKind.MARKDOWN) == []
