"""The tree of a data document (YAML or JSON) with exact spans, and JSON pointers into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint.model import Codec, Piece, Span
from promptlint.records import dataclass

MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_SIZE = 4_000_000  # code points
_CODEC = Codec(editable=False)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a scalar is spelt; see the fields of the same names of `Scalar`."""

    span: Span
    pieces: tuple[Piece, ...] = ()
    codec: Codec = _CODEC
    head: int = 0


class _SpeltLater:
    """Fields of a scalar that are not set until they are asked for: few of a file's ever are."""

    __slots__ = ("_spell",)
    _spell: Callable[[], Spelling]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name not in _SPELT:
                raise AttributeError(name)
            found = self._spell()
            for each in _SPELT:
                object.__setattr__(self, each, getattr(found, each))
            return getattr(found, name)


_SPELT = ("span", "pieces", "codec", "head")


@dataclass(frozen=True, slots=True)
class Scalar(_SpeltLater):
    """A leaf or a key; spans and pieces are in source coordinates.

    `text` is the decoded string, None for any other value; `pieces` tile it. The first `head` characters
    open the scalar, so that new text there must be able to, too. `tag` is a tag that nobody here knows
    (`!include`); such a value is kept as the plain string that it spells.
    """

    value: str | int | float | bool | None
    span: Span
    text: str | None = None
    pieces: tuple[Piece, ...] = ()
    codec: Codec = _CODEC
    head: int = 0
    tag: str = ""

    @property
    def key(self) -> str:
        """The value as a mapping key: itself if it is a string, else as JSON spells it."""
        if isinstance(self.value, str):
            return self.value
        if self.value is None or isinstance(self.value, bool):
            return {None: "null", True: "true", False: "false"}[self.value]
        return str(self.value)


_set = object.__setattr__


def unspelt(
    value: str | float | bool | None, text: str | None, tag: str, spell: Callable[[], Spelling]
) -> Scalar:
    """A scalar that asks `spell` for its span, pieces, codec and head when the first of them is read."""
    scalar = object.__new__(Scalar)
    _set(scalar, "value", value)
    _set(scalar, "text", text)
    _set(scalar, "tag", tag)
    _set(scalar, "_spell", spell)
    return scalar


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """An object: its keys and values in order, duplicates kept (JSON), merged entries last (YAML)."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, *names: str) -> Node | None:
        """The value of the first of `names` that is a key; of duplicate keys the last counts."""
        for name in names:
            for key, value in reversed(self.entries):
                if key.value == name:
                    return value
        return None


Node = Scalar | Sequence | Mapping


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and indices; of an empty path the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def children(node: Node) -> Iterator[tuple[str | int, Node]]:
    """The steps and nodes directly below `node`, in order; none below a scalar."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.key, value
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)


def plain(node: Node) -> object:
    """The document as dicts, lists and scalars; at most MAX_DEPTH deep, so that recursion is safe."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


def frozen(node: Node) -> Node:
    """The same tree, none of whose strings may be edited."""
    if isinstance(node, Scalar):
        return replace(node, codec=replace(node.codec, editable=False))
    if isinstance(node, Sequence):
        return replace(node, items=tuple(frozen(item) for item in node.items))
    return replace(node, entries=tuple((key, frozen(value)) for key, value in node.entries))
