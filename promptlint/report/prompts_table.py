"""The table of `promptlint prompts`: what every prompt weighs and costs. The manifest is in json_report."""

from __future__ import annotations

from promptlint.model import PromptFacts
from promptlint.reporting import (
    Rendered,
    Report,
    fault_lines,
    footnotes,
    model_words,
    prompts_of,
    size_parts,
    totals,
    verbose_lines,
)
from promptlint.style import (
    BOLD,
    DIM,
    fit,
    fit_path,
    marked,
    number,
    paint,
    table,
    token_range,
    usd_sum,
    visible,
    width,
    wrap,
)

HEADER = ("prompt", "model", "load", "tokens", "slots", "$/1,000 calls")
RENDERED = ("prompt", "model", "load", "static", "rendered", "slots", "$/1,000 calls")
DROPPED = ((), ("load",), ("load", "slots"), ("load", "slots", "model"))
"""What a narrow terminal does without."""
MIN_ID = 24


def render(report: Report) -> str:
    """A row a prompt in order of path, then the totals and what the marks mean."""
    prompts = prompts_of(report.result)
    lines = [*verbose_lines(report.result), ""] if report.verbose else []
    if prompts:
        head, *rows = _table(prompts, report)
        lines += [paint(head, DIM, report.color), *rows, ""]
        hidden = [name for name in DROPPED[-1] if name not in head.split()]
        if hidden:
            lines.append(f"Columns that do not fit here: {', '.join(hidden)}.")
    lines += fault_lines(report.result)
    sums = totals(report.result)
    parts = size_parts(sums)
    if sums.skipped:
        parts.append(f"{number(sums.skipped)} skipped (--verbose lists them)")
    lines += [paint(line, BOLD, report.color) for line in wrap(parts, report.width, " · ")]
    lines += [paint(line, DIM, report.color) for line in footnotes(prompts, report)]
    lines += _rendered_notes(report)
    return "\n".join(lines) + "\n"


def _rendered_notes(report: Report) -> list[str]:
    """Which prompts lacked values, and which could not be rendered."""
    rendered = report.rendered or {}
    without = {name: ", ".join(found.without) for name, found in rendered.items()}
    failed = {name: found.problem for name, found in rendered.items()}
    lines = []
    for title, words in (("In brackets: rendered without a value for", without), ("Not rendered", failed)):
        if any(words.values()):
            lines += ["", paint(title, BOLD, report.color)]
        for name, said in words.items():
            if said:
                place = fit_path(name, max(MIN_ID, report.width // 2))
                lines.append(f"  {place}: {fit(said, report.width - width(place) - 4)}")
    return lines


def _table(prompts: tuple[PromptFacts, ...], report: Report) -> list[str]:
    header = HEADER if report.rendered is None else RENDERED
    cells = [header, *(_row(prompt, report) for prompt in prompts)]
    longest = max(width(row[0]) for row in cells)
    for dropped in DROPPED:
        kept = [index for index, name in enumerate(header) if name not in dropped]
        rest = sum(max(width(row[index]) for row in cells) + 2 for index in kept[1:])
        if report.width - rest >= min(MIN_ID, longest):
            break
    space = max(report.width - rest, 8)
    rows = [(fit_path(row[0], space), *(row[index] for index in kept[1:])) for row in cells]
    return table(rows, left=sum(1 for index in kept if index < 3))


def _row(prompt: PromptFacts, report: Report) -> tuple[str, ...]:
    shown = () if report.rendered is None else (_rendered(report.rendered.get(prompt.id)),)
    return (
        visible(prompt.id),
        model_words(prompt),
        prompt.load.value,
        token_range(prompt.tokens),
        *shown,
        str(len(prompt.slots)) if prompt.slots else "-",
        usd_sum([prompt.usd_per_1000]),
    )


def _rendered(found: Rendered | None) -> str:
    """The tokens with the inputs; in brackets if some had no value."""
    if found is None or found.problem:
        return "-"
    words = marked(found.tokens, found.basis)
    return f"({words})" if found.without else words
