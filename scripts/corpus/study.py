"""Runs `promptlint compress` without a suite on the listed public prompts, and says what each tier saves.

Usage: python scripts/corpus/study.py TREES [--json FILE] [--set NAME]; TREES: checkouts (`listed.py`).
A prompt whose checkout has another text, or none, is passed over and counted. Tokens are those of the
tokenizer that `compress` would take: exact.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import listed
from listed import KINDS, Case

from promptlint.compress import moves, offline
from promptlint.compress.proposal import Proposal, Tier
from promptlint.compress.segments import Part
from promptlint.locate import edited
from promptlint.vet import merged


@dataclass(frozen=True)
class Row:
    """What compress makes of a prompt: tokens before, and with each tier and those below it.

    `eval` applies all that passes propose beyond the contract; no model was asked; `cuttable` are the
    tokens of parts that a search with a suite could leave out.
    """

    name: str
    kind: str
    before: int
    safe: int
    subsuming: int
    eval: int
    cuttable: int
    lost: int
    refused: int
    seconds: float
    passes: dict[str, int]


def row(case: Case) -> Row:
    """Compress one prompt, in every tier."""
    start = time.process_time()
    done = offline.shorten(case.file, case.ground, offline.Target())
    seconds = time.process_time() - start
    ground = case.ground
    count: Callable[[str], int] = ground.view.count

    def after(proposals: Sequence[Proposal]) -> int:
        return count(edited(ground.prompt, merged(proposals)).text)

    tried = moves.Moves(ground)
    numbers = tried.add([each for each in (*done.chosen, *done.left) if each.is_shorter])
    passes: Counter[str] = Counter()
    for each in done.chosen:
        passes[f"{each.pass_name} {each.code}".strip()] += each.tokens_saved
    return Row(
        name=case.listed.name,
        kind=case.listed.kind,
        before=count(ground.prompt.text),
        safe=after([each for each in done.chosen if each.tier is Tier.SAFE]),
        subsuming=after(done.chosen),
        eval=count(tried.prompt(frozenset(numbers)).text),
        cuttable=_cuttable(tried.parts),
        lost=len(done.lost),
        refused=len(done.refused),
        seconds=seconds,
        passes=dict(passes),
    )


def _cuttable(parts: Sequence[Part]) -> int:
    return sum(part.tokens if part.cut is not None else _cuttable(part.children) for part in parts)


def rows(trees: Path, wanted: Sequence[listed.Listed]) -> Iterator[Row]:
    """A row for each prompt that is there."""
    for case in listed.cases(trees, list(wanted)):
        yield row(case)


# --- the tables -----------------------------------------------------------------------------

TIERS = ("safe", "subsuming", "eval")


def table(found: Sequence[Row]) -> Iterator[str]:
    """Savings by kind and tier: of all tokens, and of a prompt in the middle and on average."""
    yield "| kind | prompts | tokens | safe | + subsuming | + eval | a prompt: safe / + subsuming | changed |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for kind in (*KINDS, "all"):
        part = [each for each in found if kind in (each.kind, "all")]
        if not part:
            continue
        before = sum(each.before for each in part)
        shares = [_share(before, sum(getattr(each, tier) for each in part)) for tier in TIERS]
        means = [
            statistics.mean(1 - getattr(each, tier) / each.before for each in part) for tier in TIERS[:2]
        ]
        changed = sum(each.subsuming < each.before for each in part)
        yield (
            f"| {kind} | {len(part)} | {before:,} | {' | '.join(shares)} | "
            f"{' / '.join(f'{100 * mean:.2f} %' for mean in means)} | {changed} |"
        )


def _share(before: int, after: int) -> str:
    return f"{100 * (1 - after / before):.2f} %"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--set", default="", dest="part")
    values = parser.parse_args()
    wanted = [each for each in listed.read() if values.part in ("", each.set)]
    found = list(rows(values.trees, wanted))
    sources = len({each.name.partition("@")[0] for each in found})
    print(f"{len(found)} of {len(wanted)} listed prompts; {sources} sources")
    print("\n".join(table(found)))
    passes: Counter[str] = Counter()
    for each in found:
        passes.update(each.passes)
    print(", ".join(f"{name}: {saved:,}" for name, saved in passes.most_common()))
    print(
        f"items of the contract lost: {sum(r.lost for r in found)}; refused: {sum(r.refused for r in found)}"
    )
    before = sum(each.before for each in found)
    print(f"a search with a suite may leave out: {sum(each.cuttable for each in found) / before:.0%}")
    if values.json:
        values.json.write_text(json.dumps([asdict(each) for each in found], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
