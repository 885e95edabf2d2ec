"""Extracts the prompt of a POML file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from promptlint.errors import SourceError
from promptlint.extract.common import declared, used
from promptlint.model import (
    UNKNOWN,
    Arm,
    Call,
    Extraction,
    Field,
    Message,
    Problem,
    Prompt,
    Reference,
    Role,
    SegmentKind,
    Source,
    Span,
    Target,
    Use,
)
from promptlint.records import dataclass
from promptlint.syntax import xmlish
from promptlint.syntax.nodes import MAX_SIZE
from promptlint.syntax.pomltext import Writer, expressions
from promptlint.syntax.xmlish import Element, Token
from promptlint.templates.parts import MAX_TAGS

_SILENT = frozenset({"stylesheet", "outputschema", "tooldefinition", "tooldef", "tool", "runtime", "meta"})
_SILENT |= {"context", "let", "toolrequest"}
_MEDIA = frozenset({"img", "image", "audio"})
_DATA = frozenset(
    {"document", "doc", "webpage", "folder", "tree", "object", "obj", "dataobj", "conversation"}
)
_INLINE = frozenset(
    {"b", "bold", "i", "italic", "u", "underline", "s", "strike", "strikethrough", "span", "inline"}
)
_LINES = {"item": "\n", "listitem": "\n", "br": "\n", "newline": "\n", "tr": "\n"}
_SPEAKERS = {"human": Role.USER, "ai": Role.ASSISTANT, "system": Role.SYSTEM, "tool": Role.TOOL}
_MESSAGES = {
    **dict.fromkeys(("systemmsg", "systemmessage"), Role.SYSTEM),
    **dict.fromkeys(("humanmsg", "humanmessage"), Role.USER),
    **dict.fromkeys(("aimsg", "aimessage"), Role.ASSISTANT),
    "toolresponse": Role.TOOL,
}
_TURNS = {
    "input": Role.USER,
    "exampleinput": Role.USER,
    "output": Role.ASSISTANT,
    "exampleoutput": Role.ASSISTANT,
}
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_KEY = re.compile(r"([{,]\s{0,100})[A-Za-z_$][\w$]*+\s*+:")
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_$][\w$]*+")
_LOOP = re.compile(r"\s*([A-Za-z_$][\w$]*)\s+in\s(.*)", re.DOTALL)
_WORDS = frozenset({"true", "false", "null", "undefined", "typeof", "new", "in", "of", "instanceof", "loop"})
_WORDS |= {"JSON", "Math", "Object", "Array", "String", "Number", "Boolean", "Date"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for the inside of an element."""

    speaker: Role | None = None
    branch: tuple[Arm, ...] = ()
    chat: bool = True
    kept: bool = False


@dataclass(slots=True)
class Reading:
    """What was found so far; `defined` are the names that the file itself gives values."""

    source: str
    messages: list[tuple[Role | None, Writer]] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    read: dict[str, None] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)

    def writer(self, speaker: Role | None) -> Writer:
        """Where the text of that speaker goes: the last message, or a new one."""
        if not self.messages or self.messages[-1][0] is not speaker:
            self.messages.append((speaker, Writer(self.source)))
        return self.messages[-1][1]

    def last(self, speaker: Role | None) -> Writer:
        """The last message, whoever speaks it: for what begins no message."""
        return self.messages[-1][1] if self.messages else self.writer(speaker)


def extract(source: Source) -> Extraction:
    """The prompt of the file: the text of its elements, as POML renders it to Markdown.

    White space is collapsed unless the file says otherwise, and a block is set off by the line breaks that
    rendering puts there, which cannot be edited. Captions, bullets and the marks of bold text, which
    rendering adds too, are no part of the text; neither are schemas, style sheets and `let`. A broken
    file is one SRC002.
    """
    text = source.text
    if len(text) > MAX_SIZE:
        raise SourceError(Problem("SRC003", "too large to be read", Span(0, 0)))
    if text.count("<") + text.count("{{") > MAX_TAGS:
        raise SourceError(Problem("SRC003", f"more than {MAX_TAGS:,} tags", Span(0, 0)))
    if not text.strip("\ufeff \t\r\n"):
        return Extraction(reason="empty")
    reading = Reading(text)
    if "<" in text:
        _children(reading, xmlish.parse(text), Place())
    else:
        start = int(text.startswith("\ufeff"))
        _text(reading, Span(start, len(text)), Place(kept=True))
    prompt = Prompt(
        id=source.path,
        source=source,
        messages=tuple(_messages(reading)),
        call=Call(tuple(reading.fields.values())),
        origin="POML",
        variables=tuple(name for name in reading.read if name not in reading.defined),
    )
    prompts = (used.as_used(prompt, used.uses_of(source)),) if prompt.text else ()
    return Extraction(prompts, reason="a POML file", references=tuple(reading.references))


def _messages(reading: Reading) -> Iterator[Message]:
    """Who says nothing of its speaker is the system until the user has spoken, and the user alone."""
    told = [(role, writer) for role, writer in reading.messages if writer.says]
    alone = all(role is None for role, _ in told)
    default = Role.USER if alone else Role.SYSTEM
    for role, writer in told:
        yield Message(role or default, writer.segments())
        default = Role.USER if role is Role.USER else default


# --- elements -------------------------------------------------------------------------------


