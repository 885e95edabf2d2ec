"""The texts of a call: taken out of requests and answers of every maker, hashed, counted, and let go."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from promptlint.records import dataclass
from promptlint.traffic import masking
from promptlint.traffic.hashing import Chain, Hasher, encoded, normal
from promptlint.traffic.reading.rapid import dumps
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources.fields import Row, unpacked

_SYSTEM = ("system", "developer")
_TEXTS = ("text", "input_text", "output_text", "content", "refusal", "thinking")
_CALLS = ("tool_use", "function_call", "tool_call")
_RESULTS = ("tool_result", "function_call_output", "tool_call_response")
_ENTRIES = 8_192

SHOWN_SYSTEM = 4_000
"""Characters of an unmatched system text that are kept, to say which prompts the repository lacks."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What is known of the tools and system text that many calls begin with."""

    hash: str | None
    folded: bytes
    chain: Chain
    size: int
    matched: tuple[str, str] | None


class Reader:
    """Reads the texts of rows under one run's settings; what comes again it remembers, within bounds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.hasher = Hasher(settings.salt)
        self._head = lru_cache(maxsize=_ENTRIES)(self._new_head)
        self._fingerprint = lru_cache(maxsize=_ENTRIES)(self._by_text)

    def read(self, row: Row) -> None:
        """Set what the messages, tools and answer of a row say; the texts themselves leave the row."""
        pop = row.pop
        tools, messages = pop("tools", None), pop("messages", None)
        system, answer = pop("system_text", None), pop("answer_text", None)
        if tools.__class__ is list:
            row.setdefault("tools_sent", sorted(_tool_names(tools)))
        if answer is not None:
            self._answer(row, answer)
        if self.settings.texts != "none" and (messages or system):
            said = _messages(messages)
            parts = [text_of(system)] if system else []
            first = 0
            while first < len(said) and said[first][0] in _SYSTEM:
                parts.append(said[first][1])
                first += 1
            self._sent(row, "\n".join(parts), said[first:], tools)

    def _sent(self, row: Row, system: str, said: list[tuple[str, str]], tools: object) -> None:
        offered = dumps(tools) if tools else b""
        if offered:
            row["tools_chars"] = len(offered)
        head = self._head(system, offered.decode("utf-8", "replace"))
        joined = "".join([f"\x1e{role}\x1f{text}" for role, text in said])
        rest = encoded(joined)
        row["prefix_hashes"], row["text_hash"] = head.chain.extended(rest)
        row["normal_hash"] = self.hasher.data(head.folded + normal(joined))
        row["system_hash"] = head.hash
        row["system_chars"] = len(system)
        row["text_chars"] = head.size + len(rest)
        users = [text for role, text in said if role == "user" and text]
        if users:
            row.setdefault("turn", len(users))
            row["user_text_hash"] = self.hasher.data(normal(users[-1]))
        self._match(row, head, users[0] if users else "")
        self._keep(row, system, users[-1] if users else "")

    def _match(self, row: Row, head: _Head, user: str) -> None:
        """The prompt by its text, where no metadata has told one of the repository."""
        if row.get("match") is None and self.settings.matcher is not None:
            found = head.matched or (self._fingerprint("", user) if user else None)
            if found:
                row["prompt_id"], row["match"] = found

    def _keep(self, row: Row, system: str, user: str) -> None:
        if self.settings.texts == "keep":
            row["system"] = masking.text(system) or None
            row["user"] = masking.text(user) or None
        elif row.get("match") is None:
            row["unmatched"] = (system or user)[:SHOWN_SYSTEM]

    def _answer(self, row: Row, answer: Any) -> None:  # of any type, as the log has it
        text = answer.get("content") if answer.__class__ is dict else answer
        if text.__class__ is not str or (text is not answer and answer.get("tool_calls")):
            called = sorted(set(_called(answer)))
            if called:
                row.setdefault("tools_called", called)
            text = text_of(answer)
        if text and self.settings.texts != "none":
            row["answer_hash"] = self.hasher.text(text)
            if self.settings.texts == "keep":
                row["answer"] = masking.text(text)

    def _new_head(self, system: str, tools: str) -> _Head:
        sent = encoded(f"{tools}\x1d{system}" if tools else system)
        hashed = self.hasher.text(system) if system else None
        matched = self._fingerprint(system, "") if system else None
        folded = self.hasher.data(normal(system) + b"\x1d" + encoded(tools)).encode()
        return _Head(hashed, folded, Chain(self.hasher, sent), len(sent), matched)

    def _by_text(self, system: str, user: str) -> tuple[str, str] | None:
        matcher = self.settings.matcher
        return None if matcher is None else matcher.by_text(system, user)


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
