"""What `route` refuses or says rather than writing a configuration that does something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from promptlint.cli import cli
from promptlint.errors import ConfigError, PromptlintError, UsageError
from promptlint.route import manifest, reader
from promptlint.route.reader_parts import _misshapen

TIERS = """\
tiers:
  - {name: simple, below: 0.3, model: openai/gpt-4o-mini}
  - {name: complex, model: openai/gpt-4o}
cascade: true
"""
PROMPT = "---\nmodel: gpt-4o\n%s---\nYou sort mails of customers.\n\n{{ mail }}\n"
KEY = "sk-" + "proj-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7"


class Done(NamedTuple):
    """What a command gives."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both texts."""
        return self.stdout + self.stderr


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two files, which is neither of git nor configured; the working directory."""
    place = tmp_path / "project"
    (place / "prompts").mkdir(parents=True)
    (place / "prompts" / "sort.prompt").write_text(PROMPT % "")
    (place / "routing.yaml").write_text(TIERS)
    monkeypatch.chdir(place)
    return place


def run(*arguments: str) -> Done:
    """What a command gives; its errors become an exit code as in `promptlint.cli`."""
    done = CliRunner().invoke(cli, ["route", *arguments], standalone_mode=False)
    if isinstance(done.exception, click.ClickException):
        return Done(2, done.stdout, done.stderr + done.exception.format_message())
    if isinstance(done.exception, PromptlintError):
        return Done(2, done.stdout, done.stderr + str(done.exception))
    assert done.exception is None, done.exception
    return Done(done.return_value, done.stdout, done.stderr)


def compiled(*arguments: str, target: str = "json", policy: str = "routing.yaml") -> Done:
    return run("compile", *arguments, "--no-cache", "--policy", policy, "--target", target)


def read(tmp_path: Path, text: str) -> object:
    (tmp_path / "routing.yaml").write_text(text)
    return reader.read(tmp_path / "routing.yaml")


# --- models ------------------------------------------------------------------------------------


def test_a_misspelt_provider_is_an_error_and_ones_own_is_not(tmp_path: Path) -> None:
    text = TIERS.replace("openai/gpt-4o-mini", "opanai/gpt-4o-mini")
    with pytest.raises(ConfigError, match=r"yaml:2: .*unknown provider.*did you mean openai/gpt-4o-mini"):
        read(tmp_path, text)
    read(tmp_path, text + "models: {opanai/gpt-4o-mini: {provider: opanai}}\n")
    for name in ("azure/gpt-4o", "vertex_ai/gemini-2.5-flash", "google/gemini-2.5-flash", "gpt-4o"):
        read(tmp_path, TIERS.replace("openai/gpt-4o}", name + "}"))


@pytest.mark.parametrize("model", ["openai/gpt-3.5-turbo-0301", "openai/gpt-4"])
def test_a_tier_of_a_retired_model_is_an_error(model: str, project: Path) -> None:
    (project / "routing.yaml").write_text(TIERS.replace("openai/gpt-4o}", model + "}"))
    done = compiled("prompts", "-o", "out.json")
    assert (done.exit_code, (project / "out.json").exists()) == (1, False)
    assert "routing.yaml:3: error RTE012 tier complex: " in done.stderr


def test_a_tier_that_leaves_soon_is_told_and_one_that_drops_out_with_the_reason(project: Path) -> None:
    text = TIERS.replace("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5")
    (project / "routing.yaml").write_text(text + "prompts: [{match: prompts/sort.prompt, tier: simple}]\n")
    done = compiled("prompts")
    assert done.exit_code == 0
    assert (
        "routing.yaml:2: warning RTE021 tier simple: anthropic/claude-sonnet-4-5 is switched" in done.stderr
    )
    why = "tier complex is left out of the fallback: openai/gpt-4o: it is not dearer than the one before"
    assert f"info RTE022 {why}" in done.stderr


def test_a_misspelt_provider_of_the_model_in_use_is_told(project: Path) -> None:
    (project / "prompts" / "sort.prompt").write_text(PROMPT.replace("gpt-4o", "opanai/gpt-4o") % "")
    done = compiled("prompts")
    assert "RTE016 who serves opanai/gpt-4o (did you mean openai/?) is not known" in done.stderr
    assert "openai/opanai" not in done.stdout


# --- words and numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "wrong", "says"),
    [("task", "clasification", "did you mean classification?"), ("latency", "relatime", "mean realtime?")],
)
def test_task_and_latency_are_of_a_list(key: str, wrong: str, says: str, project: Path) -> None:
    prompt = project / "prompts" / "sort.prompt"
    prompt.write_text(PROMPT % f"promptlint: {{{key}: {wrong}}}\n")
    found = json.loads(
        CliRunner().invoke(cli, ["check", str(prompt), "--no-cache", "--format", "json"]).stdout
    )
    text = json.dumps(found)
    assert "SRC002" in text
    assert says in text
    prompt.write_text(PROMPT % "")
    (project / "promptlint.toml").write_text(f'[[prompts]]\nmatch = "**"\n\n{key} = "{wrong}"\n')
    done = compiled("prompts")
    assert done.exit_code == 2
    assert f"promptlint.toml:4: `prompts.0.{key}`: " in done.stderr
    assert says in done.stderr


def test_a_manifest_says_only_what_can_be(project: Path) -> None:
    text = CliRunner().invoke(cli, ["prompts", "prompts", "--no-cache", "--format", "json"]).stdout
    good, file = json.loads(text), project / "manifest.json"

    def told(path: str, value: object) -> str:
        bad = json.loads(text)
        *above, last = path.split(".")
        at = bad["prompts"][0]
        for name in above:
            at = at[name]
        at[last] = value
        file.write_text(json.dumps(bad))
        with pytest.raises(UsageError) as caught:
            manifest.read(file)
        return str(caught.value)

    file.write_text(text)
    assert len(manifest.read(file)) == 1
    assert "prompts[0].traits.difficulty: expected a number from 0 to 1" in told("traits.difficulty", -3.0)
    assert "did you mean interactive?" in told("traits.latency", "interactiv")
    assert "is none of classification" in told("traits.task", "x")
    assert "no negative number" in told("tokens", -1)
    file.write_text(json.dumps({**good, "schema_version": 9}, indent=1))
    with pytest.raises(UsageError, match=r"json:2: version 9"):
        manifest.read(file)


@pytest.mark.parametrize("schema", ["{type: objct}", "{properties: [a]}", "{items: {type: 7}}"])
def test_a_schema_that_is_none_is_told_with_its_line(schema: str, tmp_path: Path) -> None:
    text = TIERS + f"validators:\n  a:\n    kind: json-schema\n    schema: {schema}\n"
    with pytest.raises(ConfigError, match=r"yaml:8: .*no JSON Schema"):
        read(tmp_path, text)


def test_the_shape_of_a_schema_without_the_library() -> None:
    assert "did you mean object?" in _misshapen({"type": "objct"})
    assert _misshapen({"properties": {"a": {"required": "b"}}}).endswith("`required` is no list")
    assert _misshapen({"type": ["string", "null"], "properties": {"type": {}}, "items": True}) == ""


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_in_a_text_is_not_written(project: Path) -> None:
    (project / "prompts" / "sort.prompt").write_text(
        PROMPT.replace("You sort", f"Use {KEY}. You sort") % "promptlint: {latency: background}\n"
    )
    (project / "routing.yaml").write_text(TIERS + "batch: {window: 24}\n")
    done = compiled("prompts", "-o", "jobs.yaml", target="batch")
    assert (done.exit_code, KEY in done.output) == (1, False)
    assert "prompts/sort.prompt: error RTE213 the text of message 1 looks like a key" in done.stderr
    assert not list(project.glob("jobs*"))


@pytest.mark.parametrize(
    ("policy", "front", "where"),
    [
        (f"validators: {{v: {{kind: regex, pattern: '{KEY}'}}}}\n", "", "a validator of the policy"),
        ("", f"promptlint: {{owner: {KEY}}}\n", "the owner"),
    ],
)
def test_a_key_elsewhere_is_not_written_either(policy: str, front: str, where: str, project: Path) -> None:
    used = "prompts: [{match: prompts/sort.prompt, validators: [v]}]\n" if policy else ""
    (project / "routing.yaml").write_text(TIERS + policy + used)
    (project / "prompts" / "sort.prompt").write_text(PROMPT % front)
    done = compiled("prompts", "-o", "out.yaml", target="portkey")
    assert (done.exit_code, KEY in done.output, (project / "out.yaml").exists()) == (1, False, False)
    assert f"error RTE213 {where} looks like a key" in done.stderr


# --- places --------------------------------------------------------------------------------------


def test_names_do_not_hang_on_the_working_directory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled("prompts", "-o", "out.json").exit_code == 0
    monkeypatch.chdir(project.parent)
    outside = compiled("project/prompts", policy="project/routing.yaml")
    names = [row["prompt"] for row in json.loads(outside.stdout)["routes"]]
    assert names == ["prompts/sort.prompt"]
    check = ("--policy", "project/routing.yaml", "--in", "project/prompts", "--no-cache")
    assert run("check", "project/out.json", *check).exit_code == 0
    (project / "prompts" / "deep").mkdir()
    monkeypatch.chdir(project / "prompts" / "deep")
    inside = compiled("..", policy="../../routing.yaml")
    assert [row["prompt"] for row in json.loads(inside.stdout)["routes"]] == names


def test_data_that_is_no_text_is_passed_over_and_a_prompt_is_not(project: Path) -> None:
    (project / "prompts" / "vector_store.json").write_bytes(b"{\0\1}")
    done = compiled("prompts")
    assert done.exit_code == 0
    assert "vector_store.json: binary: NUL" in done.stderr
    assert "`exclude`" in done.stderr
    (project / "prompts" / "other.prompt").write_bytes(b"You are\0")
    done = compiled("prompts")
    assert done.exit_code == 2
    assert "`exclude`" in done.stderr


def test_where_nothing_is_nothing_is_routed(project: Path) -> None:
    (project / "empty").mkdir()
    done = compiled("empty")
    assert (done.exit_code, "0 prompts in empty" in done.stderr) == (2, True)
    (project / "log.jsonl").write_text('{"prompt": "prompts/sorts.prompt"}\n')
    done = run("simulate", "prompts", "--no-cache", "--policy", "routing.yaml", "--traffic", "log.jsonl")
    assert done.exit_code == 2
    assert "did you mean prompts/sort.prompt?" in done.stderr


def test_a_misspelt_target_and_a_missing_file_are_told(project: Path) -> None:
    done = compiled("prompts", target="litelm")
    assert (done.exit_code, "Did you mean 'litellm'?" in done.stderr) == (2, True)
    (project / "routing.yaml").write_text(TIERS + "evals: [evals/none.json]\n")
    done = compiled("prompts")
    assert (done.exit_code, "routing.yaml:5: `evals`: " in done.stderr) == (2, True)


def test_a_template_is_as_old_as_the_batch_plan_beside_it(project: Path) -> None:
    prompt = project / "prompts" / "sort.prompt"
    prompt.write_text(PROMPT % "promptlint: {latency: background}\n")
    (project / "routing.yaml").write_text(TIERS + "batch: {window: 24}\n")
    assert compiled("prompts", "-o", "jobs.yaml", target="batch").exit_code == 0
    template = next(project.glob("jobs.*.template.jsonl"))
    check = ("check", template.name, "--policy", "routing.yaml", "--in", "prompts", "--no-cache")
    assert run(*check).exit_code == 0
    prompt.write_text(prompt.read_text() + "Be brief.\n")
    assert "RTE214" in run(*check).stdout
    (project / "jobs.yaml").unlink()
    done = run(*check)
    assert (done.exit_code, "info RTE230" in done.stdout) == (0, True)
