"""Checks a v0.3 configuration of the vLLM Semantic Router for references and rules that never come true."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise

from promptlint.evals.values import Value
from promptlint.route.check import shared
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.notes import Note
from promptlint.syntax import nodes

_TOP = ("version", "listeners", "providers", "routing", "global", "recipes", "setup", "entrypoints")
_DECISION = (
    *("name", "description", "priority", "tier", "rules", "modelRefs", "algorithm", "plugins", "annotations"),
    *("output_contract", "output_contract_spec", "candidateIterations", "emits", "action", "adaptations"),
    *("tool_scope", "allow_tools", "block_tools"),
)
_COLLECTIONS: Mapping[str, str] = {"authz": "role_bindings"}
"""Where the signals of a type stand that is not its singular; source: vllm-sr 0.4.0, `config_contract`."""
_ALGORITHM_THRESHOLDS = ("threshold", "logprob_threshold", "margin_threshold")


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is of this product."""
    return "routing" in given and ("providers" in given or "version" in given)


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a configuration, or will not do what it says."""
    given = mapping(value)
    yield from shared.misspelt(value, _TOP)
    providers, routing = mapping(given.get("providers")), mapping(given.get("routing"))
    models = [(text(mapping(item).get("name")), item) for item in listed(providers.get("models"))]
    cards = [(text(mapping(item).get("name")), item) for item in listed(routing.get("modelCards"))]
    names = {name for name, _ in models if name}
    yield from shared.twice(models, "model")
    yield from shared.twice(cards, "model card")
    yield from _default(providers, names)
    for name, item in cards:
        if name and names and name not in names:
            yield from shared.dangling(item, name, names, "model of `providers`")
    for name, item in models:
        yield from shared.retired(item, name)
    decisions = listed(routing.get("decisions"))
    yield from _decisions(decisions, {name for name, _ in cards if name} or names, routing)
    yield from shared.secrets(value)


def _default(providers: Mapping[str, Value], names: set[str]) -> Iterator[Note]:
    defaults = mapping(providers.get("defaults"))
    for key in ("model", "default_model"):
        if key in defaults and text(defaults[key]) not in names:
            yield from shared.dangling(defaults[key], text(defaults[key]), names, "model of `providers`")


def _decisions(decisions: list[Value], models: set[str], routing: Mapping[str, Value]) -> Iterator[Note]:
    signals = {
        kind: {text(mapping(item).get(key)) for item in listed(items) for key in ("name", "role")}
        for kind, items in mapping(routing.get("signals")).items()
    } | _projected(routing)
    named = [(text(mapping(item).get("name")), item) for item in decisions]
    yield from shared.twice(named, "decision")
    used: set[tuple[str, str]] = set()
    for _, item in named:
        given = mapping(item)
        yield from shared.misspelt(item, _DECISION)
        refs = listed(given.get("modelRefs"))
        for ref in refs:
            at = mapping(ref).get("model")
            if at is not None and text(at) not in models:
                yield from shared.dangling(at, text(at), models, "model card")
        yield from _rules(given.get("rules"), signals, used)
        yield from _algorithm(given.get("algorithm"), [text(mapping(ref).get("model")) for ref in refs])
        for plugin in listed(given.get("plugins")):
            yield from _plugin(plugin)
    yield from _order(decisions)
    yield from _unused(routing, used)


def _rules(
    value: Value | None, signals: Mapping[str, set[str]], used: set[tuple[str, str]]
) -> Iterator[Note]:
    given = mapping(value)
    operator = given.get("operator")
    if operator is not None and text(operator).upper() not in {"AND", "OR", "NOT"}:
        yield say(
            "RTE218",
            operator,
            f"no operator is called {text(operator)!r}{shared.near(text(operator), ('AND', 'OR', 'NOT'))}",
        )
    for item in listed(given.get("conditions")):
        entry = mapping(item)
        if "conditions" in entry:
            yield from _rules(item, signals, used)
            continue
        kind, name = text(entry.get("type")), text(entry.get("name")).partition(":")[0]
        used.add((kind, name))
        found = _signals_of(kind, signals)
        if found is None:
            yield say(
                "RTE201",
                entry.get("type", item),
                f"no signals are of type {kind!r}{shared.near(kind, [*signals])}",
            )
        elif name not in found:
            yield from shared.dangling(entry.get("name", item), name, found, f"signal of type {kind}")


def _projected(routing: Mapping[str, Value]) -> dict[str, set[str]]:
    """The names that projections give to bands of a score, by the type that conditions ask for them with."""
    mappings = listed(mapping(routing.get("projections")).get("mappings"))
    outputs = [output for item in mappings for output in listed(mapping(item).get("outputs"))]
    return {"projection": {text(mapping(output).get("name")) for output in outputs}} if outputs else {}


def _signals_of(kind: str, signals: Mapping[str, set[str]]) -> set[str] | None:
    """The names of a type's signals; some lists are named in the plural of the type."""
    spellings = (kind, f"{kind}s", kind.removesuffix("s"), f"{kind}_rules", _COLLECTIONS.get(kind, kind))
    return next((signals[each] for each in spellings if each in signals), None)


