"""Turns an expression into the text that it would be: runs of literals, and slots for all else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain, pairwise

from promptlint.extract.common import values
from promptlint.extract.common.values import Runs
from promptlint.extract.python.module import Module, span, spelling
from promptlint.extract.python.text.conditions import of_choice
from promptlint.extract.python.text.operands import operands
from promptlint.extract.python.text.slots import Pair, extent, follows, in_order, slot
from promptlint.model import Arm, SegmentKind
from promptlint.syntax.literals import Run, scan

_WRAPPERS: dict[str, str] = {
    # last name of the callee -> keyword of the text, where it may be given by keyword
    "dedent": "text",
    "cleandoc": "doc",
    "Template": "template",
    "PromptTemplate": "template",
    "RichPromptTemplate": "template_str",
    "from_template": "template",
    "_": "",
}
_LAYOUT = frozenset({"dedent", "cleandoc"})
_FORMATS = {"f-string": "format", "jinja2": "jinja", "mustache": "mustache"}  # LangChain's template_format


def fold(module: Module, node: ast.expr) -> Runs | None:
    """The text of an expression; None if no literal says any of it."""
    if id(node) in module.built:
        return module.built[id(node)]
    for kind, function in _FOLDERS.items():
        if isinstance(node, kind):
            return function(module, node)
    return None


def fold_or_slot(module: Module, node: ast.expr) -> Runs:
    """The text of an expression; a slot `{expression}` where nothing is known of it."""
    runs = fold(module, node)
    return (slot(module, node),) if runs is None else runs


def base(node: ast.expr) -> tuple[str, str] | None:
    """The (owner, name) of the variable that an expression formats or strips; owner is "" for a bare name."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            node = node.func.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            node = node.left
        elif isinstance(node, ast.Call) and len(node.args) == 1 and called(node.func) in _LAYOUT:
            node = node.args[0]
        else:
            break
    if isinstance(node, ast.Name):
        return "", node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return None


def called(node: ast.expr) -> str:
    """The last name of a callee."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def literal(node: ast.expr | None) -> str | None:
    """The value of a plain string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


# --- literals and operators -----------------------------------------------------------------


def _constant(module: Module, node: ast.expr) -> Runs | None:
    value = literal(node)
    runs = None if value is None else scan(module.source.text, span(module, node), module.newline)
    # The scanner must agree with Python; a node inside an f-string of 3.11 has no true position.
    return runs if runs is not None and "".join(run.text for run in runs) == value else None


def _joined(module: Module, node: ast.expr) -> Runs | None:
    assert isinstance(node, ast.JoinedStr)
    runs = scan(module.source.text, span(module, node), module.newline)
    if runs is None:
        return None
    slots = [run for run in runs if run.kind is SegmentKind.SLOT]
    fields = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    text = "".join(run.text for run in runs if run.kind is SegmentKind.TEXT)
    value = "".join(literal(part) or "" for part in node.values)
    shown = any("=" in run.text for run in slots)  # {x=} is text and field to Python
    return runs if len(slots) == len(fields) and (shown or text == value) else None


def _binary(module: Module, node: ast.expr) -> Runs | None:
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Mod):
        runs = fold(module, node.left)
        return None if runs is None else values.templated(runs, "percent") or runs
    if not isinstance(node.op, ast.Add):
        return None
    folded = [(leaf, fold(module, leaf)) for leaf in operands(node)]
    if all(runs is None for _, runs in folded):
        return None
    return tuple(chain.from_iterable(in_order(module, folded)))


def _choice(module: Module, node: ast.expr) -> Runs | None:
    """Each branch of a conditional expression, and each operand of `or`, is an arm of its own."""
    arms = [node.body, node.orelse] if isinstance(node, ast.IfExp) else []
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        arms = node.values
    folded = [fold(module, arm) for arm in arms]
    if all(runs is None for runs in folded):
        return None
    group, said = span(module, node).start, of_choice(module, node)
    result: list[Run] = []
    for number, (arm, runs) in enumerate(zip(arms, folded, strict=True)):
        if isinstance(arm, ast.Constant) and arm.value in (None, ""):
            continue
        result += in_arms((slot(module, arm),) if runs is None else runs, (Arm(group, number, said[number]),))
    return tuple(result) if follows(tuple(result)) else None


def _named(module: Module, node: ast.expr) -> Runs | None:
    assert isinstance(node, ast.NamedExpr)
    return fold(module, node.value)


