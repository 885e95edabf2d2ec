"""A compression as the JSON document of `promptlint compress --format json`."""

from __future__ import annotations

from promptlint import documents, jsondoc
from promptlint.compression import Compression


def render(result: Compression) -> str:
    """The document; ends with a newline."""
    return jsondoc.dumps(documents.to_json(result)) + "\n"
