"""Reads Jinja templates with Jinja's own lexer and parser, and tiles them by what each range is."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from promptlint.model import Arm, SegmentKind
from promptlint.records import dataclass
from promptlint.templates.parts import MAX_REWRITTEN, MAX_TAGS, Part, TemplateError, TooManyTagsError

if TYPE_CHECKING:
    from jinja2 import Environment, TemplateSyntaxError
    from jinja2.nodes import Template

_NEWLINE = re.compile(r"\r\n?")
_WORD = re.compile(r"[^\W\d]\w*")
_LEXER_PLACE = re.compile(r" at (\d+)$")
_ASSIGNMENT = re.compile(r"set\b[\w\s.,()]*=")  # without "=", `set` opens a block
_MIDDLE = {"elif", "else", "elseif", "elsif"}
_WITH_ARMS = {"if", "for", "macro", "call", "block", "filter", "set"}
_PLAIN = {"autoescape", "with", "break", "continue", "do", "extends", "from", "import", "include"}
_ENDS = {f"end{tag}" for tag in (*_WITH_ARMS, "autoescape", "with")}
_RAW_TAGS = {"raw", "endraw"}
_KNOWN = _WITH_ARMS | _PLAIN | _ENDS | {"elif", "else"} | _RAW_TAGS
_OPENERS = {"variable_begin": SegmentKind.SLOT, "block_begin": SegmentKind.CONTROL}
_OPENERS |= {"linestatement_begin": SegmentKind.CONTROL}
_RAW = {"raw_begin": "raw", "raw_end": "endraw"}
_LOOSE = dict.fromkeys(_RAW, SegmentKind.CONTROL)
_OPENERS |= {"comment_begin": SegmentKind.COMMENT, "linecomment_begin": SegmentKind.COMMENT}


@dataclass(frozen=True, slots=True)
class JinjaSettings:
    """How a project sets up its Jinja environment; the defaults are Jinja's own, but for the last newline.

    Whether the last newline is dropped differs between frameworks: it is text unless said otherwise.
    """

    block_start: str = "{%"
    block_end: str = "%}"
    variable_start: str = "{{"
    variable_end: str = "}}"
    comment_start: str = "{#"
    comment_end: str = "#}"
    line_statement_prefix: str = ""
    line_comment_prefix: str = ""
    trim_blocks: bool = False
    lstrip_blocks: bool = False
    keep_trailing_newline: bool = True


_DEFAULT = JinjaSettings()


def split(text: str, settings: JinjaSettings = _DEFAULT) -> tuple[Part, ...]:
    """The parts of a template, each with the arms that enclose it.

    Raises:
        TemplateError: it is none.
    """
    if text.count("\r") > MAX_REWRITTEN:
        raise TooManyTagsError(f"more than {MAX_REWRITTEN:,} line ends with CR")
    if not _has_tags(text, settings):
        parts: Sequence[Part] = [Part(SegmentKind.TEXT, 0, len(text), text)] if text else []
    else:
        parts, _ = _read(text, settings)
    result = tuple(line for part in _branched(parts) for line in _lines(text, part))
    return result if settings.keep_trailing_newline else _without_last_newline(result)


def variables(text: str, settings: JinjaSettings = _DEFAULT) -> tuple[str, ...]:
    """The names that a template reads and does not define itself, in order of first use.

    Raises:
        TemplateError: it is no template.
    """
    if not _has_tags(text, settings):
        return ()
    from jinja2 import TemplateSyntaxError, nodes

    from promptlint.templates.free import free_names

    _, tree = _read(text, settings)
    try:
        free = free_names(tree)
    except TemplateSyntaxError as error:  # a block that is defined twice, say
        raise _error(text, error) from error
    ordered = dict.fromkeys(node.name for node in tree.find_all(nodes.Name) if node.name in free)
    return (*ordered, *sorted(free - ordered.keys()))


def _has_tags(text: str, settings: JinjaSettings) -> bool:
    marks = (settings.block_start, settings.variable_start, settings.comment_start)
    prefixes = settings.line_statement_prefix, settings.line_comment_prefix
    return any(mark in text for mark in (*marks, *prefixes) if mark)


@lru_cache(maxsize=4)
def _read(text: str, settings: JinjaSettings) -> tuple[tuple[Part, ...], Template]:
    """The parts of a template and its syntax tree, which nobody changes: both are asked for by turns."""
    starts = (settings.block_start, settings.variable_start, settings.comment_start)
    if sum(text.count(start) for start in starts) > MAX_TAGS:
        raise TooManyTagsError(f"more than {MAX_TAGS:,} tags")
    parts = tuple(_jinja_tags(text, settings))
    return parts, _parse(text, settings, parts)


def _jinja_tags(text: str, settings: JinjaSettings) -> list[Part]:
    """The parts of a template, without branches and with its newlines not yet read as LF."""
    back = _offsets(text)
    parts = []
    try:
        for kind, low, high, name in _tags(_NEWLINE.sub("\n", text), settings):
            start, end = back(low), back(high)
            wide = kind in (SegmentKind.TEXT, SegmentKind.SLOT)
            parts.append(Part(kind, start, end, text[start:end] if wide else "", name))
    except TemplateError as error:
        raise TemplateError(error.message, back(error.position)) from error
    return parts


def _offsets(text: str) -> Callable[[int], int]:
    """From positions in the text with LF newlines to positions in the text as it is."""
    crlf = [match.start() - index for index, match in enumerate(re.finditer(r"\r\n", text))]
    return lambda position: position + bisect_left(crlf, position)


def _tags(plain: str, settings: JinjaSettings) -> Iterator[tuple[SegmentKind, int, int, str]]:
    """Kind, start, end and name of each tag and text; white space that Jinja drops is nameless CONTROL."""
    done = 0
    opener, opened, inner = "", 0, 0
    for token, start, end in _tokens(plain, settings):
        if not opener and start > done:
            yield SegmentKind.CONTROL, done, start, ""
            done = start
        if token in _OPENERS:
            opener, opened, inner = token, start, end
        elif not opener:
            yield _LOOSE.get(token, SegmentKind.TEXT), start, end, _RAW.get(token, "")
            done = end
        elif token == opener.replace("_begin", "_end"):
            done = start + len(plain[start:end].rstrip()) if opener == "variable_begin" else end
            yield _OPENERS[opener], opened, done, plain[inner:start].strip()
            opener = ""
    if done < len(plain):
        yield SegmentKind.CONTROL, done, len(plain), ""


def _tokens(plain: str, settings: JinjaSettings) -> Iterator[tuple[str, int, int]]:
    """The tokens of Jinja's lexer, each found again in the text: it tells lines only, and skips space."""
    from jinja2 import TemplateSyntaxError

    position = 0
    try:
        for _, token, value in _environment(settings).lexer.tokeniter(plain, None):
            start = plain.find(value, position)
            position = start + len(value)
            yield token, start, position
    except TemplateSyntaxError as error:
        raise _error(plain, error) from error


