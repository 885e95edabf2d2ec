"""Finds prompts that ask for JSON in words, where the provider could enforce the shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.calling import enforced
from promptlint.declared import Basis, declared
from promptlint.jsonasks import asked
from promptlint.model import Hit, Profile
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.sketch import UNKNOWN, sketch, told
from promptlint.view import View

_ENFORCES = lazy(
    r"\b(?:response_?(?:format|model|schema)|responseSchema|json_?schema|with_structured_output|structured_?outputs?"
    r"|output_(?:type|schema|model)|generateObject|guided_json)\b",
    re.IGNORECASE,
)
"""What a file says that lets its calls enforce a shape."""


@dataclass(frozen=True, slots=True)
class Params:
    """What the call may hold.

    Attributes:
        fields: fields of a call that set the shape of the answer.
        without_call: speak also where the file shows no call that could enforce it.
    """

    fields: tuple[str, ...]
    without_call: bool


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first request for JSON; agent documents have no call to set.

    None where a parameter of the call enforces JSON: such words are what `enforced-by-call` looks at, or what
    the provider demands. Where the call is not known it is a minor one, and there is none if the prompt names
    no fields, or if something in the file enforces a shape.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT or not (found := asked(view)):
        return
    call = view.prompt.call
    shaped = {field.name for field in call.fields if field.value not in (None, "text")}
    if enforced(call) is not None or not shaped.isdisjoint(params.fields):
        return
    model = sketch(view.text, found[0]) or told(dict.fromkeys(_keys(view), UNKNOWN))
    known = any(field.value is not None and field.name in ("model", "messages") for field in call.fields)
    if not known and not params.without_call:
        return
    if not known and (not model or _ENFORCES.search(view.prompt.source.text)):
        return
    message = "asks for JSON in prose; structured outputs (a strict json_schema) would enforce the shape"
    message += f", as of {model}" if model else ""
    yield Hit(found[0], message, related=found[1:], minor=not known)


def _keys(view: View) -> Iterator[str]:
    """The fields that a sentence names without quotation marks: "with the fields item, amount and urgent"."""
    for schema in declared(view).schemas:
        if schema.basis is Basis.PROSE:
            yield from (key.name for key in schema.shape.keys)
