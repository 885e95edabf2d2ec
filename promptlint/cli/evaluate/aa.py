"""`promptlint eval aa`: how noisy a suite is, by its baseline against itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptlint.evals.harness import Measured
    from promptlint.evals.noise import Noise

_EXIT = {"accepted": 0, "rejected": 1, "undecided": 4}


@click.command("aa")
@session.shared
@click.option(
    "--repeats",
    type=click.IntRange(1, 500),
    metavar="K",
    help="Answers a case and arm. Default: the suite's.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
def command(**values: object) -> int:
    """Run the baseline (the anchor, if there is one) against itself: what differs is noise.

    Each case is asked 2 K times: the first arm has the answers 0 to K-1, the second K to 2K-1, so that no two
    share an answer. Shows the share of flips, the interval of the difference, and how many cases the margin
    needs at that noise.

    Exit codes: 0 the baseline is accepted against itself; 1 it is rejected: something drifts; 2 usage; 4
    undecided: too few cases, a missing answer, or arms that share one (identical requests); 130 interrupted.
    """
    from dataclasses import replace

    from promptlint import jsondoc, style
    from promptlint.errors import SuiteError
    from promptlint.evals import noise, trial
    from promptlint.evals.gate import Rules
    from promptlint.evals.harness import Arm, measured

    with session.opened(values) as (suite, setting):
        if suite.prompt is None or suite.margin is None:
            raise SuiteError(f"{suite.path}:1: a suite that is run needs `prompt`, and its gate a `margin`")
        repeats = values["repeats"] if isinstance(values["repeats"], int) else suite.repeats
        template = trial.contest(replace(suite, candidate=None), setting).baseline
        arms = [Arm(template, 0), Arm(template, repeats)]
        done = measured(replace(suite, repeats=repeats), arms, setting)
    unsupported = len(suite.cases) - len(suite.supported)
    rules = Rules(suite.margin or 0.0, suite.alpha, repeats, None, unsupported)
    found = noise.noise(done.pairs(), rules, _alike(done))
    if values["format_"] == "json":
        click.echo(jsondoc.dumps(_json(found, done)))
    else:
        for line in _lines(found, done):
            click.echo(style.visible(line))
    return 130 if done.spent.interrupted else _EXIT[found.verdict.decision]


def _alike(done: Measured) -> int:
    """The cases in which both arms say the same, answer by answer."""
    said = [[[(one.text, one.calls) for one in arm] for arm in arms] for arms in done.answers.values()]
    return sum(first == second and bool(first) for first, second in said)


def _json(found: Noise, done: Measured) -> dict[str, object]:
    from promptlint.cli.evaluate import plans
    from promptlint.evals import noise

    verdict, spent = found.verdict, done.spent
    return {
        "schema_version": 1,
        "suite": done.suite.path,
        "prompt": done.arms[0].template.id,
        "verdict": verdict.decision,
        "reasons": list(verdict.reasons),
        "reading": list(noise.reading(found)),
        "cases": found.cases,
        "flips": found.flips,
        "losses": found.losses,
        "gains": found.gains,
        "difference": verdict.difference,
        "interval": list(verdict.interval) if verdict.interval else None,
        "confidence": verdict.confidence,
        "identical_requests": found.identical,
        "same_texts": found.alike,
        "incomplete": list(verdict.incomplete),
        "plan": plans.to_json(found.plan) if found.plan else None,
        "calls": spent.calls,
        "cached_calls": spent.cached,
        "usd_spent": spent.usd,
    }


def _lines(found: Noise, done: Measured) -> Iterator[str]:
    from promptlint.cli.evaluate import plans
    from promptlint.evals import noise
    from promptlint.style import plural

    verdict, spent = found.verdict, done.spent
    yield f"{verdict.decision}: {done.arms[0].template.id} against itself, {plural(found.cases, 'case')}"
    if found.flips is not None and verdict.interval and verdict.difference is not None:
        low, high = (f"{100 * end:+.2f}" for end in verdict.interval)
        yield (
            f"flips (measured): {100 * found.flips:.3g} % of the cases, {found.losses} lower and "
            f"{found.gains} higher in the second arm"
        )
        yield (
            f"difference (measured): {100 * verdict.difference:+.2f} points, {100 * verdict.confidence:g} % "
            f"interval {low} to {high}"
        )
    yield from verdict.reasons
    yield from noise.reading(found)
    yield from (f"note: {note}" for note in done.suite.notes)
    if found.plan:
        yield ""
        yield from plans.lines(found.plan)
    yield ""
    cost = "" if spent.usd is None else f", ${spent.usd:.4g}"
    yield f"{plural(spent.calls, 'call')}, {plural(spent.cached, 'answer')} known already{cost}"
