"""Finds the messages of a text: role lines (`system:`), chat tags of banks, role tags of dotprompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint.model import Codec, Message, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.templates.parts import Part, cut, segments

_LINE = re.compile(
    r"^[ \t]*(?:#[ \t]*)?(system|developer|user|assistant|function|tool)(?:\[[^\]\n]*\])?[ \t]*:"
    r"[ \t]*(?:\r?\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"(?:chat\b.*?\brole\s*=\s*|role\s+)[\"'](\w+)[\"']")
_NAMES = {role.value: role for role in Role} | {
    "function": Role.TOOL,
    "human": Role.USER,
    "model": Role.ASSISTANT,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """The parts of one message; `role` is None where nothing says it."""

    role: Role | None
    parts: tuple[Part, ...]


def turns(text: str, parts: Sequence[Part], headed: bool) -> tuple[Turn, ...]:
    """The messages of a template or text; its parts, with what names a role made CONTROL.

    Tags that name a role count always. Lines that name one count if one of them is the system's or the
    user's and, unless the file is known to hold messages, if no text stands before the first: a
    transcript inside a prompt looks the same otherwise.

    Args:
        text: what the parts tile.
        parts: of `templates.split`.
        headed: True if the file has front matter, so that text before the first role line is the system's.
    """
    if any(_tag_role(part) for part in parts):
        return _by_tags(parts)
    lines = [match for match in _LINE.finditer(text) if _is_text(match, parts)]
    roles = {match[1].lower() for match in lines}
    if not roles & {"system", "user"}:
        return (Turn(None, tuple(parts)),)
    lead = tuple(cut(parts, 0, lines[0].start()))
    if _says(lead) and not headed:
        return (Turn(None, tuple(parts)),)
    return tuple(_by_lines(parts, lines))


def messages(found: Sequence[Turn], body: int, codec: Codec) -> tuple[Message, ...]:
    """The turns as messages of a file whose text begins at `body`.

    The front matter before it is no part of them: its description may be a prompt of its own.
    """
    return tuple(Message(turn.role, segments(turn.parts, body, codec)) for turn in found)


def _is_text(match: re.Match[str], parts: Sequence[Part]) -> bool:
    """True if the label, not the newline after it, is all plain text."""
    end = match.start() + len(match.group().rstrip())
    touched = [part for part in parts if part.start < end and part.end > match.start()]
    return all(part.kind is SegmentKind.TEXT for part in touched)


def _says(parts: Sequence[Part]) -> bool:
    return any(part.kind in (SegmentKind.SLOT, SegmentKind.MEDIA) or part.text.strip() for part in parts)


def _by_lines(parts: Sequence[Part], lines: Sequence[re.Match[str]]) -> Iterator[Turn]:
    lead = tuple(cut(parts, 0, lines[0].start()))
    if _says(lead):
        yield Turn(Role.SYSTEM, lead)
        lead = ()
    ends = [*(line.start() for line in lines[1:]), parts[-1].end]
    for line, end in zip(lines, ends, strict=True):
        label = map(_silent, cut(parts, line.start(), line.end()))
        body = cut(parts, line.end(), end)
        yield Turn(_NAMES[line[1].lower()], (*map(_silent, lead), *label, *body))
        lead = ()


def _by_tags(parts: Sequence[Part]) -> tuple[Turn, ...]:
    """Messages by tags; between `{% endchat %}` and the next tag only blank text is left out."""
    groups: list[tuple[Role | None, list[Part]]] = [(None, [])]
    outside = True
    for part in parts:
        role = _tag_role(part)
        if role is not None:
            blank = not _says(groups[-1][1]) and len(groups) == 1
            groups = [(role, [*map(_silent, groups[-1][1])])] if blank else [*groups, (role, [])]
            outside = False
        elif part.kind is SegmentKind.CONTROL and part.name == "endchat":
            outside = True
        groups[-1][1].append(_silent(part) if outside and not part.text.strip() else part)
    return tuple(Turn(role, tuple(found)) for role, found in groups)


def _tag_role(part: Part) -> Role | None:
    match = _TAG.match(part.name) if part.kind is SegmentKind.CONTROL else None
    return _NAMES.get(match[1]) if match else None


def _silent(part: Part) -> Part:
    if part.kind is not SegmentKind.TEXT:
        return part
    return replace(part, kind=SegmentKind.CONTROL, text="", name=part.text.strip())
