"""Prepares a prompt for the passes: its view, what rules say of it, and what no edit may touch."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from promptlint import cards, lint, suppress, tokens
from promptlint.compress.kept import kept
from promptlint.compress.proposal import Found, Ground
from promptlint.config import budget_for
from promptlint.extract import extract
from promptlint.model import Prompt, Safety, Source, Span
from promptlint.records import dataclass
from promptlint.view import View

CODES = (
    *("TOK001", "TOK002", "TOK003", "TOK004", "TOK005", "TOK007", "TOK008", "TOK009"),
    *("RED001", "RED002", "RED003", "RED006", "OUT001", "CTX001", "CTX002"),
)
"""The rules whose findings passes build on, whether the configuration runs them or not."""

_EAGER: dict[str, dict[str, object]] = {
    "TOK001": {"min_words": 1, "min_share": 0.0},
    "TOK002": {"min_words": 1},
    "TOK007": {"min_words": 1, "min_share": 0.0},
    "TOK008": {"min_saving": 8},
    "TOK009": {"min_saving": 2},
    "RED003": {"wide": True},
    "OUT001": {"without_call": True},
}
"""Parameters with which these rules speak of less than is worth a finding: here every token counts."""


def settings(found: lint.Settings) -> lint.Settings:
    """The settings of a file, with the rules of the passes in place of those that are configured."""
    return replace(found, rules=_rules(found))


def _rules(found: lint.Settings) -> tuple[cards.Rule, ...]:
    wanted = [card for card in cards.load_cards() if card.code in CODES]
    known = {card.code: card.params for card in wanted}
    own = {code: dict(value) for code, value in found.config.rules.items() if code in CODES}
    overrides = {
        code: {
            **{key: value for key, value in _EAGER.get(code, {}).items() if key in known[code]},
            **own.get(code, {}),
        }
        for code in CODES
        if code in known
    }
    return cards.bind(wanted, overrides, {})


@dataclass(frozen=True, slots=True)
class File:
    """A file with its prompts, and the ground of each, in order; `settings` are those of `settings`."""

    source: Source
    prompts: tuple[Prompt, ...]
    grounds: tuple[Ground, ...]
    settings: lint.Settings


def read(source: Source, found: lint.Settings) -> File:
    """The prompts of a file, each ready for the passes.

    Args:
        source: the file.
        found: of that file, from `settings`.
    """
    prompts = extract(source, found.options).prompts
    quiet = _answered(source, prompts, found)
    each = tuple(
        Ground(view, _found(view, found.rules, quiet), kept(source, prompts, prompt))
        for prompt in prompts
        for view in [_view(prompt, found)]
    )
    return File(source, prompts, each, found)


def _found(
    view: View, rules: tuple[cards.Rule, ...], quiet: Container[tuple[str, str, Span]]
) -> dict[str, tuple[Found, ...]]:
    """What the rules say of a prompt, by code, without what a comment answers."""
    said: dict[str, tuple[Found, ...]] = {}
    for rule in rules:
        code, most = rule.card.code, rule.card.fix or Safety.DISPLAY
        hits = rule.check(view, rule.params) if rule.check is not None else ()
        said[code] = tuple(
            Found(hit, min(hit.safety, most))
            for hit in hits
            if not (isinstance(hit.at, Span) and (view.prompt.id, code, hit.at) in quiet)
        )
    return said


def _answered(
    source: Source, prompts: Sequence[Prompt], found: lint.Settings
) -> frozenset[tuple[str, str, Span]]:
    """What a comment in the file or promptlint.ignore answers: prompt, code and place of each."""
    if not found.ignored and not suppress.suppressions(source, prompts):
        return frozenset()
    every = {(mark.finding.prompt, *_place(mark)) for mark in lint.examine(_silenced(source), found).marks}
    left = {(mark.finding.prompt, *_place(mark)) for mark in lint.examine(source, found).marks}
    return frozenset((prompt, code, at) for prompt, code, at in every - left if prompt and at)


def _silenced(source: Source) -> Source:
    """The file with comments that nobody reads, so that all findings show, at their places."""
    return replace(source, text=source.text.replace("promptlint:", "promptlint;"))


def _place(mark: lint.Mark) -> tuple[str, Span | None]:
    at = mark.draft.hit.at if mark.draft is not None else None
    return mark.finding.code, at if isinstance(at, Span) else None


def _view(prompt: Prompt, found: lint.Settings) -> View:
    base = lint.basics(prompt, found.config)
    budget = budget_for(found.config, prompt.id)
    return View(prompt, lambda text: tokens.count(text, base.tokenizer), budget)
