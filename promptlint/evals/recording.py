"""Recorded answers: a file of JSON lines that holds them, and the client that gives them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from promptlint import documents, files
from promptlint.errors import SourceError, SuiteError, UsageError
from promptlint.evals import replies
from promptlint.evals.exchange import Attempt, Failure, Reply, Request, always
from promptlint.records import dataclass

VERSION = 1
"""Of the format, under `recording` in the first line."""

MAX_BYTES = 500_000_000
"""Of a file that is read."""

_MOST_REPEATS = 1_000_000
_MOST_TEXT = 2_000
_TEXTS = ("kind", "model", "base_url", "made_at", "note")
_KEY_LENGTH = 64
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Header:
    """Where answers were recorded.

    Args:
        kind: of the provider that gave them.
        model: as it was asked for.
        base_url: of the server; without user and query, where a secret could be.
        parameters: of each request.
        made_at: date, or date and time, in ISO 8601.
        note: for people.
    """

    kind: str
    model: str
    base_url: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    made_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Recorded answers by key of the request and repeat; `shown` is what the file is called in messages."""

    header: Header
    replies: Mapping[tuple[str, int], Reply]
    shown: str = ""


class ReplayClient:
    """Gives recorded answers again; see `exchange.Client`. Nothing is sent."""

    recorded = True

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.name = f"replay {recording.header.kind} {recording.header.model}"

    def ask(self, request: Request, again: Callable[[], bool] = always) -> Attempt:
        """The answer; a failure if there is none to this request and repeat."""
        reply = self.recording.replies.get((request.key, request.repeat))
        if reply is not None:
            return Attempt(reply=reply, tries=0)
        message = f"{self.recording.shown} has no answer to this request, repeat {request.repeat}"
        return Attempt(failure=Failure("unrecorded", message), tries=0)

    def close(self) -> None:
        """Nothing is open."""


def write(path: Path, header: Header, items: Iterable[tuple[Request, Reply]]) -> None:
    """Write a recording as a whole; the same answers, in whatever order, give the same bytes.

    Raises:
        UsageError: it cannot be written, or a request has two answers.
    """
    first = {
        "recording": VERSION,
        "kind": header.kind,
        "model": header.model,
        "base_url": _bare(header.base_url),
        "parameters": dict(header.parameters),
        "made_at": header.made_at,
        "note": header.note,
    }
    lines: dict[tuple[str, int], str] = {}
    for request, reply in items:
        place = (request.key, request.repeat)
        if place in lines:
            raise UsageError(f"{path}: two answers to one request, repeat {request.repeat}")
        lines[place] = _line({"key": place[0], "repeat": place[1], **_spelt(reply)})
    text = "\n".join([_line(first), *[lines[place] for place in sorted(lines)], ""])
    try:
        files.write(path, text, None)
    except SourceError as error:
        raise UsageError(f"{path}: {error}") from error


def _spelt(reply: Reply) -> dict[str, object]:
    found = replies.to_json(reply)
    return {**found, "latency": round(reply.latency, 1)} if reply.latency is not None else found


def _line(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _bare(url: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


# --- reading --------------------------------------------------------------------------------


def read(path: Path, shown: str) -> Recording:
    """The recording in a file, which may be hostile.

    Args:
        path: of the file.
        shown: what it is called in messages.

    Raises:
        SuiteError: it cannot be read or is no recording; the message names file and line.
    """
    try:
        data = documents.data_of(path, MAX_BYTES)
    except UsageError as error:
        raise SuiteError(str(error).replace(str(path), shown, 1)) from error
    lines = data.removesuffix(b"\n").split(b"\n")
    found: dict[tuple[str, int], Reply] = {}
    header = _header(_parsed(lines[0], shown, 1), shown)
    for number, line in enumerate(lines[1:], 2):
        place, reply = _answer(_parsed(line, shown, number), f"{shown}:{number}")
        if place in found:
            raise SuiteError(f"{shown}:{number}: a second answer to one request, repeat {place[1]}")
        found[place] = reply
    return Recording(header, found, shown)


def _parsed(line: bytes, shown: str, number: int) -> Mapping[str, object]:
    where = f"{shown}:{number}"
    try:
        value = documents.strict_json(line, where)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UsageError as error:
        raise SuiteError(str(error)) from None
    except (ValueError, RecursionError):  # 1e999 is infinite; half a surrogate pair is no text
        raise SuiteError(f"{where}: holds what cannot be written again") from None
    if not isinstance(value, dict):
        raise SuiteError(f"{shown}:{number}: expected a JSON object, found {type(value).__name__}")
    return value


def _header(value: Mapping[str, object], shown: str) -> Header:
    def fail(message: str) -> NoReturn:
        raise SuiteError(f"{shown}:1: {message}")

    version = value.get("recording")
    if type(version) is not int:
        fail(f'no recording: the first line begins with {{"recording": {VERSION}')
    if version != VERSION:
        fail(f"version {version} of recordings; this promptlint reads {VERSION}")
    texts = {}
    for name in _TEXTS:
        text = value.get(name, "")
        if not isinstance(text, str) or len(text) > _MOST_TEXT:
            fail(f"`{name}` is no text of at most {_MOST_TEXT:,} characters")
        texts[name] = text
    if not texts["model"]:
        fail("the key `model` is missing")
    parameters = value.get("parameters", {})
    if not isinstance(parameters, dict):
        fail("`parameters` is no object")
    return Header(parameters=parameters, **texts)


def _answer(value: Mapping[str, object], where: str) -> tuple[tuple[str, int], Reply]:
    key, repeat = value.get("key"), value.get("repeat", 0)
    if not isinstance(key, str) or len(key) != _KEY_LENGTH or not _HEX.issuperset(key):
        raise SuiteError(f"{where}: `key` is no sha256 in hex")
    if type(repeat) is not int or not 0 <= repeat < _MOST_REPEATS:
        raise SuiteError(f"{where}: `repeat` is no whole number from 0")
    if not isinstance(value.get("text"), str):
        raise SuiteError(f"{where}: `text` is no text")
    try:
        return (key, repeat), replies.from_json(value)
    except (ValueError, OverflowError) as error:  # of a number that no float holds
        raise SuiteError(f"{where}: {error}") from None
