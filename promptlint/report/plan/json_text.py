"""The plan as JSON, by its schema (docs/schema/plan.json)."""

from __future__ import annotations

from promptlint import documents, jsondoc
from promptlint.planned import Plan
from promptlint.report.plan.words import Look


def render(plan: Plan, look: Look) -> str:
    """The whole document; it is the same for every terminal."""
    return jsondoc.dumps(documents.to_json(plan)) + "\n"
