"""Says how a figure comes about: the formula with its numbers, and where each number is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from promptlint.plan.assumptions import ALL, plain
from promptlint.plan.cases import Case, Project, base_keys, workload
from promptlint.plan.mechanisms import caches, context, prefixes, retries, routing
from promptlint.plan.quantity import Values
from promptlint.plan.stack import Priced
from promptlint.plan.steps import Step
from promptlint.plan.workload import Tier, Workload, call_usd, month_usd, tier, tokens
from promptlint.style import usd

_NAMES = {
    "static": "fixed tokens",
    "prefix": "tokens of the prefix",
    "output": "output tokens",
    "history_kept": "share of the history",
    "limit": "most retries",
    "prefix_hits": "prefix hits",
    "answer_hits": "share of requests answered by a cache",
    "batched": "share in batch jobs",
    "upkeep": "US dollars a month beside the calls",
}
_NUMBERS = frozenset(_NAMES)


def start(case: Case) -> Iterator[str]:
    """How the likely cost of a month comes about."""
    values = {key: each.value.mid for key, each in case.numbers.items()}
    load = workload(case, values)
    yield from month(load)
    yield from _conversation(load)
    if users := values["users"]:
        yield f"{plain(users)} users: {usd(month_usd(load) / users)} each a month"
    for key in base_keys(case):
        yield from _figure(case, key)
    price = case.price
    yield f"price of {price.model}: {price.source}, {price.basis.value}; model {case.model_basis.value}"


def _conversation(load: Workload) -> Iterator[str]:
    """How the input grows over a conversation, and what a window or a summary of the history makes of it."""
    turns = round(load.turns)
    if turns < 2:
        return
    turn = context.Turn(load.static, load.variable, load.output)
    whole, kept = context.conversation_input(turns, turn), max(1, turns // 2)
    read, written = context.summarized(turns, turn, kept, load.output)
    first, last = (plain(context.turn_input(number, turn)) for number in (1, turns))
    window = plain(context.windowed_input(turns, turn, kept))
    yield f"{turns} turns: {first} tokens of input in the first, {last} in the last, {plain(whole)} in all"
    summary = f"{plain(read)} with a summary of the others, {plain(written)} more to write it"
    yield f"with the last {kept} turns only {window}; {summary}"


def month(load: Workload) -> Iterator[str]:
    """The formula of a month with its numbers."""
    made = retries.attempts(retries.failing(load.failing), load.limit)
    hits = caches.of_calls(load.answer_hits, load.turns)
    parts = [f"{plain(load.calls)} requests"]
    if hits:
        parts.append(f"{1 - hits:.3g} past the cache of answers")
    if made != 1:
        parts.append(f"{made:.4g} calls each")
    extra = [f"{usd(load.misses.lookup)} a look-up"] if load.misses.lookup else []
    if load.misses.false_share and hits:
        extra.append(f"{load.misses.false_share:.1%} of hits false")
    if load.upkeep:
        extra.append(f"{usd(load.upkeep)} upkeep")
    beside = f" + {', '.join(extra)}" if extra else ""
    yield f"{' x '.join(parts)} x US dollars of a call{beside} = {usd(month_usd(load))} a month"
    for each in load.tiers:
        yield _call(load, each)


def _call(load: Workload, at: Tier) -> str:
    """One call of a tier: tokens at US dollars a million."""
    amount = tokens(load, at)
    plain_input = amount.input - amount.cached - amount.written
    price = at.price
    terms = [f"{plain(plain_input)} x ${price.input:g}"]
    if amount.cached:
        terms.append(f"{plain(amount.cached)} cached x ${price.cached_input:g}")
    if amount.written:
        terms.append(f"{plain(amount.written)} written x ${price.cache_write:g}")
    terms.append(f"{plain(amount.output)} out x ${price.output:g}")
    share = f"{at.share:.0%} of calls to " if at.share < 1 else ""
    waits = f", {load.batched:.0%} at batch prices" if load.batched else ""
    history = f", {plain(load.history)} of them history" if load.history else ""
    return f"{share}{at.model}: ({' + '.join(terms)}) / 1,000,000{waits}{history} = {usd(call_usd(load, at))}"


def step(priced: Priced, wanted: Step, shared: Project) -> Iterator[str]:
    """How the likely saving of a step comes about for one prompt: what it changes, and by which figures."""
    values = {key: each.value.mid for key, each in priced.case.numbers.items()}
    load = workload(priced.case, values)
    for each in priced.steps:
        changed = each.change(priced.case, load, values, shared)
        if each is wanted:
            before, after = month_usd(load), month_usd(changed)
            told = "; ".join(_changes(load, changed))
            yield f"{priced.case.id}: {told}: {usd(before)} - {usd(after)} = {usd(before - after)} a month"
            yield from (f"  {line}" for line in month(changed))
            if each.key == "routing":
                yield from (f"  {line}" for line in _cascade(priced.case, load, values, shared))
            if each.key == "prefix-cache":
                rate = prefixes.usd_per_million(priced.case.price, changed.prefix_hits)
                yield f"  a million tokens of the prefix: ${priced.case.price.input:g} -> ${rate:.4g}"
            yield from (f"  {line}" for key in each.uses for line in _figure(priced.case, key))
        load = changed


def _cascade(case: Case, load: Workload, values: Values, shared: Project) -> Iterator[str]:
    """What a cascade would cost instead of a classifier: first the cheap model, then the prompt's own."""
    found = shared.substitutes["simple"]
    cheap = call_usd(load, tier(1.0, found.model, found.price))
    strong, escalated = call_usd(load, load.tiers[0]), values["routing.escalation"]
    usd_now, usd_then = strong, routing.cascade_usd(cheap, strong, escalated)
    calls = month_usd(load) / usd_now if usd_now else 0.0
    yield (
        f"as a cascade instead: {usd(calls * usd_then)} a month if {escalated:.0%} of first answers escalate "
        f"({usd(calls * routing.wasted_usd(cheap, escalated))} of it wasted on them); it pays up to "
        f"{routing.break_even_escalation(cheap, strong):.0%}"
    )


def _figure(case: Case, key: str) -> Iterator[str]:
    known = case.numbers.get(key)
    if known is not None and (known.value.mid or known.value.width):
        says = f", {ALL[key].says}" if key in ALL else ""
        yield f"{key} = {plain(known.value.mid)}{says} ({known.value.basis.value}; {known.source})"


def _changes(before: Workload, after: Workload) -> Iterator[str]:
    for each in fields(Workload):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new and each.name in _NUMBERS:
            yield f"{_NAMES[each.name]} {plain(old)} -> {plain(new)}"
    if before.tiers != after.tiers:
        yield f"{_mix(before)} -> {_mix(after)}"
    if before.failing != after.failing:
        yield f"calls that fail {retries.failing(before.failing):.1%} -> {retries.failing(after.failing):.1%}"
    if before.marked != after.marked:
        yield "the prefix is cached"


def _mix(load: Workload) -> str:
    return ", ".join(f"{each.share:.0%} {each.model}" for each in load.tiers)
