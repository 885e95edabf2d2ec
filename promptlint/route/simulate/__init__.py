"""What traffic costs, and how good its answers are, once it is routed by a plan: a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promptlint import __version__, costs, prices
from promptlint.model import Basis
from promptlint.plan.assumptions import EFFECTS
from promptlint.plan.quantity import Quantity, around, exactly, total
from promptlint.planned import Range
from promptlint.route.compiled import Plan
from promptlint.route.policy import Policy
from promptlint.route.simulate.routed import Routed, Sums, routed
from promptlint.route.simulate.traffic import Traffic
from promptlint.simulated import SCHEMA_VERSION, Simulation, TierSum
from promptlint.simulated import Flow as Shown


def simulated(plan: Plan, rules: Policy, traffic: Traffic) -> Simulation:
    """The simulation of some traffic.

    The range of a prompt's dollars holds all that its figures may give; that of a sum is the sum of them, and
    so not too narrow where prompts share an assumption.

    Args:
        plan: whose routes the traffic takes.
        rules: the policy of the plan, for prices.
        traffic: the requests; its `escalation` is the share of first answers that fail a validator where
            neither a log nor an eval shows it; None: as assumed for `promptlint plan`.
    """
    escalation = traffic.escalation or EFFECTS["routing.escalation"].value
    found: list[Sums] = []
    unpriced: dict[str, float] = {}
    for group in traffic.groups:
        sums = routed(group, plan, rules, escalation)
        if isinstance(sums, Sums):
            found.append(sums)
        else:
            unpriced[sums] = unpriced.get(sums, 0.0) + group[0].requests.mid
    rows = [row for sums in found for row in sums.flows]
    rows.sort(key=lambda row: (-row.now.mid, row.flow.route.prompt, row.tier, row.flow.model))
    requests = total(sums.requests for sums in found)
    now, after = total(sums.now for sums in found), total(sums.after for sums in found)
    left = (
        f"the price of {name} is not known: {count:,.0f} requests are left out"
        for name, count in unpriced.items()
    )
    return Simulation(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        kind="route-simulation",
        manifest_sha256=plan.manifest_sha256,
        policy_sha256=plan.policy_sha256,
        policy=plan.policy,
        price_date=prices.snapshot_date(),
        traffic=traffic.kind,
        period="log" if traffic.kind == "logged" else "month",
        requests=_range(requests),
        now=_range(now),
        after=_range(after),
        saved=_range(_saved(now, after)),
        quality_now=_mean((row.requests, row.quality_now) for row in rows),
        quality=_mean((row.requests, row.quality) for row in rows),
        tiers=tuple(_tiers(rows, plan, requests)),
        flows=tuple(_shown(row) for row in rows),
        notes=(*traffic.notes, *left, *_doubts(rows)),
    )


# --- sums --------------------------------------------------------------------------------------


def _tiers(found: Sequence[Routed], plan: Plan, requests: Quantity) -> Iterator[TierSum]:
    for name in (*(tier.tier for tier in plan.tiers), ""):
        rows = [row for row in found if row.tier == name]
        if not rows:
            continue
        calls = total(row.requests for row in rows)
        yield TierSum(
            tier=name,
            models=tuple(dict.fromkeys(row.steps[0].model for row in rows)),
            share=_range(_part(calls, requests)),
            requests=_range(calls),
            escalated=_mean((row.requests, row.escalated) for row in rows) or _range(exactly(0.0)),
            now=_range(total(row.now for row in rows)),
            after=_range(total(row.after for row in rows)),
            quality=_mean((row.requests, row.quality) for row in rows),
        )


def _part(some: Quantity, whole: Quantity) -> Quantity:
    """A share of a sum: low goes with low, as both rest on the same traffic."""
    if not whole.mid:
        return exactly(0.0)
    ends = [min(1.0, a / b) for a, b in ((some.low, whole.low), (some.high, whole.high)) if b]
    return around(some.mid / whole.mid, ends, costs.weakest(some.basis, whole.basis))


def _saved(now: Quantity, after: Quantity) -> Quantity:
    """1 - after / now: low goes with low, as both rest on the same traffic."""
    if not now.mid:
        return exactly(0.0)
    ends = [1 - b / a for a, b in ((now.low, after.low), (now.high, after.high)) if a]
    return around(1 - after.mid / now.mid, ends, costs.weakest(now.basis, after.basis))


def _mean(rows: Iterable[tuple[Quantity, Quantity | None]]) -> Range | None:
    """The mean, weighted by likely requests; None if it is not known for all of them."""
    known = [(weight.mid, value) for weight, value in rows if weight.mid]
    whole = sum(weight for weight, _ in known)
    values = [(weight / whole, value) for weight, value in known if value is not None]
    if not known or len(values) < len(known):
        return None
    return _range(total(value * exactly(weight, Basis.MEASURED) for weight, value in values))


# --- what is shown -----------------------------------------------------------------------------


def _range(value: Quantity) -> Range:
    return Range(value.low, value.mid, value.high, value.basis)


def _maybe(value: Quantity | None) -> Range | None:
    return None if value is None else _range(value)


def _shown(row: Routed) -> Shown:
    flow = row.flow
    return Shown(
        prompt=flow.route.prompt,
        tier=row.tier,
        models=tuple(step.model for step in row.steps),
        in_use=flow.model,
        why=flow.why or flow.route.reason,
        requests=_range(row.requests),
        input_tokens=_range(flow.input),
        output_tokens=_range(flow.output),
        escalated=_range(row.escalated),
        now=_range(row.now),
        after=_range(row.after),
        quality_now=_maybe(row.quality_now),
        quality=_maybe(row.quality),
        derivation=_derivation(row),
    )


def _derivation(row: Routed) -> str:
    flow = row.flow
    terms = []
    for place, (step, price) in enumerate(zip(row.steps, row.prices, strict=False)):
        call = f"({flow.input.mid:,.0f} x ${price.input:g} + {flow.output.mid:,.0f} x ${price.output:g}) / 1M"
        often = f"{row.escalated.mid**place:.3g} x " if place else ""
        terms.append(f"{often}{call} [{step.model}]")
    return f"{row.requests.mid:,.0f} x {' + '.join(terms)} = ${row.after.mid:,.2f}"


def _doubts(found: Sequence[Routed]) -> Iterator[str]:
    if found:
        yield "other models are taken to need the same tokens as the one in use: estimated"
    if any(each.flow.route.batch for each in found):
        yield "what batch jobs save is not counted: see promptlint plan"
    if any(each.quality is None for each in found):
        yield "quality is not known for all requests: no eval has measured every model with its prompt's text"
    if any(each.escalated.high and each.escalated.basis is Basis.ASSUMED for each in found):
        yield "escalation rates are assumed where no log counts them"
    if any(each.flow.route.basis == "unproven" or (each.flow.tier and not each.quality) for each in found):
        yield "requests go to models that no eval has shown to be good enough: a figure of cost only"
