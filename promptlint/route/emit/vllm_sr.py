"""A v0.3 configuration of the vLLM Semantic Router: a signal and a decision a prompt, by request metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made, keys, spelling
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset(
    (Feature.CONFIDENCE, Feature.ESCALATE, Feature.EXACT, Feature.SEMANTIC, Feature.NAMESPACE)
)
CHECKED_WITH = "vllm-sr 0.4.0"

_BASES: Mapping[str, str] = {
    "anthropic": "https://api.anthropic.com/v1",
    "deepseek": "https://api.deepseek.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "openai": "https://api.openai.com/v1",
    "xai": "https://api.x.ai/v1",
}
_TOP_PRIORITY = 100_000
_REST = "unknown-prompt"


def notes(plan: Plan) -> Iterator[Note]:
    """Escalation is by confidence only; a model that others serve needs an address."""
    kinds = {item.name: item.kind for item in plan.validators}
    for route in plan.routes:
        if len(route.steps) > 1 and route.validators and not _by_confidence(route, kinds):
            message = "not expressed: escalation by another validator than confidence"
            yield note("RTE101", message, route.prompt, route.path)
    for step in _models(plan):
        if step.provider not in _BASES:
            yield note("RTE016", f"no address is known for {step.model}: name it under `backend_refs`")


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The YAML."""
    last = plan.tiers[-1]
    rest = {
        "name": _REST,
        "priority": 1,
        "rules": {"operator": "AND", "conditions": []},
        "modelRefs": [{"model": last.model, "use_reasoning": False}],
    }
    models = list(_models(plan))
    config = {
        "version": "v0.3",
        "listeners": [{"name": "http", "address": "127.0.0.1", "port": 8899, "timeout": "300s"}],
        "providers": {
            "defaults": {"model": last.model},
            "models": [_provider(step) for step in models],
        },
        "routing": {
            "modelCards": [_card(step) for step in models],
            "signals": {"metadata": [_signal(route) for route in plan.routes]},
            "decisions": [*_decisions(plan), rest],
        },
    }
    return Made(spelling.yaml(config, header))


def _models(plan: Plan) -> Iterator[Step]:
    found = {step.model: step for route in plan.routes for step in route.steps}
    found |= {step.model: step for step in plan.tiers}
    return (found[name] for name in sorted(found))


def _provider(step: Step) -> dict[str, object]:
    backend: dict[str, object] = {"name": "default", "provider": step.provider or "openai", "weight": 100}
    if step.provider in _BASES:
        backend["base_url"] = _BASES[step.provider]
    variable = keys.variable(step.provider)
    if variable:
        backend["api_key_env"] = variable
    return {"name": step.model, "provider_model_id": step.name, "backend_refs": [backend]}


def _card(step: Step) -> dict[str, object]:
    return {"name": step.model, **({"context_window_size": step.context} if step.context else {})}


def _signal(route: Route) -> dict[str, object]:
    prompt = slug(route.prompt)
    return {"name": prompt, "key": "prompt_id", "predicate": {"equals": prompt}}


def _decisions(plan: Plan) -> Iterator[dict[str, object]]:
    kinds = {item.name: item.kind for item in plan.validators}
    least = {item.name: item.threshold for item in plan.validators}
    for index, route in enumerate(plan.routes):
        prompt, escalates = slug(route.prompt), _by_confidence(route, kinds)
        found: dict[str, object] = {
            "name": prompt,
            "priority": _TOP_PRIORITY - index,
            "rules": {"operator": "AND", "conditions": [{"type": "metadata", "name": prompt}]},
            "modelRefs": [
                {"model": step.model, "use_reasoning": False}
                for step in route.steps[: None if escalates else 1]
            ],
        }
        if escalates:
            threshold = next(least[each] for each in route.validators if kinds[each] == "confidence")
            found["algorithm"] = {
                "type": "confidence",
                "confidence": {
                    "confidence_method": "hybrid",
                    "threshold": threshold,
                    "escalation_order": "small_to_large",
                    "on_error": "skip",
                },
            }
        if route.cache is not None:
            found["plugins"] = [{"type": "response_cache", "configuration": _cache(route)}]
        yield found


def _by_confidence(route: Route, kinds: Mapping[str, str]) -> bool:
    return len(route.steps) > 1 and any(kinds[name] == "confidence" for name in route.validators)


def _cache(route: Route) -> dict[str, object]:
    assert route.cache is not None
    found: dict[str, object] = {
        "enabled": True,
        "mode": "exact",
        "scope": "user",
        "ttl_seconds": route.cache.ttl,
    }
    if route.cache.mode == "semantic":
        found |= {"mode": "exact_then_semantic", "semantic": {"similarity_threshold": route.cache.threshold}}
    return found
