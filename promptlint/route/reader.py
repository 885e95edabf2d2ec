"""Reads routing.yaml strictly: every mistake is told with file, line and what was meant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from promptlint import jsondoc, prices
from promptlint.config.schema import LATENCIES
from promptlint.errors import ConfigError, SuiteError
from promptlint.evals.values import Value, origin, parsed, text_of
from promptlint.route import reader_parts as parts
from promptlint.route.abilities import ability, is_provider, providers
from promptlint.route.policy import Known, Override, Policy, Tier
from promptlint.route.schema import CACHES, keys

MAX_TIERS = 20


def read(path: Path) -> Policy:
    """The policy in a file.

    Raises:
        ConfigError: it cannot be read, or is wrong; the message names file and line.
    """
    try:
        return _policy(str(path), text_of(path, str(path)))
    except SuiteError as error:  # the readers of values are those of suites
        raise ConfigError(str(error).replace("; a suite is one", "")) from error


def line_of(path: Path, key: str) -> int:
    """The line on which a key of a policy that was read has its value."""
    shown = str(path)
    text = text_of(path, shown)
    value = parsed(text, origin(shown, text), is_json=shown.endswith(".json"))
    return value.entries()[key].line if value is not None else 1


def _policy(shown: str, text: str) -> Policy:
    value = parsed(text, origin(shown, text), is_json=shown.endswith(".json"))
    if value is None:
        raise ConfigError(f"{shown}:1: empty; the key `tiers` is missing")
    given = value.fields(keys())
    if "version" in given and given["version"].scalar() != 1:
        given["version"].fail("this promptlint reads version 1")
    if "tiers" not in given:
        value.fail("the key `tiers` is missing")
    models = {name: parts.known_model(item) for name, item in parts.entries(given, "models")}
    tiers = _tiers(given["tiers"], models)
    names = [tier.name for tier in tiers]
    validators = tuple(parts.validator(name, item) for name, item in parts.entries(given, "validators"))
    checkers = [item.name for item in validators]
    overrides = tuple(_override(item, names, checkers, models) for item in parts.items(given, "prompts"))
    _check_likes(overrides, shown)
    retries = parts.part(given, "retries")
    canary, quality = parts.part(given, "canary"), parts.part(given, "quality")
    return Policy(
        path=shown,
        sha256=hashlib.sha256(jsondoc.dumps(value.plain(), None).encode()).hexdigest(),
        tiers=tiers,
        cascade=given["cascade"].flag() if "cascade" in given else False,
        quality=parts.quality(quality),
        budget=parts.amount(parts.part(given, "budget"), "usd_month"),
        latency=parts.latency(given.get("latency"), names),
        validators=validators,
        cache=parts.caching(given.get("cache"), any(each.cache == "semantic" for each in overrides)),
        window=parts.window(given.get("batch")),
        retries=parts.whole(retries, "each", 1),
        calls=retries["total"].count(100) if "total" in retries else 6,
        canary=parts.share(canary["share"]) if "share" in canary else 0.05,
        models=models,
        evals=tuple(item.text() for item in given["evals"].items()) if "evals" in given else (),
        requests=_requests(given),
        prompts=overrides,
    )


def _requests(given: Mapping[str, Value]) -> str:
    """The file of the request classifier, "" without one."""
    return (
        parts.required(given["requests"], "requests", "model")["model"].text() if "requests" in given else ""
    )


def _tiers(value: Value, models: Mapping[str, Known]) -> tuple[Tier, ...]:
    items = value.items()
    if not 1 <= len(items) <= MAX_TIERS:
        value.fail(f"expected from 1 to {MAX_TIERS} tiers")
    found: list[Tier] = []
    for index, item in enumerate(items):
        given = parts.required(item, "tier", "name", "model")
        name, last = given["name"].text(), index == len(items) - 1
        if any(tier.name == name for tier in found):
            given["name"].fail(f"the tier {name!r} is there twice")
        below = parts.share(given["below"]) if "below" in given else None
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
    head, slash, tail = name.partition("/")
    if name not in models and slash and ability(name, {}).provider == "" and not is_provider(head):
        close = get_close_matches(head.lower(), providers(), 1)
        hint = f"did you mean {close[0]}/{tail}?" if close else "name who serves it under `models`"
        value.fail(f"unknown provider {head!r} of {name!r}; {hint}")
    return name


def _unknown_model(value: Value, name: str, models: Mapping[str, Known]) -> NoReturn:
    known = [*models, *prices.known_models()]
    head, slash, tail = name.rpartition("/")
    close = get_close_matches(name, known, 1) or [
        head + slash + near for near in get_close_matches(tail, known, 1)
    ]
    hint = f"did you mean {close[0]}?" if close else "a model of your own needs a line under `models`"
    value.fail(f"unknown model {name!r}; {hint}")


def _override(value: Value, tiers: list[str], validators: list[str], models: Mapping[str, Known]) -> Override:
    given = parts.required(value, "prompt", "match")
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
