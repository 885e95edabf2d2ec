"""The plan as one page of HTML that loads nothing: charts, tables, and how each figure comes about."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator, Sequence

from promptlint.markdown import shown
from promptlint.planned import Plan, PlanStep
from promptlint.report.plan import charts
from promptlint.report.plan.looks import CSS
from promptlint.report.plan.pieces import code, figure, own, range_words, scope_words, table
from promptlint.report.plan.words import (
    Look,
    amount,
    comparisons,
    dated,
    number,
    reasons,
    refusals,
    swing,
    whose,
)
from promptlint.style import plural, usd

MAX_ROWS = 500
"""Rows of a table; the JSON has all."""

_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def render(plan: Plan, look: Look) -> str:
    """The whole page; hostile text in it is escaped and made visible, and no script is allowed."""
    body = "".join(
        (
            "".join(_head(plan)),
            "".join(_steps(plan)),
            "".join(_refusals(plan)),
            "".join(_besides(plan)),
            "".join(_weeks(plan)),
            "".join(_curves(plan)),
            "".join(_moving(plan)),
            "".join(_prompts(plan)),
            "".join(_figures(plan)),
            "".join(_derivations(plan)),
            f'<p class="soft">{own(dated(plan))} promptlint {own(plan.promptlint)}.',
            f" Usage: {code(plan.usage)}.</p>" if plan.usage else "</p>",
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Prompt cost plan</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


# --- sections -------------------------------------------------------------------------------


def _head(plan: Plan) -> Iterator[str]:
    yield "<h1>Prompt cost plan</h1>\n"
    saved = plan.start.mid - plan.end.mid
    share = saved / plan.start.mid if plan.start.mid else 0.0
    tiles = (
        ("A month now", amount(plan.start)),
        ("A month after the plan", amount(plan.end)),
        ("Saved a month", f"{usd(saved)} ({share:.0%})"),
    )
    yield '<ul class="tiles">'
    for name, words in tiles:
        first, _, rest = words.partition(" ")
        yield f'<li>{own(name)}<b>{own(first)}</b><span class="soft">{own(rest)}</span></li>'
    yield "</ul>\n"
    for note in plan.notes:
        yield f'<p class="note" role="note">{html.escape(shown(note, 400))}</p>\n'


def _steps(plan: Plan) -> Iterator[str]:
    yield "<h2>What to do, in order</h2>\n"
    if not plan.steps:
        yield "<p>No step is worth its effort.</p>\n"
        return
    yield figure(
        charts.waterfall(plan),
        "Strong: what is left a month. Faint: what the step saves;",
        "the line across is how far the saving may reach.",
    )
    yield table(
        "Each step after those before it, US dollars a month",
        ("#", "Step", "Effort", "Saves", "Basis", "Left", "Prompts", "Evidence"),
        (_step(index, step) for index, step in enumerate(plan.steps, 1)),
        right=(0, 3, 5, 6),
    )


def _step(index: int, step: PlanStep) -> Sequence[str]:
    found = reasons(step)
    evidence = ", ".join([*([code(found)] if found else []), *(["needs an eval"] if step.needs_eval else [])])
    return (
        str(index),
        f"<strong>{own(step.title)}</strong>{code(step.next, 'run')}",
        step.effort,
        range_words(step.saving),
        step.basis.value,
        own(usd(step.after.mid)),
        str(len(step.prompts)) if step.prompts else "all",
        evidence or "-",
    )


def _refusals(plan: Plan) -> Iterator[str]:
    if not plan.refusals:
        return
    yield '<h2>What not to do</h2>\n<ul class="plain">\n'
    for each, more in refusals(plan):
        scope = whose(each)
        tail = f"; {plural(more, 'more reason')} for other prompts" if more else ""
        of = f" ({code(scope)})" if len(each.prompts) == 1 else f" ({own(scope)})" if scope else ""
        reason = html.escape(shown(each.reason, 400))
        yield f"<li><strong>{own(each.title)}</strong>: {reason}{of}{tail}</li>\n"
    yield "</ul>\n"


def _besides(plan: Plan) -> Iterator[str]:
    lines = list(comparisons(plan))
    if lines:
        yield '<h2>Compared</h2>\n<ul class="plain">\n'
        yield "".join(f"<li>{html.escape(shown(words, 400))}</li>\n" for words in lines) + "</ul>\n"
    if plan.before is not None and plan.before.prompts:
        yield table(
            "Prompts whose cost differs, US dollars a month",
            ("Prompt", "Before", "Now"),
            (
                (code(each.prompt), _cost(each.before), _cost(each.after))
                for each in plan.before.prompts[:MAX_ROWS]
            ),
            right=(1, 2),
        )


def _cost(value: float | None) -> str:
    return "-" if value is None else own(usd(value))


def _weeks(plan: Plan) -> Iterator[str]:
    if not plan.prompts:
        return
    yield "<h2>Week by week</h2>\n"
    yield figure(
        charts.trajectory(plan),
        "Dashed: as it is. Solid: with each step in force from its week on. Bands: the ranges.",
    )
    yield table(
        "Spend by week, US dollars",
        ("Week", "As it is", "With the plan", "In force from here"),
        (
            (
                str(each.number),
                range_words(each.without),
                range_words(each.planned),
                code(", ".join(each.done)) if each.done else "",
            )
            for each in plan.weeks
        ),
        right=(0, 1, 2),
    )


def _curves(plan: Plan) -> Iterator[str]:
    if plan.curves:
        yield "<h2>From which volume it pays</h2>\n"
    for index, each in enumerate(plan.curves):
        yield f"<h3>{html.escape(shown(each.title, 200))}</h3>\n"
        told = f"Dashed: {each.now}. Solid: {each.instead}."
        yield figure(charts.curve(index, each), charts.crossing(each), told)


def _moving(plan: Plan) -> Iterator[str]:
    if not plan.sensitivity:
        return
    yield "<h2>What moves the total most</h2>\n"
    yield figure(
        charts.tornado(plan),
        "What is left a month with one figure at its ends, the others at their likely values.",
    )
    yield table(
        "What is left a month when one figure moves",
        ("Figure", "Of", "Left"),
        ((code(each.key), scope_words(each.scope), own(swing(each))) for each in plan.sensitivity[:MAX_ROWS]),
        right=(2,),
    )


def _prompts(plan: Plan) -> Iterator[str]:
    if not plan.prompts and not plan.left_out:
        return
    yield "<h2>Prompts</h2>\n"
    yield table(
        "What each prompt costs, US dollars a month",
        ("Prompt", "Model", "Price", "Calls", "Now", "After"),
        (
            (
                code(each.prompt),
                f"{code(each.model)} ({each.model_basis.value})",
                code(each.price),
                own(number(each.calls.mid)),
                range_words(each.start),
                range_words(each.end),
            )
            for each in plan.prompts[:MAX_ROWS]
        ),
        right=(3, 4, 5),
    )
    if plan.left_out:
        yield f'<details><summary>{plural(len(plan.left_out), "prompt")} left out</summary><ul class="plain">'
        for each in plan.left_out[:MAX_ROWS]:
            yield f"<li>{code(each.prompt)}: {html.escape(shown(each.reason, 300))}</li>"
        yield "</ul></details>\n"


def _figures(plan: Plan) -> Iterator[str]:
    if not plan.figures:
        return
    yield "<h2>What this rests on</h2>\n"
    yield table(
        "Every figure, and where it is from",
        ("Figure", "Of", "Low", "Likely", "High", "Unit", "Basis", "What it is", "Source"),
        (
            (
                code(each.key),
                scope_words(each.scope),
                *(own(number(end)) for end in (each.value.low, each.value.mid, each.value.high)),
                each.unit,
                each.value.basis.value,
                own(each.says),
                html.escape(shown(each.source, 300)),
            )
            for each in plan.figures[:MAX_ROWS]
        ),
        right=(2, 3, 4),
    )


def _derivations(plan: Plan) -> Iterator[str]:
    if not plan.prompts:
        return
    yield "<h2>How each figure comes about</h2>\n"
    told = [(each.prompt, each.derivation) for each in plan.prompts[:MAX_ROWS]]
    told += [(each.title, each.derivation) for each in plan.steps]
    for title, lines in told:
        yield f'<details><summary>{code(title)}</summary><ul class="plain">'
        yield "".join(f"<li>{html.escape(shown(line.strip(), 600))}</li>" for line in lines)
        yield "</ul></details>\n"
