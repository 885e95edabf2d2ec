from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.extract import Options, extract, kind_of
from promptlint.model import Source, SourceKind
from promptlint.templates import JinjaSettings


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.txt", SourceKind.TEXT),
        ("a/b.md", SourceKind.MARKDOWN),
        ("a.MARKDOWN", SourceKind.MARKDOWN),
        (".cursor/rules/a.mdc", SourceKind.MARKDOWN),
        ("a/.cursorrules", SourceKind.MARKDOWN),
        ("a.j2", SourceKind.JINJA),
        ("a.md.j2", SourceKind.JINJA),
        ("a.html.jinja", SourceKind.JINJA),
        ("a.jinja2", SourceKind.JINJA),
        ("a.prompt", SourceKind.JINJA),
        ("a.prompty", SourceKind.JINJA),
        ("a.prompt.yml", SourceKind.YAML),
        ("a.yaml", SourceKind.YAML),
        ("a.json", SourceKind.JSON),
        ("a.py", SourceKind.PYTHON),
        ("a.pyi", None),
        ("a.rst", None),
        ("Makefile", None),
        (".md", None),
        ("a.md/b", None),
    ],
)
def test_kind_by_name(path: str, kind: SourceKind | None) -> None:
    assert kind_of(path) is kind


def test_the_reason_says_why_or_why_not() -> None:
    yes = extract(Source("prompts/a.md", "Be kind.", SourceKind.MARKDOWN))
    no = extract(Source("README.md", "Be kind.", SourceKind.MARKDOWN))
    assert (len(yes.prompts), yes.reason) == (1, "in a folder of prompts")
    assert (no.prompts, no.problems, no.reason) == ((), (), "a file about the project")


def test_a_nul_character_is_a_problem() -> None:
    (problem,) = extract(Source("prompts/a.txt", "ab\0", SourceKind.TEXT)).problems
    assert (problem.code, problem.span.start) == ("SRC001", 2)


def test_nesting_that_no_parser_bears_is_a_problem() -> None:
    text = "{{ " + "(" * 20000 + "x" + ")" * 20000 + " }}"
    (problem,) = extract(Source("prompts/a.j2", text, SourceKind.JINJA)).problems
    assert problem.code == "SRC003"


def test_options_reach_the_extractor() -> None:
    source = Source("prompts/a.j2", "<< x >> {{ y }}", SourceKind.JINJA)
    options = Options(JinjaSettings(variable_start="<<", variable_end=">>"))
    assert extract(source, options).prompts[0].variables == ("x",)


@given(st.sampled_from(list(SourceKind)), st.text(max_size=30))
def test_nothing_raises(kind: SourceKind, text: str) -> None:
    names = {
        SourceKind.JINJA: "a.j2",
        SourceKind.YAML: "a.yml",
        SourceKind.JSON: "a.json",
        SourceKind.PYTHON: "a.py",
    }
    extract(Source(f"prompts/{names.get(kind, 'a.md')}", text, kind, named=True))


def test_a_text_file_loads_nothing_heavy() -> None:
    heavy = "jinja2 yaml libcst spacy sklearn numpy pydantic asyncio tiktoken"
    code = (
        "import sys; from promptlint.extract import extract; from promptlint.model import *;"
        "extract(Source('AGENTS.md', 'Be kind.', SourceKind.MARKDOWN));"
        f"sys.exit(' '.join(set('{heavy}'.split()) & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_client_that_baml_generates_is_passed_over() -> None:
    text = 'SYSTEM_PROMPT = "You sort the mail of a shop into folders."\n'
    found = extract(Source("app/baml_client/inlined.py", text, SourceKind.PYTHON))
    assert (found.prompts, found.reason) == ((), "generated from BAML files")
    assert extract(Source("app/baml_client.py", text, SourceKind.PYTHON)).prompts
    assert extract(Source("app/baml_client/inlined.py", text, SourceKind.PYTHON, named=True)).prompts


@pytest.mark.parametrize("name", ["a.prompt.j2", "a.prompt.hbs"])
def test_a_template_of_too_many_tags_is_one_problem(name: str) -> None:
    found = extract(Source(name, "{{a}}" * 20_001, SourceKind.JINJA))
    assert [(item.code, item.message) for item in found.problems] == [("SRC003", "more than 20,000 tags")]
    assert (found.prompts, found.reason) == ((), "a prompt file by its extension")


def test_too_many_messages_are_not_read() -> None:
    found = extract(Source("a.prompty", "---\nmodel: a\n---\n" + "user:\n" * 20_001, SourceKind.JINJA))
    assert [(item.code, item.message) for item in found.problems] == [("SRC003", "more than 20,000 messages")]
