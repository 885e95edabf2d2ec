"""An `AIGatewayRoute` of Envoy AI Gateway: rules by the header x-prompt-id, sixteen to a resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made, spelling
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset((Feature.FALLBACK, Feature.CANARY))
CHECKED_WITH = "its documentation; not run"

_RULES = 15
"""Rules of one resource at most, less one that the gateway adds."""
_GROUP = "gateway.networking.k8s.io"


def notes(plan: Plan) -> Iterator[Note]:
    """What stands in other resources."""
    if any(len(route.steps) > 1 for route in plan.routes):
        yield note("RTE108", "fallbacks need a BackendTrafficPolicy with retries beside the route")
    yield note("RTE110", "one AIServiceBackend a provider, with its key in a Secret, is to be there")


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The YAML documents."""
    rules = [_rule(route) for route in plan.routes]
    parts = [rules[at : at + _RULES] for at in range(0, len(rules), _RULES)] or [[]]
    documents = [_resource(f"prompts-{index}", part) for index, part in enumerate(parts)]
    last = {"matches": [], "backendRefs": [_backend(plan.tiers[-1], 0)]}
    documents.append(_resource("unknown-prompt", [last]))
    texts = [
        spelling.yaml(document, header if index == 0 else ()) for index, document in enumerate(documents)
    ]
    return Made("---\n".join(texts))


def _resource(name: str, rules: Sequence[object]) -> dict[str, object]:
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "parentRefs": [{"name": "ai-gateway", "kind": "Gateway", "group": _GROUP}],
            "rules": list(rules),
        },
    }


def _rule(route: Route) -> dict[str, object]:
    header = {"type": "Exact", "name": "x-prompt-id", "value": slug(route.prompt)}
    backends = [_backend(step, index) for index, step in enumerate(route.steps)]
    if route.canary is not None:
        share = round(route.canary.share * 10_000)
        backends[0]["weight"] = 10_000 - share
        backends.insert(1, {**_backend(route.canary.step, 0), "weight": share})
    return {"matches": [{"headers": [header]}], "backendRefs": backends}


def _backend(step: Step, priority: int) -> dict[str, object]:
    name = (step.provider or "default").replace("_", "-")
    return {"name": name, "modelNameOverride": step.name, "priority": priority}
