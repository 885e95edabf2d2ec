"""What all tests share: no test touches the user's cache or data, and the command line runs in this process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from promptlint import cli

EXAMPLES = int(
    os.environ.get("PROMPTLINT_EXAMPLES", "50")
)  # of a law that says no number; 500 once in a while
settings.register_profile("promptlint", deadline=None, max_examples=EXAMPLES)  # no timed tests: see bench/
settings.register_profile("ci", deadline=None, max_examples=EXAMPLES, derandomize=True)  # alike everywhere
settings.load_profile("ci" if os.environ.get("CI") else "promptlint")

collect_ignore = ["data"]  # the cases of the labelled set hold tests of their own


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Runner = Callable[..., Ran]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTLINT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("PROMPTLINT_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def promptlint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Runner:
    """Run the command line in an empty folder, which is the project."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["promptlint", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        code = cli._run()
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return call
