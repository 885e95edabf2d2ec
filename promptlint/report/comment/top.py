"""The comment's frame: what was loosened, the verdict, what was not checked, what the numbers rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from promptlint.changes import Commit, Comparison, Guard, State, Unread, Verdict
from promptlint.deltas import (
    Difference,
    breaks_cache,
    difference,
    every,
    model_changes,
    severities,
    signed,
    signed_usd,
    standing,
    states,
    status_words,
    uncounted_words,
    unknown_words,
    worse,
)
from promptlint.markdown import code, folded, plain
from promptlint.model import Basis
from promptlint.report.comment.words import items_words
from promptlint.sections import Row, Section
from promptlint.style import number, percent_error, plural
from promptlint.verdicts import ORDER, EvalVerdict, Verdicts, counts

ALERTS: dict[Verdict, tuple[str, str]] = {
    "unchanged": ("NOTE", "No prompt changed."),
    "pass": ("NOTE", "Pass."),
    "warn": ("WARNING", "Needs a look."),
    "fail": ("CAUTION", "Fail."),
    "error": ("CAUTION", "Not a pass: promptlint failed."),
}
"""Verdict -> kind of alert, first words."""

GUARDS = {
    "suppression": "Finding suppressed",
    "exclude": "Files excluded",
    "ignore": "Rule switched off",
    "severity": "Severity lowered",
    "budget": "Budget raised",
    "baseline": "Baseline grown",
    "assumption": "Assumption changed",
    "config": "Configuration changed",
    "workflow": "Workflow changed",
}

_VOID = "not counted"

NAMES_SHOWN = 3
"""Names of models or tokenizers in one line."""


FOREIGN = "Numbers and findings are those of the pull request's own workflow; they were not made anew here."
"""What is said of a document that another job has made."""


def unchanged(comparison: Comparison, foreign: bool = False, claimed: str = "") -> str:
    """All that is said of a change that does nothing to prompts."""
    small = f"\n<sub>{FOREIGN}</sub>\n" if foreign else ""
    said = claim(claimed)
    more = f"\n{said.head}".rstrip("\n") + "\n" if said else ""
    return f"> [!NOTE]\n> No prompt changed: {_sides(comparison)}.\n{more}{small}"


def claim(words: str) -> Section | None:
    """What the request's own workflow says of the change, where that is not what stands here."""
    return Section(head=f"{plain(words)}\n\n") if words else None


# --- first ----------------------------------------------------------------------------------


def guards(comparison: Comparison) -> Section | None:
    """What the change loosens: before everything else, never folded, the last to be cut."""
    if not comparison.guards:
        return None
    count = len(comparison.guards)
    opening = "> [!CAUTION]\n> **This change loosens what promptlint checks"
    return Section(
        head=f"{opening}. Read this first:**\n>\n",
        rows=(_guard(item) for item in comparison.guards),
        count=count,
        left=lambda cut: f"> - and {number(cut)} more: `promptlint diff` lists them.\n",
        foot="\n",
        none=f"{opening} in {plural(count, 'place')}.**\n\n",
    )


def _guard(item: Guard) -> Row:
    place = item.path if item.line is None else f"{item.path}:{item.line}"
    return tuple(
        f"> - {GUARDS[item.kind]}, {code(place, size // 2)}: {code(item.detail, size)}\n"
        for size in (240, 60)
    )


def alert(
    comparison: Comparison, found: Verdicts | None, on_base: frozenset[EvalVerdict] = frozenset()
) -> Section:
    """The verdict in one sentence, and what to look at."""
    verdict = worse(standing(comparison), _measured(found, on_base))
    kind, word = ALERTS[verdict]
    changed = [plain(_headline(comparison))] if comparison.prompts else []
    words = " ".join([f"**{word}**", *changed])
    news = plain(" · ".join(_news(comparison, found, on_base)))
    return Section(head=f"> [!{kind}]\n> {words}\n" + (f">\n> {news}\n" if news else "") + "\n")


