"""Finds texts in a configuration that end too early: patterns of JavaScript, expressions of CEL."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from promptlint.evals.values import Value
from promptlint.route.check.shared import say, text
from promptlint.route.notes import Note

_LONGEST = 4096
_BOTH = (
    *("missing ), unterminated subpattern", "unbalanced parenthesis", "unterminated character set"),
    *("nothing to repeat", "bad character range", "min repeat greater than max repeat"),
)
"""What is wrong in JavaScript, too; other errors are of Python's grammar alone."""
_EMPTY_CLASS = re.compile(r"\[\^?\]")
_CEL = re.compile(
    r"""//[^\n]*"""
    r"""|\b(?:[bB]?[rR]|[rR][bB])(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*')"""
    r"""|\"{3}(?:\\[\s\S]|[^\\])*?\"{3}|'{3}(?:\\[\s\S]|[^\\])*?'{3}"""
    r"""|"(?!"")(?:\\.|[^"\\\n])*"|'(?!'')(?:\\.|[^'\\\n])*'"""
)
"""Comments and texts of CEL; source: the lexis of the CEL specification."""
_OPEN = {"(": ")", "[": "]", "{": "}"}


def faults(value: Value) -> Iterator[Note]:
    """RTE212 of a regular expression that is none, in JavaScript's grammar as in Python's."""
    found = text(value)
    if len(found) > _LONGEST or _EMPTY_CLASS.search(found):  # JavaScript has empty classes
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Python's grammar may mean one day
            re.compile(found)
    except re.error as error:
        if error.msg.startswith(_BOTH):
            yield say("RTE212", value, f"no regular expression: {error.msg.partition(',')[0]}")
    except (RecursionError, OverflowError):
        return


def cel(value: Value) -> Iterator[Note]:
    """RTE212 of an expression whose quotes or brackets are not closed."""
    found = text(value)
    if len(found) > _LONGEST:
        return
    rest = _CEL.sub(" ", found)
    if '"' in rest or "'" in rest:
        yield say("RTE212", value, "no expression of CEL: a quote is not closed")
    elif not _closed(rest):
        yield say("RTE212", value, "no expression of CEL: brackets do not match")


def _closed(given: str) -> bool:
    waiting: list[str] = []
    for each in given:
        if each in _OPEN:
            waiting.append(_OPEN[each])
        elif each in ")]}" and (not waiting or waiting.pop() != each):
            return False
    return not waiting
