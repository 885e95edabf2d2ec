"""Finds prompts that ask for JSON in words, where the provider could enforce the shape."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.calling import enforced
from promptlint.jsonasks import asked
from promptlint.model import Hit, Profile
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What the call may hold.

    Attributes:
        fields: fields of a call that set the shape of the answer.
    """

    fields: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first request for JSON; agent documents have no call to set.

    None where a parameter of the call enforces JSON: such words are what `enforced-by-call` looks at, or what
    the provider demands. It is a minor one where the call is not known: its format may be enforced already.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT or "json" not in view.lower:
        return
    given = {field.name for field in view.prompt.call.fields if field.value is not None}
    shaped = {field.name for field in view.prompt.call.fields if field.value not in (None, "text")}
    if enforced(view.prompt.call) is not None or shaped & set(params.fields):
        return
    found = asked(view)
    if found:
        advice = "asks for JSON in prose; structured outputs (a strict json_schema) would enforce the shape"
        yield Hit(found[0], advice, related=found[1:], minor=not given & {"model", "messages"})
