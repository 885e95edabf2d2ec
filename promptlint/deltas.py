"""What renderers of a comparison share: differences and their labels, words, and what matters most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint.changes import FAILING, Comparison, Money, Note, PromptChange, Severity, State, Verdict
from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.reporting import weakest
from promptlint.style import MARKS, marked, number, plural, usd_range

_ORDER: tuple[Verdict, ...] = ("unchanged", "pass", "warn", "fail", "error")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
NOISE = 1e-6
"""US dollars below which a difference is none: sums of floats are not exact."""


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
    if before is None or after is None:
        return False
    return _model_lost(before, after) or (_is_priced(before) and not _is_priced(after))


def unknown_words(change: PromptChange) -> str:
    """What was known of a prompt and is not any more: its model, or its price; empty if nothing."""
    before, after = change.before, change.after
    if before is None or after is None or not unpriced_now(change):
        return ""
    return f"{'model' if _model_lost(before, after) else 'price'} not known any more"


def dearer(change: PromptChange) -> bool:
    """True if 1,000 calls, or a month, cost more than before where nothing is read from a cache.

    A price that was not known before is no rise; one that was borrowed or assumed is taken as it is.
    """
    both = counted(change)
    if both.after is None:
        return False
    for monthly in (False, True):
        was = (0.0, 0.0) if both.before is None else _usd(both.before, monthly)
        now = _usd(both.after, monthly)
        if was is not None and now is not None and max(now) - max(was) >= NOISE:
            return True
    return False


def model_changes(change: PromptChange) -> bool:
    """True if the model is another, or was known and is assumed now."""
    before, after = change.before, change.after
    if before is None or after is None:
        return False
    return before.model != after.model or _model_lost(before, after)


def assumed_mark(state: State) -> str:
    """What follows the name of its model: `?` if that is assumed."""
    return MARKS[Basis.ASSUMED] if state.model and state.model_basis is Basis.ASSUMED else ""


def _model_lost(before: State, after: State) -> bool:
    """True if the model was known, and is assumed now."""
    assumed = Basis.ASSUMED
    return bool(before.model) and before.model_basis is not assumed and after.model_basis is assumed


def _is_priced(state: State) -> bool:
    return state.usd_per_1000 is not None and not state.priced_as


def breaks_cache(change: PromptChange) -> bool:
    """True if a filled cache serves less than before, and less than it could hold now."""
    cache = change.cache
    return cache is not None and cache.kept < cache.before and (not cache.kept or cache.kept < cache.after)


def money(change: PromptChange, monthly: bool) -> Money | None:
    """US dollars of a month or of 1,000 calls, after - before; None if a side is not known.

    Cached is compared with cached, but a known price or model with no borrowed or assumed one: that would be
    no difference.
    """
    if len({(bool(side.priced_as), side.model_basis is Basis.ASSUMED) for side in states(change)}) > 1:
        return None
    ends = [_usd(side, monthly) if side else (0.0, 0.0) for side in (change.before, change.after)]
    if ends[0] is None or ends[1] is None:
        return None
    pair = (_seen(ends[1][0] - ends[0][0]), _seen(ends[1][1] - ends[0][1]))
    return min(pair), max(pair)


def _seen(usd: float) -> float:
    return 0.0 if abs(usd) < NOISE else usd


def money_basis(change: PromptChange) -> Basis:
    """Where such a difference comes from: the tokens that slots are assumed to hold cancel out."""
    sides = states(change)
    if len({side.slot_tokens for side in sides}) == 1 and len(sides) == 2:
        models = (side.model_basis for side in sides)
        borrowed = (Basis.ASSUMED for side in sides if side.priced_as)
        return weakest((*(side.basis for side in sides), *models, *borrowed))
    return weakest(map(usd_basis, sides))


def difference(prompts: Iterable[PromptChange]) -> Difference:
    """The sum over prompts, without those that others include; of a month if that leaves out no price."""
    items = [item for item in map(counted, prompts) if states(item)]
    months = [item for item in items if money(item, True) is not None]
    monthly = bool(months) and len(months) == sum(1 for item in items if money(item, False) is not None)
    known = [(item, ends) for item in items if (ends := money(item, monthly)) is not None]
    return Difference(
        tokens=sum(map(token_difference, items)),
        basis=weakest(side.basis for item in items for side in states(item)),
        usd=(_seen(sum(low for (_, (low, _)) in known)), _seen(sum(high for (_, (_, high)) in known)))
        if known
        else None,
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
    """True if the text differs in nothing that is counted or listed, its slots where they were."""
    found = change.findings
    listed = (change.contract_losses, change.contract_gains, change.contract_moves, found.new, found.fixed)
    before, after = change.before, change.after
    if before is None or after is None or not change.edited or any(listed) or change.cache:
        return False
    return _counts(before) == _counts(after)


def _counts(state: State) -> tuple[object, ...]:
    return state.tokens, state.slot_tokens, state.prefix_tokens, state.cacheable_tokens, state.model


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
    if any(note.severity in FAILING[comparison.fail_on] for note in every(comparison)):
        worst.append("fail")
    if comparison.guards or comparison.skipped or any(map(needs_look, comparison.prompts)):
        worst.append("warn")
    if comparison.prompts or comparison.findings.fixed or comparison.findings.new:
        worst.append("pass")
    return max(worst, key=_ORDER.index)


def needs_look(change: PromptChange) -> bool:
    """True if a prompt is gone, costs more, requires less or otherwise, or is less known or less cached."""
    changes = change.status == "removed" or change.contract_losses or change.contract_moves
    return bool(changes) or unpriced_now(change) or dearer(change) or breaks_cache(change)


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_ORDER.index)
