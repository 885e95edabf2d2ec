"""Blind marks of waste: draws the prompts that are marked, keeps the marks as hashes and places, scores them.

Usage:
  python scripts/corpus/marks.py draw TREES OUT [--seed 8] [--marked 40] [--tuning 15]
  python scripts/corpus/marks.py keep TREES FOLDER M1 M2     (marks with quotes -> marks.jsonl, without text)
  python scripts/corpus/marks.py score TREES [--set marked|tuning] [--misses]

`draw` writes the texts for readers, and which they are into the list; nothing that `compress` says is looked
at. A mark is kept as the prompt's SHA-256, a range of code points, and the SHA-256 of the marked text.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import listed
from listed import KINDS, Case, Listed

from promptlint.compress import offline
from promptlint.tokens import _load  # the offsets of tokens are nobody else's need

MARKS = listed.HERE / "marks.jsonl"
LEAST, LARGEST = 300, 2_500  # tokens of a prompt that is marked
OVERLAP = 0.5  # of the shorter of two marks, to be one


@dataclass(frozen=True)
class Mark:
    """A stretch that a reader calls waste, and the stretch that says it (`partner`, [start, end] or None)."""

    prompt: str
    marker: str
    start: int
    end: int
    sha256: str
    kind: str
    partner: tuple[int, int] | None = None

    @property
    def range(self) -> range:
        """The code points."""
        return range(self.start, self.end)


# --- drawing --------------------------------------------------------------------------------


def draw(every: Sequence[Listed], seed: int, marked: int, tuning: int) -> list[Listed]:
    """The list with the two sets drawn: the kinds in turn, one prompt of a file, two of a repository."""
    random_ = random.Random(seed)  # a draw that can be repeated, nothing secret
    pools: dict[str, list[Listed]] = {kind: [] for kind in KINDS}
    for each in every:
        if LEAST <= each.tokens <= LARGEST:
            pools[each.kind].append(each)
    for pool in pools.values():
        random_.shuffle(pool)
    taken: dict[str, str] = {}
    of: dict[str, int] = defaultdict(int)
    while len(taken) < marked + tuning and any(pools.values()):
        for kind in KINDS:
            chosen = next((each for each in pools[kind] if of[each.repository] < 2), None)
            if chosen is None or len(taken) == marked + tuning:
                pools[kind].clear() if chosen is None else None
                continue
            pools[kind].remove(chosen)
            of[chosen.repository] += 1
            taken[chosen.sha256] = "marked" if len(taken) < marked else "tuning"
    return [replace(each, set=taken.get(each.sha256, "")) for each in every]


def write_texts(trees: Path, every: Sequence[Listed], out: Path) -> None:
    """A file for each prompt of the sets: p01.txt ... for the marked, t01.txt ... for the tuning set."""
    names: dict[str, str] = {}
    for part, letter in (("marked", "p"), ("tuning", "t")):
        wanted = [each for each in every if each.set == part]
        for number, case in enumerate(sorted(listed.cases(trees, wanted), key=_by_hash), 1):
            name = f"{letter}{number:02}"
            names[name] = case.listed.sha256
            (out / f"{name}.txt").write_text(case.ground.prompt.text, encoding="utf-8", newline="")
    (out / "names.json").write_text(json.dumps(names, indent=1), encoding="utf-8")


def _by_hash(case: Case) -> str:
    return case.listed.sha256


# --- keeping --------------------------------------------------------------------------------


def kept(text: str, prompt: str, marker: str, spans: Iterable[dict[str, object]]) -> Iterator[Mark]:
    """The marks of a prompt; a quote that is not in it is told and passed over."""
    for span in spans:
        quote = str(span["quote"])
        place = _place(text, quote, int(str(span.get("occurrence") or 1)))
        if place is None:
            print(f"{prompt[:12]} {marker}: not found: {quote[:60]!r}")
            continue
        only = str(span.get("only") or "")
        if only and only in quote:
            start = place[0] + quote.index(only)
            place = (start, start + len(only))
        partner = _place(text, str(span.get("partner") or ""), 1)
        yield Mark(
            prompt,
            marker,
            *place,
            listed.digest(text[place[0] : place[1]]),
            str(span["kind"]),
            partner if partner != place else _place(text, str(span["partner"]), 2),
        )


def _place(text: str, quote: str, occurrence: int) -> tuple[int, int] | None:
    at = -1
    for _ in range(max(1, occurrence)):
        at = text.find(quote, at + 1) if quote else -1
        if at < 0:
            return None
    return at, at + len(quote)


def read(path: Path = MARKS) -> list[Mark]:
    """The kept marks."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row["partner"] = tuple(row["partner"]) if row["partner"] else None
        found.append(Mark(**row))
    return found


