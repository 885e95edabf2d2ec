"""Reads the traffic that is simulated: logged requests as JSON lines, or the volumes of a usage file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from promptlint.errors import UsageError
from promptlint.model import Basis
from promptlint.plan.assumptions import USAGE
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.usage import Usage
from promptlint.records import dataclass
from promptlint.route.compiled import Plan, Route
from promptlint.route.evidence import lower_bound
from promptlint.route.manifest import Entry
from promptlint.route.requests.logs import lines

CONFIDENCE = 0.95
"""Of each of the two one-sided bounds of a share that a log shows."""

_WHOLE = exactly(1.0)
_MOST = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Flow:
    """Requests of one prompt that start at one tier; tokens and dollars are of one request, on average.

    `tier` None: where the plan sends the prompt. `share` is the part of `requests` that this flow is; None:
    what the flows of the prompt beside it leave. `usd` is what a request has cost, None if it is not logged;
    `passed` the share of answers that were good enough, `escalated` that of first answers that were not,
    None if nobody has counted.
    """

    route: Route
    tier: str | None
    model: str
    requests: Quantity
    input: Quantity
    output: Quantity
    share: Quantity | None = _WHOLE
    cached: float = 0.0
    usd: float | None = None
    passed: Quantity | None = None
    escalated: Quantity | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Flows, those that share the requests of a prompt together; and what is to know of them."""

    groups: tuple[tuple[Flow, ...], ...]
    notes: tuple[str, ...]
    kind: Literal["logged", "assumed"]
    escalation: Quantity | None = None


@dataclass(slots=True)
class _Sum:
    """What the lines of one flow add up to."""

    requests: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    usd: float = 0.0
    billed: int = 0
    judged: int = 0
    passed: int = 0
    watched: int = 0
    escalated: int = 0
    unsaid: int = 0


def share(passed: int, cases: int) -> Quantity | None:
    """A measured share between its two one-sided exact bounds; None of no cases."""
    if not cases:
        return None
    low = lower_bound(passed, cases, CONFIDENCE)
    high = 1 - lower_bound(cases - passed, cases, CONFIDENCE)
    return Quantity(low, passed / cases, high, Basis.MEASURED)


# --- logs --------------------------------------------------------------------------------------


def logged(files: Sequence[Path], plan: Plan, entries: Sequence[Entry]) -> Traffic:
    """The traffic of logs.

    Args:
        files: JSON lines. `prompt` is an id (it may be missing if the plan has one route); `model` who
            answered (missing: the model in use), `input_tokens`, `output_tokens`, `cached_tokens` what the
            provider counted, `usd` what it cost, `passed` and `escalated` (true, false) what became of it,
            `tier` where it is to start, `requests` how many such requests the line stands for.
        plan: whose routes they take.
        entries: of the manifest, for the models in use.

    Raises:
        UsageError: a file cannot be read, a line is wrong, or no request is of a prompt that has a route; the
            message names the file, and of a line its number.
    """
    routes = {route.prompt: route for route in plan.routes}
    used = {entry.id: entry.model for entry in entries}
    tiers = [tier.tier for tier in plan.tiers]
    sums: dict[tuple[str, str | None, str], _Sum] = {}
    strange: dict[str, int] = {}
    for where, row in lines(files):
        count = _count(row, "requests", where, 1)
        prompt = _prompt(row, where, routes)
        if prompt not in routes:
            strange[prompt] = strange.get(prompt, 0) + count
            continue
        tier = _word(row, "tier", where)
        if tier is not None and tier not in tiers:
            raise UsageError(f"{where}: `tier`: {tier!r} is none of {', '.join(tiers)}")
        key = (prompt, tier, _word(row, "model", where) or used[prompt])
        _add(sums.setdefault(key, _Sum()), row, where, count)
    unsaid = sum(found.unsaid for found in sums.values())
    notes = []
    if strange:
        count = sum(strange.values())
        notes.append(f"{count:,} requests are of prompts that have no route: {_first(strange, routes)}")
    if strange and not sums:
        raise UsageError(f"{', '.join(map(str, files))}: {notes[0]}; there is nothing to simulate")
    if unsaid:
        notes.append(f"{unsaid:,} requests have no token counts: those of their prompt are taken, estimated")
    flows = (_flow(routes[key[0]], key[1], key[2], found) for key, found in sums.items())
    return Traffic(tuple((flow,) for flow in flows), tuple(notes), "logged")


def _first(strange: Mapping[str, int], routes: Mapping[str, Route]) -> str:
    name = max(strange, key=lambda each: strange[each])
    close = get_close_matches(name, list(routes), 1)
    return repr(name) + (f" (did you mean {close[0]}?)" if close else "")


def _prompt(row: Mapping[str, object], where: str, routes: Mapping[str, Route]) -> str:
    name = _word(row, "prompt", where)
    if name is None and len(routes) != 1:
        raise UsageError(f"{where}: the key `prompt` is missing: the plan has {len(routes)} routes")
    return next(iter(routes)) if name is None else name


