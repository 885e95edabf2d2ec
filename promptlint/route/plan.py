"""Compiles prompts and a policy into a routing plan: a pure function, the same for the same input."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from promptlint import __version__, costs, documents, globs, jsondoc, prices
from promptlint.errors import ConfigError
from promptlint.evaluation import EvalResult
from promptlint.model import Load, Profile, Role
from promptlint.records import dataclass
from promptlint.route import evidence, manifest, policy, slugs, tiers
from promptlint.route.abilities import ability
from promptlint.route.case import Case, override_of
from promptlint.route.choice import Chosen, choose, settle
from promptlint.route.compiled import SCHEMA_VERSION, Cache, Plan, Route, Step, Validator
from promptlint.route.manifest import Entry
from promptlint.route.notes import Note, note
from promptlint.route.policy import Override, Policy
from promptlint.route.requests.model import RequestClassifier
from promptlint.verdicts import Evaluated

JSON_VALIDATOR = policy.Validator("json", "json")
"""What an answer must pass, without being asked for, if the call wants JSON and the policy escalates."""


@dataclass(frozen=True, slots=True)
class _Served:
    """A prompt's caches and jobs."""

    cache: Cache | None
    uncacheable: tuple[str, ...]
    prefix: int | None
    batch: bool
    retries: int


def compiled(
    entries: Sequence[Entry],
    rules: Policy,
    results: Iterable[EvalResult] = (),
    allow_unproven: bool = False,
    classifier: RequestClassifier | None = None,
) -> Plan:
    """The plan.

    Args:
        entries: the prompts, by id.
        rules: the policy.
        results: of evals; those of other texts do not count, and are told.
        allow_unproven: send prompts without an eval result where their score says; marked in the plan.
        classifier: of requests, for callers that ask it.

    Raises:
        ConfigError: an entry of the policy is for a prompt that does not exist.
    """
    shown = [row for entry in entries for row in entry.evaluated]
    rows = evidence.again((*evidence.found(results, 0.5), *shown), rules.quality.confidence)
    known = evidence.by_hash(rows)
    notes = [*_stale(rows, entries), *_unrouted(entries)]
    matching = _matching(rules, entries)
    routes = []
    for entry in entries:
        if _is_request(entry):
            override = override_of(rules, entry.id, matching.get(entry.id, ()))
            evaluated = known.get(entry.version, ())
            route = _route(Case(entry, rules, override, evaluated, allow_unproven), notes)
            routes.append(route)
    notes += [*_over_budget(rules, routes), *tiers.notes(rules, classifier)]
    found = _plan(rules, entries, tuple(routes), notes)
    if classifier is None:
        return found
    return replace(found, requests=classifier, policy_sha256=_with(rules.sha256, classifier))


def _with(policy_sha256: str, classifier: RequestClassifier) -> str:
    """The hash of a policy and the classifier that it names."""
    text = policy_sha256 + jsondoc.dumps(documents.to_json(classifier), None)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plan(rules: Policy, entries: Sequence[Entry], routes: tuple[Route, ...], notes: Iterable[Note]) -> Plan:
    named = {name for route in routes for name in route.validators}
    every = {item.name: item for item in (JSON_VALIDATOR, *rules.validators)}
    return Plan(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        kind="route-plan",
        manifest_sha256=manifest.sha256(entries),
        policy_sha256=rules.sha256,
        policy=rules.path,
        price_date=prices.snapshot_date(),
        cascade=rules.cascade,
        tiers=tuple(_tier(tier, rules) for tier in rules.tiers),
        below=tuple(tier.below for tier in rules.tiers),
        validators=tuple(_validator(every[name]) for name in sorted(named)),
        batch_hours=rules.window,
        embedding=rules.cache.embedding,
        routes=routes,
        notes=tuple(sorted(notes, key=lambda it: (it.prompt, it.code, it.message))),
    )


def _tier(tier: policy.Tier, rules: Policy) -> Step:
    found = ability(tier.model, rules.models)
    return Step(tier.name, found.named, found.provider, found.bare, found.context, found.structured, None)


def _validator(item: policy.Validator) -> Validator:
    return Validator(item.name, item.kind, item.schema, item.pattern, item.labels, item.threshold)


# --- one prompt --------------------------------------------------------------------------------


def _route(case: Case, notes: list[Note]) -> Route:
    chosen = choose(case)
    served = _served(case, chosen, notes)
    notes.extend(chosen.notes)
    entry = case.entry
    return Route(
        prompt=entry.id,
        path=entry.path,
        content_hash=entry.version,
        owner=entry.traits.owner,
        task=entry.traits.task,
        difficulty=entry.traits.difficulty,
        latency=case.latency,
        output=entry.traits.output,
        basis=chosen.basis,
        reason=chosen.reason,
        steps=chosen.steps,
        validators=_validators(case, chosen),
        retries=served.retries,
        cache=served.cache,
        uncacheable=served.uncacheable,
        prefix_tokens=served.prefix,
        batch=served.batch,
        canary=None if served.batch else chosen.canary,
        settle=settle(entry.id, chosen.canary.step.model) if chosen.canary else "",
        evaluated=case.evaluated,
        calls_per_month=entry.calls_per_month,
        input_tokens=entry.input_tokens,
    )


