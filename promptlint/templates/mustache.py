"""Splits mustache and Handlebars templates, Semantic Kernel's and dotprompt's tags among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint.model import Arm, SegmentKind
from promptlint.templates.parts import Part, TemplateError, TooManyTagsError, filled

MAX_DEPTH = 100
"""Sections within each other."""

# No tag but a comment holds the opening of another: what is never closed is seen at the next tag.
_TAG = re.compile(
    r"\{\{\{(?P<raw>[^{}]*)\}\}\}|\{\{(?P<comment>~?!--(?:(?!\{\{!--).)*?--~?|~?!(?!--)(?:(?!\}\}).)*)\}\}"
    r"|\{\{(?P<tag>[^{}!][^{}]*)\}\}",
    re.DOTALL,
)
_CONTROL = re.compile(r"""[#/^>=]|else\b|role\s+["']""")
_MEDIA = re.compile(r"media\s")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\w+=")
_NAME = re.compile(r"\$?([^\W\d]\w*)(?:\.[\w.]*)?\Z")
_OWN_SCOPE = re.compile(r"#(?!if\b|unless\b)")
_NOT_VARIABLES = frozenset({"this", "true", "false", "null", "undefined", "else"})
_OWN_SLOTS = ("history", "section")  # of dotprompt, where they stand alone


def split(text: str) -> tuple[Part, ...]:
    """Split a template into parts that tile it.

    The arms of a section are its body and what follows its `{{else}}`. As the languages have it, a
    statement alone on its line takes the whole line with it.

    Raises:
        TemplateError: a tag or a section is not closed, or closes nothing.
    """
    parts = []
    stack: list[tuple[str, Arm]] = []
    for part in filled(text, _tags(text)):
        word = part.name.split()[0] if part.kind is SegmentKind.CONTROL and part.name else ""
        closes = word.startswith("/")
        if closes or word in ("else", "^"):
            if not stack or (closes and word[1:] != stack[-1][0]):
                raise TemplateError(f"'{{{{{part.name}}}}}' closes nothing", part.start)
            tag, arm = stack.pop()
            parts.append(_within(part, stack))
            stack += [] if closes else [(tag, Arm(arm.group, arm.arm + 1))]
            continue
        parts.append(_within(part, stack))
        if word.startswith(("#", "^")):
            stack.append((word.lstrip("#^*>"), Arm(part.start, 0)))
            if len(stack) > MAX_DEPTH:
                raise TooManyTagsError(f"more than {MAX_DEPTH} sections within each other")
    if stack:
        raise TemplateError(f"'{{{{#{stack[-1][0]}}}}}' is never closed", stack[-1][1].group)
    return tuple(parts)


def _within(part: Part, stack: list[tuple[str, Arm]]) -> Part:
    return replace(part, branch=tuple(arm for _, arm in stack)) if stack else part


def _tags(text: str) -> Iterator[Part]:
    done = 0
    for match in _TAG.finditer(text, 0, text.rfind("}}") + 2):  # without an end no comment is looked for
        kind, name = _kind(match)
        start, end = match.span()
        low, high = _reach(text, match, done, kind)
        done = high
        if kind is not SegmentKind.SLOT:
            yield Part(kind, low, high, "", name)
            continue
        if low < start:
            yield Part(SegmentKind.CONTROL, low, start, "")
        yield Part(kind, start, end, match.group(), name)
        if end < high:
            yield Part(SegmentKind.CONTROL, end, high, "")
    broken = text.find("{{", done)
    if broken >= 0:
        raise TemplateError("'{{' is never closed", broken)


def _kind(match: re.Match[str]) -> tuple[SegmentKind, str]:
    if match["comment"] is not None:
        return SegmentKind.COMMENT, match["comment"].strip("~!- \t\r\n")
    name = (match["raw"] or match["tag"] or "").strip("~ \t\r\n")
    if _MEDIA.match(name):
        return SegmentKind.MEDIA, name
    if _CONTROL.match(name):
        return SegmentKind.CONTROL, re.sub(r"^(#[*>]|[#/^>])\s+", r"\1", name)
    return SegmentKind.SLOT, name.lstrip("&").strip()


def _reach(text: str, match: re.Match[str], done: int, kind: SegmentKind) -> tuple[int, int]:
    """The range of a tag with the space that it swallows."""
    low, high = match.span()
    line = text.rfind("\n", max(0, done - 1), low) + 1  # of a line that begins before that nothing is asked
    after = _REST_OF_LINE.match(text, high)
    statement = kind in (SegmentKind.CONTROL, SegmentKind.COMMENT)
    if statement and after and line >= done and not text[line:low].strip(" \t"):
        low, high = line, after.end()
    tag = match.group().strip("{}")
    if tag.startswith("~"):
        low = done + len(text[done:low].rstrip())
    if tag.endswith("~"):
        space = _SPACE.match(text, high)
        high = space.end() if space else high
    return low, high


def names(parts: Iterable[Part]) -> Iterator[str]:
    """The variables of the outermost scope: inside `#each`, `#with` or a section a name may be the item's."""
    scopes: list[bool] = []
    for part in parts:
        if part.kind is SegmentKind.CONTROL and part.name.startswith("/"):
            scopes.pop()
        elif part.kind in (SegmentKind.SLOT, SegmentKind.CONTROL, SegmentKind.MEDIA):
            if not any(scopes):
                yield from _read(part)
            if part.kind is SegmentKind.CONTROL and part.name.startswith(("#", "^")):
                scopes.append(bool(_OWN_SCOPE.match(part.name)))


def _read(part: Part) -> Iterator[str]:
    words = _QUOTED.sub(" ", part.name).split()
    helper = len(part.name.split()) > 1
    if part.name.startswith("=") or (part.name.startswith(">") and not helper):
        return
    if part.kind is SegmentKind.SLOT and words[:1] and words[0] in _OWN_SLOTS:
        return
    for word in words[1:] if helper else words:
        match = _NAME.match(word.lstrip("#^").strip("()"))
        if match and match[1] not in _NOT_VARIABLES and not (part.name.startswith("else") and not helper):
            yield match[1]
