from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.extract.text import extract
from promptlint.locate import locate, replaced, source_edits
from promptlint.model import (
    Edit,
    Extraction,
    Load,
    Profile,
    Prompt,
    Role,
    SegmentKind,
    Source,
    SourceKind,
    Span,
)


def extraction(text: str, path: str = "prompts/a.txt") -> Extraction:
    return extract(Source(path, text, SourceKind.MARKDOWN))


def read(text: str, path: str = "prompts/a.txt") -> Prompt:
    found = extraction(text, path)
    assert not found.problems
    return found.prompts[-1]


def slots(prompt: Prompt) -> list[str]:
    return [segment.name for segment in prompt.segments if segment.kind is SegmentKind.SLOT]


def test_text_is_kept_to_the_character() -> None:
    text = "\ufeffYou help.\r\n<!-- promptlint: ignore[RED001] -->\r\n\tBe kind. \r\n"
    prompt = read(text)
    assert prompt.text == text[1:]
    assert prompt.id == "prompts/a.txt"
    assert prompt.profile is Profile.PROMPT
    assert prompt.load is Load.EVERY_CALL


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Answer {question} now.", ["question"]),
        ("Answer {{ question }} now.", ["question"]),
        ("Answer {{$input}} now.", ["$input"]),
        ('Answer as {"a": 1}.', []),
        ("Answer {% if x %}unclosed {{ q }}", []),
    ],
)
def test_slots_are_guessed(text: str, names: list[str]) -> None:
    prompt = read(text)
    assert slots(prompt) == names
    assert prompt.text == text


def test_escaped_braces_are_read_as_the_model_reads_them() -> None:
    prompt = read('Reply {{"a": 1}} to {q}')
    assert prompt.text == 'Reply {"a": 1} to {q}'
    assert prompt.variables == ("q",)
    assert source_edits(prompt, Edit(Span(0, 5), "{x}")) == (Edit(Span(0, 5), "{{x}}"),)


# --- front matter and roles -----------------------------------------------------------------


def test_front_matter_of_a_prompt() -> None:
    prompt = read("---\nmodel: gpt-4o\ntemperature: 0\ninputs: [q]\n---\nAnswer {q}.\n")
    assert prompt.text == "Answer {q}.\n"
    assert [(field.name, field.value) for field in prompt.call.fields] == [
        ("model", "gpt-4o"),
        ("temperature", 0),
    ]
    assert [field.name for field in prompt.inputs or ()] == ["q"]
    assert prompt.segments[0].span == Span(49, 56)
    assert prompt.segments[0].kind is SegmentKind.TEXT


@pytest.mark.parametrize(
    "text",
    [
        "---\nYou help.\n---\nBe kind.\n",
        "---\n- a\n- b\n---\nBe kind.\n",
        "---\n---\nBe kind.\n",
        "---\nYou help: now\nand then\n\nwith *this\n---\n",
        "--- \n\nkey: value\n",
        " ---\na: b\n---\n",
        "Hi\n---\na: b\n---\n",
    ],
)
def test_a_ruler_is_no_front_matter(text: str) -> None:
    assert read(text).text == text


def test_broken_front_matter_is_a_problem_of_prompts_only() -> None:
    text = "---\ndescription: Use when: x\nglobs: *.ts\n---\nBe kind.\n"
    found = extraction(text)
    assert [problem.code for problem in found.problems] == ["SRC002"]
    assert 4 <= found.problems[0].span.start < 45
    assert found.prompts[0].text == "Be kind.\n"
    assert extraction(text, ".cursor/rules/a.mdc").problems == ()


def test_role_lines_split_named_prompts_and_files_with_front_matter() -> None:
    text = "system:\nHelp.\nuser:\n{q}\n"
    roles = [Role.SYSTEM, Role.USER]
    assert [message.role for message in read(text, "qa_prompt.md").messages] == roles
    assert [message.role for message in read(f"---\nmodel: m\n---\n{text}", "a.md").messages] == roles
    assert [message.role for message in read(text, "a.md").messages] == [None]
    assert [message.role for message in read("Like so:\n" + text, "qa_prompt.md").messages] == [None]


# --- agent documents ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "load"),
    [
        ("AGENTS.md", Load.EVERY_CALL),
        ("web/CLAUDE.md", Load.EVERY_CALL),
        ("GEMINI.md", Load.EVERY_CALL),
        (".cursorrules", Load.EVERY_CALL),
        (".github/copilot-instructions.md", Load.EVERY_CALL),
        (".cursor/rules/a.mdc", Load.ON_DEMAND),
        (".github/instructions/py.instructions.md", Load.ON_DEMAND),
        (".claude/commands/fix/bug.md", Load.ON_DEMAND),
        (".claude/agents/reviewer.md", Load.ON_DEMAND),
        ("skills/pdf/SKILL.md", Load.ON_DEMAND),
        ("reviewer.agent.md", Load.ON_DEMAND),
        ("skills/pdf/forms.md", Load.ON_DEMAND),
    ],
)
def test_agent_documents_hold_no_slots(path: str, load: Load) -> None:
    prompt = read("Write {{name}} and {x}.\nuser:\n", path)
    assert prompt.profile is Profile.AGENT_DOCUMENT
    assert prompt.load is load
    assert slots(prompt) == []
    assert len(prompt.messages) == 1


