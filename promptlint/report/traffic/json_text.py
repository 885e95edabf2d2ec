"""The document of `promptlint traffic` as JSON."""

from __future__ import annotations

from promptlint import documents, jsondoc
from promptlint.report.traffic.words import Look
from promptlint.traffic_document import Traffic


def render(found: Traffic, look: Look) -> str:
    """All of the document; ends with a newline."""
    return jsondoc.dumps(documents.to_json(found)) + "\n"
