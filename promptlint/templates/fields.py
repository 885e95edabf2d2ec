"""Splits texts of the small template languages, and guesses which one a bare string is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from promptlint.model import SegmentKind
from promptlint.templates import mustache
from promptlint.templates.parts import Part, TemplateError, filled

_IDENT = r"[^\W\d]\w*"
_FIELD = re.compile(rf"{_IDENT}(?:\.{_IDENT}|\[\w+\])*(?:![rsa])?(?::[^{{}}]*)?")
_PERCENT = re.compile(
    r"%(?:\((?P<name>[^()]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<type>[diouxXeEfFgGcrsa%])"
)
_DOLLAR = re.compile(r"\$(?:(?P<escape>\$)|(?P<name>[_a-zA-Z]\w*)|\{(?P<braced>[_a-zA-Z]\w*)\})", re.ASCII)

# What tells one syntax from another in a text of which nothing else is known.
_STATEMENT = re.compile(rf"\{{%[-+]?\s*{_IDENT}[^%]*%\}}")
_EXPRESSION = (
    rf"{_IDENT}(?:\.{_IDENT}|\[[^\]\n]*\]|\([^()\n]*\))*[ \t]*"
    r"(?:\|[^{}\n]*|(?:if|or|and|is|in)\s[^{}\n]*|(?:[~+*/-]|==)[^{}\n]*)?"
)
_SPACED = re.compile(rf"(?<!\$)\{{\{{-?[ \t]+{_EXPRESSION}-?\}}\}}")
_TIGHT = re.compile(rf"(?<!\$)\{{\{{-?{_EXPRESSION}-?\}}\}}")
_SECTION = re.compile(rf"\{{\{{~?[#/^>]\s*{_IDENT}|\{{\{{\$?{_IDENT}\.?\s+\"|\{{\{{\$|\{{\{{!--")
_CODE_BEFORE = re.compile(r"(?:\\[A-Za-z]+\S*|[\^$]|\w_)\Z")
# Sample code: fenced, or an f-string. What is a field there is one to the reader of the sample.
_SAMPLE = re.compile(
    r"^[ \t]*(?P<fence>```|~~~)[ \t]*(?:py\w*|js|javascript|ts|typescript|tsx|jsx|rust|go|java|c\w*"
    r"|bash|sh|shell|kotlin)"
    r"\b.*?^[ \t]*(?P=fence)|```[^`\n]+```|\bf\"[^\"\n]*\"|\bf'[^'\n]*'",
    re.MULTILINE | re.DOTALL,
)
_KEYWORDS = frozenset({"return", "break", "continue", "pass", "true", "false", "null"})


def guess(text: str) -> str:
    """The template syntax that a bare string uses: "jinja", "mustache", "format" or "none".

    Braces of JSON, LaTeX, regular expressions and code are no slots.
    """
    if "{" not in text:
        return "none"
    if _STATEMENT.search(text):
        return "jinja"
    if _SECTION.search(text):
        return "mustache"
    if _SPACED.search(text):
        return "jinja"
    if _is_format(text):
        return "format"
    return "jinja" if any(not _in_code(text, match.start()) for match in _TIGHT.finditer(text)) else "none"


def _is_format(text: str) -> bool:
    try:
        slots = [part for part in _format(text) if part.kind is SegmentKind.SLOT]
    except TemplateError:
        return False
    code = [match.span() for match in _SAMPLE.finditer(text)] if slots else []
    sent = any(not any(low <= part.start < high for low, high in code) for part in slots)
    return sent and all(
        _FIELD.fullmatch(text, part.start + 1, part.end - 1)
        and part.name not in _KEYWORDS
        and not _in_code(text, part.start)
        for part in slots
    )


def _in_code(text: str, brace: int) -> bool:
    """True if what stands before a brace makes it LaTeX, a shell variable or a subscript."""
    before = _CODE_BEFORE.search(text, max(0, brace - 60), brace)
    return before is not None and (not before.group().endswith("_") or text[brace + 2 : brace + 3] == "}")


def names(text: str, syntax: str) -> tuple[str, ...]:
    """The variables of a text in one of these syntaxes, in order of first use.

    Raises:
        TemplateError: the text is no template of that syntax.
    """
    parts = SPLITTERS[syntax](text)
    if syntax == "mustache":
        return tuple(dict.fromkeys(mustache.names(parts)))
    slots = (re.split(r"[.\[]", part.name)[0] for part in parts if part.kind is SegmentKind.SLOT)
    return tuple(dict.fromkeys(name for name in slots if name))


# --- splitters ------------------------------------------------------------------------------


def _none(text: str) -> tuple[Part, ...]:
    return (Part(SegmentKind.TEXT, 0, len(text), text),) if text else ()


def _format(text: str) -> tuple[Part, ...]:
    return tuple(filled(text, _format_fields(text)))


def _format_fields(text: str) -> Iterator[Part]:
    position = 0
    while match := re.compile(r"\{\{|\}\}|[{}]").search(text, position):
        start, position = match.span()
        if len(match.group()) == 2:
            yield Part(SegmentKind.TEXT, start, position, match.group()[0], "brace")
        elif match.group() == "}":
            raise TemplateError("single '}' in a format string", start)
        else:
            position = _closing(text, start)
            name = re.split(r"[!:]", text[start + 1 : position - 1], maxsplit=1)[0]
            yield Part(SegmentKind.SLOT, start, position, text[start:position], name)


def _closing(text: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    raise TemplateError("'{' is never closed", start)


def _percent(text: str) -> tuple[Part, ...]:
    return tuple(filled(text, _percent_fields(text)))


def _percent_fields(text: str) -> Iterator[Part]:
    position = text.find("%")
    while position >= 0:
        match = _PERCENT.match(text, position)
        if match is None:
            raise TemplateError("'%' begins no conversion; a percent sign is written '%%'", position)
        if match["type"] == "%":
            yield Part(SegmentKind.TEXT, position, match.end(), "%", "percent")
        else:
            yield Part(SegmentKind.SLOT, position, match.end(), match.group(), match["name"] or "")
        position = text.find("%", match.end())


def _dollar(text: str) -> tuple[Part, ...]:
    return tuple(filled(text, map(_dollar_field, _DOLLAR.finditer(text))))


def _dollar_field(match: re.Match[str]) -> Part:
    start, end = match.span()
    if match["escape"]:
        return Part(SegmentKind.TEXT, start, end, "$", "dollar")
    return Part(SegmentKind.SLOT, start, end, match.group(), match["name"] or match["braced"])


SPLITTERS: dict[str, Callable[[str], tuple[Part, ...]]] = {
    "none": _none,
    "format": _format,
    "percent": _percent,
    "dollar": _dollar,
    "mustache": mustache.split,
}
