"""Regenerates the tables of how often the gate errs, with the gate's own code; they stand in docs/gate.md.

python scripts/simulate_gate.py                    all tables, in Markdown
python scripts/simulate_gate.py --write            puts them into docs/gate.md, below its mark
python scripts/simulate_gate.py --check            says where those in docs/gate.md differ by more than chance
python scripts/simulate_gate.py --only binary      those with this word in their name
python scripts/simulate_gate.py --runs 20000       runs a cell of false acceptance

A cell of false acceptance has a true loss that is exactly the margin; the nominal rate is 5 %. Standard
errors are below the tables. Needs numpy, which the package itself does not: it comes with the extra `dev`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "gate"))

import gate_check
import gate_exact
import gate_tables

TABLES: dict[str, Callable[[np.random.Generator, int], str]] = {
    "binary": gate_tables.binary,
    "binary exact": gate_exact.exact,
    "binary clustered": gate_tables.binary_clustered,
    "binary few clusters": gate_tables.few_clusters,
    "graded": gate_tables.graded,
    "graded clustered": gate_tables.graded_clustered,
    "power": gate_exact.power_of_cases,
    "power known": gate_exact.known,
    "power losses": gate_exact.losses,
    "power of graded and clustered": gate_tables.power_otherwise,
    "race": gate_tables.races,
}
"""Each with a generator of its own, so that `--only` prints the same numbers."""

PAGE = Path(__file__).parent.parent / "docs" / "gate.md"
MARK = "<!-- below: python scripts/simulate_gate.py --write -->\n"


def main() -> int:
    """Print, write or compare the tables; 1 if they differ from the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORD", help="those with this word in their name")
    parser.add_argument("--runs", type=int, default=10_000, metavar="N", help="runs a cell (default 10,000)")
    deed = parser.add_mutually_exclusive_group()
    deed.add_argument("--write", action="store_true", help=f"write all of them into {PAGE.name}")
    deed.add_argument("--check", action="store_true", help=f"compare them with those in {PAGE.name}")
    given = parser.parse_args()
    parts = list(_parts("" if given.write else given.only, given.runs))
    head, mark, below = PAGE.read_text(encoding="utf-8").partition(MARK)
    if given.check:
        return _compared("\n".join(parts), below)
    if given.write:
        PAGE.write_text("\n".join([head + mark, *parts]), encoding="utf-8")
    else:
        print("\n".join(parts))
    return 0


def _compared(ours: str, page: str) -> int:
    stored = gate_check.sections(page)
    found = [
        f"{name}: {change}"
        for name, table in gate_check.sections(ours).items()
        for change in gate_check.changes(table, stored.get(name, ""))
    ]
    print("\n".join(found) or "as in the docs, chance allowed for")
    return 1 if found else 0


def _parts(word: str, runs: int) -> Iterator[str]:
    """The tables with this word in their name, each below its heading."""
    for number, (name, table) in enumerate(TABLES.items()):
        if word in name:
            start = time.monotonic()
            yield f"### {name.capitalize()}\n\n{table(np.random.default_rng(number), runs)}\n"
            print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
