"""Knows the documents that coding agents load: by name and folder, and when each is paid for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from promptlint.model import Load
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class AgentDocument:
    """A kind of document that an agent loads by itself.

    `described` says that the `description` of its front matter is always loaded, and the body only
    when the description fits the task.
    """

    what: str
    pattern: re.Pattern[str]
    load: Load
    described: bool = False
    keys: frozenset[str] = frozenset()


def _document(what: str, pattern: str, load: Load, described: bool = False, keys: str = "") -> AgentDocument:
    return AgentDocument(what, re.compile(rf"(?:^|.*/){pattern}\Z"), load, described, frozenset(keys.split()))


_ALWAYS, _DEMAND = Load.EVERY_CALL, Load.ON_DEMAND

_ABOUT = "(?i:readme|licen[cs]e|changelog|contributing|notice|security|credits|third)"

# The first that fits counts. Folders that others use too ask for keys in the front matter.
_DOCUMENTS = (
    _document("agent instructions", r"(?:AGENTS|CLAUDE|GEMINI|QWEN)(?:\.\w+)?\.md", _ALWAYS),
    _document("agent rules", r"\.(?:cursorrules|windsurfrules|clinerules|roorules|goosehints)", _ALWAYS),
    _document("Copilot instructions", r"\.github/copilot-instructions\.md", _ALWAYS),
    _document("agent rules", r"(?:[^/]+\.mdc|\.(?:cursor|windsurf|claude|roo)/rules/.*\.md)", _DEMAND),
    _document("agent rules", r"\.clinerules/.*\.md", _ALWAYS),
    _document("agent rules", r"\.openhands/microagents/.*\.md", _DEMAND),
    _document("scoped instructions", r"[^/]+\.instructions\.md", _DEMAND),
    _document("skill", r"(?:SKILL|skill)\.md", _DEMAND, described=True),
    _document("skill reference", rf"skills/[^/]+/(?!{_ABOUT})[^/]+\.md", _DEMAND),
    _document("agent definition", r"[^/]+\.(?:agent|chatmode)\.md", _DEMAND, described=True),
    _document("agent definition", r"\.(?:claude|github)/agents/.*\.md", _DEMAND, described=True),
    _document("agent definition", r"agents/.*\.md", _DEMAND, described=True, keys="name description"),
    _document("command", r"\.(?:claude|gemini|opencode)/commands/.*\.md", _DEMAND),
    _document("command", r"commands/.*\.md", _DEMAND, keys="description"),
    _document("prompt file", r"\.github/prompts/.*\.md", _DEMAND),
    _document("prompt file", r"[^/]+\.prompt\.md", _DEMAND, keys="description mode"),
    _document("prompt file", r"[^/]+\.prompt\.md", _DEMAND, keys="description agent"),
)


def agent_document(path: str, keys: Mapping[str, str]) -> AgentDocument | None:
    """What kind of agent document a file is, or None.

    Args:
        path: POSIX, relative to the project.
        keys: the top-level keys of its front matter, with what is written after the colon.
    """
    return next((item for item in _DOCUMENTS if item.pattern.match(path) and item.keys <= keys.keys()), None)


def is_always_loaded(path: str) -> bool:
    """True for a document whose name alone makes agents load it wherever it lies: `AGENTS.md`."""
    document = agent_document(path, {})
    return document is not None and document.load is _ALWAYS


def load_of(document: AgentDocument, keys: Mapping[str, str]) -> Load:
    """When the document's body is paid for: `alwaysApply: true` and `applyTo: "**"` mean every call."""
    if keys.get("alwaysApply") == "true" or keys.get("applyTo", "").strip("\"'") in ("**", "**/*"):
        return Load.EVERY_CALL
    return document.load
