"""The texts of a call: taken out of requests and answers of every maker, hashed, counted, and let go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from promptlint.records import dataclass
from promptlint.traffic import masking
from promptlint.traffic.hashing import Chain, Hasher, encoded, normal
from promptlint.traffic.reading.rapid import dumps
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources.fields import unpacked
from promptlint.traffic.sources.shapes import Columns, column
from promptlint.traffic.table import HASH_DIGITS

if TYPE_CHECKING:
    import hashlib

_SYSTEM = ("system", "developer")
_TEXTS = ("text", "input_text", "output_text", "content", "refusal", "thinking")
_CALLS = ("tool_use", "function_call", "tool_call")
_RESULTS = ("tool_result", "function_call_output", "tool_call_response")
_ENTRIES = 8_192

SHOWN_SYSTEM = 4_000
"""Characters of an unmatched system text that are kept, to say which prompts the repository lacks."""


SYSTEMS = 200
"""Unmatched texts of one batch of which hashes of words are kept, each once."""

WORDS = 60
"""Words of each: as many as templates are told by."""

_SENT = (
    *("turn", "system_hash", "text_hash", "normal_hash", "user_text_hash", "prefix_hashes", "text_chars"),
    *("system_chars", "tools_chars"),
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What is known of the tools and system text that many calls begin with; `folded` is a hash to go on."""

    hash: str | None
    folded: hashlib._Hash
    chain: Chain
    size: int
    matched: tuple[str, str] | None


class _Request(NamedTuple):
    """What a request says: the values of `_SENT`, its system text, the first and the last of the user's."""

    values: tuple[object, ...]
    head: _Head
    system: str
    first: str
    last: str


class Reader:
    """Reads the texts of batches under one run's settings; what comes again it remembers, within bounds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.hasher = Hasher(settings.salt)
        self._head = lru_cache(maxsize=_ENTRIES)(self._new_head)
        self._fingerprint = lru_cache(maxsize=_ENTRIES)(self._by_text)
        self._names: dict[bytes, list[str]] = {}

    def read(self, columns: Columns, count: int) -> None:
        """Set what messages, tools and answers say; the texts themselves leave the columns."""
        tools = columns.pop("tools", None) or [None] * count
        messages = columns.pop("messages", None) or [None] * count
        systems = columns.pop("system_text", None) or [None] * count
        answers = columns.pop("answer_text", None)
        offered = [dumps(each) if each else b"" for each in tools]
        if any(offered):
            names = [self._offered(data, each) for data, each in zip(offered, tools, strict=True)]
            _fill(columns, "tools_sent", names)
        if answers is not None:
            self._answers(columns, answers)
        if self.settings.texts != "none":
            sent = [
                self._request(said, system, data) if said or system else None
                for said, system, data in zip(messages, systems, offered, strict=True)
            ]
            _spread(columns, sent)
            self._match(columns, sent)
            self._keep(columns, sent)

    def _request(self, messages: object, given: object, offered: bytes) -> _Request:
        said = _messages(messages)
        parts = [text_of(given)] if given else []
        first = 0
        while first < len(said) and said[first][0] in _SYSTEM:
            parts.append(said[first][1])
            first += 1
        system = "\n".join(parts)
        head = self._head(system, offered)
        joined = "".join([f"\x1e{role}\x1f{text}" for role, text in said[first:]])
        rest = encoded(joined)
        prefix, hashed = head.chain.extended(rest)
        folded = head.folded.copy()
        folded.update(normal(joined))
        users = [text for role, text in said[first:] if role == "user" and text]
        last = users[-1] if users else ""
        values = (
            *(len(users) or None, head.hash, hashed, folded.hexdigest()[:HASH_DIGITS]),
            *(self.hasher.data(normal(last)) if users else None, prefix, head.size + len(rest)),
            *(len(system), len(offered) or None),
        )
        return _Request(values, head, system, users[0] if users else "", last)

    def _match(self, columns: Columns, sent: Sequence[_Request | None]) -> None:
        """The prompts by their texts, where no metadata has told one of the repository."""
        if self.settings.matcher is None:
            return
        prompts, matches = (list(column(columns, name, len(sent))) for name in ("prompt_id", "match"))
        for number, (request, match) in enumerate(zip(sent, matches, strict=True)):
            if match is None and request is not None:
                found = request.head.matched or (request.first and self._fingerprint("", request.first))
                if found:
                    prompts[number], matches[number] = found
        columns["prompt_id"], columns["match"] = prompts, matches

    def _keep(self, columns: Columns, sent: Sequence[_Request | None]) -> None:
        """The texts, masked, if they are kept; else hashes of the first words of unmatched ones."""
        if self.settings.texts == "keep":
            _fill(columns, "system", [each and (masking.text(each.system) or None) for each in sent])
            _fill(columns, "user", [each and (masking.text(each.last) or None) for each in sent])
            return
        systems: list[str | None] = [None] * len(sent)
        shown: set[object] = set()
        for number, (request, match) in enumerate(
            zip(sent, column(columns, "match", len(sent)), strict=True)
        ):
            if match is None and request is not None and len(shown) < SYSTEMS:
                key, text = request.values[1] or request.values[3], request.system or request.last
                if text and key not in shown:
                    shown.add(key)
                    words = masking.text(text[:SHOWN_SYSTEM]).split()[:WORDS]
                    systems[number] = " ".join(map(self.hasher.text, words))
        _fill(columns, "system", systems)

    def _answers(self, columns: Columns, answers: Sequence[Any]) -> None:  # of any type, as logs have them
        found = [(None, None) if answer is None else _answer(answer) for answer in answers]
        _fill(columns, "tools_called", [called for _, called in found])
        if self.settings.texts != "none":
            hashed = self.hasher.text
            _fill(columns, "answer_hash", [hashed(text) if text else None for text, _ in found])
        if self.settings.texts == "keep":
            _fill(columns, "answer", [masking.text(text) if text else None for text, _ in found])

    def _offered(self, data: bytes, tools: object) -> list[str] | None:
        """The names of the tools that a request offers, sorted."""
        if not isinstance(tools, list):
            return None
        if data not in self._names:
            if len(self._names) >= _ENTRIES:
                self._names.clear()
            self._names[data] = sorted(_tool_names(tools))
        return self._names[data]

    def _new_head(self, system: str, tools: bytes) -> _Head:
        sent = tools + b"\x1d" + encoded(system) if tools else encoded(system)
        folded = self.hasher.state()
        folded.update(normal(system) + b"\x1d" + tools + b"\x1d")
        hashed = self.hasher.text(system) if system else None
        matched = self._fingerprint(system, "") if system else None
        return _Head(hashed, folded, Chain(self.hasher, sent), len(sent), matched)

    def _by_text(self, system: str, user: str) -> tuple[str, str] | None:
        matcher = self.settings.matcher
        return None if matcher is None else matcher.by_text(system, user)


def _spread(columns: Columns, sent: Sequence[_Request | None]) -> None:
    """Set the columns of what was sent; a turn that the log says stays."""
    missing = (None,) * len(_SENT)
    rows = [missing if each is None else each.values for each in sent]
    for name, values in zip(_SENT, zip(*rows, strict=True), strict=True):
        if name == "turn":
            _fill(columns, name, values)
        else:
            columns[name] = _first(values, columns.get(name))


def _fill(columns: Columns, name: str, values: Sequence[object]) -> None:
    """Set the values of a column that it lacks."""
    columns[name] = _first(columns.get(name), values)


def _first(values: Sequence[object] | None, others: Sequence[object] | None) -> list[object]:
    """Of each row the first value, else the other."""
    if values is None or others is None:
        return list(values or others or ())
    return [other if value is None else value for value, other in zip(values, others, strict=True)]


def _answer(answer: Any) -> tuple[str | None, list[str] | None]:
    """The text of an answer, and the names of the tools that it calls."""
    text = answer.get("content") if answer.__class__ is dict else answer
    if text.__class__ is str and (text is answer or not answer.get("tool_calls")):
        return text, None
    return text_of(answer), sorted(set(_called(answer))) or None


def text_of(content: object) -> str:
    """The text of a content: a string, a part, a message, or a list of such."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join([text for item in content if (text := text_of(item))])
    if isinstance(content, dict):
        if isinstance(content.get("parts"), list):
            return text_of(content["parts"])
        for key in _TEXTS:
            if isinstance(content.get(key), str | list):
                return text_of(content[key])
        if content.get("type") in (*_CALLS, *_RESULTS) or "arguments" in content:
            return dumps(content).decode("utf-8", "replace")
    return ""


