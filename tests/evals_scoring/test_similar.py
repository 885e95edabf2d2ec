from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from promptlint.evals.exchange import Failure, Request
from promptlint.evals.model import Answer, Assertion, Case
from promptlint.evals.scoring import Judged, Model, Panel, scored
from tests.evals_scoring.judges import Bench

SPACE = {
    "east": [1.0, 0.0],
    "north": [0.0, 2.0],
    "north-east": [1, 1],
    "west": [-1.0, 0.0],
    "far": [3.0, 4.0],
}


def embedder(space: dict[str, object] = SPACE) -> Callable[[Request], str | Failure]:  # type: ignore[assignment]
    def reply(request: Request) -> str | Failure:
        assert request.endpoint == "embeddings"
        found = space.get(str(request.messages[0]["content"]))
        return Failure("server", "status 500") if found is None else json.dumps(found)

    return reply


def judged(
    answer: str, bench: Bench, type_: str = "similar", value: object = "east", **changes: object
) -> Judged:
    asked = Assertion(type_, value, **changes)  # type: ignore[arg-type]
    panel = Panel(embedder=bench, embedder_model=Model("vectors-1"))
    return scored([Case("one", {}, (asked,))], {"one": ((Answer(answer),),)}, panel).of["one"][0][0]


@pytest.mark.parametrize(
    ("type_", "answer", "threshold", "score", "passed"),
    [
        ("similar", "east", None, 1.0, True),
        ("similar", "north-east", None, math.sqrt(0.5), False),
        ("similar:cosine", "north-east", 0.7, math.sqrt(0.5), True),
        ("similar", "far", 0.6, 0.6, True),
        ("similar", "west", 0.0, 0.0, False),
        ("similar:dot", "north-east", None, 1.0, True),
        ("similar:dot", "far", 3.0, 1.0, True),
        ("similar:euclidean", "east", 0.0, 1.0, True),
        ("similar:euclidean", "north-east", 1.0, 0.5, True),
        ("similar:euclidean", "north-east", None, 0.5, False),
    ],
)
def test_answers_are_as_near_as_their_vectors(
    type_: str, answer: str, threshold: float | None, score: float, passed: bool
) -> None:
    found = judged(answer, Bench(embedder()), type_, threshold=threshold)
    assert found.score == pytest.approx(score)
    assert found.passed is passed
    turned = judged(answer, Bench(embedder()), type_, threshold=threshold, negated=True)
    assert turned.score == pytest.approx(1 - score)
    assert turned.passed is not passed


def test_of_several_texts_the_nearest_counts() -> None:
    assert judged("north-east", Bench(embedder()), value=["west", "north-east"]).passed is True
    assert judged("north", Bench(embedder()), value=["west", "east"]).passed is False
    assert judged("north", Bench(embedder()), value=["west", "east"], negated=True).passed is True


def test_each_text_is_asked_for_once_and_all_at_once() -> None:
    bench = Bench(embedder())
    cases = [Case(f"c{number}", {}, (Assertion("similar", "east"),)) for number in range(5)]
    answers = {each.id: ((Answer("far"),), (Answer("east"),)) for each in cases}
    panel = Panel(embedder=bench, embedder_model=Model("vectors-1", {"dimensions": 2}))
    scores = scored(cases, answers, panel)
    ((*requests,),) = bench.calls
    assert sorted(str(request.messages[0]["content"]) for request in requests) == ["east", "far"]
    assert {(request.model, request.parameters["dimensions"]) for request in requests} == {("vectors-1", 2)}
    assert [side[0].passed for side in scores.of["c3"]] == [False, True]


def test_an_empty_answer_is_not_similar_and_is_not_sent() -> None:
    bench = Bench(embedder())
    assert (judged(" \n", bench).score, judged(" \n", bench).passed) == (0, False)
    assert not any(bench.calls)


@pytest.mark.parametrize(
    "vector",
    [
        [],
        [0, 0],
        [1],
        ["1", "2"],
        [True, False],
        [None, 1],
        [[1, 0]],
        [math.nan, 1],
        [math.inf, 1],
        [10**400, 1],
        [1e200, 1],
        {"0": 1},
        "text",
        7,
        [1] * 100_001,
    ],
)
def test_a_reply_that_is_no_vector_is_a_failure_and_no_fail(vector: object) -> None:
    found = judged("odd", Bench(embedder({**SPACE, "odd": vector})))
    assert (found.score, found.passed) == (None, None)
    assert "embedder" in str(found.failure)


def test_an_embedder_that_does_not_answer_is_a_failure() -> None:
    assert "status 500" in str(judged("nowhere", Bench(embedder())).failure)
    assert judged("east", Bench(lambda request: "[1,")).passed is None
