"""Finds the values that an answer may have: "one of: a, b", a list below "Categories:"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from promptlint.declared.form import Choice, Labels
from promptlint.model import Span
from promptlint.outline.markup import FILL
from promptlint.patterns import lazy
from promptlint.shots.trim import unquoted, value

_ITEM = (
    r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|`[^`\n]{1,60}`|“[^”\n]{1,60}”|\*\*[^*\n]{1,60}\*\*"
    r"|[\w+#/-]{1,40}(?: [\w+#&/-]{1,40}){0,2}?)"
)
_JOINT = r"(?:\s?,\s?(?:and |or )?|\s?[|/]\s?|\s(?:or|and)\s)"
_LIST = (
    rf"(?P<list>{_ITEM}(?:{_JOINT}{_ITEM}){{1,40}})(?=\s*(?:[.;:!?)\]\n]|$|,?\s(?:based|depending|with"
    rf"|without|for|that|as|and nothing|only)\b))"
)
_INTRO = (
    r"(?:exactly |only )?(?:one|1|either)(?: \(1\))? of(?: the\b)?(?: these\b| following\b)?(?:"
    r" [\w-]{1,20}){0,3}?\s*[:：]?\s*[\[(]?\s*"
)
_ONE_OF = lazy(rf"\b{_INTRO}{_LIST}", re.IGNORECASE)
_QUOTED = (
    r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|`[^`\n]{1,60}`|“[^”\n]{1,60}”|\b(?:yes|no|true|false"
    r"|positive|negative|neutral)\b|(?-i:\b[A-Z][A-Z_]{1,30}\b))"
)
_EITHER = lazy(
    r"\b(?:answer|respond|reply|return|output|say|write|print)(?: (?:with|only|either|just|exactly|simply"
    r"|the|a|single"
    rf"|word|words|as))*[:]?\s(?P<list>{_QUOTED}(?:\s?,\s?(?:or )?{_QUOTED}){{0,12}},? or"
    rf" {_QUOTED})(?!\s+to\b)",
    re.IGNORECASE,
)
_VALUES = lazy(
    rf"\b(?:possible|allowed|valid|permitted|acceptable) (?:values|labels|categories|options|classes)"
    rf"(?: (?:are|is|for [`\w ]{{1,30}}))?\s*[:：]?\s*[\[(]?\s*{_LIST}",
    re.IGNORECASE,
)
_LISTS = ("values", "labels", "categories", "options", "classes")
_MAY_LIST = lazy(
    r"\b(?:one|1|either)(?: \(1\))? of\b|\b(?:answer|respond|reply|return|output|say|write|print)\b.* or\b"
    r"|\b(?:possible|allowed|valid|permitted|acceptable) (?:values|labels|categories|options|classes)",
    re.DOTALL,
)
_SPLIT = lazy(r"\s?,\s?(?:and |or )?|\s?[|/]\s?|\s(?:or|and)\s")
_FIELD = lazy(
    r"[ \t]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?[`\"'*]{0,3}([A-Za-z_][\w.]{0,40})[`\"'*]{0,3}"
    r"(?:[ \t]?\([^()\n]{0,60}\))?[ \t]?(?:[:：–-]|(?:must|should|can|may)? ?(?:be|is)\b)"
)
_SEVERAL = lazy(r"\bone or more\b|\ball that apply\b|\bany number of\b|\bat least one\b", re.IGNORECASE)
_OPEN = lazy(
    r"\betc\b|\.{3}|…|\bsuch as\b|\be\.g\.|\bfor example\b|\bor similar\b|\bincluding\b", re.IGNORECASE
)
_LEAD = lazy(
    r"^[^\n]{0,200}\b(?:categories|labels|classes|intents|sentiments|one of the following(?: [\w-]+){0,3}"
    r"|one of these(?: [\w-]+){0,2})[*_ ]{0,4}[:：][*_]{0,3}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BULLET = lazy(r"[ \t]*(?:[-*+•][ \t]+|\(?[\dA-Za-z]{1,2}[.)][ \t]+)(?=\S)")
_NAME = lazy(
    r"[*_`\"']{0,3}([^\W_][\w &/+'-]{0,50}?)[*_`\"']{0,3}(?:[*_`\"']{0,3}\s?[:：(–—]|[ \t]-[ \t]"
    r"|[.;,]?[ \t]*$)",
    re.M,
)
_NOT_LABELS = lazy(
    r"\b(?:not|never|no|avoid|tools?|steps?|tasks?|rules?|guidelines|files?|input)\b", re.IGNORECASE
)
_CLASSIFIES = lazy(
    r"\b(?:classif\w+|categor\w+|labels?|answers?|respon\w+|repl\w+|returns?|outputs?|values?|choose"
    r"|select|assign"
    r"|must be|should be|can be|will be|is one|are one|be one|either|sentiment|intent|verdict|rating)\b",
    re.IGNORECASE,
)
_REFUSES = lazy(r"\b(?:not|never|don['’]t|no|without|avoid)\b", re.IGNORECASE)
_MOST = 60  # items of a list
_COLON = lazy(r"[:：][*_]{0,3}[ \t]{0,20}$", re.MULTILINE)
_WIDEST = 260  # code points of a line that introduces a list
_SHORT = 4  # words of a line that needs no verb to name labels
_NEAR = 200  # code points before a set in which its line begins


def in_sentence(text: str, span: Span) -> Iterator[Labels]:
    """The sets that a sentence (or its line) names."""
    if not _may_list(text[span.start : span.end]):
        return
    for pattern in (_ONE_OF, _EITHER, _VALUES):
        for match in pattern.finditer(text, span.start, span.end):
            whole = Span(match.start(), match.end("list"))
            choices = tuple(_choices(text, match.start("list"), match.end("list")))
            before = text[max(span.start, match.start() - 16) : match.start()]
            after = text[match.end("list") : match.end("list") + 12]
            if _REFUSES.search(before) or not _CLASSIFIES.search(text, span.start, span.end):
                continue
            if (
                len(choices) < 2
                or _OPEN.search(text, match.start(), match.end())
                or _OPEN.match(after.lstrip(" ,("))
            ):
                continue
            several = _SEVERAL.search(text, span.start, min(span.end, match.end())) is not None
            yield Labels(whole, choices, _field(text, match.start()), several)


@lru_cache(maxsize=1 << 12)
def _may_list(sentence: str) -> bool:
    """False for a sentence that surely names no set: cheap, as most do not."""
    lower = sentence.lower()
    if " or" not in lower and " of" not in lower and not any(word in lower for word in _LISTS):
        return False
    return _MAY_LIST.search(lower) is not None


def _field(text: str, start: int) -> str:
    """The name that opens the line, as in "category: one of ..."."""
    line = text.rfind("\n", max(0, start - _NEAR), start) + 1
    if line == 0 and start > _NEAR:
        return ""
    field = _FIELD.match(text, line, start)
    return field[1] if field else ""


def _choices(text: str, start: int, end: int) -> Iterator[Choice]:
    at = start
    for joint in [*_SPLIT.finditer(text, start, end), None]:
        stop = joint.start() if joint else end
        found = unquoted(text, unquoted(text, value(text, at, stop)))
        word = text[found.start : found.end].strip("*")
        if word:
            yield Choice(word, found)
        at = joint.end() if joint else end


def in_lists(text: str) -> Iterator[Labels]:
    """The sets that a list names below a line such as "Categories:"."""
    for match in leads(text, _LEAD):
        lead = match[0]
        if _NOT_LABELS.search(lead) or (len(lead.split()) > _SHORT and not _CLASSIFIES.search(lead)):
            continue
        choices: list[Choice] = []
        for line in items(text, match.end()):
            found = _NAME.match(text, line.start, line.end)
            if found is None or len(found[1].split()) > 5:
                choices = []
                break
            choices.append(Choice(found[1], Span(*found.span(1))))
        if len(choices) > 1 and not any(FILL in choice.text for choice in choices):
            at = Span(value(text, match.start(), match.end()).start, choices[-1].span.end)
            yield Labels(
                at, tuple(choices), "", _SEVERAL.search(text, match.start(), match.end()) is not None
            )


def leads(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The lines that end in a colon and match a pattern."""
    for colon in _COLON.finditer(text):
        line = text.rfind("\n", max(0, colon.start() - _WIDEST), colon.start()) + 1
        match = pattern.match(text, line, colon.end()) if line or colon.start() < _WIDEST else None
        if match is not None:
            yield match


def items(text: str, start: int) -> Iterator[Span]:
    """What follows the marker of each item of the list below, at the indent of the first; at most `_MOST`."""
    at, indent, count = start + 1, -1, 0
    while at < len(text) and count < _MOST:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        bullet = _BULLET.match(text, at, stop)
        width = len(text[at : min(stop, at + 200)]) - len(text[at : min(stop, at + 200)].lstrip())
        if bullet is not None and (indent < 0 or width == indent):
            indent, count = width, count + 1
            yield Span(bullet.end(), stop)
        elif text[at : min(stop, at + 200)].strip() and not (indent >= 0 and width > indent):
            return
        elif indent >= 0 and not text[at:stop].strip():
            following = _BULLET.match(text, stop + 1)
            if following is None:
                return
        at = stop + 1
