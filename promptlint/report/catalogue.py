"""The list of all rules, as text or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptlint import style
from promptlint.jsondoc import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptlint.cards import Card


def render(cards: Sequence[Card], name: str) -> str:
    """One line a rule ("text"), or a JSON list ("json")."""
    return _json(cards) if name == "json" else _text(cards)


def _text(cards: Sequence[Card]) -> str:
    rows = [("code", "name", "severity", "fix", "default", "what it finds")]
    rows += [
        (card.code, card.name, card.severity.name.lower(), _fix(card), _default(card), card.summary)
        for card in cards
    ]
    return "\n".join(style.table(rows, left=len(rows[0]))) + "\n"


def _json(cards: Sequence[Card]) -> str:
    rows = [
        {
            "code": card.code,
            "name": card.name,
            "summary": card.summary,
            "severity": card.severity.name.lower(),
            "fix": _fix(card),
            "default": _default(card),
            "since": card.since,
            "params": dict(card.params),
        }
        for card in cards
    ]
    return dumps(rows) + "\n"


def _fix(card: Card) -> str:
    return "none" if card.fix is None else card.fix.name.lower()


def _default(card: Card) -> str:
    return "on" if card.default_on else "off"
