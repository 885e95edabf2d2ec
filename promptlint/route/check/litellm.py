"""Checks a hand-written `config.yaml` of LiteLLM for what its loader takes in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import pairwise

from promptlint.evals.values import Value
from promptlint.records import dataclass
from promptlint.route.check import caches, retries, served, shape, shared
from promptlint.route.check.litellm_keys import COMPLEXITY, KINDS, LITELLM, ROUTER, SECRETS, TOP
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.notes import Note
from promptlint.syntax import nodes

_TIERS = ("SIMPLE", "MEDIUM", "COMPLEX", "REASONING")
_SEMANTIC = "auto_router/"
_OTHER_ROUTERS = ("auto_router/complexity", "auto_router/quality", "auto_router/adaptive")
_BOUNDARIES = ("simple_medium", "medium_complex", "complex_reasoning")


@dataclass(frozen=True, slots=True)
class _Config:
    """The parts of a configuration that name models: the deployments of each group, and the aliases."""

    groups: Mapping[str, list[Value]]
    aliases: Mapping[str, Value]
    router: Mapping[str, Value]
    litellm: Mapping[str, Value]

    def has(self, name: str) -> bool:
        """Whether a request for this name is served."""
        return name in self.aliases or any(name == group or _fits(group, name) for group in self.groups)

    def model(self, group: str) -> str:
        """The model of a group's first deployment."""
        params = mapping(mapping(self.groups[group][0]).get("litellm_params")) if group in self.groups else {}
        return text(params.get("model"))


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is of this product."""
    return "model_list" in given or ("router_settings" in given and "litellm_settings" in given)


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a configuration, or will not do what it says."""
    given = mapping(value)
    yield from shape.faults(value, "litellm")
    yield from shared.misspelt(value, TOP)
    yield from _model_list(given.get("model_list"))
    config = _config(given)
    for name, known in (("router_settings", ROUTER), ("litellm_settings", LITELLM)):
        yield from shared.misspelt(given.get(name), known)
    for settings in (config.router, config.litellm):
        for kind in KINDS:
            if kind in settings:
                yield from _fallbacks(settings[kind], config, kind)
        yield from _names(settings.get("default_fallbacks"), config)
    yield from _aliases(config)
    names = [*config.groups, *config.aliases]
    yield from retries.counted(config.router, config.litellm, names, config.has, cap)
    yield from caches.litellm(config.litellm, config.groups, names, cap)
    yield from _tags(config)
    for deployments in config.groups.values():
        for deployment in deployments:
            yield from _deployment(deployment, config)
    yield from shared.secrets(value, SECRETS)


def _fits(group: str, name: str) -> bool:
    return "*" in group and fnmatchcase(name, group)


def _config(given: Mapping[str, Value]) -> _Config:
    groups: dict[str, list[Value]] = {}
    for item in listed(given.get("model_list")):
        name = text(mapping(item).get("model_name"))
        if name:
            groups.setdefault(name, []).append(item)
    router = mapping(given.get("router_settings"))
    return _Config(
        groups, mapping(router.get("model_group_alias")), router, mapping(given.get("litellm_settings"))
    )


def _model_list(value: Value | None) -> Iterator[Note]:
    for item in listed(value):
        entry = mapping(item)
        yield from shared.misspelt(item, ("model_name", "litellm_params", "model_info"))
        if not text(entry.get("model_name")):
            yield say("RTE212", item, "a deployment without a `model_name`")
        if "litellm_params" in entry and not text(mapping(entry["litellm_params"]).get("model")):
            yield say("RTE212", item, "a deployment without a `litellm_params.model`")


# --- fallbacks ---------------------------------------------------------------------------------


