"""Knows the texts that are prompts by their wording wherever they stand, and where none can stand."""

from __future__ import annotations

import ast
import re

from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.extract.common.openings import LEAST, opens_like_prompt
from promptlint.extract.common.wording import is_code, is_prose
from promptlint.extract.python.text.operands import operands

_WORDS = 15  # of prose, in a file of prompts

# Nothing that these are given is sent to a model: logs, terminals, errors, regular expressions, page parts.
_SILENT_CALLEE = re.compile(
    r"(?:print|pprint|log|debug|info|warn|warning|error|exception|critical|fatal|echo|secho|add_argument|add_parser|"
    r"option|argument|ArgumentParser|compile|match|fullmatch|search|sub|findall|execute|markdown|caption|success|skip|"
    r"fail|deprecated|startswith|endswith|\w*(?:Error|Exception|Warning)|exit|input|getpass|confirm)"
)
_SILENT_NAME = re.compile(
    r"(?:help|description|desc|doc|docs|docstring|epilog|usage|title|label|summary|placeholder|tooltip|reason|sql|html|"
    r"__doc__|\w*_(?:help|doc|docs|docstring|error|usage|html|sql|css|regex)|\w{0,40}failure_\w{0,40}|error\w*|examples?|\w*pattern)",
    re.IGNORECASE,
)
TEXTUAL = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call, ast.IfExp, ast.BoolOp)
"""The nodes that `is_textual` may hold true of."""

_FOLDER = re.compile(r"(?:.*[^a-z0-9])?prompts?")


def silent(callee: str) -> bool:
    """True if what a call of that last name is given goes to people or machines, not to a model."""
    return _SILENT_CALLEE.fullmatch(callee) is not None


def silent_name(name: str) -> bool:
    """True if a text of that name, argument or key is documentation, markup or the like."""
    return _SILENT_NAME.fullmatch(name) is not None


def holds_prompts(path: str) -> bool:
    """True if a Python file calls itself, or the folder it lies in, one of prompts."""
    name = file_name(path)
    return like_prompt(name) or any(_FOLDER.fullmatch(folder) for folder in name.folders[-2:])


def is_textual(node: ast.AST) -> bool:
    """True if an expression is made of string literals at least in part; `fold` says what of it is text."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add):
            return any(map(is_textual, operands(node)))
        return is_textual(node.left)
    if isinstance(node, ast.Call):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return (owner is not None and is_textual(owner)) or any(map(_is_long, node.args[:1]))
    if isinstance(node, ast.IfExp):
        return is_textual(node.body) or is_textual(node.orelse)
    if isinstance(node, ast.BoolOp):
        return isinstance(node.op, ast.Or) and any(map(is_textual, node.values))
    return isinstance(node, ast.JoinedStr)


def _is_long(node: ast.expr) -> bool:
    """The one argument of what may be `Template(...)` or `dedent(...)`."""
    return isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)) and is_textual(node)


def may_be_loose(node: ast.expr) -> bool:
    """False for what is too short in the source, whatever it says; needs no text."""
    lines = (node.end_lineno or node.lineno) - node.lineno
    return lines > 0 or (node.end_col_offset or 0) - node.col_offset >= LEAST


def is_loose_prompt(text: str, slots: bool, at_home: bool) -> bool:
    """True if a text of no telling name is a prompt.

    Args:
        text: static text, a blank for each slot.
        slots: it has some.
        at_home: it stands in a file of prompts, where prose of several lines is enough.
    """
    if len(text) < LEAST or not is_prose(text, 5):
        return False
    if is_code(text):
        return False
    if opens_like_prompt(text, slots):
        return True
    return at_home and "\n" in text.strip() and is_prose(text, _WORDS)