# --- calls ----------------------------------------------------------------------------------


def _call(module: Module, node: ast.expr) -> Runs | None:
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute):
        method = _METHODS.get(node.func.attr)
        runs = fold(module, node.func.value) if method else None
        if method and runs is not None:
            plain = not any(run.branch for run in runs) or node.func.attr.startswith("format")
            return method(module, node, runs) if plain else None
    name = called(node.func)
    if name not in _WRAPPERS:
        return None
    given = node.args[0] if node.args else None
    given = given or next((item.value for item in node.keywords if item.arg == _WRAPPERS[name]), None)
    runs = fold(module, given) if given is not None else None
    return None if runs is None else _wrapped(module, node, name, runs)


def _wrapped(module: Module, node: ast.Call, name: str, runs: Runs) -> Runs | None:
    if name == "_":
        return runs
    if name in _LAYOUT:
        if any(run.branch for run in runs):
            return None
        return values.dedent(runs) if name == "dedent" else values.cleandoc(runs)
    syntax = template_syntax(module.source.text, node.func)
    declared = next((literal(item.value) for item in node.keywords if item.arg == "template_format"), None)
    return values.templated(runs, _FORMATS.get(declared or "", syntax)) or runs


def template_syntax(text: str, callee: ast.expr) -> str:
    """The template language of a class called `Template` and its like, by what the file imports."""
    name = called(callee)
    owner = called(callee.value) if isinstance(callee, ast.Attribute) else ""
    if name == "RichPromptTemplate" or owner == "jinja2":
        return "jinja"
    if name == "Template":
        return "jinja" if "jinja2" in text and owner != "string" else "dollar"
    return "format"


def _strip(module: Module, node: ast.Call, runs: Runs) -> Runs | None:
    assert isinstance(node.func, ast.Attribute)
    chars = literal(node.args[0]) if node.args else None
    return None if node.args and chars is None else values.strip(runs, node.func.attr, chars)


def _format(module: Module, node: ast.Call, runs: Runs) -> Runs | None:
    return values.templated(runs, "format") or runs


def _filled(module: Module, node: ast.Call, runs: Runs) -> Runs | None:
    return runs


def _replace(module: Module, node: ast.Call, runs: Runs) -> Runs | None:
    old = literal(node.args[0]) if len(node.args) == 2 else None
    if not old:
        return None
    new = literal(node.args[1])
    return values.substitute(runs, old, spelling(module, node.args[1]) if new is None else new, new is None)


def _join(module: Module, node: ast.Call, runs: Runs) -> Runs | None:
    items = node.args[0] if node.args else None
    if not isinstance(items, (ast.List, ast.Tuple)) or any(run.kind is SegmentKind.SLOT for run in runs):
        return None
    folded = [fold(module, item) for item in items.elts]
    if all(item is None for item in folded):
        return None
    return joined(module, runs, zip(items.elts, folded, strict=True))


def joined(
    module: Module, separator: Runs, pairs: Iterable[Pair], branches: list[tuple[Arm, ...]] | None = None
) -> Runs:
    """`separator.join(...)` of these expressions, those of `branches` within their arms."""
    pairs = list(pairs)
    texts = in_order(module, pairs)
    places = [extent(module, node, runs) for (node, _), runs in zip(pairs, texts, strict=True)]
    gaps = [(one[1], max(one[1], other[0])) for one, other in pairwise(places)]
    if branches is not None:
        texts = [in_arms(runs, branch) for runs, branch in zip(texts, branches, strict=True)]
    return values.join(separator, texts, gaps, branches)


def in_arms(runs: Runs, branch: tuple[Arm, ...]) -> Runs:
    """The runs within these arms."""
    return tuple(replace(run, branch=(*branch, *run.branch)) for run in runs) if branch else runs


_METHODS: dict[str, Callable[[Module, ast.Call, Runs], Runs | None]] = {
    "strip": _strip,
    "lstrip": _strip,
    "rstrip": _strip,
    "format": _format,
    "format_map": _format,
    "replace": _replace,
    "join": _join,
    "substitute": _filled,  # of a Template, which has found its slots already
    "safe_substitute": _filled,
    "render": _filled,
}
_FOLDERS: dict[type[ast.expr], Callable[[Module, ast.expr], Runs | None]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.Call: _call,
    ast.IfExp: _choice,
    ast.BoolOp: _choice,
    ast.NamedExpr: _named,
}
