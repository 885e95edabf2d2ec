"""The threshold of a semantic cache: planted ones are found, bounds hold, pairs come back as written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.stats.stratified import Part, upper
from promptlint.traffic.threshold import pairs, vectors
from promptlint.traffic.threshold.curves import EDGES, RISK, Stratum, points, recommended
from tests.traffic.near import asked, questions, sampled
from tests.traffic.reading import write_lines

ADDRESS = "bob@example.com"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of questions with planted near ones."""
    return write_lines(tmp_path_factory.mktemp("logs") / "log.jsonl", questions(360))


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


# --- vectors ---------------------------------------------------------------------------------


def test_vectors_of_texts_without_words() -> None:
    assert list(vectors.nearest(["?", "!"], vectors.tfidf)) == []
    assert list(vectors.nearest(["one"], vectors.tfidf)) == []
    assert vectors.folded("  \uff26\uff4f\uff4f  BAR 12\n") == "foo bar 12"


def test_sentence_vectors_of_a_model_on_the_disk(tmp_path: Path) -> None:
    """A model whose words `parcel` and `package` point the same way; unknown words are near to nothing."""
    model2vec = pytest.importorskip("model2vec")
    numpy, tokenizers = pytest.importorskip("numpy"), pytest.importorskip("tokenizers")
    words = ["[UNK]", "where", "is", "my", "parcel", "package", "refund"]
    matrix = numpy.eye(len(words), dtype=numpy.float32) * 3
    matrix[5] = matrix[4]
    numbers = {word: index for index, word in enumerate(words)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model2vec.StaticModel(matrix, tokenizer).save_pretrained(tmp_path)
    texts = ["where is my parcel", "where is my package", "refund", "xyz", ""]
    found = [round(value, 5) for value, _, _ in vectors.nearest(texts, vectors.chosen(str(tmp_path)))]
    assert found == [1.0, 0.0, 0.0, 0.0]
