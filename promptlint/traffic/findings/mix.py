"""Which models prompts are sent to, against how difficult these are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.findings.base import MOST_ROWS, Group, Logs, Record, finding, usd
from promptlint.traffic_document import Finding, Mix, Tier

BOUNDS = (("simple", 0.3), ("medium", 0.7))
"""Upper ends of the difficulty of a tier; from 0.3 on `medium`, above 0.7 `complex` (the strategy, "Model
routing")."""

UNKNOWN = "unknown"
TIERS = ("simple", "medium", "complex", UNKNOWN)
"""In the order in which they are shown."""

_HOW = (
    "difficulty of the manifest (static, estimated), tiers below 0.3 and up to 0.7; the same tokens at the "
    "price of the tier's model, nothing cached; quality is not in the logs"
)


def tier(difficulty: float) -> str:
    """The tier of a difficulty."""
    simple, medium = BOUNDS[0][1], BOUNDS[1][1]
    return "simple" if difficulty < simple else "medium" if difficulty <= medium else "complex"


@dataclass(frozen=True, slots=True)
class _Sum:
    """Calls of a prompt with one model; nano-dollars of them, and of what the tier's model would save."""

    calls: int = 0
    usd: int = 0
    saved: int = 0


def found(logs: Logs, rows: Sequence[Record]) -> tuple[Finding | None, tuple[Mix, ...], tuple[Tier, ...]]:
    """The finding, each prompt of a known difficulty with each of its models, and both by tier."""
    if not logs.asked.difficulty:
        return None, (), ()
    sums: dict[tuple[str, str], _Sum] = {}
    groups = []
    for row in rows:
        key, spent = (row["prompt"], row["model"]), row["usd"] or 0
        stake = _stake(logs, row)
        old = sums.get(key, _Sum())
        sums[key] = _Sum(old.calls + row["calls"], old.usd + spent, old.saved + (stake or 0))
        if row["prompt"] in logs.asked.difficulty and row["sent"]:
            calls = row["calls"] if stake else 0
            groups.append(Group(*key, row["week"], calls, row["calls"], spent, stake or None))
    spent, dear = sum(group.usd for group in groups), sum(group.usd for group in groups if group.calls)
    says = (
        f"{dear / spent:.0%} of the spend of prompts of a known difficulty buys more than its tier's model"
        if spent
        else ""
    )
    next_ = "show by an eval that the cheaper model will do (promptlint eval), then promptlint route compile"
    made = finding(logs, "mix", groups, Basis.ESTIMATED, (says, _HOW, next_))
    return made, tuple(_mixes(logs, sums)[:MOST_ROWS]), tuple(_tiers(logs, sums)[:MOST_ROWS])


def _stake(logs: Logs, row: Record) -> int | None:
    """Nano-dollars more than the tier's model would cost; None: not known, or the tier is the highest."""
    model = logs.asked.tiers.get(_tier(logs, row["prompt"]))
    if model is None or not row["sent"] or row["usd"] is None or row["batched"]:
        return None
    price = logs.price({"sent": model}, row["input_tokens"] or 0, row["output_tokens"] or 0)
    return None if price is None else max(row["usd"] - price, 0)


def _tier(logs: Logs, prompt: str) -> str:
    difficulty = logs.asked.difficulty.get(prompt)
    return UNKNOWN if difficulty is None else tier(difficulty)


def _mixes(logs: Logs, sums: Mapping[tuple[str, str], _Sum]) -> list[Mix]:
    calls: Counter[str] = Counter()
    for (prompt, _), each in sums.items():
        calls[prompt] += each.calls
    total = sum(each.usd for each in sums.values()) or 1
    made = []
    for (prompt, model), each in sums.items():
        if prompt in logs.asked.difficulty:
            level = _tier(logs, prompt)
            made.append(
                Mix(
                    prompt=prompt,
                    difficulty=logs.asked.difficulty[prompt],
                    model=model,
                    calls=each.calls,
                    share=each.calls / (calls[prompt] or 1),
                    usd=usd(each.usd),
                    usd_share=each.usd / total,
                    tier=level,
                    instead=logs.asked.tiers.get(level, "") if each.saved else "",
                    usd_instead=usd(each.usd - each.saved) if each.saved else None,
                )
            )
    return sorted(made, key=lambda each: (-each.usd, each.prompt, each.model))


def _tiers(logs: Logs, sums: Mapping[tuple[str, str], _Sum]) -> list[Tier]:
    groups: dict[tuple[str, str], list[_Sum]] = {}
    calls: Counter[str] = Counter()
    for (prompt, model), each in sums.items():
        level = _tier(logs, prompt)
        groups.setdefault((level, model), []).append(each)
        calls[level] += each.calls
    total = sum(each.usd for each in sums.values()) or 1
    made = []
    for (level, model), members in groups.items():
        spent, saved = sum(each.usd for each in members), sum(each.saved for each in members)
        count = sum(each.calls for each in members)
        made.append(
            Tier(
                tier=level,
                model=model,
                prompts=len(members),
                calls=count,
                share=count / (calls[level] or 1),
                usd=usd(spent),
                usd_share=spent / total,
                usd_instead=usd(spent - saved) if saved else None,
            )
        )
    return sorted(made, key=lambda each: (TIERS.index(each.tier), -each.usd, each.model))
