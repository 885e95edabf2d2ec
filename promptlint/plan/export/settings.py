"""The batch plan and the cache settings of a plan, as JSON for whoever sets them up."""

from __future__ import annotations

from promptlint import models
from promptlint.plan.cases import Case
from promptlint.plan.mechanisms import batch
from promptlint.plan.stack import Priced, Stack

SCHEMA_VERSION = 1

THRESHOLD = 0.95
"""Cosine similarity of a hit. The strategy, "Semantic caching"."""

TTL = 3_600
"""Seconds that an answer is kept. promptlint's own: nothing says how long answers hold."""

_WINDOW = "24h"
_ENDPOINTS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages/batches"}
_LEVELS = {"exact-cache": "exact", "semantic-cache": "semantic", "prompt-aware-cache": "prompt-aware"}


def batch_plan(stack: Stack) -> dict[str, object]:
    """Which prompts go into batch jobs: share, calls a month, endpoint, saving; and which do not, and why."""
    taken = [each for each in stack.prompts if _saving(each, "batch") is not None]
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "batch-plan",
        "completion_window": _WINDOW,
        "prompts": [_batched(each) for each in taken],
        "not_batched": [
            {"prompt": prompt, "reason": refused.reason}
            for refused in stack.refused
            if refused.step.key == "batch"
            for prompt in refused.prompts
        ],
    }


def _batched(priced: Priced) -> dict[str, object]:
    case = priced.case
    share, calls = (case.numbers[key].value for key in ("batch_share", "calls_per_month"))
    price = case.price
    discount = 1 - price.batch_input / price.input if price.batch_input and price.input else batch.DISCOUNT
    return {
        "prompt": case.id,
        "model": case.model,
        "endpoint": _ENDPOINTS.get(models.vendor(case.model) or ""),
        "share": share.mid,
        "calls_per_month": round(share.mid * calls.mid),
        "discount": round(discount, 4),
        "saving_usd_month": round(_saving(priced, "batch") or 0.0, 2),
        "basis": priced.start.basis.value,
    }


def cache_settings(stack: Stack) -> dict[str, object]:
    """The cache of each prompt: its namespace, levels, threshold; and the prefix that the provider caches."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "cache-settings",
        "prompts": [each for each in (_cached(priced) for priced in stack.prompts) if each is not None],
        "not_cached": [
            {"prompt": prompt, "cache": refused.step.key, "reason": refused.reason}
            for refused in stack.refused
            if refused.step.key in (*_LEVELS, "prefix-cache")
            for prompt in refused.prompts
        ],
    }


def _cached(priced: Priced) -> dict[str, object] | None:
    case = priced.case
    levels = [name for key, name in _LEVELS.items() if _saving(priced, key) is not None]
    prefix = _saving(priced, "prefix-cache")
    if not levels and prefix is None:
        return None
    return {
        "prompt": case.id,
        "namespace": namespace(case),
        "levels": levels,
        "normalize": ["case", "space"],
        "similarity_threshold": THRESHOLD if len(levels) > ("exact" in levels) else None,
        "ttl_seconds": TTL,
        "first_turn_only": case.numbers["turns"].value.high > 1,
        "prefix": None if prefix is None else {"mark": models.vendor(case.model) == "anthropic"},
        "saving_usd_month": round(sum(_saving(priced, key) or 0.0 for key in (*_LEVELS, "prefix-cache")), 2),
        "basis": priced.start.basis.value,
    }


def namespace(case: Case) -> str:
    """`<prompt id>@<12 hex digits of its content>`: answers to one text never serve another.

    The strategy, "Semantic caching": separate caches per system prompt.
    """
    return f"{case.id}@{case.facts.version[:12]}"


def _saving(priced: Priced, key: str) -> float | None:
    """What a step saves for a prompt, US dollars a month; None if it is not for it."""
    found = (saving.mid for step, saving in zip(priced.steps, priced.savings, strict=True) if step.key == key)
    return next(found, None)
