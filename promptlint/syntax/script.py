"""Parses TypeScript and JavaScript into a small tree in code points; the only user of tree-sitter.

tree-sitter counts bytes of UTF-8. All positions that leave this module count code points of the text as it
is, byte order mark included.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate, count
from typing import TYPE_CHECKING

from promptlint.errors import SourceError
from promptlint.model import Problem, Source, SourceKind, Span
from promptlint.records import dataclass

if TYPE_CHECKING:
    from tree_sitter import Node as Raw
    from tree_sitter import Parser, TreeCursor

MAX_DEPTH = 1000
"""Nodes within nodes, at most: chains of `+` are as deep as they are long."""

_CHUNK = 65_536  # bytes that the parser is handed at a time
_PATIENCE = 1_000  # reports of progress that the parser may make beside one for each byte; 1 in 80 is usual

_PLAIN_TYPES = (".ts", ".mts", ".cts")  # where `<T>x` is a cast and no markup
_WIDE = re.compile(r"[^\x00-\x7f]")
_LONE_CR = re.compile(r"\r(?!\n)")  # ends a line; tree-sitter does not know it, and may loop for ever on one
# Nothing in these is text that is sent to a model, nor names any: they are not copied.
_LEFT_OUT = frozenset(
    {"comment", "html_comment", "hash_bang_line", "type_annotation", "type_arguments", "type_parameters"}
    | {"interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature"}
    | {"asserts_annotation", "type_predicate_annotation", "ERROR", "string_fragment", "escape_sequence"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A named node, or an operator; `field` is what its parent calls it, empty if nothing.

    Types, comments and what does not parse are left out. Two nodes are the same only if they are one.
    """

    kind: str
    start: int
    end: int
    field: str
    children: tuple[Node, ...]

    def child(self, field: str) -> Node | None:
        """The first child that this node calls by that name."""
        return next((item for item in self.children if item.field == field), None)


@dataclass(frozen=True, slots=True)
class Tree:
    """A file and its nodes; `broken` is the first place that does not parse, None if all does."""

    root: Node
    broken: Span | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A node as a comparison of two versions of a file sees it; `text` is empty for what has parts.

    `depth` is that of the node in the tree.
    """

    kind: str
    depth: int
    span: Span
    text: str


def parse(source: Source) -> Tree:
    """The tree of a file.

    Raises:
        SourceError: it is nested too deeply (SRC003).
    """
    raw, place = _parsed(source)
    broken = _first_error(raw) if raw.has_error else None
    return Tree(_converted(raw, place), None if broken is None else Span(place(broken[0]), place(broken[1])))


def leaves(source: Source) -> Iterator[Leaf]:
    """All nodes of a file in order, types, comments, punctuation and errors too."""
    raw, place = _parsed(source)
    cursor = raw.walk()
    depth = 0
    while True:
        node = cursor.node
        assert node is not None
        span = Span(place(node.start_byte), place(node.end_byte))
        kind = f"missing {node.type}" if node.is_missing else node.type
        yield Leaf(kind, depth, span, "" if node.child_count else source.text[span.start : span.end])
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


def comments(source: Source) -> tuple[Span, ...]:
    """The comments of a file, in order."""
    return tuple(leaf.span for leaf in leaves(source) if leaf.kind == "comment")


# --- parsing --------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _parser(plain: bool) -> Parser:
    import tree_sitter_typescript as grammars
    from tree_sitter import Language, Parser

    return Parser(Language(grammars.language_typescript() if plain else grammars.language_tsx()))


def _parsed(source: Source) -> tuple[Raw, Callable[[int], int]]:
    data = _LONE_CR.sub("\n", source.text).encode("utf-8", "surrogatepass")
    plain = source.kind is SourceKind.TYPESCRIPT and source.path.lower().endswith(_PLAIN_TYPES)
    steps = count()
    parser = _parser(plain)
    parser.reset()
    try:
        tree = parser.parse(
            lambda offset, _: data[offset : offset + _CHUNK],
            progress_callback=lambda *_: next(steps) > _PATIENCE + len(data),
        )
    except ValueError as error:
        message = "cannot be parsed: its errors lead the parser in a circle"
        raise SourceError(Problem("SRC002", message, Span(0, 0))) from error
    return tree.root_node, _places(source.text)


def _places(text: str) -> Callable[[int], int]:
    """From offsets in the UTF-8 of a text to offsets in the text."""
    if text.isascii():
        return lambda offset: offset
    wide = [
        (match.start(), len(match.group().encode("utf-8", "surrogatepass"))) for match in _WIDE.finditer(text)
    ]
    surplus = [0, *accumulate(size - 1 for _, size in wide)]
    ends = [start + before + size for (start, size), before in zip(wide, surplus, strict=False)]

    def place(offset: int) -> int:
        return offset - surplus[bisect_left(ends, offset + 1)]

    return place


def _first_error(root: Raw) -> tuple[int, int]:
    """The bytes of the first node that does not parse, or that the parser had to invent."""
    node = root
    while not node.is_error and not node.is_missing:
        inner = next((item for item in node.children if item.has_error or item.is_missing), None)
        if inner is None:
            break
        node = inner
    return node.start_byte, node.end_byte


# --- the small tree -------------------------------------------------------------------------


def _converted(root: Raw, place: Callable[[int], int]) -> Node:
    cursor = root.walk()
    levels: list[list[Node]] = [[]]
    while True:
        if _enters(cursor):
            levels.append([])
            if len(levels) > MAX_DEPTH:
                at = place(cursor.node.start_byte) if cursor.node else 0
                raise SourceError(Problem("SRC003", "nested too deeply to be read", Span(at, at)))
            continue
        levels[-1].extend(_made(cursor, place, ()))
        while not cursor.goto_next_sibling():
            children = tuple(levels.pop())
            if not cursor.goto_parent():
                return children[0] if children else Node("program", 0, 0, "", ())
            levels[-1].extend(_made(cursor, place, children))


def _enters(cursor: TreeCursor) -> bool:
    """Go down into a node, unless nothing below it is copied."""
    node = cursor.node
    return node is not None and node.type not in _LEFT_OUT and cursor.goto_first_child()


def _made(cursor: TreeCursor, place: Callable[[int], int], children: tuple[Node, ...]) -> Iterator[Node]:
    node = cursor.node
    assert node is not None
    field = cursor.field_name or ""
    if (node.is_named or field) and (node.type not in _LEFT_OUT or node.parent is None):
        yield Node(node.type, place(node.start_byte), place(node.end_byte), field, children)
