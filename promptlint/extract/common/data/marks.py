"""Splits the texts of data files: in the languages of `templates`, and in some that have slots only."""

from __future__ import annotations

import re

from promptlint import templates
from promptlint.model import SegmentKind
from promptlint.templates.parts import Part, filled

_SLOTS = {
    "curly": r"\{\{\s*(?P<name>[A-Za-z_][\w.-]{0,100})\s*\}\}",
    "dify": r"\{\{(?:#(?P<name>[\w.-]{1,200})#|(?P<other>[A-Za-z_]\w{0,100}))\}\}",
    "braces": r"\{\{\s*(?P<name>[^\s{}][^{}\n]{0,200}?)\s*\}\}",
    "bedrock": r"\$(?P<name>[a-z_][a-z0-9_]{0,100})\$",
}
"""Languages without statements and escapes: all but these slots is text."""

_ESCAPING = {"curly": "mustache", "dify": "mustache", "braces": "mustache", "bedrock": "none"}


def split(text: str, syntax: str) -> tuple[Part, ...]:
    """The parts of a text; raises `templates.TemplateError` as `templates.split` does."""
    spelling = _SLOTS.get(syntax)
    if spelling is None:
        return templates.split(text, syntax)
    return tuple(filled(text, map(_slot, re.finditer(spelling, text))))


def variables(text: str, syntax: str) -> tuple[str, ...]:
    """The names that a text reads, in order; raises as `split` does."""
    if syntax not in _SLOTS:
        return templates.variables(text, syntax)
    slots = (part.name for part in split(text, syntax) if part.kind is SegmentKind.SLOT)
    return tuple(dict.fromkeys(slots))


def escaping(syntax: str) -> str:
    """The language of `templates` that escapes its own characters as this one does."""
    return _ESCAPING.get(syntax, syntax)


def _slot(match: re.Match[str]) -> Part:
    name = next(name for name in match.groups() if name is not None)
    return Part(SegmentKind.SLOT, match.start(), match.end(), match.group(), name)
