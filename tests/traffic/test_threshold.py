"""The threshold of a semantic cache: planted ones are found, bounds hold, pairs come back as written."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals.stats.stratified import Part, upper
from promptlint.traffic.threshold import document, judgements, pairs, tuning, vectors, written
from promptlint.traffic.threshold.curves import EDGES, RISK, Stratum, points, recommended
from promptlint.traffic.threshold.pairs import Pair
from tests.traffic.reading import SETTINGS, chat, engine, write_lines

ADDRESS = "bob@example.com"
WORDS = [f"word{number}" for number in range(40)]
TUNED = "cache: {mode: semantic, threshold: 0.9, ttl: 5}"


def asked(number: int, question: str, answer: str, system: str = "Sort the mail.") -> dict[str, Any]:
    """A logged call with this question and answer."""
    record = chat(number)
    record["request"]["messages"] = [
        {"role": "system", "content": system},
        {"role": "user", "content": question},
    ]
    record["response"]["choices"][0]["message"]["content"] = answer
    return record


def questions(count: int) -> list[dict[str, Any]]:
    """Topics of twelve words, each asked again with words taken out: near ones have the same answer."""
    chosen, records = random.Random(2), []
    for number in range(count):
        topic = number % (count // 3)
        said = [f"topic{topic}"] + [f"{word}of{topic}" for word in WORDS[:11]]
        fewer = [word for word in said if chosen.random() < (1, 0.95, 0.6)[number % 3]]
        answer = f"Answer {topic}." if len(fewer) >= 9 else f"What do you mean, {number}?"
        records.append(asked(number, f"{' '.join(fewer)} please{number % 5}", answer))
    return records


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of questions with planted near ones."""
    return write_lines(tmp_path_factory.mktemp("logs") / "log.jsonl", questions(360))


def sampled(path: Path, each: int = 60) -> tuple[Pair, ...]:
    """The pairs of a log."""
    with engine(path, settings=replace(SETTINGS, texts="keep")) as found:
        return tuple(pairs.sampled(found, each, "tfidf"))


# --- curves ----------------------------------------------------------------------------------

STRATA = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 200), st.floats(0, 1)), min_size=1, max_size=len(EDGES)
)


def strata(rows: Sequence[tuple[int, int, float]]) -> list[Stratum]:
    return [
        Stratum(low, size, min(judged, size), round(min(judged, size) * share))
        for low, (size, judged, share) in zip(EDGES, rows, strict=False)
    ]


@given(STRATA, st.floats(0.001, 0.5))
def test_what_is_recommended_keeps_the_limit(rows: list[tuple[int, int, float]], limit: float) -> None:
    made = strata(rows)
    total = sum(each.questions for each in made)
    curve, chosen = points(total, made), recommended(made, limit)
    assert [point.threshold for point in curve] == [each.low for each in made]
    hits = [point.hits for point in curve]
    assert hits == sorted(hits, reverse=True)  # a higher threshold answers less
    for point in curve:
        assert 0 <= point.low <= point.high <= 1
        if point.false_hits is not None:
            assert point.low - 1e-9 <= point.false_hits <= point.high + 1e-9
        if point.threshold == chosen:
            assert point.high <= limit


@given(STRATA, st.floats(0.01, 0.4), st.floats(0.01, 0.1))
def test_a_wider_limit_never_raises_the_threshold(
    rows: list[tuple[int, int, float]], limit: float, more: float
) -> None:
    """As long as the same thresholds could be shown: each stratum has many judged pairs."""
    made = strata([(size + 400, judged + 400, share) for size, judged, share in rows])
    narrow, wide = recommended(made, limit), recommended(made, limit + more)
    assert narrow is None or (wide is not None and wide <= narrow)


