"""Finds the keys that prose says an answer has: in a sentence, a list, a column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.declared.form import Basis, Key, Schema, Shape
from promptlint.declared.sets import items, leads
from promptlint.declared.shapes import TYPES
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots.trim import value

_KEYS = lazy(
    r"\b(?:keys?|fields?|properties|attributes)\b(?:\s[\w-]{1,20}){0,3}\s?[:：(]?\s*"
    r"(?P<list>[`\"'][A-Za-z_][\w.-]{0,60}[`\"'](?:\s?\([^()\n]{0,60}\))?"
    r"(?:(?:\s?,\s?(?:and )?|\sand\s)[`\"'][A-Za-z_][\w.-]{0,60}[`\"'](?:\s?\([^()\n]{0,60}\))?){0,40})",
    re.IGNORECASE,
)
_KEY = lazy(r"[`\"']([A-Za-z_][\w.-]{0,60})[`\"'](?:\s?\(([^()\n]{0,60})\))?")
_BARE_KEYS = lazy(
    r"\b(?P<only>only |exactly )?(?:the )?(?:following )?(?:keys|fields)[ :]{1,3}"
    r"(?P<list>[a-z_]\w{1,30}(?:, (?:and )?(?!and\b)[a-z_]\w{1,30}){1,20}"
    r"(?: and (?!nothing\b|no\b)[a-z_]\w{1,30})?)"
    r"(?P<rest> and nothing else| and no others?|,? nothing else)?(?=[.;\n]|$)"
)
_KEYS_HEAD = lazy(
    r"^#{1,6}[ \t]+(?:output |json |response )?(?:fields|keys)[ \t:]*$", re.IGNORECASE | re.MULTILINE
)
_KEYS_LEAD = lazy(
    r"^[^\n]{0,200}\b(?:keys|fields|properties|attributes|schema)\b[^\n:]{0,30}[:：][*_]{0,3}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_COLUMNS_LEAD = lazy(
    r"^[^\n]{0,200}\b(?:keys|fields|properties|attributes)\b[^\n:]{0,40}[:：][*_]{0,3}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_COLUMN = lazy(r"[ \t]{2,12}([a-z_]\w{0,40})(?:[ ]{2,}|\t+)\S[^\n]*(?:\n|\Z)(?:[ \t]{14,}[^\n]*(?:\n|\Z))*")
_NO_OTHERS = lazy(r"\b(?:exactly|only|nothing else|no other)\b", re.IGNORECASE)
_KEY_ITEM = lazy(
    r"[ \t]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)[`\"*]{0,3}([A-Za-z_][\w.-]{0,60})[`\"*]{0,3}"
    r"(?:[ \t]?\(([^()\n]{0,80})\))?[*`]{0,2}(?:[ \t]?[:：–—]|[ \t]-[ \t]|[ \t]*$)",
    re.MULTILINE,
)
_ANSWERS = lazy(r"\b(?:json|output|return|respond|response|reply|answer|object|produce)\b", re.IGNORECASE)
_GIVEN = lazy(
    r"\b(?:input|you (?:will|are)(?: be)? (?:receive|given)|provided|database|table|each row)\b", re.I
)
_NAMED = lazy(r"\b(?:key|field|propert(?:y|ies)|attribute)s?\b", re.IGNORECASE)  # cheap: few sentences
_MOST = 60  # keys of a list


def keys(text: str, span: Span) -> Iterator[Schema]:
    """The keys that a sentence names: "Return JSON with the keys `a` and `b`"."""
    if _NAMED.search(text, span.start, span.end) is None:
        return
    if not _ANSWERS.search(text, span.start, span.end) or _GIVEN.search(text, span.start, span.end):
        return
    for match in _KEYS.finditer(text, span.start, span.end):
        found = [
            Key(key[1], _typed(key[2]), "optional" not in (key[2] or "").lower(), Span(*key.span(1)))
            for key in _KEY.finditer(text, match.start("list"), match.end("list"))
        ]
        if found:
            shape = Shape(frozenset(("object",)), tuple(found))
            yield Schema(Span(match.start(), match.end()), shape, Basis.PROSE)
    for match in _BARE_KEYS.finditer(text, span.start, span.end):
        names = re.finditer(r"\b(?!and\b)[a-z_]\w+", match["list"])
        base = match.start("list")
        bare = [Key(one[0], Shape(), True, Span(base + one.start(), base + one.end())) for one in names]
        is_closed = bool(match["only"] or match["rest"])
        yield Schema(Span(*match.span()), Shape(frozenset(("object",)), tuple(bare), is_closed), Basis.PROSE)


def headed_keys(text: str) -> Iterator[Schema]:
    """The keys that a list names under the heading "Fields", where the answer is said to be JSON."""
    if "#" not in text or "json" not in text.lower():
        return
    for head in _KEYS_HEAD.finditer(text):
        found: list[Key] = []
        end = head.end()
        for item in items(text, head.end()):
            key = _KEY_ITEM.match(text, text.rfind("\n", 0, item.start) + 1, item.end)
            if key is None:
                found = []
                break
            end = item.end
            said = text[key.end() : item.end]
            kind = _typed(said.split(",")[0]) if " or " not in said and "null" not in said else Shape()
            types = kind.types | {"null"} if kind.types else kind.types
            found.append(Key(key[1], Shape(types), "optional" not in said.lower(), Span(*key.span(1))))
        if len(found) > 1:
            yield Schema(Span(head.start(), end), Shape(frozenset(("object",)), tuple(found)), Basis.PROSE)


def key_lists(text: str) -> Iterator[Schema]:
    """The keys that a list names below "Return JSON with these fields:"."""
    for match in leads(text, _KEYS_LEAD):
        if "json" not in match[0].lower() or _GIVEN.search(match[0]):
            continue
        found: list[Key] = []
        at = match.end() + 1
        for item in items(text, match.end()):
            begin = text.rfind("\n", 0, item.start) + 1
            at = item.end
            key = _KEY_ITEM.match(text, begin, item.end)
            if key is None:
                found = []
                break
            said = key[2] or ""
            needed = "optional" not in text[key.start() : min(item.end, key.end() + 60)].lower()
            found.append(Key(key[1], _typed(said), needed, Span(*key.span(1))))
        if found:
            shape = Shape(frozenset(("object",)), tuple(found))
            yield Schema(Span(value(text, match.start(), match.end()).start, at), shape, Basis.PROSE)


_TYPE = lazy(r"\b(string|str|integer|int|number|float|boolean|bool|array|list|object|dict)\b", re.IGNORECASE)
_LONG = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
}


def column_keys(text: str) -> Iterator[Schema]:
    """The keys in the first column of indented lines: "exactly these fields:", `  tag    ten digits`."""
    for match in leads(text, _COLUMNS_LEAD):
        if "json" not in match[0].lower() or _GIVEN.search(match[0]):
            continue
        found: list[Key] = []
        at = match.end() + 1
        while len(found) < _MOST:
            row = _COLUMN.match(text, at)
            if (row is None and found) or at >= len(text):
                break
            if row is None:
                if text[at : text.find("\n", at) + 1].strip():
                    break
                at += 1
                continue
            needed = "optional" not in row[0].lower()
            found.append(Key(row[1], Shape(), needed, Span(*row.span(1))))
            at = row.end()
        if len(found) > 1:
            is_closed = _NO_OTHERS.search(match[0]) is not None
            start = value(text, match.start(), match.end()).start
            yield Schema(Span(start, at), Shape(frozenset(("object",)), tuple(found), is_closed), Basis.PROSE)


def _typed(said: str | None) -> Shape:
    """The type that a note in brackets names first."""
    match = _TYPE.search(said or "")
    if match is None or " or " in (said or "") or "|" in (said or ""):
        return Shape()
    name = _LONG.get(match[1].lower(), match[1].lower())
    return Shape(frozenset((name,))) if name in TYPES else Shape()
