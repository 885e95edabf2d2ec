"""Tells each tool of a set which earlier tools of that set are described in the same words.

The field `tool.like` of such a prompt's call is JSON: a list of [name, line, description]. `tool.set`, of the
first tool of a set with much text, is a list of [name, text] of all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from promptlint.locate import location, source_range
from promptlint.model import Call, Field, Prompt, Role, Segment, SegmentKind, Span

LIKE = "tool.like"
SET = "tool.set"

_MOST = 200  # tools of one set
_MUCH = 3_000, 200_000  # code points of the texts of a set that are counted
_LONGEST = 2_000  # code points of a description that are read
_NAMED = 400  # code points before a description in which the name is looked for
_TAIL = re.compile(r"~\d+$")
_FIELD = re.compile(r"(?:[./](?:function|toolSpec|description|__doc__))+$")
_CLASS = re.compile(r"::(?:\w+\.)*[A-Z]\w*[a-z]\w*(?:\.(?:__doc__|description))?(?:~\d+)?$")
_LAST = re.compile(r"(?:[./]|::)[^./:]*$")
_NAME = re.compile(r"[\"']?\bname[\"']?\s{0,9}[:=]\s{0,9}[\"']?([A-Za-z_][\w.:/-]{0,99})")
_DESCRIBES = re.compile(r"[\"']?\bdescription[\"']?\s{0,9}[:=]")
_WORD = re.compile(r"\w+")


def with_likes(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """The prompts, those of tools with what they have in common with earlier tools of their set."""
    tools = [number for number, prompt in enumerate(prompts) if _is_tool(prompt)]
    repeated = {_TAIL.sub("", prompts[number].id) for number in tools if _TAIL.search(prompts[number].id)}
    sets: dict[str, list[int]] = {}
    for number in tools:
        home = _set_of(prompts[number].id, repeated)
        if home:
            sets.setdefault(home, []).append(number)
    result = list(prompts)
    for numbers in sets.values():
        if 1 < len(numbers) <= _MOST:
            _compare(result, numbers)
    return tuple(result)


def _is_tool(prompt: Prompt) -> bool:
    """True for a tool, and not for a class that describes an answer."""
    if not prompt.messages or prompt.messages[0].role is not Role.TOOL_DEFINITION:
        return False
    return not _CLASS.search(prompt.id)


def _set_of(name: str, repeated: set[str]) -> str:
    """The id without what names this tool; empty if it does not say what set the tool is in."""
    plain = _TAIL.sub("", name)
    if plain in repeated:
        return plain if plain.endswith(":return") else ""
    own = _FIELD.sub("", plain)
    return own[: found.start()] if (found := _LAST.search(own)) else ""


def _compare(prompts: list[Prompt], numbers: Iterable[int]) -> None:
    """Puts the field into the prompts that need it."""
    earlier: list[tuple[str, int, str, frozenset[str]]] = []
    numbers = list(numbers)
    end = 0
    for number in numbers:
        prompt = prompts[number]
        text = _description(prompt)[:_LONGEST]
        words = frozenset(_WORD.findall(text.lower()))
        place = _place(prompt)
        name, start = _name(prompt, place, end)
        like = [(one, line, said) for one, line, said, their in earlier if _is_close(words, their)]
        if like:
            field = Field(LIKE, json.dumps(like, ensure_ascii=False), Span(start, place.end))
            prompts[number] = replace(prompt, call=Call((*prompt.call.fields, field)))
        earlier.append((name, location(prompt.source.text, place).line, text, words))
        end = max(end, source_range(prompt).end)
    texts = [(item[0], prompts[number].text) for item, number in zip(earlier, numbers, strict=True)]
    if _MUCH[0] <= sum(len(text) for _, text in texts) <= _MUCH[1]:
        first = prompts[numbers[0]]
        field = Field(SET, json.dumps(texts, ensure_ascii=False), _place(first))
        prompts[numbers[0]] = replace(first, call=Call((*first.call.fields, field)))


def _is_close(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return fewer > 1 and len(one & other) * 10 >= fewer * 6


def _own(prompt: Prompt) -> list[Segment]:
    return [segment for segment in prompt.messages[0].segments if segment.kind is SegmentKind.TEXT]


def _description(prompt: Prompt) -> str:
    return "".join(segment.text for segment in _own(prompt))


def _place(prompt: Prompt) -> Span:
    spans = [segment.span for segment in _own(prompt)] or [source_range(prompt)]
    return Span(spans[0].start, spans[-1].end)


def _name(prompt: Prompt, place: Span, least: int) -> tuple[str, int]:
    """The name of a tool, as its id or the source before its description says it, and where that begins."""
    text = prompt.source.text
    found = None
    for match in _NAME.finditer(text, max(least, place.start - _NAMED, 0), place.start):
        found = match
    if found is not None:
        between = _DESCRIBES.findall(text, found.end(), place.start)
        if len(between) <= 1:
            return found[1].rstrip("\"'"), found.start()
    tail = _FIELD.sub("", _TAIL.sub("", prompt.id))
    name = re.split(r"[./:]", tail)[-1]
    return ("" if name.isdigit() or name == "return" else name), place.start
