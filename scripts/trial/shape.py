"""What a file is besides its strings: an edit of a prompt may change strings, and nothing else."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable

import yaml
from literals import MAGIC, UNREADABLE

from promptlint.model import Source, SourceKind


def shape(source: Source) -> object:
    """Equal for two files that differ in their strings only; None where that cannot be said."""
    reader = _SHAPES.get(source.kind)
    try:
        return None if reader is None else reader(source.text.removeprefix("\ufeff"))
    except UNREADABLE as error:
        return type(error).__name__


class _Blank(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        fields: list[ast.expr] = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.JoinedStr(fields)


def _python(text: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(_Blank().visit(ast.parse(text)))


def _blank(value: object) -> object:
    if isinstance(value, dict):
        return [(key, _blank(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_blank(item) for item in value]
    return "" if isinstance(value, str) else repr(value)


def _yaml(text: str) -> object:
    return [_node(node) for node in yaml.compose_all(text, Loader=yaml.CSafeLoader)]


def _node(node: yaml.Node | None) -> object:
    if node is None:
        return None
    if isinstance(node, yaml.ScalarNode):
        return node.tag if node.tag.endswith(":str") else (node.tag, node.value)
    if isinstance(node, yaml.MappingNode):
        return [(key.value, _node(value)) for key, value in node.value]
    return [_node(each) for each in node.value]


def _notebook(text: str) -> object:
    """The code of each cell without its strings; all the rest exactly."""
    book = json.loads(text)
    cells = book.get("cells", []) if isinstance(book, dict) else []
    for cell in cells:
        if isinstance(cell, dict) and "source" in cell:
            source = "".join(cell["source"])
            cell["source"] = _code(source) if cell.get("cell_type") == "code" else ""
    return book


def _code(source: str) -> object:
    try:
        return _python(MAGIC.sub(r"\1#", source))
    except UNREADABLE:
        return ""


_SHAPES: dict[SourceKind, Callable[[str], object]] = {
    SourceKind.PYTHON: _python,
    SourceKind.YAML: _yaml,
    SourceKind.JSON: lambda text: _blank(json.loads(text)),
    SourceKind.JSONL: lambda text: [_blank(json.loads(line)) for line in text.splitlines() if line.strip()],
    SourceKind.NOTEBOOK: _notebook,
}
