"""What reports say of the rules, from the compiled cards: a warm run loads no checker for it."""

from __future__ import annotations

import json
from pathlib import Path

from promptlint.model import Safety, Severity
from promptlint.reporting import RuleInfo

COMPILED = Path(__file__).parent / "_data" / "cards.json"
"""The cards of the installation, compiled by scripts/build_docs.py, so that starting reads no YAML."""

DOCS = "docs/rules/{}.md"


def infos() -> dict[str, RuleInfo]:
    """The rules of the installation, by code."""
    compiled = json.loads(COMPILED.read_text(encoding="utf-8"))
    return {raw["code"]: _compiled(raw) for raw in compiled.values()}


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
