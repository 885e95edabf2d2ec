"""Extracts prompts from JSON Lines (batches, fine-tuning, chat data): what many lines say, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from json import JSONDecodeError, JSONDecoder

from promptlint import identity, templates
from promptlint.errors import SourceError
from promptlint.extract.common import declared, openings
from promptlint.extract.common.data import fields
from promptlint.model import Call, Extraction, Field, Message, Piece, Problem, Prompt, Role, Source, Span
from promptlint.records import dataclass
from promptlint.syntax import jsonio, pieces
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence, pointer

_NOTHING = "no chat messages that tell a model what to do"
_MOST = 20  # prompts of one file: more are data
_OPENING = 100  # code points by which texts that a template was filled in for are alike
_LOOKED_AT = 20  # lines that must show a chat
_CHAT = re.compile(r"\"(?:messages|contents|conversations|input)\"\s*:")
_DECODER = JSONDecoder(parse_int=str, parse_float=str)

_REQUESTS = ("body", "params", "request")  # of the batches of OpenAI, Anthropic and Vertex AI
_CHATS = ("messages", "contents", "conversations", "input")
_SYSTEM = ("system", "instructions", "systemInstruction", "system_instruction")
_TELLS = {"system": Role.SYSTEM, "developer": Role.DEVELOPER}
_ASKS = {"user": Role.USER, "human": Role.USER}
_CONTENT = ("content", "parts", "value", "text")

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a record: who says it, and the strings that it is made of."""

    role: Role
    paths: tuple[_Path, ...]
    text: str
    request: _Path


@dataclass(slots=True)
class _Kept:
    """A text that is taken: the line that it stands on first, and how many lines say it."""

    said: _Text
    start: int
    end: int
    count: int = 1


@dataclass(slots=True)
class _Tally:
    """What all lines of a file hold; `broken` is where and why the first line is no JSON."""

    kept: dict[tuple[Role, str], _Kept]
    lines: int = 0
    chats: int = 0
    faults: int = 0
    broken: Problem | None = None


