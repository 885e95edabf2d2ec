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

{count} findings, drawn at random (at most 14 a repository) from a run with the default rules over
{repositories} public repositories, most of which no rule had been tuned on. Two readers judged each as
the maintainer of that repository would: true, in the right place, and worth changing or knowing. Both
accept {both} ({both_share:.0%}), at least one {one} ({one_share:.0%}); each alone {first:.0%} and
{second:.0%}; they agree on {agree:.0%}. The findings are in
[findings.jsonl](../tests/data/public/findings.jsonl): `repository@commit:path:line`, rule, verdicts,
reasons.

| rule | read | accepted by both | by one |
| --- | --: | --: | --: |"""


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
    verdicts = [(row["verdicts"][0] == "yes", row["verdicts"][1] == "yes") for row in found]
    size = len(found)
    both, one = sum(map(all, verdicts)), sum(map(any, verdicts))
    text = PUBLIC.format(
        count=size,
        repositories=len({row["finding"].partition("@")[0] for row in found}),
        both=both,
        both_share=both / size,
        one=one,
        one_share=one / size,
        first=sum(first for first, _ in verdicts) / size,
        second=sum(second for _, second in verdicts) / size,
        agree=sum(first == second for first, second in verdicts) / size,
    )
    rows = []
    for code in sorted({row["code"] for row in found}):
        own = [pair for row, pair in zip(found, verdicts, strict=True) if row["code"] == code]
        apart = sum(first != second for first, second in own)
        rows.append(f"| {code} | {len(own)} | {sum(map(all, own))} | {apart} |")
    return f"{text}\n" + "\n".join(rows) + "\n"