def _algorithm(value: Value | None, models: list[str]) -> Iterator[Note]:
    given = mapping(value)
    kind = text(given.get("type"))
    if value is None or kind != "confidence":
        return
    settings = mapping(given.get("confidence"))
    for name in _ALGORITHM_THRESHOLDS:
        found = amount(settings.get(name))
        if (
            name == "threshold"
            and name in settings
            and text(settings.get("confidence_method")) != "avg_logprob"
        ):
            yield from shared.share(settings[name])
        elif found is not None and name == "margin_threshold" and found < 0:
            yield say("RTE219", settings[name], "expected a margin that is not negative")
    if len(models) < 2:
        yield say("RTE220", value, "an escalation with one model: there is nothing to escalate to")
    for before, after in pairwise(models):
        if before == after:
            yield say("RTE202", value, f"{after} is asked again after it has failed")
        elif before and after and text(settings.get("escalation_order")) in {"", "small_to_large"}:
            yield from shared.weaker(value, before, after, cascade=True, structured=False)


def _plugin(value: Value) -> Iterator[Note]:
    given = mapping(value)
    if text(given.get("type")) not in {"response_cache", "semantic-cache", "semantic_cache"}:
        return
    settings = mapping(given.get("configuration"))
    for place in (settings, mapping(settings.get("semantic"))):
        if "similarity_threshold" in place:
            yield from shared.share(place["similarity_threshold"])
    if text(settings.get("scope")) in {"global", "shared"}:
        yield say("RTE208", settings["scope"], "one cache for all users: answers cross between them")


def _order(decisions: list[Value]) -> Iterator[Note]:
    """Two of one priority and one rule, and those behind one that always holds.

    Among decisions of one priority the surer one is taken, then the name decides: no mistake by itself.
    """
    by_priority: dict[tuple[float, str], str] = {}
    catching: list[tuple[float, str]] = []
    for item in decisions:
        given = mapping(item)
        priority, name = amount(given.get("priority")), text(given.get("name"))
        if priority is None:
            continue
        rules = given.get("rules")
        place = (priority, json.dumps(rules.plain(), sort_keys=True) if rules is not None else "")
        if place in by_priority:
            message = (
                f"{name!r} has the priority and the rules of {by_priority[place]!r}: it is never reached"
            )
            yield say("RTE216", given["priority"], message)
        by_priority.setdefault(place, name)
        if _always(given.get("rules")):
            catching.append((priority, name))
    for top, name in catching[:1]:
        for item in decisions:
            given = mapping(item)
            below = amount(given.get("priority"))
            if below is not None and below < top:
                yield say(
                    "RTE216", item, f"{name!r} always holds, and goes first: this decision is never reached"
                )


def _always(rules: Value | None) -> bool:
    """Whether a rule is one that all of no conditions make true."""
    given = mapping(rules)
    conditions = given.get("conditions")
    if conditions is None or not isinstance(conditions.node, nodes.Sequence) or listed(conditions):
        return False
    return text(given.get("operator")).upper() == "AND"


def _unused(routing: Mapping[str, Value], used: set[tuple[str, str]]) -> Iterator[Note]:
    names = {name for _, name in used}
    for items in mapping(routing.get("signals")).values():
        for item in listed(items):
            at = mapping(item).get("name")
            if at is not None and text(at) not in names and "projections" not in routing:
                yield say("RTE216", at, f"no decision asks for the signal {text(at)!r}", "info")
