"""`promptlint eval init`: a suite begun from the prompt's slots and examples, which loads as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint.evals import assertions, prompting, skeleton, suite
from promptlint.evals.model import Answer, PromptRef, Suite
from tests.conftest import Runner
from tests.evals_prompts.support import fixtures, template, written

LABELS = """\
Classify the ticket as one of: billing, bug, other. Answer with the label only.

Examples:

Ticket: My card was charged twice
Label: billing

Ticket: The app crashes
Label: bug

Ticket: {{ ticket }}
Label:
"""
FIELDS = """\
Extract the fields of the invoice. Answer with JSON in this format:

```json
{"number": "string", "total": 0}
```

## Example

Input: Invoice 12 over 30 EUR
Output: {"number": "12", "total": 30}

Now the invoice, in {{ language }}:
{{ invoice }}
"""


def loaded(root: Path, text: str) -> Suite:
    path = root / "evals" / "made.yaml"
    path.write_text(text, encoding="utf-8")
    return suite.load(path, root)


def test_labels_become_cases_that_can_be_judged(tmp_path: Path) -> None:
    folder = written(tmp_path, prompts___t__md=LABELS)
    found = loaded(tmp_path, skeleton.suite(template(folder, "prompts/t.md"), "prompts/t.md"))
    labels = {"labels": ["billing", "bug", "other"]}
    assert [(case.vars, case.assertions[0].value) for case in found.cases] == [
        ({"ticket": "My card was charged twice"}, "billing"),
        ({"ticket": "The app crashes"}, "bug"),
    ]
    assert all(case.assertions[0].config == labels and not case.unsupported for case in found.cases)
    assert found.prompt is not None
    again = prompting.template(found.prompt, folder, found.path)
    assert len(prompting.conversations(again, found.cases)) == 2


def test_objects_become_a_schema_and_fields(tmp_path: Path) -> None:
    folder = written(tmp_path, t__md=FIELDS)
    text = skeleton.suite(template(folder, "t.md"), "t.md")
    (case,) = loaded(tmp_path, text).cases
    form, fields = case.assertions
    assert case.vars == {"language": "...", "invoice": "Invoice 12 over 30 EUR"}
    assert "# to be filled in: language\n" in text
    assert form.value == {
        "type": "object",
        "properties": {"number": {"type": "string"}, "total": {"type": "number"}},
        "required": ["number", "total"],
    }
    assert fields.value == {"number": "12", "total": 30}


def test_a_schema_that_the_examples_break_is_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path, t__md=FIELDS.replace('"total": 30', '"total": "30 EUR"'))
    (case,) = loaded(tmp_path, skeleton.suite(template(folder, "t.md"), "t.md")).cases
    assert [(item.name, item.value) for item in case.assertions] == [
        ("is-json", None),
        ("json-fields", {"number": "12", "total": "30 EUR"}),
    ]


def test_the_answers_of_the_examples_pass(tmp_path: Path) -> None:
    """Law, on all fixtures: what an example answers passes the case that it became."""
    written(tmp_path)
    judged = 0
    for found in fixtures():
        cases = loaded(tmp_path, skeleton.suite(found, found.id)).cases
        for draft, case in zip(skeleton.drafts(found), cases, strict=False):
            assert assertions.judge_case(case, Answer(draft.answer)).passed, (found.id, draft)
            judged += 1
    assert judged > 20


def test_turns_of_a_chat_become_messages_where_nothing_is_put_in(tmp_path: Path) -> None:
    chat = [
        {"role": "system", "content": "You name the capital of a country. Answer with its name."},
        {"role": "user", "content": "France"},
        {"role": "assistant", "content": "Paris"},
        {"role": "user", "content": "Italy"},
        {"role": "assistant", "content": "Rome"},
    ]
    folder = written(tmp_path, chat__json=json.dumps({"messages": chat}))
    found = loaded(tmp_path, skeleton.suite(template(folder, "chat.json"), "chat.json"))
    assert [case.messages[0].content for case in found.cases] == ["France", "Italy"]
    assert [case.assertions[0].value for case in found.cases] == ["Paris", "Rome"]


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("gpt-4o-mini", 'provider: {"kind": "openai", "model": "gpt-4o-mini", "temperature": 0.5}'),
        ("anthropic/claude-sonnet-4-5", 'provider: {"kind": "anthropic", "model": "claude-sonnet-4-5"'),
        ("my-own\x1b[31m", "# The model is not known (its call says my-own"),
    ],
)
def test_the_provider_is_that_of_the_call(tmp_path: Path, model: str, line: str) -> None:
    header = f"---\nmodel: {json.dumps(model)}\ntemperature: 0.5\n---\nuser:\nSay {{{{ x }}}}\n"
    folder = written(tmp_path, a__prompt=header)
    text = skeleton.suite(template(folder, "a.prompt"), "a.prompt")
    assert line in text
    assert "\x1b" not in text
    loaded(tmp_path, text)


@pytest.mark.slow
def test_a_suite_of_every_prompt_of_the_fixtures_loads(tmp_path: Path) -> None:
    """Law: what is written is read, names the prompt, and its cases give what the prompt asks for."""
    written(tmp_path)
    examples = 0
    for found in fixtures():
        made = loaded(tmp_path, skeleton.suite(found, found.id))
        assert made.prompt == PromptRef(found.id, line=made.prompt.line if made.prompt else 0)
        suite.match_vars(made, found.id, found.needed, found.known)
        examples += any(case.assertions for case in made.cases)
        for case in made.cases:
            assert case.assertions or case.unsupported == ("no assertion could fail",)
    assert examples >= 5


@pytest.mark.parametrize("nasty", ["{{ other }}", "{% if %}", "file:///etc/passwd", "\u2028\x85", "'\"\\: #"])
def test_examples_that_a_suite_would_act_upon_are_left_out_or_quoted(tmp_path: Path, nasty: str) -> None:
    text = LABELS.replace("My card was charged twice", nasty)
    folder = written(tmp_path, t__txt=text)
    found = loaded(tmp_path, skeleton.suite(template(folder, "t.txt"), "t.txt"))
    for case in found.cases:
        assert set(case.vars.values()) <= {nasty, "The app crashes", "..."}


# --- the command ----------------------------------------------------------------------------


def test_the_command_writes_where_suites_lie_and_never_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner
) -> None:
    written(tmp_path, prompts___t__md=LABELS)
    monkeypatch.chdir(tmp_path / "prompts")
    done = promptlint("eval", "init", "t.md")
    path = tmp_path / "evals" / "t.yaml"
    assert (done.code, done.out) == (0, f"wrote {path}\n")
    found = suite.load(path, tmp_path)
    assert found.prompt is not None
    assert found.prompt.id == "prompts/t.md"
    path.write_text("mine", encoding="utf-8")
    done = promptlint("eval", "init", "t.md")
    assert done.code == 2
    assert "is there already: it is not replaced" in done.err
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_link_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner
) -> None:
    written(tmp_path, t__md=LABELS)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "target.yaml")
    assert promptlint("eval", "init", "t.md", "-o", "link.yaml").code == 2
    assert not (tmp_path / "target.yaml").exists()


def test_a_prompt_that_is_none_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner
) -> None:
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = promptlint("eval", "init", "gone.md")
    assert done.code == 2
    assert "there is no such file" in done.err
    assert not list((tmp_path / "evals").iterdir())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("a/b.prompt.md", "b"),
        ("app.py::Bot.SYSTEM", "app-bot-system"),
        ("../..", "suite"),
        ("x.md::/a/0", "x-a-0"),
    ],
)
def test_the_name_of_the_file_is_that_of_the_prompt(name: str, slug: str) -> None:
    assert skeleton.slug(name) == slug
