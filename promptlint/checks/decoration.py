"""Counts bold type, rulers and emoji that decorate a prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from promptlint import vet
from promptlint.model import BlockKind, Edit, Hit, Profile, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, places, removal, touches
from promptlint.records import dataclass
from promptlint.shown import has_placeholder, shown
from promptlint.view import View

_BOLD = lazy(r"(?<![*\w])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?![*\w])")
_STRESS = lazy(r"\b(?:not|never|no|none|only|must|always|don['’]t|cannot)\b", re.IGNORECASE)
_EMOJI = r"[\U0001F300-\U0001FAFF\u2600-\u269F\u26A1-\u26FF\u2728\u2B50]"
_OPENING = lazy(
    rf"^[ \t]*+(?:\#{{1,6}}[ ]|[-*+•][ ]|\d+\.[ ])?[ \t]*+(?:\*\*)?(({_EMOJI})\ufe0f?[ ]+)(?=[*\w])",
    re.MULTILINE,
)
_SHORT = 3  # "---", which people read too
_SHARE = 0.01  # of the tokens of a prompt: less is not worth the look
_DELIMITER = lazy(r"\b(?:delimit|separated by|between the|enclosed)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """How much is too much; each kind counts by itself.

    Attributes:
        max_bold: bold stretches, in prompts that are no agent documents.
        max_rulers: lines that only separate.
        max_emoji: emoji that open a line and occur nowhere else.
        min_saving: least number of tokens that all of them cost.
    """

    max_bold: int
    max_rulers: int
    max_emoji: int
    min_saving: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first mark, with the edits that take all of them out."""
    agent = view.prompt.profile is Profile.AGENT_DOCUMENT
    kinds = {
        "bold stretches": ([] if agent else _bold(view.text, params.max_bold), params.max_bold),
        "rulers": (_rulers(view, params.max_rulers), params.max_rulers),
        "emoji": (_emoji(view.text), params.max_emoji),
    }
    over = {name: found for name, (found, most) in kinds.items() if len(found) > most}
    if not over:
        return
    apart = shown(view).layouts
    over = {name: [span for span in found if not touches(apart, span)] for name, found in over.items()}
    over = {name: found for name, found in over.items() if len(found) > kinds[name][1]}
    marks = sorted(span for found in over.values() for span in found)
    edits = tuple(_edits(view, over)) if marks else ()
    if marks and vet.saved_tokens(view.text, edits, view.count) >= max(
        params.min_saving, _SHARE * view.tokens
    ):
        counted = " and ".join(f"{len(found)} {name}" for name, found in over.items())
        drops = "the look of the prompt, which an answer may follow"
        yield Hit(marks[0], f"{counted} decorate the prompt", edits, tuple(marks[1:]), Safety.UNSAFE, drops)


def _bold(text: str, most: int) -> list[Span]:
    """Bold stretches, but for those that mean something: a single word within a line, a negation, a hole."""
    if text.count("**") <= 2 * most:
        return []
    return [
        Span(*match.span())
        for match in _BOLD.finditer(text)
        if not has_placeholder(match[1]) and not _STRESS.search(match[1]) and not _is_stressed(text, match)
    ]


def _is_stressed(text: str, match: re.Match[str]) -> bool:
    begins = text.rfind("\n", 0, match.start()) + 1
    within = any(map(str.isalnum, text[begins : match.start()]))
    return within and " " not in match[1] and match[1][-1] != ":"


def _rulers(view: View, most: int) -> list[Span]:
    """Rulers, unless the prompt speaks of delimiters: then they are what it speaks of."""
    found = [block.span for block in view.of_kind(BlockKind.RULER)]
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        found = [span for span in found if span.end - span.start > _SHORT]
    if len(found) <= most or _DELIMITER.search(view.text):
        return []
    slots = places(view.prompt).slots
    return [span for span in found if not touches(slots, _neighbours(view.text, span))]


def _neighbours(text: str, span: Span) -> Span:
    """The lines around a ruler: one that stands beside a slot marks where the slot's text ends."""
    above = text.rfind("\n", 0, max(0, text.rfind("\n", 0, span.start)))
    line = text.find("\n", span.end)
    below = text.find("\n", line + 1) if line >= 0 else -1
    return Span(above + 1, len(text) if below < 0 else below)


def _emoji(text: str) -> list[Span]:
    """Emoji that open a line; one that occurs elsewhere too is a sign that means something."""
    if text.isascii():
        return []
    found = list(_OPENING.finditer(text))
    opening = Counter(match.group(2) for match in found)
    signs = {sign for sign, times in opening.items() if text.count(sign) != times}
    return [Span(*match.span(1)) for match in found if match.group(2) not in signs]


def _edits(view: View, over: dict[str, list[Span]]) -> Iterator[Edit]:
    ground = places(view.prompt)
    wanted = [Span(span.start, span.start + 2) for span in over.get("bold stretches", ())]
    wanted += [Span(span.end - 2, span.end) for span in over.get("bold stretches", ())]
    wanted += over.get("emoji", ())
    wanted += [span for ruler in over.get("rulers", ()) if (span := removal(ground, ruler))]
    for span in _separate(sorted(wanted)):
        if not has_slot(ground, span):
            yield Edit(span, "")


def _separate(spans: Iterable[Span]) -> Iterator[Span]:
    end = -1
    for span in spans:
        if span.start >= end:
            yield span
            end = span.end
