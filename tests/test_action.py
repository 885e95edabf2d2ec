"""Tests for the action and the CI files: pinned, free of expressions in scripts, with options that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from promptlint.cli import cli

ROOT = Path(__file__).parents[1]
CI = sorted((ROOT / "promptlint/_data/ci").glob("*.y*ml"))
GUIDE = (ROOT / "docs/ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
SHELL = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
QUOTED = [" ".join(each.split()) for each in re.findall(r"`(promptlint [^`]+)`", GUIDE)]
FILES = {
    **{path.name: path.read_text("utf-8") for path in (ROOT / "action.yml", *CI)},
    **{f"ci.md-{index}": block for index, block in enumerate(BLOCKS)},
}
OWN = "promptlint/promptlint-toolchain@"
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
        if not each.startswith((OWN, "./")) and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)
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
    assert {"--format", "--fail-on", "--path", "--config"} <= seen["diff"]
    assert {"--github", "--from", "--behavior", "--suite", "--no-suggestions"} <= seen["comment"]
    assert {"--format", "--fail-on"} <= seen["check"]


def test_an_unknown_option_is_found() -> None:
    assert unknown('"$BIN/promptlint" diff --format json --nope') == ["diff --nope"]
    assert unknown("promptlint nothing") == ["nothing"]


def test_the_guide_uses_inputs_of_the_action() -> None:
    inputs = yaml.safe_load(FILES["action.yml"])["inputs"]
    for block in BLOCKS:
        for key, steps in walk(yaml.safe_load(block)):
            if key == "steps" and isinstance(steps, list):
                own = [step for step in steps if str(step.get("uses", "")).startswith(OWN)]
                assert all(set(step.get("with", {})) <= set(inputs) for step in own)
