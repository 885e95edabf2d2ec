"""Reads which names a script takes from other files of the project."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.script.nodes import Script, literal, span
from promptlint.model import Span
from promptlint.records import dataclass
from promptlint.syntax.script import Node

_GIVEN = ("export_clause", "namespace_export")


@dataclass(frozen=True, slots=True)
class Import:
    """Where a name comes from: the file as it is spelt, and the name there (empty for all of the file)."""

    target: str
    name: str
    span: Span


def imports(script: Script) -> dict[str, Import]:
    """By local name, what is imported from files that are named by a relative path."""
    found: dict[str, Import] = {}
    for node in script.root.children:
        if node.kind != "import_statement":
            continue
        target = literal(script, node.child("source")) or ""
        if target.startswith("."):
            source = node.child("source")
            assert source is not None
            for local, name in _names(script, node):
                found[local] = Import(target, name, span(source))
    return found


def exports(script: Script) -> Iterator[tuple[str, Import]]:
    """What is handed on from other files, by the name that it has here; `*` is all that the file has."""
    for node in script.root.children:
        source = node.child("source") if node.kind == "export_statement" else None
        target = literal(script, source) or ""
        if source is None or not target.startswith("."):
            continue
        given = next((item for item in node.children if item.kind in _GIVEN), None)
        if given is None or given.kind == "namespace_export":
            alias = "*" if given is None else script.spelling(given.children[0])
            yield alias, Import(target, "", span(source))
            continue
        for item in given.children:
            name, other = item.child("name"), item.child("alias")
            if name is not None:
                yield script.spelling(other or name), Import(target, script.spelling(name), span(source))


def _names(script: Script, node: Node) -> Iterator[tuple[str, str]]:
    """(local name, name in the other file) of an import statement."""
    stack = list(node.children)
    while stack:
        item = stack.pop()
        if item.kind == "import_specifier":
            name, alias = item.child("name"), item.child("alias")
            if name is not None:
                yield script.spelling(alias or name), script.spelling(name)
        elif item.kind == "namespace_import":
            yield script.spelling(item.children[0]), ""
        elif item.kind == "identifier":
            yield script.spelling(item), "default"
        elif item.kind in ("import_clause", "named_imports"):
            stack.extend(item.children)
