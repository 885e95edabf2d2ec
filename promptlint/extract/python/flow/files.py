"""Knows the expressions that read a file, and which file that is: `Path(__file__).parent / "x.md"`."""

from __future__ import annotations

import ast
import posixpath
import re

from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow, resolve
from promptlint.extract.python.text.fold import called, literal
from promptlint.records import dataclass

_HOPS = 8
_SUFFIX = re.compile(
    r"[^\n\0]{1,200}\.(?:txt|md|markdown|j2|jinja2?|prompt|prompty|ya?ml|json|toml|tmpl|tpl|template|liquid|mustache)"
)
_READERS = frozenset({"read", "read_text", "read_to_string", "readlines"})
_LOADERS = frozenset(
    {"load_prompt", "get_template", "from_file", "load_template", "read_prompt", "get_prompt", "read_file"}
)
_LOADED = {"get_template": "jinja"}


@dataclass(frozen=True, slots=True)
class File:
    """A file that is read: its path as far as the code says, and its template language if it does."""

    path: str
    syntax: str = ""


def read_path(flow: Flow, scope: Scope, node: ast.expr, hops: int = _HOPS) -> File | None:
    """The file whose text an expression gives; None if it reads none, or its name is not said."""
    if not isinstance(node, ast.Call) or hops <= 0:
        return None
    name = called(node.func)
    if isinstance(node.func, ast.Attribute) and name in ("strip", "format", "render", "rstrip", "replace"):
        inner, where = resolve(flow, scope, node.func.value)
        return read_path(flow, where, inner, hops - 1)
    path: str | None = None
    if isinstance(node.func, ast.Attribute) and name in _READERS and not (name == "read" and node.args):
        path = _opened(flow, scope, node.func.value)
    elif name in _LOADERS and node.args:
        path = _path(flow, scope, node.args[0], _HOPS)
    if path is None or path.startswith("/") or not _SUFFIX.fullmatch(path):
        return None
    return File(path, _LOADED.get(name, ""))


def _opened(flow: Flow, scope: Scope, node: ast.expr) -> str | None:
    """The path of `open(path)`, of `path.open()`, or of a path itself."""
    node, scope = resolve(flow, scope, node)
    if isinstance(node, ast.Call) and called(node.func) == "open":
        mode = literal(node.args[1]) if len(node.args) > 1 else "r"
        if mode is None or "r" not in mode:
            return None
        if isinstance(node.func, ast.Attribute) and called(node.func.value) not in (
            "codecs",
            "io",
            "aiofiles",
        ):
            return _path(flow, scope, node.func.value, _HOPS)
        return _path(flow, scope, node.args[0], _HOPS) if node.args else None
    return _path(flow, scope, node, _HOPS)


def _path(flow: Flow, scope: Scope, node: ast.expr, hops: int) -> str | None:
    """A path relative to the file's folder, or to one above it; "" for that folder."""
    if hops <= 0:
        return None
    node, scope = resolve(flow, scope, node)
    text = literal(node)
    if text is not None:
        return posixpath.normpath(text) if text else None
    if isinstance(node, ast.Name):
        return "." if node.id == "__file__" else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Add)):
        return _joined(flow, scope, [node.left, node.right], hops)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        inner = _path(flow, scope, node.value, hops - 1)
        return _above(inner, node.value)
    if isinstance(node, ast.Call):
        return _called(flow, scope, node, hops)
    return None


def _above(path: str | None, node: ast.expr) -> str | None:
    """The folder of a path; that of the file itself is where paths begin."""
    if path is None:
        return None
    if path == "." and "__file__" in ast.unparse(node) and not _climbs(node):
        return "."
    return posixpath.normpath(posixpath.join(path, ".."))


def _climbs(node: ast.expr) -> bool:
    text = ast.unparse(node)
    return ".parent" in text or "dirname(" in text


def _called(flow: Flow, scope: Scope, node: ast.Call, hops: int) -> str | None:
    name = called(node.func)
    if name in ("joinpath", "resolve", "absolute", "expanduser", "as_posix") and isinstance(
        node.func, ast.Attribute
    ):
        return _joined(flow, scope, [node.func.value, *node.args], hops)
    if name == "join":
        return _joined(flow, scope, node.args, hops)
    if name == "with_name" and isinstance(node.func, ast.Attribute) and node.args:
        folder = _above(_path(flow, scope, node.func.value, hops - 1), node.func.value)
        file = _path(flow, scope, node.args[0], hops - 1)
        return None if folder is None or file is None else posixpath.normpath(posixpath.join(folder, file))
    if name in ("files", "cwd", "getcwd"):
        return "."  # of a package: the folder is not said, but the file is near
    if name in ("Path", "PurePath", "str", "abspath", "realpath", "fspath") and node.args:
        return _joined(flow, scope, node.args, hops)
    if name == "dirname" and node.args:
        return _above(_path(flow, scope, node.args[0], hops - 1), node.args[0])
    return None


def _joined(flow: Flow, scope: Scope, nodes: list[ast.expr], hops: int) -> str | None:
    parts = [_path(flow, scope, node, hops - 1) for node in nodes]
    said = [part for part in parts if part is not None]
    if len(said) < len(parts):
        return None
    return posixpath.normpath(posixpath.join(*said)) if said else None
