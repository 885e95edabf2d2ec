"""Chooses the models of one prompt: by its author, by evals, by score if allowed, or the one in use."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from difflib import get_close_matches

from promptlint.records import dataclass
from promptlint.route import evidence
from promptlint.route.abilities import Ability, ability, is_provider, providers
from promptlint.route.case import Case, allowed, fits, scored, tier_of
from promptlint.route.compiled import Basis, Canary, Step
from promptlint.route.notes import Note, note


@dataclass(frozen=True, slots=True)
class Chosen:
    """The models of a prompt, why the first of them, and what is to know."""

    basis: Basis
    reason: str
    steps: tuple[Step, ...]
    canary: Canary | None
    notes: tuple[Note, ...]


_First = tuple[Ability, str, Basis, str]


def choose(case: Case) -> Chosen:
    """The models of a prompt."""
    notes = list(_about_use(case))
    first, tier, basis, reason = _first(case, notes)
    if first.retired is not None:
        hint = "declare another `model`, or leave its file out by `exclude` in promptlint.toml"
        notes.append(_say(case, "RTE012", f"{first.named} was switched off on {first.retired}: {hint}"))
    steps = (case.step(first, tier), *_higher(case, first, tier, notes))
    if any(not step.provider for step in steps):
        names = ", ".join(step.model + _meant(step.model) for step in steps if not step.provider)
        notes.append(_say(case, "RTE016", f"who serves {names} is not known: name it under `models`"))
    canary = _canary(case, first) if basis == "kept" and not case.override.keep else None
    return Chosen(basis, reason, steps, canary, tuple(notes))


def _say(case: Case, code: str, message: str) -> Note:
    line = case.override.line
    where = (case.policy.path, line) if line else (case.entry.path, case.entry.line)
    return note(code, message, case.entry.id, *where)


def _meant(model: str) -> str:
    """The provider that a misspelt one may stand for, in brackets."""
    head, slash, _ = model.partition("/")
    close = get_close_matches(head.lower(), providers(), 1) if slash and not is_provider(head) else []
    return f" (did you mean {close[0]}/?)" if close else ""


def _about_use(case: Case) -> Iterator[Note]:
    if case.entry.model_basis == "assumed":
        model = case.entry.model
        yield _say(
            case, "RTE005", f"the model in use is not said anywhere, {model} is assumed: declare `model`"
        )


# --- the first model -------------------------------------------------------------------------


def _first(case: Case, notes: list[Note]) -> _First:
    """The model that is asked first, its tier, and why."""
    declared = _declared(case)
    if declared is not None:
        notes.extend(_doubts(case, declared[0]))
        return declared
    if case.override.keep:
        return case.in_use, tier_of(case, case.in_use), "kept", "the policy keeps the model in use"
    shown = _proven(case, notes)
    if shown is not None:
        return shown
    score = case.entry.traits.difficulty
    if case.allow_unproven and score is not None:
        tier = scored(case.policy, score)
        model = ability(tier.model, case.policy.models)
        if fits(case, model):
            notes.append(_say(case, "RTE002", f"unproven: the score alone sends it to tier {tier.name}"))
            return model, tier.name, "unproven", f"{_score(case)} is of tier {tier.name}; no eval shows more"
        notes.append(
            _say(case, "RTE013", f"{model.named}, of its score's tier, cannot take it: see `models`")
        )
    if not case.evaluated:
        notes.append(_say(case, "RTE001", "no eval result for this text: the model in use is kept"))
    reason = "no eval shows that a cheaper model is good enough"
    return case.in_use, tier_of(case, case.in_use), "kept", reason


def _score(case: Case) -> str:
    """The score, with its interval if it is inferred."""
    traits = case.entry.traits
    low, high = traits.difficulty_low, traits.difficulty_high
    between = (
        f" (inferred; 80 % interval {low:g} to {high:g})" if low is not None and high is not None else ""
    )
    return f"score {traits.difficulty:g}{between}"


def _declared(case: Case) -> _First | None:
    override = case.override
    tier = override.tier
    if tier is None and isinstance(override.cascade, tuple):
        tier = override.cascade[0]
    if tier is not None:
        model = ability(case.policy.tier(tier).model, case.policy.models)
        return model, tier, "declared", f"the policy sends it to tier {tier}"
    if override.model is not None:
        model = ability(override.model, case.policy.models)
        return model, tier_of(case, model), "declared", f"the policy sends it to {model.named}"
    return None


def _doubts(case: Case, model: Ability) -> Iterator[Note]:
    """Why the author's choice may be wrong."""
    if not fits(case, model):
        yield _say(
            case, "RTE013", f"{model.named} cannot take it: context or structured output is too little"
        )
    row = evidence.of_model(case.evaluated, model.model)
    floor = case.policy.quality.floor
    same = model.bare == case.in_use.bare
    if not same and row is None:
        yield _say(case, "RTE015", f"the policy asks for {model.named}, of which no eval is known")
    elif row is not None and row.lower < floor:
        yield _say(
            case, "RTE015", f"{model.named}: lower bound {row.lower:.3f}, under the floor of {floor:g}"
        )


