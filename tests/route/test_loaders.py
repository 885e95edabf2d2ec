"""Products' own loaders: what is not there is SKIPPED, what they refuse is told, without keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint.route.check import loaders
from tests.conftest import Runner
from tests.route.broken import LITELLM, PORTKEY


def program(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_what_is_not_installed_is_skipped_and_said(
    promptlint: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "litellm.yaml").write_text(LITELLM)
    (tmp_path / "portkey.json").write_text(PORTKEY)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = promptlint(
        "route",
        "check",
        "--load",
        "--format",
        "json",
        str(tmp_path / "litellm.yaml"),
        str(tmp_path / "portkey.json"),
    )
    assert result.code == 0
    found = [(item["code"], item["message"]) for item in json.loads(result.out)["notes"]]
    assert ("RTE232", "SKIPPED: there is no program 'litellm'") in found
    assert ("RTE232", "SKIPPED: portkey has no loader that takes a file") in found


def test_the_loader_gets_the_file_and_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a b; c.yaml"
    program(
        tmp_path,
        "litellm",
        f'printf "%s\\n" "$@" > "{tmp_path}/given"; /usr/bin/env > "{tmp_path}/environment"',
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-of-the-environment")
    assert list(loaders.loaded(file, "litellm")) == []
    assert (tmp_path / "given").read_text().splitlines() == ["--validate_config", "--config", str(file)]
    assert "a-secret-of-the-environment" not in (tmp_path / "environment").read_text()


def test_what_it_refuses_is_told_without_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-" + "proj-abcdefghijklmnopqrstuvwx"
    program(
        tmp_path,
        "vllm-sr",
        f'echo "loading"; echo "ValueError: model {secret} is \033[31mred\033[0m" >&2; exit 1',
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = loaders.loaded(tmp_path / "x.yaml", "vllm-sr")
    assert (found.code, found.severity) == ("RTE231", "error")
    assert found.message == "vllm-sr: ValueError: model (a key) is red"


def test_one_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "vllm-sr", "exit 3")
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = loaders.loaded(tmp_path / "x.yaml", "vllm-sr")
    assert found.message == "vllm-sr: ended with an error, and says nothing"


def test_one_that_never_ends_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "vllm-sr", "exec /bin/sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(loaders, "SECONDS", 0.05)
    (found,) = loaders.loaded(tmp_path / "x.yaml", "vllm-sr")
    assert (found.code, found.severity) == ("RTE232", "info")
    assert "has not ended" in found.message
