"""Builds a prompt from what was found in a data file: its texts become segments with exact spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promptlint import templates
from promptlint.extract.common.data import marks, tagged
from promptlint.extract.common.data.turns import Found, Hole, Turn
from promptlint.model import Call, Message, Problem, Prompt, Segment, SegmentKind, Source, Span
from promptlint.records import dataclass
from promptlint.syntax import pieces
from promptlint.syntax.nodes import Node, Scalar
from promptlint.templates.parts import Part


@dataclass(frozen=True, slots=True)
class _Text:
    """A string as the template that it is."""

    scalar: Scalar
    syntax: str
    parts: tuple[Part, ...]
    variables: tuple[str, ...] = ()

    def segments(self, parts: Iterable[Part]) -> tuple[Segment, ...]:
        """Some of the parts as segments."""
        return pieces.segments(self.scalar, parts, marks.escaping(self.syntax))


def prompt(source: Source, name: str, found: Found, problems: list[Problem]) -> Prompt:
    """The prompt `name` of a file; TPL001 problems of its texts are added to `problems`.

    A text that is no template of the language that it is said to be in is kept as plain text.
    """
    syntax = found.syntax or templates.guess("\n".join(_strings(found)))
    variables: dict[str, None] = {}
    messages: list[Message] = []
    for turn in found.turns:
        texts = [_text(part, syntax, found, problems) for part in turn.parts]
        variables |= dict.fromkeys(_read(turn, texts))
        messages += (found.tagged and _tagged(texts)) or (_message(turn, texts),)
    return Prompt(
        id=name,
        source=source,
        messages=tuple(messages),
        call=Call(found.fields),
        inputs=found.inputs,
        variables=tuple(variables),
    )


def _read(turn: Turn, texts: Iterable[_Text | Segment]) -> Iterator[str]:
    """The names that a message reads."""
    for text in texts:
        yield from text.variables if isinstance(text, _Text) else ()
    yield from (part.name for part in turn.parts if isinstance(part, Hole) and part.read)


def _message(turn: Turn, texts: Iterable[_Text | Segment]) -> Message:
    segments: list[Segment] = []
    for text in texts:
        segments += text.segments(text.parts) if isinstance(text, _Text) else (text,)
    return Message(turn.role, tuple(segments), turn.cache_mark)


def _tagged(texts: Iterable[_Text | Segment]) -> tuple[Message, ...]:
    """The messages that tags in the one text begin; none if there are no such tags."""
    own = [text for text in texts if isinstance(text, _Text)]
    found = tagged.turns(own[0].scalar.text or "", own[0].parts) if len(own) == 1 else None
    return tuple(Message(turn.role, own[0].segments(turn.parts)) for turn in found or ())


def _text(part: Node | Hole, syntax: str, found: Found, problems: list[Problem]) -> _Text | Segment:
    if isinstance(part, Hole):
        return Segment(SegmentKind.SLOT, f"{{{part.name}}}", part.span, name=part.name)
    if not isinstance(part, Scalar):
        return Segment(SegmentKind.MEDIA, "", part.span)
    text = part.text or ""
    own = syntax if syntax != "none" or found.syntax else templates.guess(text)
    try:
        return _Text(part, own, marks.split(text, own), marks.variables(text, own))
    except templates.TemplateError as error:
        problems.append(_problem(part, error))
        return _Text(part, "none", marks.split(text, "none"))


def _strings(found: Found) -> Iterator[str]:
    parts = (part for turn in found.turns for part in turn.parts)
    return (part.text for part in parts if isinstance(part, Scalar) and part.text)


def _problem(scalar: Scalar, error: templates.TemplateError) -> Problem:
    at = pieces.place(scalar.pieces, error.position)
    start = scalar.span.start if at is None else at
    return Problem("TPL001", error.message, Span(start, max(start, min(start + 1, scalar.span.end))))
