"""The simulation: its draws are what they claim, its shortcuts say what the gate says, the script runs."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="numpy comes with the extra `dev`")

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "gate"))

import gate_rates as rates  # noqa: E402
from gate_draws import Truth, draw, joined, samples  # noqa: E402

from promptlint.evals.stats import sample  # noqa: E402
from promptlint.evals.stats.betting import Race  # noqa: E402

RUNS = 4000


@pytest.mark.parametrize(
    "truth",
    [
        Truth(200, -0.05, 0.1),
        Truth(200, -0.05, 0.3, "uniform"),
        Truth(200, -0.05, 0.2, "thirds"),
        Truth(200, -0.03, 0.1, "full", 8, 0.3),
        Truth(200, -0.05, 0.3, "uniform", 8, 0.1),
        Truth(200, 0.04, 0.06),
    ],
)
def test_the_draws_have_the_mean_and_the_flips_they_claim(truth: Truth) -> None:
    found = draw(np.random.default_rng(1), truth, RUNS)
    means = found.sums.sum(axis=1) / found.cases
    assert abs(means.mean() - truth.difference) < 4 * means.std() / math.sqrt(RUNS)
    flips = (found.losses + found.gains) / found.cases
    if truth.size != "thirds":
        assert abs(flips.mean() - truth.flips) < 4 * flips.std() / math.sqrt(RUNS)
    assert (found.squares <= found.losses + found.gains + 1e-9).all()


@pytest.mark.parametrize("correlation", [0.1, 0.3])
@pytest.mark.parametrize("size", ["full", "uniform"])
def test_clusters_have_the_correlation_they_claim(correlation: float, size: Any) -> None:
    """The variance of a cluster's sum is 1 + 7 correlations times that of eight independent cases."""
    truth = Truth(80, 0.0, 0.2, size, 8, correlation)
    found = draw(np.random.default_rng(2), truth, 20_000)
    ratio = found.sums.var() / (found.squares.mean() / found.cases * 8)
    assert ratio == pytest.approx(1 + 7 * correlation, rel=0.03)


def test_a_run_is_the_sample_that_the_gate_makes_of_its_cases() -> None:
    truths = (Truth(40, -0.1, 0.3), Truth(40, -0.1, 0.3, "full", 8, 0.3))
    found = joined(draw(np.random.default_rng(3), truth, 50) for truth in truths)
    alike = 0
    for row, ours in enumerate(samples(found, "tango, clustered")):
        clusters = []
        for total, size in zip(found.sums[row].tolist(), found.sizes.astype(int).tolist(), strict=True):
            filler = size - int(abs(total))
            clusters.append([math.copysign(1.0, total)] * int(abs(total)) + [0.0] * filler)
        made = sample.sample(clusters, binary=True)
        if ours.moments.squares == made.moments.squares:  # no loss and gain met in one cluster
            assert made.spread == ours.spread
            assert made.moments == ours.moments
            alike += 1
    assert alike > 5


def test_testing_each_count_once_is_testing_each_run() -> None:
    found = draw(np.random.default_rng(4), Truth(100, -0.05, 0.1), 500)
    each = np.mean([sample.excludes(one, -0.05, 0.05) for one in samples(found, "tango")])
    assert rates.accepted(found, "tango", 0.05, 0.05) == pytest.approx(each)


def test_the_short_race_is_the_race() -> None:
    """The table's shortcut, by counts, ends where the cases one by one do."""
    seed, chances, margin = 5, (0.1, 0.05), 0.05
    cases, accepted, rejected = rates.race(np.random.default_rng(seed), chances, margin, 40)
    luck = np.random.default_rng(seed).random((40, rates.LONGEST))
    ends = []
    for row in luck.tolist():
        race = Race(margin)
        for value in row:
            race = race.after(-1.0 if value < chances[0] else 1.0 if value > 1 - chances[1] else 0.0)
            if race.answer(0.05):
                break
        ends.append((race.cases, race.answer(0.05)))
    assert cases == pytest.approx(np.mean([count for count, _ in ends]))
    assert accepted == pytest.approx(np.mean([said == "accept" for _, said in ends]))
    assert rejected == pytest.approx(np.mean([said == "reject" for _, said in ends]))


def test_other_tests_accept_what_they_should_not() -> None:
    found = draw(np.random.default_rng(6), Truth(50, -0.03, 0.05), RUNS)
    assert rates.by_counts(found, rates.test(rates.wald, 0.03, 0.05)) > 0.1
    assert rates.by_counts(found, rates.test(rates.bootstrap, 0.03, 0.05)) > 0.1
    assert rates.accepted(found, "tango", 0.03, 0.05) < 0.03


def test_the_script_prints_tables() -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "scripts" / "simulate_gate.py"),
            "--only",
            "graded clustered",
            "--runs",
            "50",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.startswith("### Graded clustered\n\n| margin | unchanged | cases |")
    assert "50 runs a cell" in done.stdout
