"""The whole way: real clients, a real server on loopback that says what the rubric tells it to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from promptlint.evals import providers, runner
from promptlint.evals.exchange import Attempt, Request
from promptlint.evals.folder import Folder
from promptlint.evals.model import Answer, Suite
from promptlint.evals.opinions.panel import Ask
from promptlint.evals.providers.keys import Keys
from promptlint.evals.scoring import Model, Panel, Scores, scored
from promptlint.evals.store import Store
from promptlint.evals.suite import load
from tests.evals_providers.server import Server

FOR_A = {"reason": "A", "A": {"pass": True, "score": 1}, "B": {"pass": False, "score": 0}, "better": "A"}
TIE = {"reason": "=", "A": {"pass": True, "score": 1}, "B": {"pass": True, "score": 1}, "better": "tie"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def suite(tmp_path: Path, base_url: str, *assertions: object, kind: str = "openai") -> Suite:
    data = {
        "prompt": "p.md",
        "provider": {"kind": kind, "model": "small", "base_url": base_url},
        "judge": {"kind": kind, "model": "judge", "base_url": base_url, "max_tokens": 300},
        "embedder": {"kind": "openai", "model": "vectors", "base_url": base_url},
        "tests": [{"vars": {"a": f"x{number}"}, "assert": [each]} for number, each in enumerate(assertions)],
    }
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(data))
    return load(path)


def panel(found: Suite, folder: Folder, store: Store | None = None) -> Panel:
    def asking(provider: object) -> Ask:
        def ask(requests: Sequence[Request]) -> Mapping[tuple[str, int], Attempt]:
            client = providers.client(provider, folder, Keys.of({}, None))  # type: ignore[arg-type]
            try:
                run = runner.run(requests, client, runner.Options(store=store))
            finally:
                client.close()
            return {key: result.attempt for key, result in run.results.items()}

        return ask

    assert found.judge
    assert found.embedder
    return Panel(
        judge=asking(found.judge),
        embedder=asking(found.embedder),
        judge_model=Model(found.judge.model or "", found.judge.parameters),
        embedder_model=Model(found.embedder.model or "", found.embedder.parameters),
    )


def run(tmp_path: Path, found: Suite, texts: tuple[str, str], store: Store | None = None) -> Scores:
    answers = {case.id: tuple([(Answer(text),) for text in texts]) for case in found.cases}
    return scored(found.cases, answers, panel(found, Folder(tmp_path, tmp_path), store))


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_judge_behind_a_server_is_asked_in_both_orders(tmp_path: Path, server: Server, kind: str) -> None:
    rubrics = [{"type": "llm-rubric", "value": f"say:{json.dumps(each)}"} for each in (FOR_A, TIE)]
    found = suite(tmp_path, server.base_url, *rubrics, kind=kind)
    scores = run(tmp_path, found, ("one", "two"))
    assert [[side[0].score for side in scores.of[case.id]] for case in found.cases] == [
        [0.5, 0.5],
        [1.0, 1.0],
    ]
    assert scores.agreement == 0.5
    bodies = [entry["body"] for entry in server.log]
    assert len(bodies) == 4
    assert {(body["model"], body["max_tokens"]) for body in bodies} == {("judge", 300)}
    assert all(not entry["keys"] for entry in server.log)


def test_a_judge_that_refuses_and_one_that_talks_are_failures(tmp_path: Path, server: Server) -> None:
    rubrics = [{"type": "llm-rubric", "value": f"{plan} say:yes, it passes"} for plan in ("plan:400", "")]
    found = suite(tmp_path, server.base_url, *rubrics)
    scores = run(tmp_path, found, ("one", "two"))
    refused, talked = ([side[0] for side in scores.of[case.id]] for case in found.cases)
    assert all((judged.score, judged.passed) == (None, None) for judged in (*refused, *talked))
    assert "400" in str(refused[0].failure)
    assert "no JSON object" in str(talked[0].failure)
    assert len(server.log) == 2 + 2 * 3


def test_what_the_judge_said_is_stored_and_not_asked_again(tmp_path: Path, server: Server) -> None:
    rubric = {"type": "llm-rubric", "value": f"say:{json.dumps(FOR_A)}"}
    found = suite(tmp_path, server.base_url, rubric)
    with Store(tmp_path / "store.sqlite") as store:
        first = run(tmp_path, found, ("one", "two"), store)
        second = run(tmp_path, found, ("two", "one"), store)
    assert len(server.log) == 2
    assert first.of["#1"][0] == second.of["#1"][1]


def test_vectors_come_from_a_server(tmp_path: Path, server: Server) -> None:
    similar = {"type": "similar", "value": "where is my parcel"}
    found = suite(tmp_path, server.base_url, similar, {**similar, "type": "not-similar:cosine"})
    scores = run(tmp_path, found, ("Where is my parcel?", "the weather of tomorrow"))
    assert [[side[0].passed for side in scores.of[case.id]] for case in found.cases] == [
        [True, False],
        [False, True],
    ]
    assert len(server.log) == 3
    assert {entry["path"] for entry in server.log} == {"/v1/embeddings"}


def test_each_run_asks_anew_where_no_stored_reply_can_be_read(tmp_path: Path, server: Server) -> None:
    found = suite(tmp_path, server.base_url, {"type": "llm-rubric", "value": "say:yes, it passes"})
    counts = []
    with Store(tmp_path / "store.sqlite") as store:
        for _ in range(3):
            scores = run(tmp_path, found, ("one", "two"), store)
            assert scores.of["#1"][0][0].passed is None
            counts.append(len(server.log))
    assert counts == [6, 12, 18]
