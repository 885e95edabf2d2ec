"""The plan as Markdown, for a design review; names of prompts and files stand in code."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.markdown import code, folded, plain, row, short, table_head
from promptlint.planned import Plan, PlanStep, Range, Stated
from promptlint.report.plan.words import (
    Look,
    amount,
    comparisons,
    dated,
    ends,
    headline,
    marked,
    money,
    number,
    reasons,
    refusals,
    swing,
    whose,
)
from promptlint.style import plural, usd

MAX_ROWS = 60
"""Rows of a table; the JSON has all."""


def render(plan: Plan, look: Look) -> str:
    """Headline, the steps, what not to do, what moves the total, and everything that is assumed."""
    parts = [
        "# Prompt cost plan\n\n",
        f"**{plain(headline(plan))}**\n\n",
        "".join(f"> {code(note, 300)}\n>\n" for note in plan.notes) + ("\n" if plan.notes else ""),
        "".join(_steps(plan)),
        "".join(_refusals(plan)),
        "".join(_moving(plan)),
        "".join(_besides(plan)),
        "".join(_weeks(plan)),
        "".join(_prompts(plan)),
        "".join(_figures(plan)),
        "".join(_derivations(plan)) if look.explain else "",
        f"{plain(dated(plan))}{f' Usage: {code(plan.usage)}.' if plan.usage else ''}\n",
    ]
    return "".join(parts)


def _steps(plan: Plan) -> Iterator[str]:
    if not plan.steps:
        return
    yield "## What to do, in order\n\n"
    yield table_head(
        ("#", "Step", "Effort", "Saves a month", "Range", "Left", "Prompts", "Evidence", "Next"),
        right=(0, 3, 4, 5, 6),
    )
    for index, step in enumerate(plan.steps, 1):
        yield row(
            (
                str(index),
                plain(step.title),
                step.effort,
                plain(money(step.saving)),
                plain(ends(step.saving) or "-"),
                plain(usd(step.after.mid)),
                str(len(step.prompts)) if step.prompts else "all",
                _evidence(step),
                code(step.next, 200, cell=True),
            )
        )
    yield "\n"


def _evidence(step: PlanStep) -> str:
    found = reasons(step)
    words = [code(found, cell=True)] if found else []
    return ", ".join([*words, *(["unproven"] if step.needs_eval else [])]) or "-"


def _refusals(plan: Plan) -> Iterator[str]:
    if not plan.refusals:
        return
    yield "## What not to do\n\n"
    for each, more in refusals(plan):
        scope = whose(each)
        shown = f" ({code(short(scope))})" if len(each.prompts) == 1 else f" ({scope})" if scope else ""
        yield f"- **{plain(each.title)}**: {code(each.reason, 300)}{shown}{_others(more)}\n"
    yield "\n"


def _others(count: int) -> str:
    return f"; {plural(count, 'more reason')} for other prompts" if count else ""


def _moving(plan: Plan) -> Iterator[str]:
    if not plan.sensitivity:
        return
    yield "## What moves the total that is left most\n\n"
    yield table_head(("Figure", "Of", "Left a month"), right=(2,))
    for each in plan.sensitivity[:10]:
        yield row((code(each.key, cell=True), _scope(each.scope), plain(swing(each))))
    yield "\n"


def _scope(scope: str) -> str:
    return code(short(scope), cell=True) if scope else "all prompts"


def _besides(plan: Plan) -> Iterator[str]:
    lines = list(comparisons(plan))
    if lines:
        yield "## Compared\n\n"
        yield "".join(f"- {code(line, 300)}\n" for line in lines) + "\n"
    if plan.before is not None and plan.before.prompts:
        yield table_head(("Prompt", "Before", "Now"), right=(1, 2))
        for each in plan.before.prompts[:MAX_ROWS]:
            was, now = (plain(usd(cost)) if cost is not None else "-" for cost in (each.before, each.after))
            yield row((code(short(each.prompt), cell=True), was, now))
        yield _more(len(plan.before.prompts)) + "\n"


def _weeks(plan: Plan) -> Iterator[str]:
    if not plan.prompts:
        return
    yield "## Week by week\n\n"
    yield table_head(("Week", "As it is", "With the plan", "In force from here"), right=(0, 1, 2))
    for week in plan.weeks:
        done = code(", ".join(week.done), cell=True) if week.done else ""
        yield row((str(week.number), plain(usd(week.without.mid)), plain(usd(week.planned.mid)), done))
    yield "\n"


def _prompts(plan: Plan) -> Iterator[str]:
    if not plan.prompts:
        return
    yield "## What each prompt costs a month\n\n"
    yield table_head(("Prompt", "Model", "Calls", "Now", "After"), right=(2, 3, 4))
    for each in plan.prompts[:MAX_ROWS]:
        cells = (code(short(each.prompt), cell=True), code(each.model, 40, cell=True))
        yield row((*cells, _number(each.calls), plain(amount(each.start)), plain(amount(each.end))))
    yield _more(len(plan.prompts)) + "\n"


def _number(value: Range) -> str:
    between = f" ({number(value.low)} to {number(value.high)})" if value.low != value.high else ""
    return plain(marked(number(value.mid), value.basis) + between)


def _figures(plan: Plan) -> Iterator[str]:
    if not plan.figures:
        return
    opening, closing = folded(f"What this rests on: {len(plan.figures)} figures")
    yield opening
    yield table_head(("Figure", "Of", "Value", "Unit", "What it is", "Source"), right=(2,))
    for each in plan.figures[: 2 * MAX_ROWS]:
        yield _figure(each)
    yield closing


def _figure(each: Stated) -> str:
    return row(
        (
            code(each.key, cell=True),
            _scope(each.scope),
            _number(each.value),
            each.unit,
            plain(each.says),
            code(each.source, 200, cell=True),
        )
    )


def _derivations(plan: Plan) -> Iterator[str]:
    opening, closing = folded("How each figure comes about")
    yield opening
    for title, lines in (
        *((each.prompt, each.derivation) for each in plan.prompts),
        *((each.title, each.derivation) for each in plan.steps),
    ):
        yield f"{code(title)}\n\n" + "".join(f"- {code(line.strip(), 500)}\n" for line in lines) + "\n"
    yield closing


def _more(count: int) -> str:
    return f"\nand {count - MAX_ROWS} more\n" if count > MAX_ROWS else ""
