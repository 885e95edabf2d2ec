"""Compares the two readers' labels: how far they agree, what both say, and what a third reader must decide.

Usage: python scripts/labelled/agree.py. Prints the agreement, and writes to tests/data/labelled/labels:
`agreed.jsonl` and `pairs-agreed.jsonl`, what both say, and what `decided.jsonl` (`pairs-decided.jsonl`) says
of the rest; `disputed.jsonl` and `pairs-disputed.jsonl`, what is open.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

LABELS = Path(__file__).resolve().parents[2] / "tests" / "data" / "labelled" / "labels"
SAME = {"repeated": "restated"}  # word for word or not is not for readers to settle

Label = dict[str, Any]


def read(name: str) -> list[Label]:
    """The labels of a file, none if there is no such file."""
    path = LABELS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(name: str, rows: Iterable[Label]) -> None:
    """One label a line."""
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (LABELS / f"{name}.jsonl").write_text(text)


def overlap(one: Label, other: Label) -> float:
    """Intersection over union of two ranges of lines."""
    first = range(one["line"], one["end_line"] + 1)
    second = range(other["line"], other["end_line"] + 1)
    both = len(range(max(first.start, second.start), min(first.stop, second.stop)))
    return both / (len(first) + len(second) - both)


def matches(one: Label, other: Label) -> bool:
    """The same fault: rule and file, half of the lines, or two that name each other as partner."""
    rules = [SAME.get(each["rule"], each["rule"]) for each in (one, other)]
    if rules[0] != rules[1] or one["file"] != other["file"]:
        return False
    swapped = one["partner"] == other["line"] and other["partner"] == one["line"]
    return swapped or overlap(one, other) >= 0.5


def paired(first: Sequence[Label], second: Sequence[Label]) -> tuple[list[Label], list[Label]]:
    """What both readers say (as the first says it), and what one of them alone says."""
    left = list(second)
    both, alone = [], []
    for label in first:
        twin = next((other for other in left if matches(label, other)), None)
        if twin is None:
            alone.append(label | {"reader": "a"})
        else:
            left.remove(twin)
            both.append(label)
    return both, alone + [label | {"reader": "b"} for label in left]


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa (1960) of two readers' labels of the same items."""
    size = len(pairs)
    observed = sum(one == other for one, other in pairs) / size
    first, second = (Counter(pair[index] for pair in pairs) for index in (0, 1))
    expected = sum(first[name] * second[name] for name in first) / size**2
    return (observed - expected) / (1 - expected)


def main() -> None:
    """Compare, print, write."""
    first, second = read("a"), read("b")
    both, alone = paired(first, second)
    decided = {key(row): row for row in read("decided")}
    settled = [row for row in alone if key(row) in decided]
    kept = [row for row in settled if decided[key(row)]["keep"]]
    write("agreed", [clean(row) for row in sorted([*both, *kept], key=key)])
    write("disputed", [row for row in sorted(alone, key=key) if key(row) not in decided])
    share = 2 * len(both) / (len(first) + len(second))
    print(f"faults: {len(first)} and {len(second)}, {len(both)} in both: positive agreement {share:.2f}")
    for rule, count in sorted(Counter(row["rule"] for row in [*both, *kept]).items()):
        print(f"  {rule:24} {count}")
    one, other = ({row["id"]: row["label"] for row in read(f"pairs-{name}")} for name in "ab")
    ids = sorted(one.keys() & other.keys())
    print(f"pairs: {len(ids)}, kappa {kappa([(one[name], other[name]) for name in ids]):.2f}")
    same = [(str(one[name] == "same"), str(other[name] == "same")) for name in ids]
    print(f"  same or not: kappa {kappa(same):.2f}")
    third = {row["id"]: row["label"] for row in read("pairs-decided")}
    agreed = {name: one[name] if one[name] == other[name] else third.get(name) for name in ids}
    write("pairs-agreed", [{"id": name, "label": label} for name, label in agreed.items() if label])
    open_ = [name for name, label in agreed.items() if not label]
    write("pairs-disputed", [{"id": name, "a": one[name], "b": other[name]} for name in open_])
    print(f"  {Counter(filter(None, agreed.values()))}, {len(open_)} open")


def key(row: Label) -> tuple[str, int, str, int, str]:
    """What names a label."""
    return row["file"], row["line"], row["rule"], row["end_line"], str(row["partner"])


def clean(row: Label) -> Label:
    """Without the reader."""
    return {name: value for name, value in row.items() if name != "reader"}


if __name__ == "__main__":
    main()
