"""Reads routing.yaml strictly: every mistake is told with file, line and what was meant."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from promptlint import jsondoc, prices
from promptlint.errors import ConfigError, SuiteError
from promptlint.evals.values import Value, origin, parsed, text_of
from promptlint.records import dataclass
from promptlint.route.schema import CACHES, KINDS, keys
from promptlint.traits import LATENCIES

MAX_TIERS = 20
_LONGEST_PATTERN = 1000


@dataclass(frozen=True, slots=True)
class Tier:
    """A range of scores, from that of the tier before on, and its model; `below` None: the last."""

    name: str
    model: str
    below: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the policy says of a model; None where it does not. Prices are US dollars a million tokens."""

    provider: str | None = None
    context: int | None = None
    structured: bool | None = None
    input: float | None = None
    output: float | None = None


@dataclass(frozen=True, slots=True)
class Validator:
    """What an answer must pass; `schema` is JSON."""

    name: str
    kind: str
    schema: str = ""
    pattern: str = ""
    labels: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Caching:
    """How answers are kept; `prefix`: mark what the provider's own cache may keep."""

    mode: str = "none"
    threshold: float = 0.95
    ttl: int = 3600
    embedding: str = ""
    prefix: bool = True


@dataclass(frozen=True, slots=True)
class Quality:
    """What an eval must show of a model: the one-sided lower bound of its pass rate reaches the floor."""

    floor: float = 0.9
    confidence: float = 0.95
    cases: int = 20


