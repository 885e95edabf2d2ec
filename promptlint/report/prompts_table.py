"""The table of `promptlint prompts`: what every prompt weighs and costs. The manifest is in json_report."""

from __future__ import annotations

from promptlint.model import Basis, PromptFacts
from promptlint.reporting import (
    Report,
    fault_lines,
    footnotes,
    model_words,
    prompts_of,
    totals,
    verbose_lines,
)
from promptlint.style import (
    BOLD,
    DIM,
    fit_path,
    number,
    paint,
    plural,
    table,
    token_range,
    usd_sum,
    visible,
    width,
    wrap,
)

HEADER = ("prompt", "model", "load", "tokens", "slots", "$/1,000 calls")
DROPPED = ((), ("load",), ("load", "slots"), ("load", "slots", "model"))
"""What a narrow terminal does without."""
MIN_ID = 24


def render(report: Report) -> str:
    """A row a prompt in order of path, then the totals and what the marks mean."""
    prompts = prompts_of(report.result)
    lines = [*verbose_lines(report.result), ""] if report.verbose else []
    if prompts:
        head, *rows = _table(prompts, report.width)
        lines += [paint(head, DIM, report.color), *rows, ""]
        hidden = [name for name in DROPPED[-1] if name not in head.split()]
        if hidden:
            lines.append(f"Columns that do not fit here: {', '.join(hidden)}.")
    lines += fault_lines(report.result)
    sums = totals(report.result)
    label = "" if sums.basis in {Basis.EXACT, Basis.MEASURED} else "~"
    parts = [
        f"{plural(sums.prompts, 'prompt')} in {plural(sums.homes, 'file')}",
        f"{label}{plural(sums.tokens, 'input token')}",
    ]
    if sums.skipped:
        parts.append(f"{number(sums.skipped)} skipped (--verbose lists them)")
    lines += [paint(line, BOLD, report.color) for line in wrap(parts, report.width, " · ")]
    lines += [paint(line, DIM, report.color) for line in footnotes(prompts, report)]
    return "\n".join(lines) + "\n"


def _table(prompts: tuple[PromptFacts, ...], room: int) -> list[str]:
    cells = [HEADER, *(_row(prompt) for prompt in prompts)]
    longest = max(width(row[0]) for row in cells)
    for dropped in DROPPED:
        kept = [index for index, name in enumerate(HEADER) if name not in dropped]
        rest = sum(max(width(row[index]) for row in cells) + 2 for index in kept[1:])
        if room - rest >= min(MIN_ID, longest):
            break
    space = max(room - rest, 8)
    rows = [(fit_path(row[0], space), *(row[index] for index in kept[1:])) for row in cells]
    return table(rows, left=sum(1 for index in kept if index < 3))


def _row(prompt: PromptFacts) -> tuple[str, ...]:
    return (
        visible(prompt.id),
        model_words(prompt),
        prompt.load.value,
        token_range(prompt.tokens),
        str(len(prompt.slots)) if prompt.slots else "-",
        usd_sum([prompt.usd_per_1000]),
    )
