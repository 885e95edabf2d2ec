"""Finds the texts that look like prompts and were not taken, with the reason; for `prompts --coverage`."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from promptlint.errors import SourceError
from promptlint.extract.common import openings
from promptlint.extract.common.wording import is_prose
from promptlint.model import Extraction, Passed, Problem, Source, SourceKind, Span
from promptlint.syntax import jsonio, yamlio
from promptlint.syntax.nodes import Node, Scalar, children

LONG = 200
"""Characters of static text from which a literal is mentioned, whatever it says."""

UNSAID = "its name, call and wording do not say so"

_MOST = 1_000_000  # characters of a data file that is read once more
_FEW = 5  # words
_FORMS = (
    ("HTML or XML", re.compile(r"\s*<(?:!doctype|!--|\?xml|[a-z][\w:-]*[\s>/])", re.IGNORECASE)),
    (
        "SQL",
        re.compile(
            r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|MERGE|PRAGMA)\b"
            r"(?s:.*?)\b(?:FROM|INTO|SET|TABLE|INDEX|VIEW|AS)\b"
        ),
    ),
    (
        "code",
        re.compile(
            r"\s*(?:#!|#include\b|//|/\*|import\s+[\w.]+\s*(?:\n|;|$)|from\s+[\w.]+\s+import\b|def\s+\w+\("
            r"|(?:async\s+)?function\s|class\s+\w+\s*[(:]|package\s+[\w.]+;|FROM\s+\S+\n)"
        ),
    ),
)
_FOR_PEOPLE = frozenset({"description", "comment", "summary", "title", "label", "notes", "license", "readme"})
_TESTS = ("test code", "test data")


def passed(source: Source, found: Extraction) -> tuple[Passed, ...]:
    """What of a file looks like a prompt and is none of those `found`, in order of place.

    That is: in Python, YAML and JSON each long text and each that opens like a prompt; of any other file
    the whole of it, if it was refused and addresses a model.
    """
    reader = _READERS.get(source.kind)
    if found.reason in _TESTS:
        text = source.text.lower()
        told = any(phrase in text for phrase in openings.PHRASES)
        return (Passed(_whole(source), found.reason),) if told else ()
    if reader is None:
        refused = not found.prompts and not found.problems and openings.tells(source.text)
        return (Passed(_whole(source), found.reason),) if refused else ()
    taken = sorted(
        (segment.span.start, segment.span.end) for prompt in found.prompts for segment in prompt.segments
    )
    try:
        items = sorted(set(reader(source, found)), key=lambda item: (item.span, item.reason))
    except (SourceError, RecursionError):
        return ()
    return tuple(item for item in items if not _overlaps(taken, item.span))


def _whole(source: Source) -> Span:
    start = len(source.text) - len(source.text.lstrip("\ufeff \t\r\n"))
    return Span(start, max(start, len(source.text.rstrip())))


def _overlaps(taken: Sequence[tuple[int, int]], span: Span) -> bool:
    """True if one of the sorted ranges has something of the span; of two that overlap any will do."""
    index = bisect_left(taken, (span.end, 0))
    return any(span.start < end for _, end in taken[max(0, index - 3) : index])


def _looks(text: str, slots: bool) -> bool:
    return len(text) >= LONG or openings.opens_like_prompt(text, slots)


def _form(text: str) -> str:
    """What else a text is than prose; empty if it is prose."""
    form = next((name for name, pattern in _FORMS if pattern.match(text)), "")
    return form or ("" if is_prose(text, _FEW) else "too few words")


# --- data files -----------------------------------------------------------------------------


def _of_yaml(source: Source, found: Extraction) -> Iterator[Passed]:
    return _of_documents(source, found, yamlio.tree)


def _of_json(source: Source, found: Extraction) -> Iterator[Passed]:
    return _of_documents(source, found, lambda text: (jsonio.parse(text),))


def _of_documents(
    source: Source, found: Extraction, read: Callable[[str], tuple[Node, ...]]
) -> Iterator[Passed]:
    if len(source.text) > _MOST:
        return
    kind = found.reason.partition(": ")[2]
    stack: list[tuple[str, Node]] = [("", document) for document in read(source.text)]
    while stack:
        key, node = stack.pop()
        if isinstance(node, Scalar):
            text = node.text or ""
            if _looks(text, "{" in text):
                what = "is for people" if key.lower() in _FOR_PEOPLE else "names no prompt"
                other = f"in {kind}" if kind else f"the key '{key}' {what}"
                yield Passed(node.span, _form(text) or other)
            continue
        stack += [(step if isinstance(step, str) else key, below) for step, below in children(node)]


# --- Python ---------------------------------------------------------------------------------


def _of_python(source: Source, found: Extraction) -> Iterator[Passed]:
    from promptlint.extract.python.module import parse, span

    module = parse(source)
    if isinstance(module, Problem):
        return
    stack: list[tuple[ast.AST, str]] = [(module.tree, "")]
    while stack:
        node, reason = stack.pop()
        said = _said(node)
        if said is not None:
            text, slots = said
            if _looks(text, slots):
                yield Passed(span(module, node), reason or _form(text) or UNSAID)  # type: ignore[arg-type]  # said: an expression
            continue
        stack += _below(node, reason)


def _said(node: ast.AST) -> tuple[str, bool] | None:
    """The static text of a string expression, and whether it has slots; None for any other node."""
    if isinstance(node, ast.Constant):
        return (node.value, False) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        return " ".join(str(part) for part in parts), len(parts) < len(node.values)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    texts: list[str] = []
    slots = False
    rest: ast.expr = node
    while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add):
        said = _said(rest.right) if not isinstance(rest.right, ast.BinOp) else None
        texts.append(said[0] if said else " ")
        slots = slots or said is None or said[1]
        rest = rest.left
    first = _said(rest) if not isinstance(rest, ast.BinOp) else None
    if first is None and not any(text.strip() for text in texts):
        return None
    return "".join((first[0] if first else " ", *reversed(texts))), slots or first is None or first[1]


def _below(node: ast.AST, reason: str) -> Iterator[tuple[ast.AST, str]]:
    """The nodes below one, each with the reason that its place gives."""
    from promptlint.extract.python.find.loose import silent, silent_name

    if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.JoinedStr)):
        yield node.value, "a docstring, or text that nothing uses"
        return
    if isinstance(node, (ast.Raise, ast.Assert)):
        reason = reason or "an error message"
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = _last(target)
        reason = reason or (f"the name '{name}' is not that of a prompt" if silent_name(name) else "")
    if isinstance(node, ast.Call):
        callee = _last(node.func)
        given = reason or (f"given to {callee}()" if silent(callee) else "")
        yield node.func, reason
        yield from ((argument, given) for argument in node.args)
        for item in node.keywords:
            other = f"given as '{item.arg}'" if item.arg and silent_name(item.arg) else ""
            yield item.value, given or other
        return
    yield from ((child, reason) for child in ast.iter_child_nodes(node))


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


_READERS: dict[SourceKind, Callable[[Source, Extraction], Iterator[Passed]]] = {
    SourceKind.PYTHON: _of_python,
    SourceKind.YAML: _of_yaml,
    SourceKind.JSON: _of_json,
}
