"""Optimizations that change who answers: routing to cheaper models, and a fine-tuned small one."""

from __future__ import annotations

from dataclasses import replace

from promptlint import prices
from promptlint.plan.assumptions import EFFECTS
from promptlint.plan.cases import Case, Project
from promptlint.plan.mechanisms import tuning
from promptlint.plan.mechanisms.tuning import Tuning
from promptlint.plan.quantity import Values
from promptlint.plan.steps.step import No, Step
from promptlint.plan.workload import Tier, Workload, request_usd, rerouted, shortened, tier

SIMPLE, MEDIUM = 0.3, 0.7
"""The strategy, "Model routing": scores below 0.3 are simple, those above 0.7 complex."""

MIN_RATIO = 2.0
"""How many times dearer than the cheap model a prompt's own must be. promptlint's own."""

_DIFFICULTY = "difficulty"


# --- routing --------------------------------------------------------------------------------


def _no_route(case: Case, load: Workload, shared: Project) -> No | None:
    if case.route is not None:
        same = case.route.to_model == case.model
        unknown = prices.price(case.route.to_model, shared.overrides) is None
        return (
            No(f"no price is known for {case.route.to_model}")
            if unknown
            else No("it stays")
            if same
            else None
        )
    cheap = shared.substitutes["simple"]
    if case.price.model == cheap.price.model:
        return No(f"{case.model} is the cheapest tier already")
    if ratio(case, cheap.price) < MIN_RATIO:
        return No(f"{case.model} costs less than twice what {cheap.model} does, the cheapest tier")
    difficulty = case.numbers.get(_DIFFICULTY)
    if difficulty is not None and difficulty.value.mid > MEDIUM:
        return No(f"its difficulty is {difficulty.value.mid:g}: above {MEDIUM} it stays with {case.model}")
    return None


def ratio(case: Case, other: prices.Price) -> float:
    """How many times dearer than another model the prompt's own is, at the kind of token where least."""
    return min(case.price.input / (other.input or 1e-9), case.price.output / (other.output or 1e-9))


def _route(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    return rerouted(load, tiers(case, values, shared))


def tiers(case: Case, values: Values, shared: Project) -> tuple[Tier, ...]:
    """Which share goes to which model: as decided, by the prompt's difficulty, else split by a classifier."""
    if case.route is not None:
        price = prices.price(case.route.to_model, shared.overrides)
        return (tier(1.0, case.route.to_model, price or case.price),)
    simple, medium = (shared.substitutes[key] for key in ("simple", "medium"))
    # A model between that is dearer than the prompt's own would be no step down.
    between = medium if ratio(case, medium.price) > 1 else None
    if _DIFFICULTY in values:
        found = simple if values[_DIFFICULTY] < SIMPLE else between
        return (tier(1.0, found.model, found.price),) if found else (tier(1.0, case.model, case.price),)
    cheap = min(1.0, values["routing.simple"])
    middle = min(1 - cheap, values["routing.medium"]) if between else 0.0
    return (
        tier(cheap, simple.model, simple.price),
        *((tier(middle, between.model, between.price),) if between else ()),
        tier(max(0.0, 1 - cheap - middle), case.model, case.price),
    )


# --- fine-tuning ----------------------------------------------------------------------------


def _no_tuning(case: Case, load: Workload, shared: Project) -> No | None:
    mids = {key: each.value.mid for key, each in case.numbers.items()}
    against = tuning.objections(economics(case, load, mids, shared), mids["examples"])
    return No("; ".join(against)) if against else None


def economics(case: Case, load: Workload, values: Values, shared: Project) -> Tuning:
    """What the tuned model costs against the models that answer by then."""
    return Tuning(
        setup=values["tuning.setup"],
        before=request_usd(load),
        after=request_usd(_tuned(load, values, shared)),
        calls=load.calls,
        changes=values["changes_per_month"],
    )


def _tuned(load: Workload, values: Values, shared: Project) -> Workload:
    """A small model that needs less of the prompt; it has a prefix cache only where it has a price for it."""
    found = shared.substitutes["tuned"]
    return rerouted(shortened(load, values["tuning.input"]), [tier(1.0, found.model, found.price)])


def _tune(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    trainings = values["changes_per_month"] * values["tuning.setup"]
    return replace(_tuned(load, values, shared), upkeep=load.upkeep + trainings)


STEPS = (
    Step(
        key="routing",
        title="Route easy requests to cheaper models",
        effort="medium",
        source=EFFECTS["routing.simple"].source,
        uses=("routing.simple", "routing.medium", "routing.escalation", _DIFFICULTY),
        codes=("CAL001",),
        next="promptlint eval init {paths}",
        refuse=_no_route,
        change=_route,
        proof=True,
    ),
    Step(
        key="fine-tuning",
        title="Fine-tune a small model",
        effort="high",
        source=EFFECTS["tuning.setup"].source,
        uses=("tuning.setup", "tuning.input", "changes_per_month"),
        codes=(),
        next="promptlint plan export tuning {paths}",
        refuse=_no_tuning,
        change=_tune,
        proof=True,
    ),
)