def _add(found: _Sum, row: Mapping[str, object], where: str, count: int) -> None:
    found.requests += count
    if row.get("input_tokens") is None or row.get("output_tokens") is None:
        found.unsaid += count
    found.input += count * _count(row, "input_tokens", where, 0)
    found.output += count * _count(row, "output_tokens", where, 0)
    found.cached += count * _count(row, "cached_tokens", where, 0)
    if _count(row, "cached_tokens", where, 0) > _count(row, "input_tokens", where, 0):
        raise UsageError(f"{where}: more `cached_tokens` than `input_tokens`")
    usd = row.get("usd")
    if usd is not None:
        if isinstance(usd, bool) or not isinstance(usd, (int, float)) or not 0 <= usd < _MOST:
            raise UsageError(f"{where}: `usd`: expected US dollars of one request")
        found.usd, found.billed = found.usd + count * usd, found.billed + count
    for name, all_, some in (("passed", "judged", "passed"), ("escalated", "watched", "escalated")):
        value = row.get(name)
        if value is not None:
            if not isinstance(value, bool):
                raise UsageError(f"{where}: `{name}`: expected true or false")
            setattr(found, all_, getattr(found, all_) + count)
            setattr(found, some, getattr(found, some) + count * value)


def _flow(route: Route, tier: str | None, model: str, found: _Sum) -> Flow:
    counted = found.requests - found.unsaid
    basis = Basis.MEASURED if not found.unsaid else Basis.ESTIMATED
    input_ = (found.input + found.unsaid * route.input_tokens) / found.requests
    output = found.output / counted if counted else USAGE["output_tokens"].value.mid
    return Flow(
        route=route,
        tier=tier,
        model=model,
        requests=exactly(float(found.requests), Basis.MEASURED),
        input=exactly(input_, basis),
        output=exactly(output, basis if counted else Basis.ASSUMED),
        cached=found.cached / found.requests,
        usd=found.usd / found.requests if found.billed == found.requests else None,
        passed=share(found.passed, found.judged),
        escalated=share(found.escalated, found.watched),
        why="the log says so" if tier is not None else "",
    )


def _word(row: Mapping[str, object], name: str, where: str) -> str | None:
    value = row.get(name)
    if value is not None and (not isinstance(value, str) or not value or len(value) > 2_000):
        raise UsageError(f"{where}: `{name}`: expected a text")
    return value


def _count(row: Mapping[str, object], name: str, where: str, default: int) -> int:
    value = row.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise UsageError(f"{where}: `{name}`: expected a whole number that is not negative")
    return value


# --- volumes -----------------------------------------------------------------------------------


def assumed(plan: Plan, entries: Sequence[Entry], usage: Usage) -> Traffic:
    """The traffic of a month, by the usage file and by what prompts declare.

    `assume.routing.simple` and `.medium` of the file split the requests of prompts that neither an author nor
    an eval has decided over the tiers: what a classifier of requests would do.

    Raises:
        UsageError: the file states such shares, and the policy has other than two or three tiers.
    """
    by_id = {entry.id: entry for entry in entries}
    split = _split(plan, usage)
    groups: list[tuple[Flow, ...]] = []
    left = 0
    for route in plan.routes:
        stated = usage.number("calls_per_month", route.prompt)
        calls = stated.value if stated else None
        if calls is None and route.calls_per_month is not None:
            calls = exactly(float(route.calls_per_month), Basis.ESTIMATED)
        if calls is None:
            left += 1
            continue
        groups.append(tuple(_flows(route, by_id[route.prompt], calls, usage, split)))
    notes = (f"{left} prompts have no volume, and are left out",) if left else ()
    stated = usage.assume.get("routing.escalation")
    return Traffic(tuple(groups), notes, "assumed", stated.value if stated else None)


def _flows(
    route: Route,
    entry: Entry,
    calls: Quantity,
    usage: Usage,
    split: Sequence[tuple[str, Quantity | None]],
) -> Iterator[Flow]:
    tokens = _input(entry, usage), _output(entry, usage)
    if not split or route.basis in {"declared", "proven"}:
        yield Flow(route, None, entry.model, calls, *tokens)
        return
    for tier, part in split:
        why = f"{part.mid:.0%} of its requests, {part.basis.value}" if part else "the rest of its requests"
        yield Flow(route, tier, entry.model, calls, *tokens, share=part, why=why)


def _split(plan: Plan, usage: Usage) -> tuple[tuple[str, Quantity | None], ...]:
    """The tiers with their shares; the last takes the rest."""
    simple, medium = (usage.assume.get(f"routing.{name}") for name in ("simple", "medium"))
    if simple is None:
        return ()
    names = [tier.tier for tier in plan.tiers]
    if len(names) not in {2, 3}:
        raise UsageError(f"{simple.place}: shares of two or three tiers; the policy has {len(names)}")
    parts: list[Quantity | None] = [simple.value]
    if len(names) == 3:
        parts.append(medium.value if medium else exactly(0.0))
    if sum(part.high for part in parts if part) > 1 + 1e-9:
        raise UsageError(f"{simple.place}: the shares of tiers may come to more than one whole")
    return tuple(zip(names, [*parts, None], strict=True))


def _input(entry: Entry, usage: Usage) -> Quantity:
    """Static tokens, and what slots and the user say: as for `promptlint plan`."""
    static = exactly(float(entry.tokens), Basis.ESTIMATED)
    said = usage.number("variable_tokens", entry.id)
    if said is not None:
        return static + said.value
    if not entry.slots:
        return static + USAGE["variable_tokens"].value
    slot = usage.number("slot_tokens", entry.id)
    each = slot.value if slot else USAGE["slot_tokens"].value
    return static + each * exactly(float(len(entry.slots)))


def _output(entry: Entry, usage: Usage) -> Quantity:
    stated = usage.number("output_tokens", entry.id)
    if stated is not None:
        return stated.value
    if entry.traits.output_tokens is not None:
        return exactly(float(entry.traits.output_tokens), Basis.ESTIMATED)
    return USAGE["output_tokens"].value
