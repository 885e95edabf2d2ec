"""What reports say of the rules, from the compiled cards: a warm run loads no checker for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.model import Safety, Severity
from promptlint.reporting import RuleInfo

if TYPE_CHECKING:
    from promptlint.cards import Card

COMPILED = Path(__file__).parent / "_data" / "cards.json"
"""The cards of the installation, compiled by scripts/build_docs.py, so that starting reads no YAML."""

DOCS = "docs/rules/{}.md"


def infos(own: Iterable[Path] = ()) -> dict[str, RuleInfo]:
    """The rules of the installation and of a config's own cards, by code.

    Raises:
        CardError: one of the own cards is wrong.
    """
    compiled = json.loads(COMPILED.read_text(encoding="utf-8"))
    known = {raw["code"]: _compiled(raw) for raw in compiled.values()}
    places = tuple(own)
    if places:
        from promptlint import cards

        known.update({card.code: _own(card) for card in cards.load_cards(places) if card.code not in known})
    return known


def _compiled(raw: dict[str, str]) -> RuleInfo:
    return RuleInfo(
        code=raw["code"],
        name=raw["name"],
        summary=raw["summary"],
        why=raw["why"],
        severity=Severity[raw["severity"].upper()],
        fix=None if raw["fix"] == "none" else Safety[raw["fix"].upper()],
        docs=DOCS.format(raw["code"]),
    )


def _own(card: Card) -> RuleInfo:
    return RuleInfo(card.code, card.name, card.summary, card.why, card.severity, card.fix, card.path)
