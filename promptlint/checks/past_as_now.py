"""Finds names of models that are gone, and past dates that are told as if they were now or to come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from promptlint import retired
from promptlint.model import BlockKind, Hit, Role, Span
from promptlint.patterns import lazy
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
from promptlint.view import View

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?(?P<m>{_MONTH})(?: \d{{1,2}}(?:st|nd|rd|th)?)?,?"
    r" (?P<my>20\d\d)"
    r"|(?P<iy>20\d\d)-(?P<im>[01]\d)(?:-[0-3]\d)?"
    r"|(?:(?:spring|summer|autumn|fall|winter|early|mid|late|Q[1-4]|the end of|the year)[ -])?(?P<y>20\d\d))"
    r"(?![\d./-]\d|\w)"
)
_NEXT = r"next (?:spring|summer|autumn|fall|winter|month|year|week|quarter)"


def _dated(pattern: str) -> str:
    return pattern.replace("DATE", _DATE).replace("NEXT", _NEXT)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used: all of them together take 10 ms."""
    return re.compile(pattern, re.IGNORECASE)


_PATTERNS = (
    _dated(
        r"\b(?:current(?:ly)?|today['’]?s?|present) (?:date|year|day|month|time)\b(?: and time)?[*_`\"]{0,3}"
        r"(?: is| in| as)?[ :=]{1,3}(?:now )?[*_`\"]{0,3}(?:\w+day,? )?DATE"
    ),
    _dated(
        r"\b(?:today is|it(?: is|['’]s) (?:now|currently)|the year is|we are (?:now |currently )?in) (?:the"
        r" year )?(?:\w+day,? )?"
        r"(?:the )?DATE"
    ),
    _dated(r"\b(?:valid|applies|in force|running) (?:from |as of |right )?now\b[^.\n]{0,40}?\bDATE"),
    _dated(
        r"\b(?:opens?|starts?|begins?|launch(?:es)?|takes place|is (?:planned|scheduled|due)|will \w+)"
        r"(?: \w+){0,3}? (?:in|on|from|by)(?: the)? DATE"
    ),
    _dated(
        r"\b(?:until|till|through|valid (?:until|to|through)|expir(?:es?|ing)(?: on)?|ends? on)(?: the)? DATE"
        r"(?=[^.\n]{0,40}\b(?:right now|running|currently|now|applies|apply)\b)"
    ),
    _dated(
        r"\b(?:right now|currently|now|offers?|sale|discount|promotion|campaign|may)\b[^.\n]{0,60}?"
        r"\b(?:until|till|through|valid (?:until|to)|expires?(?: on)?|ends? on)(?: the)? DATE"
    ),
    _dated(
        r"\b(?:is|are|remains?|stays?|has been|have been|can) (?:still |currently |now )?(?:in force|valid"
        r"|open"
        r"|available|extended|reduced|free|suspended|closed|on sale|postponed|register|apply|order|book"
        r"|sign up)\b"
        r"[^.;\n]{0,40}?\b(?:until|till|through|to)(?: the)?(?: end of)? DATE"
    ),
    _dated(
        r"\b(?:appl(?:y|ies)|effective|comes? into (?:force|effect)|takes? effect|starts?|valid) (?:only )?"
        r"(?:from|as of|on) (?:the )?DATE(?=[^.\n]{0,60}\b(?:until then|till then|not yet|before then"
        r"|soon)\b)"
    ),
    _dated(
        r"\b(?:this|our current|the current|current) (?:year|month|quarter|season|term|semester|summer"
        r"|winter|spring"
        r"|autumn|fall)['’]?s?\b[^.\n:]{0,40}?\(?\bDATE\)?"
    ),
    _dated(r"\b(?:current|newest|up-to-date)\b[^.;:\n]{0,30}?(?:\((?:as of )?|\bof |\bfrom |\bas of )DATE"),
    _dated(
        r"\bDATE\b[^.\n]{0,30}?[,;:(] (?:this|that|it|they|which) (?:is|are) (?:still )?(?:the )?(?:current"
        r"|newest)\b"
    ),
    _dated(r"\b(?:upcoming|NEXT)\b[^.\n]{0,40}?\bDATE"),
    _dated(r"\bDATE[\"'”)]{0,2}(?= (?:NEXT)\b)"),
)
_CUES = lazy(
    r"\b(?:current|today|present|now|year|we are|valid|appl|in force|running|opens?\b|starts?\b|begins?\b"
    r"|launch|takes?"
    r"|plan|schedul|due\b|will\b|until|till|through|expir|ends?\b|offer|sale|discount|promo|campaign|may\b"
    r"|upcoming"
    r"|next|remain|stay|been|can\b|is\b|are\b|effective|comes?\b|month|quarter|season|term|semester|newest"
    r"|up-to-date)",
    re.IGNORECASE,
)  # cheap: what one of the patterns has in it
_SETTLED = _PATTERNS[-5:-2]  # what is called current may stay so for a while
_YEAR_OLD = 365  # days
_YEAR = lazy(r"20[0-3]\d")
_ASIDE = lazy(
    r"\be\.g\b|\bexamples?\b|\bsuch as\b|\bformat|\bcut-?off\b|\btrain(?:ed|ing)\b|\bknowledge\b|YYYY"
    r"|\bcopyright\b|©|\bversion\b",
    re.IGNORECASE,
)
_TOLD = lazy(r"\b(?:was|were|had)\b", re.IGNORECASE)  # a story of the past
_MODEL = lazy(
    r"(?<![\w./-])(?:gpt-[34][\w.-]*|text-(?:davinci|curie|babbage|ada)-\d{3}|code-davinci-\d{3}"
    r"|claude-(?![4-9](?:-\d)?-[a-z])[\w.-]+"
    r"|gemini-[\w.-]+|o1-(?:mini|preview)[\w-]*|chatgpt-4o-latest)(?<![.-])"
)
_VERSION = lazy(r"\d{3,}|-turbo|-preview|-(?:opus|sonnet|haiku)")
_OLD = lazy(
    r"\b(?:retired?|deprecat\w+|legacy|no longer|older|old|former(?:ly)?|previous(?:ly)?|replac\w+|migrat\w+|"
    r"instead of|don['’]t use|do not use|never use|not use|avoid|upgrade\w*|benchmark\w*|compared?|vs|"
    r"earlier|outdated|history|price\w*|cost\w*|paper|arxiv)\b",
    re.IGNORECASE,
)
_AROUND = 120  # code points beside a name in which it may be said to be old


