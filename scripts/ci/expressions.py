"""Evaluates the expressions of workflows as far as ours use them; anything else is an error, no guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = "bool | float | str | Mapping[str, Value] | None"
Functions: TypeAlias = Mapping[str, Callable[[], bool]]

STATUS = frozenset({"always", "cancelled", "failure", "success"})

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>\|\||&&|==|!=|[!().]))"
)
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class ExpressionError(ValueError):
    """An expression that this evaluator does not know."""


@dataclass(frozen=True)
class Scope:
    """What names mean: contexts such as `github`, and the status functions."""

    contexts: Mapping[str, Value]
    functions: Functions


def filled(template: str, scope: Scope) -> str:
    """A text with its `${{ }}` replaced by what they are worth."""
    return _PLACE.sub(lambda found: spelt(evaluate(found[1], scope)), template)


def holds(condition: str | None, scope: Scope) -> bool:
    """Whether a step runs: a condition without a status function also wants all before to have succeeded."""
    text = (condition or "success()").strip()
    whole = _PLACE.fullmatch(text)
    text = whole[1] if whole else text
    names = {found["name"] for found in _tokens(text)}
    wanted = truth(evaluate(text, scope))
    return wanted if names & STATUS else wanted and scope.functions["success"]()


def evaluate(text: str, scope: Scope) -> Value:
    """What an expression is worth.

    Raises:
        ExpressionError: it uses what is not known here.
    """
    parser = _Parser(text, scope)
    value = parser.either()
    if parser.left:
        raise ExpressionError(f"not understood from {parser.left[0].group().strip()!r} on: {text}")
    return value


def truth(value: Value) -> bool:
    """False for null, false, 0 and the empty text; a text is true even if it says false."""
    return bool(value)


def spelt(value: Value) -> str:
    """A value as text: null is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        raise ExpressionError("an object is no text")
    if isinstance(value, (int, float)):
        return f"{value:.15g}"
    return value or ""


def _tokens(text: str) -> list[re.Match[str]]:
    found, at = [], 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            raise ExpressionError(f"not understood: {text[at:]}")
        found.append(token)
        at = token.end()
    return found


class _Parser:
    """One pass over the tokens; what is not needed is read all the same."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.left, self.scope = _tokens(text), scope

    def either(self) -> Value:
        value = self.both()
        while self._takes("||"):
            other = self.both()
            value = value if truth(value) else other
        return value

    def both(self) -> Value:
        value = self.equal()
        while self._takes("&&"):
            other = self.equal()
            value = other if truth(value) else value
        return value

    def equal(self) -> Value:
        value = self.one()
        while (sign := next((each for each in ("==", "!=") if self._takes(each)), "")) != "":
            value = _same(value, self.one()) is (sign == "==")
        return value

    def one(self) -> Value:
        if self._takes("!"):
            return not truth(self.one())
        if self._takes("("):
            value = self.either()
            self._needs(")")
            return value
        if not self.left:
            raise ExpressionError("the expression ends too early")
        token = self.left.pop(0)
        if token["text"] is not None:
            return token["text"][1:-1].replace("''", "'")
        if token["number"] is not None:
            return float(token["number"])
        if token["name"] is None:
            raise ExpressionError(f"not understood: {token.group().strip()!r}")
        return self._named(token["name"])

    def _named(self, name: str) -> Value:
        if name in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[name]
        if self._takes("("):
            self._needs(")")
            if name not in self.scope.functions:
                raise ExpressionError(f"unknown function: {name}")
            return self.scope.functions[name]()
        if name not in self.scope.contexts:
            raise ExpressionError(f"unknown context: {name}")
        value = self.scope.contexts[name]
        while self._takes("."):
            key = self.left.pop(0)["name"] if self.left else None
            if key is None:
                raise ExpressionError(f"a name is missing after {name}.")
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _takes(self, sign: str) -> bool:
        if self.left and self.left[0]["sign"] == sign:
            del self.left[0]
            return True
        return False

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise ExpressionError(f"{sign} is missing")


def _same(first: Value, second: Value) -> bool:
    """Equal as workflows have it: texts without regard to case, other types as numbers."""
    if isinstance(first, str) and isinstance(second, str):
        return first.casefold() == second.casefold()
    if isinstance(first, Mapping) or isinstance(second, Mapping):
        return first is second
    return _number(first) == _number(second)


def _number(value: bool | float | str | None) -> float:
    if isinstance(value, str):
        try:
            return float(value or 0)
        except ValueError:
            return float("nan")
    return float(value or 0)
