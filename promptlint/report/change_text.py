"""A comparison for people at a terminal, and as the JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promptlint import documents, jsondoc
from promptlint.changes import Comparison, Findings, Item, Move, PromptChange, State
from promptlint.deltas import (
    assumed_mark,
    cache_words,
    difference,
    model_changes,
    reworded,
    signed,
    signed_usd,
    standing,
    status_words,
    token_difference,
    tokens_of,
    uncounted_words,
    unknown_words,
    usd_basis,
    with_mark,
)
from promptlint.style import BOLD, DIM, GREEN, RED, YELLOW, paint, plural, usd, usd_range, visible

_TINTS = {"fail": RED, "error": RED, "warn": YELLOW, "pass": GREEN, "unchanged": DIM}
_PERIODS = {True: "a month", False: "per 1,000 calls"}
_MOST = 20
"""Lines of one kind that are shown of one prompt."""


def render_json(comparison: Comparison) -> str:
    """The document of `promptlint diff --format json`."""
    return jsondoc.dumps(documents.to_json(comparison)) + "\n"


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "promptlint diff, version 1",
        "description": "What `promptlint diff --format json` prints.",
        **documents.schema(Comparison),
    }


def render(comparison: Comparison, color: bool) -> str:
    """What was loosened, each prompt that differs, and a summary with the verdict last."""
    lines: list[str] = []
    if comparison.guards:
        lines.append(paint("Loosened by this change:", YELLOW, color))
        for guard in comparison.guards:
            place = visible(guard.path) + (f":{guard.line}" if guard.line else "")
            lines.append(f"  {guard.kind}: {place}: {visible(guard.detail)}")
        lines.append("")
    for change in comparison.prompts:
        lines += [_head(change, color), *_details(change), ""]
    about = list(_findings(comparison.findings))
    if about:
        lines += [paint("Files", BOLD, color), *about, ""]
    lines += [f"skipped {visible(item.path)}: {visible(item.reason)}" for item in comparison.skipped]
    lines += [
        f"{visible(item.path)}: promptlint failed: {visible(item.reason)}" for item in comparison.errors
    ]
    lines.append(_summary(comparison, color))
    return "\n".join(lines) + "\n"


def _head(change: PromptChange, color: bool) -> str:
    name = visible(change.id)
    if change.previous_id is not None:
        name = f"{visible(change.previous_id)} -> {name}"
    status = change.status + (", edited" if change.status == "moved" and change.edited else "")
    return f"{paint(name, BOLD, color)}  {status}  {_size(change)}"


def _size(change: PromptChange) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        state = after or before
        return "" if state is None else f"{tokens_of(state)} tokens{_price(state)}"
    words = f"{tokens_of(before)} -> {tokens_of(after)} tokens"
    if token_difference(change):
        words += f" ({signed(token_difference(change), after.basis)})"
    if model_changes(change):
        words += f", model {_model(before)} -> {_model(after)}"
    words += _prices(before, after)
    unknown = unknown_words(change)
    return f"{words}, {unknown}" if unknown else words


def _model(state: State) -> str:
    return f"{visible(state.model)}{assumed_mark(state)}" or "unknown"


def _prices(before: State, after: State) -> str:
    """`, $1.20 -> $0.90 per 1,000 calls`; of a month if both sides have a volume."""
    monthly = before.usd_month is not None and after.usd_month is not None
    ends = [_usd(side, monthly) for side in (before, after)]
    if not any(ends):
        return ""
    was, now = (words or "no price" for words in ends)
    return f", {was if was == now else f'{was} -> {now}'} {_PERIODS[monthly]}"


def _price(state: State) -> str:
    monthly = state.usd_month is not None
    words = _usd(state, monthly)
    return f", {words} {_PERIODS[monthly]}" if words else ""


def _usd(state: State, monthly: bool) -> str:
    ends = state.usd_month if monthly else state.usd_per_1000
    return "" if ends is None else with_mark(usd_range(ends), usd_basis(state))


def _details(change: PromptChange) -> Iterator[str]:
    yield from _items("lost", change.contract_losses)
    yield from _items("gained", change.contract_gains)
    yield from _moves(change.contract_moves)
    if reworded(change):
        yield "  in words or white space alone"
    words = cache_words(change)
    if words and change.cache is not None:
        once = change.cache.once_usd
        cost = (
            f", {usd(once[1])} once to fill each cache ({change.cache.basis.value})"
            if once and once[1]
            else ""
        )
        yield f"  {words}{cost}"
    yield from _findings(change.findings)


def _items(verb: str, items: tuple[Item, ...]) -> Iterator[str]:
    for item in items[:_MOST]:
        place = f"line {item.line} " if item.line is not None else ""
        yield f"  {place}{verb}: {item.what}: {visible(item.text)}"
    if len(items) > _MOST:
        yield f"  and {len(items) - _MOST} more {verb}"


def _moves(items: tuple[Move, ...]) -> Iterator[str]:
    for item in items[:_MOST]:
        lines = (item.line_before, item.line_after)
        place = "line {} -> {} ".format(*lines) if None not in lines else ""
        yield f"  {place}now elsewhere: {item.what}: {visible(item.text)}"
    if len(items) > _MOST:
        yield f"  and {len(items) - _MOST} more now elsewhere"


def _findings(found: Findings) -> Iterator[str]:
    for verb, notes in (("new", found.new), ("fixed", found.fixed)):
        for note in notes[:_MOST]:
            place = f"{visible(note.path)}:{note.line}:{note.column}"
            yield f"  {verb}: {visible(note.code)} [{note.severity}] {place} {visible(note.message)}"
        if len(notes) > _MOST:
            yield f"  and {len(notes) - _MOST} more {verb}"


def _summary(comparison: Comparison, color: bool) -> str:
    verdict = standing(comparison)
    parts: list[str] = []
    if comparison.prompts:
        sums = difference(comparison.prompts)
        parts += [
            status_words(comparison.prompts),
            f"{signed(sums.tokens, sums.basis)} tokens a call of each",
        ]
        if sums.usd is not None:
            each = "a month" if sums.monthly else "per 1,000 calls of each"
            parts.append(f"{signed_usd(sums.usd, sums.usd_basis)} {each}{uncounted_words(sums)}")
        else:
            parts.append("price unknown")
    else:
        parts.append("no prompt changed")
    total = comparison.total
    parts += list(_counts(((total.new_findings, "new finding"), (total.fixed_findings, "fixed finding"))))
    parts += list(_counts(((len(comparison.skipped), "file skipped"), (len(comparison.errors), "failure"))))
    return f"{paint(verdict.upper(), _TINTS[verdict], color)}: {' · '.join(parts)}"


def _counts(named: Iterable[tuple[int, str]]) -> Iterator[str]:
    return (plural(count, noun) for count, noun in named if count)
