"""Says what speaks against the tiers of a policy, whatever prompts there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from promptlint import retired
from promptlint.route.abilities import ability
from promptlint.route.notes import Note, note
from promptlint.route.policy import Policy
from promptlint.route.requests.model import RequestClassifier

SOON = timedelta(days=90)
"""How long before a model is switched off it is told. promptlint's own."""


def notes(rules: Policy, classifier: RequestClassifier | None) -> Iterator[Note]:
    """The notes of a policy's tiers, and of the classifier that it names."""
    yield from _shrinking(rules)
    yield from _leaving(rules)
    yield from _of_another(rules, classifier)


def _shrinking(rules: Policy) -> Iterator[Note]:
    """Tiers that take less than the one before: a long request cannot escalate to them."""
    for before, after in pairwise(rules.tiers):
        first, then = ability(before.model, rules.models).context, ability(after.model, rules.models).context
        if rules.cascade and first and then and then < first:
            message = f"tier {after.name} takes {then:,} tokens, tier {before.name} before it {first:,}"
            yield note("RTE019", message, path=rules.path, line=after.line)


def _leaving(rules: Policy) -> Iterator[Note]:
    """Tiers whose model is switched off, or will be soon after the day of the table."""
    for tier in rules.tiers:
        found, day = ability(tier.model, rules.models), retired.retired(tier.model)
        if found.retired is not None:
            message = (
                f"tier {tier.name}: {found.named} was switched off on {found.retired}: name another model"
            )
            yield note("RTE012", message, path=rules.path, line=tier.line)
        elif day is not None and day - retired.table_date() <= SOON:
            message = f"tier {tier.name}: {found.named} is switched off on {day}"
            yield note("RTE021", message, path=rules.path, line=tier.line)


def _of_another(rules: Policy, classifier: RequestClassifier | None) -> Iterator[Note]:
    """A classifier says how often the model fails that it was trained on; that should be the first tier's."""
    if classifier is None or not classifier.model:
        return
    first, trained = (ability(name, rules.models) for name in (rules.tiers[0].model, classifier.model))
    if first.bare != trained.bare:
        message = f"trained on outcomes of {classifier.model}, the first tier is {rules.tiers[0].model}"
        yield note("RTE020", message, path=rules.path, line=rules.tiers[0].line)
