"""A repository whose file names and prompts are hostile, through the real command line, as a CI service reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from promptlint.cli import check
from tests.hostile import SMALL
from tests.report.runner import acts, command_of, lines_of, new_form, unseen

NAME_BYTES = 200
JSONS = ("json", "jsonl", "sarif", "gitlab", "rdjson")


def ran(folder: Path, *arguments: str | bytes, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors, both read from pipes, with what is no UTF-8 kept."""
    done = subprocess.run(
        [sys.executable, "-m", "promptlint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode()


def put(folder: Path, name: bytes, text: str) -> bool:
    """Write a file if the file system can hold its name."""
    if b"/" in name or b"\0" in name or len(name) > NAME_BYTES:
        return False
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123  # bytes
        file.write(text.encode("utf-8", "surrogatepass"))
    return True


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file a string, named like it where that can be, with the string as lines beside what `fix` changes."""
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run(["git", "init", "-q", folder], check=True)
    named = 0
    for index, (_, text) in enumerate(SMALL):
        body = f"You sort mail.\n{text}\nIn order to help, be quick.\n{text}\n"
        name = text.encode("utf-8", "surrogateescape" if "\udc80" <= text[-1:] <= "\udcff" else "replace")
        done = bool(name) and put(folder, name + b".prompt.md", body)
        named += done
        if not done:
            put(folder, f"{index}.prompt.md".encode(), body)
    assert named > 150
    (folder / "odd.py").write_text(
        'SYSTEM_PROMPT = """You are a helpful assistant.\n::error::x\n##[group]y\nIn order to help, be quick."""\n'
    )
    return folder


def check_log(output: str) -> None:
    assert [ascii(line) for line in lines_of(output) if acts(line)] == []
    assert ascii(unseen(output)) == "''"


@pytest.mark.parametrize("name", [name for name in check.FORMATS if name not in {"github", *JSONS}])
def test_check_in_a_text_format(repository: Path, name: str) -> None:
    code, out, err = ran(repository, "check", "--format", name, "--verbose")
    assert code == 1
    assert len(out) > 1000
    check_log(out)
    check_log(err)


@pytest.mark.slow
@pytest.mark.parametrize("name", JSONS)
def test_check_in_a_json_format(repository: Path, name: str) -> None:
    code, out, err = ran(repository, "check", "--format", name)
    assert code == 1
    assert out.isascii()
    check_log(out)
    check_log(err)
    for part in out.splitlines() if name == "jsonl" else [out]:
        json.loads(part)


def test_check_for_github(repository: Path) -> None:
    _, out, err = ran(repository, "check", "--format", "github", env={"GITHUB_ACTIONS": "true"})
    lines = lines_of(out)[:-1]
    commands = [new_form(line) for line in lines]
    assert [command[0] for command in commands if command] == [line[2:].partition(" ")[0] for line in lines]
    assert {command[0] for command in commands if command} <= {"error", "warning", "notice"}
    assert ascii(unseen(out)) == "''"
    check_log(err)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--statistics"),
        ("prompts", "--verbose"),
        ("prompts", "--coverage", "--verbose"),
        ("prompts", "--format", "json"),
        ("prompts", "--coverage", "--format", "json"),
        ("config", "."),
        ("fix", "--check"),
    ],
    ids=" ".join,
)
def test_other_commands(repository: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = ran(repository, *arguments)
    assert code in {0, 1}
    check_log(out)
    check_log(err)


@pytest.mark.slow
def test_a_diff_in_a_log_does_not_act(repository: Path) -> None:
    code, out, err = ran(repository, "fix", "--diff", env={"GITHUB_ACTIONS": "true"})
    assert code == 1
    assert [ascii(line) for line in lines_of(out) if acts(line)] == []
    assert "would be a command to the CI service" in err
    check_log(err)


def test_elsewhere_a_diff_is_raw_and_applies(repository: Path, tmp_path: Path) -> None:
    quiet = {"GITHUB_ACTIONS": "", "TF_BUILD": ""}
    _, raw, err = ran(repository, "fix", "--diff", "--", "odd.py", env=quiet)
    assert [line for line in lines_of(raw) if command_of(line)]  # what a log would act upon
    assert "spelt out" not in err
    (tmp_path / "odd.py").write_bytes((repository / "odd.py").read_bytes())
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=raw.encode(), check=True)
    assert "To help, be quick" in (tmp_path / "odd.py").read_text()


def test_a_file_gets_the_bytes_in_a_service_too(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "promptlint", "fix", "--diff", "odd.py"]
    with (tmp_path / "raw.diff").open("wb") as file:
        done = subprocess.run(
            command,
            cwd=repository,
            env={**os.environ, "GITHUB_ACTIONS": "true"},
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert b"spelt out" not in done.stderr
    assert "\n ::error::x\n" in (tmp_path / "raw.diff").read_text()


@pytest.mark.parametrize(
    "text",
    ["::error::x", "\n::error::x", "a\r::error::x", "##[group]x", "\x1b[2Jx", "\u202ex", "\u2028::stop"],
    ids=ascii,
)
def test_errors_do_not_act(promptlint, text: str) -> None:
    for arguments in (
        ["check", "--", text],
        ["check", "--format", text],
        ["check", "--select", text],
        ["check", "--config", text],
        ["check", "--baseline", text],
        [text],
        ["explain", text],
        ["prompts", "--render", text],
    ):
        result = promptlint(*arguments)
        assert result.code == 2, arguments
        assert result.err
        check_log(result.out)
        check_log(result.err)