@dataclass(frozen=True, slots=True)
class Params:
    """When a day counts as past.

    Attributes:
        min_days: days that it lies before the day of the table of retired models.
    """

    min_days: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each model that is gone and each sentence with a past date."""
    yield from _models(view)
    if "20" not in view.text or _YEAR.search(view.text) is None:
        return
    now = retired.table_date()
    done = -1
    for match in _YEAR.finditer(view.text):
        block = view.sentence_at(Span(*match.span())) if match.start() >= done else None
        if block is None:
            continue
        done = block.span.end
        hit = _past(view.text, block.span, now, params)
        if hit is not None:
            yield hit


def _past(text: str, span: Span, now: date, params: Params) -> Hit | None:
    if _CUES.search(text, span.start, span.end) is None or _ASIDE.search(text, span.start, span.end):
        return None
    for pattern in _PATTERNS:
        match = _compiled(pattern).search(text, span.start, span.end)
        if match is None:
            continue
        if _TOLD.search(_clause(text, span, match)):
            continue
        least = params.min_days if pattern not in _SETTLED else max(params.min_days, _YEAR_OLD)
        if (now - _latest(match)).days >= least:
            return Hit(Span(*match.span()), f"this is told as now or to come, but {_spelt(match)} is past")
    return None


def _clause(text: str, span: Span, match: re.Match[str]) -> str:
    """The match with what stands around it between commas."""
    before = re.split(r"[,;:]", text[span.start : match.start()])[-1]
    return before + match[0] + re.split(r"[,;:]", text[match.end() : span.end])[0]


def _spelt(match: re.Match[str]) -> str:
    year, month = _parts(match)
    return f"{year}-{month:02}" if month else str(year)


def _parts(match: re.Match[str]) -> tuple[int, int]:
    """The year, and the month or 0."""
    if match["m"]:
        return int(match["my"]), _MONTHS.index(match["m"][:3].lower()) + 1
    if match["iy"]:
        return int(match["iy"]), min(12, max(1, int(match["im"])))
    return int(match["y"]), 0


def _latest(match: re.Match[str]) -> date:
    """The last day that a date may mean, near enough: of a month its 28th."""
    year, month = _parts(match)
    return date(year, month, 28) if month else date(year, 12, 31)


def _models(view: View) -> Iterator[Hit]:
    text = view.text
    if not ("gpt-" in text or "claude-" in text or "gemini-" in text or "text-" in text or "o1-" in text):
        return
    shut = [
        block.span for block in view.of_kind(BlockKind.CODE, BlockKind.TABLE) if _is_long(view, block.span)
    ]
    shut += of_role(view.prompt, Role.TOOL_DEFINITION)
    apart = joined(shut)
    seen: set[str] = set()
    for match in _MODEL.finditer(view.text):
        day = retired.gone(match[0])
        at = Span(*match.span())
        if day is None or match[0] in seen or touches(apart, at) or _is_datum(view.text, at):
            continue
        before = view.text[max(0, at.start - _AROUND) : at.start].rpartition("\n\n")[2].rpartition("\n- ")[2]
        after = view.text[at.end : at.end + _AROUND].partition("\n\n")[0].partition("\n- ")[0]
        if _OLD.search(f"{before}{match[0]}{after}") is None:
            seen.add(match[0])
            yield Hit(at, f"{match[0]} was switched off on {day.isoformat()}")


def _is_datum(text: str, at: Span) -> bool:
    """True for a name without a version in quotation marks: a value that someone made up."""
    return text[max(0, at.start - 1)] in "\"'" and _VERSION.search(text, at.start, at.end) is None


def _is_long(view: View, span: Span) -> bool:
    """False for code within a line: it may be a name."""
    return view.text.find("\n", span.start, span.end) >= 0
