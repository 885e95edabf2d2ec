"""The tree of a JSON-like literal in a prompt: values, entries, and what keeps it from being strict JSON."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from promptlint.model import Span
from promptlint.records import dataclass

HOLE = "\ue000"
"""Stands for a code point of a slot, as in the outline."""


class Sort(str, Enum):
    """What a value is; a WORD is bare text such as `string` or `<number>`, a HOLE is a slot."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    WORD = "word"
    HOLE = "hole"


class Fault(str, Enum):
    """Why a literal is no strict JSON."""

    COMMENT = "a comment"
    QUOTES = "quotation marks that JSON does not know"
    KEY = "a key without quotation marks"
    WORD = "a bare word as a value"
    COMMA = "a comma before a closing bracket"
    NO_COMMA = "no comma between two entries"
    DOTS = "an ellipsis"
    BRACES = "doubled braces"
    CUT = "the end is missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; `span` is the key's, its quotation marks included."""

    key: str
    span: Span
    value: Value


@dataclass(frozen=True, slots=True)
class Value:
    """A value, with its place in the text that was read.

    `text` is the decoded string, or the source of any other scalar. `note` is the comment that follows it on
    its line. An `open` object or array has an ellipsis in it; an open string holds a slot.
    """

    sort: Sort
    span: Span
    text: str = ""
    entries: tuple[Entry, ...] = ()
    items: tuple[Value, ...] = ()
    note: str = ""
    open: bool = False

    def get(self, key: str) -> Value | None:
        """The value of the first entry with that key, or None."""
        return next((entry.value for entry in self.entries if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal, and what keeps it from being strict JSON, in order of the text."""

    root: Value
    faults: tuple[tuple[Fault, Span], ...] = ()

    @property
    def strict(self) -> bool:
        """True if a JSON parser reads it (slots aside)."""
        return not self.faults

    @property
    def cut(self) -> bool:
        """True if the text ends before the literal does."""
        return any(fault is Fault.CUT for fault, _ in self.faults)


def walk(value: Value) -> Iterator[Value]:
    """The value and all below it, parents first."""
    stack = [value]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed((*(entry.value for entry in one.entries), *one.items)))
