"""Envoy AI Gateway: an `AIGatewayRoute` by the header x-prompt-id, and the policy that makes it fall back.

Retries are of a whole resource, so prompts with as many models and as many retries share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.route.compiled import Plan, Route, Step
from promptlint.route.emit import Feature, Made, spelling
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset((Feature.FALLBACK, Feature.CANARY, Feature.RETRIES))
CHECKED_WITH = "the CRD of August 2026, by a schema after it; not run"

_RULES = 15
"""Rules of one resource at most; source: the CRD of AIGatewayRoute."""
_GROUP = "gateway.networking.k8s.io"
_STATUS = (429, 500, 502, 503, 504)


def notes(plan: Plan) -> Iterator[Note]:
    """What stands in other resources."""
    yield note("RTE110", "one AIServiceBackend a provider, with its key in a Secret, is to be there")


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The YAML documents."""
    alike: dict[tuple[int, int], list[Route]] = {}
    for route in plan.routes:
        alike.setdefault((len(route.steps), route.retries), []).append(route)
    documents: list[dict[str, object]] = []
    for (steps, retries), routes in sorted(alike.items()):
        for index in range(0, len(routes), _RULES):
            called = f"prompts-{steps}-models-{retries}-retries-{index // _RULES}"
            documents.append(_resource(called, [_rule(route) for route in routes[index : index + _RULES]]))
            if steps * (retries + 1) > 1:
                documents.append(_policy(called, steps, retries))
    documents.append(_resource("unknown-prompt", [{"backendRefs": [_backend(plan.tiers[-1], 0)]}]))
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


def _policy(name: str, steps: int, retries: int) -> dict[str, object]:
    """Retries of each model, then the next; the HTTPRoute has the name of the AIGatewayRoute it is made of.

    Source: the maker's example examples/provider_fallback/fallback.yaml.
    """
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "targetRefs": [{"group": _GROUP, "kind": "HTTPRoute", "name": name}],
            "retry": {
                "numAttemptsPerPriority": retries + 1,
                "numRetries": steps * (retries + 1) - 1,
                "retryOn": {
                    "httpStatusCodes": list(_STATUS),
                    "triggers": ["connect-failure", "retriable-status-codes"],
                },
            },
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
