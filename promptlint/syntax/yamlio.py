"""Reads YAML into trees with exact spans, or plain data: the only YAML reader, and the only importer of yaml.

Events are read first, with caps on size, depth and count, so that no input can crash the interpreter or
run any code. Aliases are resolved within a cap; a string that an alias reaches can be edited nowhere, as
that would change two places at once. Duplicate keys are refused. Unknown tags are never obeyed.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import Protocol

import yaml

from promptlint.errors import SourceError
from promptlint.model import Codec, CodecKind, Problem, Span
from promptlint.records import dataclass
from promptlint.syntax import yamltext
from promptlint.syntax.nodes import MAX_DEPTH, MAX_NODES, MAX_SIZE, Mapping, Node, Scalar, Sequence, plain

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = {_CORE + name for name in ("str", "binary", "timestamp", "value")}
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_VALUES = {
    _CORE + "int": _CONSTRUCTOR.construct_yaml_int,
    _CORE + "float": _CONSTRUCTOR.construct_yaml_float,
    _CORE + "bool": _CONSTRUCTOR.construct_yaml_bool,
    _CORE + "null": _CONSTRUCTOR.construct_yaml_null,
}
_MERGE = _CORE + "merge"
_MERGE_NAME = object()
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\r\n\x85\u2028\u2029]*[\r\n\x85\u2028\u2029]\s*)*|\Z))+")
_OPAQUE = Codec(CodecKind.YAML_PLAIN, editable=False)


def tree(text: str) -> tuple[Node, ...]:
    """The documents of a YAML stream.

    Raises:
        SourceError: SRC002 if this is no YAML or has a key twice, SRC003 if it is too large or too deep.
    """
    return _Composer(text, detailed=True).documents()


def load(text: str) -> object:
    """The first document as dicts, lists and scalars; None if there is none.

    Dates stay strings. Raises as `tree` does.
    """
    documents = _Composer(text, detailed=False).documents()
    return plain(documents[0]) if documents else None


def _error(code: str, message: str, start: int, end: int | None = None) -> SourceError:
    return SourceError(Problem(code, message, Span(start, start if end is None else max(start, end))))


# --- events ---------------------------------------------------------------------------------


def _events(text: str, offset: int) -> list[yaml.Event]:
    """All events of a stream, within the caps; `offset` is what was cut off before `text`."""
    if len(text) > MAX_SIZE:
        raise _error("SRC003", f"more than {MAX_SIZE:,} characters", 0)
    events: list[yaml.Event] = []
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise _error(
                    "SRC003", f"nested more than {MAX_DEPTH} levels deep", _index(event.start_mark) + offset
                )
            if len(events) >= 2 * MAX_NODES:
                raise _error("SRC003", f"more than {MAX_NODES:,} values", _index(event.start_mark) + offset)
            events.append(event)
    except yaml.MarkedYAMLError as error:
        at = min(_index(error.problem_mark or error.context_mark), len(text)) + offset
        raise _error("SRC002", error.problem or "not YAML", at) from error
    except yaml.reader.ReaderError as error:
        at = _unprintable(text) + offset
        raise _error("SRC002", f"character U+{ord(text[at - offset]):04X} is not allowed", at) from error
    except UnicodeEncodeError as error:
        raise _error("SRC002", "a lone surrogate is not allowed", error.start + offset) from error
    return events


def _index(mark: _Mark | None) -> int:
    return mark.index if mark else 0


def _unprintable(text: str) -> int:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return match.start() if match else 0


# --- nodes ----------------------------------------------------------------------------------


class _Mark(Protocol):
    """What the two kinds of marks of the loaders have in common."""

    index: int


@dataclass(slots=True)
class _Frame:
    """A collection that is not closed yet, or a document; `weight` counts nodes, aliases followed."""

    event: yaml.Event
    anchor: str | None = None
    parts: list[Node] = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node | None  # None as long as it is not closed
    weight: int = 1
    height: int = 0


class _Composer:
    """Builds nodes from events; holds what one stream has defined so far.

    Args:
        text: the stream.
        detailed: find pieces and codecs of strings; without it they can only be read.
    """

    def __init__(self, text: str, detailed: bool) -> None:
        self.text = text
        self.detailed = detailed
        self.offset = 1 if text.startswith("\ufeff") else 0
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.events = _events(text[self.offset :], self.offset)
        self.aliased = {event.anchor for event in self.events if isinstance(event, yaml.AliasEvent)}
        self.anchors: dict[str, _Anchored] = {}
        self.shared = 0  # collections open whose anchor some alias names
        self.stack: list[_Frame] = []

    def documents(self) -> tuple[Node, ...]:
        """The root of every document."""
        roots: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                self.stack = [_Frame(event)]
            elif isinstance(event, yaml.DocumentEndEvent):
                roots += self.stack[0].parts
            elif isinstance(event, yaml.ScalarEvent):
                node = self.scalar(event)
                self.define(event.anchor, _Anchored(node))
                self.add(node)
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self.define(event.anchor, _Anchored(None))
                self.shared += event.anchor in self.aliased
                self.stack.append(_Frame(event, event.anchor))
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close(event)
        return tuple(roots)

    def start(self, event: yaml.Event) -> int:
        """Where an event begins, in the text with its BOM."""
        return _index(event.start_mark) + self.offset

    def define(self, anchor: str | None, anchored: _Anchored) -> None:
        """Remember what an anchor names, if there is one."""
        if anchor is not None:
            self.anchors[anchor] = anchored

    def add(self, node: Node, weight: int = 1, height: int = 0) -> None:
        """Put a finished node into the innermost collection."""
        frame = self.stack[-1]
        frame.weight += weight
        frame.height = max(frame.height, height + 1)
        if frame.weight > MAX_NODES:
            raise _error("SRC003", f"aliases make more than {MAX_NODES:,} values", node.span.start)
        if self.at_key():
            self.check_key(node)
        frame.parts.append(node)

    def check_key(self, key: Node) -> None:
        """Refuse keys that plain data cannot hold."""
        if not isinstance(key, Scalar):
            message = "a map or list is no key; a template expression in YAML must stand in quotes"
            raise _error("SRC002", message, key.span.start, key.span.end)

    def alias(self, event: yaml.AliasEvent) -> None:
        """Put what an alias names in its place."""
        found = self.anchors.get(str(event.anchor))
        at = self.start(event)
        if found is None:
            raise _error("SRC002", f"alias '*{event.anchor}' names no anchor", at)
        if found.node is None:
            raise _error("SRC002", f"alias '*{event.anchor}' stands inside what it names", at)
        if len(self.stack) + found.height > MAX_DEPTH + 1:
            raise _error("SRC003", f"nested more than {MAX_DEPTH} levels deep by aliases", at)
        self.add(found.node, found.weight, found.height)

    def close(self, event: yaml.CollectionEndEvent) -> None:
        """Finish the innermost collection."""
        frame = self.stack.pop()
        end = max(_index(event.end_mark) + self.offset, self.start(frame.event))
        span = Span(self.start(frame.event), end)
        node: Node
        if isinstance(frame.event, yaml.MappingStartEvent):
            node = Mapping(_entries(frame.parts), span)
        else:
            node = Sequence(tuple(frame.parts), span)
        self.shared -= frame.anchor in self.aliased
        self.define(frame.anchor, _Anchored(node, frame.weight, frame.height))
        self.add(node, frame.weight, frame.height)

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        """A scalar with its value, and with its spelling if that is asked for."""
        span = self.own_span(event)
        tag = _tag(event)
        if tag in _VALUES:
            return _typed(event, tag, span)
        if tag == _MERGE:
            return Scalar(event.value, span, codec=_OPAQUE, tag=tag)
        unknown = "" if tag in _TEXT_TAGS else tag
        if not self.detailed or (self.at_key() and event.anchor not in self.aliased):
            return Scalar(event.value, span, event.value, tag=unknown)
        spelt = yamltext.spell(self.text, span, event.value, self.newline)
        fixed = bool(unknown or self.shared or event.anchor in self.aliased or self.in_flow(event))
        codec = replace(spelt.codec, editable=False) if fixed else spelt.codec
        return Scalar(event.value, spelt.span, event.value, spelt.pieces, codec, spelt.head, unknown)

    def at_key(self) -> bool:
        """True if the next node is a key of a mapping; keys are read and shown, but never edited."""
        holder = self.stack[-1]
        return isinstance(holder.event, yaml.MappingStartEvent) and len(holder.parts) % 2 == 0

    def in_flow(self, event: yaml.ScalarEvent) -> bool:
        """True for an unquoted scalar inside brackets, where a comma or bracket would end it."""
        holder = self.stack[-1].event
        return not event.style and isinstance(holder, yaml.CollectionStartEvent) and bool(holder.flow_style)

    def own_span(self, event: yaml.ScalarEvent) -> Span:
        """Where a scalar stands, without its anchor and tag."""
        start, end = self.start(event), _index(event.end_mark) + self.offset
        if event.anchor is not None or event.tag is not None:
            match = _PROPERTIES.match(self.text, start, end)
            start = match.end() if match else start
        return Span(start, max(start, end))


def _tag(event: yaml.ScalarEvent) -> str:
    if event.tag is not None and event.tag != "!":
        return str(event.tag)
    if event.implicit[0]:
        for tag, pattern in _RESOLVERS.get(event.value[:1], ()):
            if pattern.match(event.value):
                return str(tag)
    return _CORE + "str"


def _typed(event: yaml.ScalarEvent, tag: str, span: Span) -> Scalar:
    try:
        value = _VALUES[tag](yaml.ScalarNode(tag, event.value))
    except (ValueError, KeyError, IndexError) as error:
        message = f"not a value of the type !!{tag.removeprefix(_CORE)}"
        raise _error("SRC002", message, span.start, span.end) from error
    return Scalar(value, span, codec=_OPAQUE)


# --- mappings -------------------------------------------------------------------------------


def _entries(parts: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
    """Keys and values of a mapping; what `<<` merges comes last, and only if the mapping lacks it."""
    entries: dict[object, tuple[Scalar, Node]] = {}
    merged: list[Mapping] = []
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        assert isinstance(key, Scalar)
        name = _MERGE_NAME if key.tag == _MERGE else key.value
        if name in entries:
            raise _error("SRC002", f"key {key.key!r} stands twice", key.span.start, key.span.end)
        entries[name] = (key, value)
        if key.tag == _MERGE:
            merged += _merged(value)
    entries.pop(_MERGE_NAME, None)
    for mapping in merged:
        for key, value in mapping.entries:
            entries.setdefault(key.value, (key, value))
    return tuple(entries.values())


def _merged(value: Node) -> list[Mapping]:
    found = value.items if isinstance(value, Sequence) else (value,)
    maps = [node for node in found if isinstance(node, Mapping)]
    if len(maps) < len(found):
        raise _error("SRC002", "'<<' merges maps only", value.span.start, value.span.end)
    return maps
