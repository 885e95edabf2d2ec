"""Turns an expression into the text that it would be: runs of literals, and slots for all else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, pairwise

from promptlint.extract.common import values
from promptlint.extract.common.values import Runs
from promptlint.extract.script import dedents
from promptlint.extract.script.nodes import (
    CALLS,
    Script,
    arguments,
    bare,
    callee,
    last_name,
    literal,
    owner,
    slots,
    span,
)
from promptlint.model import Arm, Codec, SegmentKind
from promptlint.syntax.literals import Run
from promptlint.syntax.script import Node
from promptlint.syntax.scripttext import raw, scan

_SPACE = " \t\n\v\f\r\xa0\ufeff\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACE += "\u2028\u2029\u202f\u205f\u3000"
_TRIMS = {"trim": "strip", "trimStart": "lstrip", "trimEnd": "rstrip"}
_CHOICES = ("||", "??", "&&")
_PLAIN_REGEX = re.compile(r"/((?:\\[^\w\s]|[\w \-<>:@#%&=!,;'\"~])+)/(\w*)")
TEMPLATES = frozenset({"fromTemplate", "PromptTemplate"})
"""Callees whose first argument is a template with fields in braces."""


def fold(script: Script, node: Node) -> Runs | None:
    """The text of an expression; None if no literal says any of it."""
    node = bare(node)
    function = _FOLDERS.get(node.kind)
    if function is None:
        return None
    if id(node) not in script.folded:
        script.folded[id(node)] = function(script, node)
    return script.folded[id(node)]


def fold_or_slot(script: Script, node: Node) -> Runs:
    """The text of an expression; a slot `${expression}` where nothing is known of it."""
    runs = fold(script, node)
    return (slot(script, node),) if runs is None else runs


def slot(script: Script, node: Node) -> Run:
    """An expression as a slot, spelt like the substitution of a template literal."""
    spelt = script.spelling(node)
    codec = Codec(editable=False)
    return Run(f"${{{spelt}}}", node.start, node.end, codec, node.start, False, SegmentKind.SLOT, spelt)


def returned(node: Node) -> Node | None:
    """The expression that an arrow function is; None for one with a body of statements."""
    if node.kind != "arrow_function":
        return None
    body = node.child("body")
    return None if body is None or body.kind == "statement_block" else bare(body)


# --- literals and operators -----------------------------------------------------------------


def _string(script: Script, node: Node) -> Runs | None:
    return scan(script.source.text, span(node))


def _template(script: Script, node: Node) -> Runs | None:
    holes = slots(node)
    runs = scan(script.source.text, span(node), tuple(map(span, holes)), script.newline)
    if runs is None or not any(_is_choice(hole) for hole in holes):
        return runs
    inner = {hole.start: fold(script, hole.children[0]) for hole in holes if _is_choice(hole)}
    result: list[Run] = []
    for run in runs:
        chosen = inner.get(run.start) if run.kind is SegmentKind.SLOT else None
        result.extend((run,) if chosen is None else chosen)
    return tuple(result)


def _is_choice(hole: Node) -> bool:
    """True for `${fast ? "Be brief." : ""}`: its texts are sent, unlike those deeper in an expression."""
    inner = bare(hole.children[0]) if len(hole.children) == 1 else hole
    if inner.kind == "ternary_expression":
        arms = [inner.child("consequence"), inner.child("alternative")]
    elif inner.kind == "binary_expression" and _operator(inner) == "&&":
        arms = [inner.child("right")]
    else:
        return False
    kinds = [bare(arm).kind for arm in arms if arm is not None]
    return all(kind in ("string", "template_string") for kind in kinds)


def _operator(node: Node) -> str:
    found = node.child("operator")
    return found.kind if found is not None else ""


def _binary(script: Script, node: Node) -> Runs | None:
    operator = _operator(node)
    left, right = node.child("left"), node.child("right")
    if left is None or right is None:
        return None
    if operator in _CHOICES:
        return _arms(script, node, [right] if operator == "&&" else [left, right])
    if operator != "+":
        return None
    leaves = [right]
    rest = bare(left)
    while rest.kind == "binary_expression" and _operator(rest) == "+":
        low, high = rest.child("left"), rest.child("right")
        if low is None or high is None:
            return None
        leaves.append(high)
        rest = bare(low)
    folded = [(leaf, fold(script, leaf)) for leaf in (rest, *reversed(leaves))]
    if all(runs is None for _, runs in folded):
        return None
    texts = ((slot(script, leaf),) if runs is None else runs for leaf, runs in folded)
    return tuple(chain.from_iterable(texts))


def _ternary(script: Script, node: Node) -> Runs | None:
    arms = [node.child("consequence"), node.child("alternative")]
    return _arms(script, node, [arm for arm in arms if arm is not None])


def _arms(script: Script, node: Node, arms: list[Node]) -> Runs | None:
    """Each branch of a choice is an arm of its own; an empty one says nothing."""
    folded = [fold(script, arm) for arm in arms]
    if not any(folded):
        return None
    result: list[Run] = []
    test = node.child("condition")
    asked = f"if {script.spelling(test)}" if test is not None else ""
    said = values.condition(asked), values.condition(f"{asked} / else")
    for number, (arm, runs) in enumerate(zip(arms, folded, strict=True)):
        if bare(arm).kind in ("null", "undefined"):
            continue
        for run in (slot(script, bare(arm)),) if runs is None else runs:
            result.append(replace(run, branch=(Arm(node.start, number, said[number > 0]), *run.branch)))
    return tuple(result)


def _arrow(script: Script, node: Node) -> Runs | None:
    body = returned(node)
    return None if body is None else fold(script, body)


# --- calls ----------------------------------------------------------------------------------


def _call(script: Script, node: Node) -> Runs | None:
    called, given = callee(node), arguments(node)
    name = last_name(script, called)
    if len(given) == 1 and given[0].kind == "template_string" and given[0].field == "arguments":
        return _tagged(script, given[0], name)
    method = _METHODS.get(name)
    home = owner(called)
    if method is not None and home is not None:
        return method(script, node, home)
    if not given:
        return None
    if name in TEMPLATES:
        runs = fold(script, given[0])
        return None if runs is None else values.templated(runs, "format") or runs
    return _dedented(script, given[0], name) if name in dedents.TAGS else None


def _tagged(script: Script, node: Node, tag: str) -> Runs | None:
    holes = tuple(map(span, slots(node)))
    if tag == "raw":
        return raw(script.source.text, span(node), holes)
    if tag not in dedents.TAGS:
        return None
    runs = scan(script.source.text, span(node), holes, script.newline)
    return None if runs is None else dedents.dedent(runs, dedents.TAGS[tag])


def _dedented(script: Script, node: Node, name: str) -> Runs | None:
    runs = fold(script, node)
    if runs is None or any(run.branch for run in runs):
        return None
    return runs if dedents.is_done(runs) else dedents.dedent(runs, dedents.TAGS[name])


def _trim(script: Script, node: Node, home: Node) -> Runs | None:
    runs = fold(script, home)
    if runs is None or any(run.branch for run in runs):
        return None
    return values.strip(runs, _TRIMS[last_name(script, callee(node))], _SPACE)


def _replace(script: Script, node: Node, home: Node) -> Runs | None:
    runs, given = fold(script, home), arguments(node)
    if runs is None or len(given) != 2 or any(run.branch for run in runs):
        return None
    old, everywhere = _searched(script, given[0])
    everywhere = everywhere or last_name(script, callee(node)) == "replaceAll"
    if not old or (not everywhere and values.masked(runs).count(old) > 1):
        return None
    new = literal(script, given[1])
    if new is not None and "$" in new:
        return None
    return values.substitute(runs, old, script.spelling(given[1]) if new is None else new, new is None)


def _searched(script: Script, node: Node) -> tuple[str | None, bool]:
    """The plain text that is looked for, and whether all of it is meant: `"{x}"`, `/\\{x\\}/g`."""
    node = bare(node)
    if node.kind != "regex":
        return literal(script, node), False
    match = _PLAIN_REGEX.fullmatch(script.spelling(node))
    if match is None or match[2].strip("g"):
        return None, False
    return re.sub(r"\\(.)", r"\1", match[1]), "g" in match[2]


def _join(script: Script, node: Node, home: Node) -> Runs | None:
    given = arguments(node)
    separator = fold(script, given[0]) if given else None
    if home.kind in CALLS and last_name(script, callee(home)) == "filter":
        home = owner(callee(home)) or home
    plain = separator is not None and all(run.kind is SegmentKind.TEXT for run in separator)
    if home.kind != "array" or separator is None or not plain or not home.children:
        return None
    folded = [fold(script, item) for item in home.children]
    if all(runs is None for runs in folded):
        return None
    gaps = [(one.end, other.start) for one, other in pairwise(home.children)]
    texts = [
        (slot(script, item),) if runs is None else runs
        for item, runs in zip(home.children, folded, strict=True)
    ]
    return values.join(separator, texts, gaps)


_METHODS: dict[str, Callable[[Script, Node, Node], Runs | None]] = {
    **dict.fromkeys(_TRIMS, _trim),
    "replace": _replace,
    "replaceAll": _replace,
    "join": _join,
}
_FOLDERS: dict[str, Callable[[Script, Node], Runs | None]] = {
    "string": _string,
    "template_string": _template,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "arrow_function": _arrow,
    **dict.fromkeys(CALLS, _call),
}