def extract(source: Source) -> Extraction:
    """The distinct system texts of a file of chats, and the instructions that users of a batch give.

    What is said on several lines is one prompt, at the first, and cannot be edited. What users and assistants
    say in other files is data.
    """
    if not source.named and not any(
        _CHAT.search(line[2]) for line in islice(_lines(source.text), _LOOKED_AT)
    ):
        return Extraction(reason=_NOTHING)
    tally = _tally(source.text)
    problems = (tally.broken,) if tally.broken and (source.named or 2 * tally.chats > tally.lines) else ()
    chosen = _chosen(list(tally.kept.values()))
    found = [prompt for kept in chosen if (prompt := _prompt(source, kept)) is not None]
    names = identity.unique(prompt.id for prompt in found)
    prompts = tuple(replace(prompt, id=name) for prompt, name in zip(found, names, strict=True))
    return Extraction(prompts, problems, _reason(tally, len(prompts)))


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The start, end and text of each line that is not blank."""
    at = int(text.startswith("\ufeff"))
    while at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        if not line.isspace() and line:
            yield at, stop, line
        at = stop + 1


def _tally(text: str) -> _Tally:
    tally = _Tally({})
    for start, end, line in _lines(text):
        tally.lines += 1
        lead = len(line) - len(line.lstrip(" \t\r"))
        try:
            record, stop = _DECODER.raw_decode(line, lead)
        except JSONDecodeError as error:
            _note(tally, error.msg, start + error.pos)
            continue
        except RecursionError:
            _note(tally, "nested too deeply", start)
            continue
        if line[stop:].strip(" \t\r"):
            _note(tally, "nothing may follow the value of a line", start + stop)
            continue
        chat, said = _said(record)
        tally.chats += chat
        for each in said:
            kept = tally.kept.setdefault(_key(each), _Kept(each, start, end, 0))
            kept.count += 1
    return tally


def _note(tally: _Tally, message: str, at: int) -> None:
    tally.faults += 1
    tally.broken = tally.broken or Problem("SRC002", message[:1].lower() + message[1:], Span(at, at))


def _key(said: _Text) -> tuple[Role, str]:
    """What makes two texts one; what users say is one instruction and much data."""
    return said.role, said.text.lstrip()[:_OPENING] if said.role is Role.USER else said.text


def _chosen(kept: list[_Kept]) -> list[_Kept]:
    """At most `_MOST`; of many that open alike, a template filled in, only the first."""
    if len(kept) > _MOST:
        openings_: dict[tuple[Role, str], _Kept] = {}
        for item in kept:
            openings_.setdefault((item.said.role, item.said.text.lstrip()[:_OPENING]), item)
        kept = list(openings_.values())
    return kept[:_MOST]


def _reason(tally: _Tally, taken: int) -> str:
    if not taken:
        return _NOTHING
    left = len(tally.kept) - taken
    more = f"; {left:,} more that differ were left out" if left else ""
    return f"what {tally.chats:,} chats tell a model, each text once{more}"


# --- the shapes of records ------------------------------------------------------------------


def _said(record: object) -> tuple[bool, tuple[_Text, ...]]:
    """Whether a record is a chat, and the texts in it that may be prompts."""
    if not isinstance(record, dict):
        return False, ()
    for name in _REQUESTS:
        if _is_chat(record.get(name)):
            return True, tuple(_of_request(record[name], (name,), batch=True))
    if _is_chat(record):
        return True, tuple(_of_request(record, (), batch=False))
    return False, ()


def _is_chat(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if any(_is_turns(value.get(name)) for name in _CHATS):
        return True
    return isinstance(value.get("input"), str) and isinstance(value.get("model"), str)


def _is_turns(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_speaker(turn) is not None for turn in value[:3])


def _speaker(turn: object) -> str | None:
    said = (turn.get("role") or turn.get("from")) if isinstance(turn, dict) else None
    return said if isinstance(said, str) else None


def _of_request(request: dict[str, object], path: _Path, batch: bool) -> Iterator[_Text]:
    for name in _SYSTEM:
        yield from _text(Role.SYSTEM, request.get(name), (*path, name), path)
    for name in _CHATS:
        turns = request.get(name)
        if isinstance(turns, str) and batch and name == "input":
            yield from _text(Role.USER, turns, (*path, name), path)
        for number, turn in enumerate(turns if isinstance(turns, list) else ()):
            speaker = _speaker(turn) or ""
            role = _TELLS.get(speaker) or (_ASKS.get(speaker) if batch else None)
            if role is not None:
                key = next((key for key in _CONTENT if key in turn), "")
                yield from _text(role, turn.get(key), (*path, name, number, key), path)


def _text(role: Role, content: object, path: _Path, request: _Path) -> Iterator[_Text]:
    found = list(_strings(content, path))
    text = "".join(each for _, each in found)
    told = openings.addresses(text)
    if role is Role.USER:
        told = told or openings.opens_like_prompt(text)
    elif not told:
        told = fields.is_prose(text)
    if told:
        yield _Text(role, tuple(place for place, _ in found), text, request)


def _strings(content: object, path: _Path, depth: int = 0) -> Iterator[tuple[_Path, str]]:
    """The texts of a content: a string, `{"text": ...}`, `{"parts": [...]}`, or a list of such."""
    if isinstance(content, str):
        yield path, content
    elif isinstance(content, list) and depth < 2:
        for number, item in enumerate(content):
            yield from _strings(item, (*path, number), depth + 1)
    elif isinstance(content, dict) and depth < 2:
        key = "text" if "text" in content else "parts"
        yield from _strings(content.get(key), (*path, key), depth if key == "parts" else depth + 1)


# --- the prompt -----------------------------------------------------------------------------


def _prompt(source: Source, kept: _Kept) -> Prompt | None:
    """The prompt at the first line that says it; None if that line cannot be read with places."""
    try:
        root = jsonio.parse(source.text[kept.start : kept.end])
    except SourceError:
        return None
    scalars = [_moved(node, kept) for path in kept.said.paths if isinstance(node := _at(root, path), Scalar)]
    parts = [pieces.segments(each, templates.split(each.text or "", "none"), "none") for each in scalars]
    message = Message(kept.said.role, tuple(segment for part in parts for segment in part))
    request = _at(root, kept.said.request)
    found = declared.call(request).fields if isinstance(request, Mapping) else ()
    anchor = pointer(kept.said.paths[0])
    call = Call(tuple(_field(item, kept.start) for item in found))
    return Prompt(f"{source.path}::{anchor}", source, (message,), call)


def _at(node: Node, path: _Path) -> Node | None:
    found: Node | None = node
    for step in path:
        if isinstance(found, Mapping) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, Sequence) and isinstance(step, int):
            found = found.items[step]
        else:
            return None
    return found


def _moved(scalar: Scalar, kept: _Kept) -> Scalar:
    """The string in coordinates of the file; what several lines say cannot be edited on one of them."""
    by = kept.start
    return replace(
        scalar,
        span=Span(scalar.span.start + by, scalar.span.end + by),
        pieces=tuple(_piece(piece, by) for piece in scalar.pieces),
        codec=replace(scalar.codec, editable=scalar.codec.editable and kept.count == 1),
    )


def _piece(piece: Piece, by: int) -> Piece:
    return replace(piece, source_start=piece.source_start + by, source_end=piece.source_end + by)


def _field(field: Field, by: int) -> Field:
    return replace(field, span=Span(field.span.start + by, field.span.end + by))
