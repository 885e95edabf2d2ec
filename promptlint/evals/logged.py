"""Makes cases of logged calls of a model: reads the shapes in which such logs are kept, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.records import dataclass

MOST_LINE = 10_000_000
"""Bytes of one line that is read."""

MOST_BYTES = 4_000_000_000
"""Bytes of a log that are read."""

_ODD = re.compile("[\ud800-\udfff]|\\\\u0000")  # half a character, or NUL as JSON spells it
_ROLES = ("system", "developer", "user", "assistant", "tool")
_HOLDERS = ("request", "body", "kwargs", "input", "inputs", "data", "params", "optional_params", "payload")
_ANSWERS = ("response", "output", "completion", "answer", "result", "outputs", "body")
_QUESTIONS = ("input", "prompt", "question", "query", "text")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Logged:
    """One logged call, in line `line`: its messages, and the answer with its calls of tools.

    `answer` is None where the log has none.
    """

    line: int
    messages: tuple[Mapping[str, object], ...]
    answer: str | None = None
    calls: tuple[Mapping[str, object], ...] = ()


class Unread(ValueError):  # noqa: N818  # says what it is
    """A line is no logged call; the message is the kind of damage."""


def read(path: Path) -> Iterator[Logged | tuple[int, str]]:
    """Every line that is not empty: a logged call, or its number and what is wrong with it.

    Raises:
        UsageError: the file cannot be read, or is too large.
    """
    for number, line in _lines(path):
        if line is None:
            yield number, f"longer than {MOST_LINE:,} bytes"
        elif line.strip():
            try:
                yield _logged(number, _record(line))
            except Unread as error:
                yield number, str(error)


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines with their numbers; None for one that is too long."""
    try:
        if not path.is_file():
            raise UsageError(f"{path}: no such file")
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: larger than {MOST_BYTES:,} bytes")
        with path.open("rb") as file:
            number, whole = 1, True
            while line := file.readline(MOST_LINE + 1):
                ends = line.endswith(b"\n") or len(line) <= MOST_LINE
                if whole:
                    yield number, line.removeprefix(b"\xef\xbb\xbf") if ends else None
                number += ends
                whole = ends
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _record(line: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise Unread("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Unread("no JSON") from error
    if b"\\u" in line and _ODD.search(json.dumps(found, ensure_ascii=False)):
        raise Unread("characters that are no text")
    if not isinstance(found, dict):
        raise Unread("no JSON object")
    return found


# --- shapes -----------------------------------------------------------------------------------


def _logged(line: int, record: Mapping[str, object]) -> Logged:
    messages = _asked(record)
    answer, calls = _answered(record)
    if answer is None and not calls and messages[-1]["role"] == "assistant":
        last = messages[-1]
        answer, calls = _text(last["content"]), _calls(last)
        messages = messages[:-1]
    if not messages:
        raise Unread("no question before the answer")
    return Logged(line, messages, answer, calls)


def _asked(record: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """The messages of a record: of a request, however deep, or of a plain question."""
    holder = _holder(record, 0)
    if holder is not None:
        given = holder.get("messages")
        assert isinstance(given, list)
        system = holder.get("system")
        before = (_message({"role": "system", "content": system}),) if system else ()
        return (*before, *[_message(item) for item in given])
    for name in ("input", "inputs", "prompt"):
        given = record.get(name)
        if isinstance(given, list) and given and all(isinstance(item, dict) for item in given):
            return tuple([_message(item) for item in given])
    for name in _QUESTIONS:
        given = record.get(name)
        if isinstance(given, str) and given.strip():
            return (_message({"role": "user", "content": given}),)
    raise Unread("no messages")


def _holder(record: Mapping[str, object], depth: int) -> Mapping[str, object] | None:
    """The mapping that has `messages`, in the record or in a request in it."""
    given = record.get("messages")
    if isinstance(given, list) and given:
        return record
    for name in _HOLDERS if depth < _DEEPEST else ():
        inner = _opened(record.get(name))
        found = _holder(inner, depth + 1) if isinstance(inner, dict) else None
        if found is not None:
            return found
    return None


def _opened(value: object) -> object:
    """A value that is kept as a text of JSON, opened; any other as it is."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            found: object = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return found
    return value


def _message(item: object) -> Mapping[str, object]:
    if not isinstance(item, dict) or item.get("role") not in _ROLES:
        raise Unread("a message without a role that is known")
    content = item.get("content")
    calls = _calls(item)
    found: dict[str, object] = {"role": item["role"], "content": _text(content) or ""}
    if calls:
        found["tool_calls"] = list(calls)
    answers = item.get("tool_call_id")
    if isinstance(answers, str) and answers.strip():
        found["tool_call_id"] = answers
    if not str(found["content"]).strip():
        found["content"] = ""
        if not calls:
            raise Unread("an empty message")
    return found


def _text(content: object) -> str | None:
    """The text of a message: a text, or a list of parts that are texts."""
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise Unread("a message that is no text")
    parts = []
    for part in content:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str):
            raise Unread("a message that is no text")
        parts.append(text)
    return "".join(parts)


def _calls(message: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    given = message.get("tool_calls")
    return tuple([_call(item) for item in given]) if isinstance(given, list) else ()


def _call(item: object) -> Mapping[str, object]:
    """One call of a tool, as chat completions spell it."""
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(function, dict):
        raise Unread("a call of no function")
    name, given = function.get("name"), function.get("arguments", "{}")
    if not isinstance(name, str) or not name.strip():
        raise Unread("a call of no function")
    arguments = given if isinstance(given, str) else json.dumps(given)
    return {
        "id": str(item.get("id") or "call"),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _answered(record: Mapping[str, object]) -> tuple[str | None, tuple[Mapping[str, object], ...]]:
    for name in _ANSWERS:
        found = _answer(record.get(name), 0)
        if found is not None:
            return found
    return None, ()


def _answer(value: object, depth: int) -> tuple[str | None, tuple[Mapping[str, object], ...]] | None:
    """The answer in a response: a text, a message, or what holds one."""
    value = _opened(value)
    if isinstance(value, str):
        return value, ()
    if isinstance(value, list):
        return _answer(value[0], depth + 1) if len(value) == 1 and depth < _DEEPEST else None
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    for name in ("choices", "message", "body", "output_text", "completion", "response", "output", "text"):
        if value.get(name) is not None:
            found = _answer(value[name], depth + 1)
            if found is not None:
                return found
    if "content" in value or "tool_calls" in value:
        return _text(value.get("content")), _calls(value)
    return None


def without_system(messages: Sequence[Mapping[str, object]]) -> tuple[Mapping[str, object], ...]:
    """The messages that do not belong to a prompt."""
    return tuple([item for item in messages if item["role"] not in ("system", "developer")])
