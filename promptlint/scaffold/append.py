"""Adds an item to a list of a YAML file as an edit of its text: every other byte stays, or it is not done."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.errors import SourceError
from promptlint.syntax import yamlio
from promptlint.syntax.nodes import Mapping, Node, Sequence, plain


def with_item(text: str, key: str, item: str) -> str | None:
    """`text` with `item` at the end of the list that is the value of the top-level `key`.

    A key that is not there is added with its list at the end. The result has been read again: it says what
    it said before, and the item.

    Args:
        text: the file; of several documents the last one counts.
        key: a plain word.
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
    expected = _expected(documents, key, item)
    made = _candidates(text, root.get(key) if root else None, key, item)
    return next((new for new in made if expected is not None and _documents(new) == expected), None)


def _candidates(text: str, found: Node | None, key: str, item: str) -> Iterator[str]:
    newline = "\r\n" if "\r\n" in text else "\n"
    if found is None:
        yield _inserted(text, len(text), [f"{key}:", *_lines(item, "  ")], newline)
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
    while at < end:
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


def _expected(documents: tuple[Node, ...], key: str, item: str) -> list[object] | None:
    before = [plain(document) for document in documents] or [{}]
    root = before[-1]
    value = root.get(key, []) if isinstance(root, dict) else None
    added = yamlio.load(item)
    if not isinstance(root, dict) or not isinstance(value, list) or not isinstance(added, list):
        return None
    return [*before[:-1], {**root, key: [*value, *added]}]


def _documents(text: str) -> list[object] | None:
    try:
        return [plain(document) for document in yamlio.tree(text)]
    except SourceError:
        return None
