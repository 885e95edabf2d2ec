"""An eval as the JSON document of `promptlint eval --format json`."""

from __future__ import annotations

from promptlint import evaluated, jsondoc
from promptlint.evaluation import EvalResult


def render(result: EvalResult) -> str:
    """The document; ends with a newline. Texts of more than `evaluated.LONGEST` characters are cut."""
    return jsondoc.dumps(evaluated.to_json(result)) + "\n"
