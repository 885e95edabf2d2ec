"""What authors say in front matter or configuration goes before what is inferred, and is marked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from promptlint import run
from promptlint.cli import cli

PROMPT = """\
---
model: gpt-4o
max_tokens: 40
promptlint:
  task: reasoning
  difficulty: 0.8
  latency: background
  output: json
  cacheable: false
  output_tokens: 12
  calls_per_month: 500
---
Sort the mail into one of: bills, other.
"""
KEYS = ("task", "difficulty", "latency", "batchable", "output", "cacheable", "output_tokens")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    return tmp_path


def row(project: Path, text: str) -> dict[str, object]:
    (project / "prompts" / "mail.prompt").write_text(text)
    done = CliRunner().invoke(cli, ["prompts", "--no-cache", "--format", "json"], catch_exceptions=False)
    (found,) = json.loads(done.stdout)["prompts"]
    return {**found, **found["traits"]}


def said(found: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (found[name], found[f"{name}_basis"]) for name in KEYS}


def test_nobody_says_anything(project: Path) -> None:
    found = said(row(project, "---\nmodel: gpt-4o\n---\nSort the mail into one of: bills, other.\n"))
    del found["difficulty"]  # of a model of its own
    assert found == {
        "task": ("classification", "inferred"),
        "latency": ("interactive", "assumed"),
        "batchable": (False, "assumed"),
        "output": ("text", "inferred"),
        "cacheable": (True, "inferred"),
        "output_tokens": (None, ""),
    }


def test_front_matter_goes_before_what_is_inferred(project: Path) -> None:
    found = row(project, PROMPT)
    assert said(found) == {
        "task": ("reasoning", "declared"),
        "difficulty": (0.8, "declared"),
        "latency": ("background", "declared"),
        "batchable": (True, "declared"),
        "output": ("json", "declared"),
        "cacheable": (False, "declared"),
        "output_tokens": (12, "declared"),
    }
    assert found["calls_per_month"] == 500
    assert found["uncacheable"] == ["the author says so"]


def test_the_configuration_goes_before_front_matter(project: Path) -> None:
    (project / "promptlint.toml").write_text(
        '[[prompts]]\nmatch = "*"\ntask = "code"\nbatchable = false\ncacheable = true\noutput = "schema"\n'
    )
    found = said(row(project, PROMPT))
    assert found["task"] == ("code", "configured")
    assert found["batchable"] == (False, "configured")
    assert found["cacheable"] == (True, "configured")
    assert found["output"] == ("schema", "configured")
    assert found["latency"] == ("background", "declared")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("taks: code", "unknown key `taks` in `promptlint`; did you mean `task`?"),
        ("difficulty: 3", "`promptlint.difficulty`: expected a number from 0 to 1"),
        ("output: xml", '`promptlint.output`: expected "text" or "json" or "schema"'),
        ("batchable: often", "`promptlint.batchable`: expected true or false, found a string"),
        ("owner: [a, b]", "`promptlint.owner`: expected a string"),
        ("model: gpt-4o", "`promptlint.model` is no key here"),
    ],
)
def test_what_is_wrong_is_a_finding_at_its_line(project: Path, line: str, says: str) -> None:
    (project / "prompts" / "mail.prompt").write_text(f"---\npromptlint:\n  {line}\n---\nSort the mail.\n")
    request = run.Request(paths=(project,), use_cache=False)
    (found,) = [item for item in run.run(request).result.files[0].findings if item.code == "SRC002"]
    assert (found.location.line, says in found.message) == (3, True), found.message


def test_the_schema_of_the_call_is_in_the_manifest(project: Path) -> None:
    (project / "app.py").write_text(
        "from openai import OpenAI\nfrom pydantic import BaseModel\n\n"
        "class Ticket(BaseModel):\n    queue: str\n\n"
        "def ask(text):\n    return OpenAI().chat.completions.parse(\n"
        '        model="gpt-4o",\n        response_format=Ticket,\n'
        '        messages=[{"role": "system", "content": "Sort the mail into a queue. Answer as JSON."},\n'
        '                  {"role": "user", "content": text}],\n    )\n'
    )
    done = CliRunner().invoke(cli, ["prompts", "--no-cache", "--format", "json"], catch_exceptions=False)
    (found,) = json.loads(done.stdout)["prompts"]
    assert found["traits"]["output"] == "schema"
    assert json.loads(found["traits"]["output_schema"])["properties"] == {"queue": {"type": "string"}}


def test_the_plan_goes_by_front_matter_too(project: Path) -> None:
    row(project, PROMPT)
    done = CliRunner().invoke(cli, ["plan", "--format", "json"], catch_exceptions=False)
    figures = {item["key"]: item for item in json.loads(done.stdout)["figures"]}
    assert figures["calls_per_month"]["value"]["mid"] == 500
    assert figures["output_tokens"]["value"]["mid"] == 12
