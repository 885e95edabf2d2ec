"""Finds lists of messages that grow with a conversation and are sent whole, and what calls give as `system`.

The field `history` of a prompt's call has the spelling of such a list as its value, and the place where it is
sent; `system` the same of the system prompt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from promptlint.extract.python.find.chats import is_chat, is_message, turn
from promptlint.extract.python.find.shapes import calls_model
from promptlint.extract.python.find.walk import Scope, dotted
from promptlint.extract.python.flow.follow import Flow, lookup, on_lines, places
from promptlint.extract.python.flow.reach import Use, reach
from promptlint.extract.python.flow.transcripts import JOINED, TURNS, joined, slices
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.extract.python.text.operands import operands
from promptlint.model import Call, Field, Role

_SENT = ("messages", "input", "contents", "chat_history")
_METHODS = ("invoke", "ainvoke", "stream", "astream", "chat", "achat", "generate_content")
_WORDS = (*(f"{name}=" for name in _SENT), *(f".{name}(" for name in _METHODS), "system=")
_GROWS = re.compile(r"\.(?:append|extend)\(|\+=")
_CUTS = re.compile(
    r"(?:trim|truncat|compact|summari[sz]|prune?|shorten|condens|compress)\w{0,30}\(|maxlen"
    r"|max_(?:history|messages|turns)|history_(?:limit|length|window)|memory_limit|keep_last|context_window",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(?:^|_)(?:user|human|customer|heard|question|query|utterance|text|msg|message|prompt|input|line|said|task"
    r"|request|transcript|speech)(?:_|$)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"input|ask|listen|hear|read|prompt|recv|get")
_MARKED = re.compile(r"claude|anthropic", re.IGNORECASE)  # who caches only what is marked
_MOST = 100  # calls that are read in one module
_HOPS = 4
_NOTHING = Use(None, Call())
_SESSION = "session_state"  # what a page keeps as long as it is open
_KEEPERS = (ast.Name, ast.Attribute, ast.Subscript)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def histories(flow: Flow) -> Iterator[tuple[int, Field]]:
    """The identity of an expression that a model call sends, and what is to be known of that call."""
    text = flow.module.source.text
    grows = _Growing(flow) if _GROWS.search(text) else None
    marks = _MARKED.search(text) is not None
    joins = JOINED.search(text) is not None
    words = _WORDS if grows is not None or joins else ("system=",) if marks else ()
    count = 0
    for node, scope in on_lines(flow.module, places(text, *words)):
        if not isinstance(node, ast.Call) or not _calls(node):
            continue
        count += 1
        if count > _MOST:
            return
        for item in node.keywords:
            if item.arg == "system" and marks:
                field = Field("system", ast.unparse(item.value)[:200], span(flow.module, item.value))
                yield from ((id(step.node), field) for step in reach(flow, scope, item.value, _NOTHING))
        given = [item.value for item in node.keywords if item.arg in _SENT]
        given += node.args[:1] if called(node.func) in _METHODS else []
        if joins:
            yield from joined(
                flow, scope, given + [item.value for item in node.keywords if item.arg == "system"]
            )
        if grows is None:
            continue
        for value in given:
            whole = grows.whole(scope, value, _HOPS)
            if whole is not None:
                field = Field("history", ast.unparse(whole), span(flow.module, whole))
                about = [value, *(item.value for item in node.keywords if item.arg == "system")]
                for one in about:
                    yield from ((id(step.node), field) for step in reach(flow, scope, one, _NOTHING))
                yield from ((id(message), field) for message in grows.messages(whole))


def _calls(node: ast.Call) -> bool:
    given = {item.arg for item in node.keywords}
    return "model" in given or calls_model(dotted(node.func)) or called(node.func) in _METHODS


class _Growing:
    """What of a module's lists grows with what users say, read once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.cut: dict[str, bool] = {}

    @cached_property
    def added(self) -> dict[str, list[tuple[ast.stmt, Scope, tuple[ast.AST, ...]]]]:
        """The statements that add to a list, by its spelling, with what is around them."""
        found: dict[str, list[tuple[ast.stmt, Scope, tuple[ast.AST, ...]]]] = {}
        stack: list[tuple[ast.AST, Scope, tuple[ast.AST, ...]]] = [(self.flow.module.tree, (), ())]
        while stack:
            node, scope, around = stack.pop()
            if isinstance(node, ast.stmt) and (name := _added_to(node)):
                found.setdefault(name, []).append((node, scope, around))
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                scope, around = (*scope, node.name), ()
            elif isinstance(node, ast.While):
                around = (*around, node)
            if not isinstance(node, ast.expr):
                stack.extend((child, scope, around) for child in ast.iter_child_nodes(node))
        return found

    def messages(self, node: ast.expr) -> Iterator[ast.expr]:
        """The messages that are added to a list."""
        for one, _, _ in self.added.get(ast.unparse(node), ()):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                yield from one.value.args[:1]

    def whole(self, scope: Scope, node: ast.expr, hops: int) -> ast.expr | None:
        """The expression of a list that grows and is sent whole as `node`, or as a part of it."""
        if hops <= 0:
            return None
        if isinstance(node, ast.Starred):
            return self.whole(scope, node.value, hops)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = operands(node)
            return next((found for part in parts if (found := self.whole(scope, part, hops - 1))), None)
        if isinstance(node, (ast.List, ast.Tuple)):
            stars = [item for item in node.elts if isinstance(item, ast.Starred)]
            return next((found for item in stars if (found := self.whole(scope, item, hops - 1))), None)
        if isinstance(node, ast.ListComp):
            copied = node.generators[0]
            bare = len(node.generators) == 1 and not copied.ifs
            return self.whole(scope, copied.iter, hops - 1) if bare else None
        if not isinstance(node, _KEEPERS):
            return None
        if self._grows(scope, node):
            return node
        if isinstance(node, ast.Name):
            bound = lookup(self.flow, scope, node)
            for one in bound[:3]:
                if one.value is not node and isinstance(one.value, (ast.List, ast.BinOp, ast.ListComp)):
                    found = self.whole(one.where, one.value, hops - 1)
                    if found is not None:
                        return found
        return None

    def _grows(self, scope: Scope, node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
        name = ast.unparse(node)
        found = self.added.get(name, [])
        answered = any(_is_answer(each[0]) for each in found)
        if not any(_says(each[0], answered) for each in found) or self._is_cut(name):
            return False
        if _SESSION in name:
            return True
        if isinstance(node, ast.Subscript):
            return False
        if isinstance(node, ast.Attribute):
            return self._is_kept(scope, node, found, answered)
        if answered and self._is_given(scope, node):
            return True
        here = [each for each in found if each[1] == scope]
        if any(_says(one) and any(isinstance(item, ast.While) for item in around) for one, _, around in here):
            return self._talks(here)
        return any(_is_stored(bound.value) for bound in lookup(self.flow, scope, node))

    def _is_given(self, scope: Scope, node: ast.expr) -> bool:
        """True for a parameter named as a list of turns: the caller keeps it from turn to turn."""
        home = self.flow.index.functions.get(scope)
        if home is None or not isinstance(node, ast.Name) or not TURNS.search(node.id):
            return False
        defaults = [*home.args.defaults, *home.args.kw_defaults]
        return any(item.arg == node.id for item in home.args.args) and not defaults

    def _is_kept(
        self,
        scope: Scope,
        node: ast.Attribute,
        found: list[tuple[ast.stmt, Scope, tuple[ast.AST, ...]]],
        answered: bool,
    ) -> bool:
        """True for an attribute of `self` that several calls of a method add to."""
        if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return False
        adds = {where for one, where, _ in found if where[:1] == scope[:1] and _says(one, answered)}
        added = {id(one.value) for one, _, _ in found if isinstance(one, ast.AugAssign)}
        bounds = lookup(self.flow, scope, node)
        made = {bound.where for bound in bounds if id(bound.value) not in added}
        return bool(adds) and not adds & made  # what a method begins anew lasts for one call of it

    def _talks(self, here: list[tuple[ast.stmt, Scope, tuple[ast.AST, ...]]]) -> bool:
        """True if what a loop adds is what a person says: from a name that the loop itself fills."""
        for one, _, around in here:
            loops = [item for item in around if isinstance(item, ast.While)]
            content = _content(one)
            if loops and isinstance(content, ast.Call) and called(content.func) == "input":
                return True
            if loops and isinstance(content, ast.Name) and _is_heard(loops[-1], content.id):
                return True
        return False

    def _is_cut(self, name: str) -> bool:
        """True if anything in the module looks as if it kept the list short."""
        if name not in self.cut:
            self.cut[name] = slices(self.flow.module.source.text, name) or self.shortens
        return self.cut[name]

    @cached_property
    def shortens(self) -> bool:
        """True if the module has a word for keeping a history short."""
        return _CUTS.search(self.flow.module.source.text) is not None


def _added_to(node: ast.stmt) -> str:
    """The spelling of the list that a statement adds to, empty if it adds to none."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        target: ast.expr = node.target
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if not isinstance(function, ast.Attribute) or function.attr not in ("append", "extend"):
            return ""
        target = function.value
    else:
        return ""
    return ast.unparse(target) if isinstance(target, _KEEPERS) else ""


def _content(node: ast.stmt) -> ast.expr | None:
    """The content of the first message of a user in what a statement adds."""
    value = node.value if isinstance(node, ast.AugAssign) else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
        value = node.value.args[0]
    if value is None:
        return None
    items = value.elts if isinstance(value, (ast.List, ast.Tuple)) and is_chat(value) else [value]
    for item in items:
        if is_message(item):
            one = turn(item)
            if one.role is Role.USER:
                return one.content
    return None


def _is_answer(node: ast.stmt) -> bool:
    """True if a statement adds what the model said."""
    value = node.value if isinstance(node, (ast.AugAssign, ast.Expr)) else None
    if isinstance(value, ast.Call) and value.args:
        value = value.args[0]
    items = value.elts if isinstance(value, (ast.List, ast.Tuple)) and is_chat(value) else [value]
    return any(item is not None and is_message(item) and turn(item).role is Role.ASSISTANT for item in items)


def _says(node: ast.stmt, answered: bool = False) -> bool:
    """True if a statement adds what a user says: no constant, no result of a tool.

    `answered`: answers are added to the same list, so that a text with holes is what a user says too.
    """
    content = _content(node)
    if isinstance(content, ast.Name):
        return _SAID.search(content.id) is not None
    if isinstance(content, ast.JoinedStr) and answered:
        return any(isinstance(item, ast.FormattedValue) for item in content.values)
    return isinstance(content, ast.Call) and called(content.func) == "input"


def _is_heard(loop: ast.While, name: str) -> bool:
    """True if the loop itself asks for what `name` holds."""
    for item in ast.walk(loop):
        if isinstance(item, ast.NamedExpr) and item.target.id == name and _asks(item.value):
            return True
        names = item.targets if isinstance(item, ast.Assign) and _asks(item.value) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in names):
            return True
    return False


def _asks(node: ast.expr) -> bool:
    """True for what waits for somebody: `input("> ").strip()`, `await listen()`."""
    while isinstance(node, (ast.Await, ast.Call)):
        if isinstance(node, ast.Await):
            node = node.value
        elif _ASKS.search(called(node.func)):
            return True
        elif isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return False
    return False


def _is_stored(node: ast.expr) -> bool:
    """True for a list that a table keeps: `TABLE.setdefault(key, [])`, `TABLE[key]`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, (ast.Name, ast.Attribute)) and literal(node.slice) is None
    return isinstance(node, ast.Call) and called(node.func) == "setdefault"
