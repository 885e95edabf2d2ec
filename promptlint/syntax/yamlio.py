"""Reads YAML into trees with exact spans, or plain data: the only YAML reader.

Only events come from the loader, with caps on size, depth and count: no input can crash the interpreter or
run any code. Aliases are resolved within a cap; a string that an alias reaches can be edited nowhere, as
that would change two places at once. Duplicate keys are refused. Unknown tags are never obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field, replace
from functools import partial

import yaml

from promptlint.model import Codec, CodecKind, Span
from promptlint.records import dataclass
from promptlint.syntax import yamltext
from promptlint.syntax.nodes import (
    MAX_DEPTH,
    MAX_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Spelling,
    plain,
    unspelt,
)
from promptlint.syntax.yamlevents import error, events, index

_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CORE = "tag:yaml.org,2002:"
_STR = _CORE + "str"
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
    return _Composer(text).documents()


def load(text: str) -> object:
    """The first document as dicts, lists and scalars; None if there is none.

    Dates stay strings. Raises as `tree` does.
    """
    documents = _Composer(text).documents()
    return plain(documents[0]) if documents else None


# --- nodes ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Frame:
    """A collection that is not closed yet, or a document; `weight` counts nodes, aliases followed."""

    start: int
    anchor: str | None = None
    is_mapping: bool = False
    is_flow: bool = False
    parts: list[Node] = field(default_factory=list)
    weight: int = 1
    height: int = 1

    def at_key(self) -> bool:
        """True if the next node is a key; keys are read and shown, but never edited."""
        return self.is_mapping and len(self.parts) % 2 == 0


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node | None  # None as long as it is not closed
    weight: int = 1
    height: int = 0


class _Composer:
    """Builds nodes from events; holds what one stream has defined so far.

    How a scalar is spelt is found when somebody asks, after the whole stream is read: only then is known
    which anchors are `aliased`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 1 if text.startswith("\ufeff") else 0
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.aliased: set[str] = set()
        self.anchors: dict[str, _Anchored] = {}
        self.within: tuple[str, ...] = ()  # the anchors of the collections that are open
        self.stack: list[_Frame] = []
        self.roots: list[Node] = []

    def documents(self) -> tuple[Node, ...]:
        """The root of every document."""
        handlers: dict[type, Callable[..., None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self.open,
            yaml.SequenceStartEvent: self.open,
            yaml.MappingEndEvent: self.close,
            yaml.SequenceEndEvent: self.close,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.begin,
            yaml.DocumentEndEvent: self.end,
        }
        for event in events(self.text[self.offset :], self.offset):
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
        return tuple(self.roots)

    def begin(self, event: yaml.Event) -> None:
        """Start a document; anchors of another one are not known in it."""
        self.anchors.clear()
        self.stack = [_Frame(self.start(event))]

    def end(self, _event: yaml.Event) -> None:
        """Finish a document."""
        self.roots += self.stack[0].parts

    def start(self, event: yaml.Event) -> int:
        """Where an event begins, in the text with its BOM."""
        return index(event.start_mark) + self.offset

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
            raise error("SRC003", f"aliases make more than {MAX_NODES:,} values", node.span.start)
        if not isinstance(node, Scalar) and frame.at_key():
            message = "a map or list is no key; a template expression in YAML must stand in quotes"
            raise error("SRC002", message, node.span.start, node.span.end)
        frame.parts.append(node)

    def alias(self, event: yaml.AliasEvent) -> None:
        """Put what an alias names in its place."""
        anchor = str(event.anchor)
        self.aliased.add(anchor)
        found = self.anchors.get(anchor)
        at = self.start(event)
        if found is None:
            raise error("SRC002", f"alias '*{anchor}' names no anchor", at)
        if found.node is None:
            raise error("SRC002", f"alias '*{anchor}' stands inside what it names", at)
        if len(self.stack) + found.height > MAX_DEPTH + 1:
            raise error("SRC003", f"nested more than {MAX_DEPTH} levels deep by aliases", at)
        self.add(found.node, found.weight, found.height)

    def open(self, event: yaml.CollectionStartEvent) -> None:
        """Start a collection."""
        if event.anchor is not None:
            self.define(event.anchor, _Anchored(None))
            self.within = (*self.within, event.anchor)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_Frame(self.start(event), event.anchor, is_mapping, bool(event.flow_style)))

    def close(self, event: yaml.CollectionEndEvent) -> None:
        """Finish the innermost collection."""
        frame = self.stack.pop()
        span = Span(frame.start, max(index(event.end_mark) + self.offset, frame.start))
        node: Node
        if frame.is_mapping:
            node = Mapping(_entries(frame.parts), span)
        else:
            node = Sequence(tuple(frame.parts), span)
        if frame.anchor is not None:
            self.define(frame.anchor, _Anchored(node, frame.weight, frame.height))
            self.within = self.within[:-1]
        self.add(node, frame.weight, frame.height)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Add a scalar with its value."""
        tag, value = _tag(event), event.value
        frame = self.stack[-1]
        spell = partial(self.spelling, event, tag, frame.at_key(), frame.is_flow, self.within)
        if tag in _VALUES:
            node = unspelt(self.typed(event, tag), None, "", spell)
        elif tag == _MERGE:
            node = unspelt(value, None, tag, spell)
        else:
            node = unspelt(value, value, "" if tag in _TEXT_TAGS else tag, spell)
        if event.anchor is not None:
            self.define(event.anchor, _Anchored(node))
        self.add(node)

    def spelling(
        self, event: yaml.ScalarEvent, tag: str, is_key: bool, is_flow: bool, within: tuple[str, ...]
    ) -> Spelling:
        """How a scalar is spelt; one that nobody may edit at its place alone says so.

        An unquoted scalar inside brackets is ended by a comma or bracket.
        """
        span = self.own_span(event)
        if tag in _VALUES or tag == _MERGE:
            return Spelling(span, codec=_OPAQUE)
        if is_key and event.anchor not in self.aliased:
            return Spelling(span)
        spelt = yamltext.spell(self.text, span, event.value, self.newline)
        shared = event.anchor in self.aliased or any(anchor in self.aliased for anchor in within)
        fixed = shared or tag not in _TEXT_TAGS or (is_flow and not event.style)
        return replace(spelt, codec=replace(spelt.codec, editable=False)) if fixed else spelt

    def own_span(self, event: yaml.ScalarEvent) -> Span:
        """Where a scalar stands, without its anchor and tag."""
        start, end = self.start(event), index(event.end_mark) + self.offset
        if event.anchor is not None or event.tag is not None:
            match = _PROPERTIES.match(self.text, start, end)
            start = match.end() if match else start
        return Span(start, max(start, end))

    def typed(self, event: yaml.ScalarEvent, tag: str) -> str | float | bool | None:
        """The value of a scalar that is no string."""
        try:
            value: str | float | bool | None = _VALUES[tag](yaml.ScalarNode(tag, event.value))
        except (ValueError, KeyError, IndexError) as fault:
            message = f"not a value of the type !!{tag.removeprefix(_CORE)}"
            span = self.own_span(event)
            raise error("SRC002", message, span.start, span.end) from fault
        return value


def _tag(event: yaml.ScalarEvent) -> str:
    if event.tag is not None and event.tag != "!":
        return str(event.tag)
    if event.implicit[0]:
        for tag, pattern in _RESOLVERS.get(event.value[:1], ()):
            if pattern.match(event.value):
                return str(tag)
    return _STR


# --- mappings -------------------------------------------------------------------------------


def _entries(parts: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
    """Keys and values of a mapping; what `<<` merges comes last, and only if the mapping lacks it."""
    entries: dict[object, tuple[Scalar, Node]] = {}
    merged: list[Mapping] = []
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        assert isinstance(key, Scalar)
        name = _MERGE_NAME if key.tag == _MERGE else key.value
        if name in entries:
            raise error("SRC002", f"key {key.key!r} stands twice", key.span.start, key.span.end)
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
        raise error("SRC002", "'<<' merges maps only", value.span.start, value.span.end)
    return maps
