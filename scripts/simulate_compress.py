"""Measures the search and the proof of `promptlint compress` with a provider made of numbers.

python scripts/simulate_compress.py                       both tables, in Markdown
python scripts/simulate_compress.py planted --runs 200    what the search finds, in how many calls
python scripts/simulate_compress.py accepted --runs 5000  how often what loses the margin is accepted
python scripts/simulate_compress.py ... --seed 7          the same runs again; without it the seed is drawn

Exits with 1 if a cell misses what is promised: every needed segment kept, 90 % of the others cut, in 35 % of
the calls of exhaustive leave-one-out; false acceptance of 5.5 % at most.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "compress"))

import pipeline
import planted

PLANTED = {
    "40 segments, 8 needed, 2 pairs": planted.Cell(),
    "every effect 10 points": planted.Cell(least=0.10, most=0.10),
    "half of it needed": planted.Cell(needed=14, pairs=4),
    "half of it needed, every effect 10 points": planted.Cell(needed=14, pairs=4, least=0.10, most=0.10),
    "80 segments": planted.Cell(segments=80, needed=12, pairs=3),
    "400 cases": planted.Cell(cases=400),
    "100 cases": planted.Cell(cases=100),
    "20 segments": planted.Cell(segments=20, needed=4, pairs=1),
    "6 % of the answers turn by chance": planted.Cell(noise=0.06),
    "margin of 3 points": planted.Cell(margin=0.03),
    "margin of 10 points": planted.Cell(margin=0.10),
    "the prompt passes 70 %": planted.Cell(passing=0.70),
    "clusters of 4": planted.Cell(cluster=4, cases=400),
}

ACCEPTED = {
    "400 cases, margin 5, the search as it is": pipeline.Cell(blind=False),
    "400 cases, margin 5": pipeline.Cell(),
    "400 cases, margin 5, same cases turn": pipeline.Cell(shared=True),
    "400 cases, margin 5, 5 % gains": pipeline.Cell(gains=0.05),
    "400 cases, margin 10, 2 % gains": pipeline.Cell(margin=0.10, gains=0.02),
    "400 cases, margin 10, the search as it is": pipeline.Cell(margin=0.10, gains=0.02, blind=False),
    "800 cases, margin 3, 2 % gains": pipeline.Cell(cases=800, margin=0.03, gains=0.02),
    "200 cases, margin 5": pipeline.Cell(cases=200),
    "150 cases, margin 10, 5 % gains": pipeline.Cell(cases=150, margin=0.10, gains=0.05),
    "800 cases in clusters of 4, margin 10, 2 % gains": pipeline.Cell(
        cases=800, margin=0.10, gains=0.02, cluster=4
    ),
}

RECALL, REMOVED, CALLS, WRONG = 1.0, 0.9, 0.35, 0.055


def main() -> int:
    """Print the tables; 1 if one misses what is promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "table", nargs="?", choices=["planted", "accepted"], help="one of them; default: both"
    )
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="a cell (default 100; 5,000)")
    parser.add_argument("--seed", type=int, default=None, help="default: drawn now")
    parser.add_argument("--only", default="", metavar="WORD", help="cells with this word in their name")
    given = parser.parse_args()
    seed = secrets.randbits(32) if given.seed is None else given.seed
    missed = 0
    if given.table in (None, "planted"):
        missed += _print(_planted(given.runs or 100, seed, given.only))
    if given.table in (None, "accepted"):
        missed += _print(_accepted(given.runs or 5000, seed, given.only))
    print(f"\nseed {seed}")
    return int(missed > 0)


def _print(rows: Iterator[tuple[bool, str]]) -> int:
    missed = 0
    for fine, line in rows:
        missed += not fine
        print(line if fine else f"{line} missed", flush=True)
    return missed


def _planted(runs: int, seed: int, word: str) -> Iterator[tuple[bool, str]]:
    yield True, f"### Planted segments, {runs} searches a row\n"
    yield True, "| prompt | needed kept | dead weight cut, mean (worst) | calls, mean (most) | halted | s |"
    yield True, "|---|---|---|---|---|---|"
    for name, cell in PLANTED.items():
        if word not in name:
            continue
        start = time.monotonic()
        rng = random.Random(f"{seed} {name}")
        found = [planted.run(cell, rng.getrandbits(64)) for _ in range(runs)]
        groups, lost = sum(each.groups for each in found), sum(each.lost for each in found)
        cut = [each.removed / each.dead for each in found]
        calls = [each.share for each in found]
        fine = lost == 0 and sum(cut) >= REMOVED * runs and max(calls) <= CALLS
        yield (
            fine,
            f"| {name} | {groups - lost:,} of {groups:,} | {_share(sum(cut) / runs)} ({_share(min(cut))}) | "
            f"{_share(sum(calls) / runs)} ({_share(max(calls))}) | {sum(each.halted for each in found)} | "
            f"{time.monotonic() - start:.0f} |",
        )


def _accepted(runs: int, seed: int, word: str) -> Iterator[tuple[bool, str]]:
    yield True, f"\n### Accepted though every variant loses the margin, {runs:,} runs a row\n"
    yield True, "| suite | accepted | standard error | proven | finalists a proof | s |"
    yield True, "|---|---|---|---|---|---|"
    for name, cell in ACCEPTED.items():
        if word not in name:
            continue
        start = time.monotonic()
        rng = random.Random(f"{seed} {name}")
        found = [pipeline.accepted(cell, rng) for _ in range(runs)]
        wrong = sum(was for was, _ in found) / runs
        tried = [count for _, count in found if count]
        error = (wrong * (1 - wrong) / runs) ** 0.5
        yield (
            wrong <= WRONG,
            f"| {name} | {wrong:.4f} | {error:.4f} | {len(tried):,} | "
            f"{sum(tried) / max(1, len(tried)):.2f} | {time.monotonic() - start:.0f} |",
        )


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


if __name__ == "__main__":
    sys.exit(main())
