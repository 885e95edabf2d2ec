"""Finds descriptions of tools that the system prompt says again: the call sends them with the tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from promptlint.model import BlockKind, Hit, Profile, Role, Span
from promptlint.patterns import lazy
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
from promptlint.view import View
from promptlint.wording import words
from promptlint.words import table

_FIELD = "tools.schema"
_SMALL = table(
    "a an the of and or is are it its this that be will which by for with you your can to in on at as from"
)
_MOST = 200  # tools, and mentions of one


_GAP = lazy(r"\n\s*\n|\n(?=[ \t]*(?:[-*#]|\d+[.)]))")
_END = lazy(r"[.!?](?=\s|$)|,(?=\s)")


@dataclass(frozen=True, slots=True)
class Params:
    """When a text says what a description says.

    Attributes:
        min_words: least number of words of a description that carry its meaning.
        share: how many of them the text must hold, as a share.
    """

    min_words: int
    share: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each run of tools that are described again."""
    given = view.prompt.call.get(_FIELD)
    if given is None or not isinstance(given.value, str) or view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    tools = dict(_tools(given.value))
    marks = _mentions(view.text, tools)
    if not marks:
        return
    shut = [block.span for block in view.of_kind(BlockKind.EXAMPLE, BlockKind.EXAMPLES, BlockKind.CODE)]
    closed = joined((*shut, *of_role(view.prompt, Role.ASSISTANT)))
    found: list[tuple[Span, str]] = []
    for number, (start, end, name) in enumerate(marks):
        later = next((each for each in marks[number + 1 :] if each[2] != name), None)
        span = _window(view.text, start, end, later[0] if later else len(view.text), len(tools[name]))
        if not touches(closed, span) and _is_said(view.text[end : span.end], tools[name], params):
            found.append((span, name))
    yield from _hits(view, found)


def _tools(text: str) -> Iterator[tuple[str, str]]:
    """Name and description of each tool."""
    known = json.loads(text)
    for item in known[:_MOST] if isinstance(known, list) else ():
        body = item.get("function", item) if isinstance(item, dict) else {}
        if not isinstance(body, dict):
            continue
        name, said = body.get("name"), body.get("description")
        if isinstance(name, str) and isinstance(said, str) and len(name) > 2 and said:
            yield name, said


def _mentions(text: str, tools: dict[str, str]) -> list[tuple[int, int, str]]:
    """Where the names of tools stand, in order."""
    if not any(name in text for name in tools):
        return []
    names = "|".join(map(re.escape, sorted(tools, key=len, reverse=True)))
    found = re.finditer(rf"(?<![\w.-])(?:{names})(?![\w-])", text)
    return [(*match.span(), match.group()) for match in islice(found, _MOST)]


def _window(text: str, start: int, end: int, limit: int, length: int) -> Span:
    """What is said of a tool: from its name to the end of a sentence, at most as far as the next one's."""
    limit = min(limit, end + 2 * length + 60)
    gap = _GAP.search(text, end, limit)
    said = text[end : gap.start() if gap else limit].rstrip()
    ends = [match.end() for match in _END.finditer(said) if match.end() > length // 2]
    return Span(start, end + (ends[-1] if ends else len(said)))


def _is_said(text: str, description: str, params: Params) -> bool:
    wanted = {_stem(word) for word in words(description) if word not in _SMALL}
    if len(wanted) < params.min_words:
        return False
    said = {_stem(word) for word in words(text)}
    return len(wanted & said) >= params.share * len(wanted)


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def _hits(view: View, found: list[tuple[Span, str]]) -> Iterator[Hit]:
    run: list[tuple[Span, str]] = []
    for each in [*found, None]:
        if run and (each is None or "\n\n" in view.text[run[-1][0].end : each[0].start]):
            span = Span(run[0][0].start, run[-1][0].end)
            names = list(dict.fromkeys(name for _, name in run))
            listed = ", ".join(f"`{name}`" for name in names[:3]) + (" and others" if len(names) > 3 else "")
            message = f"What {listed} can do is said again: the call sends it with its tools"
            yield Hit(span, message, saves=view.count(view.text[span.start : span.end]))
            run = []
        if each is not None:
            run.append(each)
