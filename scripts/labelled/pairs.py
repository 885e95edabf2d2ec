"""Draws pairs of sentences for readers to label, from the cases of both parts: `pairs.jsonl`.

Usage: python scripts/labelled/pairs.py > tests/data/labelled/pairs.jsonl. Knows nothing of the checkers. Two
sentences of a file are likely if they share stems, rare ones most; of each file the likeliest are taken, and
one from the middle, so that readers see what only looks alike.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

LABELLED = Path(__file__).resolve().parents[2] / "tests" / "data" / "labelled"
LIKELY = 3
MIDDLE = 1
WORD = re.compile(r"[a-z]+|\d+")
END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z\"'(\[])")
CODE = re.compile(r"[=<>{}()\[\];|]|->|^(?:import|from|def|class|return|async)\b|\w\.\w+\(")
MARK = re.compile(r"^\s*(?:[-*+•>#]+|\d+[.)])?\s*")

Sentence = tuple[int, str, frozenset[str]]


def sentences(text: str) -> Iterator[Sentence]:
    """(line, text, stems) of what may be a sentence of at least four words."""
    for number, line in enumerate(text.splitlines(), 1):
        for part in END.split(MARK.sub("", line)):
            words = WORD.findall(part.lower())
            if len(words) >= 4 and not CODE.search(part):
                yield number, part.strip(), frozenset(stem(word) for word in words if len(word) > 2)


def stem(word: str) -> str:
    """The word without its commonest endings."""
    for ending in ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def pairs(found: list[Sentence]) -> Iterator[tuple[Sentence, Sentence]]:
    """The likeliest pairs of a file, and some that are less so."""
    spread = Counter(each for _, _, stems in found for each in stems)
    weight = {each: math.log((len(found) + 1) / count) for each, count in spread.items()}

    def likeness(pair: tuple[Sentence, Sentence]) -> float:
        (_, one, first), (_, other, second) = pair
        if one == other:
            return 0.0
        all_of = sum(weight[each] for each in first | second)
        return sum(weight[each] for each in first & second) / all_of if all_of else 0.0

    ranked = sorted(combinations(found, 2), key=lambda pair: (-likeness(pair), pair[0][0], pair[1][0]))
    some = [pair for pair in ranked if likeness(pair) > 0.08]
    yield from some[:LIKELY]
    rest = sorted(some[LIKELY : LIKELY * 5], key=lambda pair: digest(pair[0][1] + pair[1][1]))
    yield from rest[:MIDDLE]


def digest(text: str) -> str:
    """A number that has nothing to do with the meaning."""
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Print the pairs, one JSON object a line."""
    for case in (*sorted((LABELLED / "cases").iterdir()), *sorted((LABELLED / "fresh").iterdir())):
        number = 0
        for file in sorted(path for path in case.rglob("*") if path.is_file()):
            found = list(sentences(file.read_text(encoding="utf-8", errors="replace")))
            for (line, one, _), (other_line, other, _) in pairs(found):
                number += 1
                name = file.relative_to(LABELLED).as_posix()
                row = {"id": f"{case.name}-{number}", "file": name, "one": line, "other": other_line}
                print(json.dumps(row | {"first": one, "second": other}, ensure_ascii=False))


if __name__ == "__main__":
    main()
