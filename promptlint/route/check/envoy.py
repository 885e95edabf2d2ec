"""Checks an `AIGatewayRoute` of Envoy AI Gateway: its form, the rules of its CRD, what never comes true."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from promptlint.evals.values import Value
from promptlint.route.check import shape, shared
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.notes import Note

KIND = "AIGatewayRoute"
_GROUP = "aigateway.envoyproxy.io/"
_RESERVED = "route-not-found"
_POOL = "InferencePool"


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is a resource of this product; others of Kubernetes may stand beside it."""
    return text(given.get("apiVersion")).startswith(_GROUP) and "kind" in given


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a resource, or will not do what it says."""
    yield from shared.secrets(value)
    if text(mapping(value).get("kind")) != KIND:
        return
    yield from shape.faults(value, "envoy")
    rules = listed(mapping(mapping(value).get("spec")).get("rules"))
    named = [(text(at), at) for rule in rules if (at := mapping(rule).get("name")) is not None]
    yield from shared.twice(named, "rule")
    for name, at in named:
        if name == _RESERVED:
            yield say("RTE217", at, f"{_RESERVED!r} is the gateway's own rule")
    seen: dict[str, int] = {}
    for rule in rules:
        yield from _backends(listed(mapping(rule).get("backendRefs")))
        for match in listed(mapping(rule).get("matches")):
            spelt = json.dumps(match.plain(), sort_keys=True)
            if spelt in seen:
                yield say("RTE216", match, f"line {seen[spelt]} matches the same: it goes first")
            seen.setdefault(spelt, match.line)


def _backends(backends: list[Value]) -> Iterator[Note]:
    """The rules of the CRD on references, and of a rule's weights.

    Source: the x-kubernetes-validations of the AIGatewayRoute's CRD, and the Gateway API on weights.
    """
    pools = [item for item in backends if text(mapping(item).get("kind")) == _POOL]
    if pools and len(backends) > 1:
        yield say("RTE212", pools[0], f"a rule with an {_POOL} has no other backend")
    for item in backends:
        if ("group" in mapping(item)) != ("kind" in mapping(item)):
            yield say("RTE212", item, "`group` and `kind` stand together, or neither does")
    weights = [amount(mapping(item).get("weight")) for item in backends]
    if weights and all(weight == 0 for weight in weights):
        yield say("RTE219", backends[0], "all weights are 0: nothing is ever asked")
