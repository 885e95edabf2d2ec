"""A dynamic route of Cloudflare AI Gateway, experimental: conditions, then models and fallbacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint import jsondoc
from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset((Feature.FALLBACK, Feature.RETRIES))
CHECKED_WITH = "the types of cloudflare 5.9.0; not run"

_TIMEOUT = 30_000
_REST, _END = "rest", "end"


def notes(plan: Plan) -> Iterator[Note]:
    """What its documents disagree on."""
    yield note(
        "RTE114", "experimental: its guide says `condition`, its SDK `conditions`; this is the SDK's form"
    )


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The JSON."""
    elements: list[dict[str, object]] = []
    first = "c0" if plan.routes else _REST
    elements.append({"id": "start", "type": "start", "outputs": {"next": {"elementId": first}}})
    for index, route in enumerate(plan.routes):
        following = f"c{index + 1}" if index + 1 < len(plan.routes) else _REST
        elements.append(_condition(index, route, following))
        elements += _models(index, route)
    elements.append(_model(_REST, plan.tiers[-1], 0, _END))
    elements.append({"id": _END, "type": "end", "outputs": {}})
    return Made(jsondoc.dumps({"_promptlint": list(header), "name": "prompts", "elements": elements}) + "\n")


def _condition(index: int, route: Route, following: str) -> dict[str, object]:
    return {
        "id": f"c{index}",
        "type": "conditional",
        "properties": {"conditions": {"metadata.prompt_id": {"$eq": slug(route.prompt)}}},
        "outputs": {"true": {"elementId": f"m{index}-0"}, "false": {"elementId": following}},
    }


def _models(index: int, route: Route) -> Iterator[dict[str, object]]:
    for place, step in enumerate(route.steps):
        after = f"m{index}-{place + 1}" if place + 1 < len(route.steps) else _END
        yield _model(f"m{index}-{place}", step, route.retries, after)


def _model(name: str, step: Step, retries: int, after: str) -> dict[str, object]:
    properties = {"provider": step.provider, "model": step.name, "retries": retries, "timeout": _TIMEOUT}
    outputs = {"success": {"elementId": _END}, "fallback": {"elementId": after}}
    return {"id": name, "type": "model", "properties": properties, "outputs": outputs}
