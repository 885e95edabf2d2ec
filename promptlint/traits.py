"""Reads off a prompt what decides where its requests may go: task, output, latency, what a cache may keep."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint import calling
from promptlint.difficulty.features import LONGEST
from promptlint.difficulty.model import hint
from promptlint.model import Profile, Role, Traits
from promptlint.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptlint.config import PromptSettings
    from promptlint.model import Call, Prompt
    from promptlint.view import View

INFERRED, ASSUMED = "inferred", "assumed"

STEADY = 0.3
"""The highest temperature at which an answer is taken for one that may be given again."""

_HASH = 12
_LONGEST_SCHEMA = 50_000
_PERSONAL = lazy(
    r"(?:^|[_.\- ])(?:(?:user|customer|client|patient|employee|member|account|contact|sender|recipient)"
    r"(?:[_\- ]?(?:name|id|profile|data|record|info|details|history))?"
    r"|e[_\-]?mails?|phone|address|ssn|iban|passport|(?:first|last|full)[_\- ]?name|birth(?:day|date)|dob"
    r"|salary|profile|history|conversation|transcript|memory|memories|messages)$",
    re.IGNORECASE,
)


def traits(view: View, said: PromptSettings, basis: Mapping[str, str]) -> Traits:
    """The traits of a prompt; what its author says goes before what is read off its text and call.

    Args:
        view: of the prompt.
        said: what front matter and configuration say.
        basis: of each key that they say, which of the two does.
    """
    prompt = view.prompt
    latency, latency_basis = (said.latency, basis["latency"]) if said.latency else _latency(prompt.call)
    batchable = latency == "background" if said.batchable is None else said.batchable
    output_tokens = said.output_tokens if said.output_tokens is not None else _output_tokens(prompt.call)
    found = Traits(
        system_hash=system_hash(prompt),
        task=said.task or "",
        task_basis=basis["task"] if said.task else "",
        difficulty=said.difficulty,
        difficulty_basis=basis.get("difficulty", ""),
        output=said.output or _output(prompt.call),
        latency=latency,
        latency_basis=latency_basis,
        batchable=batchable,
        batchable_basis=basis.get("batchable", latency_basis),
        uncacheable=tuple(_uncacheable(prompt)) if said.cacheable is None else _SAID[said.cacheable],
        output_tokens=output_tokens,
        owner=said.owner or "",
        output_basis=basis.get("output", INFERRED),
        output_schema=_schema(prompt.call),
        cacheable_basis=basis.get("cacheable", INFERRED),
        output_tokens_basis=basis.get("output_tokens", "" if output_tokens is None else INFERRED),
        owner_basis=basis.get("owner", ""),
    )
    return found if found.task and found.difficulty is not None else _hinted(found, view)


_SAID = {True: (), False: ("the author says so",)}


def system_hash(prompt: Prompt) -> str:
    """12 hex digits of the sha256 of the instructions with their slots: one cache may not be shared wider."""
    own = [item for item in prompt.messages if item.role in {Role.SYSTEM, Role.DEVELOPER, None}]
    text = "\0".join("".join(part.text for part in item.segments) for item in own or prompt.messages)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]


def _hinted(found: Traits, view: View) -> Traits:
    """With what the model says of task and difficulty where the author says nothing; not of huge prompts."""
    is_document = view.prompt.profile is Profile.AGENT_DOCUMENT
    if is_document and not found.task:
        found = replace(found, task="agent", task_basis=INFERRED)
    if len(view.text) > LONGEST:
        return found
    said = hint(view)
    if not found.task:
        found = replace(found, task=said.task, task_basis=INFERRED, task_probability=said.probability)
    if found.difficulty is not None:
        return found
    return replace(
        found,
        difficulty=said.difficulty,
        difficulty_basis=INFERRED,
        difficulty_low=said.low,
        difficulty_high=said.high,
        difficulty_because=said.because,
    )


def _output(call: Call) -> str:
    found = calling.enforced(call)
    return found[0] if found else "text"


def _latency(call: Call) -> tuple[str, str]:
    field = call.get("stream")
    return ("interactive", INFERRED if field is not None and field.value is True else ASSUMED)


def _schema(call: Call) -> str:
    """The schema that the call enforces, as JSON; empty if it cannot be read."""
    found = calling.text(call, "response_format.schema")
    return found if len(found) <= _LONGEST_SCHEMA else ""


def _output_tokens(call: Call) -> int | None:
    names = ("max_tokens", "max_completion_tokens", "max_output_tokens")
    found = next((calling.number(call, name) for name in names if call.get(name)), None)
    return int(found) if found is not None and 0 < found < 2**31 else None


def _uncacheable(prompt: Prompt) -> list[str]:
    """Why an answer may not be given again to another request; empty: nothing speaks against it."""
    found = []
    temperature = calling.number(prompt.call, "temperature")
    if temperature is not None and temperature > STEADY:
        found.append(f"temperature {temperature:g}")
    tools = prompt.call.get("tools")
    if tools is not None and tools.value is not None:
        found.append("tools")
    if prompt.profile is Profile.AGENT_DOCUMENT:
        found.append("agent document")
    personal = sorted({name for name in prompt.variables if _PERSONAL.search(name)})
    return [*found, *(f"personal slot {name}" for name in personal)]
