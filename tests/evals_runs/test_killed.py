"""kill -9 in the middle of 500 calls, and again: judged by the server's own log."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from promptlint.evals.store import Store
from tests.evals_providers.server import logged, process
from tests.evals_runs.child import requests
from tests.evals_runs.test_store import is_whole

COUNT, FEW, CONCURRENCY = 500, 160, 16
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")


def child(url: str, folder: Path, count: int = COUNT) -> subprocess.Popen[str]:
    module = "tests.evals_runs.child"
    command = [sys.executable, "-m", module, url, str(folder), str(count), str(CONCURRENCY)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def interrupted(started: subprocess.Popen[str], done: int, by: signal.Signals) -> list[str]:
    """Send a run a signal once so many answers are there; the lines that it still says."""
    with started as running:
        assert running.stdout is not None
        for line in running.stdout:
            if int(line.split()[1]) >= done:
                break
        running.send_signal(by)
        return running.stdout.read().splitlines()


def finished(running: subprocess.Popen[str]) -> dict[str, Any]:
    """What a run that ends by itself says of itself."""
    out, _ = running.communicate()
    assert running.returncode == 0
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def name(url: str) -> str:
    return f"openai {url}"


def committed(url: str, folder: Path, count: int = COUNT) -> set[str]:
    """The messages whose answers are stored."""
    by_key = {(each.key, each.repeat): str(each.messages[0]["content"]) for each in requests(count)}
    with Store(folder) as store:
        return {by_key[key] for key in store.get(name(url), by_key)}


def failures(entries: list[dict[str, Any]]) -> int:
    """Tries that failed on purpose, and were made again."""
    return sum(entry["action"] == "500" for entry in entries)


def test_killed_twice_and_resumed(tmp_path: Path) -> None:
    log, folder = tmp_path / "log.jsonl", tmp_path / "data"
    with process(log, latency_ms=100) as url:
        known: set[str] = set()
        for done in (COUNT // 2, COUNT * 3 // 4):
            interrupted(child(url, folder), done, signal.SIGKILL)
            assert is_whole(folder)
            before, known = len(logged(log)), committed(url, folder)
            assert done <= len(known) < COUNT
        run = finished(child(url, folder))
        entries = logged(log)
    assert run["texts"] == [f"answer {number}" for number in range(COUNT)]
    assert run["cached_calls"] == len(known)
    # What was committed before the last run is in no request after it.
    assert not known & {entry["last"] for entry in entries[before:]}
    assert run["lost"] <= CONCURRENCY
    assert len(entries) <= COUNT + 2 * CONCURRENCY + failures(entries)
    assert len({entry["last"] for entry in entries}) == COUNT


@pytest.mark.slow
def test_killed_once_what_is_lost_is_counted(tmp_path: Path) -> None:
    log, folder = tmp_path / "log.jsonl", tmp_path / "data"
    with process(log, latency_ms=100) as url:
        interrupted(child(url, folder, FEW), FEW // 2, signal.SIGKILL)
        early = Counter(entry["last"] for entry in logged(log) if entry["action"] == "ok")
        known = committed(url, folder, FEW)
        run = finished(child(url, folder, FEW))
        entries = logged(log)
    unfinished = set(early) - known  # the server had them; their answers came to nobody
    assert len(unfinished) <= run["lost"] <= CONCURRENCY
    assert len(entries) <= FEW + run["lost"] + failures(entries)
    assert run["calls"] - run["retries"] == FEW - len(known)


@pytest.mark.slow
def test_an_interrupt_keeps_what_came(tmp_path: Path) -> None:
    log, folder = tmp_path / "log.jsonl", tmp_path / "data"
    with process(log, latency_ms=100) as url:
        said = interrupted(child(url, folder, FEW), FEW // 2, signal.SIGINT)
        run = json.loads(said[-1])
        known = committed(url, folder, FEW)
        entries = logged(log)
    assert run["interrupted"]
    # The calls that were in flight have come: the server answers within the time of grace.
    assert len(run["texts"]) == len(known) < FEW
    assert {entry["last"] for entry in entries} == known
    assert run["calls"] == len(entries)


@pytest.mark.slow
def test_two_runs_at_once_have_the_same_answers(tmp_path: Path) -> None:
    log, folder = tmp_path / "log.jsonl", tmp_path / "data"
    with process(log, latency_ms=5) as url:
        both = [child(url, folder, FEW) for _ in range(2)]
        runs = [finished(each) for each in both]
        entries = logged(log)
    assert runs[0]["texts"] == runs[1]["texts"] == [f"answer {number}" for number in range(FEW)]
    assert len(entries) == runs[0]["calls"] + runs[1]["calls"]
    assert committed(url, folder, FEW) == {str(each.messages[0]["content"]) for each in requests(FEW)}
    assert is_whole(folder)
