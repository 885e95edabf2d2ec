"""Finds texts that join all that was said in a conversation, where a call sends them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow
from promptlint.extract.python.flow.reach import Use, reach
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called
from promptlint.model import Call, Field

JOINED = re.compile(
    r"\bfor \w+ in (?:\w+\.)?\w*(?:history|histories|transcripts?|turns|messages|conversation|thread"
    r"|dialog(?:ue)?|chat)\b"
)
TURNS = re.compile(
    r"(?:^|_)(?:history|transcripts?|turns|messages|conversation|thread|dialog(?:ue)?|chat)$", re.IGNORECASE
)
"""Names of lists of what was said; with such a list a text is joined and sent."""

_WHO = re.compile(r"\b(?:who|role|speaker|author|sender|from|name|user|type|agent)\b", re.IGNORECASE)
_NOTHING = Use(None, Call())


def joined(flow: Flow, scope: Scope, given: list[ast.expr]) -> Iterator[tuple[int, Field]]:
    """What is sent with a text that joins all that was said, of a list that nothing cuts."""
    steps = [step for value in given for step in reach(flow, scope, value, _NOTHING)]
    found = (said for step in steps if (said := _all_said(step.node)) is not None)
    whole = next((said for said in found if not slices(flow.module.source.text, ast.unparse(said[1]))), None)
    if whole is not None:
        field = Field("history", ast.unparse(whole[1]), span(flow.module, whole[0]))
        yield from ((id(step.node), field) for step in steps)


def _all_said(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The joined text, and the list, of `"\\n".join(... for turn in history)`."""
    if not (isinstance(node, ast.Call) and called(node.func) == "join" and len(node.args) == 1):
        return None
    made = node.args[0]
    if not isinstance(made, (ast.GeneratorExp, ast.ListComp)) or len(made.generators) > 1:
        return None
    source = made.generators[0]
    if source.ifs or not isinstance(source.iter, (ast.Name, ast.Attribute)):
        return None
    name = source.iter.id if isinstance(source.iter, ast.Name) else source.iter.attr
    return (node, source.iter) if TURNS.search(name) and _names_who(made.elt) else None


def _names_who(node: ast.expr) -> bool:
    """True for a text that says who says it; the lines of a film do not."""
    return isinstance(node, ast.JoinedStr) and _WHO.search(ast.unparse(node)) is not None


def slices(text: str, name: str) -> bool:
    """True if anything in a module takes a part of a list, or looks at its length."""
    spelt = re.escape(name)
    cut = rf"{spelt}\[[^\]\n]{{0,40}}:|len\({spelt}\b|{spelt}\.pop\(|del {spelt}|{spelt} = \w{{1,40}}\("
    return re.search(cut, text) is not None
