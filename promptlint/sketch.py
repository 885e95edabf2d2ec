"""Sketches the typed model of an answer whose fields a prompt names, as an object, a list or in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice

from promptlint.model import Span
from promptlint.patterns import lazy

_REACH = 400  # code points after a request in which its object begins
_LINE = 300  # of a sentence that names fields
_OBJECT = lazy(r"\{\{?\s*[\"']\$?\w+[\"']\s*:")
_INPUT = lazy(
    r"\b(?:inputs?|conversation|question|context|documents?|text|data)\b[^\n\w]*\n?[^\n\w]*$", re.IGNORECASE
)
"""What stands before an object that is given to the model."""

_LONGEST = 4_000  # code points of an object that is read
_MOST = 8  # fields that are shown
_KEYS = lazy(
    r"\b(?:keys?|fields?|properties|property|attributes?|elements|has|have|contain\w*|includ\w+)\b",
    re.IGNORECASE,
)
_NAME = lazy(r"[\"'`“‘]([A-Za-z_]\w{0,40})[\"'`”’]")
_ROW = lazy(
    r"[ \t]*(?:[-*+•]"
    r"|\d{1,2}[.)])[ \t]+[\"'`*]{0,3}([A-Za-z_]\w{0,40})[\"'`*]{0,3}[ \t]*(?:\(([^)\n]{1,40})\))?:"
)
_TOKEN = lazy(r"[{}\[\]]|[\"']([A-Za-z_]\w{0,40})[\"']\s*:\s*([^\s])?|\"(?:[^\"\\\n]|\\.)*\"")
_TYPES = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
}


UNKNOWN = "Any"
"""Where the prompt does not say what a field holds."""

_SAID = (
    ("list", lazy(r"^\W*(?:an? )?(?:list|array)\b|\blist of\b", re.IGNORECASE)),
    ("bool", lazy(r"\bbool(?:ean)?\b|\btrue\b.{0,8}\bfalse\b", re.IGNORECASE)),
    (
        "float",
        lazy(
            r"^\W*(?:an? )?(?:number|float|integer|int|score)\b|\d+(?:\.\d+)? ?(?:-|–|to) ?\d", re.IGNORECASE
        ),
    ),
)

_DEFINED = lazy(r"\b[Ff]ield [\"'`]?([A-Za-z_]\w{0,40})[\"'`]? (?:is|has|must|should|holds)\b([^.\n]{1,160})")
_DEFINITIONS = 60  # sentences that are read
_IN_WORDS = (
    ("bool", lazy(r"\btrue or false\b|\bboolean\b", re.IGNORECASE)),
    ("list", lazy(r"\b(?:list|array) of\b", re.IGNORECASE)),
    ("int", lazy(r"\b(?:whole number|integer)\b", re.IGNORECASE)),
    ("str", lazy(r"\b(?:a text|string|name)\b", re.IGNORECASE)),
    ("float", lazy(r"\b(?:number|decimal|float) (?:from|between)\b|\ba (?:decimal|float)\b", re.IGNORECASE)),
)


def sketch(text: str, at: Span) -> str:
    """A typed model, as one line of Python, of the fields named around a request; empty if none are."""
    return told(fields(text, at))


def fields(text: str, at: Span) -> dict[str, str]:
    """The fields named around a request, in order, each with its type in Python, or `UNKNOWN`."""
    return _of_object(text, at) or _of_sentence(text, at) or _of_rows(text, at)


def kind_said(text: str, name: str) -> str:
    """The type that a sentence gives a field ("The field paid has to be true or false"), or nothing."""
    for match in islice(_DEFINED.finditer(text), _DEFINITIONS):
        if match[1] == name:
            return next((kind for kind, pattern in _IN_WORDS if pattern.search(match[2])), "")
    return ""


def told(named: Mapping[str, str]) -> str:
    """A typed model of these fields, as one line of Python; empty if there are none."""
    if not named:
        return ""
    shown = [f"{name}: {kind}" for name, kind in list(named.items())[:_MOST]]
    rest = "; ..." if len(named) > _MOST else ""
    return f"class Answer(BaseModel): {'; '.join(shown)}{rest}"


def _of_object(text: str, at: Span) -> dict[str, str]:
    """The fields of the object that follows."""
    places = _OBJECT.finditer(text, at.start, at.end + _REACH)
    begin = next((place for place in places if not _INPUT.search(text[at.end : place.start()])), None)
    if begin is None:
        return {}
    spelt = text[begin.start() : begin.start() + _LONGEST]
    if spelt.startswith("{{"):
        spelt = spelt.replace("{{", "{").replace("}}", "}")
    try:
        known = json.JSONDecoder().raw_decode(spelt)[0]
    except (ValueError, RecursionError):
        return _of_layout(spelt)
    return _of_data(known) if isinstance(known, dict) else {}


def _of_data(known: Mapping[str, object]) -> dict[str, str]:
    """The fields of a schema, or of an example."""
    rows = known.get("properties")
    if not isinstance(rows, dict):
        return {name: _of_value(value) for name, value in known.items() if name.isidentifier()}
    kinds = {name: row.get("type") if isinstance(row, dict) else None for name, row in rows.items()}
    return {
        name: _TYPES.get(kind, UNKNOWN) if isinstance(kind, str) else UNKNOWN
        for name, kind in kinds.items()
        if name.isidentifier()
    }


def _of_value(value: object) -> str:
    """The type of an example's value; a text may stand for it: "a number from 0 to 1", "list of names"."""
    if not isinstance(value, str):
        return UNKNOWN if value is None else type(value).__name__
    return next((kind for kind, pattern in _SAID if pattern.search(value)), "str")


def _of_layout(spelt: str) -> dict[str, str]:
    """The outermost fields of an object with holes, which no parser takes."""
    found: dict[str, str] = {}
    depth = 0
    for match in _TOKEN.finditer(spelt):
        sign, name = match.group(), match[1]
        if name is not None:
            first = match[2] or ""
            if depth == 1:
                found.setdefault(name, _by_sign(first))
            sign = first
        depth += (sign in ("{", "[")) - (sign in ("}", "]"))
        if depth <= 0:
            break
    return found


def _by_sign(first: str) -> str:
    if first.isdigit():
        return "float"
    return {"[": "list", "{": "dict", "t": "bool", "f": "bool", '"': "str"}.get(first, UNKNOWN)


def _of_sentence(text: str, at: Span) -> dict[str, str]:
    """The names in quotation marks of a sentence that speaks of keys or fields."""
    end = text.find("\n", at.end, at.end + _LINE)
    said = text[at.start : end if end >= 0 else at.end + _LINE]
    if not _KEYS.search(said):
        return {}
    return dict.fromkeys(_NAME.findall(said), UNKNOWN)


def _of_rows(text: str, at: Span) -> dict[str, str]:
    """The names that begin the lines of the list below."""
    found: dict[str, str] = {}
    for number, line in enumerate(text[at.end : at.end + _LONGEST].split("\n")):
        row = _ROW.match(line)
        if row is not None:
            found[row[1]] = _TYPES.get((row[2] or "").strip().lower(), UNKNOWN)
        elif (found and line.strip()) or (number > 3 and not found):
            break
    return found
