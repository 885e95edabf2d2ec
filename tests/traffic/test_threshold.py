"""The threshold of a semantic cache: bounds hold, the choice keeps the limit, pairs come back filled in."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from promptlint.errors import UsageError
from promptlint.traffic.threshold import pairs
from promptlint.traffic.threshold.curves import EDGES, Stratum, bounds, curve
from tests.traffic.reading import SETTINGS, chat, engine, write_lines


@given(st.integers(1, 60), st.data())
def test_bounds_are_those_of_clopper_and_pearson(judged: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, judged))
    low, high = bounds(Stratum(0.5, judged + 1, judged, wrong), 0.05)
    assert low == pytest.approx(beta.ppf(0.05, wrong, judged - wrong + 1) if wrong else 0, abs=1e-6)
    assert high == pytest.approx(beta.ppf(0.95, wrong + 1, judged - wrong) if wrong < judged else 1, abs=1e-6)


def test_all_judged_is_known() -> None:
    assert bounds(Stratum(0.5, 10, 10, 3), 0.05) == (0.3, 0.3)
    assert bounds(Stratum(0.5, 10, 0, 0), 0.05) == (0.0, 1.0)


def test_the_lowest_threshold_that_keeps_the_limit() -> None:
    clean = [Stratum(low, 100, 100, 0) for low in (0.9, 0.95, 0.98)]
    found = curve("p", 1000, [Stratum(0.8, 100, 100, 50), *clean], 0.02)
    assert found.recommended == 0.85  # nothing lies between 0.85 and 0.9
    assert [point.hits for point in found.points if point.threshold in (0.8, 0.98)] == [0.4, 0.1]
    assert curve("p", 1000, [Stratum(0.98, 100, 20, 0)], 0.02).recommended is None  # too few were judged
    assert curve("p", 1000, [], 0.02).recommended is None


def test_the_choice_keeps_the_limit_nearly_always() -> None:
    chosen, kept = random.Random(5), 0
    truth = dict(zip(EDGES, (0.9, 0.6, 0.3, 0.12, 0.06, 0.02, 0.005, 0.0), strict=True))
    for _ in range(300):
        strata = [
            Stratum(low, 2_000, 150, sum(chosen.random() < share for _ in range(150)))
            for low, share in truth.items()
        ]
        picked = curve("p", 20_000, strata, 0.05).recommended
        shares = [share for low, share in truth.items() if picked is not None and low >= picked]
        kept += not shares or sum(shares) / len(shares) <= 0.05
    assert kept >= 285  # 95 of 100


def test_pairs_of_logs_are_judged_and_come_back(tmp_path: Path) -> None:
    words = [
        "when",
        "does",
        "my",
        "parcel",
        "from",
        "the",
        "warehouse",
        "in",
        "Ghent",
        "arrive",
        "at",
        "home",
    ]
    chosen, records = random.Random(2), []
    for number in range(120):
        record = chat(number)
        said = [word for word in words if chosen.random() < 0.85]
        record["request"]["messages"][1]["content"] = f"{' '.join(said)} bob{number}@example.com"
        record["response"]["choices"][0]["message"]["content"] = (
            "Tomorrow." if "parcel" in said else "It is blue."
        )
        records.append(record)
    path = write_lines(tmp_path / "log.jsonl", records)
    with engine(path, settings=replace(SETTINGS, texts="keep")) as found:
        made = pairs.sampled(found, 8)
    assert made
    assert max(sum(pair.stratum == low for pair in made) for low in EDGES) == 8
    assert all(pair.stratum <= pair.similarity for pair in made)
    file = tmp_path / "pairs.jsonl"
    file.write_text(pairs.text(made))
    assert "bob" not in file.read_text()
    assert pairs.read(file) == made
    assert all(
        point.false_hits is None for each in pairs.curves(made, 0.1) for point in each.points if point.hits
    )
    told = pairs.judged(made)
    assert {pair.same for pair in told} == {True, False}
    assert all(pair.same is (pair.answer == pair.earlier_answer) for pair in told)
    (only,) = pairs.curves(told, 0.5)
    assert only.questions == 120
    assert only.points[0].false_hits is not None


@pytest.mark.parametrize("line", ["[]", "{}", '{"prompt": 1}', "x"])
def test_wrong_label_files(tmp_path: Path, line: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(UsageError, match=r"pairs\.jsonl:2"):
        pairs.read(file)


def test_a_pair_of_nobody_is_refused(tmp_path: Path) -> None:
    known = pairs.Pair("p", 10, 0.5, 5, 0.55, "a", "b", "", "", True)
    file = tmp_path / "pairs.jsonl"
    for wrong in (replace(known, stratum=0.51), replace(known, population=11)):
        file.write_text(pairs.text([wrong]))
        with pytest.raises(UsageError, match="no pair"):
            pairs.read(file)
    assert json.loads(pairs.text([known]))["same"] is True
