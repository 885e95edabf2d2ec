"""Whether an answer keeps to a length, a language, a form, and avoids words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from promptlint import lengths
from promptlint.breaches.breach import Breach, Breaks, plain, shows
from promptlint.declared.form import Forbidden, Format, Language, Limit, Rule, Unit
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots import Shot
from promptlint.syntax.loosenodes import Sort, walk
from promptlint.tongues import language

_MARKDOWN = lazy(r"^#{1,6} \S|\*\*\S[^*\n]*\*\*|^[-*] \S|`[^`\n]+`|^\|.*\|$|\[[^\]\n]+\]\(http", re.MULTILINE)
_FENCE = lazy(r"^[ \t]*(?:`{3}|~{3})", re.MULTILINE)
_EMOJI = lazy(r"[\U0001f300-\U0001faff\u2600-\u27bf]")
_MARKS: dict[Rule, tuple[Breaks, re.Pattern[str]]] = {
    Rule.NO_FENCE: (Breaks.FENCE, _FENCE),
    Rule.NO_EMOJI: (Breaks.EMOJI, _EMOJI),
    Rule.NO_MARKDOWN: (Breaks.MARKDOWN, _MARKDOWN),
    Rule.NO_LINK: (
        Breaks.LINK,
        lazy(r"https?://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}/[\w-]+"),
    ),
    Rule.NO_HASHTAG: (Breaks.HASHTAG, lazy(r"(?<![\w&/#])#[A-Za-z]\w+")),
    Rule.NO_EXCLAMATION: (Breaks.MARK, lazy(r"!(?![=\[(])")),
    Rule.NO_QUESTION: (Breaks.MARK, lazy(r"\?(?=\s|[\"'”’)]|\Z)")),
    Rule.NO_COLON: (Breaks.MARK, lazy(r"(?<=\w):(?=\s)")),
    Rule.NO_STOP: (Breaks.MARK, lazy(r"(?<![.\s])\.\Z")),
    Rule.LOWER: (Breaks.CASE, lazy(r"[A-Z]")),
    Rule.DIGITS: (
        Breaks.NUMBER,
        lazy(
            r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
            r"|fifty"
            r"|hundred|thousand)\b",
            re.IGNORECASE,
        ),
    ),
    Rule.SPELT: (Breaks.NUMBER, lazy(r"(?<![\w.])\d+(?![\w.]*\w)")),
    Rule.BARE: (
        Breaks.PREAMBLE,
        lazy(
            r"(?:sure|certainly|of course|absolutely|great question|okay|here(?: is|['’]s| are) (?:the|a|an"
            r"|your|my)"
            r"|the (?:answer|label|category|class|result|output|translation|summary) is)\b[^\n]{0,60}",
            re.IGNORECASE,
        ),
    ),
}
"""What an answer must not hold under a rule; under the last one, not at its start."""
_COUNTS: dict[Unit, Callable[[str], int]] = {
    Unit.WORDS: lengths.words,
    Unit.SENTENCES: lengths.sentences,
    Unit.CHARACTERS: len,
    Unit.LINES: lengths.lines,
    Unit.PARAGRAPHS: lengths.paragraphs,
    Unit.ITEMS: lengths.items,
}


def limit_breach(shot: Shot, limit: Limit, text: str) -> Breach | None:
    """An answer, or the part of it that a limit names, that is too long or too short."""
    count = _COUNTS.get(limit.unit)
    at = _measured(shot, limit.of)
    if count is None or at is None:
        return None
    counted = count(text[at.start : at.end])
    if limit.high is not None and counted > limit.high:
        return Breach(Breaks.LONG, at, limit.at, f"{counted} {limit.unit.value}", str(limit.high))
    if limit.low is not None and counted < limit.low and limit.unit is not Unit.ITEMS:
        return Breach(Breaks.SHORT, at, limit.at, f"{counted} {limit.unit.value}", str(limit.low))
    return None


def unnamed_breach(shot: Shot, limit: Limit, text: str) -> Breach | None:
    """As `limit_breach`, for a limit of which nobody said what it bounds, were it the answer."""
    return limit_breach(shot, replace(limit, of=""), text)


def length(shot: Shot, limit: Limit, text: str) -> int:
    """What a limit counts of an answer that is no JSON; 0 if there is nothing to count."""
    count = _COUNTS.get(limit.unit)
    if count is None or shot.output is None or shot.literal is not None or not shows(shot):
        return 0
    return count(text[shot.output.start : shot.output.end])


def _measured(shot: Shot, of: str) -> Span | None:
    """What a limit is about in an example: the answer, a part of that name, a value under that key."""
    if not shows(shot) or of == "?" or shot.output is None:
        return None
    if not of:
        return shot.output if shot.literal is None else None
    wanted = plain(of)
    if shot.literal is not None:
        value = next((entry.value for entry in shot.literal.root.entries if plain(entry.key) == wanted), None)
        if value is None or value.sort is not Sort.STRING or value.open:
            return None
        return Span(value.span.start + 1, max(value.span.start + 1, value.span.end - 1))
    found = [part.span for part in shot.parts if plain(part.name) == wanted]
    return found[0] if len(found) == 1 and shot.output.contains(found[0]) else None


def language_breach(shot: Shot, wanted: Language, text: str) -> Breach | None:
    """An answer that is surely in another language; JSON is judged by its strings."""
    if not shows(shot) or shot.output is None:
        return None
    said = text[shot.output.start : shot.output.end]
    if shot.literal is not None:
        said = " ".join(
            one.text for one in walk(shot.literal.root) if one.sort is Sort.STRING and not one.open
        )
    found = language(said)
    if not found or wanted.code in found:
        return None
    return Breach(Breaks.LANGUAGE, shot.output, wanted.at, min(found), wanted.code)


def format_breach(shot: Shot, wanted: Format, text: str) -> Breach | None:
    """An answer with Markdown, a code fence, an emoji, or without JSON, against a rule of form."""
    if not shows(shot) or shot.output is None:
        return None
    start, end = shot.output.start, shot.output.end
    if wanted.rule is Rule.JSON:
        if shot.literal is not None:
            return None
        return Breach(Breaks.NOT_JSON, shot.output, wanted.at, text[start : min(end, start + 60)], "JSON")
    if wanted.rule not in _MARKS:
        return None
    kind, pattern = _MARKS[wanted.rule]
    opens = kind in (Breaks.PREAMBLE, Breaks.CASE)
    if kind is Breaks.CASE and not shot.label:
        return None  # the label is what is meant
    match = pattern.match(text, start, end) if kind is Breaks.PREAMBLE else pattern.search(text, start, end)
    if match is None or (kind is Breaks.FENCE and match.start() == start):
        return None  # a fence at the start is how the example is shown
    whole = kind is Breaks.MARK or opens
    return Breach(
        kind,
        _line_of(text, shot.output, match.start()) if whole else Span(*match.span()),
        wanted.at,
        match[0][:60],
        "",
    )


def _line_of(text: str, within: Span, at: int) -> Span:
    """The line of a range that a place is in."""
    start = max(within.start, text.rfind("\n", within.start, at) + 1)
    stop = text.find("\n", at, within.end)
    return Span(start, within.end if stop < 0 else stop)


def forbidden_breaches(shot: Shot, wanted: Forbidden, text: str) -> tuple[Breach, ...]:
    """The forbidden words that an answer holds, or begins with."""
    if not shows(shot) or shot.output is None:
        return ()
    found = []
    for phrase in wanted.phrases:
        words = phrase.text.rstrip(".,;:!?… ")
        if not words:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?:e?s)?(?!\w)", re.IGNORECASE)
        match = pattern.search(text, shot.output.start, shot.output.end)
        opens = match is not None and not text[shot.output.start : match.start()].strip(" \t\n\"'*_`")
        if match is not None and (opens or not wanted.opens):
            found.append(Breach(Breaks.FORBIDDEN, Span(*match.span()), phrase.span, match[0], ""))
    return tuple(found)