def _fallbacks(value: Value, config: _Config, kind: str) -> Iterator[Note]:
    if not isinstance(value.node, nodes.Sequence):
        yield say("RTE212", value, f"expected a list of mappings, found {value.kind}")
    edges: dict[str, list[str]] = {}
    places: dict[str, Value] = {}
    for item in listed(value):
        if not isinstance(item.node, nodes.Mapping):
            yield say("RTE212", item, f"expected a mapping of a model to its fallbacks, found {item.kind}")
        for name, targets in mapping(item).items():
            yield from _fallback_of(name, targets, config)
            edges.setdefault(name, []).extend(text(each) for each in listed(targets))
            places.setdefault(name, targets)
            yield from _weaker(name, targets, config, kind)
    for circle in shared.circles(edges):
        yield say("RTE202", places[circle[0]], f"{kind} go in a circle: {' -> '.join(circle)}")


def _fallback_of(name: str, targets: Value, config: _Config) -> Iterator[Note]:
    if "*" in name and name != "*":
        yield say("RTE220", targets, f"fallbacks for {name!r} never begin: a pattern is no name here")
    elif name != "*" and not config.has(name):
        hint = shared.near(name, [*config.groups, *config.aliases])
        yield say("RTE201", targets, f"fallbacks for {name!r}, and no model group has that name{hint}")
    if not isinstance(targets.node, nodes.Sequence):
        yield say("RTE212", targets, f"expected a list of names, found {targets.kind}")
    yield from _names(targets, config)


def _names(value: Value | None, config: _Config) -> Iterator[Note]:
    for item in listed(value):
        name = text(item)
        if name and not config.has(name):
            yield from shared.dangling(item, name, [*config.groups, *config.aliases], "model group")


def _weaker(name: str, targets: Value, config: _Config, kind: str) -> Iterator[Note]:
    before, form = config.model(name), _wants_form(name, config)
    for item in listed(targets):
        after = config.model(text(item))
        if not before or not after:
            continue
        if kind != "context_window_fallbacks":
            yield from shared.weaker(item, before, after, cascade=False, structured=form)
            continue
        first, then = shared.known(before).context, shared.known(after).context
        if first and then and then <= first:
            message = f"{after} takes no more than {before}: {then:,} tokens"
            yield say("RTE204", item, message)


def _wants_form(name: str, config: _Config) -> bool:
    params = [mapping(mapping(item).get("litellm_params")) for item in config.groups.get(name, ())]
    return any("response_format" in each for each in params)


def _aliases(config: _Config) -> Iterator[Note]:
    with_fallbacks = {
        name
        for settings in (config.router, config.litellm)
        for item in listed(settings.get("fallbacks"))
        for name in mapping(item)
    }
    for alias, value in config.aliases.items():
        target = text(value) or text(mapping(value).get("model"))
        if target and not any(target == group or _fits(group, target) for group in config.groups):
            yield from shared.dangling(value, target, config.groups, "model group")
        if target in with_fallbacks and alias not in with_fallbacks:
            yield say(
                "RTE215", value, f"the fallbacks of {target!r} do not hold for {alias!r}: name it there, too"
            )


# --- cache, tags, complexity -------------------------------------------------------------------


def _tags(config: _Config) -> Iterator[Note]:
    is_on = config.router.get("enable_tag_filtering")
    for name, deployments in config.groups.items():
        tagged = [
            tags
            for item in deployments
            if (tags := mapping(mapping(item).get("litellm_params")).get("tags")) is not None
        ]
        if not tagged:
            continue
        if is_on is None or is_on.scalar() is not True:
            yield say("RTE220", tagged[0], f"the tags of {name!r} do nothing without `enable_tag_filtering`")
        elif len(tagged) == len(deployments) and not any(
            "default" in map(text, listed(tags)) for tags in tagged
        ):
            message = f"no deployment of {name!r} takes requests without a tag (`default`)"
            yield say("RTE216", tagged[0], message, "info")


