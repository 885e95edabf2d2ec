"""Says whether a sentence depends on where it stands, so that its twin elsewhere is another rule."""

from __future__ import annotations

import re

from promptlint.compress.passes.spoken import HEADED
from promptlint.compress.proposal import Ground
from promptlint.model import Block, BlockKind, Span
from promptlint.patterns import lazy
from promptlint.places import places, touches

_BULLET = lazy(r"\s*(?:[-*+•]|\w{1,3}[.)])\s")
_NUMBERED = lazy(r"^[ \t]*\d{1,3}[.)][ \t]+\S", re.MULTILINE)
_LEANING = lazy(
    r"[ \t]+(?:\n?[ \t]*)(?:it|they|this|that|these|those|such|otherwise|doing so|to do (?:so|this|that)"
    r"|you can do so|if (?:so|not)|in (?:that|this) case|then|instead|for (?:example|instance)|e\.g|i\.e"
    r"|however|but|or|and|also|here|there)\b"
    r"|\s{1,9}(?:[\w'’-]{1,20} ){1,2}(?:it|them|these|those)\b",
    re.IGNORECASE,
)
"""How the next sentence speaks of one: "It ...", "Turn them into ..."."""
_OPENS = lazy(
    r"\W{0,9}(?:this|that|these|those|it|they|here|there|but|and|so|yet|or|however|because)\b", re.IGNORECASE
)
_POINTS = lazy(
    r"\b(?:this|these|those|such|above|below|following|previous|preceding|next|latter|former)\b"
    r"|\b(?:any|each|one|all|some|none|most|both) of (?:the|them|its)\b"
    r"|\b(?-i:I)\b|\b(?:my|me)\b|\bcopyright\b|\blicen[cs]ed?\b|\ball rights reserved\b",
    re.IGNORECASE,
)
"""What a sentence says that depends on where it stands or who speaks, or that a law wants there."""
_OCCASION = lazy(
    r"[`_/(]|\b(?:final|updates?|intermediate|intermediary|mode|phase|stage|step|tools?|commands?|functions?"
    r"|commits?|emails?|messages?|comments?|reviews?|reports?|when|while|during|before|after|for)\b",
    re.IGNORECASE,
)
"""In the name of a section: what holds there holds for one kind of answer, one tool, one time."""
_SPEAKER = lazy(
    rf"[\"']role[\"']\s*:|^[ \t]*(?:system|user|human|assistant)[ \t]*:|{HEADED}",
    re.IGNORECASE | re.MULTILINE,
)


def stands_alone(ground: Ground, stays: Span, goes: Span) -> bool:
    """True if `goes` asks for the same where `stays` stands, and nothing about it speaks of its place."""
    text = ground.view.text
    if _OPENS.match(text, goes.start) or _POINTS.search(text, goes.start, goes.end):
        return False
    if _asked(ground, goes) or _leans(ground, goes) or _introduces(ground, goes):
        return False
    return not speak_apart(ground, stays, goes) and _holds(ground, stays, goes)


def reinforces(ground: Ground, stays: Span, goes: Span) -> bool:
    """True if a slot that fills its line stands between: what is said after it again has a reason."""
    text, first, last = ground.view.text, min(stays.end, goes.end), max(stays.start, goes.start)
    for slot in places(ground.prompt).slots:
        if first <= slot.start < last:
            line = text[text.rfind("\n", 0, slot.start) + 1 : slot.start]
            end = text.find("\n", slot.end)
            rest = text[slot.end : end if end >= 0 else len(text)]
            if not (line + rest).strip("<>/\"'`# \t"):
                return True
    return False


def speak_apart(ground: Ground, one: Span, other: Span) -> bool:
    """True if a line between says that somebody else speaks: messages that are spelt out in one text."""
    between = sorted((one.start, one.end, other.start, other.end))
    said_ = _SPEAKER.finditer(ground.view.text, between[1], between[2])
    return any(not touches(ground.view.protected, Span(*match.span())) for match in said_)


def _leans(ground: Ground, goes: Span) -> bool:
    """True if the sentence after it speaks of it, or if it is set in as part of something shown."""
    text = ground.view.text
    line = text[text.rfind("\n", 0, goes.start) + 1 : goes.start]
    shown_ = line.startswith(("    ", "\t")) and _BULLET.match(line) is None
    return shown_ or _LEANING.match(text, goes.end) is not None


def _asked(ground: Ground, goes: Span) -> bool:
    """True if a question stands before it in its paragraph: what follows says how to answer that one."""
    text = ground.view.text
    above = text[text.rfind("\n\n", 0, goes.start) + 1 : goes.start]
    return any(line.rstrip(" \t*_").endswith("?") for line in above.splitlines())


def _introduces(ground: Ground, goes: Span) -> bool:
    """True if code, data or a table follows at once: the sentence may be what it is about."""
    text = ground.view.text
    shown_ = ground.view.of_kind(BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE)
    return any(
        block.span.start >= goes.end and not text[goes.end : block.span.start].strip() for block in shown_
    )


def _holds(ground: Ground, stays: Span, goes: Span) -> bool:
    """True if the section of what stays is around what goes, or if neither section is of an occasion.

    What stands under a numbered item holds for that item.
    """
    if _under(ground, stays) not in (-1, _under(ground, goes)):
        return False
    home = _section(ground, stays)
    if home is None or home.span.contains(goes):
        return True
    both = (home, _section(ground, goes))
    return not any(each is not None and _is_occasion(ground.view.text, each) for each in both)


def _under(ground: Ground, at: Span) -> int:
    """Where the numbered item begins under which a line stands, set in or not; -1: under none."""
    text, section = ground.view.text, _section(ground, at)
    above = _NUMBERED.finditer(text, section.span.start if section else 0, at.start)
    return max((match.start() for match in above), default=-1)


def _section(ground: Ground, at: Span) -> Block | None:
    """The innermost section around a stretch."""
    around = [each for each in ground.view.of_kind(BlockKind.SECTION) if each.span.contains(at)]
    return around[-1] if around else None


def _is_occasion(text: str, section: Block) -> bool:
    """True for a name such as "Final answers", "When a call ends" or "grep"."""
    span = section.children[0].span if section.children else section.span
    name = text[span.start : span.end].strip("#*_ \t\n")
    return name[:1].islower() or _OCCASION.search(name.strip("<>")) is not None
