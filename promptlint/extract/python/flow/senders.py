"""Finds the calls that send what they are given by place, and the pipes that lead a prompt to a model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.python.find.shapes import calls_model
from promptlint.extract.python.find.walk import Scope, dotted
from promptlint.extract.python.flow.calls import call_of, machine
from promptlint.extract.python.flow.follow import Flow, on_lines, places
from promptlint.extract.python.flow.parameters import LASTING
from promptlint.extract.python.flow.reach import Use
from promptlint.extract.python.text.fold import called
from promptlint.extract.python.text.operands import operands
from promptlint.model import Call
from promptlint.records import dataclass

_METHODS = frozenset(
    {
        *(
            "invoke",
            "ainvoke",
            "stream",
            "astream",
            "batch",
            "abatch",
            "generate",
            "agenerate",
            "predict",
            "apredict",
        ),
        *(
            "complete",
            "acomplete",
            "chat",
            "achat",
            "ask",
            "run_sync",
            "run",
            "generate_content",
            "send_message",
        ),
        *(
            "generate_content_async",
            "send_message_async",
            "generate_text",
            "completion",
            "acompletion",
            "prompt",
        ),
        *("structured_predict", "astructured_predict", "call"),
    }
)
_KEYWORDS = frozenset({"messages", "contents", "input", "prompt", "message", "user_prompt", "instruction"})
_CHAINS = re.compile(r"(?:a?create_\w*(?:agent|chain)|load_\w*chain|\w*Chain|from_llm)")
_ENDINGS = ("_agent(", "_chain(", "Chain(", "from_llm(", "gpt(", "GPT(", "llm(", "LLM(")
_SENDS = (*(f".{name}(" for name in sorted(_METHODS)), "completion(", *_ENDINGS)
_PIPED = ("langchain", "Runnable", "PromptTemplate")


@dataclass(frozen=True, slots=True)
class Sent:
    """An expression that reaches a model, and what is known of that."""

    node: ast.expr
    scope: Scope
    use: Use


def senders(flow: Flow) -> Iterator[Sent]:
    """What is sent by place or through a pipe; literals are found as sites."""
    text = flow.module.source.text
    for node, scope in on_lines(flow.module, places(text, *_SENDS)):
        if isinstance(node, ast.Call):
            yield from _of_call(flow, scope, node)
    if not any(word in text for word in _PIPED):
        return
    inner: set[int] = set()
    for node, scope in on_lines(flow.module, places(text, " | ")):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and id(node) not in inner:
            parts = operands(node, ast.BitOr)[::-1]
            inner |= {id(item) for item in ast.walk(node.left) if isinstance(item, ast.BinOp)}
            fields = tuple(field for part in parts for field in machine(flow, scope, part))
            if fields:
                yield from (Sent(part, scope, Use(None, Call(fields))) for part in parts)


def _of_call(flow: Flow, scope: Scope, node: ast.Call) -> Iterator[Sent]:
    name = called(node.func)
    if _CHAINS.fullmatch(name):
        given = [*node.args, *(item.value for item in node.keywords if item.arg and "prompt" in item.arg)]
        made = [field for item in given for field in machine(flow, scope, item)]
        call = Call((*call_of(flow, scope, node).fields, *made))
    elif name in _METHODS or calls_model(dotted(node.func)):
        given = [*node.args[:1], *(item.value for item in node.keywords if item.arg in _KEYWORDS)]
        call = call_of(flow, scope, node)
        if not calls_model(dotted(node.func)) and not any(item.name in LASTING for item in call.fields):
            return
    else:
        return
    for item in given:
        if isinstance(
            item, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp, ast.JoinedStr, ast.List)
        ):
            yield Sent(item, scope, Use(None, call))
