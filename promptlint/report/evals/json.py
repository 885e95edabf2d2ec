"""An eval as the JSON document of `promptlint eval --format json`."""

from __future__ import annotations

from promptlint import evaluated, jsondoc
from promptlint.evaluation import EvalResult


def render(result: EvalResult) -> str:
    """The document, a case a line; ends with a newline.

    Texts of more than `evaluated.LONGEST` characters are cut, and say so.
    """
    data = evaluated.to_json(result)
    cases = data.pop("results")
    assert isinstance(cases, list)
    lines = ",".join([f"\n    {jsondoc.dumps(case, None)}" for case in cases])
    head = jsondoc.dumps(data).removesuffix("\n}")
    return f'{head},\n  "results": [{lines}\n  ]\n}}\n'
