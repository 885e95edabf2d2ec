"""Reads a string of a data file that is itself a document, with exact places in the outer file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from promptlint.errors import SourceError
from promptlint.model import Piece, Span
from promptlint.syntax import jsonio, pieces, yamlio
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

_JSON = re.compile(r"\s{0,100}[\[{]\s{0,100}[\"{\[]")
_YAML = re.compile(r"\s{0,100}-\s{1,10}[\"']?role[\"']?:\s")


def document(scalar: Scalar) -> Node | None:
    """The tree of a string that is JSON, or a YAML list of messages; None if it is neither.

    Spans and pieces are in the coordinates of the outer file, and each string is spelt in both.
    """
    text = scalar.text or ""
    read: Callable[[str], tuple[Node, ...]]
    if _JSON.match(text):
        read = lambda inner: (jsonio.parse(inner),)  # noqa: E731  # two readers of one type
    elif _YAML.match(text):
        read = yamlio.tree
    else:
        return None
    try:
        (root,) = read(text)
    except (SourceError, ValueError):
        return None
    return _outer(root, scalar)


def _outer(node: Node, home: Scalar) -> Node:
    """The node with everything in it moved into the file of `home`; at most MAX_DEPTH deep."""
    span = _span(node.span, home)
    if isinstance(node, Sequence):
        return Sequence(tuple(_outer(item, home) for item in node.items), span)
    if isinstance(node, Mapping):
        entries = ((key, _outer(value, home)) for key, value in node.entries)
        return Mapping(
            tuple((replace(key, span=_span(key.span, home)), value) for key, value in entries), span
        )
    editable = node.codec.editable and home.codec.editable
    codec = replace(node.codec, editable=editable, outer=home.codec)
    return replace(node, span=span, pieces=tuple(_composed(node, home)), codec=codec)


def _span(span: Span, home: Scalar) -> Span:
    found = pieces.cut(home.pieces, span.start, span.end)
    if not found:
        at = pieces.place(home.pieces, span.start)
        return home.span if at is None else Span(at, at)
    return Span(found[0].source_start, found[-1].source_end)


def _composed(node: Scalar, home: Scalar) -> Iterator[Piece]:
    """The pieces of an inner string, spelt in the outer file; an escape of either is atomic."""
    for piece in node.pieces:
        outer = pieces.cut(home.pieces, piece.source_start, piece.source_end)
        if piece.verbatim:
            for part in outer:
                yield replace(
                    part,
                    text_start=piece.text_start + part.text_start,
                    text_end=piece.text_start + part.text_end,
                )
        elif outer:
            yield Piece(
                piece.text_start, piece.text_end, outer[0].source_start, outer[-1].source_end, verbatim=False
            )