# --- scoring --------------------------------------------------------------------------------


class Weights:
    """The tokens of a text, spread over its code points."""

    def __init__(self, text: str) -> None:
        encoding = _load("o200k_base")
        ends = [*encoding.decode_with_offsets(encoding.encode_ordinary(text))[1], len(text)]
        self._at = [0.0] * (len(text) + 1)
        starts = sorted(ends)
        held: dict[int, int] = defaultdict(int)
        for start in starts[:-1]:
            held[start] += 1  # several tokens may spell one code point
        for (start, many), (end, _) in pairwise([*sorted(held.items()), (len(text), 0)]):
            for place in range(start, end):
                self._at[place] = many / (end - start)
        self.total = sum(self._at)

    def of(self, points: Iterable[int]) -> float:
        """The tokens of some code points."""
        return sum(self._at[point] for point in points)


@dataclass(frozen=True)
class Unit:
    """Waste that both readers marked: its code points, and those of what says it."""

    kind: str
    points: frozenset[int]
    partner: frozenset[int]


def units(marks: Sequence[Mark]) -> list[Unit]:
    """What two readers agree on: the same stretch, or the one's stretch and the other's partner."""
    by: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by[mark.marker].append(mark)
    if len(by) < 2:
        return [_alone(mark) for mark in marks]
    one, other = (by[name] for name in sorted(by))
    found = []
    for mark in one:
        for twin in other:
            both = set(mark.range) & set(twin.range)
            if len(both) >= OVERLAP * min(len(mark.range), len(twin.range)):
                partner = _partner(mark) | _partner(twin)
                found.append(Unit(mark.kind, frozenset(both), partner - set(both)))
            elif _crossed(mark, twin):
                found.append(Unit(mark.kind, frozenset(mark.range), frozenset(twin.range)))
    return found


def _alone(mark: Mark) -> Unit:
    return Unit(mark.kind, frozenset(mark.range), _partner(mark))


def _partner(mark: Mark) -> frozenset[int]:
    return frozenset(range(*mark.partner)) if mark.partner else frozenset()


def _crossed(mark: Mark, twin: Mark) -> bool:
    """True if each reader marks what the other one names as the line that stays."""
    return (
        mark.partner is not None
        and twin.partner is not None
        and 2 * len(_partner(mark) & set(twin.range)) >= min(len(_partner(mark)), len(twin.range))
        and 2 * len(_partner(twin) & set(mark.range)) >= min(len(_partner(twin)), len(mark.range))
    )


@dataclass
class Score:
    """Sums over prompts, in tokens: by kind of waste what was marked and what is gone, and what else is."""

    marked: dict[str, float]
    removed: dict[str, float]
    unmarked: float = 0.0
    touched: float = 0.0
    prompts: int = 0

    @property
    def recall(self) -> float:
        """The share of marked waste that is gone."""
        return sum(self.removed.values()) / max(1e-9, sum(self.marked.values()))


def gone(case: Case) -> set[int]:
    """The code points that `compress` takes out or replaces by others, without a suite."""
    done = offline.shorten(case.file, case.ground, offline.Target())
    text, points = case.ground.prompt.text, set()
    for proposal in done.chosen:
        for edit in proposal.edits:
            old = text[edit.span.start : edit.span.end]
            points |= {edit.span.start + at for at in changed(old, edit.new)}
    return points


def changed(old: str, new: str) -> Iterator[int]:
    """The places of `old` that are not in `new`; a letter in capitals is the same letter."""
    head = 0
    while head < min(len(old), len(new)) and old[head].lower() == new[head].lower():
        head += 1
    tail = 0
    most = min(len(old), len(new)) - head
    while tail < most and old[-1 - tail].lower() == new[-1 - tail].lower():
        tail += 1
    yield from range(head, len(old) - tail)