@pytest.mark.parametrize(
    "path",
    ["docs/agents.md", "src/agents/pool.md", "commands/run.md", "skills/a/README.md", "skills/notes.md"],
)
def test_near_misses_are_prompts(path: str) -> None:
    assert read("Write {x}.", path).profile is Profile.PROMPT


@pytest.mark.parametrize(
    ("path", "header", "load"),
    [
        (".cursor/rules/a.mdc", "alwaysApply: true", Load.EVERY_CALL),
        (".cursor/rules/a.mdc", "globs: *.ts\nalwaysApply: false", Load.ON_DEMAND),
        ("a.instructions.md", "applyTo: '**'", Load.EVERY_CALL),
        ("a.instructions.md", 'applyTo: "**/*.py"', Load.ON_DEMAND),
    ],
)
def test_front_matter_says_when_a_rule_is_loaded(path: str, header: str, load: Load) -> None:
    prompt = read(f"---\n{header}\n---\nBe kind.\n", path)
    assert prompt.load is load
    assert prompt.text == "Be kind.\n"


def test_the_description_of_a_skill_is_a_prompt_of_its_own() -> None:
    text = "---\nname: pdf\ndescription: >-\n  Reads PDF files.\n  Use for invoices.\n---\n# PDF\n"
    first, second = extraction(text, "skills/pdf/SKILL.md").prompts
    assert (first.id, first.text, first.load) == (
        "skills/pdf/SKILL.md::description",
        "Reads PDF files. Use for invoices.",
        Load.EVERY_CALL,
    )
    assert (second.id, second.text, second.load) == ("skills/pdf/SKILL.md", "# PDF\n", Load.ON_DEMAND)
    place = locate(first, Span(17, 34))
    assert text[place.start : place.end] == "Use for invoices."
    (edit,) = source_edits(first, Edit(Span(6, 9), "all")) or ()
    assert text[edit.span.start : edit.span.end] == "PDF"


def test_the_description_of_what_is_no_yaml_is_shown_and_not_edited() -> None:
    text = "---\nname: pdf\ndescription: Use when: a PDF is read.\n---\n# PDF\n"
    first, _ = extraction(text, ".claude/agents/pdf.md").prompts
    assert first.text == "Use when: a PDF is read."
    place = locate(first, Span(0, 3))
    assert text[place.start : place.end] == "Use"
    assert source_edits(first, Edit(Span(0, 3), "So")) is None


def test_prompt_files_are_loaded_on_demand() -> None:
    assert read("Explain {x}.", "explain.prompt.md").load is Load.ON_DEMAND
    assert read("Explain {x}.", "explain.prompt.md").profile is Profile.PROMPT
    assert read("Explain {x}.", ".github/prompts/explain.prompt.md").profile is Profile.AGENT_DOCUMENT


# --- laws -----------------------------------------------------------------------------------

ANY = st.text(st.sampled_from("ab \n\r\t#-:'\"é🙂\u2028\x85"), max_size=20)


@given(ANY)
def test_text_without_braces_extracts_to_itself(text: str) -> None:
    assert read("x" + text).text == "x" + text


@given(st.text(max_size=20))
def test_an_agent_document_extracts_to_itself(text: str) -> None:
    assert read("x" + text, "AGENTS.md").text == "x" + text


@given(ANY, st.integers(0, 20), st.integers(0, 20), ANY)
def test_an_edit_reads_back_as_the_edited_text(text: str, start: int, length: int, new: str) -> None:
    prompt = read("x" + text, "AGENTS.md")
    low, high = min(start, len(prompt.text)), min(start + length, len(prompt.text))
    edits = source_edits(prompt, Edit(Span(low, high), new))
    assert edits is not None
    source = replaced(prompt.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    expected = prompt.text[:low] + new + prompt.text[high:]
    assert source == expected


@given(
    st.text(st.sampled_from("ab{}\n"), max_size=12),
    st.integers(0, 14),
    st.text(st.sampled_from("a{}"), max_size=4),
)
def test_braces_of_new_text_are_doubled_in_a_format_text(text: str, at: int, new: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    prompt = read("{slot} " + doubled)
    assert prompt.text == "{slot} " + text
    at = min(7 + at, len(prompt.text))
    (edit,) = source_edits(prompt, Edit(Span(at, at), new)) or ()
    source = prompt.source.text[: edit.span.start] + edit.new + prompt.source.text[edit.span.end :]
    assert read(source).text == prompt.text[:at] + new + prompt.text[at:]


def test_the_body_does_not_hold_the_description() -> None:
    described, body = extract(Source("skills/a/SKILL.md", SKILL, SourceKind.MARKDOWN)).prompts
    end = max(segment.span.end for segment in described.segments)
    assert min(segment.span.start for segment in body.segments) == SKILL.index("# A") > end


SKILL = "---\nname: a\ndescription: 'Assess the data,  values.'\n---\n# A\n\nRead the data.\n"
