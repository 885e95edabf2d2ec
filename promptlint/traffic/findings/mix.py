"""Which models prompts are sent to, against how difficult these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import MOST_ROWS, Group, Logs, Record, finding, usd
from promptlint.traffic_document import Finding, Mix

BOUNDS = (("simple", 0.3), ("medium", 0.7))
"""Upper ends of the difficulty of a tier; from 0.3 on `medium`, above 0.7 `complex` (the strategy, "Model
routing")."""

_HOW = (
    "difficulty of the manifest (static, estimated), tiers below 0.3 and up to 0.7; the same tokens at the "
    "price of the tier's model, nothing cached; quality is not in the logs"
)


def tier(difficulty: float) -> str:
    """The tier of a difficulty."""
    simple, medium = BOUNDS[0][1], BOUNDS[1][1]
    return "simple" if difficulty < simple else "medium" if difficulty <= medium else "complex"


def found(logs: Logs, rows: Sequence[Record]) -> tuple[Finding | None, tuple[Mix, ...]]:
    """The finding, and each prompt of a known difficulty with each of its models."""
    told = [row for row in rows if row["prompt"] in logs.asked.difficulty and row["sent"]]
    instead = logs.asked.tiers
    groups: list[Group] = []
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    for row in told:
        stake = _stake(logs, row, instead)
        is_dear = bool(stake)
        groups.append(
            Group(
                prompt=row["prompt"],
                model=row["model"],
                week=row["week"],
                calls=row["calls"] if is_dear else 0,
                of=row["calls"],
                usd=row["usd"] or 0,
                stake=stake if is_dear else None,
            )
        )
        calls, spent, saved = sums.get((row["prompt"], row["model"]), (0, 0, 0))
        key = row["prompt"], row["model"]
        sums[key] = calls + row["calls"], spent + (row["usd"] or 0), saved + (stake or 0)
    mixes = [_mix(logs, key, each, instead) for key, each in sums.items()]
    mixes.sort(key=lambda each: (-each.usd, each.prompt, each.model))
    spent, dear = sum(group.usd for group in groups), sum(group.usd for group in groups if group.calls)
    says = (
        f"{dear / spent:.0%} of the spend of prompts of a known difficulty buys more than its tier's model"
        if spent
        else ""
    )
    next_ = "show by an eval that the cheaper model will do (promptlint eval), then promptlint route compile"
    return finding(logs, "mix", groups, Basis.ESTIMATED, (says, _HOW, next_)), tuple(mixes[:MOST_ROWS])


def _stake(logs: Logs, row: Record, instead: Mapping[str, str]) -> int | None:
    """Nano-dollars more than the tier's model would cost; None: not known, or the tier is the highest."""
    model = instead.get(tier(logs.asked.difficulty[row["prompt"]]))
    if model is None or row["usd"] is None or row["batched"]:
        return None
    price = logs.price({"sent": model}, row["input_tokens"] or 0, row["output_tokens"] or 0)
    return None if price is None else max(row["usd"] - price, 0)


def _mix(logs: Logs, key: tuple[str, str], sums: tuple[int, int, int], instead: Mapping[str, str]) -> Mix:
    prompt, model = key
    calls, spent, saved = sums
    difficulty = logs.asked.difficulty[prompt]
    return Mix(
        prompt=prompt,
        difficulty=difficulty,
        model=model,
        calls=calls,
        usd=usd(spent),
        tier=tier(difficulty),
        instead=instead.get(tier(difficulty), "") if saved else "",
        usd_instead=usd(spent - saved) if saved else None,
    )
