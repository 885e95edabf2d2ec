"""Checks a hand-written Portkey config: most of its mistakes show only when a request meets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from promptlint.evals.values import Value
from promptlint.records import dataclass
from promptlint.route.check import caches, patterns, served, shape, shared
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.notes import Note
from promptlint.syntax import nodes

MODES = ("single", "loadbalance", "fallback", "conditional")
_OPERATORS = ("$eq", "$ne", "$in", "$nin", "$regex", "$gt", "$gte", "$lt", "$lte")
_JOINING = ("$and", "$or")
_NUMERIC = ("$gt", "$gte", "$lt", "$lte")
_ROOTS = ("metadata.", "params.", "url.")
_KEYS = (
    *("strategy", "targets", "name", "provider", "api_key", "virtual_key", "weight", "cache", "retry"),
    *("override_params", "output_guardrails", "input_guardrails", "custom_host", "request_timeout"),
    *("before_request_hooks", "after_request_hooks", "forward_headers", "on_status_codes", "index"),
    *("azure_model_name", "aws_region", "vertex_region", "strict_open_ai_compliance", "passthrough"),
)
_STRATEGY = ("mode", "on_status_codes", "conditions", "default")
_CACHES = ("simple", "semantic")
_MOST_RETRIES = 5
_DENIED = 446


@dataclass(frozen=True, slots=True)
class _Step:
    """A target of a fallback: its model, and whether an answer may be denied there."""

    value: Value
    model: str
    guarded: bool
    denies: bool
    structured: bool


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is of this product."""
    return (
        "targets" in given
        or ("strategy" in given and "model_list" not in given)
        or ("override_params" in given and ("provider" in given or "virtual_key" in given))
    )


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a config, or will not do what it says."""
    yield from shape.faults(value, "portkey")
    yield from _target(value, cap)
    yield from shared.secrets(value)


def _target(value: Value, cap: Cap, cached: bool = False) -> Iterator[Note]:
    """A target; `cached`: a config around it keeps its answers."""
    given = mapping(value)
    yield from shared.misspelt(value, _KEYS)
    if text(given.get("provider")):
        yield from served.provider(given["provider"], text(given["provider"]), "portkey")
    yield from _strategy(value, given, cap)
    model = mapping(given.get("override_params")).get("model")
    if model is not None and text(model):
        yield from shared.retired(model, text(model))
    yield from _cache(given.get("cache"))
    cached = _keeps(given, cached)
    if cached:
        yield from caches.differing(mapping(given.get("override_params")))
    yield from _personal(given, cap, cached)
    attempts = mapping(given.get("retry")).get("attempts")
    if attempts is not None:
        yield from _attempts(attempts)
    for item in listed(given.get("targets")):
        yield from _target(item, cap, cached)


def _strategy(value: Value, given: Mapping[str, Value], cap: Cap) -> Iterator[Note]:
    strategy, targets = given.get("strategy"), given.get("targets")
    if strategy is None:
        return
    yield from shared.misspelt(strategy, _STRATEGY)
    mode_at = mapping(strategy).get("mode")
    mode = text(mode_at)
    if mode not in MODES:
        yield say("RTE218", mode_at or strategy, f"no mode is called {mode!r}{shared.near(mode, MODES)}")
    if not listed(targets):
        yield say("RTE212", targets or strategy, "a strategy without a list of targets")
        return
    named = [(text(mapping(item).get("name")), mapping(item).get("name", item)) for item in listed(targets)]
    if mode == "conditional":
        yield from shared.twice([row for row in named if row[0]], "target")
        yield from _conditional(strategy, dict(named))
    elif mode == "fallback":
        yield from _fallback(strategy, listed(targets), cap)
    elif mode == "loadbalance":
        weights = [amount(mapping(item).get("weight")) for item in listed(targets)]
        if all(weight == 0 for weight in weights):
            yield say("RTE219", strategy, "all weights are 0: nothing is ever asked")


def _personal(given: Mapping[str, Value], cap: Cap, cached: bool) -> Iterator[Note]:
    """Conditions on prompts whose answers may not be kept, but are."""
    targets = [mapping(item) for item in listed(given.get("targets"))]
    keeps = {text(item.get("name")): _keeps(item, cached) for item in targets}
    for item in listed(mapping(given.get("strategy")).get("conditions")):
        entry = mapping(item)
        asked = mapping(mapping(entry.get("query")).get("metadata.prompt_id"))
        for value in (*listed(asked.get("$in")), *filter(None, [asked.get("$eq")])):
            if keeps.get(text(entry.get("then"))):
                yield from caches.personal(value, text(value), cap)


def _keeps(given: Mapping[str, Value], cached: bool) -> bool:
    """Whether answers are kept: by a target's own cache, else by the config around it."""
    return text(mapping(given["cache"]).get("mode")) in _CACHES if "cache" in given else cached


# --- conditions ----------------------------------------------------------------------------------


def _conditional(strategy: Value, targets: Mapping[str, Value]) -> Iterator[Note]:
    given = mapping(strategy)
    conditions = listed(given.get("conditions"))
    if not conditions:
        yield say("RTE212", given.get("conditions", strategy), "a conditional strategy without conditions")
    used: set[str] = {text(given["default"])} if "default" in given else set()
    seen: dict[str, int] = {}
    for item in conditions:
        entry = mapping(item)
        then = text(entry.get("then"))
        used.add(then)
        if then not in targets:
            yield from shared.dangling(entry.get("then", item), then, [*filter(None, targets)], "target")
        query = entry.get("query")
        if query is None or not isinstance(query.node, nodes.Mapping):
            yield say("RTE212", query or item, "a condition without a `query`")
            continue
        yield from _query(query)
        spelt = repr(query.plain())
        if spelt in seen:
            yield say(
                "RTE216", query, f"the condition of line {seen[spelt]} is met before: this one never is"
            )
        seen.setdefault(spelt, query.line)
    default = given.get("default")
    if default is None:
        yield say("RTE207", strategy, "no `default`: a request that meets no condition is an error")
    elif text(default) not in targets:
        yield from shared.dangling(default, text(default), [*filter(None, targets)], "target")
    yield from _unreached(targets, used)