def _proven(case: Case, notes: list[Note]) -> _First | None:
    """The cheapest model whose lower bound reaches the floor."""
    quality = case.policy.quality
    viable: list[tuple[float, int, _First]] = []
    for place, (model, tier) in enumerate(_candidates(case)):
        row = evidence.of_model(case.evaluated, model.model)
        if row is None or row.cases < quality.cases or row.lower < quality.floor or not fits(case, model):
            continue
        usd = row.usd_per_case if _all_measured(case) else case.usd(model)
        if usd is None:
            notes.append(_say(case, "RTE006", f"the price of {model.named} is not known: it is not chosen"))
            continue
        reason = f"{row.passed} of {row.cases} cases, lower bound {row.lower:.3f} >= {quality.floor:g}"
        viable.append((usd, place, (model, tier, "proven", reason)))
    if not viable and case.evaluated:
        shown = ", ".join(f"{row.model} {row.lower:.3f} ({row.cases})" for row in case.evaluated)
        notes.append(_say(case, "RTE003", f"no lower bound reaches {quality.floor:g}: {shown}"))
    return min(viable, key=lambda row: row[:2])[2] if viable else None


def _all_measured(case: Case) -> bool:
    """Dollars of a case are compared only with dollars of a case."""
    return all(row.usd_per_case is not None for row in case.evaluated)


def _candidates(case: Case) -> Iterator[tuple[Ability, str]]:
    for tier in allowed(case):
        yield ability(tier.model, case.policy.models), tier.name
    if not tier_of(case, case.in_use):
        yield case.in_use, ""


# --- the models after it, and the canary -------------------------------------------------------


def _higher(case: Case, first: Ability, tier: str, notes: list[Note]) -> Iterator[Step]:
    """The dearer tiers, in order, that are not known to be worse."""
    wanted = case.override.cascade if case.override.cascade is not None else case.policy.cascade
    if wanted is False:
        return
    tiers = [case.policy.tier(name) for name in wanted] if isinstance(wanted, tuple) else list(allowed(case))
    names = [item.name for item in tiers]
    after = tiers[names.index(tier) + 1 :] if tier in names else tiers
    last = case.usd(first)
    for item in after:
        model = ability(item.model, case.policy.models)
        usd = case.usd(model)
        if model.named == first.named:
            continue
        if why := _unfit(case, model):
            notes.append(_left_out(case, item.name, model, why))
            continue
        if isinstance(wanted, tuple) and last is not None and usd is not None and usd < last:
            notes.append(_say(case, "RTE018", f"escalates to {model.named}, which is cheaper"))
        elif not isinstance(wanted, tuple) and (last is None or usd is None or usd <= last):
            if tier in names:
                why = "it is not dearer than the one before" if usd is not None else "its price is not known"
                notes.append(_left_out(case, item.name, model, why))
            continue
        yield case.step(model, item.name)
        last = usd


def _unfit(case: Case, model: Ability) -> str:
    """Why a model cannot come after another; empty: it can."""
    if model.retired is not None:
        return f"it was switched off on {model.retired}"
    if not fits(case, model):
        return "its context or structured output is too little"
    row = evidence.of_model(case.evaluated, model.model)
    floor = case.policy.quality.floor
    if row is not None and row.lower < floor:
        return f"its lower bound {row.lower:.3f} is under the floor of {floor:g}"
    return ""


def _left_out(case: Case, tier: str, model: Ability, why: str) -> Note:
    return _say(case, "RTE022", f"tier {tier} is left out of the fallback: {model.named}: {why}")


def _canary(case: Case, first: Ability) -> Canary | None:
    """The cheapest tier that may be good enough and is not known to be too weak."""
    now = case.usd(first)
    if case.policy.canary <= 0 or now is None:
        return None
    found: list[tuple[float, str, Ability]] = []
    for tier in allowed(case):
        model = ability(tier.model, case.policy.models)
        usd = case.usd(model)
        row = evidence.of_model(case.evaluated, model.model)
        refuted = row is not None and row.cases >= case.policy.quality.cases
        if usd is not None and usd < now and model.retired is None and fits(case, model) and not refuted:
            found.append((usd, tier.name, model))
    if not found:
        return None
    score = case.entry.traits.difficulty
    by_score = scored(case.policy, score).name if score is not None else ""
    _, tier_name, model = next(
        (row for row in found if row[1] == by_score), min(found, key=lambda row: row[0])
    )
    return Canary(case.step(model, tier_name), case.policy.canary)


def settle(prompt: str, model: str) -> str:
    """The commands that show how good a model is with a prompt; the suite names the model that is asked."""
    name = "".join(sign if sign.isalnum() else "-" for sign in prompt.lower()).strip("-")[:80]
    suite = f"evals/{name}.yaml"
    return (
        f"promptlint eval init {shlex.quote(prompt)} -o {suite}; "
        f"promptlint eval {suite} --format json  # with the suite's provider set to {model}"
    )
