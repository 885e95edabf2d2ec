"""Measures the features and the hint of a prompt, on top of its outline: at most 5 ms in the median."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from promptlint.declared import declared
from promptlint.difficulty import model
from promptlint.extract import extract
from promptlint.model import Source, SourceKind
from promptlint.shots import shots
from promptlint.view import View

DATA = Path(__file__).resolve().parents[1] / "scripts" / "difficulty" / "prompts.jsonl"
LIMIT = 5.0


def main() -> int:
    """Print milliseconds of processor time for 420 prompts; 1 if the median is over the limit."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    taken, ready = [], []
    for row in rows:
        text = str(row["text"])
        (prompt,) = extract(Source("a.prompt.txt", text, SourceKind.TEXT, named=True)).prompts
        view = View(prompt, len)
        start = time.process_time()
        _ = (view.sentences, view.contract, shots(view), declared(view))  # rules ask for these anyway
        middle = time.process_time()
        model.hint(view)
        ready.append(1000 * (middle - start))
        taken.append(1000 * (time.process_time() - middle))
    median, slow = statistics.median(taken), sorted(taken)[int(0.95 * len(taken))]
    shared = statistics.median(ready)
    print(
        f"{len(rows)} prompts: median {median:.2f} ms, 95 % within {slow:.2f} ms; "
        f"outline, contract, examples and declarations before it {shared:.2f} ms"
    )
    return 0 if median <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
