"""The plan as one page of HTML that loads nothing: charts, tables, and how each figure comes about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint import costs, markup
from promptlint.looks import CSS
from promptlint.markdown import shown
from promptlint.markup import Html, el, folded, join
from promptlint.planned import Plan, PlanStep
from promptlint.report.plan import charts
from promptlint.report.plan.pieces import code, figure, range_words, scope_words, soft, table
from promptlint.report.plan.words import (
    Look,
    amount,
    comparisons,
    dated,
    marked,
    number,
    reasons,
    refusals,
    swing,
    whose,
)
from promptlint.style import plural, usd

MAX_ROWS = 500
"""Rows of a table; the JSON has all."""


def render(plan: Plan, look: Look) -> str:
    """The whole page; hostile text in it is escaped and made visible, and no script is allowed."""
    parts = [
        *_head(plan),
        *_steps(plan),
        *_refusals(plan),
        *_besides(plan),
        *_weeks(plan),
        *_curves(plan),
        *_moving(plan),
        *_prompts(plan),
        *_figures(plan),
        *_derivations(plan),
        el("p", *_origin(plan), class_="soft"),
    ]
    return markup.page("Prompt cost plan", CSS, el("main", Html("\n".join(parts))))


def _origin(plan: Plan) -> Iterator[str]:
    yield f"{dated(plan)} promptlint {plan.promptlint}."
    if plan.usage:
        yield from (" Usage: ", code(plan.usage), ".")


# --- sections -------------------------------------------------------------------------------


def _head(plan: Plan) -> Iterator[Html]:
    yield el("h1", "Prompt cost plan")
    saved = plan.start.mid - plan.end.mid
    share = saved / plan.start.mid if plan.start.mid else 0.0
    basis = costs.weakest(plan.start.basis, plan.end.basis)
    tiles = (
        ("A month now", amount(plan.start)),
        ("A month after the plan", amount(plan.end)),
        ("Saved a month", f"{marked(usd(saved), basis)} ({share:.0%})"),
    )
    items = []
    for name, words in tiles:
        first, _, rest = words.partition(" ")
        items.append(el("li", name, el("b", first), soft(rest)))
    yield el("ul", *items, class_="tiles")
    for note in plan.notes:
        yield el("p", shown(note, 400), class_="note", role="note")


def _steps(plan: Plan) -> Iterator[Html]:
    yield el("h2", "What to do, in order")
    if not plan.steps:
        yield el("p", "No step is worth its effort.")
        return
    yield figure(
        "What each step saves",
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
    evidence = [code(found), ", "] if found and step.needs_eval else [code(found)] if found else []
    evidence += ["needs an eval"] if step.needs_eval else []
    return (
        str(index),
        join([el("strong", step.title), code(step.next, "run")]),
        step.effort,
        range_words(step.saving),
        step.basis.value,
        usd(step.after.mid),
        str(len(step.prompts)) if step.prompts else "all",
        join(evidence or ["-"]),
    )


def _refusals(plan: Plan) -> Iterator[Html]:
    if not plan.refusals:
        return
    yield el("h2", "What not to do")
    items = []
    for each, more in refusals(plan):
        scope = whose(each)
        tail = f"; {plural(more, 'more reason')} for other prompts" if more else ""
        of = [" (", code(scope) if len(each.prompts) == 1 else scope, ")"] if scope else []
        items.append(el("li", el("strong", each.title), ": ", shown(each.reason, 400), *of, tail))
    yield el("ul", *items, class_="plain")


def _besides(plan: Plan) -> Iterator[Html]:
    lines = list(comparisons(plan))
    if lines:
        yield el("h2", "Compared")
        yield el("ul", *(el("li", shown(words, 400)) for words in lines), class_="plain")
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
    return "-" if value is None else usd(value)


def _weeks(plan: Plan) -> Iterator[Html]:
    if not plan.prompts:
        return
    yield el("h2", "Week by week")
    yield figure(
        "Spend by week",
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


def _curves(plan: Plan) -> Iterator[Html]:
    if plan.curves:
        yield el("h2", "From which volume it pays")
    for index, each in enumerate(plan.curves):
        title = shown(each.title, 200)
        yield el("h3", title)
        told = f"Dashed: {each.now}. Solid: {each.instead}."
        yield figure(title, charts.curve(index, each), charts.crossing(each), told)


def _moving(plan: Plan) -> Iterator[Html]:
    if not plan.sensitivity:
        return
    yield el("h2", "What moves the total most")
    yield figure(
        "What moves the total most",
        charts.tornado(plan),
        "What is left a month with one figure at its ends, the others at their likely values.",
    )
    yield table(
        "What is left a month when one figure moves",
        ("Figure", "Of", "Left"),
        (
            (code(each.key, "key"), scope_words(each.scope), swing(each))
            for each in plan.sensitivity[:MAX_ROWS]
        ),
        right=(2,),
    )


def _prompts(plan: Plan) -> Iterator[Html]:
    if not plan.prompts and not plan.left_out:
        return
    yield el("h2", "Prompts")
    yield table(
        "What each prompt costs, US dollars a month",
        ("Prompt", "Model", "Price", "Calls", "Now", "After"),
        (
            (
                code(each.prompt),
                join([code(each.model), f" ({each.model_basis.value})"]),
                code(each.price),
                number(each.calls.mid),
                range_words(each.start),
                range_words(each.end),
            )
            for each in plan.prompts[:MAX_ROWS]
        ),
        right=(3, 4, 5),
    )
    if plan.left_out:
        items = (
            el("li", code(each.prompt), ": ", shown(each.reason, 300)) for each in plan.left_out[:MAX_ROWS]
        )
        yield folded(f"{plural(len(plan.left_out), 'prompt')} left out", el("ul", *items, class_="plain"))


def _figures(plan: Plan) -> Iterator[Html]:
    if not plan.figures:
        return
    yield el("h2", "What this rests on")
    yield table(
        "Every figure, and where it is from",
        ("Figure", "Of", "Low", "Likely", "High", "Unit", "Basis", "What it is", "Source"),
        (
            (
                code(each.key, "key"),
                scope_words(each.scope),
                *(number(end) for end in (each.value.low, each.value.mid, each.value.high)),
                each.unit,
                each.value.basis.value,
                each.says,
                shown(each.source, 300),
            )
            for each in plan.figures[:MAX_ROWS]
        ),
        right=(2, 3, 4),
    )


def _derivations(plan: Plan) -> Iterator[Html]:
    if not plan.prompts:
        return
    yield el("h2", "How each figure comes about")
    told = [(each.prompt, each.derivation) for each in plan.prompts[:MAX_ROWS]]
    told += [(each.title, each.derivation) for each in plan.steps]
    for title, lines in told:
        items = (el("li", shown(line.strip(), 600)) for line in lines)
        yield el("details", el("summary", code(title)), el("ul", *items, class_="plain"))
