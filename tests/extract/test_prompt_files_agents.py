"""Documents that coding agents load: what is filled in, which others they name, what they call."""

from __future__ import annotations

import pytest

from promptlint.extract import extract, kind_of
from promptlint.model import Context, Extraction, Load, Profile, Prompt, SegmentKind, Source, Target, Use


def extraction(path: str, text: str, *uses: Use) -> Extraction:
    kind = kind_of(path)
    assert kind is not None
    return extract(Source(path, text, kind, context=Context(uses)))


def body(path: str, text: str, *uses: Use) -> Prompt:
    return extraction(path, text, *uses).prompts[-1]


def slots(path: str, text: str) -> list[str]:
    prompt = body(path, text)
    assert prompt.text == text
    return [part.name for part in prompt.segments if part.kind is SegmentKind.SLOT]


EDITOR = "Sort ${input:mail:which mail} of ${selection}, ${file}, ${workspaceFolder} and ${other}, $1, {{x}} {y}.\n"


@pytest.mark.parametrize("path", [".github/prompts/sort.prompt.md", "sort.agent.md", "x/sort.chatmode.md"])
def test_editor_variables(path: str) -> None:
    assert slots(path, EDITOR) == ["input:mail:which mail", "selection", "file", "workspaceFolder"]


COMMAND = "Sort $ARGUMENTS, $1 and $12 for !`git status` with @src/mail.py, a@b.org and @$2. Pay $5.\n"


@pytest.mark.parametrize("path", [".claude/commands/sort.md", ".opencode/command/mail/sort.md"])
def test_command_arguments(path: str) -> None:
    assert slots(path, COMMAND) == ["ARGUMENTS", "1", "git status", "src/mail.py", "2", "5"]


@pytest.mark.parametrize(
    "path", ["AGENTS.md", "CLAUDE.md", "skills/a/SKILL.md", ".cursor/rules/a.mdc", "a.instructions.md"]
)
def test_others_have_no_slots(path: str) -> None:
    assert slots(path, EDITOR + COMMAND) == []


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("name: a\ndescription: b\nmodel: sonnet", [("model", "sonnet")]),
        ("name: a\ndescription: b\nmodel: inherit", []),
        ("name: a\ndescription: b\ntools: [x]", [("tools", None)]),
    ],
)
def test_the_call_of_an_agent(header: str, fields: list[tuple[str, object]]) -> None:
    prompt = body(".claude/agents/sort.md", f"---\n{header}\n---\nYou sort.\n")
    found = [(field.name, field.value if field.name == "model" else None) for field in prompt.call.fields]
    assert found == fields
    assert prompt.profile is Profile.AGENT_DOCUMENT


# --- other documents ------------------------------------------------------------------------

IMPORTS = """See @docs/style.md and @./tests.md, then @docs/style.md again.
@../shared/rules.mdc
Write to a@b.md, `@quoted.md`, @package.json, or @someone.
```
@fenced.md
```
"""


def targets(path: str, text: str) -> list[str]:
    found = [item for item in extraction(path, text).references if item.kind is Target.FILE]
    for reference in found:
        assert text[reference.span.start : reference.span.end].removeprefix(
            "./"
        ) == reference.target.removeprefix("./")
    assert not any(reference.required for reference in found)
    return [reference.target for reference in found]


def test_imports() -> None:
    assert targets("CLAUDE.md", IMPORTS) == ["./docs/style.md", "./tests.md", "../shared/rules.mdc"]
    assert targets("GEMINI.md", "@a.md") == ["./a.md"]
    assert targets("AGENTS.md", IMPORTS) == []


LINKS = """Read [forms](references/forms.md#top) and `reference.md` (not README.md, LICENSE.md).
Then ./deep/er/x.md, https://a.org/y.md, /abs/z.md, ~/home.md, skills/other.mdx and [it](references/forms.md).
```
cat fenced.md
```
"""


def test_the_references_of_a_skill() -> None:
    assert targets("skills/pdf/SKILL.md", LINKS) == [
        "./references/forms.md",
        "./reference.md",
        "./deep/er/x.md",
    ]
    assert targets("x.agent.md", LINKS) == []


@pytest.mark.parametrize(
    ("home", "load"),
    [
        ("skills/pdf/SKILL.md", Load.ON_DEMAND),
        ("CLAUDE.md", Load.EVERY_CALL),
        ("sub/GEMINI.md", Load.EVERY_CALL),
    ],
)
def test_what_is_loaded_with_a_document_is_one(home: str, load: Load) -> None:
    text = "The forms, with {{x}}.\n"
    assert extraction("notes/forms.md", text).prompts == ()
    found = extraction("notes/forms.md", text, Use(path=home))
    (prompt,) = found.prompts
    assert (prompt.profile, prompt.load, prompt.text) == (Profile.AGENT_DOCUMENT, load, text)
    assert len(prompt.segments) == 1
    assert found.reason == f"named by {home}"


def test_a_document_keeps_its_own_kind_when_another_names_it() -> None:
    prompt = body("AGENTS.md", "Be kind.\n", Use(path="skills/pdf/SKILL.md"))
    assert prompt.load is Load.EVERY_CALL
    assert body("x/notes.md", "Be kind.\n", Use(path="app.py")).profile is Profile.PROMPT


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("AGENT.md", "agent instructions"),
        (".junie/guidelines.md", "agent rules"),
        (".kiro/steering/product.md", "agent rules"),
        (".continue/rules/a.md", "agent rules"),
        (".gemini/agents/a.md", "agent definition"),
        ("skills/a/references/b.md", "skill reference"),
        ("skills/a/references/deep/b.md", ""),
        ("skills/a/references/README.md", ""),
        ("docs/guidelines.md", ""),
        ("agent.md", ""),
    ],
)
def test_kinds(path: str, reason: str) -> None:
    found = extraction(path, "The mail is sorted.\n")
    assert (found.reason if found.prompts else "") == reason
