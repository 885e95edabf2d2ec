"""Reads the front matter of a text file: a mapping between `---` lines at its very start."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from promptlint.errors import SourceError
from promptlint.model import Codec, CodecKind, Piece, Problem, Span
from promptlint.records import dataclass
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_COMMENTS = re.compile(r"\A\ufeff?(?:#[^\n]*\n|[ \t]*\r?\n){1,200}(?=---)")
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*?))?[ \t]*\r?\n")
_CONTINUES = re.compile(r"[ \t\r\n#\]}-]")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of a file; positions and spans are those of the file.

    `keys` are the top-level keys with the rest of their lines, read whether or not this is YAML; `tree`
    is the YAML mapping, None if it is none, and then `problem` says why.
    """

    body: int
    keys: MappingProxyType[str, str]
    tree: Mapping | None
    problem: Problem | None = None


def keys(text: str) -> MappingProxyType[str, str]:
    """The top-level keys of a file's front matter, read line by line without YAML; empty if there is none."""
    fence = _FENCE.match(text)
    return MappingProxyType(_lines(fence["yaml"]) or {} if fence else {})


def read(text: str, commented: bool = False) -> FrontMatter | None:
    """The front matter of a file, or None: a `---` ruler at the top of a text is none.

    With `commented` it may stand below lines that begin with `#`, as in dotprompt.

    Agents' rule files hold what is no YAML (`globs: *.ts`): that is front matter too, as long as each
    line looks like a key or the continuation of one.
    """
    fence = _FENCE.match(text)
    lead = _COMMENTS.match(text) if fence is None and commented else None
    if lead:
        below = read(text[lead.end() :])
        return below and _lowered(below, lead.end())
    if fence is None:
        return None
    from promptlint.syntax import yamlio

    lines = MappingProxyType(_lines(fence["yaml"]) or {})
    start = fence.start("yaml")
    try:
        trees = yamlio.tree(fence["yaml"])
    except SourceError as error:
        if not lines:
            return None
        found = error.problem
        span = Span(found.span.start + start, found.span.end + start)
        return FrontMatter(fence.end(), lines, None, replace(found, span=span))
    if len(trees) != 1 or not isinstance(trees[0], Mapping) or not trees[0].entries:
        return None
    tree = _moved(trees[0], start)
    assert isinstance(tree, Mapping)
    return FrontMatter(fence.end(), lines, tree)


def string(text: str, header: FrontMatter, name: str) -> Scalar | None:
    """The string under a top-level key; what is no YAML is taken as it stands, and cannot be edited."""
    if header.tree:
        node = header.tree.get(name)
        return node if isinstance(node, Scalar) and node.text else None
    line = re.compile(rf"^{re.escape(name)}[ \t]*:[ \t]+(\S.*?)[ \t]*\r?$", re.MULTILINE)
    match = line.search(text, 0, header.body)
    if match is None:
        return None
    whole = (Piece(0, len(match[1]), match.start(1), match.end(1)),)
    return Scalar(
        match[1], Span(*match.span(1)), match[1], whole, Codec(CodecKind.YAML_PLAIN, editable=False)
    )


def _lines(yaml: str) -> dict[str, str] | None:
    """Keys and what follows them, or None if a line is neither a key nor the continuation of one."""
    found: dict[str, str] = {}
    for line in yaml.splitlines(keepends=True):
        match = _KEY.match(line)
        if match:
            found[match[1]] = match[2] or ""
        elif not (found and _CONTINUES.match(line)) and line.strip() and not line.startswith("#"):
            return None
    return found


def _lowered(header: FrontMatter, offset: int) -> FrontMatter:
    tree, problem = header.tree and _moved(header.tree, offset), header.problem
    assert tree is None or isinstance(tree, Mapping)
    if problem:
        problem = replace(problem, span=Span(problem.span.start + offset, problem.span.end + offset))
    return FrontMatter(header.body + offset, header.keys, tree, problem)


def _moved(node: Node, offset: int) -> Node:
    """The node with all its places moved."""
    span = Span(node.span.start + offset, node.span.end + offset)
    if isinstance(node, Scalar):
        return replace(node, span=span, pieces=tuple(_moved_piece(piece, offset) for piece in node.pieces))
    if isinstance(node, Sequence):
        return replace(node, span=span, items=tuple(_moved(item, offset) for item in node.items))
    entries = tuple((_moved_key(key, offset), _moved(value, offset)) for key, value in node.entries)
    return replace(node, span=span, entries=entries)


def _moved_key(key: Scalar, offset: int) -> Scalar:
    moved = _moved(key, offset)
    assert isinstance(moved, Scalar)
    return moved


def _moved_piece(piece: Piece, offset: int) -> Piece:
    source_start, source_end = piece.source_start + offset, piece.source_end + offset
    return replace(piece, source_start=source_start, source_end=source_end)
