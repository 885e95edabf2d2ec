"""The batch plan and the cache settings of a plan, as documents for whoever sets them up."""

from __future__ import annotations

from promptlint import costs, documents, models
from promptlint.documents import said
from promptlint.model import Basis
from promptlint.plan.cases import Case
from promptlint.plan.mechanisms import batch
from promptlint.plan.stack import Priced, Stack
from promptlint.records import dataclass

SCHEMA_VERSION = 1

THRESHOLD = 0.95
"""Cosine similarity of a hit. The strategy, "Semantic caching"."""

TTL = 3_600
"""Seconds that an answer is kept. promptlint's own: nothing says how long answers hold."""

_WINDOW = "24h"
_ENDPOINTS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages/batches"}
_LEVELS = {"exact-cache": "exact", "semantic-cache": "semantic", "prompt-aware-cache": "prompt-aware"}
_PREFIX = "prefix-cache"


@dataclass(frozen=True, slots=True)
class Batched:
    """A prompt whose calls go into batch jobs, all or a part."""

    prompt: str = said("Id of the prompt.")
    model: str = said("The model that is asked for.")
    endpoint: str | None = said("The provider's endpoint; null: not known.")
    share: float = said("Share of the calls that may wait.")
    calls_per_month: int = said("How many calls that is.")
    discount: float = said("What the provider takes off the price of input; 0.5 is half.")
    saving_usd_month: float = said("Likely saving, after the steps of the plan before it.")
    basis: Basis = said("Of the saving.")


@dataclass(frozen=True, slots=True)
class Unfit:
    """A prompt that is left as it is."""

    prompt: str = said("Id of the prompt.")
    step: str = said("The step of the plan that is not for it.")
    reason: str = said("Why not.")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """The document of `promptlint plan export batch`."""

    schema_version: int = said("Of this kind of document.")
    completion_window: str = said("Within which the provider answers.")
    prompts: tuple[Batched, ...] = said("What goes into batch jobs.")
    not_batched: tuple[Unfit, ...] = said("What does not.")


@dataclass(frozen=True, slots=True)
class Cached:
    """The caches of one prompt."""

    prompt: str = said("Id of the prompt.")
    namespace: str = said("The prompt's id and a hash of its text: answers to one text never serve another.")
    levels: tuple[str, ...] = said("Caches of answers: exact, semantic, prompt-aware; none: only the prefix.")
    normalize: tuple[str, ...] = said("What is made alike before two requests are compared.")
    similarity_threshold: float | None = said("Cosine similarity of a hit; null: nothing is embedded.")
    ttl_seconds: int = said("How long an answer is kept.")
    first_turn_only: bool = said("True: later turns of a conversation are not looked up.")
    prefix_marked: bool | None = said(
        "Whether the prefix must be marked for the provider's cache; null: no step."
    )
    saving_usd_month: float = said("Likely saving, after the steps of the plan before them.")
    basis: Basis = said("The weakest of the savings'.")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """The document of `promptlint plan export cache`."""

    schema_version: int = said("Of this kind of document.")
    prompts: tuple[Cached, ...] = said("What is cached.")
    not_cached: tuple[Unfit, ...] = said("What is not.")


def batch_plan(stack: Stack) -> BatchPlan:
    """Which prompts go into batch jobs, and which do not, and why."""
    taken = (each for each in stack.prompts if _saving(each, "batch") is not None)
    return BatchPlan(SCHEMA_VERSION, _WINDOW, tuple(map(_batched, taken)), _unfit(stack, ("batch",)))


def _batched(priced: Priced) -> Batched:
    case, price = priced.case, priced.case.price
    share, calls = (case.numbers[key].value for key in ("batch_share", "calls_per_month"))
    known = price.batch_input is not None and price.input > 0
    saving, basis = _saving(priced, "batch") or (0.0, Basis.EXACT)
    return Batched(
        prompt=case.id,
        model=case.model,
        endpoint=_ENDPOINTS.get(models.vendor(case.model) or ""),
        share=share.mid,
        calls_per_month=round(share.mid * calls.mid),
        discount=1 - (price.batch_input or 0.0) / price.input if known else batch.DISCOUNT,
        saving_usd_month=saving,
        basis=basis,
    )


def cache_settings(stack: Stack) -> CacheSettings:
    """The caches of each prompt, and which have none, and why."""
    found = (_cached(each) for each in stack.prompts)
    left = _unfit(stack, (*_LEVELS, _PREFIX))
    return CacheSettings(SCHEMA_VERSION, tuple(each for each in found if each is not None), left)


def _cached(priced: Priced) -> Cached | None:
    case = priced.case
    savings = {key: found for key in (*_LEVELS, _PREFIX) if (found := _saving(priced, key)) is not None}
    if not savings:
        return None
    levels = tuple(name for key, name in _LEVELS.items() if key in savings)
    return Cached(
        prompt=case.id,
        namespace=namespace(case),
        levels=levels,
        normalize=("case", "space"),
        similarity_threshold=THRESHOLD if set(levels) - {"exact"} else None,
        ttl_seconds=TTL,
        first_turn_only=case.numbers["turns"].value.high > 1,
        prefix_marked=models.vendor(case.model) == "anthropic" if _PREFIX in savings else None,
        saving_usd_month=sum(usd for usd, _ in savings.values()),
        basis=costs.weakest(*(basis for _, basis in savings.values())),
    )


def namespace(case: Case) -> str:
    """`<prompt id>@<12 hex digits of its content>`: answers to one text never serve another.

    The strategy, "Semantic caching": separate caches per system prompt.
    """
    return f"{case.id}@{case.facts.version[:12]}"


def _saving(priced: Priced, key: str) -> tuple[float, Basis] | None:
    """What a step likely saves for a prompt, US dollars a month; None if it is not for it."""
    pairs = zip(priced.steps, priced.savings, strict=True)
    return next(((saving.mid, saving.basis) for step, saving in pairs if step.key == key), None)


def _unfit(stack: Stack, keys: tuple[str, ...]) -> tuple[Unfit, ...]:
    return tuple(
        Unfit(prompt, refused.step.key, refused.reason)
        for refused in stack.refused
        if refused.step.key in keys
        for prompt in refused.prompts
    )


def schemas() -> dict[str, dict[str, object]]:
    """The JSON Schemas of both documents, by the names of their files."""
    kinds = {"batch-plan": (BatchPlan, "batch"), "cache-settings": (CacheSettings, "cache")}
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"promptlint {name}, version {SCHEMA_VERSION}",
            "description": f"What `promptlint plan export {command}` writes.",
            **documents.schema(kind),
        }
        for name, (kind, command) in kinds.items()
    }