def test_the_planted_threshold_is_found_and_rarely_passed() -> None:
    """100 studies of strata with known false hits: too low a threshold in 5 % of them at most."""
    dice, passed, chosen = random.Random(5), 0, []
    shares = dict(zip(EDGES, (0.9, 0.6, 0.3, 0.2, 0.1, 0.02, 0.005, 0.0), strict=True))
    sizes = dict(zip(EDGES, (900, 700, 600, 400, 300, 400, 500, 600), strict=True))
    for _ in range(100):
        made = [
            Stratum(low, sizes[low], 100, sum(dice.random() < shares[low] for _ in range(100)))
            for low in EDGES
        ]
        low = recommended(made, 0.05)
        chosen.append(low)
        above = [edge for edge in EDGES if low is not None and edge >= low]
        wrong = sum(sizes[edge] * shares[edge] for edge in above)
        passed += bool(above) and wrong > 0.05 * sum(sizes[edge] for edge in above)
    assert passed <= 5
    assert set(chosen) <= {0.85, 0.9}  # 0.85 has 2.3 % false hits, 0.8 has 5.5 %
    assert chosen.count(0.85) > 25


def test_thresholds_with_too_few_pairs_do_not_hide_those_below() -> None:
    few = Stratum(0.98, 3, 3, 0)
    assert recommended([few], 0.05) is None  # three pairs show nothing
    assert recommended([Stratum(0.9, 1_000, 200, 0), few], 0.05) == 0.9
    assert recommended([Stratum(0.9, 1_000, 200, 0), Stratum(0.98, 100, 80, 20)], 0.05) is None
    assert recommended([], 0.05) is None


def test_strata_are_weighted() -> None:
    """A tenth of the judged pairs is wrong, but they stand for nearly all questions."""
    (lowest, _) = points(1_000, [Stratum(0.9, 900, 20, 4), Stratum(0.98, 100, 20, 0)])
    assert lowest.false_hits == pytest.approx(0.9 * 0.2)
    assert lowest.high == upper([Part(0.9, 20, 4), Part(0.1, 20, 0)], RISK) > 0.3
    assert lowest.hits == 1


# --- pairs -----------------------------------------------------------------------------------


def test_pairs_are_sampled_by_stratum(log: Path) -> None:
    made = sampled(log, 8)
    assert made == sampled(log, 8)
    whole = sampled(log, 10_000)
    for low in {pair.stratum for pair in whole}:
        members = [pair for pair in whole if pair.stratum == low]
        some = [pair for pair in made if pair.stratum == low]
        assert {pair.population for pair in [*members, *some]} == {len(members)}
        assert len(some) == some[0].sampled == min(8, len(members))
        assert {pair.question for pair in some} <= {pair.question for pair in members}
    assert all(pair.earlier != pair.question for pair in whole)


def test_what_is_compared(tmp_path: Path) -> None:
    """Equal questions are no pairs, whatever their case; numbers count; later turns and failures do not."""
    ask = "Where is my parcel with the number"
    records = [
        asked(0, f"{ask} 1234?", "Here."),
        asked(1, f"{ask.upper()}   1234?", "Here."),
        asked(2, f"{ask} 9876?", "There."),
        asked(3, f"{ask} 5555? {ADDRESS}", "There."),
        {**asked(4, f"{ask} 1?", "x"), "error": "timeout"},
        asked(5, f"{ask} 2?", "x", system="Another prompt."),
    ]
    later = asked(6, f"{ask} 3?", "x")
    later["request"]["messages"][1:1] = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
    ]
    made = sampled(write_lines(tmp_path / "log.jsonl", [*records, later]))
    assert len(made) == 2
    assert {(pair.questions, pair.equal) for pair in made} == {(4, 1)}
    assert ADDRESS not in pairs.text(made)
    assert all("1234" in pair.earlier or "9876" in pair.earlier for pair in made)


def test_long_texts_are_cut_only_where_they_are_shown() -> None:
    pair = pairs.judged([replace(ONE, answer="a" * 5_000 + "b", earlier_answer="a" * 5_000 + "c")])[0]
    assert pair.same is False
    assert len(json.loads(pairs.text([pair]))["answer"]) == pairs.SHOWN + 1


