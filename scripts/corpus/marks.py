"""Blind marks of waste: draws the prompts that are marked, and keeps the marks as hashes and places.

Usage:
  python scripts/corpus/marks.py draw TREES OUT [--seed 8] [--marked 40] [--tuning 15]
  python scripts/corpus/marks.py keep TREES FOLDER M1 M2     (marks with quotes -> marks.jsonl, without text)

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
from pathlib import Path

import listed
from listed import KINDS, Case, Listed

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
    values = parser.parse_args()
    values.run(values)


if __name__ == "__main__":
    main()
