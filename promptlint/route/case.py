"""One prompt with what the policy and the evals say of it, and which models and tiers are open to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint.records import dataclass
from promptlint.route.abilities import Ability, ability
from promptlint.route.compiled import Step
from promptlint.route.manifest import Entry
from promptlint.route.policy import Override, Policy, Tier
from promptlint.verdicts import Evaluated

_ROOM = 1.1
"""Tokens are estimated for most models: a context must have a tenth more."""


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt, with what the policy and the evals say of it."""

    entry: Entry
    policy: Policy
    override: Override
    evaluated: tuple[Evaluated, ...]
    allow_unproven: bool

    @property
    def latency(self) -> str:
        """The latency class; the policy goes before what is known of the prompt."""
        return self.override.latency or self.entry.traits.latency

    @property
    def in_use(self) -> Ability:
        """The model in use."""
        return ability(self.entry.model, self.policy.models)

    def usd(self, model: Ability) -> float | None:
        """Estimated US dollars for 1,000 calls."""
        return model.usd_per_1000(self.entry.input_tokens, self.entry.traits.output_tokens)

    def step(self, model: Ability, tier: str) -> Step:
        """The step that a model is."""
        return Step(
            tier=tier,
            model=model.named,
            provider=model.provider,
            name=model.bare,
            context=model.context,
            structured=model.structured,
            usd_per_1000=self.usd(model),
        )


def override_of(policy: Policy, prompt: str, matching: Sequence[Override]) -> Override:
    """What the entries that match say together; a later one wins, key by key."""
    by_match = {item.match: item for item in policy.prompts}
    found = Override(prompt, 0)
    for item in matching:
        chain = [item]
        while chain[-1].like is not None:
            chain.append(by_match[chain[-1].like])
        for each in reversed(chain):
            found = _over(found, each)
    return found


def _over(below: Override, above: Override) -> Override:
    names = ("tier", "model", "keep", "cascade", "validators", "cache", "batch", "personal", "latency")
    given = {name: getattr(above, name) for name in names if getattr(above, name) is not None}
    if given.keys() & {"tier", "model", "keep"}:
        below = replace(below, tier=None, model=None, keep=None)
    return replace(below, line=above.line, **given)


def allowed(case: Case) -> Iterator[Tier]:
    """The tiers that its latency class may use."""
    names = case.policy.latency.get(case.latency)
    return (tier for tier in case.policy.tiers if names is None or tier.name in names)


def fits(case: Case, model: Ability) -> bool:
    """Whether a model can take the prompt at all; what is not known does not speak against it."""
    needed = case.entry.input_tokens * _ROOM + (case.entry.traits.output_tokens or 0)
    if model.context is not None and model.context < needed:
        return False
    return not (case.entry.traits.output == "schema" and model.structured is False)


def scored(policy: Policy, score: float) -> Tier:
    """The tier that has the score."""
    return next(tier for tier in policy.tiers if tier.below is None or score < tier.below)


def tier_of(case: Case, model: Ability) -> str:
    """The tier that has this model; empty if none has."""
    tiers: Mapping[str, str] = {
        ability(tier.model, case.policy.models).named: tier.name for tier in reversed(case.policy.tiers)
    }
    return tiers.get(model.named, "")