def test_answers_are_compared_once_folded() -> None:
    rows = [("Yes.", " yes. "), ("20 mg", "200 mg"), ("", "Yes.")]
    found = pairs.judged([replace(TWO, answer=one, earlier_answer=other) for one, other in rows])
    assert [pair.same for pair in found] == [True, False, None]


# --- judged files ----------------------------------------------------------------------------

ONE = Pair(True, "a b", "a c", "", "", 0.55, "p", True, 10, 1, 0.5, 2, 2, "tfidf")
TWO = replace(ONE, question="a d", same=None)


def file(tmp_path: Path, found: Sequence[Pair]) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text(pairs.text(found))
    return path


def test_pairs_come_back_as_written(tmp_path: Path, log: Path) -> None:
    made = sampled(log, 8)
    assert judgements.read(file(tmp_path, made)) == made
    assert judgements.read(file(tmp_path, [ONE, TWO])) == (ONE, TWO)


@pytest.mark.parametrize("line", ["[]", "{}", '{"same": 1}', "x", '{"same": NaN}', "[" * 5_000, "\x00"])
def test_lines_that_are_no_pairs(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(UsageError, match=r"pairs\.jsonl:2"):
        judgements.read(path)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], "no pairs"),
        ([ONE], "leave a pair open"),
        ([ONE, ONE], "the same pair as"),
        ([ONE, replace(TWO, population=3)], "its stratum is not as"),
        ([ONE, replace(TWO, questions=11)], "its prompt is not as"),
        ([ONE, replace(TWO, vectors="x")], "its vectors is not as"),
        ([replace(ONE, stratum=0.51)], "is not in stratum"),
        ([replace(ONE, similarity=0.9)], "is not in stratum"),
        ([replace(ONE, similarity=1.5, stratum=0.98)], "is not in stratum"),
        ([replace(ONE, population=11)], "of 11 of 10 questions"),
        ([replace(ONE, sampled=0)], "0 pairs"),
        ([replace(ONE, questions=0)], "of 0 questions"),
        ([replace(ONE, equal=-1)], "pairs"),
        (
            [ONE, TWO, replace(ONE, population=9, sampled=1, stratum=0.6, similarity=0.65, question="z")],
            "its strata have more",
        ),
    ],
)
def test_files_that_were_changed(tmp_path: Path, found: list[Pair], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        judgements.read(file(tmp_path, found))


def test_a_judgement_is_true_false_or_null(tmp_path: Path) -> None:
    text = (
        pairs.text([ONE, TWO]).replace('"same":null', '"same":"yes"').replace('"same": null', '"same": "yes"')
    )
    path = tmp_path / "pairs.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"pairs\.jsonl:2\.same"):
        judgements.read(path)


def test_nothing_judged_is_told() -> None:
    with pytest.raises(UsageError, match="no pair was judged"):
        tuning.tuned([TWO, replace(TWO, question="e")], 0.05, "people")


# --- the policy ------------------------------------------------------------------------------


def found(threshold: float | None, *open_: str) -> document.Tuned:
    curves = [document.Curve(name, True, 10, 0.0, 0, (), None) for name in open_]
    return document.Tuned(1, "people", "tfidf", 0.05, 0.95, tuple(curves), threshold)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{TUNED}\n", f"{TUNED.replace('0.9', '0.85')}\n"),
        ("cache: {mode: semantic}  # ours\n", "cache: {threshold: 0.85, mode: semantic}  # ours\n"),
        (
            "a: 1\r\ncache:\r\n  # near\r\n  mode: semantic\r\n",
            "a: 1\r\ncache:\r\n  # near\r\n  threshold: 0.85\r\n  mode: semantic\r\n",
        ),
        ("cache:\n    ttl: 1\n    threshold: 0.9   # why\n    mode: semantic\n", None),
        ('{"cache": {"mode": "semantic"}}', '{"cache": {"threshold": 0.85, "mode": "semantic"}}'),
    ],
)
def test_the_policy_gets_the_threshold(tmp_path: Path, before: str, after: str | None) -> None:
    path = tmp_path / ("routing.json" if before.startswith("{") else "routing.yaml")
    path.write_bytes(before.encode())
    assert written.written(path, found(0.85)) == (after or before.replace("0.9", "0.85"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "cache: {mode: exact}\n",
        "cache: {}\n",
        "cache: [1]\n",
        "a: [\n",
        "x: &c {mode: semantic}\ncache: *c\n",
    ],
)
def test_a_policy_without_a_semantic_cache_is_left(tmp_path: Path, text: str) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"routing\.yaml"):
        written.written(path, found(0.85))
    with pytest.raises(UsageError, match="stays as it is"):
        written.written(path, found(None))


