"""Finds a call of a model that its maker has switched off, or is about to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from promptlint import models, retired
from promptlint.calling import model_of, there
from promptlint.model import Hit
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_AZURE = lazy(r"gpt-35-turbo(?:-16k)?", re.IGNORECASE)
"""Azure's own spelling, where it names a deployment: which version that is Azure does not say."""

_ELSEWHERE = lazy(
    r"(?:deployment\w*|azure\w*|\w*bedrock\w*|\w*vertex\w*)[\"']?\s*[=:(]\s*[\"']?$", re.IGNORECASE
)
"""What stands before a name that a cloud gives its own dates: `azure("gpt-4")`, `deployment_name: gpt-4`."""

_CLOUDS = lazy(
    r"\b(?:Async)?(?:Azure(?:OpenAI|ChatOpenAI|AI\w+)|Anthropic(?:Bedrock|Vertex)|ChatVertexAI|ChatBedrock)\b"
    r"|\bvertexai\s*=\s*True"
)
_CLOUD = lazy(r"(?:\w+[-_])?(?:vertex|azure|bedrock|foundry)\w*[:/]", re.IGNORECASE)
_TEST = lazy(r"(?:^|/)(?:[\w.-]*[._-])?(?:tests?|testdata|fixtures|__tests__|generated)/", re.IGNORECASE)
"""A folder of tests, or generated: what they hold is often never called."""

_OTHERS = (".agent.md", ".chatmode.md")  # an editor's own names


@dataclass(frozen=True, slots=True)
class Params:
    """Of which models to speak.

    Attributes:
        days_ahead: 0: those that are gone as of the table; else those that go within so many days after it.
    """

    days_ahead: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the model."""
    call = view.prompt.call
    field, name = call.get("model"), model_of(view.prompt.call)
    day = retired.retired(name) if name else None
    if field is None or day is None or _AZURE.fullmatch(name):
        return
    parsed = models.parse(name)
    if parsed.dated == parsed.base and not field.path and _is_elsewhere(view, field.span.start):
        return
    if _CLOUD.match(name) or _TEST.search(view.prompt.source.path):
        return
    now = retired.table_date()
    if day <= now and not params.days_ahead:
        message = f"{name} was switched off on {day.isoformat()}: the call fails, and each retry fails again"
        yield Hit(field, message + there(field))
    elif now < day <= now + timedelta(days=params.days_ahead):
        yield Hit(field, f"{name} will be switched off on {day.isoformat()}{there(field)}")


def _is_elsewhere(view: View, at: int) -> bool:
    """True if a cloud or an editor offers the model, not its maker."""
    source = view.prompt.source
    if source.path.endswith(_OTHERS):
        return True
    return (
        _ELSEWHERE.search(source.text, max(0, at - 80), at) is not None
        or _CLOUDS.search(source.text) is not None
    )
