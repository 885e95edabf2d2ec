"""The standalone `llm:` configuration of agentgateway: a virtual model with failover a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.route.compiled import Plan, Step
from promptlint.route.emit import Feature, Made, keys, spelling
from promptlint.route.emit.litellm import group
from promptlint.route.notes import Note, note

CAPABILITIES = frozenset((Feature.FALLBACK,))
CHECKED_WITH = "the product's schema of August 2026, by one after it; not run"

_SAME = (
    *("anthropic", "bedrock", "azure", "gemini", "cerebras", "cohere", "deepinfra", "deepseek", "groq"),
    *("huggingface", "mistral", "ollama", "openrouter", "xai"),
)
_PROVIDERS: Mapping[str, str] = {
    **{name: name for name in _SAME},
    "openai": "openAI",
    "together_ai": "togetherai",
    "fireworks_ai": "fireworks",
}
"""Source: the names in the product's own schema of August 2026."""


def notes(plan: Plan) -> Iterator[Note]:
    """Providers whose name there is not known."""
    for step in _models(plan):
        if step.provider not in _PROVIDERS:
            yield note("RTE016", f"the provider of {step.model} is not known to agentgateway")


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The YAML."""
    virtual = [
        {
            "name": group(route),
            "routing": {
                "failover": {
                    "targets": [
                        {"model": step.model, "priority": index} for index, step in enumerate(route.steps)
                    ]
                }
            },
        }
        for route in plan.routes
    ]
    config = {
        "llm": {"port": 4000, "models": [_model(step) for step in _models(plan)], "virtualModels": virtual}
    }
    return Made(spelling.yaml(config, header))


def _models(plan: Plan) -> list[Step]:
    found = {step.model: step for route in plan.routes for step in route.steps}
    return [found[name] for name in sorted(found)]


def _model(step: Step) -> dict[str, object]:
    variable = keys.variable(step.provider)
    params = {"model": step.name, **({"apiKey": f"${variable}"} if variable else {})}
    provider = _PROVIDERS.get(step.provider, step.provider or "openAI")
    return {"name": step.model, "visibility": "internal", "provider": provider, "params": params}
