"""Compares two versions of a BAML or POML file: the same tokens, but for the texts that were edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from promptlint.errors import SourceError
from promptlint.model import Edit, Source, SourceKind, Span

Leaf = tuple[str, str, Span]
"""What a token is, how it is spelt, and where; only one whose kind is "text" may hold an edit."""


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited texts differs; `edits` are in coordinates of `source`, sorted."""
    leaves = _LEAVES[source.kind]
    try:
        before, after = list(leaves(source.text)), list(leaves(new.text))
    except SourceError:
        return False
    if [kind for kind, _, _ in before] != [kind for kind, _, _ in after]:
        return False
    return all(
        one[1] == other[1] or (one[0] == "text" and _holds(one[2], edits))
        for one, other in zip(before, after, strict=True)
    )


def _holds(span: Span, edits: Sequence[Edit]) -> bool:
    return any(span.contains(edit.span) for edit in edits)


def _baml(text: str) -> Iterator[Leaf]:
    from promptlint.syntax import baml

    for token in baml.tokens(text):
        is_string = token.kind in ("block", "quoted")
        yield "text" if is_string else token.kind, token.text, token.inner if is_string else token.span


def _poml(text: str) -> Iterator[Leaf]:
    from promptlint.syntax import xmlish

    for token in xmlish.tokens(text):
        yield token.kind, text[token.span.start : token.span.end], token.span


_LEAVES: dict[SourceKind, Callable[[str], Iterator[Leaf]]] = {
    SourceKind.BAML: _baml,
    SourceKind.POML: _poml,
}