def _messages(value: object) -> list[tuple[str, str]]:
    """Role and text of each message; calls of tools are part of the text."""
    if isinstance(value, str):
        return [("user", value)]
    found = []
    for item in value if isinstance(value, list) else ():
        if item.__class__ is dict:
            role, content = item.get("role"), item.get("content")
            if content.__class__ is str and role.__class__ is str and "tool_calls" not in item:
                found.append((role, content))
            else:
                found.append(_message(item, role, content))
        elif isinstance(item, str):
            found.append(("user", item))
    return found


def _message(item: dict[str, Any], role: object, content: object) -> tuple[str, str]:
    """A message of parts, or with calls of tools; what only brings their results is the tools'."""
    text = content if isinstance(content, str) else text_of(item)
    if item.get("tool_calls"):
        text += dumps(item["tool_calls"]).decode("utf-8", "replace")
    if role == "user" and isinstance(content, list) and _only_results(content):
        role = "tool"
    return role if isinstance(role, str) else "tool", text


def _only_results(content: list[Any]) -> bool:
    return all(isinstance(part, dict) and part.get("type") in _RESULTS for part in content)


def _tool_names(tools: list[Any]) -> set[str]:
    """The names of tools that a request offers: functions, their schemas, or tools of the provider."""
    found = set()
    for tool in tools:
        if isinstance(tool, dict):
            declared = tool.get("functionDeclarations")  # Gemini's
            if isinstance(declared, list):
                found |= _tool_names(declared)
                continue
            inner = tool.get("function") or tool.get("toolSpec")  # OpenAI's, Bedrock's
            name = inner.get("name") if isinstance(inner, dict) else tool.get("name") or tool.get("type")
            found.add(masking.name(name) if isinstance(name, str) else "?")
        elif isinstance(tool, str):
            found.add(masking.name(tool))
    return found


def _called(answer: object) -> Iterator[str]:
    """The names of the tools that an answer calls."""
    if isinstance(answer, list):
        for item in answer:
            yield from _called(item)
    if not isinstance(answer, dict):
        return
    calls = answer.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        inner = call.get("function") if isinstance(call, dict) else None
        name = inner.get("name") if isinstance(inner, dict) else call.get("name") if inner is None else None
        if isinstance(name, str):
            yield masking.name(name)
    for key in ("functionCall", "toolUse"):  # Gemini's, Bedrock's
        inner = answer.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("name"), str):
            yield masking.name(inner["name"])
    if answer.get("type") in _CALLS and isinstance(answer.get("name"), str):
        yield masking.name(answer["name"])
    for key in ("content", "parts"):
        if isinstance(answer.get(key), list):
            yield from _called(unpacked(answer[key]))
