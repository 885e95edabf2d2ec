"""Knows the documents that coding agents load: by name and folder, and when each is paid for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from promptlint.model import Load, Reference, Source, Span, Target, Use
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class AgentDocument:
    """A kind of document that an agent loads by itself.

    `described` says that the `description` of its front matter is always loaded, and the body only
    when the description fits the task. `slots` is what is filled in (see `placeholders`). `leads`
    says which of the files that it names are loaded too: "imports" (`@path`) or "links".
    """

    what: str
    pattern: re.Pattern[str]
    load: Load
    described: bool = False
    keys: frozenset[str] = frozenset()
    slots: str = ""
    leads: str = ""


def _document(  # noqa: PLR0913  # a row of the table below
    what: str,
    pattern: str,
    load: Load,
    *,
    described: bool = False,
    keys: str = "",
    slots: str = "",
    leads: str = "",
) -> AgentDocument:
    compiled = re.compile(rf"(?:^|.*/){pattern}\Z")
    return AgentDocument(what, compiled, load, described, frozenset(keys.split()), slots, leads)


_ALWAYS, _DEMAND = Load.EVERY_CALL, Load.ON_DEMAND

_ABOUT = "(?i:readme|licen[cs]e|changelog|contributing|notice|security|credits|third|code_of)"
_RULES = r"\.(?:cursor|windsurf|claude|roo|kilocode|trae|augment|amazonq|continue)/rules/.*\.md"

# The first that fits counts. Folders that others use too ask for keys in the front matter.
_DOCUMENTS = (
    _document("agent instructions", r"(?:CLAUDE|GEMINI|QWEN)(?:\.\w+)?\.md", _ALWAYS, leads="imports"),
    _document("agent instructions", r"AGENTS?(?:\.\w+)?\.md", _ALWAYS),
    _document("agent rules", r"\.(?:cursorrules|windsurfrules|clinerules|roorules|goosehints)", _ALWAYS),
    _document("agent rules", r"\.junie/guidelines\.md", _ALWAYS),
    _document("Copilot instructions", r"\.github/copilot-instructions\.md", _ALWAYS),
    _document("agent rules", rf"(?:[^/]+\.mdc|{_RULES})", _DEMAND),
    _document("agent rules", r"\.clinerules/.*\.md", _ALWAYS),
    _document("agent rules", r"\.kiro/steering/.*\.md", _ALWAYS),
    _document("agent rules", r"\.openhands/microagents/.*\.md", _DEMAND),
    _document("scoped instructions", r"[^/]+\.instructions\.md", _DEMAND),
    _document("skill", r"(?:SKILL|skill)\.md", _DEMAND, described=True, leads="links"),
    _document(
        "skill reference", rf"skills/[^/]+/(?:references?/)?(?!{_ABOUT})[^/]+\.md", _DEMAND, leads="links"
    ),
    _document("agent definition", r"[^/]+\.(?:agent|chatmode)\.md", _DEMAND, described=True, slots="editor"),
    _document(
        "agent definition", r"\.(?:claude|github|gemini|opencode)/agents?/.*\.md", _DEMAND, described=True
    ),
    _document("agent definition", r"agents/.*\.md", _DEMAND, described=True, keys="name description"),
    _document("command", r"\.(?:claude|gemini|opencode|cursor)/commands?/.*\.md", _DEMAND, slots="command"),
    _document("command", r"commands/.*\.md", _DEMAND, keys="description", slots="command"),
    _document("prompt file", r"\.github/prompts/.*\.md", _DEMAND, slots="editor"),
    _document("prompt file", r"[^/]+\.prompt\.md", _DEMAND, keys="description mode", slots="editor"),
    _document("prompt file", r"[^/]+\.prompt\.md", _DEMAND, keys="description agent", slots="editor"),
    _document("prompt file", r"[^/]+\.prompt\.md", _DEMAND, keys="description tools", slots="editor"),
)

_CODE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)|`[^`\n]{1,300}`", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_LEADS = {
    "imports": (
        _CODE,
        re.compile(r"(?<!\S)@(?P<path>(?:\.{1,2}/)?[\w.-][\w./-]{0,200}\.(?:md|mdc|txt))\b(?!/)"),
    ),
    "links": (
        _FENCE,
        re.compile(
            rf"(?<![\w/@:.~-])(?P<path>(?:\./)?(?:[\w-][\w.-]{{0,80}}/){{0,5}}(?!{_ABOUT})[\w-][\w.-]{{0,80}}\.md)\b(?!/)"
        ),
    ),
}


def agent_document(path: str, keys: Mapping[str, str]) -> AgentDocument | None:
    """What kind of agent document a file is, or None.

    Args:
        path: POSIX, relative to the project.
        keys: the top-level keys of its front matter, with what is written after the colon.
    """
    return next((item for item in _DOCUMENTS if item.pattern.match(path) and item.keys <= keys.keys()), None)


def loaded_by(uses: Iterable[Use]) -> AgentDocument | None:
    """What a file is that another document makes an agent load: an import, the reference of a skill."""
    for use in uses:
        home = None if use.name else agent_document(use.path, {})
        if home is not None and home.leads:
            what = "an import of agent instructions" if home.leads == "imports" else "skill reference"
            load = home.load if home.leads == "imports" else _DEMAND
            return AgentDocument(what, home.pattern, load, leads=home.leads)
    return None


def references(source: Source, document: AgentDocument) -> Iterator[Reference]:
    """The other documents that a document makes an agent load, if they are there.

    What stands in fenced code is an example. The references of a skill lie beside it or below.
    """
    if not document.leads:
        return
    code, pattern = _LEADS[document.leads]
    text = code.sub(lambda match: " " * len(match.group()), source.text)
    seen = set()
    for match in pattern.finditer(text):
        target = match["path"] if match["path"].startswith(".") else f"./{match['path']}"
        if target not in seen:
            seen.add(target)
            yield Reference(Target.FILE, target, Span(*match.span("path")))


def is_always_loaded(path: str) -> bool:
    """True for a document whose name alone makes agents load it wherever it lies: `AGENTS.md`."""
    document = agent_document(path, {})
    return document is not None and document.load is _ALWAYS


def load_of(document: AgentDocument, keys: Mapping[str, str]) -> Load:
    """When the document's body is paid for: `alwaysApply: true` and `applyTo: "**"` mean every call."""
    if keys.get("alwaysApply") == "true" or keys.get("applyTo", "").strip("\"'") in ("**", "**/*"):
        return Load.EVERY_CALL
    return document.load
