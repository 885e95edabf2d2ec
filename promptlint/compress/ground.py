"""Prepares a prompt for the passes: its view, the findings that passes build on, and what no edit may touch."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from promptlint import cards, lint, tokens
from promptlint.compress.kept import kept
from promptlint.compress.proposal import Ground
from promptlint.config import budget_for
from promptlint.drafts import Draft
from promptlint.model import Prompt, Source
from promptlint.view import View

CODES = (
    *("TOK001", "TOK002", "TOK003", "TOK004", "TOK005", "TOK007", "TOK008", "TOK009"),
    *("RED001", "RED002", "RED003", "RED006", "EXA002", "OUT001", "CTX001", "CTX002"),
)
"""The rules whose findings passes build on, whether the configuration runs them or not."""

_EAGER: dict[str, dict[str, object]] = {
    "TOK004": {"max_bold": 4, "max_rulers": 2, "max_emoji": 2, "min_saving": 4},
    "TOK005": {"min_saving": 2},
    "TOK001": {"min_words": 1, "min_share": 0.0},
    "TOK002": {"min_words": 1},
    "TOK007": {"min_words": 1, "min_share": 0.0},
    "TOK008": {"min_saving": 8},
    "TOK009": {"min_saving": 2},
    "RED003": {"wide": True},
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


def grounds(source: Source, found: lint.Settings) -> tuple[lint.Examined, tuple[Ground, ...]]:
    """The file as examined by the rules of the passes, and the ground of each of its prompts, in order.

    Args:
        source: the file.
        found: of that file, from `settings`.
    """
    examined = lint.examine(source, found)
    drafts: dict[str, dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for mark in examined.marks:
        if mark.draft is not None:
            drafts[mark.draft.prompt.id][mark.finding.code].append(mark.draft)
    return examined, tuple(
        Ground(
            _view(prompt, found),
            {code: tuple(each) for code, each in drafts[prompt.id].items()},
            kept(source, examined.prompts, prompt),
        )
        for prompt in examined.prompts
    )


def _view(prompt: Prompt, found: lint.Settings) -> View:
    base = lint.basics(prompt, found.config)
    budget = budget_for(found.config, prompt.id)
    return View(prompt, lambda text: tokens.count(text, base.tokenizer), budget)
