"""`promptlint eval bless`: makes a prompt the anchor of its suite, on purpose."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from promptlint.evals.anchors import Anchor
    from promptlint.evals.blessing import Standing
    from promptlint.evals.model import Suite
    from promptlint.evals.session import Setting
    from promptlint.evals.trial import Contest, Trial

_REFUSED = {"rejected": 1, "undecided": 4}


@click.command("bless")
@session.shared
@click.option(
    "--candidate", "use_candidate", is_flag=True, help="Bless the suite's candidate, not its prompt."
)
@click.option(
    "--reset-budget",
    "reset",
    metavar="REASON",
    help="Replace the anchor whatever the gate says, and start a new budget. The reason is kept.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(**values: object) -> int:
    """Make the suite's prompt its anchor: the text that later candidates are compared with.

    The anchor is a file beside the suite, to be committed. The first is taken as it is; a later one must be
    accepted by the gate against the present one, and what it loses is charged to the budget.

    Exit codes: 0 blessed, or it is the anchor already; 1 refused: the gate rejects it; 2 usage or suite; 4
    refused: the gate is undecided, or a case has no answer; 130 interrupted.
    """
    from promptlint import style
    from promptlint.evals import anchors, blessing, trial

    reset = blessing.reason(values["reset"]) if isinstance(values["reset"], str) else None
    with session.opened(values) as (suite, setting):
        path = anchors.path_of(Path(suite.path))
        original = path.stat() if path.is_file() else None
        contest = _contest(suite, setting, bool(values["use_candidate"]))
        if contest.anchor and contest.candidate is None and reset is None:
            click.echo(style.visible(f"{contest.baseline.id} is the anchor already"))
            return 0
        done = trial.tried(contest, setting, bool(values["anyway"]) or reset is not None)
    code, lines = _blessed(done, reset, None if values["dry_run"] else path, original)
    for line in lines:
        click.echo(style.visible(line))
    return code


def _contest(suite: Suite, setting: Setting, use_candidate: bool) -> Contest:
    """The prompt that is to be blessed against the anchor; alone if there is none, or if it is the same."""
    from dataclasses import replace

    from promptlint.errors import UsageError
    from promptlint.evals import anchors, trial

    if use_candidate and suite.candidate is None:
        raise UsageError(f"{suite.path}: the suite names no `candidate`")
    anchors.declared(suite)  # without a margin there is nothing to bless
    found = trial.contest(suite if use_candidate else replace(suite, candidate=None), setting)
    chosen = found.candidate if use_candidate and found.candidate else found.prompt
    if found.anchor is None:
        return replace(found, baseline=chosen, candidate=None)
    same = chosen.content_hash == found.baseline.content_hash
    return replace(found, candidate=None if same else chosen)


def _blessed(
    done: Trial, reset: str | None, path: Path | None, original: os.stat_result | None
) -> tuple[int, list[str]]:
    """Write the anchor, or refuse; the exit code and what to say. `path` None: nothing is written."""
    from datetime import UTC, datetime

    from promptlint.evals import anchors, blessing

    before, verdict = done.contest.anchor, done.verdict
    if done.measured.spent.interrupted:
        return 130, ["interrupted: nothing was blessed"]
    if why := blessing.refusal(verdict, before is not None, reset):
        return _REFUSED[verdict.decision] if verdict else 0, [f"refused: {why}"]
    if missing := len(done.result.incomplete):
        return 4, [f"refused: {missing} of {missing + done.result.cases} cases lack an answer"]
    found = _standing(done)
    after = blessing.promoted(before, done.measured.suite, found, verdict, reset, datetime.now(UTC))
    if path is not None:
        anchors.write(path, after, original)
    return 0, list(_lines(after, path))


def _standing(done: Trial) -> Standing:
    from promptlint.evals import blessing, kept

    template = done.contest.candidate or done.contest.baseline
    side = done.result.candidate or done.result.baseline
    flips = blessing.flips(done.measured.pairs()) if done.verdict else None
    return blessing.Standing(kept.kept(template), side, done.result.cases, flips)


def _lines(after: Anchor, path: Path | None) -> Iterator[str]:
    blessed = after.blessed
    step = blessed.history[-1]
    yield f"blessed: {blessed.prompt} ({blessed.content_hash[:12]}), {blessed.cases} cases"
    if blessed.pass_rate is not None and blessed.score is not None:
        yield f"pass rate (measured): {100 * blessed.pass_rate:.1f} %, mean score {blessed.score:.3f}"
    if blessed.models:
        yield f"answered by: {', '.join(blessed.models)}"
    if step.difference is not None:
        yield f"difference (measured): {100 * step.difference:+.2f} points; charged {100 * step.charged:.2f}"
    total, spent = blessed.budget.total, blessed.budget.spent
    yield f"budget: {100 * max(0.0, total - spent):.2f} of {100 * total:.2f} points left"
    if step.reset is not None:
        yield f"the budget was reset: {step.reset}"
    yield f"written: {path}; commit it" if path else "nothing was written: --dry-run"
