"""What the request's own workflow says of a change, held against what was found here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from promptlint.bot import artifact
from promptlint.changes import Comparison, Sums
from promptlint.errors import UsageError
from promptlint.records import dataclass

WHO = "The pull request's own workflow"
ANEW = "What stands here was made anew, from git's objects."
NONE = f"{WHO} has left no comparison. {ANEW}"
BAD = f"{WHO} has left a comparison that is no good. {ANEW}"


@dataclass(frozen=True, slots=True)
class Claim:
    """`words` are for the comment, empty if both say the same; `fault`: why what was left cannot be read."""

    words: str = ""
    fault: str = ""


def held(file: Path, comparison: Comparison) -> Claim:
    """The claim in a file, which is hostile and may be missing, against the comparison that was made here."""
    if not os.path.lexists(file):
        return Claim(NONE)
    if file.is_symlink():  # which could lead to any file of this machine
        return Claim(BAD, f"{file}: is a symbolic link")
    try:
        told = artifact.read(file, comparison.head.sha)
    except UsageError as error:
        return Claim(BAD, str(error))
    differing = ", ".join(_differing(told, comparison))
    return Claim(f"{WHO} says otherwise: {differing}. {ANEW}" if differing else "")


def _differing(told: Comparison, found: Comparison) -> Iterator[str]:
    """What is not the same on both sides: `new findings 0 (here 2)`."""
    ours = dict(_figures(found))
    for name, value in _figures(told):
        if value != ours[name]:
            yield f"{name} {value} (here {ours[name]})"
    if _prices(told.total.before, told.total.after) != _prices(found.total.before, found.total.after):
        yield "other prices"


def _figures(comparison: Comparison) -> Iterator[tuple[str, str | int]]:
    total = comparison.total
    yield "verdict", comparison.verdict
    yield "places that loosen what is checked", len(comparison.guards)
    for name in ("added", "removed", "changed", "moved"):
        yield f"prompts {name}", getattr(total, name)
    yield "new findings", total.new_findings
    yield "findings fixed", total.fixed_findings
    yield "requirements lost", total.contract_losses
    yield "tokens before", total.before.tokens
    yield "tokens after", total.after.tokens


def _prices(*sums: Sums) -> list[object]:
    ends = [end for each in sums for end in (each.usd_per_1000, each.usd_month)]
    return [None if end is None else tuple(round(value, 9) for value in end) for end in ends]
