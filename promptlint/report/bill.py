"""The first minute: the dearest prompts, the findings worth most, one next command, on one screen."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint import costs
from promptlint.advice import next_command, worth_most
from promptlint.model import Basis, Load, Profile, PromptFacts
from promptlint.records import dataclass
from promptlint.reporting import (
    Report,
    Totals,
    fault_lines,
    footnotes,
    model_words,
    prompts_of,
    summary_parts,
    totals,
    verbose_lines,
    weakest,
)
from promptlint.style import (
    BOLD,
    DIM,
    RED,
    fit,
    fit_path,
    marked,
    number,
    pad,
    paint,
    plural,
    table,
    token_range,
    usd_sum,
    visible,
    width,
    wrap,
)

LINES, ROOM = 45, 13
PROMPTS, DOCUMENTS, FINDINGS, FAULTS = 10, 3, 5, 3
MIN_ID, MODEL = 20, 18
PARTS = ("system", "tools", "examples", "history", "other")
LOADS = {
    Load.EVERY_CALL: ("Agent documents, every call", "tokens", "$/1,000 calls"),
    Load.ON_DEMAND: ("Agent documents, on demand", "tokens", "$/1,000 loads"),
    Load.INCLUDED: ("Included in others, counted there", "tokens", "$/1,000 calls"),
}
LOOKED_FOR = (
    "Looked for: files in prompt folders, prompt templates, agent documents such as AGENTS.md, "
    "and prompts in Python, YAML and JSON."
)


def render(report: Report) -> str:
    """The bill, then the findings worth most, the next command and the summary: at most 45 lines."""
    prompts = prompts_of(report.result)
    sums = totals(report.result)
    documents = _documents(report, [item for item in prompts if _is_apart(item)])
    calls = [prompt for prompt in prompts if not _is_apart(prompt)]
    for findings in range(FINDINGS, 0, -1):
        tail = [
            documents,
            worth_most(report, findings),
            next_command(report, sums),
            _summary(report, prompts, sums),
        ]
        room = LINES - sum(len(lines) + 1 for lines in tail if lines)
        if not calls or room >= ROOM:
            break
    head = _bill(report, calls, room) if calls else []
    sections = [head, *tail] if prompts else [_nothing(report), *tail]
    if report.verbose:
        sections.insert(0, verbose_lines(report.result))
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _is_apart(prompt: PromptFacts) -> bool:
    """True for what is no call of its own: agent documents, and parts of other prompts."""
    return prompt.profile is Profile.AGENT_DOCUMENT or prompt.load is Load.INCLUDED


def _nothing(report: Report) -> list[str]:
    files = plural(len(report.result.files) + len(report.result.skipped), "file")
    title = paint(f"No prompts found in {files}.", BOLD, report.color)
    return [title, *wrap(LOOKED_FOR.split(), report.width)]


# --- the bill -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows to show, and the parts into which their tokens are split."""

    shown: tuple[PromptFacts, ...]
    everything: tuple[PromptFacts, ...]
    parts: tuple[str, ...]


