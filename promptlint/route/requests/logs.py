"""Reads a user's logged requests with their outcomes, strictly: each mistake names file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from promptlint import documents
from promptlint.errors import UsageError
from promptlint.records import dataclass

MAX_BYTES = 200_000_000
MAX_LINE = 1_000_000
MAX_REQUESTS = 50_000
"""Requests that are read: more need no better classifier; take a sample."""

TIERS = ("simple", "medium", "complex")
"""The tiers of a log that names tiers, from the easiest on, unless the user says others."""

_OUTCOMES = ("passed", "score", "tier")
_GROUPS = ("conversation", "user")
_MOST_MESSAGES = 1_000


@dataclass(frozen=True, slots=True)
class Logged:
    """A request: `hard` is from 0 (passed, or the lowest tier) to 1; `group` what is not split apart."""

    text: str
    hard: float
    model: str
    group: str


@dataclass(frozen=True, slots=True)
class Log:
    """All requests of one kind of outcome; `grouped` if the log itself says what belongs together."""

    rows: tuple[Logged, ...]
    outcome: str
    model: str
    tiers: tuple[str, ...]
    grouped: bool


def read(files: Sequence[Path], model: str = "", tiers: Sequence[str] = TIERS) -> Log:
    """The requests of some files, in order.

    Args:
        files: JSON lines; each has `text`, or `messages` (the last one of the user counts), and one of
            `passed` (true, false), `score` (0 to 1, 1 is right) and `tier`; `model` says whose outcome it is,
            `conversation` or `user` what belongs together. Other keys are passed over.
        model: only its outcomes count; "" if all are of one model.
        tiers: the names of `tier`, from the easiest on.

    Raises:
        UsageError: a file cannot be read, or a line is wrong; the message names file and line.
    """
    if len(set(tiers)) != len(tiers) or len(tiers) < 2:
        raise UsageError("--tiers: expected two or more different names, from the easiest on")
    rows: list[Logged] = []
    kinds: dict[str, str] = {}
    named: set[str] = set()
    groups = 0
    for where, found in lines(files):
        kind = _kind(found, where, kinds)
        said = _text_of(found, "model", where) or ""
        if model and said != model:
            continue
        named.add(said)
        group = next((key for key in _GROUPS if found.get(key) is not None), "")
        groups += bool(group)
        name = f"{group}:{_name(found[group], f'{where}: `{group}`')}" if group else where
        rows.append(Logged(_request(found, where), _hard(found[kind], kind, tiers, where), said, name))
        if len(rows) > MAX_REQUESTS:
            raise UsageError(f"{where}: more than {MAX_REQUESTS:,} requests: train on a sample of them")
    if not rows:
        raise UsageError(f"no request of the model {model!r} in the log" if model else "the log is empty")
    outcome = next(iter(kinds))
    if len(named) > 1 and outcome != "tier":
        names = ", ".join(sorted(repr(name) for name in named)[:5])
        raise UsageError(f"outcomes of several models ({names}): say with --model whose count")
    return Log(
        rows=tuple(rows),
        outcome=outcome,
        model=named.pop() if len(named) == 1 else "",
        tiers=tuple(tiers) if outcome == "tier" else (),
        grouped=groups == len(rows),
    )


def lines(files: Sequence[Path]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The object of each line that is not blank, with its place."""
    for file in files:
        for number, line in enumerate(documents.data_of(file, MAX_BYTES).split(b"\n"), 1):
            if not line.strip():
                continue
            where = f"{file}:{number}"
            if len(line) > MAX_LINE:
                raise UsageError(f"{where}: longer than {MAX_LINE:,} bytes")
            found = documents.strict_json(line.removeprefix(b"\xef\xbb\xbf"), where)
            if not isinstance(found, dict):
                raise UsageError(f"{where}: expected an object, found {type(found).__name__}")
            yield where, found


def _kind(found: Mapping[str, object], where: str, kinds: dict[str, str]) -> str:
    """Which outcome a line has: one, and the same in all."""
    given = [name for name in _OUTCOMES if found.get(name) is not None]
    if len(given) != 1:
        what = " and ".join(f"`{name}`" for name in given) or "none"
        raise UsageError(f"{where}: expected one of `passed`, `score` and `tier`, found {what}")
    kinds.setdefault(given[0], where)
    if len(kinds) > 1:
        first, place = next(iter(kinds.items()))
        raise UsageError(f"{where}: `{given[0]}`, but {place} has `{first}`: one kind of outcome a log")
    return given[0]


def _hard(value: object, kind: str, tiers: Sequence[str], where: str) -> float:
    """How hard the request was, from 0 to 1."""
    if kind == "passed":
        if not isinstance(value, bool):
            raise UsageError(f"{where}: `passed`: expected true or false, found {type(value).__name__}")
        return 0.0 if value else 1.0
    if kind == "score":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise UsageError(f"{where}: `score`: expected a number from 0 to 1")
        return 1.0 - value
    if not isinstance(value, str) or value not in tiers:
        close = get_close_matches(str(value)[:100], tiers, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"{where}: `tier`: {str(value)[:100]!r} is none of {', '.join(tiers)}{hint}")
    return tiers.index(value) / (len(tiers) - 1)


def _request(found: Mapping[str, object], where: str) -> str:
    """What the user asks: `text`, or the last message of the user."""
    text, messages = _text_of(found, "text", where), found.get("messages")
    if (text is None) == (messages is None):
        raise UsageError(f"{where}: expected one of `text` and `messages`")
    if text is None:
        text = _last_of_user(messages, where)
    if not text.strip():
        raise UsageError(f"{where}: the request is empty")
    return text


def _last_of_user(messages: object, where: str) -> str:
    if not isinstance(messages, list) or not 0 < len(messages) <= _MOST_MESSAGES:
        raise UsageError(f"{where}: `messages`: expected a list of 1 to {_MOST_MESSAGES:,} messages")
    for index, item in reversed(list(enumerate(messages))):
        if not isinstance(item, dict):
            raise UsageError(f"{where}: `messages[{index}]`: expected an object")
        if item.get("role") == "user":
            return _content(item.get("content"), f"{where}: `messages[{index}].content`")
    raise UsageError(f"{where}: `messages`: none is the user's")


def _content(value: object, where: str) -> str:
    """The text of a message: a string, or the texts of a list of parts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise UsageError(f"{where}: expected a text, or a list of parts")
    texts = [part.get("text") for part in value if isinstance(part, dict) and part.get("type") == "text"]
    if not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{where}: a part of type text has no `text`")
    return "\n".join(map(str, texts))


def _text_of(found: Mapping[str, object], name: str, where: str) -> str | None:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{where}: `{name}`: expected a text, found {type(value).__name__}")
    return value


def _name(value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise UsageError(f"{where}: expected a text or a whole number, found {type(value).__name__}")
    return str(value)