def add(score: Score, case: Case, marks: Sequence[Mark], misses: bool) -> None:
    """Count one prompt."""
    text = case.ground.prompt.text
    weights, out = Weights(text), gone(case)
    seen: set[int] = set()
    for unit in units(marks):
        points = unit.points - seen
        seen |= points
        all_ = weights.of(points)
        share = max(_share(weights, points, out), _share(weights, unit.partner, out))
        score.marked[unit.kind] += all_
        score.removed[unit.kind] += share * all_
        if misses and share < OVERLAP and points:
            print(f"MISS {case.listed.name} {unit.kind} {text[min(points) : max(points) + 1]!r}")
    said = {point for mark in marks for point in (*mark.range, *_partner(mark))}
    rest = set(range(len(text))) - said
    score.unmarked += weights.of(rest)
    score.touched += weights.of(rest & out)
    score.prompts += 1
    if misses:
        for start, end in _runs(sorted(rest & out)):
            print(f"TOUCHED {case.listed.name} {text[start:end]!r}")


def _share(weights: Weights, points: Iterable[int], out: set[int]) -> float:
    points = set(points)
    return weights.of(points & out) / max(1e-9, weights.of(points))


def _runs(points: Sequence[int]) -> Iterator[tuple[int, int]]:
    held: list[int] = []
    for point in points:
        if held and point > held[-1] + 1:
            yield held[0], held[-1] + 1
            held = []
        held.append(point)
    if held:
        yield held[0], held[-1] + 1


def table(score: Score) -> Iterator[str]:
    """Recall by kind of waste, and what was touched besides."""
    yield "| waste | tokens marked by both | removed | recall |"
    yield "|---|--:|--:|--:|"
    for kind in sorted(score.marked):
        marked, removed = score.marked[kind], score.removed[kind]
        yield f"| {kind} | {marked:.0f} | {removed:.0f} | {removed / max(1e-9, marked):.0%} |"
    marked, removed = sum(score.marked.values()), sum(score.removed.values())
    yield f"| all | {marked:.0f} | {removed:.0f} | {score.recall:.0%} |"
    yield (
        f"{score.prompts} prompts; unmarked tokens touched: {score.touched:.0f} of {score.unmarked:.0f}, "
        f"{score.touched / max(1e-9, score.unmarked):.2%}"
    )


# --- commands -------------------------------------------------------------------------------


def _draw(values: argparse.Namespace) -> None:
    every = draw(listed.read(), values.seed, values.marked, values.tuning)
    listed.write(every)
    values.out.mkdir(parents=True, exist_ok=True)
    write_texts(values.trees, every, values.out)


def _keep(values: argparse.Namespace) -> None:
    names = json.loads((values.folder / "names.json").read_text(encoding="utf-8"))
    texts = {case.listed.sha256: case.ground.prompt.text for case in _of_sets(values.trees)}
    marks = read() if MARKS.exists() else []
    for marker, path in (("one", values.m1), ("two", values.m2)):
        for line in path.read_text(encoding="utf-8").splitlines() if path else ():
            row = json.loads(line)
            prompt = names[row["file"]]
            marks = [each for each in marks if (each.prompt, each.marker) != (prompt, marker)]
            marks += kept(texts[prompt], prompt, marker, row["spans"])
    marks.sort(key=lambda mark: (mark.prompt, mark.marker, mark.start, mark.end))
    MARKS.write_text("".join(json.dumps(asdict(mark)) + "\n" for mark in marks), encoding="utf-8")


def _of_sets(trees: Path) -> Iterator[Case]:
    return listed.cases(trees, [each for each in listed.read() if each.set])


def _score(values: argparse.Namespace) -> None:
    by: dict[str, list[Mark]] = defaultdict(list)
    for mark in read():
        by[mark.prompt].append(mark)
    score = Score(defaultdict(float), defaultdict(float))
    for case in _of_sets(values.trees):
        if case.listed.set == values.part:
            add(score, case, by[case.listed.sha256], values.misses)
    print("\n".join(table(score)))


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("trees", type=Path)
    drawing.add_argument("out", type=Path)
    for name, default in (("--seed", 8), ("--marked", 40), ("--tuning", 15)):
        drawing.add_argument(name, type=int, default=default)
    drawing.set_defaults(run=_draw)
    keeping = commands.add_parser("keep")
    for name in ("trees", "folder", "m1"):
        keeping.add_argument(name, type=Path)
    keeping.add_argument("m2", type=Path, nargs="?")
    keeping.set_defaults(run=_keep)
    scoring = commands.add_parser("score")
    scoring.add_argument("trees", type=Path)
    scoring.add_argument("--set", default="marked", dest="part")
    scoring.add_argument("--misses", action="store_true")
    scoring.set_defaults(run=_score)
    values = parser.parse_args()
    values.run(values)


if __name__ == "__main__":
    main()
