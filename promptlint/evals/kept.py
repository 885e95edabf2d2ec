"""Keeps a template as plain JSON, with which it can be run when its file has changed, and reads it back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from promptlint.errors import SuiteError
from promptlint.evals.making import made
from promptlint.evals.provider import PARAMETERS
from promptlint.evals.template import Template
from promptlint.model import (
    Arm,
    Field,
    Include,
    Message,
    Prompt,
    Role,
    Segment,
    SegmentKind,
    Source,
    SourceKind,
    Span,
)
from promptlint.records import dataclass
from promptlint.templates import JinjaSettings

MOST_PARTS = 200_000
"""Parts of a kept prompt; more are refused."""

_DEEPEST = 200  # arms around a part
_NOWHERE = Span(0, 0)
_KINDS = (SegmentKind.TEXT, SegmentKind.SLOT, SegmentKind.CONTROL, SegmentKind.COMMENT)
_DELIMITERS = ("block_start", "block_end", "variable_start", "variable_end", "comment_start", "comment_end")


def kept(template: Template) -> dict[str, object]:
    """All that is needed to fill a template in and to send it, as plain JSON; one text for one prompt."""
    prompt = template.prompt
    groups: dict[int, int] = {}
    messages = [
        {
            "role": message.role.value if message.role else None,
            "parts": [_part(segment, groups) for segment in message.segments],
        }
        for message in prompt.messages
    ]
    return {
        "id": prompt.id,
        "path": prompt.source.path,
        "model": template.model,
        "parameters": dict(template.parameters),
        "messages": messages,
        "variables": list(prompt.variables),
        "inputs": [item.name for item in prompt.inputs or ()],
        "defaults": dict(template.defaults),
        "includes": [dataclasses.asdict(item) for item in template.includes],
        "jinja": dataclasses.asdict(template.settings),
    }


def _part(segment: Segment, groups: dict[int, int]) -> dict[str, object]:
    """A part; the groups of its arms are numbered in order, for where they stand in a file does not count."""
    found: dict[str, object] = {"kind": segment.kind.value}
    if segment.text:
        found["text"] = segment.text
    if segment.name:
        found["name"] = segment.name
    if segment.branch:
        found["branch"] = [
            [groups.setdefault(arm.group, len(groups)), arm.arm, arm.said] for arm in segment.branch
        ]
    return found


def from_anchor(data: object, shown: str) -> Template:
    """The template that `kept` made plain JSON of, its hash computed anew.

    Args:
        data: what a file says, which may be hostile.
        shown: what the file is called in messages.

    Raises:
        SuiteError: it is not that.
    """
    read = _Reader(shown)
    root = read.mapping(data, "template")
    path = read.text(root.get("path"), "path")
    source = Source(path, "", SourceKind.TEXT, named=True)
    prompt = Prompt(
        id=read.text(root.get("id"), "id"),
        source=source,
        messages=read.messages(root.get("messages")),
        inputs=tuple([Field(name, None, _NOWHERE) for name in read.texts(root.get("inputs"), "inputs")]),
        variables=read.texts(root.get("variables"), "variables"),
    )
    includes, settings = read.includes(root.get("includes")), read.settings(root.get("jinja"))
    try:
        result = made(prompt, shown, includes, settings)
    except RecursionError:
        read.fail("messages", "a template that is not nested so deeply")
    defaults = read.plain(root.get("defaults"), "defaults")
    parameters = read.plain(root.get("parameters"), "parameters")
    if unknown := sorted(parameters.keys() - PARAMETERS.keys()):
        read.fail("parameters", f"no `{unknown[0][:50]}`")
    return replace(
        result,
        needed=tuple([name for name in result.needed if name not in defaults]),
        defaults=defaults,
        model=read.text(root.get("model"), "model"),
        parameters=parameters,
        anchor=True,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values strictly; `shown` is the file in messages."""

    shown: str

    def fail(self, where: str, wanted: str) -> NoReturn:
        """Raise the SuiteError of a value that is not what it should be."""
        raise SuiteError(f"{self.shown}: `{where}` of the kept prompt: expected {wanted}")

    def mapping(self, data: object, where: str) -> Mapping[str, object]:
        """A mapping."""
        if not isinstance(data, dict):
            self.fail(where, "an object")
        return data

    def items(self, data: object, where: str) -> Sequence[object]:
        """A list of bounded length."""
        if not isinstance(data, list) or len(data) > MOST_PARTS:
            self.fail(where, f"a list of at most {MOST_PARTS:,} items")
        return data

    def text(self, data: object, where: str) -> str:
        """A text, perhaps empty."""
        if not isinstance(data, str):
            self.fail(where, "a text")
        return data

    def texts(self, data: object, where: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple([self.text(item, where) for item in self.items(data, where)])

    def plain(self, data: object, where: str) -> dict[str, object]:
        """A mapping of plain values, all numbers finite."""
        found = dict(self.mapping(data, where))
        try:
            json.dumps(found, allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise SuiteError(f"{self.shown}: `{where}` of the kept prompt: {error}") from error
        return found

    def messages(self, data: object) -> tuple[Message, ...]:
        """The messages."""
        found = []
        for item in self.items(data, "messages"):
            one = self.mapping(item, "messages")
            role = one.get("role")
            if role is not None and role not in [each.value for each in Role]:
                self.fail("role", f"one of {', '.join(each.value for each in Role)}, or null")
            parts = tuple([self.part(part) for part in self.items(one.get("parts"), "parts")])
            found.append(Message(Role(role) if role else None, parts))
        return tuple(found)

    def part(self, data: object) -> Segment:
        """A part of a message."""
        one = self.mapping(data, "parts")
        kind = next((kind for kind in _KINDS if kind.value == one.get("kind")), None)
        if kind is None:
            self.fail("kind", f"one of {', '.join(each.value for each in _KINDS)}")
        text = self.text(one.get("text", ""), "text")
        if text and kind not in (SegmentKind.TEXT, SegmentKind.SLOT):
            self.fail("text", f"none, of a {kind.value}")
        branch = tuple([self.arm(item) for item in self.items(one.get("branch", []), "branch")])
        if len(branch) > _DEEPEST:
            self.fail("branch", f"at most {_DEEPEST} arms")
        return Segment(kind, text, _NOWHERE, branch=branch, name=self.text(one.get("name", ""), "name"))

    def arm(self, data: object) -> Arm:
        """An arm: group, number, and what decides it."""
        parts = self.items(data, "branch")
        if len(parts) != 3 or type(parts[0]) is not int or type(parts[1]) is not int:
            self.fail("branch", "[group, arm, what decides it]")
        return Arm(parts[0], parts[1], self.text(parts[2], "branch"))

    def includes(self, data: object) -> tuple[Include, ...]:
        """The templates that it may include."""
        found = [self.mapping(item, "includes") for item in self.items(data, "includes")]
        return tuple(
            [
                Include(*[self.text(item.get(key), "includes") for key in ("target", "path", "text")])
                for item in found
            ]
        )

    def settings(self, data: object) -> JinjaSettings:
        """The settings of Jinja."""
        given = self.mapping(data, "jinja")
        values = {item.name: given.get(item.name) for item in dataclasses.fields(JinjaSettings)}
        for name, default in dataclasses.asdict(JinjaSettings()).items():
            value = values[name]
            if type(value) is not type(default) or (isinstance(value, str) and len(value) > 20):
                self.fail(name, "what Jinja has there")
            if name in _DELIMITERS and not value:
                self.fail(name, "a delimiter")
        return JinjaSettings(**values)  # type: ignore[arg-type]  # each was compared with its default's type
