"""Finds the messages of a text: role lines (`system:`), tags of banks, dotprompt and Handlebars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from promptlint.errors import SourceError
from promptlint.model import Codec, Message, Problem, Role, SegmentKind, Span
from promptlint.records import dataclass
from promptlint.templates.parts import Part, cut, segments, touched

MAX_TURNS = 20_000
"""Messages of one file."""

_LINE = re.compile(
    r"^[ \t]*(?:#[ \t]*)?(system|developer|user|assistant|function|tool)(?:\[[^\]\n]*\])?[ \t]*:"
    r"[ \t]*(?:\r?\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
# The role of an earlier message, in a loop over the conversation: `# {{ item.role }}:`.
_LOOPED = re.compile(
    r"^[ \t]*(?:#[ \t]*)?\{\{[^{}\n]{0,80}\brole\b[^{}\n]{0,80}\}\}[ \t]*:[ \t]*(?:\r?\n|\Z)", re.MULTILINE
)
_TAG = re.compile(r"(?:chat\b.*?\brole\s*=\s*|role\s+|#message\s+role\s*=\s*)[\"'](\w+)[\"']")
_ENDS = frozenset({"endchat", "/message"})
_CACHED = re.compile(r"\|\s*cache_control\(\s*[\"'](\w+)[\"']")
_FILE = re.compile(r"\|\s*(?:image|audio|video|document)(?:\(|\s*\Z)")
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

    Raises:
        SourceError: there are more than MAX_TURNS.
    """
    if any(_tag_role(part) for part in parts):
        return _by_tags(parts)
    lines = [match for match in islice(_LINE.finditer(text), MAX_TURNS + 1) if _is_text(match, parts)]
    if len(lines) > MAX_TURNS:
        raise SourceError(Problem("SRC003", f"more than {MAX_TURNS:,} messages", Span(0, 0)))
    roles = {match[1].lower() for match in lines}
    if not roles & {"system", "user"}:
        return (Turn(None, tuple(parts)),)
    lead = tuple(cut(parts, 0, lines[0].start()))
    if says(lead) and not headed:
        return (Turn(None, tuple(parts)),)
    looped = [match for match in _LOOPED.finditer(text) if match.start() > lines[0].start()]
    return tuple(_by_lines(parts, sorted((*lines, *looped), key=_start)))


def _start(match: re.Match[str]) -> int:
    return match.start()


def messages(found: Sequence[Turn], body: int, codec: Codec) -> tuple[Message, ...]:
    """The turns as messages of a file whose text begins at `body`.

    The front matter before it is no part of them: its description may be a prompt of its own.
    """
    return tuple(
        Message(turn.role, segments(turn.parts, body, codec), _cache_mark(turn.parts)) for turn in found
    )


def _cache_mark(parts: Sequence[Part]) -> str | None:
    """What the filter `cache_control` of banks says of a message."""
    slots = (part.name for part in parts if part.kind is SegmentKind.SLOT and "cache_control" in part.name)
    return next((match[1] for match in map(_CACHED.search, slots) if match), None)


def _is_text(match: re.Match[str], parts: Sequence[Part]) -> bool:
    """True if the label, not the newline after it, is all plain text."""
    end = match.start() + len(match.group().rstrip())
    return all(part.kind is SegmentKind.TEXT for part in touched(parts, match.start(), end))


def named(name: str) -> Role | None:
    """The role of that name, in lower case: also those of other tongues than OpenAI's (`human`, `model`)."""
    return _NAMES.get(name)


def says(parts: Sequence[Part]) -> bool:
    """True if there is anything in the parts that a model reads."""
    return any(part.kind in (SegmentKind.SLOT, SegmentKind.MEDIA) or part.text.strip() for part in parts)


def trimmed(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts of a message without the white space at its ends and beside media, which becomes CONTROL.

    At a statement it stays: it may be inside a branch, or between two texts.
    """
    forward = _without_lead(parts)
    return tuple(reversed(_without_lead(forward[::-1], backward=True)))


def _without_lead(parts: Sequence[Part], backward: bool = False) -> list[Part]:
    found: list[Part] = []
    edge = True
    for part in parts:
        if not (edge and part.verbatim and not part.branch):
            found.append(part)
            edge = part.kind is SegmentKind.MEDIA or (edge and _is_edge(part))
            continue
        blank = len(part.text) - len(part.text.rstrip() if backward else part.text.lstrip())
        middle = part.end - blank if backward else part.start + blank
        pieces = (list(cut((part,), part.start, middle)), list(cut((part,), middle, part.end)))
        space, kept = pieces[::-1] if backward else pieces
        found += [*map(_silent, space), *kept]
        edge = not kept
    return found


def _is_edge(part: Part) -> bool:
    """True for what has no width and opens no branch: a comment, the tag that begins a message."""
    return part.kind is SegmentKind.COMMENT or (part.kind is SegmentKind.CONTROL and "(" in part.name[:8])


def _by_lines(parts: Sequence[Part], lines: Sequence[re.Match[str]]) -> Iterator[Turn]:
    lead = tuple(cut(parts, 0, lines[0].start()))
    if says(lead):
        yield Turn(Role.SYSTEM, lead)
        lead = ()
    ends = [*(line.start() for line in lines[1:]), parts[-1].end]
    for line, end in zip(lines, ends, strict=True):
        label = map(_label, cut(parts, line.start(), line.end()))
        body = cut(parts, line.end(), end)
        role = _NAMES[line[1].lower()] if line.re is _LINE else None
        yield Turn(role, (*map(_silent, lead), *label, *body))
        lead = ()


def _by_tags(parts: Sequence[Part]) -> tuple[Turn, ...]:
    """Messages by tags; between `{% endchat %}` and the next tag only blank text is left out."""
    groups: list[tuple[Role | None, list[Part]]] = [(None, [])]
    outside = True
    for part in parts:
        role = _tag_role(part)
        if role is not None:
            blank = not says(groups[-1][1]) and len(groups) == 1
            groups = [(role, [*map(_silent, groups[-1][1])])] if blank else [*groups, (role, [])]
            outside = False
        elif part.kind is SegmentKind.CONTROL and part.name in _ENDS:
            outside = True
        is_file = part.kind is SegmentKind.SLOT and _FILE.search(part.name)
        read = replace(part, kind=SegmentKind.MEDIA, text="") if is_file else part
        groups[-1][1].append(_silent(read) if outside and not read.text.strip() else read)
    return tuple(Turn(role, tuple(found)) for role, found in groups)


def _tag_role(part: Part) -> Role | None:
    match = _TAG.match(part.name) if part.kind is SegmentKind.CONTROL else None
    return _NAMES.get(match[1]) if match else None


def _label(part: Part) -> Part:
    """A part of a role line: neither its text nor the role that a slot fills in is read as text."""
    is_slot = part.kind is SegmentKind.SLOT
    return replace(part, kind=SegmentKind.CONTROL, text="") if is_slot else _silent(part)


def _silent(part: Part) -> Part:
    if part.kind is not SegmentKind.TEXT:
        return part
    return replace(part, kind=SegmentKind.CONTROL, text="", name=part.text.strip())
