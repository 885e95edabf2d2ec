"""Request fragments for OpenRouter, one a prompt: the caller merges its own into each request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint import jsondoc
from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made
from promptlint.route.notes import Note, note

CAPABILITIES = frozenset((Feature.FALLBACK,))
CHECKED_WITH = "the types of openrouter 1.3.84; not run"

_MAKERS: Mapping[str, str] = {"gemini": "google", "mistral": "mistralai", "xai": "x-ai"}
_SERVED = frozenset(("anthropic", "cohere", "deepseek", "gemini", "meta-llama", "mistral", "openai", "xai"))


def notes(plan: Plan) -> Iterator[Note]:
    """Models whose name there is not known."""
    for route in plan.routes:
        for step in route.steps:
            if step.provider not in {*_SERVED, "openrouter"}:
                message = f"the name of {step.model} at OpenRouter is not known"
                yield note("RTE016", message, route.prompt, route.path)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The JSON: by prompt, the fields of a request."""
    prompts = {route.prompt: _fragment(route) for route in plan.routes}
    return Made(jsondoc.dumps({"_promptlint": list(header), "prompts": prompts}) + "\n")


def _fragment(route: Route) -> dict[str, object]:
    """`models` are tried in order; requests of one prompt stay with one provider, for its prefix cache."""
    names = [_name(step) for step in route.steps]
    form = {"require_parameters": True} if route.output != "text" else {}
    provider = {"allow_fallbacks": True, **form}
    found: dict[str, object] = {"models": names} if len(names) > 1 else {"model": names[0]}
    return {**found, "provider": provider}


def _name(step: Step) -> str:
    """The name there: makers by their own names, versions of Claude with a point."""
    if step.provider == "openrouter":
        return step.name
    name = step.name
    if step.provider == "anthropic":
        head, _, tail = name.rpartition("-")
        if tail.isdigit() and head[-1:].isdigit():
            name = f"{head}.{tail}"
    return f"{_MAKERS.get(step.provider, step.provider)}/{name}"
