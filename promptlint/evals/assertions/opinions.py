"""The assertions that a model or the suite's code answers: how their values are checked, not how they ask."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NoReturn

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import Kind
from promptlint.evals.model import Answer, Assertion

MEASURES = ("similar", "similar:cosine", "similar:dot", "similar:euclidean")
"""The types that compare vectors."""

_LONGEST = 100_000
_HEAD = "import json\nimport math\nimport re\n\n\ndef check(output, context):\n"
_INDENT = re.compile(r"^(?!\s*$)[ \t]+", re.MULTILINE)


def script(code: str) -> str:
    """The module that a piece of code stands for, whose function `check` takes `output` and `context`.

    One line is an expression; several are the body of a function, with `return`.
    """
    lines = code.strip("\n").split("\n")
    if len(lines) == 1:
        return f"{_HEAD}    return {lines[0].strip()}\n"
    indent = match.group() if (match := _INDENT.search(code)) else "    "
    return _HEAD + "".join(f"{indent}{line}\n" for line in lines)


@lru_cache(maxsize=256)  # most suites ask the same code of every case
def fault(source: str, function: str) -> str:
    """What stands against a module of Python that should have a function, as a clause; empty: nothing."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        return f"no Python: {error}"
    except (RecursionError, MemoryError):
        return "no Python that can be read: it is nested too deeply"
    return "" if function in _bound(tree) else f"the file has no function `{function}`"


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that a module binds, or may bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _nobody(assertion: Assertion, answer: Answer) -> NoReturn:
    raise ScoringError(f"{assertion.name} needs an opinion, and nobody was asked")


def _rubric(assertion: Assertion) -> str:
    value = assertion.value
    if (
        not isinstance(value, str | list | dict)
        or not value
        or (isinstance(value, str) and not value.strip())
    ):
        return "expected what the answer must be like, as a text in `value`"
    if len(str(value)) > _LONGEST:
        return f"`value` has more than {_LONGEST:,} characters"
    return _share(assertion)


def _texts(assertion: Assertion) -> str:
    listed = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    if not listed or not all(isinstance(item, str) and item.strip() for item in listed):
        return "expected a text, or a list of texts, as `value`"
    return "" if assertion.type == "similar:euclidean" else _share(assertion)


def _share(assertion: Assertion) -> str:
    over = assertion.threshold is not None and assertion.threshold > 1
    return "`threshold`: expected a number from 0 to 1" if over else ""


def _code(assertion: Assertion) -> str:
    value = assertion.value
    if not isinstance(value, Mapping):
        return "expected code, or a file of it, as `value`"
    return fault(str(value["source"]), str(value["function"])) or _share(assertion)


KINDS = {
    "llm-rubric": Kind(_nobody, _rubric, needs="judge"),
    "python": Kind(_nobody, _code, needs="python"),
    **dict.fromkeys(MEASURES, Kind(_nobody, _texts, needs="embedder")),
}
