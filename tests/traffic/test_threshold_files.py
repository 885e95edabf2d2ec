"""Files of judged pairs, the policy that gets the threshold, and the command from logs to both."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner

from promptlint.errors import UsageError
from promptlint.traffic.threshold import document, judgements, pairs, tuning, written
from promptlint.traffic.threshold.pairs import Pair
from tests.traffic.near import questions, sampled
from tests.traffic.reading import chat, write_lines

TUNED = "cache: {mode: semantic, threshold: 0.9, ttl: 5}"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of questions with planted near ones."""
    return write_lines(tmp_path_factory.mktemp("logs") / "log.jsonl", questions(360))


# --- judged files ----------------------------------------------------------------------------

ONE = Pair(True, "a b", "a c", "", "", 0.55, "p", True, "m", 10, 1, 0.5, 2, 2, "tfidf")
TWO = replace(ONE, question="a d", same=None)


def file(tmp_path: Path, found: Sequence[Pair]) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text(pairs.text(found))
    return path


def test_long_texts_are_cut_only_where_they_are_shown() -> None:
    pair = pairs.judged([replace(ONE, answer="a" * 5_000 + "b", earlier_answer="a" * 5_000 + "c")])[0]
    assert pair.same is False
    assert len(json.loads(pairs.text([pair]))["answer"]) == pairs.SHOWN + 1


def test_answers_are_compared_once_folded() -> None:
    rows = [("Yes.", " yes. "), ("20 mg", "200 mg"), ("", "Yes.")]
    found = pairs.judged([replace(TWO, answer=one, earlier_answer=other) for one, other in rows])
    assert [pair.same for pair in found] == [True, False, None]


def test_pairs_come_back_as_written(tmp_path: Path, log: Path) -> None:
    made = sampled(log, 8)
    assert judgements.read(file(tmp_path, made)) == made
    assert judgements.read(file(tmp_path, [ONE, TWO])) == (ONE, TWO)


def test_two_models_may_have_the_same_pair(tmp_path: Path) -> None:
    records = [chat(number) for number in range(4)]
    for number, record in enumerate(records):
        record["request"]["messages"][1]["content"] = f"Where is parcel {number % 2} of my order?"
        record["request"]["model"] = record["response"]["model"] = ("gpt-4o", "gpt-4o-mini")[number // 2]
    made = sampled(write_lines(tmp_path / "log.jsonl", records))
    assert len({pair.question for pair in made}) == 1
    assert sorted(pair.model for pair in made) == ["gpt-4o", "gpt-4o-mini"]
    assert judgements.read(file(tmp_path, made)) == made


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


def found(threshold: float | None, *open_: str, **known: float) -> document.Tuned:
    """What was tuned: a prompt with the threshold, prompts without one, and some with others."""
    told = {"known.py::K": threshold, **dict.fromkeys(open_), **known}
    curves = [document.Curve(name, True, 10, 0.0, 0, (), least) for name, least in told.items()]
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
    assert written.written(path, found(0.85)) == (after or before.replace("0.9", "0.85"), 0.85)


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
    assert "0.85" in written.written(path, found(0.85, "a.py::A"))[0]
    with pytest.raises(UsageError, match=r'(?s)prompts:\n  - \{match: "b.py::B", cache: exact\}'):
        written.written(path, found(0.85, "a.py::A", "b.py::B"))


@pytest.mark.parametrize(
    ("prompts", "threshold"),
    [
        ("[{match: faq, cache: semantic}]", 0.8),
        ("[{match: faq, cache: semantic}, {match: sort, like: faq}]", 0.9),
        ("[{match: '*', cache: semantic}, {match: 'known.py', cache: exact}]", 0.9),
        ("[{match: faq, cache: semantic}, {match: '*', cache: none}]", None),
        ("[{match: other, cache: semantic}]", None),
    ],
)
def test_prompts_with_a_semantic_cache_of_their_own(
    tmp_path: Path, prompts: str, threshold: float | None
) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(f"cache: {{mode: exact}}\nprompts: {prompts}\n")
    told = found(0.95, faq=0.8, sort=0.9)
    if threshold is None:
        with pytest.raises(UsageError, match="none was measured"):
            written.written(path, told)
    else:
        text, chosen = written.written(path, told)
        assert text == f"cache: {{threshold: {threshold:g}, mode: exact}}\nprompts: {prompts}\n"
        assert chosen == threshold


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


@pytest.mark.slow
def test_spark_gives_the_same_curves(tmp_path: Path, log: Path) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    run = (sys.executable, "-W", "ignore", "-m", "promptlint", "traffic", "threshold", str(log), "--isolated")
    more = ("--answers", "--salt", "x", "--format", "json")
    for engine in ("duckdb", "spark"):
        given = ("--engine", engine, "--master", "local[2]", "-o", str(tmp_path / engine))
        subprocess.run([*run, *more, *given], check=True, capture_output=True)
    assert (tmp_path / "spark").read_text() == (tmp_path / "duckdb").read_text()
