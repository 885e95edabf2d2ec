"""The plan itself, as JSON: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint import documents, jsondoc
from promptlint.route.compiled import Plan
from promptlint.route.emit import Feature, Made
from promptlint.route.notes import Note

CAPABILITIES = frozenset(Feature)
CHECKED_WITH = "its own JSON Schema"


def notes(plan: Plan) -> Iterator[Note]:
    """Nothing."""
    return iter(())


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The document; it names manifest and policy itself."""
    return Made(jsondoc.dumps(documents.to_json(plan)) + "\n")
