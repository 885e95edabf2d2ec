"""Checks the `llm` part of an agentgateway configuration: its form, and the models that routes name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import pairwise

from promptlint.evals.values import Value
from promptlint.route.check import patterns, shape, shared
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.notes import Note


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is of this product."""
    return "models" in mapping(given.get("llm")) or "binds" in given


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a configuration, or will not do what it says."""
    yield from shape.faults(value, "agentgateway")
    llm = mapping(mapping(value).get("llm"))
    models = {text(mapping(item).get("name")): item for item in listed(llm.get("models"))}
    virtual = [(text(mapping(item).get("name")), item) for item in listed(llm.get("virtualModels"))]
    yield from shared.twice(virtual, "virtual model")
    sent = {name: text(mapping(mapping(item).get("params")).get("model")) for name, item in models.items()}
    for name, item in models.items():
        at = mapping(mapping(item).get("params")).get("model")
        if at is not None and sent[name]:
            yield from shared.retired(at, sent[name])
    for _, item in virtual:
        yield from _routing(mapping(mapping(item).get("routing")), sent)
    yield from shared.secrets(value)


def _routing(routing: Mapping[str, Value], models: Mapping[str, str]) -> Iterator[Note]:
    """Every target is a model; a condition has an end; a failover goes to another model."""
    for item in routing.values():
        for target in listed(mapping(item).get("targets")):
            at = mapping(target).get("model")
            if at is not None and not any(fnmatchcase(text(at), name) for name in models):
                yield from shared.dangling(at, text(at), models, "model of `llm`")
    conditions = listed(mapping(routing.get("conditional")).get("targets"))
    for target in conditions:
        if "when" in mapping(target):
            yield from patterns.cel(mapping(target)["when"])
    for target in conditions[:-1]:
        if "when" not in mapping(target):
            yield say("RTE216", target, "without `when` it holds always: those behind it are never reached")
    if conditions and "when" in mapping(conditions[-1]):
        yield say(
            "RTE207", conditions[-1], "the last target has a `when`: no model is left for other requests"
        )
    steps = sorted(
        listed(mapping(routing.get("failover")).get("targets")),
        key=lambda target: amount(mapping(target).get("priority")) or 0,
    )
    for before, after in pairwise(steps):
        one, other = text(mapping(before).get("model")), text(mapping(after).get("model"))
        if one and one == other:
            yield say("RTE202", after, f"{other} is asked again after it has failed")
        elif models.get(one) and models.get(other):
            yield from shared.weaker(after, models[one], models[other], cascade=False, structured=False)
