"""What all reports of a compression say, in the same words."""

from __future__ import annotations

from promptlint.compression import Compression, Dropped, Item, Left, Point, State
from promptlint.style import number, plural, usd_range, visible

_AS_IT_IS = "as it is"


def tokens(state: State) -> str:
    """The tokens, with a mark if they are estimated."""
    return number(state.tokens) if state.basis == "exact" else f"~{number(state.tokens)}"


def change(result: Compression) -> str:
    """`1,824 -> 1,532 input tokens (exact), -16.0 %`."""
    before, after = result.before, result.after
    share = (after.tokens - before.tokens) / before.tokens if before.tokens else 0.0
    return f"{tokens(before)} -> {tokens(after)} input tokens ({before.basis}), {share * 100:+.1f} %"


def money(result: Compression) -> str:
    """What the input costs before and after; empty if the price is not known."""
    for one, other, what in (
        (result.before.usd_month, result.after.usd_month, "a month"),
        (result.before.usd_per_1000, result.after.usd_per_1000, "per 1,000 calls"),
    ):
        if one is not None and other is not None:
            basis = ", assumed" if result.model_basis == "assumed" else ""
            by = f" ({visible(result.model)}{basis})" if result.model else ""
            return f"{usd_range(one)} -> {usd_range(other)} {what} for the input{by}"
    return ""


def output(result: Compression) -> str:
    """How the answers' length changed; without a suite that is not known."""
    one, other = result.before.output_tokens, result.after.output_tokens
    if one is None or other is None:
        return "output tokens: not measured (no model was asked)"
    return f"output tokens: {one:,.0f} -> {other:,.0f} an answer (measured)"


def scores(result: Compression) -> str:
    """What the suite measured before and after, with the difference; empty without a proof."""
    found = result.scores
    if found is None:
        return ""
    on = f"on {plural(found.cases, 'case')} (measured)"
    if found.after is None or found.difference is None:
        return f"score: {found.before:.3f} as it is, {on}"
    ends = "" if found.interval is None else f" [{found.interval[0]:+.3f}, {found.interval[1]:+.3f}]"
    return f"score: {found.before:.3f} -> {found.after:.3f}, difference {found.difference:+.3f}{ends} {on}"


def candidate(result: Compression) -> str:
    """What was tried and is not written; empty if nothing was."""
    found = result.candidate
    if found is None:
        return ""
    edits = plural(len(found.edits), "edit")
    return f"not written: a candidate of {tokens(found.after)} tokens, {edits}; --format json has its text"


def schema(result: Compression) -> str:
    """The JSON Schema that goes with the new text; empty if none does."""
    if not result.response_schema:
        return ""
    return f"JSON Schema that the call has to send with this text: {result.response_schema}"


def contract(result: Compression) -> str:
    """The contract report in a line."""
    lost = len(result.contract_losses)
    return (
        f"contract: {number(result.contract_kept)} kept, {number(len(result.contract_subsumed))} subsumed, "
        f"{number(lost)} lost"
    )


def item(each: Item) -> str:
    """One item that is not as it was, with its survivor."""
    where = f"line {each.line}: " if each.line is not None else ""
    if each.by is None:
        return f"{where}{each.text} ({each.what}, {each.fate})"
    line = f"line {each.by_line}: " if each.by_line is not None else ""
    return f"{where}{each.text} -> {line}{each.by}"


def dropped(each: Dropped) -> str:
    """One stretch that is gone, and why."""
    flat = " ".join(each.text.split())
    lines = f"line {each.span.line}"
    if each.span.end_line > each.span.line:
        lines = f"lines {each.span.line}-{each.span.end_line}"
    return f"{lines} ({each.why}): {flat}"


def standing(point: Point) -> str:
    """The verdict on a variant; the prompt as it is has none."""
    if point.verdict != "unproven":
        return point.verdict
    return "-" if point.name == _AS_IT_IS else "not proven"


def not_done(each: Left) -> str:
    """One edit that was not made, and why."""
    line = f"line {each.span.line}: " if each.span is not None else ""
    saved = f", {plural(each.tokens_saved, 'token')}" if each.tokens_saved > 0 else ""
    return f"{line}{each.why} ({each.pass_name}{saved})"


def left(result: Compression) -> str:
    """How much more there is for an eval suite to judge; empty if nothing is, or one has judged."""
    if result.verdict != "unproven":
        return ""
    gated = [each for each in result.left if each.tier == "eval" and each.tokens_saved >= 0]
    if not gated:
        return ""
    passes = ", ".join(dict.fromkeys(each.pass_name for each in gated))
    return f"{plural(len(gated), 'more edit')} for an eval suite to judge ({passes})"
