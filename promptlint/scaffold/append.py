"""Adds an item to a list of a YAML file as an edit of its text: every other byte stays, or it is not done."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.errors import SourceError
from promptlint.syntax import yamlio
from promptlint.syntax.nodes import Mapping, Node, Sequence, plain

Place = tuple[str | int, ...]
"""Where a list is: keys and indices, from the top."""


def with_item(text: str, place: Place, item: str) -> str | None:
    """`text` with `item` at the end of the list at `place`.

    A top-level key that is not there is added with its list at the end. The result has been read again: it
    says what it said before, and the item.

    Args:
        text: the file; of several documents the last one counts.
        place: keys are plain words.
        item: the item as YAML, from its dash on, not indented, with a last newline.

    Returns:
        None if it cannot be done: no YAML, no map, the value is no list or one in brackets.
    """
    try:
        documents = yamlio.tree(text)
    except SourceError:
        return None
    root = documents[-1] if documents else None
    if root is not None and not isinstance(root, Mapping):
        return None
    expected = _expected(documents, place, item)
    made = _candidates(text, _found(root, place), place, item)
    return next((new for new in made if expected is not None and _documents(new) == expected), None)


def _found(node: Node | None, place: Place) -> Node | None:
    for step in place:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, Mapping) else None
        else:
            node = node.items[step] if isinstance(node, Sequence) and step < len(node.items) else None
    return node


def _candidates(text: str, found: Node | None, place: Place, item: str) -> Iterator[str]:
    newline = "\r\n" if "\r\n" in text else "\n"
    if found is None:
        if len(place) == 1:
            yield _inserted(text, len(text), [f"{place[0]}:", *_lines(item, "  ")], newline)
        return
    start, end = found.span.start, found.span.end
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    if isinstance(found, Sequence) and text.startswith("-", start) and not indent.strip(" "):
        lines = _lines(item, indent)
        for at in (_after_content(text, start, end, len(indent)), _line_end(text, end)):
            yield _inserted(text, at, lines, newline)


def _after_content(text: str, start: int, end: int, indent: int) -> int:
    """Where the last line of the list ends, comments that are indented more than its dashes included."""
    at, last = start, start
    while at < _line_end(text, end):
        after = _next_line(text, at)
        line = text[at:after].strip()
        column = len(text[at:after]) - len(text[at:after].lstrip(" "))
        if line and (not line.startswith("#") or column > indent):
            last = at
        at = after
    return _next_line(text, last)


def _line_end(text: str, at: int) -> int:
    """The start of the line of `at`, or the end of a text whose last line has no newline."""
    return at if at == len(text) else text.rfind("\n", 0, at) + 1


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _lines(item: str, indent: str) -> list[str]:
    return [indent + line for line in item.splitlines()]


def _inserted(text: str, at: int, lines: list[str], newline: str) -> str:
    missing = newline if at and not text[:at].endswith("\n") else ""
    return text[:at] + missing + newline.join(lines) + newline + text[at:]


def _expected(documents: tuple[Node, ...], place: Place, item: str) -> list[object] | None:
    before = [plain(document) for document in documents] or [{}]
    added = yamlio.load(item)
    root = _with(before[-1], place, added) if isinstance(added, list) else None
    return None if root is None else [*before[:-1], root]


def _with(value: object, place: Place, added: list[object]) -> object | None:
    """`value` with the items at the end of the list at `place`; None if there is none."""
    if not place:
        return [*value, *added] if isinstance(value, list) else None
    step, rest = place[0], place[1:]
    if isinstance(step, str) and isinstance(value, dict):
        inner = _with(value.get(step, None if rest else []), rest, added)
        return None if inner is None else {**value, step: inner}
    if isinstance(step, int) and isinstance(value, list) and step < len(value):
        inner = _with(value[step], rest, added)
        return None if inner is None else [*value[:step], inner, *value[step + 1 :]]
    return None


def _documents(text: str) -> list[object] | None:
    try:
        return [plain(document) for document in yamlio.tree(text)]
    except SourceError:
        return None
