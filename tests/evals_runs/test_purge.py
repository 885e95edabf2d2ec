"""`promptlint eval purge` on the command line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from promptlint.evals.exchange import Reply
from promptlint.evals.store import FILE, Store
from tests.conftest import Runner
from tests.evals_runs.fakes import request

SIZE = len('{"text":"yes"}')


@pytest.fixture
def folder() -> Path:
    place = Path(os.environ["PROMPTLINT_DATA_DIR"])
    for age, provider in ((0, "anthropic https://a"), (40, "openai https://o"), (90, "openai https://o")):
        with Store(place, clock=lambda age=age: time.time() - age * 86_400) as store:
            store.put(provider, request(age), Reply("yes"), None)
    return place


def test_by_age(promptlint: Runner, folder: Path) -> None:
    ran = promptlint("eval", "purge", "--older-than", "30d", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"2 answers ({2 * SIZE} bytes) would be deleted from {folder}; 1 left\n"
    assert promptlint("eval", "purge", "--older-than", "12w").out.startswith("1 answer (")
    assert promptlint("eval", "purge", "--older-than", "12w").out.startswith("0 answers (0 bytes) deleted")


def test_by_provider_and_all(promptlint: Runner, folder: Path) -> None:
    ran = promptlint("eval", "purge", "--provider", "openai", "--older-than", "2000h")
    assert ran.out == f"1 answer ({SIZE} bytes) deleted from {folder}; 2 left\n"
    assert promptlint("eval", "purge", "--all").out.endswith("; 0 left\n")


@pytest.mark.parametrize(
    "options",
    [(), ("--dry-run",), ("--all", "--provider", "x"), ("--older-than", "30"), ("--older-than", "-1d")],
)
def test_what_is_not_meant_is_not_done(promptlint: Runner, folder: Path, options: tuple[str, ...]) -> None:
    ran = promptlint("eval", "purge", *options)
    assert (ran.code, ran.out) == (2, "")
    with Store(folder) as store:
        assert store.purge(dry_run=True).answers == 3


def test_without_a_store_none_is_made(promptlint: Runner) -> None:
    ran = promptlint("eval", "purge", "--all")
    assert (ran.code, ran.out) == (0, f"no answers are stored in {os.environ['PROMPTLINT_DATA_DIR']}\n")
    assert not list(Path(os.environ["PROMPTLINT_DATA_DIR"]).iterdir())


def test_a_damaged_store(promptlint: Runner, folder: Path) -> None:
    (folder / FILE).write_bytes(b"I am no database. " * 400)
    ran = promptlint("eval", "purge", "--all")
    assert ran.code == 2
    assert "nothing was deleted" in ran.err
    assert (folder / FILE).exists()
