"""The plan on a terminal: a waterfall of bars, what not to do, and what the total rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.planned import Plan, PlanStep
from promptlint.report.plan.words import (
    Look,
    amount,
    assumed,
    comparisons,
    dated,
    ends,
    figure,
    headline,
    money,
    moving,
    reasons,
    refusals,
    signed,
    swing,
    whose,
)
from promptlint.style import (
    BOLD,
    DIM,
    GREEN,
    YELLOW,
    fit,
    fit_path,
    paint,
    plural,
    table,
    usd,
    visible,
    width,
    wrap,
)

BAR, MIN_BAR = 30, 8
LEFT, SAVED = "█", "░"
PROMPTS, CHANGED, MIN_TITLE = 3, 5, 24
INDENT = "    "


def render(plan: Plan, look: Look) -> str:
    """Headline, notes, waterfall, refusals, sensitivity; with `--explain` every derivation and figure."""
    sections = [
        [paint(line, BOLD, look.color) for line in wrap([headline(plan)], look.width)],
        [paint(line, YELLOW, look.color) for note in plan.notes for line in _bullet("! ", note, look)],
        list(_waterfall(plan, look)),
        list(_refusals(plan, look)),
        list(_moving(plan, look)),
        list(_besides(plan, look)),
        list(_explained(plan, look)) if look.explain else [],
        [paint(line, DIM, look.color) for line in _foot(plan, look)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


# --- the waterfall --------------------------------------------------------------------------


def _waterfall(plan: Plan, look: Look) -> Iterator[str]:
    if not plan.steps:
        return
    rows: list[tuple[str, ...]] = [("", "step", "saves a month", "left")]
    rows.append(("", "now", "", usd(plan.start.mid)))
    rows += [_row(index, step) for index, step in enumerate(plan.steps, 1)]
    rest = sum(max(width(row[column]) for row in rows) + 2 for column in (0, 2, 3))
    longest = max(width(row[1]) for row in rows)
    bar = min(BAR, look.width - rest - longest)
    title = longest if bar >= MIN_BAR else max(MIN_TITLE, look.width - rest)
    lefts = [plan.start.mid, *(step.after.mid for step in plan.steps)]
    drawn = [_bar(left, saved, lefts[0], bar if bar >= MIN_BAR else 0) for left, saved in _bars(lefts)]
    lines = table([(row[0], fit(row[1], title), *row[2:]) for row in rows], left=2)
    yield paint(lines[0], DIM, look.color)
    for index, (line, bars) in enumerate(zip(lines[1:], drawn, strict=True)):
        yield f"{line}  {paint(bars, GREEN, look.color)}".rstrip()
        if index:
            yield from _details(plan.steps[index - 1], look)


def _row(index: int, step: PlanStep) -> tuple[str, ...]:
    between = ends(step.saving)
    saves = f"{money(step.saving)}{f'  {between}' if between else ''}"
    return (str(index), step.title, saves, usd(step.after.mid))


def _bars(lefts: Sequence[float]) -> Iterator[tuple[float, float]]:
    """What is left, and what the step has just saved."""
    for index, left in enumerate(lefts):
        yield left, (lefts[index - 1] - left if index else 0.0)


def _bar(left: float, saved: float, whole: float, cells: int) -> str:
    """What is left in full blocks, what was saved in light ones."""
    if whole <= 0:
        return ""
    full = min(cells, max(0, round(left / whole * cells)))
    upto = min(cells, max(full, round((left + saved) / whole * cells)))
    return LEFT * full + SAVED * (upto - full)


def _details(step: PlanStep, look: Look) -> Iterator[str]:
    """The effort, what it is for, the evidence and the command, under a step."""
    parts = [f"{'no' if step.effort == 'none' else step.effort} effort"]
    if step.prompts:
        first = fit_path(step.prompts[0].prompt, look.width // 2)
        more = len(step.prompts) - 1
        parts.append(f"{first} and {plural(more, 'other')}" if more else first)
    if found := reasons(step):
        parts.append(visible(found))
    if step.needs_eval:
        parts.append("unproven: needs an eval")
    for line in wrap(parts, look.width - len(INDENT), " · "):
        yield paint(INDENT + line, DIM, look.color)
    yield f"{INDENT}$ {visible(step.next)}"  # whole, however long: it is there to be copied


# --- refusals and the rest ------------------------------------------------------------------


def _refusals(plan: Plan, look: Look) -> Iterator[str]:
    if plan.refusals:
        yield paint("Do not", BOLD, look.color)
    for each, more in refusals(plan):
        scope = fit_path(whose(each), look.width // 2)
        tail = f"; {plural(more, 'more reason')} for other prompts" if more else ""
        words = f"{each.title.lower()}: {each.reason}{f' ({scope})' if scope else ''}{tail}"
        yield from _bullet("x ", words, look)


def _moving(plan: Plan, look: Look) -> Iterator[str]:
    if not plan.sensitivity:
        return
    yield paint("What moves the total that is left most", BOLD, look.color)
    rows = [
        (f"  {each.key}{f' of {fit_path(each.scope, look.width // 3)}' if each.scope else ''}", swing(each))
        for each in moving(plan)
    ]
    yield from (fit(line, look.width) for line in table(rows, left=2))


def _besides(plan: Plan, look: Look) -> Iterator[str]:
    for line in comparisons(plan):
        yield from _bullet("- ", line, look)
    for each in plan.before.prompts[:CHANGED] if plan.before else ():
        was, now = each.before or 0.0, each.after or 0.0
        what = "new" if each.before is None else "gone" if each.after is None else signed(now - was)
        yield f"{INDENT}{fit_path(each.prompt, look.width - 40)}: {usd(was)} -> {usd(now)} ({what})"


def _foot(plan: Plan, look: Look) -> Iterator[str]:
    words = [dated(plan), *([f"Usage: {visible(plan.usage)}."] if plan.usage else [])]
    if count := len(assumed(plan)):
        words.append(f"{plural(count, 'figure')} assumed{'' if look.explain else ': --explain lists them'}.")
    if plan.left_out:
        words.append(
            f"{plural(len(plan.left_out), 'prompt')} left out{'' if look.explain else ' (--explain)'}."
        )
    yield from wrap(" ".join(words).split(), look.width)


# --- derivations ----------------------------------------------------------------------------


def _explained(plan: Plan, look: Look) -> Iterator[str]:
    yield paint("What a month costs", BOLD, look.color)
    for prompt in plan.prompts:
        yield f"  {visible(prompt.prompt)}: {amount(prompt.start)}"
        yield from (line for each in prompt.derivation for line in _bullet(INDENT, each, look))
    for step in plan.steps:
        yield ""
        yield paint(f"{step.title}: {amount(step.saving)}", BOLD, look.color)
        yield from _bullet("  source: ", step.source, look)
        yield from (line for each in step.derivation for line in _bullet(INDENT, each, look))
    yield ""
    yield paint("Figures", BOLD, look.color)
    for each in plan.figures:
        scope = f" of {each.scope}" if each.scope else ""
        words = f"{each.key}{scope}: {figure(each.value, each.unit)}, {each.says}; {each.source}"
        yield from _bullet("  ", words, look)
    if plan.left_out:
        yield ""
        yield paint("Left out", BOLD, look.color)
        yield from (
            line for each in plan.left_out for line in _bullet("  ", f"{each.prompt}: {each.reason}", look)
        )


def _bullet(mark: str, text: str, look: Look) -> list[str]:
    """Hostile words under a mark, on as many lines as they take."""
    lead = text[: len(text) - len(text.lstrip(" "))]
    lines = wrap(visible(text).split(), look.width - len(mark) - len(lead))
    return [
        (lead + mark if index == 0 else " " * len(lead + mark)) + line for index, line in enumerate(lines)
    ]