def _error(text: str, error: TemplateSyntaxError) -> TemplateError:
    message = error.message or "syntax error"
    place = _LEXER_PLACE.search(message)
    if place:
        return TemplateError(message[: place.start()], int(place[1]))
    lines = _NEWLINE.sub("\n", text).split("\n")
    number = min(error.lineno, len(lines)) - 1  # Jinja counts lines that `-` strips twice
    before = sum(len(line) + 1 for line in lines[:number])
    return TemplateError(message, _offsets(text)(before + len(lines[number]) - len(lines[number].lstrip())))


def _parse(text: str, settings: JinjaSettings, parts: Sequence[Part]) -> Template:
    """Jinja's own syntax tree of the text, with the tags that it does not know blanked."""
    from jinja2 import TemplateSyntaxError

    shown = [text[part.start : part.end] for part in parts]
    for index, part in enumerate(parts):
        if part.kind is SegmentKind.CONTROL and part.name and word(part.name) not in _KNOWN:
            shown[index] = re.sub(r"[^\r\n]", " ", shown[index])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in string literals that Python does not know
            return _environment(settings).parse("".join(shown))
    except TemplateSyntaxError as error:
        raise _error(text, error) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise TemplateError(str(error), 0) from error


@lru_cache(maxsize=4)
def _environment(settings: JinjaSettings) -> Environment:
    from jinja2 import Environment

    return Environment(  # noqa: S701  # nothing is rendered
        block_start_string=settings.block_start,
        block_end_string=settings.block_end,
        variable_start_string=settings.variable_start,
        variable_end_string=settings.variable_end,
        comment_start_string=settings.comment_start,
        comment_end_string=settings.comment_end,
        line_statement_prefix=settings.line_statement_prefix or None,
        line_comment_prefix=settings.line_comment_prefix or None,
        trim_blocks=settings.trim_blocks,
        lstrip_blocks=settings.lstrip_blocks,
        keep_trailing_newline=True,
        extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"),
    )


# --- branches and lines ---------------------------------------------------------------------


def _branched(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts with the arms that enclose them; a tag itself stands outside the arms it makes."""
    stack: list[tuple[str, Arm]] = []
    for part in parts:
        tag = word(part.name) if part.kind is SegmentKind.CONTROL else ""
        middle = tag in _MIDDLE and bool(stack)
        if middle or (stack and tag == f"end{stack[-1][0]}"):
            opened, arm = stack.pop()
            yield replace(part, branch=tuple(arm for _, arm in stack))
            if middle:
                stack.append((opened, Arm(arm.group, arm.arm + 1)))
            continue
        yield replace(part, branch=tuple(arm for _, arm in stack)) if stack else part
        if tag and opens(part.name):
            stack.append((tag, Arm(part.start, 0)))


def opens(statement: str) -> bool:
    """True if a statement opens a block whose text is an arm."""
    tag = word(statement)
    return tag in _WITH_ARMS and not (tag == "set" and _ASSIGNMENT.match(statement))


def is_known(statement: str) -> bool:
    """True for a statement that stands in a template for Jinja itself, and is no `raw`."""
    return word(statement) in _KNOWN - _RAW_TAGS


def word(statement: str) -> str:
    """The tag of a statement: its first word."""
    match = _WORD.match(statement)
    return match.group() if match else ""


def _lines(text: str, part: Part) -> Iterator[Part]:
    """A text part cut at the newlines that Jinja rewrites."""
    if part.kind is not SegmentKind.TEXT or "\r" not in part.text:
        yield part
        return
    kind, done, branch = part.kind, part.start, part.branch
    for match in _NEWLINE.finditer(text, part.start, part.end):
        start, end = match.span()
        if start > done:
            yield Part(kind, done, start, text[done:start], branch=branch)
        yield Part(kind, start, end, "\n", "newline", branch)
        done = end
    if done < part.end:
        yield Part(kind, done, part.end, text[done : part.end], branch=branch)


def _without_last_newline(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if not parts or not parts[-1].text.endswith("\n") or parts[-1].kind is not SegmentKind.TEXT:
        return parts
    last = parts[-1]
    at = last.start if last.name else last.end - 1
    kept = (replace(last, end=at, text=last.text[:-1]),) if at > last.start else ()
    return (*parts[:-1], *kept, Part(SegmentKind.CONTROL, at, last.end, "", "", last.branch))
