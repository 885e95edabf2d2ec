"""The examples of a rule card, which document the rule and test it: their marks and their containers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from promptlint.model import Source, SourceKind, Span
from promptlint.records import dataclass

_MARK = re.compile(r"\\[«»]|[«»]")


class Container(str, Enum):
    """What an example is written in (`as:` in the card); each value stands for one kind of file."""

    JINJA = "jinja"
    TEXT = "text"
    MARKDOWN = "markdown"
    PYTHON = "python"
    YAML = "yaml"
    JSON = "json"
    MESSAGES = "messages"


_FILES = {
    Container.JINJA: ("prompts/example.j2", SourceKind.JINJA),
    Container.TEXT: ("prompts/example.txt", SourceKind.TEXT),
    Container.MARKDOWN: ("AGENTS.md", SourceKind.MARKDOWN),
    Container.PYTHON: ("example.py", SourceKind.PYTHON),
    Container.YAML: ("prompts/example.prompt.yaml", SourceKind.YAML),
    Container.JSON: ("prompts/example.json", SourceKind.JSON),
    Container.MESSAGES: ("prompts/example.messages.yaml", SourceKind.YAML),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a card.

    `bad` holds `«»` marks around what the rule reports (`\\«` is a real one). With both texts, fixing
    `bad` gives `good`. `good` alone is a near-miss: the rule must be silent. `params` are parameters that
    differ from the card's, so that a limit can be shown on a short text. `files` are other files of the
    project, by path.
    """

    bad: str | None
    good: str | None
    container: Container = Container.JINJA
    params: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def unmarked(text: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its marks, and the ranges that were marked; marks do not nest.

    Raises:
        ValueError: a mark has no partner.
    """
    out: list[str] = []
    spans: list[Span] = []
    opened: int | None = None
    at = length = 0
    for match in _MARK.finditer(text):
        out.append(text[at : match.start()])
        length += match.start() - at
        at = match.end()
        mark = match.group()
        if len(mark) == 2:
            out.append(mark[1])
            length += 1
        elif (mark == "«") != (opened is None):
            raise ValueError(f"the mark {mark} has no partner")
        elif opened is None:
            opened = length
        else:
            spans.append(Span(opened, length))
            opened = None
    if opened is not None:
        raise ValueError("the mark « has no partner")
    out.append(text[at:])
    return "".join(out), tuple(spans)


def source(text: str, container: Container) -> Source:
    """A file that holds an example, as the user would have named it on the command line."""
    path, kind = _FILES[container]
    return Source(path, text, kind, named=True)
