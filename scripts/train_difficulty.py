"""Trains the model of tasks and difficulty, judges it, and writes both down.

    train_difficulty.py                    writes promptlint/_data/difficulty.json, docs/difficulty.md
    train_difficulty.py --check            says whether both are what the data give
    train_difficulty.py --public FOLDER    first reads the public prompts from checkouts there

The public prompts, labelled before any model was there, are first judged by a model of our own alone; the
shipped one has learned from both, and is judged on repositories and scenarios that it has not seen.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait for each other
sys.path.insert(0, str(Path(__file__).resolve().parent / "difficulty"))

import cases
import figures
import training

from promptlint import documents, jsondoc
from promptlint.difficulty import model
from promptlint.difficulty.features import FEATURES

DOCS = Path(__file__).resolve().parents[1] / "docs" / "difficulty.md"
START, END = "<!-- figures: scripts/train_difficulty.py -->\n", "<!-- end -->\n"
CLOSE = 1e-3
"""Weights of another machine differ in the last digits."""


def main() -> int:
    """Train and write, or compare; 1 if something is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--public", type=Path)
    arguments = parser.parse_args()
    own, words = cases.own()
    if arguments.public:
        cases.look_up(arguments.public, words)
    made, text = trained(own, words)
    if arguments.check:
        stale = differences(made, text)
        print("\n".join(stale) if stale else "the model and its figures are what the data give")
        return 1 if stale else 0
    model.FILE.write_text(jsondoc.dumps(documents.to_json(made), None) + "\n", encoding="utf-8")
    DOCS.write_text(text, encoding="utf-8")
    print(f"{len(own)} prompts, {len(words)} words: {model.FILE.stat().st_size:,} bytes")
    return 0


def trained(own: list[training.Case], words: list[str]) -> tuple[model.Model, str]:
    """The model with its figures, and the guide with them in it."""
    columns = {
        "all": range(len(FEATURES) + len(words)),
        "features": range(len(FEATURES)),
        "length": [list(FEATURES).index("words")],
    }
    public = cases.public(words)
    every = [*own, *public]
    ours = {name: training.unseen(own, picked) for name, picked in columns.items()}
    others = {name: training.said(own, public, picked) for name, picked in columns.items()}
    shipped = training.unseen(every, columns["all"])
    ours["shipped"], others["shipped"] = shipped[: len(own)], shipped[len(own) :]
    met = list(zip(public, others["shipped"], strict=True))
    made = training.model_of(every, met, words, cases.data_hash())
    ours_judged, others_judged = figures.Judged(own, ours, made), figures.Judged(public, others, made)
    values = {
        f"{where}.{name}": value
        for where, judged in (("own", ours_judged), ("public", others_judged))
        for name, value in figures.values(judged, own).items()
    }
    made = replace(made, figures=tuple(model.Figure(name, round(value, 3)) for name, value in values.items()))
    head, _, rest = DOCS.read_text(encoding="utf-8").partition(START)
    return made, head + START + figures.text(
        made, ours_judged, others_judged, cases.evaluated()
    ) + END + rest.partition(END)[2]


def differences(made: model.Model, text: str) -> list[str]:
    """What of the written files is another than was made now."""
    written = model.parsed(model.FILE.read_bytes(), model.FILE.name)
    found = []
    if not close(written, made):
        found.append(f"{model.FILE.name} is not what the data give: run scripts/train_difficulty.py")
    if DOCS.read_text(encoding="utf-8") != text:
        found.append(f"{DOCS.name} has other figures: run scripts/train_difficulty.py")
    return found


def close(one: model.Model, other: model.Model) -> bool:
    """Whether two models are the same up to the last digits of their numbers."""
    rows = [(*item.features, *item.words) for item in (one, other)]
    if [row.name for row in rows[0]] != [row.name for row in rows[1]]:
        return False
    numbers = [
        [
            *(item.difficulty, item.temperature, item.error, *item.logits),
            *(value for row in each for value in (row.mean, row.difficulty, *row.tasks)),
        ]
        for item, each in zip((one, other), rows, strict=True)
    ]
    same = one.data_sha256 == other.data_sha256 and one.tasks == other.tasks
    return same and all(abs(a - b) <= CLOSE for a, b in zip(*numbers, strict=True))


if __name__ == "__main__":
    sys.exit(main())