def _children(reading: Reading, element: Element, place: Place) -> None:
    for child in element.children:
        if isinstance(child, Element):
            _element(reading, child, place)
        elif child.kind == "text":
            _text(reading, child.span, place)
        else:
            kind = SegmentKind.COMMENT if child.kind == "comment" else SegmentKind.CONTROL
            text = reading.source[child.span.start : child.span.end]
            name = text.removeprefix("<!--").removesuffix("-->").strip()
            reading.last(place.speaker).mark(kind, child.span, place.branch, name)


def _element(reading: Reading, element: Element, place: Place) -> None:
    name, tag = element.name, element.open
    for key, value, span in tag.attributes:
        for _, expression in expressions(reading.source, span):
            _reads(reading, expression)
        if key in ("if", "for"):
            _condition(reading, key, value)
    inside = _inside(element, place)
    writer = reading.writer(inside.speaker)
    whole = Span(tag.span.start, element.close.span.end if element.close else tag.span.end)
    if name in _SILENT:
        _declares(reading, element)
        writer.mark(SegmentKind.CONTROL, whole, place.branch, tag.name)
    elif name in _MEDIA:
        writer.mark(SegmentKind.MEDIA, whole, inside.branch, tag.name)
    elif name == "include":
        _refers(reading, element, Target.TEMPLATE)
        writer.mark(SegmentKind.CONTROL, whole, inside.branch, f"include {element.get('src') or ''}")
    elif name in _DATA or (name == "table" and (element.get("src") or element.get("records"))):
        _refers(reading, element, Target.FILE)
        writer.slot(whole, inside.branch, element.get("src") or element.get("data") or tag.name)
    else:
        _edge(writer, element, tag, place)
        _children(reading, element, inside)
        if element.close:
            _edge(reading.writer(inside.speaker), element, element.close, place)


def _inside(element: Element, place: Place) -> Place:
    name = element.name
    chat = element.get("chat") != "false" and place.chat
    speaker = _SPEAKERS.get(element.get("speaker") or "") or _MESSAGES.get(name)
    if speaker is None and name in _TURNS and chat and place.speaker is None:
        speaker = _TURNS[name]
    branch = place.branch
    if element.get("if") is not None or element.get("for") is not None:
        branch = (*branch, Arm(element.open.span.start, 0))
    kept = element.get("whiteSpace") in ("pre", "trim") or element.get("syntax") == "text"
    return Place(speaker or place.speaker, branch, chat, kept)


def _edge(writer: Writer, element: Element, tag: Token, place: Place) -> None:
    """The opening or closing tag of an element, and what it does to the line."""
    condition = " ".join(f"{key} {value}" for key, value, _ in tag.attributes if key in ("if", "for"))
    name = element.name
    inline = name in _INLINE or (name in ("code", "text") and element.get("inline") != "false")
    if inline:
        writer.inline(opens=tag.kind != "close")
    writer.mark(SegmentKind.CONTROL, tag.span, place.branch, condition or tag.name)
    if not inline:
        writer.boundary(_LINES.get(name, "\n\n"))


def _text(reading: Reading, span: Span, place: Place) -> None:
    blank = not place.kept and reading.source[span.start : span.end].isspace()
    writer = reading.last(place.speaker) if blank else reading.writer(place.speaker)
    done = span.start
    for found, expression in expressions(reading.source, span):
        writer.text(Span(done, found.start), place.branch, place.kept)
        writer.slot(found, place.branch, expression)
        _reads(reading, expression)
        done = found.end
    writer.text(Span(done, span.end), place.branch, place.kept)


# --- what is said without text --------------------------------------------------------------


def _declares(reading: Reading, element: Element) -> None:
    """What a silent element says of the call, or the name that it gives a value."""
    name, span = element.name, element.open.span
    if name == "runtime":
        for key, value, place in element.open.attributes:
            said = _CAMEL.sub("_", key).replace("-", "_").lower()
            if declared.is_field(said):
                literal = UNKNOWN if "{{" in value else declared.plain(value)
                reading.fields.setdefault(said, Field(said, literal, place))
    elif name == "outputschema":
        reading.fields.setdefault("response_format", Field("response_format", UNKNOWN, span))
    elif name.startswith("tool") and name != "toolrequest":
        reading.fields.setdefault("tools", Field("tools", UNKNOWN, span))
    elif name == "let":
        reading.defined.add(element.get("name") or "")
        _refers(reading, element, Target.FILE)


def _refers(reading: Reading, element: Element, kind: Target) -> None:
    """The file that an element takes in; of a document, which is data, nothing is said as of a prompt."""
    found = [(value, span) for key, value, span in element.open.attributes if key.lower() == "src"]
    for value, span in found[:1]:
        if value and "{{" not in value and "://" not in value:
            use = Use() if kind is Target.TEMPLATE else Use(name="<document>")
            reading.references.append(Reference(kind, value, span, use, required=True))


def _condition(reading: Reading, key: str, value: str) -> None:
    loop = _LOOP.match(value) if key == "for" else None
    if loop:
        reading.defined.add(loop[1])
    _reads(reading, loop[2] if loop else value)


def _reads(reading: Reading, expression: str) -> None:
    bare = _KEY.sub(r"\1", _STRING.sub(" ", expression))
    for name in _NAME.findall(bare):
        if name not in _WORDS:
            reading.read.setdefault(name)
