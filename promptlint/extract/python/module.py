"""A parsed Python file: its tree, and where each node stands in code points."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import field

from promptlint.model import Problem, Source, Span
from promptlint.records import dataclass
from promptlint.syntax.literals import Run

# Generics, type statements (3.12), `except` without parentheses (3.14), template strings.
_NEWER = re.compile(r"\s*(?:(?:async )?def \w+\[|class \w+\[|type \w+.*=|except \w+, )|.*\bt[\"']")
_NESTED = re.compile(r"\b[fF][rR]?([\"']).*\{[^}\n]*(?:\1|\\)")  # quotes and backslashes inside fields: 3.12
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Module:
    """A file and its tree.

    `starts` are the offsets of its lines as the tokenizer counts them (a form feed ends no line); `bom` is 1
    if the text begins with a byte order mark, which `ast` does not see. `newline` is the file's first.
    `built` is the text of expressions that stand for what was built elsewhere, by identity.
    """

    source: Source
    tree: ast.Module
    starts: tuple[int, ...]
    bom: int
    newline: str
    built: dict[int, tuple[Run, ...]] = field(default_factory=dict)


def parse(source: Source) -> Module | Problem:
    """Parse a file, or say where it is no Python."""
    text = source.text
    bom = 1 if text.startswith("\ufeff") else 0
    breaks = list(_NEWLINE.finditer(text))
    starts = (0, *(match.end() for match in breaks))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python does not know
            tree = ast.parse(text[bom:])
    except SyntaxError as error:
        return Problem("SRC002", f"{_no_python(error)}: {error.msg}", _place(text, starts, error))
    except ValueError as error:  # null bytes, lone surrogates
        return Problem("SRC002", f"not Python: {error}")
    return Module(source, tree, starts, bom, breaks[0].group() if breaks else "\n")


def span(module: Module, node: ast.expr | ast.stmt | ast.pattern) -> Span:
    """The source range of a node; not to be asked inside f-strings."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Span(_offset(module, node.lineno, node.col_offset), _offset(module, end_line, end_column))


def spelling(module: Module, node: ast.expr | ast.pattern) -> str:
    """The source of an expression, or of the pattern of a case."""
    place = span(module, node)
    return module.source.text[place.start : place.end]


def _offset(module: Module, line: int, column: int) -> int:
    """`column` counts bytes of UTF-8, after the byte order mark."""
    start = module.starts[line - 1] + (module.bom if line == 1 else 0)
    head = module.source.text[start : start + column]
    if head.isascii():
        return start + column
    return start + len(head.encode()[:column].decode())


def _no_python(error: SyntaxError) -> str:
    """What to say of a file that this Python cannot read; a newer one may."""
    line = error.text or ""
    quotes = sys.version_info < (3, 12) and _NESTED.search(line) is not None
    if not quotes and not error.msg.startswith("f-string") and not _NEWER.match(line):
        return "not Python"
    return f"not Python {sys.version_info.major}.{sys.version_info.minor}; it may need a newer one"


def _place(text: str, starts: tuple[int, ...], error: SyntaxError) -> Span:
    line = min(max(error.lineno or 1, 1), len(starts))
    position = min(starts[line - 1] + max((error.offset or 1) - 1, 0), len(text))
    return Span(position, position)
