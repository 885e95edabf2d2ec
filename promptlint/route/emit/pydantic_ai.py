"""A Python module for pydantic-ai: a model a prompt that validates each answer, and escalates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.route.compiled import Plan, Route, Step, Validator
from promptlint.route.emit import Feature, Made
from promptlint.route.notes import Note, note
from promptlint.style import visible

CAPABILITIES = frozenset(
    (Feature.FALLBACK, Feature.ESCALATE, Feature.JSON, Feature.JSON_SCHEMA, Feature.REGEX, Feature.LABELS)
)
CHECKED_WITH = "pydantic-ai 2"

_PROVIDERS: Mapping[str, str] = {
    **{name: name for name in ("anthropic", "bedrock", "cohere", "deepseek", "groq", "mistral", "openai")},
    "gemini": "google-gla",
    "xai": "grok",
    "azure": "azure",
    "openrouter": "openrouter",
}

_HEAD = '''"""The model of each prompt: the first whose answer is valid; see `model`."""

import json
import re
from collections.abc import Callable, Mapping, Sequence

from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models import Model, infer_model
from pydantic_ai.models.fallback import FallbackModel

Check = Callable[[str], bool]


def model(prompt: str, make: Callable[[str], Model] = infer_model) -> Model:
    """The model of a prompt. An answer that fails its checks goes to the next one; the last raises.

    A prompt that is not routed is a KeyError.
    """
    names, checks = CASCADES[prompt]

    def invalid(response: ModelResponse) -> bool:
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        return not all(check(text) for check in checks)

    models = [make(name) for name in names]
    if not checks and len(models) == 1:
        return models[0]
    return FallbackModel(models[0], *models[1:], fallback_on=[ModelAPIError, invalid])


def is_json(text: str) -> bool:
    """Whether an answer is JSON, as a whole."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def of_schema(schema: str) -> Check:
    """Whether an answer is JSON of a schema; takes the package jsonschema."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(json.loads(schema))
    return lambda text: is_json(text) and validator.is_valid(json.loads(text))


def matches(pattern: str) -> Check:
    """Whether an answer matches a pattern as a whole."""
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text.strip()) is not None


def one_of(*labels: str) -> Check:
    """Whether an answer is one of some labels."""
    return lambda text: text.strip() in labels


CASCADES: Mapping[str, tuple[Sequence[str], Sequence[Check]]] = {
'''


def notes(plan: Plan) -> Iterator[Note]:
    """Providers whose name there is not known."""
    for route in plan.routes:
        for step in route.steps:
            if step.provider not in _PROVIDERS:
                message = f"the name of {step.model} at pydantic-ai is not known"
                yield note("RTE016", message, route.prompt, route.path)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The module."""
    comment = "".join(f"# {visible(line)}".rstrip() + "\n" for line in header)
    checks = {item.name: item for item in plan.validators}
    return Made(comment + _HEAD + "".join(_row(route, checks) for route in plan.routes) + "}\n")


def _row(route: Route, checks: Mapping[str, Validator]) -> str:
    names = "".join(f"{_name(step)!a}, " for step in route.steps)
    found = "".join(
        f"{_check(checks[name])}, " for name in route.validators if checks[name].kind != "confidence"
    )
    return f"    {route.prompt!a}: (({names.rstrip()}), ({found.rstrip()})),\n"


def _name(step: Step) -> str:
    return f"{_PROVIDERS.get(step.provider, step.provider or 'openai')}:{step.name}"


def _check(item: Validator) -> str:
    if item.kind == "json-schema":
        return f"of_schema({item.schema!a})"
    if item.kind == "regex":
        return f"matches({item.pattern!a})"
    if item.kind == "labels":
        return "one_of(" + ", ".join(map(ascii, item.labels)) + ")"
    return "is_json"
