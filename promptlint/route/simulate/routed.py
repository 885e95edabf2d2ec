"""One prompt's traffic, routed: what it costs now and then, and how good its answers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint import prices
from promptlint.model import Basis
from promptlint.plan.mechanisms.pricing import Tokens, call_usd
from promptlint.plan.mechanisms.routing import cascade_usd
from promptlint.plan.quantity import Quantity, around, exactly, spread
from promptlint.prices import Price
from promptlint.records import dataclass
from promptlint.route import evidence
from promptlint.route.abilities import ability
from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.policy import Policy
from promptlint.route.simulate.traffic import Flow

_NONE = exactly(0.0)


@dataclass(frozen=True, slots=True)
class Routed:
    """One flow, computed: `requests` are its own, dollars are of all of them."""

    flow: Flow
    steps: tuple[Step, ...]
    prices: tuple[Price, ...]
    escalated: Quantity
    requests: Quantity
    now: Quantity
    after: Quantity
    quality_now: Quantity | None
    quality: Quantity | None

    @property
    def tier(self) -> str:
        """The tier that it starts at; empty: none."""
        return self.flow.tier if self.flow.tier is not None else self.steps[0].tier


@dataclass(frozen=True, slots=True)
class Sums:
    """The flows of one prompt's requests, and what they come to together."""

    flows: tuple[Routed, ...]
    requests: Quantity
    now: Quantity
    after: Quantity


@dataclass(frozen=True, slots=True)
class _Chain:
    """A flow with the models that answer it, which all have a price."""

    flow: Flow
    used: Price
    steps: tuple[Step, ...]
    prices: tuple[Price, ...]
    escalated: Quantity


def routed(flows: Sequence[Flow], plan: Plan, rules: Policy, escalation: Quantity) -> Sums | str:
    """The flows that share one prompt's requests; or the name of a model without a price.

    The shares of the flows move together: what one takes, another has not.
    """
    chains = []
    for flow in flows:
        chain = _chain(flow, plan, rules, escalation)
        if isinstance(chain, str):
            return chain
        chains.append(chain)
    first = flows[0]
    given = {"requests": first.requests, "input": first.input, "output": first.output}
    for place, chain in enumerate(chains):
        given[f"escalated.{place}"] = chain.escalated
        if chain.flow.share is not None:
            given[f"share.{place}"] = chain.flow.share

    def formula(values: Mapping[str, float]) -> list[float]:
        stated = [values.get(f"share.{place}") for place in range(len(chains))]
        rest = max(0.0, 1 - sum(share for share in stated if share is not None))
        rows = [
            (part, part * _now(chain, values), part * _after(chain, values, values[f"escalated.{place}"]))
            for place, chain in enumerate(chains)
            for part in [values["requests"] * (rest if stated[place] is None else stated[place] or 0.0)]
        ]
        return [*(sum(column) for column in zip(*rows, strict=True)), *(cell for row in rows for cell in row)]

    whole, now, after, *each = spread(formula, given)
    found = tuple(
        Routed(
            flow=chain.flow,
            steps=chain.steps,
            prices=chain.prices,
            escalated=chain.escalated,
            requests=each[3 * place],
            now=each[3 * place + 1],
            after=each[3 * place + 2],
            quality_now=_quality_now(chain.flow),
            quality=_quality(chain.flow, chain.steps, chain.escalated),
        )
        for place, chain in enumerate(chains)
    )
    return Sums(found, whole, now, after)


def _chain(flow: Flow, plan: Plan, rules: Policy, escalation: Quantity) -> _Chain | str:
    steps = _steps(flow, plan)
    escalated = _escalated(flow, steps, escalation)
    used = _price(flow.model, rules)
    if used is None:
        return flow.model
    found = []
    for step in steps if escalated.high else steps[:1]:
        price = _price(step.model, rules)
        if price is None:
            return step.model
        found.append(price)
    return _Chain(flow, used, steps, tuple(found), escalated)


def _tokens(chain: _Chain, values: Mapping[str, float]) -> Tokens:
    return Tokens(values["input"], values["output"], min(chain.flow.cached, values["input"]))


def _now(chain: _Chain, values: Mapping[str, float]) -> float:
    """US dollars of a request with the model in use: as billed, if that is logged."""
    return chain.flow.usd if chain.flow.usd is not None else call_usd(_tokens(chain, values), chain.used)


def _after(chain: _Chain, values: Mapping[str, float], escalated: float) -> float:
    """US dollars of a request as routed; each further model answers so many of those before it."""
    usd, *before = (call_usd(_tokens(chain, values), price) for price in reversed(chain.prices))
    for cheaper in before:
        usd = cascade_usd(cheaper, usd, escalated)
    return usd


def _steps(flow: Flow, plan: Plan) -> tuple[Step, ...]:
    """The models of a flow: its route's from its tier on; that of the tier if the route has it not."""
    own = flow.route.steps
    if flow.tier is None:
        return own
    places = [place for place, step in enumerate(own) if step.tier == flow.tier]
    if places:
        return own[places[0] :]
    names = [tier.tier for tier in plan.tiers]
    after = plan.tiers[names.index(flow.tier) :]
    return after if plan.cascade else after[:1]


def _price(model: str, rules: Policy) -> prices.Price | None:
    found = ability(model, rules.models)
    if found.input is None or found.output is None:
        return None
    known = prices.price(model)
    if known is not None and (known.input, known.output) == (found.input, found.output):
        return known
    return prices.Price(model, found.input, found.output, source="policy")


def _escalated(flow: Flow, steps: Sequence[Step], escalation: Quantity) -> Quantity:
    """The share of first answers that are given again: logged, else by an eval, else assumed.

    Of an eval: between none of the answers that fail (no validator notices) and all of them.
    """
    if len(steps) < 2 or not flow.route.validators:
        return _NONE
    if flow.escalated is not None:
        return flow.escalated
    row = evidence.of_model(flow.route.evaluated, steps[0].model)
    if row is not None:
        return Quantity(0.0, 1 - row.pass_rate, 1 - row.lower, Basis.ASSUMED)
    return escalation


# --- quality -----------------------------------------------------------------------------------


def _shown_by_eval(route: Route, model: str) -> Quantity | None:
    row = evidence.of_model(route.evaluated, model)
    return None if row is None else Quantity(row.lower, row.pass_rate, row.upper, Basis.MEASURED)


def _quality_now(flow: Flow) -> Quantity | None:
    return flow.passed or _shown_by_eval(flow.route, flow.model)


def _quality(flow: Flow, steps: Sequence[Step], escalated: Quantity) -> Quantity | None:
    """The share of answers that pass; with escalation from no failure noticed to every one of them.

    p1 + (1 - p1) x p2: the second model answers what the first could not, as well as it answers all.
    """
    first = _shown_by_eval(flow.route, steps[0].model)
    if flow.passed is not None and flow.model == steps[0].model:
        first = flow.passed
    if first is None or not escalated.high:
        return first
    second = _shown_by_eval(flow.route, steps[1].model)
    if second is None:
        return None
    ends = (one + (1 - one) * two for one, two in ((first.mid, second.mid), (first.high, second.high)))
    mid, high = ends
    return around(mid, (first.low, high), Basis.ASSUMED)
