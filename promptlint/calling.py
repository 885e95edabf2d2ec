"""Reads what is known of the model call that sends a prompt: numbers, effort, whether a form is enforced."""

from __future__ import annotations

from dataclasses import replace

from promptlint.model import UNKNOWN, Call, Field, Prompt, Span
from promptlint.patterns import lazy

ENFORCED = "schema"
"""The call enforces the shape of the answer."""

JSON = "json"
"""The call enforces that the answer is JSON, of whatever shape."""

_FORMATS = (
    "response_format",
    "response_model",
    "response_schema",
    "output_type",
    "output_schema",
    "text_format",
    "json_schema",
)
_LOOSE = ("json_object", "json", "application/json")
_NONE = ("text", "none", "text/plain", "")

_CODE = (".py", ".ipynb", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts")
_FAR = 4_000  # code points between a parameter and the start of its call
_SIGN = lazy(r"[()]")
_CALLEE = lazy(r"[\w$.]{1,120}(?:<[\w, ]{1,60}>)?\s?$")


def number(call: Call, name: str) -> float | None:
    """The value of a field that is a number; None if it is not given, or not as one."""
    field = call.get(name)
    if field is None or isinstance(field.value, bool) or not isinstance(field.value, (int, float)):
        return None
    return float(field.value)


def text(call: Call, name: str) -> str:
    """The value of a field that is a text; empty if it is not given, or not as one."""
    field = call.get(name)
    return field.value if field is not None and isinstance(field.value, str) else ""


def model_of(call: Call) -> str:
    """The model that is named; empty if it is not, or only by an expression that is not known."""
    return text(call, "model")


def enforced(call: Call) -> tuple[str, Field] | None:
    """What is enforced of the answer's form (`ENFORCED` or `JSON`), and by which parameter."""
    for name in _FORMATS:
        field = call.get(name)
        if field is None or field.value is None or field.value is False:
            continue
        said = field.value.lower() if isinstance(field.value, str) else ""
        if field.value is not UNKNOWN and said in _NONE:
            continue
        schema = call.get("response_format.schema") or call.get("response_schema")
        loose = said in _LOOSE and (schema is None or schema.value is None)
        return (JSON if loose else ENFORCED), field
    return None


def effort(call: Call, budget: int, low: tuple[str, ...]) -> tuple[Field, str] | None:
    """The field that asks for much reasoning, and how much: no effort of `low`, or `budget` tokens or"
    " more."""
    for name in ("reasoning_effort", "reasoning.effort", "thinking.effort", "output_config.effort"):
        field = call.get(name)
        if field is not None and isinstance(field.value, str) and field.value.lower() not in low:
            return field, f"effort {field.value}"
    for name in ("thinking.budget_tokens", "thinking.budgetTokens", "thinking_budget", "thinkingBudget"):
        field, tokens = call.get(name), number(call, name)
        if field is not None and tokens is not None and tokens >= budget:
            return field, f"{tokens:,.0f} tokens"
    return None


def there(field: Field) -> str:
    """The end of a message about a parameter that another file gives."""
    line = f":{field.line}" if field.line else ""
    return f" (in {field.path}{line})" if field.path else ""


def made_by(prompt: Prompt, field: Field) -> Field:
    """The field with the place of the call that it is a parameter of, from its callee's name to the bracket.

    The field itself where the file is data, or the call is too far.
    """
    text, at = prompt.source.text, field.span.start
    if field.path or not prompt.source.path.endswith(_CODE):
        return field
    start = max(0, at - _FAR)
    depth = 0
    for sign in reversed(list(_SIGN.finditer(text, start, at))):
        depth += 1 if sign.group() == ")" else -1
        if depth < 0:
            callee = _CALLEE.search(text, max(start, sign.start() - 200), sign.start())
            return replace(field, span=Span(callee.start(), sign.end())) if callee else field
    return field
