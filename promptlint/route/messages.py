"""Puts the messages of prompts into the routes of batch jobs, whose lines are whole requests."""

from __future__ import annotations

import re
from dataclasses import replace

from promptlint import run
from promptlint.extract import extract
from promptlint.model import Prompt, Role, Segment, SegmentKind
from promptlint.route.compiled import Message, Plan

_SPEAKER = re.compile(r"\w{1,40}:|")
_ROLES = {
    None: "user",
    Role.SYSTEM: "system",
    Role.DEVELOPER: "system",
    Role.USER: "user",
    Role.ASSISTANT: "assistant",
}


def with_messages(plan: Plan, request: run.Request) -> Plan:
    """The plan, its batched routes with messages: where a prompt has nothing but text and slots.

    Args:
        plan: of the prompts of the request.
        request: that the plan's prompts were found by.
    """
    wanted = {route.prompt: route.path for route in plan.routes if route.batch}
    if not wanted:
        return plan
    space = run.workspace(request)
    found: dict[str, tuple[Message, ...]] = {}
    for place, source in run.sources(request, space)[0]:
        if source.path in wanted.values():
            extraction = extract(source, space.settings(place, source.path).options)
            found.update((item.id, _messages(item)) for item in extraction.prompts if item.id in wanted)
    routes = tuple(replace(route, messages=found.get(route.prompt, ())) for route in plan.routes)
    return replace(plan, routes=routes)


def _is_plain(part: Segment) -> bool:
    """Whether a part is there in every request, as it stands; `user:` begins a message."""
    if part.branch or part.kind is SegmentKind.MEDIA:
        return False
    return part.kind is not SegmentKind.CONTROL or _SPEAKER.fullmatch(part.name) is not None


def _messages(prompt: Prompt) -> tuple[Message, ...]:
    if not all(map(_is_plain, prompt.segments)):
        return ()
    if not {message.role for message in prompt.messages} <= _ROLES.keys():
        return ()
    return tuple(
        Message(_ROLES[message.role], "".join(part.text for part in message.segments))
        for message in prompt.messages
    )
