"""Writes docs/precision.md: how often the rules are right, by the figures and the findings that were read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "tests" / "data" / "labelled" / "figures.json"
READ = ROOT / "tests" / "data" / "public" / "findings.jsonl"

HEAD = """# How often the rules are right

Two measurements; both count against us what a careful maintainer would not want to be told. Neither was
made by the makers of the rules alone, but all readers were alike, and both sets are small: take the
figures as what they are.

## On a labelled set

{size} small projects, written for it in the shape of real ones and labelled blind by two readers; a
third decided where they differed ([how](../tests/data/labelled/GUIDE.md)). A finding is right only if a
label of its kind lies on the same lines (intersection over union of at least one half) and names the
same partner. A finding about a call in another file stands at the prompt, and so counts as wrong where
the readers marked the call.

The rules were made with the *tuning* part in view. The *proof* part was written later, by others, and
used once; what it showed was then mended or demoted, without being measured again. Its recall says what
to expect of prompts that nobody has seen: the rules find the plain cases, and leave alone what needs
understanding.

"""

PUBLIC = """
## On public repositories

Findings drawn at random (at most 12 to 14 a repository) from runs with the default rules over {scanned}
public repositories, most of which no rule had been tuned on. Two readers judged each as the maintainer
of that repository would: true, in the right place, and worth changing or knowing. A saving of a few tokens
in a demo is a no. Every finding is in [findings.jsonl](../tests/data/public/findings.jsonl):
`repository@commit:path:line`, rule, verdicts, reasons.

| round | read | both accept | the first | the second | they agree |
| --- | --: | --: | --: | --: | --: |
{rounds}

Our aim is 80 %, and both rounds miss it by far. After the first, rules that were refused most were
mended, given a least saving, or switched off; the second was drawn anew from what was left. What is
refused: small savings of words in demos and vendored documents (TOK001, TOK003; TOK004 and TOK007 are off
since), repetition that is meant (RED001, RED003), models in generated test data or on clouds with dates of
their own (CAL007, CAL008; mended since), slots that are constant (CAC001), and typed models with a wrong
type (OUT001). By rule, in the second round:

| rule | read | accepted by both | by one |
| --- | --: | --: | --: |
"""

SCANNED = 34


def page(cards: Sequence[Any]) -> str:
    """The whole page; `cards` say which rules are on."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    found = (
        [json.loads(line) for line in READ.read_text(encoding="utf-8").splitlines()] if READ.exists() else []
    )
    on = {card.code for card in cards if card.default_on}
    cases = sum(1 for part in ("cases", "fresh") for _ in (FIGURES.parent / part).iterdir())
    return HEAD.format(size=cases) + "\n\n" + _figures(figures, on) + (_public(found) if found else "")


def _figures(figures: Mapping[str, Mapping[str, Sequence[int]]], on: frozenset[str] | set[str]) -> str:
    rows = [
        "| rule | tuning: precision | recall | proof: precision | recall |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, codes in (("all that are on", on), *((code, {code}) for code in sorted(figures))):
        parts = [_sum(figures, codes, part) for part in ("tuning", "proof")]
        cells = [cell for part in parts for cell in (_share(part[0], part[1]), _share(part[2], part[3]))]
        shown = name if name in on or " " in name else f"{name} (off)"
        rows.append(f"| {shown} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _sum(figures: Mapping[str, Mapping[str, Sequence[int]]], codes: Iterable[str], part: str) -> list[int]:
    every = [figures[code][part] for code in codes if code in figures]
    return [sum(counts[index] for counts in every) for index in range(4)]


def _share(part: int, rest: int) -> str:
    """A share of counts; of fewer than ten it is no figure."""
    total = part + rest
    return f"{part / total:.2f} ({part}/{total})" if total >= 10 else f"no figure ({part}/{total})"


def _public(found: Sequence[Mapping[str, Any]]) -> str:
    rounds = "\n".join(_round(number, found) for number in (1, 2))
    last = [row for row in found if row["round"] == 2]
    rows = []
    for code in sorted({row["code"] for row in last}):
        own = [_yes(row) for row in last if row["code"] == code]
        apart = sum(first != second for first, second in own)
        rows.append(f"| {code} | {len(own)} | {sum(map(all, own))} | {apart} |")
    return PUBLIC.format(scanned=SCANNED, rounds=rounds) + "\n".join(rows) + "\n"


def _round(number: int, found: Sequence[Mapping[str, Any]]) -> str:
    own = [_yes(row) for row in found if row["round"] == number]
    counts = [sum(map(all, own)), sum(one for one, _ in own), sum(two for _, two in own)]
    counts.append(sum(one == two for one, two in own))
    return f"| {number} | {len(own)} | " + " | ".join(f"{count / len(own):.0%}" for count in counts) + " |"


def _yes(row: Mapping[str, Any]) -> tuple[bool, bool]:
    first, second = row["verdicts"]
    return first == "yes", second == "yes"
