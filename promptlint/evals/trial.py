"""One prompt against another: what a suite compares, by way of the anchor, and the gate's verdict on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from promptlint import evaluation
from promptlint.errors import SuiteError
from promptlint.evals import anchors, blessing, gate, outcome, planning, prompting
from promptlint.evals.anchors import Anchor
from promptlint.evals.gate import Rules, Verdict
from promptlint.evals.harness import Arm, Measured, measured
from promptlint.evals.model import Suite
from promptlint.evals.session import Setting
from promptlint.evals.template import Template
from promptlint.evaluation import EvalResult
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Contest:
    """What is compared.

    Args:
        suite: whose cases are run.
        prompt: as the suite's file is now.
        baseline: the anchor's text, else the prompt.
        candidate: that of the suite, else the prompt where the anchor's text is another; None: nothing is
            compared.
        anchor: None: none was blessed.
    """

    suite: Suite
    prompt: Template
    baseline: Template
    candidate: Template | None
    anchor: Anchor | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What was compared, measured and decided; `verdict` None: nothing was compared."""

    contest: Contest
    measured: Measured
    verdict: Verdict | None
    result: EvalResult


def contest(suite: Suite, setting: Setting) -> Contest:
    """What a suite compares, by its file, its prompts and its anchor.

    Raises:
        SuiteError: it names no prompt, or one that is not there; or it compares and declares no margin.
        UsageError: the anchor's file is wrong.
    """
    if suite.prompt is None:
        raise SuiteError(f"{suite.path}:1: the suite names no `prompt`")
    prompt = prompting.template(suite.prompt, setting.folder, suite.path)
    other = prompting.template(suite.candidate, setting.folder, suite.path) if suite.candidate else None
    path = anchors.path_of(Path(suite.path))
    anchor = anchors.read(path)
    baseline = blessing.template(anchor, str(path)) if anchor else prompt
    if other is None and baseline.content_hash != prompt.content_hash:
        other = prompt
    if other is not None and suite.margin is None:
        raise SuiteError(
            f"{suite.path}:1: the key `margin` is missing: how much loss of mean score is acceptable, as 0.03"
        )
    return Contest(suite, prompt, baseline, other, anchor)


def tried(found: Contest, setting: Setting, anyway: bool = False) -> Trial:
    """Run a contest and decide it.

    Args:
        found: what is compared.
        setting: how it is run.
        anyway: run though the suite is such that the gate could hardly accept anything. Without it the calls
            of such a suite are not paid for: it ends undecided, and says why. Recorded answers cost nothing.

    Raises:
        SuiteError: prompts and cases do not fit; nothing was paid.
        UsageError: a key or a price is missing; nothing was paid.
    """
    suite = found.suite
    budget = anchors.budget(found.anchor, suite) if found.anchor and suite.margin is not None else None
    is_replay = suite.provider is not None and suite.provider.kind == "replay"
    why_not = planning.hopeless(suite, budget) if found.candidate and not (is_replay or anyway) else None
    arms = [Arm(found.baseline)] + ([Arm(found.candidate)] if found.candidate else [])
    done = measured(suite, arms, setting, why_not or "")
    verdict = None
    if found.candidate and suite.margin is not None:
        unsupported = len(suite.cases) - len(suite.supported)
        rules = Rules(suite.margin, suite.alpha, suite.repeats, budget, unsupported)
        verdict = gate.judge(done.pairs(), rules)
    if verdict and why_not:
        verdict = replace(verdict, reasons=(f"nothing was asked: {why_not}", *verdict.reasons))
    return Trial(found, done, verdict, outcome.document(done, verdict, _budget(found, done)))


def _budget(found: Contest, done: Measured) -> evaluation.Budget | None:
    if found.anchor is None:
        return None
    blessed = found.anchor.blessed
    models = outcome.models(done.replies(0, done.answers))
    now = datetime.now(UTC)
    return evaluation.Budget(
        total=blessed.budget.total,
        spent=blessed.budget.spent,
        blessed_at=blessed.blessed_at,
        notes=blessing.notes(found.anchor, found.suite, found.prompt.content_hash, models, now),
    )
