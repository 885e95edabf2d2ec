"""The simulation as JSON; docs/schema/simulation.json describes it."""

from __future__ import annotations

from promptlint import documents, jsondoc
from promptlint.report.route.words import Look
from promptlint.simulated import Simulation


def render(found: Simulation, look: Look) -> str:
    """The document."""
    return jsondoc.dumps(documents.to_json(found)) + "\n"
