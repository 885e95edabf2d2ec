"""Says how often each rule is right on the labelled set: precision and recall, with counts.

Usage: python scripts/labelled/score.py [--part tuning|proof] [--rule CODE] [--misses]. A finding is right if
an agreed label of its kind lies on the same lines (at least half of their union is in both) and, where both
name a partner, names the same line. The proof part is for the end: who tunes a rule looks at the tuning part.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from agree import LABELS, Label, overlap, read

from promptlint import run
from promptlint.model import Finding
from promptlint.workspace import Request

PARTS = {"tuning": LABELS.parent / "cases", "proof": LABELS.parent / "fresh"}
FIGURES = LABELS.parent / "figures.json"
KINDS: dict[str, tuple[str, ...]] = {
    "RED001": (
        "repeated",
        "restated",
    ),
    "RED002": (
        "repeated",
        "restated",
    ),
    "RED003": (
        "restated",
        "repeated",
    ),
    "RED004": ("contradiction",),
    "RED005": ("system-and-user",),
    "RED006": ("enforced",),
    "RED007": ("shared-section",),
    "RED008": ("role-boilerplate",),
    "EXA001": ("example-heavy",),
    "EXA002": ("similar-example",),
    "EXA003": ("stale-schema",),
    "EXA004": ("breaks-rule",),
    "EXA005": ("retired",),
    "EXA006": ("cut-off",),
    "EXA007": ("one-input-two-outputs",),
    "EXA008": ("missing-label",),
    "EXA009": ("ordered-labels",),
    "OUT001": ("json-in-prose",),
    "OUT002": ("prose-and-structure",),
    "OUT003": ("explains-first",),
    "OUT004": ("no-bound",),
    "OUT005": ("verbose",),
    "OUT006": ("unrendered-markdown",),
    "TOK001": ("filler",),
    "TOK007": ("filler",),
    "TOK008": ("pretty-schema",),
    "TOK009": ("costly-text",),
    "CTX001": ("unbounded-history",),
    "CTX002": ("whole-document",),
    "CAC001": ("slot-first",),
    "CAC002": ("volatile-prefix",),
    "CAC004": ("no-cache-mark",),
    "CAL001": ("premium-on-simple",),
    "CAL002": ("unbounded-retry",),
    "CAL003": ("no-max-tokens",),
    "CAL004": ("not-batched",),
    "CAL005": ("hot-extraction",),
    "CAL006": ("high-effort",),
    "CAL007": ("retired-model",),
    "TOL001": ("tool-repeated",),
    "TOL002": ("tool-twin",),
    "TOL003": ("tool-needless",),
    "AGD001": ("stale-path",),
    "AGD002": ("level-repeat",),
    "TPL004": ("no-f",),
    "TPL005": ("empty-section",),
    "TPL006": ("dangling",),
    "TPL007": ("todo",),
    "SEC001": ("secret",),
    "SEC002": ("bare-slot",),
}
"""The labels that a rule should find; the other rules are not judged here."""


@dataclass
class Score:
    """The findings of a rule, right and wrong; the labels that it found, and those that no rule did."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def findings(case: Path) -> Iterator[Finding]:
    """What all rules find in a case, checked as a project of its own."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve() / case.name
        shutil.copytree(case, root)
        os.chdir(root)
        outcome = run.run(Request(paths=(root,), extend_select=("ALL",), use_cache=False, isolated=True))
        os.chdir(LABELS)
        for file in outcome.result.files:
            yield from file.findings


def is_right(finding: Finding, label: Label) -> bool:
    """The same file, half of the lines, and the same partner where both have one in that file."""
    if label["rule"] not in KINDS[finding.code] or label["file"].split("/", 2)[2] != finding.path:
        return False
    place = finding.location
    own = {"line": place.line, "end_line": place.end_line}
    related = [other.line for other in finding.related]
    partner = label["partner"]
    if isinstance(partner, int) and related:
        swapped = place.line == partner and label["line"] in related
        return swapped or (overlap(own, label) >= 0.5 and partner in related)
    return overlap(own, label) >= 0.5


def scores(part: str) -> dict[str, Score]:
    """Those of all rules that are judged, over one part of the set."""
    cases = PARTS[part]
    labels = defaultdict(list)
    for label in read("agreed"):
        folder, case, _ = label["file"].split("/", 2)
        if folder == cases.name:
            labels[case].append(label)
    found: dict[str, Score] = {code: Score() for code in KINDS}
    for case in sorted(cases.iterdir()):
        hits = [finding for finding in findings(case) if finding.code in KINDS]
        for finding in hits:
            where = f"{case.name}/{finding.path}:{finding.location.line}: {finding.message}"
            right = any(is_right(finding, label) for label in labels[case.name])
            (found[finding.code].right if right else found[finding.code].wrong).append(where)
        for label in labels[case.name]:
            what = f"{label['file']}:{label['line']}: {label['note']}"
            finders = {finding.code for finding in hits if is_right(finding, label)}
            for code in finders or (code for code, kinds in KINDS.items() if label["rule"] in kinds):
                (found[code].found if finders else found[code].missed).append(what)
    return found


def ratio(part: int, rest: int) -> str:
    """A share, with two places."""
    return f"{part / (part + rest):.2f}" if part + rest else "-"


def write(part: str) -> None:
    """Keep the figures of one part, which the pages of the rules show."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    for code, got in scores(part).items():
        counts = [len(each) for each in (got.right, got.wrong, got.found, got.missed)]
        figures.setdefault(code, {name: [0, 0, 0, 0] for name in PARTS})[part] = counts
    kept = {code: figures[code] for code in KINDS if any(map(any, figures[code].values()))}
    FIGURES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Print a table, and with `--misses` what was wrong and what was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=tuple(PARTS), default="tuning")
    parser.add_argument("--rule", default="")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the figures of that part in figures.json")
    asked = parser.parse_args()
    if asked.write:
        write(asked.part)
        return
    print("| rule | right | wrong | found | missed | precision | recall |\n|---|--:|--:|--:|--:|--:|--:|")
    for code, score in scores(asked.part).items():
        if not code.startswith(asked.rule):
            continue
        right, wrong, found, missed = map(len, (score.right, score.wrong, score.found, score.missed))
        shares = f"{ratio(right, wrong)} | {ratio(found, missed)}"
        print(f"| {code} | {right} | {wrong} | {found} | {missed} | {shares} |")
        if asked.misses:
            for name, lines in (("wrong", score.wrong), ("missed", score.missed)):
                print("".join(f"    {name}: {line}\n" for line in lines), end="")


if __name__ == "__main__":
    main()
