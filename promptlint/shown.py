"""Finds what a prompt shows rather than says: unfenced code, layouts to fill in, voices, quotations.

Such text is a pattern for an answer or a copy of something. Its repetitions, its spaces and its wording are
no waste, and nothing in it may be edited.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from promptlint.model import BlockKind, Role, Span
from promptlint.patterns import lazy
from promptlint.places import joined, of_role
from promptlint.view import View

_CODE = lazy(
    r"""
    [ \t]*+(?:[+][ ]?)?(?:                           # the sign of a line that a diff adds
        @@|@\w[\w.]*(?:\(.*\))?$|>>>|\#!|\#include|\$[ ]\w|//|/\*|\*/|<\?
      | (?:async[ ]+)?def[ ]+\w+[ ]*\(|class[ ]+\w+[ ]*[({:<]|(?:public|private|static|export)[ ]+\w+[ ]
      | import[ ]+[\w.*{]+(?:[ ]+(?:as|from)[ ].*|;)?$|from[ ]+[\w.]+[ ]+import\b|package[ ]+[\w.]+;?$
      | (?:return|yield|await|raise|throw)(?:[ ]+[\w.()\[\]'"]+)?;?(?:[ ]+(?:\#|//).*)?$
      | (?:try|else|finally|pass|break|continue)[:;]?(?:[ ]+\#.*)?$|except\b.*:$
      | (?:const|let|var)[ ]+\w+[ ]*[=:;]|(?:SELECT|INSERT|UPDATE|DELETE)[ ].*[;,]$
      | (?:if|while|for|elif|switch|catch)[ ]*\(.*[{;)]$|for[ ]+\w+[ ]+in[ ].*[:)]$
      | (?:if|elif|while)[ ]+(?:not[ ]+)?[\w.]+(?:\(.*\)|[ ]*(?:[=!<>]=|<|>|in)[ ].*)?:$
      | [\w.\[\]'"]+[ ]*(?:[-+*/|]?=|:=)[ ]*\S       # an assignment
      | [\w.]+\(.*\)[ ]*(?:[;{:]|->.*|=>.*)?$        # a call
      | --?[A-Za-z][\w-]*.*?\S[ ]{2,}\S              # an option with its help
      | [}\])]+[;,)]*$                               # closing brackets
      | \d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[\d\d:\d\d|\W*(?:DEBUG|INFO|WARN|WARNING|ERROR)\s  # a log
    )
  | .*(?:[ ]{2,}\#[ ]?\S|[\w)\];}"'][ ]+//[ ]|[)=}\]"'][ ]*;$|[\w)=>][ ]*\{$)
  | .*(?:\{[^{}]*:[^{}]*;[ ]*\}|\\[nt](?=[ \\"'])|(?:\.{3}|…)[ ]?existing[ ]code)
    """,
    re.VERBOSE,
)
_MAY_BE_CODE = lazy(
    r"[=({\[;#/@$<>\\:)\]}…|]|--|\.{3}|\d{4}-|^\W*(?:import|from|package|return|yield|await|raise|throw|try|else"
    r"|finally|pass|break|continue|public|private|static|export|SELECT|INSERT|UPDATE|DELETE|DEBUG|INFO|WARN"
    r"|WARNING|ERROR)\b"
)  # cheap: most lines are prose
_WIDEST = 300  # no line of code is longer
_PLACEHOLDER = lazy(
    r"\$[A-Z][\w ]*\$|\{\{?[^{}\n]{0,60}\}\}?|<[A-Za-z][^<>\n]{0,60}>|\[[^\[\]\n]{1,60}\](?![(\[:])"
    r"|_{3,}|\.{3}|…|\bX{2,}\b|\$\{?\w+\}?"
)
_INLINE_CODE = lazy(r"`[^`\n]*`")
_INTRODUCES = lazy(
    r"\b(?:examples?|formats?|templates?|layout|skeleton|schema|samples?|for instance|like (?:this|so)"
    r"|looks? like|e\.g\.|of the form)\b",
    re.IGNORECASE,
)
_LAYOUT = lazy(
    r"\b(?:examples?|formats?|templates?|samples?|layout|structure|skeleton|schema|syntax)\b", re.IGNORECASE
)
_VOICE = lazy(
    r"[ \t]*(?:[-*] )?[*_\[<]*(assistant|ai|bot|chatbot|agent|model|claude|chatgpt|gpt|thought|thinking"
    r"|reasoning|user|human|customer|student|patient|client|q|a|question|answer|response|reply)"
    r"[*_\]>]* ?\d*:[*_]*[ \t]+\S[^\n]*",
    re.IGNORECASE,
)
_QUOTED_LINES = r'^[ \t]*["“][^"“”]{1,3000}["”][.,;]?[ \t]*$'
_QUOTATION = lazy(_QUOTED_LINES, re.MULTILINE)
_TRIPLE_QUOTATION = lazy(
    r'"""(?:(?!""").){1,8000}+"""|\'\'\'(?:(?!\'\'\').){1,8000}+\'\'\'|' + _QUOTED_LINES,
    re.DOTALL | re.MULTILINE,
)
_SENTENCE = lazy(r"[ \t]*(?:[-*+•]|\d+[.)])?[ \t]*[A-Z*\"'`].*[.!?:*][ \t]*")
_NEXT = lazy(r"\s*\n([ \t]*\S[^\n]*)")
_DOCUMENT = lazy(
    r"<(?:\w{1,40}[_-])?(?:document|doc|transcript|article|passage|excerpt|paper|letter|record|tweet)s?"
    r"(?:[ \t][^<>]{0,200})?>",
    re.IGNORECASE,
)
_LEAD = lazy(r"[:：][*_]*[ \t]*$", re.MULTILINE)
_BODY = lazy(r"\n(?:[ \t]*\n)?((?:[ \t]*\S[^\n]*(?:\n|$))+)")


class Shown(NamedTuple):
    """Stretches of a text, sorted and apart.

    `wording`: where no word and no space may be touched; `layouts`: these, and the sections that show how an
    answer looks.
    """

    wording: tuple[Span, ...]
    layouts: tuple[Span, ...]


def has_placeholder(text: str) -> bool:
    """True if a text has a hole to fill in, outside inline code: `$NAME$`, `{name}`, `[name]`, `<name>`."""
    return _PLACEHOLDER.search(_INLINE_CODE.sub("", text)) is not None


@lru_cache(maxsize=2)
def shown(view: View) -> Shown:
    """What a view's prompt shows. Several rules ask, one after the other: hence the small memory."""
    found = [*view.protected, *of_role(view.prompt, Role.ASSISTANT), *_code(view.text)]
    found += _voices(view.text)
    found += _quotations(view.text)
    found += _introduced(view.text)
    found += _documents(view)
    wording = joined(found)
    return Shown(wording, joined((*wording, *_sections(view))))


def _voices(text: str) -> Iterator[Span]:
    """Lines such as "Answer: ..."; where the label returns, to the next empty line."""
    found = tuple(_spoken(text))
    counts = Counter(match[1].lower() for match in found)
    for match in found:
        end = text.find("\n\n", match.end()) if counts[match[1].lower()] > 1 else match.end()
        yield Span(match.start(), len(text) if end < 0 else end)


def _spoken(text: str) -> Iterator[re.Match[str]]:
    """The lines that begin with who speaks; only the first colon of a line can end that."""
    at = text.find(":")
    while at >= 0:
        match = _VOICE.match(text, text.rfind("\n", 0, at) + 1)
        if match is not None:
            yield match
        end = text.find("\n", at)
        at = text.find(":", end) if end >= 0 else -1


def _quotations(text: str) -> Iterator[Span]:
    if '"""' in text or "'''" in text:
        pattern = _TRIPLE_QUOTATION
    elif '"' in text or "“" in text:
        pattern = _QUOTATION
    else:
        return
    for match in pattern.finditer(text):
        yield Span(*match.span())


@lru_cache(maxsize=1 << 13)
def _is_code(line: str) -> bool:
    return _MAY_BE_CODE.search(line) is not None and _CODE.match(line.rstrip()) is not None


def _code(text: str) -> Iterator[Span]:
    """Lines that look like code, with the empty lines around them and the next ones that are no sentences."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line and len(line) <= _WIDEST and _is_code(line):
            yield Span(_up(text, start), _down(text, end))
        start = end + 1


def _up(text: str, start: int) -> int:
    """The start of the line above, if it is no sentence; at least the end of the text above."""
    end = start
    while end > 0 and text[end - 1].isspace():
        end -= 1
    begin = text.rfind("\n", 0, end) + 1
    return end if _SENTENCE.fullmatch(text, begin, end) else begin


def _down(text: str, end: int) -> int:
    """The end of the line below, if it is no sentence; at least the start of the text below."""
    rest = _NEXT.match(text, end)
    if rest is None:
        return end
    return rest.start(1) if _SENTENCE.fullmatch(text, rest.start(1), rest.end()) else rest.end()


def _introduced(text: str) -> Iterator[Span]:
    """What follows a line such as "Use this format:", up to the first empty line after it."""
    for match in _LEAD.finditer(text):
        if not _INTRODUCES.search(text, text.rfind("\n", 0, match.start()) + 1, match.end()):
            continue
        body = _BODY.match(text, match.end())
        if body is not None:
            yield Span(body.start(1), body.end())


def _documents(view: View) -> Iterator[Span]:
    """Elements that hold a text to work on, such as `<document>`."""
    for block in view.of_kind(BlockKind.SECTION):
        if block.children and _DOCUMENT.match(view.text, block.span.start, block.children[0].span.end):
            yield block.span


def _sections(view: View) -> Iterator[Span]:
    """Sections whose heading speaks of a format or a template."""
    for block in view.of_kind(BlockKind.SECTION):
        head = block.children[0] if block.children else block
        if head.kind is BlockKind.HEADING and _LAYOUT.search(view.text, head.span.start, head.span.end):
            yield Span(head.span.end, block.span.end)