def _validators(case: Case, chosen: Chosen) -> tuple[str, ...]:
    if case.override.validators is not None:
        return case.override.validators
    return ("json",) if case.entry.traits.output != "text" and len(chosen.steps) > 1 else ()


def _served(case: Case, chosen: Chosen, notes: list[Note]) -> _Served:
    cache, why = _cache(case, notes)
    first = chosen.steps[0]
    prefix = costs.cacheable_tokens(case.entry.prefix_tokens, first.name) if case.policy.cache.prefix else 0
    return _Served(cache, why, prefix or None, _batch(case, first, notes), _retries(case, chosen, notes))


def _say(case: Case, code: str, message: str) -> Note:
    line = case.override.line
    where = (case.policy.path, line) if line else (case.entry.path, case.entry.line)
    return note(code, message, case.entry.id, *where)


def _cache(case: Case, notes: list[Note]) -> tuple[Cache | None, tuple[str, ...]]:
    asked, rules = case.override.cache, case.policy.cache
    mode = rules.mode if asked is None else asked
    why = list(case.entry.traits.uncacheable)
    if case.override.personal is False:
        why = [reason for reason in why if not reason.startswith("personal")]
    if case.override.personal:
        why.append("personal, as the policy says")
    if mode == "none":
        return None, tuple(why)
    if why:
        code = "RTE007" if asked is None else "RTE008"
        notes.append(_say(case, code, f"not cached: {', '.join(why)}"))
        return None, tuple(why)
    namespace = f"{slugs.slug(case.entry.id)}@{case.entry.traits.system_hash}"
    return Cache(mode, namespace, rules.ttl, rules.threshold if mode == "semantic" else None), ()


def _batch(case: Case, first: Step, notes: list[Note]) -> bool:
    """Whether the requests may wait, the provider has a batch price, and the policy has a window."""
    asked = case.override.batch
    wanted = case.entry.traits.batchable if asked is None else asked
    if not wanted:
        return False
    basis = case.entry.traits
    is_said = bool(asked) or basis.batchable_basis in {"declared", "configured"}
    is_timed = bool(case.override.latency) or basis.latency_basis != "assumed"
    if case.latency != "background" and is_said and is_timed:
        notes.append(_say(case, "RTE009", f"a batch job for a prompt of latency class {case.latency}"))
        return False
    if case.policy.window is None:
        return False
    if ability(first.model, case.policy.models).batch_input is None:
        notes.append(_say(case, "RTE010", f"no batch price of {first.model} is known: it is not batched"))
        return False
    return True


def _retries(case: Case, chosen: Chosen, notes: list[Note]) -> int:
    """Retries of each model, fewer if all calls together would be over the cap."""
    models, wanted = len(chosen.steps), case.policy.retries
    fitting = max(0, case.policy.calls // models - 1)
    if wanted > fitting:
        calls = models * (wanted + 1)
        notes.append(
            _say(case, "RTE011", f"{calls} calls over the cap of {case.policy.calls}: {fitting} retries")
        )
    return min(wanted, fitting)


# --- all prompts -------------------------------------------------------------------------------


def _is_request(entry: Entry) -> bool:
    is_tool = bool(entry.role) and set(entry.role) == {Role.TOOL_DEFINITION.value}
    return entry.load is not Load.INCLUDED and entry.profile is Profile.PROMPT and not is_tool


def _unrouted(entries: Iterable[Entry]) -> Iterator[Note]:
    for entry in entries:
        if not _is_request(entry):
            what = (
                "a document of a coding agent" if entry.profile is not Profile.PROMPT else "a part of others"
            )
            yield note("RTE017", f"not routed: {what}", entry.id, entry.path, entry.line)


def _stale(rows: Iterable[Evaluated], entries: Iterable[Entry]) -> Iterator[Note]:
    texts = {entry.version for entry in entries}
    for suite in sorted(
        {row.suite for row in rows} - {row.suite for row in rows if row.content_hash in texts}
    ):
        yield note("RTE004", f"{suite}: the result is of no text that a prompt has now: it does not count")


def _matching(rules: Policy, entries: Sequence[Entry]) -> Mapping[str, list[Override]]:
    ids = sorted(entry.id for entry in entries)
    found: dict[str, list[Override]] = {}
    for item in rules.prompts:
        fitting = [item.match] if item.match in ids else [i for i in ids if globs.matches_id(item.match, i)]
        if not fitting and not any(other.like == item.match for other in rules.prompts):
            close = get_close_matches(item.match, ids, 1, 0.5)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ConfigError(f"{rules.path}:{item.line}: no prompt matches {item.match!r}{hint}")
        for prompt in fitting:
            found.setdefault(prompt, []).append(item)
    return found


def _over_budget(rules: Policy, routes: Iterable[Route]) -> Iterator[Note]:
    if rules.budget is None:
        return
    usd = sum((route.steps[0].usd_per_1000 or 0) * (route.calls_per_month or 0) / 1000 for route in routes)
    if usd > rules.budget:
        message = f"about ${usd:,.0f} a month (estimated, declared volumes), over ${rules.budget:,.0f}"
        yield note("RTE014", message, path=rules.path)
