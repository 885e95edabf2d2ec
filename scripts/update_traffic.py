"""Writes what `promptlint traffic` reads in each sample of fixtures/traffic, as `<file>.expected.json`.

The samples are spelt as each product spells its logs; the calls are of the prompts of fixtures/shop. Run it
after a change that is meant to alter what is read, and read the diff like code.

Usage: python scripts/update_traffic.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from functools import lru_cache
from pathlib import Path

from promptlint import documents, jsondoc
from promptlint.run import Request
from promptlint.traffic import engines, findings, mapping, repository
from promptlint.traffic.findings import Asked
from promptlint.traffic.overview import overview
from promptlint.traffic.repository import Repository
from promptlint.traffic.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "fixtures" / "traffic"
SUFFIX = ".expected.json"
MAPPING = ".mapping.yaml"
NOW = 1_800_000_000.0  # January 2027: all samples but the wrong clocks are before

_LEFT_OUT = ("prefix_hashes", "delivery", "file", "system")
_CHANGING = ("price_date",)
_Seen = dict[tuple[str, object], str]


def samples() -> list[Path]:
    """The files of logs."""
    found = (path for path in SAMPLES.iterdir() if not path.name.endswith((SUFFIX, MAPPING)))
    return sorted(found)


@lru_cache(maxsize=1)
def shop() -> Repository:
    """The prompts that made the calls; ids are as from the root of the repository."""
    return repository.read(Request(paths=(Path("fixtures/shop"),), isolated=True, use_cache=False))


def expected(path: Path) -> str:
    """What is read: the overview, what is at stake, and the rows of the table; nulls are left out.

    Hashes are numbered in their order: which rows share one is what counts.
    """
    own = path.with_name(path.name.split(".", 1)[0] + MAPPING)
    settings = Settings(
        salt=b"samples",
        now=NOW,
        matcher=shop().matcher,
        mapping=mapping.read(own) if own.exists() else None,
    )
    with engines.opened([path], settings, engines.Options(jobs=1)) as engine:
        read = overview(engine)
        asked = Asked(budget=None, slots=shop().slots, difficulty=shop().difficulty, tiers={})
        found, _ = findings.document(engine, settings, asked, read)
        rows = engine.query('SELECT * FROM rows ORDER BY "row", request_id, time, calls').to_pylist()
    facts = documents.to_json(read)
    assert isinstance(facts, dict)
    for each in facts["unmatched"]:
        del each["hash"]
    seen: _Seen = {}
    document = {
        "overview": {key: value for key, value in facts.items() if key not in _CHANGING},
        "at_stake": {each.kind: each.at_stake and round(each.at_stake, 9) for each in found.findings},
        "rows": [_row(row, seen) for row in rows],
    }
    return jsondoc.dumps(document) + "\n"


def _row(row: dict[str, object], seen: _Seen) -> dict[str, object]:
    known = {key: value for key, value in row.items() if value is not None and key not in _LEFT_OUT}
    for key, value in known.items():
        if key == "time":
            known[key] = str(value)
        elif key.endswith("_hash"):
            known[key] = seen.setdefault((key, value), f"{1 + sum(name == key for name, _ in seen)}")
    return known


def main() -> int:
    """Write or compare; 1 if something is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    check = parser.parse_args().check
    stale = []
    for path in samples():
        beside = path.with_name(path.name + SUFFIX)
        text = expected(path)
        if not beside.exists() or beside.read_text(encoding="utf-8") != text:
            stale.append(beside)
            if not check:
                beside.write_text(text, encoding="utf-8", newline="\n")
    for beside in stale:
        print(f"{'stale' if check else 'written'}: {beside.relative_to(ROOT)}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