def _measured(found: Verdicts | None, on_base: frozenset[EvalVerdict]) -> Verdict:
    """What results of evals and routing make of the verdict; one that does not count leaves it open."""
    if found is None:
        return "unchanged"
    counted = [item for item in found.evals if counts(item, on_base)]
    if any(item.verdict == "rejected" for item in counted):
        return "fail"
    unsure = len(counted) < len(found.evals) or any(item.verdict == "undecided" for item in counted)
    return "warn" if unsure or not all(item.proven for item in found.routes) else "unchanged"


def _headline(comparison: Comparison) -> str:
    sums = difference(comparison.prompts)
    each = "a call" if len(comparison.prompts) == 1 else "in one call of each"
    words = f"{status_words(comparison.prompts)}: {signed(sums.tokens, sums.basis)} tokens {each}"
    return f"{words}{_money(sums)}."


def _money(sums: Difference) -> str:
    if sums.usd is None:
        return ", price unknown"
    period = "a month" if sums.monthly else "per 1,000 calls of each"
    return f", about {signed_usd(sums.usd, sums.usd_basis)} {period}{uncounted_words(sums)}"


def _news(comparison: Comparison, found: Verdicts | None, on_base: frozenset[EvalVerdict]) -> Iterator[str]:
    """What to look at, worst first."""
    if comparison.errors:
        yield f"{plural(len(comparison.errors), 'file')} failed"
    if new := severities(every(comparison)):
        yield f"new findings: {new}"
    if lost := items_words([item for prompt in comparison.prompts for item in prompt.contract_losses]):
        yield f"lost: {lost}"
    served = [item.cache.kept for item in comparison.prompts if item.cache and breaks_cache(item)]
    for count, fate in ((served.count(0), "broken"), (len(served) - served.count(0), "cut")):
        if count:
            yield plural(count, f"cache prefix {fate}", f"cache prefixes {fate}")
    unknown = Counter(filter(None, map(unknown_words, comparison.prompts)))
    for what, count in sorted(unknown.items()):
        yield f"{what}: {plural(count, 'prompt')}"
    if models := sum(map(model_changes, comparison.prompts)):
        yield f"another model: {plural(models, 'prompt')}"
    if found is not None and found.evals:
        yield f"quality: {_quality(found, on_base)}"
    if fixed := sum(1 for _ in every(comparison, fixed=True)):
        yield plural(fixed, "finding fixed", "findings fixed")
    if comparison.skipped:
        yield plural(len(comparison.skipped), "changed file not checked", "changed files not checked")


def _quality(found: Verdicts, on_base: frozenset[EvalVerdict]) -> str:
    """How many evals say what: `1 rejected, 2 accepted, 1 not counted`."""
    sums = Counter(item.verdict if counts(item, on_base) else _VOID for item in found.evals)
    return ", ".join(f"{number(sums[name])} {name}" for name in (*ORDER, _VOID) if sums[name])


def errors(comparison: Comparison) -> Section | None:
    """promptlint's own failures, never folded."""
    head = "**promptlint failed on these files; nothing is known of them:**\n\n"
    return _unread(comparison.errors, head, "\n", "promptlint failed on", 1)


def skipped(comparison: Comparison) -> Section | None:
    """Changed files that were not checked, and why."""
    head, foot = folded(
        plural(len(comparison.skipped), "changed file not checked", "changed files not checked")
    )
    return _unread(comparison.skipped, head, foot, "Not checked:", 7)


def _unread(items: Sequence[Unread], head: str, foot: str, says: str, weight: int) -> Section | None:
    if not items:
        return None
    return Section(
        head=head,
        rows=((f"- {code(item.path, 120)}: {code(item.reason, 240)}\n",) for item in items),
        count=len(items),
        left=lambda cut: f"- and {plural(cut, 'more file', 'more files')}\n",
        foot=foot,
        none=f"{says} {plural(len(items), 'file')}: too long for this comment.\n\n",
        weight=weight,
    )