def _deployment(value: Value, config: _Config) -> Iterator[Note]:
    params = mapping(mapping(value).get("litellm_params"))
    model = text(params.get("model"))
    if model and not params.keys() & {
        "api_base",
        "mock_response",
    }:  # else nobody, or who serves it
        yield from shared.retired(params["model"], model)
        yield from _named(params, model, config)
    if "weight" in params and (amount(params["weight"]) or 0) <= 0:
        yield say("RTE219", params["weight"], "expected a weight above 0")
    default = params.get("complexity_router_default_model")
    if default is not None and not config.has(text(default)):
        yield from shared.dangling(default, text(default), config.groups, "model group")
    if model.startswith(_SEMANTIC) and not model.startswith(_OTHER_ROUTERS):
        yield from _semantic_router(params, config)
    if "complexity_router_config" in params:
        yield from _complexity(params["complexity_router_config"], config)


def _named(params: Mapping[str, Value], model: str, config: _Config) -> Iterator[Note]:
    """Slips of the pen in a model's name, and in who serves it, unless the file has providers of its own."""
    head, slash, _ = model.partition("/")
    if "custom_llm_provider" in params or "custom_provider_map" in config.litellm:
        return
    if slash:
        yield from served.provider(params["model"], head, "litellm")
    yield from served.model(params["model"], model)


def _semantic_router(params: Mapping[str, Value], config: _Config) -> Iterator[Note]:
    """A router by similarity: it cannot start without an embedding model and a default."""
    names = [*config.groups, *config.aliases]
    if "auto_router_embedding_model" not in params:
        yield say("RTE224", params["model"], "no `auto_router_embedding_model`: the router does not start")
    yield from caches.embedding(params.get("auto_router_embedding_model"), names)
    default = params.get("auto_router_default_model")
    if default is None:
        yield say("RTE207", params["model"], "no `auto_router_default_model`: the router does not start")
    elif text(default) and not config.has(text(default)):
        yield from shared.dangling(default, text(default), names, "model group")


def _complexity(value: Value, config: _Config) -> Iterator[Note]:
    for name, item in mapping(value).items():
        if name not in COMPLEXITY:
            hint = shared.near(name, COMPLEXITY, 0.5)
            yield say("RTE211", item, f"unknown key{hint or ': it does nothing'}")
    tiers = mapping(value).get("tiers")
    for name, item in mapping(tiers).items():
        if name not in _TIERS:
            yield say("RTE207", item, f"no tier is called {name!r}{shared.near(name, _TIERS)}")
        for each in listed(item) or [item]:
            if text(each) and not config.has(text(each)):
                yield from shared.dangling(each, text(each), config.groups, "model group")
    yield from _dearer(mapping(tiers), config)
    if tiers is not None:
        missing = [name for name in _TIERS[:3] if name not in mapping(tiers)]
        if missing:
            yield say("RTE207", tiers, f"no model for {', '.join(missing)}")
    yield from _boundaries(mapping(value).get("tier_boundaries"))


def _dearer(tiers: Mapping[str, Value], config: _Config) -> Iterator[Note]:
    """Tiers whose model is dearer than that of the tier above."""
    rows = [(name, tiers[name], config.model(_first(tiers[name]))) for name in _TIERS if name in tiers]
    for (low, value, cheap), (high, _, dear) in pairwise(rows):
        one, other = shared.price(cheap), shared.price(dear)
        if cheap and dear and one is not None and other is not None and one > other:
            yield say("RTE223", value, f"{low} goes to {cheap}, which is dearer than {dear} of {high}")


def _first(value: Value) -> str:
    return text((listed(value) or [value])[0])


def _boundaries(value: Value | None) -> Iterator[Note]:
    given = mapping(value)
    before, name_before = None, ""
    for name in given:
        if name not in _BOUNDARIES:
            yield say("RTE211", given[name], f"unknown boundary{shared.near(name, _BOUNDARIES)}")
    for name in _BOUNDARIES:
        found = amount(given.get(name))
        if name in given and found is None:
            yield say("RTE212", given[name], f"expected a number, found {given[name].kind}")
        if found is not None and before is not None and found <= before:
            yield say("RTE206", given[name], f"{found:g} is not above `{name_before}`, {before:g}")
        if found is not None:
            before, name_before = found, name
