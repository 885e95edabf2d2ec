"""The search and the proof, with providers made of numbers."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "compress"))

import pipeline
import planted

from promptlint.compress import attribution, cutting, proving, search
from promptlint.compress.search import Found
from promptlint.compress.tried import ORIGINAL, Cases, Halted, Tried, Variant
from promptlint.evals.gate import Rules
from promptlint.evals.pairs import Pair, Scored
from promptlint.evals.stats import power

SEEDS = st.integers(0, 2**64)
Says = Callable[[Variant, int], float]


def tried(says: Says, cases: int = 200, critical: Sequence[int] = (), most: float = 1e9) -> Tried:
    units = tuple((case,) for case in range(cases))
    return Tried(
        lambda variant, wanted: [says(variant, case) for case in wanted],
        Cases(units, frozenset(critical)),
        most,
    )


def found(of: Tried, moves: int, margin: float = 0.05) -> Found:
    return search.searched(of, [lambda _: dict.fromkeys(range(moves), 10)], cutting.Rules.of(margin))


# --- planted segments -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        planted.Cell(),
        planted.Cell(least=0.10, most=0.10),
        planted.Cell(needed=14, pairs=4),
        planted.Cell(cluster=4, cases=400),
        planted.Cell(margin=0.10, noise=0.06),
    ],
)
@settings(max_examples=4, deadline=None)
@given(seed=SEEDS)
def test_what_is_needed_is_kept_and_the_rest_cut_in_a_third_of_the_calls(
    cell: planted.Cell, seed: int
) -> None:
    outcome = planted.run(cell, seed)
    assert outcome.lost == 0
    assert outcome.removed >= 0.8 * outcome.dead  # 0.9 on average: scripts/simulate_compress.py
    assert outcome.share <= 0.35


def test_what_was_blamed_by_chance_is_cut_in_the_end() -> None:
    cell = planted.Cell(needed=14, pairs=4, noise=0.1)
    runs = [planted.run(cell, seed) for seed in range(12)]
    assert sum(run.removed for run in runs) >= 0.9 * sum(run.dead for run in runs)


def test_of_two_that_say_the_same_the_search_keeps_one() -> None:
    def says(variant: Variant, case: int) -> float:
        return float(not (variant >= {3, 7} and case % 5 == 0))

    made = found(tried(says), 10).made
    assert len(made) == 9
    assert not made >= {3, 7}


def test_one_that_only_a_critical_case_needs_is_kept() -> None:
    def says(variant: Variant, case: int) -> float:
        return float(not (4 in variant and case == 150))

    assert found(tried(says), 8).made == frozenset(range(8))
    assert found(tried(says, critical=[150]), 8).made == frozenset(range(8)) - {4}


def test_graded_scores_are_searched_as_well() -> None:
    def says(variant: Variant, case: int) -> float:
        return 0.9 - (0.4 if 2 in variant else 0.0) - (0.3 if 5 in variant and case % 2 else 0.0)

    assert found(tried(says), 12).made == frozenset(range(12)) - {2, 5}


def test_a_loss_that_few_cases_show_is_not_taken_for_none() -> None:
    def says(variant: Variant, case: int) -> float:  # too few to win a bet
        return float(not (2 in variant and case % 15 == 7))

    assert found(tried(says, cases=60), 6).made == frozenset(range(6)) - {2}


def test_what_cannot_be_missed_at_all_is_told_from_a_batch() -> None:
    of = tried(lambda variant, case: float(not variant))
    worths = attribution.attributed(of, range(5), ORIGINAL)
    assert all(worth.is_needed for worth in worths.values())
    assert of.calls == 5 * attribution.BATCH


def test_cases_that_turn_with_any_change_cost_no_more_than_one_blame() -> None:
    needed = {6: 3, 9: 5, 12: 7, 15: 9}

    def says(variant: Variant, case: int) -> float:  # the prompt as it is was lucky with the first five
        lucky = case < 5 and variant != ORIGINAL
        return float(
            not lucky and not any(move in variant and case % 10 == at for move, at in needed.items())
        )

    done = cutting.cut(tried(says, cases=400), range(20), ORIGINAL, cutting.Rules.of(0.05))
    assert set(done.blamed) >= set(needed)
    assert len(done.blamed) <= len(needed) + 1


def test_many_that_are_needed_are_blamed_at_once() -> None:
    def says(variant: Variant, case: int) -> float:  # the first ten of forty are needed, each by every tenth
        return float(case % 10 not in variant)

    of = tried(says)
    done = cutting.cut(of, range(40), ORIGINAL, cutting.Rules.of(0.05))
    assert set(done.blamed) == set(range(10))
    assert of.calls < 200 + 10 * 20  # all cases once, and the halves of 40 parts for few cases of each blame


def test_no_more_is_given_up_than_makes_up_for_the_loss() -> None:
    def says(variant: Variant, case: int) -> float:  # three parts, of which each alone costs 2 points
        return float(not any(case % 50 == 40 + move for move in variant if move < 3))

    rules = cutting.Rules(0.04, reject=1e-12, most=0.04)
    done = cutting.cut(tried(says), range(30), ORIGINAL, rules)
    assert len(done.blamed) == 1
    assert set(done.blamed) < {0, 1, 2}


def test_an_answer_that_turned_by_chance_blames_nobody() -> None:
    def says(variant: Variant, case: int) -> float:
        chance = len(variant) == 16 and case in {0, 2, 4}
        return float(not chance and not (5 in variant and case % 4 == 1))

    done = cutting.cut(tried(says), range(16), ORIGINAL, cutting.Rules.of(0.05))
    assert done.blamed == (5,)


def test_nothing_is_asked_twice_and_the_budget_is_kept() -> None:
    asked: list[tuple[Variant, int]] = []
    rng = random.Random(5)
    bad = {(variant, case) for variant in range(30) for case in range(200) if rng.random() < 0.1}

    def says(variant: Variant, case: int) -> float:
        asked.append((variant, case))
        return float(not any((number, case) in bad for number in variant if number < 10))

    of = tried(says, most=300)
    result = found(of, 30)
    assert len(asked) == len(set(asked)) == of.calls + of.baseline_calls
    assert of.calls <= 300
    assert "300 calls" in result.halted


def test_what_was_made_before_the_search_was_halted_is_kept() -> None:
    def says(variant: Variant, case: int) -> float:
        if variant >= {2}:
            raise Halted("the provider is gone")
        return 1.0

    stages = [lambda _: {0: 10, 1: 10}, lambda made: {2: 10, 3: 10}]
    result = search.searched(tried(says), stages, cutting.Rules.of(0.05))
    assert result.made == {0, 1}
    assert result.halted == "the provider is gone"


def test_without_answers_nothing_is_cut() -> None:
    of = Tried(lambda variant, cases: [None] * len(cases), Cases(tuple((case,) for case in range(50))))
    assert found(of, 4).made == ORIGINAL


# --- cases ----------------------------------------------------------------------------------


@settings(max_examples=50)
@given(
    st.lists(st.one_of(st.none(), st.sampled_from("abcdefgh")), max_size=120),
    st.integers(0, 80),
    st.text(max_size=4),
)
def test_a_split_parts_no_cluster_and_loses_no_case(
    clusters: list[str | None], least: int, seed: str
) -> None:
    cases = [(f"case {number}", cluster) for number, cluster in enumerate(clusters)]
    split = search.split(cases, least, seed)
    inside = [case for unit in split.search for case in unit]
    assert sorted([*inside, *split.proof]) == list(range(len(cases)))
    assert {clusters[case] for case in inside} & {clusters[case] for case in split.proof} <= {None}
    assert len(split.proof) * 2 >= len(cases)
    assert split == search.split(cases, least, seed)
    for unit in split.search:
        assert len(unit) == 1 or len({clusters[case] for case in unit}) == 1


def test_the_proof_gets_what_it_needs_if_the_search_keeps_some() -> None:
    cases = [(str(number), None) for number in range(100)]
    assert len(search.split(cases, 60).proof) == 60
    assert len(search.split(cases, 300).proof) == 100 - search.FEWEST_SEARCH


# --- finalists and proof --------------------------------------------------------------------


def test_finalists_are_parts_of_each_other_the_largest_first() -> None:
    tokens = {number: 10 + number for number in range(9)}
    of = Found(frozenset(range(9)), tuple(range(8, -1, -1)), tokens, {}, ())
    first, second, third = search.finalists(of)
    assert first == of.made
    assert first > second > third > frozenset()
    assert search.finalists(of, 1) == (of.made,)
    assert search.finalists(Found(ORIGINAL, (), {}, {}, ())) == ()


def test_a_suite_supports_as_many_finalists_as_it_can_decide_on() -> None:
    counts = [search.supported([1] * cases, 0.05, 0.05, binary=True) for cases in (20, 58, 60, 76, 200)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == search.MOST_FINALISTS
    assert search.supported([1] * 200, 0.0, 0.05, binary=True) == 0


CASES = 210


def pairs(losses: int, cases: int = CASES) -> list[Pair]:
    both = [(1.0, float(case >= losses)) for case in range(cases)]
    return [
        Pair(str(case), (Scored(old, old > 0),), (Scored(new, new > 0),))
        for case, (old, new) in enumerate(both)
    ]


VARIANTS = (frozenset({1, 2, 3}), frozenset({1, 2}), frozenset({1}))


def proof(*losses: int) -> tuple[proving.Proof, list[Variant]]:
    asked: list[Variant] = []

    def answered(variant: Variant) -> list[Pair]:
        asked.append(variant)
        return pairs(losses[VARIANTS.index(variant)])

    return proving.proven(VARIANTS[: len(losses)], answered, Rules(0.05)), asked


def test_one_proof_is_enough_where_it_is_accepted() -> None:
    done, asked = proof(0, 0, 0)
    assert done.decision == "accepted"
    assert asked == [VARIANTS[0]]
    assert done.accepted is not None
    assert done.accepted.alpha == pytest.approx(0.05 / 3)


def test_what_is_not_accepted_falls_back_along_the_front() -> None:
    done, asked = proof(40, 30, 0)
    assert asked == list(VARIANTS)
    assert done.accepted is not None
    assert done.accepted.variant == VARIANTS[2]
    assert [each.verdict.decision for each in done.judged] == ["rejected", "rejected", "accepted"]


def test_an_acceptance_leaves_more_of_alpha_to_the_others() -> None:
    losses = power.most_losses(CASES, 0.05, 0.025) or 0
    assert losses > (power.most_losses(CASES, 0.05, 0.05 / 3) or 0)
    done, asked = proof(losses, 0, 0)
    assert asked == list(VARIANTS[:2])
    assert done.accepted is not None
    assert done.accepted.variant == VARIANTS[0]
    assert done.accepted.alpha == pytest.approx(0.025)
    alone, _ = proof(losses, 40, 40)
    assert alone.accepted is None


def test_nothing_accepted_is_rejected_only_where_all_are() -> None:
    assert proof(40, 40, 40)[0].decision == "rejected"
    assert proof(40, 6, 40)[0].decision == "undecided"
    assert proving.proven([], lambda _: [], Rules(0.05)).decision == "undecided"


@pytest.mark.slow
@pytest.mark.parametrize("cell", [pipeline.Cell(), pipeline.Cell(margin=0.10, gains=0.02, blind=False)])
def test_what_loses_the_margin_is_seldom_accepted(cell: pipeline.Cell) -> None:
    rng = random.Random(11)
    runs = [pipeline.accepted(cell, rng)[0] for _ in range(150)]
    assert sum(runs) <= 17  # of a share of 5 %, more have a chance of 0.1 %


def test_the_script_prints_the_same_for_the_same_seed() -> None:
    command = [sys.executable, "scripts/simulate_compress.py", "planted", "--runs", "2", "--seed", "7"]
    command += ["--only", "20 segments"]
    root = Path(__file__).parents[2]
    runs = [subprocess.run(command, cwd=root, capture_output=True, text=True, check=False) for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0]
    rows = [[line.rpartition("|")[0].rpartition("|")[0] for line in run.stdout.splitlines()] for run in runs]
    assert rows[0] == rows[1]
    assert "10 of 10" in runs[0].stdout
