"""SEC, TPL004 to TPL007, TOK008, TOK009 and RED007: near-misses, laws, and input that wants to be slow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st

from promptlint.model import Span

from .conftest import Run, check, count, view_of

CODES = ("SEC001", "SEC002", "TPL004", "TPL005", "TPL006", "TPL007", "TOK008", "TOK009", "TOK007")


def marked(run: Run, code: str, text: str, path: str = "prompts/x.j2") -> list[str]:
    found = run(code, text, path)
    return [prompt.text[hit.at.start : hit.at.end] for prompt, hit in found if isinstance(hit.at, Span)]


# --- secrets ------------------------------------------------------------------------------------

KEYS = {
    "sk-ant-": "sk-ant-api03-Xw8LmQ2rTz5KvBn7YcHd9JgPfSa3UeRo6VtIiMkNxWqZbEyA",
    "ghp_": "ghp_" + "q7R2mXw9TtLk4NvYc8HdJf3PsGu6UeVo1KiM",
    "AKIA": "AKIA" + "Q7R2MXW9TTLK4NBY",
    "AIza": "AIza" + "SyQ7R2mXw9TtLk4NvYc8HdJf3PsGu6UeVo1",
    "hf_": "hf_" + "qRwXmTtLkNvYcHdJfPsGuUeVoKiMnBxQzW",
    "bearer": "Bearer q7R2mXw9TtLk4NvYc8Hd",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_found_and_never_told(run: Run, key: str) -> None:
    found = run("SEC001", f"Call the service with {key}, then answer.\n")
    assert len(found) == 1
    secret = key.rpartition(" ")[2]
    assert not any(secret[at : at + 6] in found[0][1].message for at in range(len(secret) - 5))


@pytest.mark.parametrize(
    "text",
    [
        "Call it with sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.",
        "Call it with sk-your-own-key-goes-here-please-now.",
        "export OPENAI_API_KEY=sk-proj-{{ key }}",
        "The password is mandatory-in-2024 for all.",
        "password: {{ password }}, token: ${TOKEN_OF_THE_DAY_2024}",
        "Never tell a password or secret key to anyone who asks.",
        "The key features/of/v2.0.1-release-2024 are listed.",
        "risk-assessment-and-mitigation-strategies-document",
        "secret santa 2024-12-24T10:00:00",
    ],
)
def test_no_secret(run: Run, text: str) -> None:
    assert marked(run, "SEC001", text) == []


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#-_", max_size=60))
def test_no_message_has_a_part_of_the_secret(value: str) -> None:
    text = f"User praxis, password {value} for the calendar, key sk-{value} and AKIA{value}."
    for hit in check("SEC001", view_of(text)):
        assert isinstance(hit.at, Span)
        secret = text[hit.at.start : hit.at.end]
        assert not any(secret[at : at + 8] in hit.message for at in range(len(secret) - 7))


@pytest.mark.parametrize("kind", ["full", "concise", "json", "sarif", "github", "gitlab", "rdjson", "junit"])
def test_no_report_shows_the_secret(promptlint: Runner, tmp_path: Path, kind: str) -> None:
    text = "In order to log in as user praxis use password Zahn!Rosenau-88, then read the calendar of the practice.\n"
    (tmp_path / "system.prompt.txt").write_text(text, encoding="utf-8")
    ran = promptlint("check", ".", "--format", kind, "--isolated")
    assert "SEC001" in ran.out
    assert "Rosenau" not in ran.out + ran.err


# --- templates ----------------------------------------------------------------------------------

SENT = '''from openai import OpenAI

ASK_PROMPT = """Answer the question of the customer in one sentence: {question}. Be brief and kind."""

def ask(question):
    return OpenAI().chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": %s}])
'''


@pytest.mark.parametrize(
    ("use", "bad"),
    [
        ("ASK_PROMPT", True),
        ("ASK_PROMPT.format(question=question)", False),
        ("fill(ASK_PROMPT, question)", False),
        ("ASK_PROMPT.replace('{question}', question)", False),
        ("ASK_PROMPT + question", False),
    ],
)
def test_a_string_that_is_never_formatted(run: Run, use: str, bad: bool) -> None:
    assert marked(run, "TPL004", SENT % use, "shop.py") == (["{question}"] if bad else [])


@pytest.mark.parametrize("word", ["langchain", "from_messages", "jinja2"])
def test_a_framework_fills_in_by_itself(run: Run, word: str) -> None:
    assert marked(run, "TPL004", f"# {word}\n{SENT % 'ASK_PROMPT'}", "shop.py") == []


@pytest.mark.parametrize(
    "text",
    [
        "# Guide\n\n# Task\nSort.\n\n# Rules\nBe kind.\n",
        "# Task\nSort.\n\n# More\n\n## Rules\nBe kind.\n\n# End\nStop.\n",
        "# Task\nSort.\n\n# Rules\nBe kind.\n\n# Answer\n",
        "# Task\nSort.\n\n# Use JSON.\n\n# Rules\nBe kind.\n",
        "# Task\nSort.\n\n# A\n\n# B\n\n# C\n\n# Rules\nBe kind.\n",
        "# Task\nSort.\n\n# Notes\n{{ notes }}\n\n# Rules\nBe kind.\n",
    ],
)
def test_no_empty_section(run: Run, text: str) -> None:
    assert marked(run, "TPL005", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sort as in the table below.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "Sort as in the table below.\n\n{{ table }}\n",
        "# Task\nAdd a section “Risks”.\n\n# Rules\nBe kind.\n",
        "# Task\nPut it in the section on costs that you write.\n\n# Rules\nBe kind.\n",
        "Look at the calibration notes and see the rest above.",
        *(
            f"# Task\nSort.\n\n# Rules\n{line}\n"
            for line in (
                'In a section called "Main costs", write one sentence.',
                'A list of costs. This must be under the heading "Main costs".',
                'Add each of them to the section "Main costs".',
                'Fill in the "Main costs" section of the pull request.',
                'Change it as described in the "Main costs" section of the changelog.',
                'Use as heading "Main costs".',
                "Put them in the section on travel costs.",
            )
        ),
    ],
)
def test_nothing_dangles(run: Run, text: str) -> None:
    assert marked(run, "TPL006", text) == []


@pytest.mark.parametrize(
    "line",
    [
        'See "Main costs" for more.',
        'As described under "Main costs", sort them.',
        'Sort them according to the section "Main costs".',
        'Sort them as described in the "Main costs" section.',
        "Use the wording in the section on travel costs.",
    ],
)
def test_a_pointer_to_a_section_that_is_not_there(run: Run, line: str) -> None:
    (found,) = run("TPL006", f"# Task\nSort.\n\n# Rules\n{line}\n", "prompts/x.j2")
    assert found[1].message.startswith("there is no section ")


@pytest.mark.parametrize(
    "text",
    [
        "Write todos: one line each.",
        "Replace TODO comments by code.",
        "TODOs: keep a list.",
        "Do not leave `TODO: later` in the code.",
        "Use XXX where a name is unknown.",
    ],
)
def test_no_note(run: Run, text: str) -> None:
    assert marked(run, "TPL007", text) == []


# --- tokens -------------------------------------------------------------------------------------


def test_a_table_in_code_and_one_that_is_tight(run: Run) -> None:
    row = "| collision           | north or south      | 8,000               |\n"
    rows = row * 8
    table = f"| cause               | team                | limit               |\n|---------------------|---------------------|---------------------|\n{rows}"
    assert len(run("TOK009", f"Route it:\n\n{table}\n")) == 1
    assert run("TOK009", f"Route it:\n\n```\n{table}```\n") == []
    tight = "| cause | team |\n|---|---|\n" + "| hail | desk |\n" * 8
    assert run("TOK009", f"Route it:\n\n{tight}\n") == []


def test_places_of_one_kind_are_one_hit(run: Run) -> None:
    ids = "Send 7f1c2a9e-04b3-4c51-9a77-d2f0c3ab1e58.\n" * 30
    [(_, hit)] = run("TOK009", ids)
    assert "30 such places" in hit.message
    assert len(hit.related) == 20


SCALARS = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"enum": ["a", "b"]}, {"type": ["string", "null"]}]
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        inner.map(lambda item: {"type": "array", "items": item}),
        st.dictionaries(st.sampled_from("abcdefgh"), inner, min_size=1).map(
            lambda fields: {"type": "object", "properties": fields, "required": sorted(fields)}
        ),
    ),
)


@given(st.dictionaries(st.sampled_from(["name", "mood", "facts", "topic", "date"]), SCHEMAS, min_size=3))
def test_the_short_form_names_all_fields_and_is_shorter(fields: dict[str, object]) -> None:
    schema = {"type": "object", "properties": fields, "required": sorted(fields)}
    text = f"Answer with JSON of this schema:\n{json.dumps(schema, indent=2)}\n"
    for hit in check("TOK008", view_of(text, "prompts/x.txt")):
        [edit] = hit.edits
        assert all(f"{name}:" in edit.new for name in fields)
        assert count(edit.new) < count(text)


# --- hostile ------------------------------------------------------------------------------------

LONG = 200_000
HOSTILE = {
    "letters": "a" * LONG,
    "dashes": "-" * LONG,
    "pipes": "|  " * (LONG // 3),
    "rows": "|  a  |\n" * (LONG // 8),
    "braces": '{"type": ' * (LONG // 9),
    "schemas": '{"type": "object", "properties": ' * (LONG // 30),
    "headings": "# a\n" * (LONG // 4),
    "tables": "see the table above " * (LONG // 20),
    "sections": 'see "Ab cd" ' * (LONG // 12),
    "todos": "TODO: " * (LONG // 6),
    "notes": "TODO: x\n" * (LONG // 8),
    "passwords": "password " * (LONG // 9),
    "keys": "sk-" * (LONG // 3),
    "addresses": "https://a:" * (LONG // 10),
    "uuids": "7f1c2a9e-04b3-4c51-9a77-d2f0c3ab1e58/" * (LONG // 37),
    "boxes": "│─" * (LONG // 2),
    "box rows": "│ a │ b │\n" * (LONG // 10),
    "escapes": "\\u00e9" * (LONG // 6),
    "newlines": ".\\nA" * (LONG // 4),
    "fancy": "𝗮" * (LONG // 4),
    "mixed": "aа" * (LONG // 2),
    "spaces": " " * LONG + "|",
    "quotes": '"' * LONG,
}


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_ends(code: str, text: str) -> None:
    for hit in check(code, view_of(text, "prompts/x.txt")):
        assert len(hit.message) < 300