# --- last -----------------------------------------------------------------------------------


def grounds(comparison: Comparison) -> Section | None:
    """What the numbers rest on: who counted, which model is paid, what is missing."""
    sides = [item.after or item.before for item in comparison.prompts]
    rows = [(f"- {line}\n",) for line in _grounds([side for side in sides if side is not None])]
    if not rows:
        return None
    head, foot = folded("What the numbers rest on")
    none = "What the numbers rest on: no room here.\n\n"
    return Section(head, foot, rows, len(rows), lambda cut: f"- and {plural(cut, 'more line')}\n", none, 6)


def _grounds(sides: Sequence[State]) -> Iterator[str]:
    for basis in Basis:
        counted = [side for side in sides if side.basis is basis]
        if counted:
            error = max(side.error for side in counted)
            within = f", {percent_error(error)}" if error else ""
            yield (
                f"Tokens {basis.value}{within} for {plural(len(counted), 'prompt')}: counted with "
                f"{_some(side.tokenizer for side in counted)}."
            )
    for basis in Basis:
        paid = [side for side in sides if side.model_basis is basis and side.model]
        if paid:
            prompts = plural(len(paid), "prompt")
            yield f"Model {basis.value} for {prompts}: {_some(side.model for side in paid)}."
    if borrowed := [side for side in sides if side.priced_as]:
        yield (
            f"Priced as {_some(side.priced_as for side in borrowed)}, as no price is known: "
            f"{_some(side.model or 'unknown model' for side in borrowed)}."
        )
    if any(side.slot_tokens for side in sides):
        slots = sum(side.slot_tokens for side in sides)
        yield f"Assumed: slots hold {plural(slots, 'token')} in all; these are in the prices."
    if any(side.usd_month is not None for side in sides):
        yield "Months: the calls per month that the configuration declares."
    for count, what in (
        (sum(1 for side in sides if side.usd_per_1000 is None), "without a price"),
        (sum(1 for side in sides if side.calls_per_month is None), "without a declared volume"),
        (sum(1 for side in sides if side.included), "counted in the prompts that include it, and in no sum"),
    ):
        if count:
            yield f"{plural(count, 'prompt')} {what}."


def _some(names: Iterable[str]) -> str:
    counts = Counter(names)
    shown = ", ".join(code(name, 40) for name, _ in counts.most_common(NAMES_SHOWN))
    more = len(counts) - NAMES_SHOWN
    return f"{shown} and {number(more)} more" if more > 0 else shown


def footer(comparison: Comparison, found: Verdicts | None, foreign: bool = False) -> Section:
    """What the marks mean, and what was compared."""
    error = max((side.error for item in comparison.prompts for side in states(item)), default=0.0)
    within = f" ({percent_error(error)})" if error else ""
    marks = f"no mark: exact · {plain('~')} estimated{within} · ? assumed · {plain('*')} measured"
    prices = (
        f"Input tokens at list prices of {code(comparison.price_date, 10)}; a-b: prefix read from a cache to "
        "not cached."
    )
    text = f"Numbers: {marks}. {prices}<br>promptlint {code(comparison.promptlint, 16)}: {_sides(comparison)}"
    if found is not None:
        text += f"; results of {code(found.generated_at, 20)}"
    if foreign:
        text += f"<br>{FOREIGN}"
    return Section(head=f"<sub>{text}</sub>\n")


def _sides(comparison: Comparison) -> str:
    return f"{_commit(comparison.base)} → {_commit(comparison.head)}"


def _commit(commit: Commit) -> str:
    if not commit.sha:
        return "files on disk"
    sha = code(commit.sha[:9], 9)
    return (
        sha if not commit.name or commit.name.startswith(commit.sha[:7]) else f"{code(commit.name, 30)} {sha}"
    )