@dataclass(frozen=True, slots=True)
class Override:
    """What holds for the prompts that match; None where it says nothing."""

    match: str
    line: int
    like: str | None = None
    tier: str | None = None
    model: str | None = None
    keep: bool | None = None
    cascade: bool | tuple[str, ...] | None = None
    validators: tuple[str, ...] | None = None
    cache: str | None = None
    batch: bool | None = None
    personal: bool | None = None
    latency: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy: every name in it is there. `window` are hours, `budget` US dollars a month."""

    path: str
    sha256: str
    tiers: tuple[Tier, ...]
    cascade: bool = False
    quality: Quality = Quality()
    budget: float | None = None
    latency: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    validators: tuple[Validator, ...] = ()
    cache: Caching = Caching()
    window: int | None = None
    retries: int = 1
    calls: int = 6
    canary: float = 0.05
    models: Mapping[str, Known] = field(default_factory=dict)
    evals: tuple[str, ...] = ()
    prompts: tuple[Override, ...] = ()

    def tier(self, name: str) -> Tier:
        """The tier of a name that was checked."""
        return next(tier for tier in self.tiers if tier.name == name)


def read(path: Path) -> Policy:
    """The policy in a file.

    Raises:
        ConfigError: it cannot be read, or is wrong; the message names file and line.
    """
    try:
        return _policy(str(path), text_of(path, str(path)))
    except SuiteError as error:  # the readers of values are those of suites
        raise ConfigError(str(error).replace("; a suite is one", "")) from error


def _policy(shown: str, text: str) -> Policy:
    value = parsed(text, origin(shown, text), is_json=shown.endswith(".json"))
    if value is None:
        raise ConfigError(f"{shown}:1: empty; the key `tiers` is missing")
    given = value.fields(keys())
    if "version" in given and given["version"].scalar() != 1:
        given["version"].fail("this promptlint reads version 1")
    if "tiers" not in given:
        value.fail("the key `tiers` is missing")
    models = {name: _known(item) for name, item in _entries(given, "models")}
    tiers = _tiers(given["tiers"], models)
    names = [tier.name for tier in tiers]
    validators = tuple(_validator(name, item) for name, item in _entries(given, "validators"))
    checkers = [item.name for item in validators]
    overrides = tuple(_override(item, names, checkers, models) for item in _items(given, "prompts"))
    _check_likes(overrides, shown)
    retries = _part(given, "retries")
    canary, quality = _part(given, "canary"), _part(given, "quality")
    return Policy(
        path=shown,
        sha256=hashlib.sha256(jsondoc.dumps(value.plain(), None).encode()).hexdigest(),
        tiers=tiers,
        cascade=given["cascade"].flag() if "cascade" in given else False,
        quality=_quality(quality),
        budget=_amount(_part(given, "budget"), "usd_month"),
        latency=_latency(given.get("latency"), names),
        validators=validators,
        cache=_caching(given.get("cache")),
        window=_window(given.get("batch")),
        retries=_whole(retries, "each", 1),
        calls=retries["total"].count(100) if "total" in retries else 6,
        canary=_share(canary["share"]) if "share" in canary else 0.05,
        models=models,
        evals=tuple(item.text() for item in given["evals"].items()) if "evals" in given else (),
        prompts=overrides,
    )


# --- parts -----------------------------------------------------------------------------------


def _tiers(value: Value, models: Mapping[str, Known]) -> tuple[Tier, ...]:
    items = value.items()
    if not 1 <= len(items) <= MAX_TIERS:
        value.fail(f"expected from 1 to {MAX_TIERS} tiers")
    found: list[Tier] = []
    for index, item in enumerate(items):
        given = _required(item, "tier", "name", "model")
        name, last = given["name"].text(), index == len(items) - 1
        if any(tier.name == name for tier in found):
            given["name"].fail(f"the tier {name!r} is there twice")
        below = _share(given["below"]) if "below" in given else None
        if below is None and not last:
            item.fail(f"a gap: the tier {name!r} has no `below`, so no score reaches the tiers after it")
        if below is not None and last:
            given["below"].fail(
                f"a gap: no tier takes scores from {below:g} on; leave `below` out of the last"
            )
        before = found[-1].below if found else 0.0
        if below is not None and before is not None and below <= before:
            given["below"].fail(f"out of order: {below:g} is not above {before:g}, where the tier begins")
        found.append(Tier(name, _model(given["model"], models), below, item.line))
    return tuple(found)


def _model(value: Value, models: Mapping[str, Known]) -> str:
    name = value.text()
    if name not in models and prices.price(name) is None:
        _unknown_model(value, name, models)
    return name


def _unknown_model(value: Value, name: str, models: Mapping[str, Known]) -> NoReturn:
    known = [*models, *prices.known_models()]
    head, slash, tail = name.rpartition("/")
    close = get_close_matches(name, known, 1) or [
        head + slash + near for near in get_close_matches(tail, known, 1)
    ]
    hint = f"did you mean {close[0]}?" if close else "a model of your own needs a line under `models`"
    value.fail(f"unknown model {name!r}; {hint}")


def _known(value: Value) -> Known:
    given = value.fields(keys("model"))
    if ("input" in given) != ("output" in given):
        value.fail("`input` and `output` prices go together")
    return Known(
        provider=given["provider"].text() if "provider" in given else None,
        context=given["context"].count(100_000_000) if "context" in given else None,
        structured=given["structured"].flag() if "structured" in given else None,
        input=_amount(given, "input"),
        output=_amount(given, "output"),
    )


_NEEDS = {"json-schema": "schema", "regex": "pattern", "labels": "labels", "confidence": "threshold"}


def _validator(name: str, value: Value) -> Validator:
    given = _required(value, "validator", "kind")
    kind = given["kind"].word(KINDS)
    need = _NEEDS.get(kind)
    for key in given:
        if key not in {"kind", need}:
            given[key].fail(f"means nothing to a validator of kind {kind}")
    if need is not None and need not in given:
        value.fail(f"a validator of kind {kind} needs `{need}`")
    found = Validator(name, kind)
    if kind == "json-schema":
        given["schema"].entries()
        return replace(found, schema=jsondoc.dumps(given["schema"].plain(), None))
    if kind == "regex":
        return replace(found, pattern=_pattern(given["pattern"]))
    if kind == "labels":
        return replace(found, labels=tuple(item.text() for item in given["labels"].items()))
    return replace(found, threshold=_share(given["threshold"])) if kind == "confidence" else found


def _pattern(value: Value) -> str:
    text = value.text()
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        value.fail(f"no regular expression: {error}")
    if len(text) > _LONGEST_PATTERN:
        value.fail(f"longer than {_LONGEST_PATTERN:,} characters")
    return text


def _override(value: Value, tiers: list[str], validators: list[str], models: Mapping[str, Known]) -> Override:
    given = _required(value, "prompt", "match")
    if sum(name in given for name in ("tier", "model", "keep")) > 1:
        value.fail("only one of `tier`, `model` and `keep` can hold")

    def texts(name: str, known: list[str]) -> tuple[str, ...] | None:
        return tuple(item.word(known) for item in given[name].items()) if name in given else None

    found = Override(given["match"].text(), value.line)
    return replace(
        found,
        like=given["like"].text() if "like" in given else None,
        tier=given["tier"].word(tiers) if "tier" in given else None,
        model=_model(given["model"], models) if "model" in given else None,
        keep=given["keep"].flag() if "keep" in given else None,
        cascade=_cascade(given["cascade"], tiers) if "cascade" in given else None,
        validators=texts("validators", validators),
        cache=given["cache"].word(CACHES) if "cache" in given else None,
        batch=given["batch"].flag() if "batch" in given else None,
        personal=given["personal"].flag() if "personal" in given else None,
        latency=given["latency"].word(LATENCIES) if "latency" in given else None,
    )


def _cascade(value: Value, tiers: list[str]) -> bool | tuple[str, ...]:
    if isinstance(value.scalar(), bool):
        return value.flag()
    names: list[str] = []
    for item in value.items():
        name = item.word(tiers)
        if name in names:
            item.fail(f"cyclic: the tier {name!r} comes again after it has failed")
        if names and tiers.index(name) < tiers.index(names[-1]):
            item.fail(f"escalates down, from {names[-1]!r} to {name!r}")
        names.append(name)
    if not names:
        value.fail("expected true, false, or the tiers from the first to the last")
    return tuple(names)


def _check_likes(overrides: tuple[Override, ...], shown: str) -> None:
    by_match = {item.match: item for item in overrides}
    for item in overrides:
        seen, at = [item.match], item
        while at.like is not None:
            if at.like not in by_match:
                _fail(shown, at.line, f"`like`: no entry has `match: {at.like}`", at.like, by_match)
            if at.like in seen:
                _fail(shown, item.line, f"`like` is cyclic: {' -> '.join([*seen, at.like])}", "", ())
            at = by_match[at.like]
            seen.append(at.match)


def _fail(shown: str, line: int, message: str, name: str, known: object) -> NoReturn:
    close = get_close_matches(name, list(known), 1) if isinstance(known, (dict, list)) else []
    raise ConfigError(f"{shown}:{line}: {message}" + (f"; did you mean {close[0]}?" if close else ""))


def _latency(value: Value | None, tiers: list[str]) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    found = value.fields(LATENCIES)
    return {name: tuple(each.word(tiers) for each in item.items()) for name, item in found.items()}


def _quality(given: Mapping[str, Value]) -> Quality:
    found = Quality()
    return Quality(
        floor=_share(given["floor"]) if "floor" in given else found.floor,
        confidence=given["confidence"].between(0.5, 1) if "confidence" in given else found.confidence,
        cases=given["cases"].count() if "cases" in given else found.cases,
    )


def _caching(value: Value | None) -> Caching:
    if value is None:
        return Caching()
    given = value.fields(keys("cache"))
    mode = given["mode"].word(CACHES) if "mode" in given else "exact"
    for name in ("threshold", "embedding"):
        if name in given and mode != "semantic":
            given[name].fail("means something to a semantic cache only")
    return Caching(
        mode=mode,
        threshold=given["threshold"].between(0, 1) if "threshold" in given else 0.95,
        ttl=given["ttl"].count(100_000_000) if "ttl" in given else 3600,
        embedding=given["embedding"].text() if "embedding" in given else "",
        prefix=given["prefix"].flag() if "prefix" in given else True,
    )


def _window(value: Value | None) -> int | None:
    if value is None:
        return None
    given = value.fields(keys("batch"))
    return given["window"].count(1000) if "window" in given else 24


# --- readers ---------------------------------------------------------------------------------


def _required(value: Value, part: str, *names: str) -> dict[str, Value]:
    given = value.fields(keys(part))
    for name in names:
        if name not in given:
            value.fail(f"the key `{name}` is missing")
    return given


def _part(given: Mapping[str, Value], name: str) -> dict[str, Value]:
    return given[name].fields(keys(name)) if name in given else {}


def _entries(given: Mapping[str, Value], name: str) -> list[tuple[str, Value]]:
    return list(given[name].entries().items()) if name in given else []


def _items(given: Mapping[str, Value], name: str) -> list[Value]:
    return given[name].items() if name in given else []


def _amount(given: Mapping[str, Value], name: str) -> float | None:
    return given[name].amount() if name in given else None


def _whole(given: Mapping[str, Value], name: str, default: int) -> int:
    if name not in given:
        return default
    return 0 if given[name].scalar() == 0 else given[name].count(20)


def _share(value: Value) -> float:
    found = value.number()
    if not 0 <= found <= 1:
        value.fail(f"expected a number from 0 to 1, found {found:g}")
    return found