def test_a_prompt_without_a_threshold_must_have_no_semantic_cache(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(f"{TUNED}\nprompts:\n  - {{match: a.py::A, cache: exact}}\n")
    assert "0.85" in written.written(path, found(0.85, "a.py::A"))
    with pytest.raises(UsageError, match=r'(?s)prompts:\n  - \{match: "b.py::B", cache: exact\}'):
        written.written(path, found(0.85, "a.py::A", "b.py::B"))


# --- the command -----------------------------------------------------------------------------


def judge(path: Path, right: Callable[[Pair], bool]) -> None:
    """Fill a file in."""
    path.write_text(pairs.text([replace(pair, same=right(pair)) for pair in judgements.read(path)]))


def test_from_logs_to_the_policy(tmp_path: Path, promptlint: Runner, log: Path) -> None:
    """Planted: near questions with the same answer from 0.7 on; what people say agrees with it."""
    labels, policy = tmp_path / "pairs.jsonl", tmp_path / "routing.yaml"
    run = ("traffic", "threshold")
    made = promptlint(*run, str(log), "--isolated", "--pairs", str(labels))
    assert made.code == 0, made.err
    again = promptlint(*run, str(log), "--isolated", "--pairs", str(labels))
    assert again.code == 2
    assert "may hold judgements" in again.err
    judge(labels, lambda pair: pair.similarity >= 0.7)
    policy.write_text(f"# ours\n{TUNED}\n")
    done = promptlint(*run, "--judged", str(labels), "--policy", str(policy), "--format", "json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    jsonschema.validate(told, document.schema())
    (curve,) = told["curves"]
    assert curve["questions"] == 360
    assert told["threshold"] == curve["recommended"] == 0.7
    assert policy.read_text() == f"# ours\n{TUNED.replace('0.9', '0.7')}\n"
    shown = promptlint(*run, "--judged", str(labels))
    assert "take 0.7" in shown.out
    strict = promptlint(*run, "--judged", str(labels), "--policy", str(policy), "--limit", "0.0001")
    assert strict.code == 2
    assert "stays as it is" in strict.err
    assert "none keeps it" in strict.out


def test_answers_judge_too(promptlint: Runner, log: Path) -> None:
    done = promptlint(
        "traffic", "threshold", str(log), "--isolated", "--answers", "--limit", "0.25", "--format", "json"
    )
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["judged_by"] == "answers"
    (curve,) = told["curves"]
    assert curve["open"] == 0
    rates = [point["false_hits"] for point in curve["points"]]
    assert rates[0] > rates[-1]
    assert curve["recommended"] is not None


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("log.jsonl",),
        ("log.jsonl", "--answers", "--pairs", "p"),
        ("--answers",),
        ("log.jsonl", "--judged", "p"),
        ("--judged", "no-such-file"),
        ("log.jsonl", "--answers", "--vectors", "no-such-folder"),
        ("log.jsonl", "--answers", "--limit", "0"),
    ],
)
def test_what_does_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "log.jsonl", [chat(0), chat(1)])
    done = promptlint("traffic", "threshold", *arguments)
    assert done.code == 2
    assert done.err


def test_vectors_of_texts_without_words() -> None:
    assert list(vectors.nearest(["?", "!"], vectors.tfidf)) == []
    assert list(vectors.nearest(["one"], vectors.tfidf)) == []
    assert vectors.folded("  \uff26\uff4f\uff4f  BAR 12\n") == "foo bar 12"