def _bill(report: Report, calls: Sequence[PromptFacts], room: int) -> list[str]:
    ranked = tuple(sorted(calls, key=_dearness))
    sheet = _sheet(ranked, ranked[: min(PROMPTS, room - 4)])
    plain = _wide(sheet)
    wanted = min(MIN_ID, max(width(row[0]) for row in plain))
    fitting = [rows for rows in (_with_months(sheet, plain), plain) if report.width - _rest(rows) >= wanted]
    if not fitting:
        return _narrow(report, _sheet(ranked, ranked[: min(PROMPTS, max(1, (room - 4) // 2))]))
    space = report.width - _rest(fitting[0])
    fitted = [(fit_path(row[0], space), *row[1:]) for row in fitting[0]]
    head, *body = table(fitted, left=2)
    return [_title(report, sheet), paint(head, DIM, report.color), *body]


def _dearness(prompt: PromptFacts) -> tuple[float, int, str]:
    price = prompt.usd_per_1000[1] if prompt.usd_per_1000 else 0.0
    return -price, -prompt.tokens.high, prompt.id


def _sheet(ranked: tuple[PromptFacts, ...], shown: tuple[PromptFacts, ...]) -> _Sheet:
    found = dict.fromkeys((*PARTS, *(name for prompt in ranked for name, _ in prompt.parts)))
    used = tuple(name for name in found if any(dict(prompt.parts).get(name) for prompt in shown))
    return _Sheet(shown, ranked, used if len(used) > 1 else ())


def _title(report: Report, sheet: _Sheet) -> str:
    count = len(sheet.everything)
    rows = len(sheet.shown)
    which = (f"{number(rows)} dearest of " if rows < count else "") + plural(count, "prompt")
    return paint(f"The bill: {which}", BOLD, report.color)


def _wide(sheet: _Sheet) -> list[tuple[str, ...]]:
    slots = any(prompt.tokens.slot_estimate for prompt in sheet.shown)
    head = (
        "prompt",
        "model",
        "tokens",
        *map(visible, sheet.parts),
        *(["slots"] if slots else []),
        "$/1,000 calls",
    )
    rows = [head, *(_wide_row(prompt, sheet.parts, slots) for prompt in sheet.shown)]
    if len(sheet.everything) > 1:
        rows.append(_total_row(sheet, slots))
    return rows


def _with_months(sheet: _Sheet, rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same rows with a column for the prompts whose volume is known, if there are any."""
    if not any(prompt.calls_per_month for prompt in sheet.everything):
        return list(rows)
    months = ["$/month", *(_month([prompt]) for prompt in sheet.shown), _month(sheet.everything)]
    return [(*row, month) for row, month in zip(rows, months, strict=False)]


def _month(prompts: Sequence[PromptFacts]) -> str:
    """The money of the prompts whose volume is known."""
    return usd_sum(costs.usd_month(prompt.usd_per_1000, prompt.calls_per_month) for prompt in prompts)


def _wide_row(prompt: PromptFacts, parts: Sequence[str], slots: bool) -> tuple[str, ...]:
    amounts = dict(prompt.parts)
    split = (_or_dash(amounts.get(name, 0), prompt.tokens.basis) for name in parts)
    held = [_or_dash(prompt.tokens.slot_estimate, Basis.ASSUMED)] if slots else []
    model = fit(model_words(prompt), MODEL, both_ends=True)
    return (visible(prompt.id), model, _weight([prompt])[0], *split, *held, _money([prompt]))


def _total_row(sheet: _Sheet, slots: bool) -> tuple[str, ...]:
    every = sheet.everything
    basis = weakest(prompt.tokens.basis for prompt in every)
    split = (_or_dash(sum(dict(item.parts).get(name, 0) for item in every), basis) for name in sheet.parts)
    held = [_or_dash(sum(item.tokens.slot_estimate for item in every), Basis.ASSUMED)] if slots else []
    tokens, money = _weight(every)
    return (f"all {number(len(every))}, one call of each", "", tokens, *split, *held, money)


def _or_dash(value: int, basis: Basis) -> str:
    return marked(value, basis) if value else "-"


def _money(prompts: Sequence[PromptFacts]) -> str:
    return usd_sum(prompt.usd_per_1000 for prompt in prompts)


def _narrow(report: Report, sheet: _Sheet) -> list[str]:
    """Two lines a prompt where the columns do not fit."""
    lines = [_title(report, sheet)]
    for prompt in sheet.shown:
        lines.append(_ends(prompt.id, f"{_money([prompt])} per 1,000", report.width))
        lines.append(paint(_split(prompt, sheet.parts, report.width), DIM, report.color))
    if len(sheet.everything) > 1:
        tokens, money = _weight(sheet.everything)
        name = f"all {number(len(sheet.everything))}: {tokens} tokens"
        lines.append(_ends(name, f"{money} per 1,000", report.width))
    return lines


def _split(prompt: PromptFacts, parts: Sequence[str], room: int) -> str:
    """The model, the tokens and as many of their parts as fit: no number is cut."""
    model = fit(model_words(prompt), MODEL, both_ends=True)
    words = f"  {model} · {token_range(prompt.tokens)} tokens"
    amounts = [(name, value, prompt.tokens.basis) for name, value in prompt.parts if name in parts and value]
    if prompt.tokens.slot_estimate:
        amounts.append(("slots", prompt.tokens.slot_estimate, Basis.ASSUMED))
    for index, (name, value, basis) in enumerate(amounts):
        part = f"{', ' if index else ': '}{visible(name)} {marked(value, basis)}"
        if width(words + part) + (3 if index + 1 < len(amounts) else 0) > room:
            return fit(f"{words}, …" if index else words, room)
        words += part
    return words


def _ends(left: str, right: str, room: int) -> str:
    """Two texts at the two ends of a line; the left one is cut."""
    space = max(room - width(right) - 2, 8)
    return f"{pad(fit_path(left, space), space)}  {right}"


def _documents(report: Report, documents: Sequence[PromptFacts]) -> list[str]:
    """One table of what is no call of its own, headed anew for each way of loading."""
    cells: list[tuple[str, ...]] = []
    for load, head in LOADS.items():
        ranked = sorted((item for item in documents if item.load is load), key=_dearness)
        cells += [head] if ranked else []
        cells += [(visible(item.id), *_weight([item])) for item in ranked[:DOCUMENTS]]
        if left := ranked[DOCUMENTS:]:
            cells.append((f"and {number(len(left))} more", *_weight(left)))
    if not cells:
        return []
    space = report.width - _rest(cells)
    lines = table([(fit_path(row[0], space), *row[1:]) for row in cells])
    heads = LOADS.values()
    return [paint(line, DIM, report.color and row in heads) for line, row in zip(lines, cells, strict=True)]


def _weight(prompts: Sequence[PromptFacts]) -> tuple[str, str]:
    """The tokens and the money of some prompts together."""
    basis = weakest(prompt.tokens.basis for prompt in prompts)
    return marked(sum(prompt.tokens.high for prompt in prompts), basis), _money(prompts)


def _rest(rows: Sequence[Sequence[str]], gap: int = 2) -> int:
    """The cells that all columns but the first take, gaps included."""
    columns = range(1, len(rows[0]))
    return sum(max(width(row[index]) for row in rows) + gap for index in columns)


def _summary(report: Report, prompts: Sequence[PromptFacts], sums: Totals) -> list[str]:
    lines = fault_lines(report.result)
    more = [f"and {number(len(lines) - FAULTS)} more failures"] if len(lines) > FAULTS else []
    shown = [*(fit(line, report.width) for line in lines[:FAULTS]), *more]
    failed = [paint(line, RED, report.color) for line in shown]
    summary = wrap(summary_parts(sums), report.width, " · ")
    notes = [paint(line, DIM, report.color) for line in footnotes(prompts, report)]
    return [*failed, *(paint(line, BOLD, report.color) for line in summary), *notes]
