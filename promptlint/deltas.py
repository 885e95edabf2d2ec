"""What renderers of a comparison share: differences and their labels, words, and what matters most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from promptlint.changes import Comparison, Item, Money, Move, Note, PromptChange, Severity, State, Verdict
from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.reporting import weakest
from promptlint.style import MARKS, marked, number, plural, usd_range

NOUNS = {
    "requirement": ("requirement", "requirements"),
    "heading": ("heading", "headings"),
    "slot": ("slot", "slots"),
    "label": ("label", "labels"),
    "field": ("field", "fields"),
    "url": ("address", "addresses"),
    "code": ("piece of code", "pieces of code"),
    "example": ("example", "examples"),
}
"""What an item of a contract is called, once and often; others are items."""

_ITEM = ("item", "items")
_ORDER: tuple[Verdict, ...] = ("unchanged", "pass", "warn", "fail", "error")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_FAILING = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


@dataclass(frozen=True, slots=True)
class Difference:
    """What all prompts together come to, after - before.

    `usd` is a month's where `monthly`, else that of 1,000 calls of each; None: not known of any prompt.
    `uncounted` prompts are not in it: the price, or the volume, of one of their sides is not known.
    """

    tokens: int
    basis: Basis
    usd: Money | None
    usd_basis: Basis
    monthly: bool
    uncounted: int


# --- numbers --------------------------------------------------------------------------------


def states(change: PromptChange) -> tuple[State, ...]:
    """The sides that there are, the one before first."""
    return tuple(side for side in (change.before, change.after) if side is not None)


def usd_basis(state: State) -> Basis:
    """Where the price of a prompt comes from: its tokens, its model, what its slots hold."""
    assumed = state.slot_tokens > 0 or bool(state.priced_as)
    return weakest((state.basis, state.model_basis, *((Basis.ASSUMED,) if assumed else ())))


def token_difference(change: PromptChange) -> int:
    """Static tokens of one call, after - before."""
    before, after = change.before, change.after
    return (after.tokens if after else 0) - (before.tokens if before else 0)


def unpriced_now(change: PromptChange) -> bool:
    """True if the price of the prompt was known, and is not any more, or is that of another model."""
    before, after = change.before, change.after
    return before is not None and after is not None and _is_priced(before) and not _is_priced(after)


def _is_priced(state: State) -> bool:
    return state.usd_per_1000 is not None and not state.priced_as


def breaks_cache(change: PromptChange) -> bool:
    """True if a filled cache serves less than before, and less than it could hold now."""
    cache = change.cache
    return cache is not None and cache.kept < cache.before and (not cache.kept or cache.kept < cache.after)


def money(change: PromptChange, monthly: bool) -> Money | None:
    """US dollars of a month or of 1,000 calls, after - before; None if a side is not known.

    Cached is compared with cached, but a known price with no borrowed one: that would be no difference.
    """
    if len({bool(side.priced_as) for side in states(change)}) > 1:
        return None
    ends = [_usd(side, monthly) if side else (0.0, 0.0) for side in (change.before, change.after)]
    if ends[0] is None or ends[1] is None:
        return None
    pair = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1])
    return min(pair), max(pair)


def money_basis(change: PromptChange) -> Basis:
    """Where such a difference comes from: the tokens that slots are assumed to hold cancel out."""
    sides = states(change)
    if len({side.slot_tokens for side in sides}) == 1 and len(sides) == 2:
        models = (side.model_basis for side in sides)
        borrowed = (Basis.ASSUMED for side in sides if side.priced_as)
        return weakest((*(side.basis for side in sides), *models, *borrowed))
    return weakest(map(usd_basis, sides))


def difference(prompts: Iterable[PromptChange]) -> Difference:
    """The sum over prompts; those that others include are counted there."""
    items = [item for item in map(counted, prompts) if states(item)]
    monthly = any(money(item, True) is not None for item in items)
    known = [(item, ends) for item in items if (ends := money(item, monthly)) is not None]
    return Difference(
        tokens=sum(map(token_difference, items)),
        basis=weakest(side.basis for item in items for side in states(item)),
        usd=(sum(ends[0] for _, ends in known), sum(ends[1] for _, ends in known)) if known else None,
        usd_basis=weakest(money_basis(item) for item, _ in known),
        monthly=monthly,
        uncounted=len(items) - len(known),
    )


def counted(change: PromptChange) -> PromptChange:
    """The prompt as sums take it: without a side that is counted in the prompts that include it."""
    before, after = (
        None if side is not None and side.included else side for side in (change.before, change.after)
    )
    return replace(change, before=before, after=after)


def uncounted_words(sums: Difference) -> str:
    """Which prompts the money leaves out: ` (2 prompts not in it: no price)`; empty if none."""
    if not sums.uncounted or sums.usd is None:
        return ""
    why = "no price or no volume" if sums.monthly else "no price"
    return f" ({plural(sums.uncounted, 'prompt')} not in it: {why})"


def _usd(state: State, monthly: bool) -> Money | None:
    return state.usd_month if monthly else state.usd_per_1000


def signed(value: int, basis: Basis) -> str:
    """A difference of tokens: `-412`, `+37`, `~-412` if estimated."""
    sign = "+" if value > 0 else ""
    mark = MARKS[basis]
    return f"{mark}{sign}{number(value)}" if mark == "~" else f"{sign}{number(value)}{mark}"


def signed_usd(ends: Money, basis: Basis) -> str:
    """A difference of money: `+$2.05-4.1`, `-$1,240 to -$310`, marked."""
    low, high = sorted(ends)
    words = usd_range((low, high))
    if low >= 0 < high:
        words = f"+{words}"
    elif high > 0:
        words = f"{usd_range((low, low))} to +{usd_range((high, high))}"
    return with_mark(words, basis)


def with_mark(words: str, basis: Basis) -> str:
    """Words of money with the mark of their basis."""
    mark = MARKS[basis]
    return mark + words if mark == "~" else words + mark


def tokens_of(state: State) -> str:
    """The tokens of a side, marked."""
    return marked(state.tokens, state.basis)


# --- words ----------------------------------------------------------------------------------


def noun(item: Item | Move, count: int = 1) -> str:
    """What an item of a contract is called."""
    return NOUNS.get(item.what, _ITEM)[count != 1]


def items_words(items: Sequence[Item | Move]) -> str:
    """How many items of each kind: `2 requirements, 1 slot`."""
    counts = Counter(NOUNS.get(item.what, _ITEM) for item in items)
    return ", ".join(f"{number(count)} {names[count != 1]}" for names, count in counts.items())


def severities(notes: Iterable[Note]) -> str:
    """How many findings of each severity: `1 error, 2 warnings, 3 info`; empty if there are none."""
    counts = Counter(note.severity for note in notes)
    return ", ".join(_severity(name, counts[name]) for name in _SEVERITIES if counts[name])


def _severity(name: Severity, count: int) -> str:
    return f"{number(count)} info" if name == "info" else plural(count, name)


def status_words(prompts: Iterable[PromptChange]) -> str:
    """How many prompts there are of each status: `3 prompts changed, 1 added`."""
    counts = Counter(item.status for item in prompts)
    parts = [(name, counts[name]) for name in ("changed", "added", "removed", "moved") if counts[name]]
    first = [f"{plural(count, 'prompt')} {name}" for name, count in parts[:1]]
    return ", ".join(first + [f"{number(count)} {name}" for name, count in parts[1:]])


def cache_words(change: PromptChange) -> str:
    """What becomes of the cached prefix, short; empty if nothing changes."""
    cache = change.cache
    if cache is None:
        return ""
    if not cache.after:
        return f"prefix not cached any more, was {plural(cache.before, 'token')}"
    if not cache.kept:
        return "cache prefix broken"
    if breaks_cache(change):
        return f"cache prefix cut to {number(cache.kept)} of {plural(cache.before, 'token')}"
    return f"cacheable prefix {plural(cache.after, 'token')}, was {number(cache.before)}"


def reworded(change: PromptChange) -> bool:
    """True if the text differs in nothing that is counted or listed: in words or white space alone."""
    found = change.findings
    listed = (change.contract_losses, change.contract_gains, change.contract_moves, found.new, found.fixed)
    both = change.before is not None and change.after is not None
    return change.edited and both and not any(listed) and not token_difference(change) and not change.cache


def over_budget(change: PromptChange) -> int:
    """Tokens over the budget after the change."""
    after = change.after
    return max(0, after.tokens - after.budget) if after is not None and after.budget is not None else 0


# --- what matters ---------------------------------------------------------------------------


def every(comparison: Comparison, fixed: bool = False) -> Iterator[Note]:
    """The new (or the fixed) findings of prompts and of files."""
    for found in (comparison.findings, *(item.findings for item in comparison.prompts)):
        yield from found.fixed if fixed else found.new


def standing(comparison: Comparison) -> Verdict:
    """The verdict, and never a better one than what is listed allows: a document may be forged."""
    worst = [comparison.verdict]
    if comparison.errors:
        worst.append("error")
    if any(note.severity in _FAILING[comparison.fail_on] for note in every(comparison)):
        worst.append("fail")
    if comparison.guards or comparison.skipped:
        worst.append("warn")
    if comparison.prompts or comparison.findings.fixed or comparison.findings.new:
        worst.append("pass")
    return max(worst, key=_ORDER.index)


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_ORDER.index)


def ranked(prompts: Iterable[PromptChange]) -> list[PromptChange]:
    """The prompts, those that most need a look first."""
    return sorted(prompts, key=_rank)


def _rank(change: PromptChange) -> tuple[object, ...]:
    counts = Counter(note.severity for note in change.findings.new)
    most = max(map(abs, money(change, True) or (0.0,)))
    per_1000 = max(map(abs, money(change, False) or (0.0,)))
    return (
        -counts["error"],
        -len(change.contract_losses),
        not over_budget(change),
        change.cache is None,
        -counts["warning"],
        -most,
        -per_1000,
        -abs(token_difference(change)),
        change.id,
    )
