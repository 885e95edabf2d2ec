"""`promptlint eval` against a real model on this machine: a prompt and itself, and one that lost its key part.

Opt-in: `make model`, then `make test-model`; or PROMPTLINT_MODEL_URL names a server of OpenAI's protocol, as
`http://127.0.0.1:8080/v1`. The model is very small: what is tested is the whole way, not the model.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from promptlint.evals import providers, recording, runner
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers.keys import Keys
from tests.evals_model.test_demo_suites import EVALS, local_model, record_suites

pytestmark = [pytest.mark.slow, pytest.mark.model]

CASES = 60
MARGIN = 0.05
WAIT = 120
"""Seconds for the server to come up."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A server with the model."""
    if given := os.environ.get("PROMPTLINT_MODEL_URL"):
        yield given
        return
    with served(local_model.command) as url:
        yield url


@contextmanager
def served(command: Callable[[int, int], list[str]]) -> Iterator[str]:
    """A server on a free port, with one thread."""
    if not local_model.is_set_up():
        pytest.skip("no model here: `make model` sets one up, or PROMPTLINT_MODEL_URL names a server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command(port, 1), **quiet) as server:
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _await(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGTERM)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"{url}/models", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the server did not come up")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that all tests here share: the baseline is asked once."""
    return tmp_path_factory.mktemp("data")


def run(
    root: Path, base_url: str, data: Path, candidate: str, *arguments: str
) -> tuple[int, dict[str, object]]:
    """The ticket suite with a candidate, on some of its cases; the exit code and the document."""
    shutil.copytree(EVALS, root, dirs_exist_ok=True)
    suite = yaml.safe_load((EVALS / "tickets.cut.yaml").read_text(encoding="utf-8"))
    suite["prompt"], suite["candidate"] = "prompts/tickets.short.md", candidate
    suite["margin"] = MARGIN
    suite["provider"] = {
        "kind": "openai",
        "base_url": base_url,
        "model": local_model.ALIAS,
        "timeout": 600,
        "concurrency": 1,
        **record_suites.PARAMETERS["tickets"],
    }
    lines = (EVALS / "cases" / "tickets.sample.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "cases" / "tickets.sample.jsonl").write_text("".join(lines[::2][:CASES]), encoding="utf-8")
    (root / "live.yaml").write_text(yaml.safe_dump(suite), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "promptlint", "eval", *arguments, "live.yaml", "--format", "json"],
        cwd=root,
        env={**os.environ, "PROMPTLINT_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def told(capsys: pytest.CaptureFixture[str], what: str, result: dict[str, object]) -> None:
    """Report the wall time and the calls, whatever pytest captures."""
    with capsys.disabled():
        sys.stderr.write(
            f"\n{what}: {result['verdict']}, {result['calls']} calls, {result['cached_calls']} known, "
            f"{result['seconds']:.0f} s; {result['reasons']}\n"
        )


def test_a_prompt_against_itself_is_not_rejected(
    base_url: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = run(tmp_path, base_url, data, "prompts/tickets.short.md")
    told(capsys, "against itself", result)
    assert (code, result["verdict"]) == (4, "undecided")
    assert result["difference"] == 0
    assert result["incomplete"] == []
    assert result["calls"] == CASES  # both sides make the same requests


def test_a_prompt_against_itself_with_another_word_is_not_rejected(
    base_url: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EVALS / "prompts" / "tickets.short.md").read_text(encoding="utf-8")
    again = tmp_path / "prompts" / "again.md"
    again.parent.mkdir()
    again.write_text(
        text.replace("with one of the five labels", "with one of these five labels"), encoding="utf-8"
    )
    code, result = run(tmp_path, base_url, data, "prompts/again.md")
    told(capsys, "against itself, one word changed", result)
    assert (code, result["verdict"]) in ((0, "accepted"), (4, "undecided"))
    assert result["incomplete"] == []


def test_a_prompt_without_its_key_instruction_is_rejected(
    base_url: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = run(tmp_path, base_url, data, "prompts/tickets.cut.md")
    told(capsys, "without its key instruction", result)
    assert (code, result["verdict"]) == (1, "rejected")
    assert result["incomplete"] == []
    baseline, candidate = result["baseline"], result["candidate"]
    assert isinstance(baseline, dict)
    assert isinstance(candidate, dict)
    assert baseline["pass_rate"] > candidate["pass_rate"] + MARGIN


def test_no_answer_is_asked_for_twice(
    base_url: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = run(tmp_path, base_url, data, "prompts/tickets.cut.md")
    told(capsys, "the same again", result)
    assert (code, result["calls"], result["cached_calls"]) == (1, 0, 2 * CASES)


def test_many_requests_at_once_are_answered_as_one_after_the_other() -> None:
    asked = record_suites.requests("tickets")[:32]
    known = recording.read(record_suites.recorded("tickets"), "tickets").replies
    with served(local_model.batched) as url:
        provider = Provider("openai", local_model.ALIAS, url, timeout=600.0, concurrency=16)
        client = providers.client(provider, Folder(EVALS, EVALS), Keys.of({}, None))
        try:
            results = runner.run(asked, client, runner.Options(concurrency=16)).results
        finally:
            client.close()
    same = 0
    for request in asked:
        reply, before = results[request.key, 0].attempt.reply, known[request.key, 0]
        assert reply is not None
        assert reply.usage is not None
        assert before.usage is not None
        assert reply.usage.input == before.usage.input
        same += reply.text.strip() == before.text.strip()
    assert same >= 28  # sums are taken in another order
