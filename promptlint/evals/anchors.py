"""The blessed anchor of a suite: a file beside it, with the prompt as it was then and what it did."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path

from promptlint import documents, files, jsondoc
from promptlint.documents import said
from promptlint.errors import SourceError, UsageError
from promptlint.evals.anchor import Budget
from promptlint.evals.model import Assertion, Case, Suite
from promptlint.records import dataclass
from promptlint.verdicts import Interval

SCHEMA_VERSION = 1

MAX_BYTES = 20_000_000
"""Size of a file that is read: a prompt is 5 MB at most, and JSON may spell a character with six."""

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Promotion:
    """One time that a prompt became the anchor."""

    at: str = said("When: RFC 3339, UTC.")
    prompt: str = said("Id of the prompt.")
    content_hash: str = said("sha256 of its messages with their slots.")
    cases: int = said("Cases that were scored on all sides.")
    difference: float | None = said("Mean score, candidate - anchor of then; null: there was none.")
    interval: Interval | None = said("Confidence interval of the difference; null: none.")
    margin: float | None = said("The loss of mean score that was tested; null: none was.")
    flips: float | None = said("Share of cases whose score changed; null: nothing was compared.")
    charged: float = said("What the budget was charged.")
    reset: str | None = said("Why the budget was reset; null: it was not.")


@dataclass(frozen=True, slots=True)
class Spending:
    """What may be lost since the budget was last reset, and what was."""

    total: float = said("Mean score; 0.01 is a point.")
    spent: float = said("By the promotions since the last reset.")


@dataclass(frozen=True, slots=True)
class Blessed:
    """All of the anchor but its template."""

    schema_version: int = said("Of this kind of document.")
    suite: str = said("Name of the suite's file.")
    prompt: str = said("Id of the prompt.")
    content_hash: str = said("sha256 of its messages with their slots.")
    blessed_at: str = said("When it became the anchor: RFC 3339, UTC.")
    provider: str = said("Kind of the provider that answered.")
    model: str = said("The model that was asked for.")
    models: tuple[str, ...] = said("The models that said they answered, with their fingerprints.")
    cases_hash: str = said("sha256 of the cases: ids, vars, turns and assertions.")
    cases: int = said("Cases that were scored.")
    pass_rate: float | None = said("Share of them of which every answer passed; null: none was scored.")
    score: float | None = said("Their mean score; null: none was scored.")
    budget: Spending = said("What may be lost.")
    history: tuple[Promotion, ...] = said("Every promotion, the oldest first.")


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor: what is known of it, and its template as plain JSON, which `prompting` makes and reads."""

    blessed: Blessed
    template: Mapping[str, object] = field(default_factory=dict)

    @property
    def flips(self) -> float | None:
        """The share of flips at the last promotion that compared something; None: none did."""
        known = [item.flips for item in self.blessed.history if item.flips is not None]
        return known[-1] if known else None


# --- the file ---------------------------------------------------------------------------------


def path_of(suite: Path) -> Path:
    """The anchor's file: `tickets.anchor.json` beside `tickets.yaml`."""
    return suite.with_suffix(".anchor.json")


def read(path: Path) -> Anchor | None:
    """The anchor in a file, which may be hostile; None if there is no such file.

    Raises:
        UsageError: it cannot be read, is too large, is no strict JSON, of another version, or says what
            cannot be; the message names the file and the place.
    """
    if not os.path.lexists(path):
        return None
    data, shown = documents.data_of(path, MAX_BYTES), str(path)
    blessed = documents.parse(Blessed, data, SCHEMA_VERSION, shown)
    value = documents.strict_json(data, shown)
    template = value.get("template") if isinstance(value, Mapping) else None
    if not isinstance(template, Mapping):
        raise UsageError(f"{shown}.template: expected an object")
    _check(blessed, shown)
    return Anchor(blessed, template)


def write(path: Path, anchor: Anchor, original: os.stat_result | None) -> None:
    """Replace the file as a whole; the same anchor gives the same bytes.

    Args:
        path: of the file; a symbolic link is refused.
        anchor: what is written.
        original: of the file that was read before; None: there was none.

    Raises:
        UsageError: it cannot be written, or somebody has changed it since; nothing was changed.
    """
    try:
        if original is None and os.path.lexists(path):
            raise UsageError(f"{path}: not written: somebody has made it since it was looked for")
        files.write(path, spelt(anchor), original)
    except SourceError as error:
        raise UsageError(f"{path}: {error}") from error


def spelt(anchor: Anchor) -> str:
    """The anchor as its file has it: ASCII, two blanks deep, keys of the template in order."""
    known = documents.to_json(anchor.blessed)
    assert isinstance(known, dict)
    template = json.loads(json.dumps(anchor.template, sort_keys=True, allow_nan=False))
    return jsondoc.dumps({**known, "template": template}) + "\n"


def _check(found: Blessed, where: str) -> None:
    """What the types do not say: hashes are hashes, shares are shares, times are times."""
    hashes = (found.content_hash, found.cases_hash, *(item.content_hash for item in found.history))
    times = (found.blessed_at, *(item.at for item in found.history))
    shares = (found.pass_rate, found.score, found.budget.total, *(item.flips for item in found.history))
    _hold(all(_HASH.fullmatch(item) for item in hashes), f"{where}: a hash is not 64 hex digits")
    _hold(all(time_of(item) is not None for item in times), f"{where}: a time is not of RFC 3339, UTC")
    _hold(all(item is None or 0 <= item <= 1 for item in shares), f"{where}: a share is not from 0 to 1")
    _hold(0 <= found.budget.spent < math.inf, f"{where}.budget.spent: expected no negative number")
    _hold(found.cases >= 0, f"{where}.cases: expected no negative number")
    _hold(bool(found.history), f"{where}.history: expected one promotion at least")
    for index, item in enumerate(found.history):
        _hold(0 <= item.charged <= 1, f"{where}.history[{index}].charged: expected a share")


def _hold(holds: bool, message: str) -> None:
    if not holds:
        raise UsageError(message)


def time_of(text: str) -> datetime | None:
    """The time that RFC 3339 spells; None if it is none, or not of UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.utcoffset() == timedelta(0) else None


# --- what a suite says ------------------------------------------------------------------------


def budget(anchor: Anchor, suite: Suite) -> Budget:
    """What may be lost now: a suite may lower the total at once, but raises it by a reset only."""
    return Budget(min(anchor.blessed.budget.total, declared(suite)), anchor.blessed.budget.spent)


def declared(suite: Suite) -> float:
    """The total of the budget that a suite declares: as much as the margin, unless it says otherwise.

    Raises:
        UsageError: it declares neither.
    """
    total = suite.margin if suite.budget is None else suite.budget
    if total is None:
        raise UsageError(f"{suite.path}: the key `margin` is missing: how much loss is acceptable, as 0.03")
    return total


def cases_hash(cases: Sequence[Case]) -> str:
    """sha256, in hex, of what decides scores: ids, vars, turns, assertions; in whatever order cases stand."""
    kept = [_case(case) for case in sorted(cases, key=lambda item: item.id)]
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _case(case: Case) -> list[object]:
    turns = [[turn.role, turn.content, turn.calls, turn.call_id] for turn in case.messages]
    asked = [_assertion(item) for item in case.assertions]
    return [case.id, case.vars, turns, asked, case.threshold]


def _assertion(item: Assertion) -> list[object]:
    parts = [_assertion(part) for part in item.parts]
    return [item.name, item.value, item.threshold, item.weight, item.config, parts]
