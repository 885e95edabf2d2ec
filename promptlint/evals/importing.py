"""Turns logged calls into the cases of a suite: each once, its values told from its prompt, masked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from promptlint.evals import logged, matching
from promptlint.evals.cases import MAX_CASES
from promptlint.evals.logged import Logged
from promptlint.evals.masking import Masker
from promptlint.evals.template import Template
from promptlint.records import dataclass

MOST_TEXT = 90_000_000
"""Characters of all cases together, as JSON: a suite reads no larger file."""

_MARKS = ("{{", "{%", "{#")
_FILES = ("file://", "package:")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What cases are to be like.

    Args:
        template: the prompt that the calls were made with; None: their messages are kept as they are.
        expect: take the logged answer for the right one.
        masked: mask e-mail addresses and secrets.
    """

    template: Template | None = None
    expect: bool = False
    masked: bool = True


@dataclass(slots=True)
class Imported:
    """Cases, and what became of every line that is none.

    `left` counts lines by the reason why they are no case, with the first line of each; `masked` counts what
    was masked. `calls` are all lines that are not empty.
    """

    cases: list[Mapping[str, object]] = field(default_factory=list)
    left: dict[str, tuple[int, int]] = field(default_factory=dict)
    calls: int = 0
    masked: int = 0

    def skip(self, reason: str, line: int) -> None:
        """Count a line that is no case."""
        count, first = self.left.get(reason, (0, line))
        self.left[reason] = (count + 1, first)

    @property
    def text(self) -> str:
        """The cases as JSONL."""
        return "".join(f"{json.dumps(case)}\n" for case in self.cases)


def imported(path: Path, wanted: Wanted) -> Imported:
    """The cases of a log.

    Raises:
        UsageError: the log cannot be read, or the prompt's text does not tell its values.
    """
    result = Imported()
    masker = Masker() if wanted.masked else None
    patterns = matching.patterns(wanted.template) if wanted.template else None
    seen: set[str] = set()
    size = 0
    for item in logged.read(path):
        result.calls += 1
        if isinstance(item, tuple):
            result.skip(item[1], item[0])
            continue
        made = _case(item, wanted, patterns, masker)
        if isinstance(made, str):
            result.skip(made, item.line)
            continue
        id_ = _id(made)
        if id_ in seen:
            result.skip("asked before", item.line)
            continue
        case = {"id": id_, **made, "metadata": {"logged": f"{path.name}:{item.line}"}}
        line = json.dumps(case)
        size += len(line)
        if len(result.cases) >= MAX_CASES or size > MOST_TEXT:
            result.skip(f"after {MAX_CASES:,} cases, or {MOST_TEXT:,} characters of them", item.line)
            continue
        seen.add(id_)
        result.cases.append(case)
    result.masked = masker.masked if masker else 0
    return result


def _id(case: Mapping[str, object]) -> str:
    """The same for the same question, whatever was answered."""
    asked = {name: case[name] for name in ("vars", "messages") if name in case}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _case(
    call: Logged, wanted: Wanted, patterns: Sequence[matching.Pattern] | None, masker: Masker | None
) -> dict[str, object] | str:
    """A case; or why there is none."""
    if patterns is None:
        values: dict[str, str] = {}
        turns = logged.without_system(call.messages)
        if not turns:
            return "nobody asks anything"
    else:
        found = matching.values(patterns, call.messages)
        if found is None:
            return "not of the prompt"
        values, used = found
        turns = call.messages[used:]
    values = {name: _masked(value, masker) for name, value in values.items()}
    messages = [_turn(turn, values, masker) for turn in turns]
    if any(value.startswith(_FILES) for value in values.values()):
        return "a value that a suite would read as a file"
    case: dict[str, object] = {}
    if values:
        case["vars"] = values
    if messages:
        case["messages"] = messages
    if not case:
        return "nothing in it differs from call to call"
    return case | _expected(call, masker) if wanted.expect else case


def _masked(text: str, masker: Masker | None) -> str:
    return masker.text(text) if masker else text


def _masked_calls(calls: object, masker: Masker | None) -> object:
    """Calls of tools; their arguments are JSON in a text, whose own texts are masked."""
    if masker is None or not isinstance(calls, list):
        return calls
    return [_masked_call(call, masker) for call in calls]


def _masked_call(call: Mapping[str, object], masker: Masker) -> Mapping[str, object]:
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
        return call
    return {**call, "function": {**function, "arguments": _masked_json(function["arguments"], masker)}}


def _masked_json(text: str, masker: Masker) -> str:
    try:
        return json.dumps(masker.data(json.loads(text)))
    except (ValueError, RecursionError):
        return masker.text(text)


def _turn(turn: Mapping[str, object], values: dict[str, str], masker: Masker | None) -> dict[str, object]:
    """A message; a text with marks of templates goes through a value, which is not filled in."""
    text = _masked(str(turn["content"]), masker)
    found: dict[str, object] = {"role": turn["role"]}
    if any(mark in text for mark in _MARKS):
        name = f"turn_{len(values) + 1}"
        values[name] = text
        text = f"{{{{{name}}}}}"
    if text:
        found["content"] = text
    if "tool_calls" in turn:
        found["tool_calls"] = _masked_calls(turn["tool_calls"], masker)
    if "tool_call_id" in turn:
        found["tool_call_id"] = turn["tool_call_id"]
    return found


def _expected(call: Logged, masker: Masker | None) -> dict[str, object]:
    """What the logged answer says; nothing if it is empty, or a suite would read more in it than a text."""
    functions = [item["function"] for item in call.calls]
    wanted = [
        {"name": each["name"], **_arguments(each, masker)} for each in functions if isinstance(each, dict)
    ]
    if wanted:
        return {"assert": [{"type": "tool-call", "value": wanted}]}
    text = _masked(call.answer or "", masker)
    is_plain = not text.startswith(_FILES) and not any(mark in text for mark in _MARKS)
    return {"expected": text} if text.strip() and is_plain else {}


def _arguments(function: Mapping[str, object], masker: Masker | None) -> dict[str, object]:
    try:
        found = json.loads(str(function.get("arguments")))
        found = masker.data(found) if masker else found
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return {}
    return {"arguments": found} if isinstance(found, dict) else {}