def _unreached(targets: Mapping[str, Value], used: set[str]) -> Iterator[Note]:
    """Targets that nothing leads to, unless the names that nothing has may all be meant for them."""
    found = [(name, value) for name, value in targets.items() if name not in used]
    if len(found) <= len(used - targets.keys()):
        return
    for name, value in found:
        what = f"the target {name!r}" if name else "a target without a name"
        yield say("RTE216", value, f"no condition leads to {what}")


def _query(query: Value) -> Iterator[Note]:
    for name, item in mapping(query).items():
        if name in _JOINING:
            if not listed(item):
                yield say("RTE212", item, f"{name} expects a list of queries, found {item.kind}")
            for each in listed(item):
                yield from _query(each)
        elif name.startswith("$"):
            yield say("RTE218", item, f"no operator joins as {name}{shared.near(name, _JOINING)}")
        else:
            yield from _comparison(name, item)


def _comparison(name: str, value: Value) -> Iterator[Note]:
    if not name.startswith(_ROOTS):
        yield say("RTE211", value, f"{name!r} is none of metadata.*, params.*, url.*: it is never met")
    operators = mapping(value)
    for operator, item in operators.items():
        if operator not in _OPERATORS:
            yield say("RTE218", item, f"no operator is called {operator}{shared.near(operator, _OPERATORS)}")
        if operator in _NUMERIC and not _is_number(item):
            yield say("RTE212", item, f"{operator} expects a number, found {item.kind}")
        if operator in {"$in", "$nin"} and not isinstance(item.node, nodes.Sequence):
            yield say("RTE212", item, f"{operator} expects a list, found {item.kind}")
    if "$regex" in operators:
        yield from patterns.faults(operators["$regex"])
    if "$regex" in operators and len(operators) > 1:
        yield say("RTE216", value, "beside $regex other operators do not count: join them with $and")


def _is_number(value: Value) -> bool:
    found = value.scalar()
    if isinstance(found, str):
        try:
            float(found)
        except ValueError:
            return False
        return True
    return amount(value) is not None


# --- fallbacks, caches, retries --------------------------------------------------------------------


def _fallback(strategy: Value, targets: list[Value], cap: Cap) -> Iterator[Note]:
    if len(targets) < 2:
        yield say("RTE220", strategy, "a fallback with one target: there is nothing to fall back to")
    codes = mapping(strategy).get("on_status_codes")
    steps = [_step(item) for item in targets]
    if codes is not None:
        yield from _codes(codes, steps)
    for step in steps[:-1]:
        if step.guarded and not step.denies:
            message = (
                "a guardrail without `deny`: its verdict does not stop the answer, and nothing escalates"
            )
            if codes is None or 246 not in {amount(item) for item in listed(codes)}:
                yield say("RTE220", step.value, message)
    for before, after in pairwise(steps):
        if before.model and after.model:
            cascade = before.guarded
            form = before.structured
            yield from shared.weaker(after.value, before.model, after.model, cascade, form)
            if before.model == after.model and _provider(before) == _provider(after):
                yield say("RTE202", after.value, f"{after.model} is asked again after it has failed")
    attempts = [amount(mapping(mapping(item).get("retry")).get("attempts")) or 0 for item in targets]
    calls = sum(int(each) + 1 for each in attempts)
    if calls > cap.calls:
        yield say("RTE210", strategy, f"one request may become {calls} calls; the cap is {cap.calls}")


def _codes(codes: Value, steps: list[_Step]) -> Iterator[Note]:
    numbers = {amount(item) for item in listed(codes)}
    for item in listed(codes):
        found = amount(item)
        if found == 200:
            yield say("RTE220", item, "200 is an answer: every request would fall back")
    if _DENIED not in numbers and any(step.denies for step in steps[:-1]):
        yield say(
            "RTE220", codes, f"a guardrail denies with {_DENIED}, which is not among them: nothing escalates"
        )


def _step(value: Value) -> _Step:
    given = mapping(value)
    params = mapping(given.get("override_params"))
    guards = [mapping(item) for item in listed(given.get("output_guardrails"))]
    denies = any((found := item.get("deny")) is not None and found.scalar() is True for item in guards)
    inline = [item for item in guards if any(name.count(".") == 1 for name in item)]
    return _Step(value, text(params.get("model")), bool(inline), denies, "response_format" in params)


def _provider(step: _Step) -> tuple[str, ...]:
    given = mapping(step.value)
    return tuple(text(given.get(name)) for name in ("provider", "virtual_key", "api_key", "custom_host"))


def _cache(value: Value | None) -> Iterator[Note]:
    if value is None or not mapping(value):
        return
    given = mapping(value)
    yield from shared.misspelt(value, ("mode", "max_age"))
    mode = text(given.get("mode"))
    if mode not in _CACHES:
        yield say(
            "RTE212", given.get("mode", value), f"no cache has the mode {mode!r}{shared.near(mode, _CACHES)}"
        )


def _attempts(value: Value) -> Iterator[Note]:
    found = amount(value)
    if found is not None and found > _MOST_RETRIES:
        yield say("RTE210", value, f"{found:g} attempts; the gateway makes {_MOST_RETRIES} at most")
