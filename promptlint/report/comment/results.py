"""What was measured, in the comment: verdicts of evals with their intervals, prompts routed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from promptlint.deltas import signed_usd
from promptlint.markdown import code, plain, row, short, table_head, unbroken
from promptlint.model import Basis
from promptlint.sections import Row, Section
from promptlint.style import number, plural, usd_range
from promptlint.verdicts import ORDER, EvalVerdict, Route, Verdicts, counts


def parts(found: Verdicts, on_base: frozenset[EvalVerdict] = frozenset()) -> Iterator[Section]:
    """The tables of evals and of routes, those that there are; see `comment.Options` for `on_base`."""
    if found.evals:
        yield Section(
            head=f"**Quality** (measured, change - baseline)\n\n{table_head(_EVALS)}",
            rows=map(partial(_eval, on_base), sorted(found.evals, key=_rank)),
            count=len(found.evals),
            left=lambda cut: f"\nand {plural(cut, 'more result')}\n",
            foot="\n",
            none=f"{plural(len(found.evals), 'result')} of evals: no room here.\n\n",
            weight=2,
        )
    if found.routes:
        yield Section(
            head=f"**Routing**\n\n{table_head(_ROUTES, right=(2,))}",
            rows=map(_route, sorted(found.routes, key=lambda item: (item.proven, item.prompt))),
            count=len(found.routes),
            left=lambda cut: f"\nand {plural(cut, 'more route')}\n",
            foot="\n",
            none=f"{plural(len(found.routes), 'prompt')} routed elsewhere: no room here.\n\n",
            weight=4,
        )


_EVALS = ("Prompt", "Suite, metric", "Difference", "Verdict")
_ROUTES = ("Prompt", "Model", "USD a month", "Proven")


def _rank(item: EvalVerdict) -> tuple[int, float, str, str]:
    return ORDER.index(item.verdict), item.difference or 0.0, item.prompt, item.suite


def _eval(on_base: frozenset[EvalVerdict], item: EvalVerdict) -> Row:
    return (
        row(
            (
                code(short(item.prompt, 44), cell=True),
                f"{code(item.suite, 40, cell=True)}, {code(item.metric, 40, cell=True)}",
                _difference(item),
                _said(item, counts(item, on_base)),
            )
        ),
    )


def _difference(item: EvalVerdict) -> str:
    """`-0.4 points*`, and under it the interval: `[-2.1, +1.3]`."""
    if item.difference is None:
        return "no case ran"
    words = unbroken(f"{_points(item.difference)} points*")
    if item.interval is None:
        return words
    low, high = item.interval
    return f"{words}<br>{unbroken(f'[{_points(low)}, {_points(high)}]')}"


def _said(item: EvalVerdict, counted: bool) -> str:
    """The verdict; of one that does not count, that first, and what it says after that."""
    if counted:
        return f"**{item.verdict}**: {plain(_verdict(item))}"
    why = f"{item.verdict} by a recording that is not known to stand on the base branch"
    return f"**not counted**: {plain(f'{why}: {_verdict(item)}')}"


def _verdict(item: EvalVerdict) -> str:
    margin = _number(100 * item.margin)
    points = "point" if margin == "1" else "points"
    held = f"{margin} {points}, {_number(100 * item.confidence)} %, n={number(item.cases)}"
    words = {"accepted": "not worse than", "rejected": "worse than allowed:", "undecided": "margin"}
    needed = f"; needs about {plural(item.needed, 'more case')}" if item.needed else ""
    answers = "replay of recorded answers" if item.answers == "recorded" else "live answers"
    return f"{words[item.verdict]} {held}{needed}, {answers}"


def _points(share: float) -> str:
    value = round(100 * share, 1)
    return f"{value:+,.1f}" if value else "0"


def _number(value: float) -> str:
    return f"{value:.4g}"


def _route(item: Route) -> Row:
    before, after = item.usd_month_before, item.usd_month_after
    sides = [usd_range(ends) if ends is not None else "unknown" for ends in (before, after)]
    money = unbroken(" → ".join(sides))
    if before is not None and after is not None:
        pair = (after[0] - before[0], after[1] - before[1])
        money += f"<br>**{unbroken(signed_usd((min(pair), max(pair)), Basis.EXACT))}**"
    models = f"{code(item.from_model, 40, cell=True)} → {code(item.to_model, 40, cell=True)}"
    proven = "yes" if item.proven else "**no**: no eval has accepted it"
    return (row((code(short(item.prompt, 44), cell=True), models, money, proven)),)
