"""Makes a prompt the anchor on purpose, charges what it loses, and says what no longer holds of an anchor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from promptlint import evaluation
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import anchor as budgets
from promptlint.evals import anchors, kept
from promptlint.evals.anchors import Anchor, Blessed, Promotion, Spending
from promptlint.evals.gate import Verdict
from promptlint.evals.model import Suite
from promptlint.evals.pairs import Pair
from promptlint.evals.template import Template
from promptlint.records import dataclass

STALE_DAYS = 90
"""Age from which an anchor is said to be old: hosted models seldom stay the same for longer."""

MAX_REASON = 500
"""Characters of the reason for a reset."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A prompt that may become the anchor, as it was measured.

    Args:
        template: its messages with slots, as plain JSON.
        side: what it did.
        cases: that were scored on all sides.
        flips: the share of them whose score differs from the anchor's; None: nothing was compared.
    """

    template: Mapping[str, object]
    side: evaluation.Side
    cases: int
    flips: float | None = None


def template(anchor: Anchor, shown: str) -> Template:
    """The anchor's prompt, as it can be run.

    Args:
        anchor: the anchor.
        shown: what its file is called in messages.

    Raises:
        SuiteError: its template is none, or not the one that was blessed.
    """
    found = kept.from_anchor(anchor.template, shown)
    if found.content_hash != anchor.blessed.content_hash:
        raise SuiteError(f"{shown}: the kept prompt is not the blessed one: its content hash differs")
    return found


def refusal(verdict: Verdict | None, anchored: bool, reset: str | None) -> str | None:
    """Why a prompt may not become the anchor; None: it may.

    Args:
        verdict: on it, against the present anchor; None: nothing was compared.
        anchored: whether there is an anchor.
        reset: why the budget is reset, and the anchor replaced whatever the verdict; None: it is not.
    """
    if not anchored or reset is not None:
        return None
    if verdict is None:
        return "the prompt is the anchor already"
    if verdict.decision == "accepted":
        return None
    return f"the gate says {verdict.decision}: {'; '.join(verdict.reasons)}"


def reason(text: str) -> str:
    """The reason for a reset, without white space around it.

    Raises:
        UsageError: it is empty or too long.
    """
    found = text.strip()
    if not 0 < len(found) <= MAX_REASON:
        raise UsageError(f"the reason for a reset has 1 to {MAX_REASON} characters")
    return found


def promoted(
    before: Anchor | None,
    suite: Suite,
    found: Standing,
    verdict: Verdict | None,
    reset: str | None,
    now: datetime,
) -> Anchor:
    """The anchor that a prompt becomes.

    Args:
        before: the present anchor; None: this is the first.
        suite: that it was measured on.
        found: the prompt.
        verdict: on it, against `before`; its difference is charged to the budget.
        reset: why the budget starts anew; None: it does not.
        now: of UTC.

    Raises:
        UsageError: the suite declares no margin.
    """
    old = before.blessed if before else None
    spending = _spending(before, suite, verdict, reset)
    charged = 0.0 if old is None or reset is not None else spending.spent - old.budget.spent
    step = Promotion(
        at=now.isoformat(timespec="seconds"),
        prompt=found.side.prompt,
        content_hash=found.side.content_hash,
        cases=found.cases,
        difference=verdict.difference if verdict else None,
        interval=verdict.interval if verdict else None,
        margin=verdict.margin if verdict else None,
        flips=found.flips if verdict else None,
        charged=charged,
        reset=reset,
    )
    provider = suite.provider
    blessed = Blessed(
        schema_version=anchors.SCHEMA_VERSION,
        suite=Path(suite.path).name,
        prompt=found.side.prompt,
        content_hash=found.side.content_hash,
        blessed_at=step.at,
        provider=provider.kind if provider else "",
        model=(provider.model or "") if provider else "",
        models=found.side.models,
        cases_hash=anchors.cases_hash(suite.supported),
        cases=found.cases,
        pass_rate=found.side.pass_rate,
        score=found.side.score,
        budget=spending,
        history=(*(old.history if old else ()), step),
    )
    return Anchor(blessed, found.template)


def _spending(before: Anchor | None, suite: Suite, verdict: Verdict | None, reset: str | None) -> Spending:
    if before is None or reset is not None:
        return Spending(anchors.declared(suite), 0.0)
    left = anchors.budget(before, suite)
    after = budgets.charged(left, (verdict.difference if verdict else None) or 0.0)
    return Spending(after.total, after.spent)


def flips(pairs: Sequence[Pair]) -> float | None:
    """The share of complete pairs whose score differs; None without one."""
    known = [pair.difference for pair in pairs if pair.baseline and pair.candidate]
    return sum(difference != 0 for difference in known) / len(known) if known else None


def notes(
    anchor: Anchor, suite: Suite, prompt_hash: str, models: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """What no longer holds of the anchor. None of it decides: both sides are measured in the same run.

    Args:
        anchor: the anchor.
        suite: whose cases are run.
        prompt_hash: content hash of the suite's prompt, as its file is now.
        models: that answered in this run, with their fingerprints; empty: nobody did.
        now: of UTC.
    """
    found = anchor.blessed
    return (*_changed(found, suite, prompt_hash, now), *_answered_by(found, suite, models))


def _changed(found: Blessed, suite: Suite, prompt_hash: str, now: datetime) -> Iterator[str]:
    """What became of the prompt, the cases and the budget; names of files are hostile text."""
    if found.suite != Path(suite.path).name:
        yield f"the anchor was blessed for {found.suite}"
    made = anchors.time_of(found.blessed_at)
    days = (now - made).days if made else 0
    if days >= STALE_DAYS:
        yield f"the anchor was blessed {days} days ago"
    if prompt_hash != found.content_hash:
        yield "the prompt's file does not have the blessed text any more; the baseline is the anchor's text"
    if anchors.cases_hash(suite.supported) != found.cases_hash:
        yield "the cases are not those that the anchor was blessed on; both prompts are scored on these"
    if suite.margin is not None and anchors.declared(suite) > found.budget.total:
        yield f"the suite's budget is higher than the anchor's {found.budget.total:g}: a reset would raise it"


def _answered_by(found: Blessed, suite: Suite, models: Sequence[str]) -> Iterator[str]:
    """What became of the model; its names are hostile text."""
    provider = suite.provider
    asked = (provider.kind, provider.model or "") if provider else (found.provider, found.model)
    if asked != (found.provider, found.model):
        yield f"the anchor was blessed on {' '.join((found.provider, found.model))}, not on {' '.join(asked)}"
    if models and found.models and set(models) != set(found.models):
        yield f"the anchor was answered by {', '.join(found.models)}; this run by {', '.join(models)}"
