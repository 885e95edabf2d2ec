"""The `config.yaml` of a LiteLLM proxy: one model group a prompt, so that a caller needs no header.

Aliases are not used, as they lose fallbacks; tiers have groups of their own, to which the prompts fall back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made, keys, spelling
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset(
    (
        *(Feature.FALLBACK, Feature.EXACT, Feature.SEMANTIC, Feature.NAMESPACE),
        *(Feature.CANARY, Feature.RETRIES),
    )
)
CHECKED_WITH = "LiteLLM 1.106.2"

PROMPT, TIER = "prompt/", "tier/"
_SHARES = 10_000
_EMBEDDING = "embedding"


def group(route: Route) -> str:
    """The name that callers give as `model`."""
    return PROMPT + slug(route.prompt)


def cached(plan: Plan) -> frozenset[str]:
    """The prompts of which the proxy keeps answers: it has one kind of cache, and semantic goes first."""
    mode = _mode(plan)
    return frozenset(
        route.prompt for route in plan.routes if route.cache is not None and route.cache.mode == mode
    )


def notes(plan: Plan) -> Iterator[Note]:
    """What one proxy cannot have twice."""
    mode, retries = _mode(plan), _retries(plan)
    if mode:
        yield note(
            "RTE117", "the cache is the Redis of REDIS_HOST, REDIS_PORT and REDIS_PASSWORD, or REDIS_URL"
        )
    for route in plan.routes:
        if route.cache is not None and route.cache.mode != mode:
            message = f"one proxy has one kind of cache, here {mode}: answers are not kept"
            yield note("RTE112", message, route.prompt, route.path)
        if route.retries > retries:
            message = f"one number of retries for all: {retries}, so that no prompt is over the cap"
            yield note("RTE109", message, route.prompt, route.path)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The YAML."""
    config: dict[str, object] = {"model_list": list(_groups(plan)), "router_settings": _router(plan)}
    if _mode(plan):
        config["litellm_settings"] = {"cache": True, "cache_params": _cache(plan)}
    return Made(spelling.yaml(config, header))


def _mode(plan: Plan) -> str:
    modes = {route.cache.mode for route in plan.routes if route.cache is not None}
    return "semantic" if "semantic" in modes else next(iter(modes), "")


def _retries(plan: Plan) -> int:
    return min((route.retries for route in plan.routes), default=0)


def _groups(plan: Plan) -> Iterator[dict[str, object]]:
    for route in plan.routes:
        share = round(route.canary.share * _SHARES) if route.canary else 0
        yield _deployment(group(route), route.steps[0], _SHARES - share if share else 0)
        if route.canary and share:
            yield _deployment(group(route), route.canary.step, share)
    for tier in plan.tiers:
        yield _deployment(TIER + slug(tier.tier), tier, 0)
    if _mode(plan) == "semantic" and plan.embedding:
        yield {"model_name": _EMBEDDING, "litellm_params": {"model": plan.embedding, **_key(plan.embedding)}}


def _deployment(name: str, step: Step, weight: int) -> dict[str, object]:
    given: dict[str, object] = {"model": step.model, **_key(step.model)}
    if weight:
        given["weight"] = weight
    return {"model_name": name, "litellm_params": given}


def _key(model: str) -> dict[str, object]:
    variable = keys.variable(model.partition("/")[0])
    return {"api_key": f"os.environ/{variable}"} if variable else {}


def _router(plan: Plan) -> dict[str, object]:
    settings: dict[str, object] = {
        "routing_strategy": "simple-shuffle",
        "enable_pre_call_checks": True,
        "num_retries": _retries(plan),
    }
    chains = [(group(route), route.steps) for route in plan.routes if len(route.steps) > 1]
    if chains:
        settings["fallbacks"] = [
            {name: [TIER + slug(step.tier) for step in steps[1:]]} for name, steps in chains
        ]
    larger = [(name, _larger(steps)) for name, steps in chains]
    if any(found for _, found in larger):
        settings["context_window_fallbacks"] = [{name: found} for name, found in larger if found]
    return settings


def _larger(steps: Sequence[Step]) -> list[str]:
    """The later steps that take more than the first."""
    least = steps[0].context
    return [
        TIER + slug(step.tier)
        for step in steps[1:]
        if least is not None and step.context is not None and step.context > least
    ]


def _cache(plan: Plan) -> dict[str, object]:
    """Off unless a request asks for it with its namespace: only the request names one."""
    mode = _mode(plan)
    caches = [route.cache for route in plan.routes if route.cache is not None and route.cache.mode == mode]
    params: dict[str, object] = {"type": "redis", "mode": "default_off", "ttl": caches[0].ttl}
    if caches[0].mode == "semantic":
        params |= {"type": "redis-semantic", "similarity_threshold": caches[0].threshold}
        params |= {
            "redis_semantic_cache_embedding_model": _EMBEDDING if plan.embedding else "text-embedding-3-small"
        }
    return params
