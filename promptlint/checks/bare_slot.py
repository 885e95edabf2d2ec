"""Finds what users wrote in the system message, with nothing that parts it from the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.locate import message_spans, tiles
from promptlint.model import BlockKind, Hit, Profile, Role, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.places import joined, places, touches
from promptlint.records import dataclass
from promptlint.view import View

_HUMP = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME = lazy(r"[A-Za-z_]\w*(?=\W*$)|[A-Za-z_]\w*")
_BEFORE = 160
_AROUND = 4000
_OPENED = lazy(
    r"<(?P<tag>[A-Za-z][\w:.-]{0,60})(?:\s[^<>\n]{0,200})?>[^<>]{0,400}$"
    r"|(?P<fence>```|~~~|\"{3}|'{3}|-{3,}|={3,}|#{3,}|\*{3,}|_{3,}|<{3,})[\w ]{0,20}\s*"
    r"(?:[^\n]{0,60}\n)?[ \t]*$"
    r"|(?P<quote>[\"'`“«\[({])$"
)
_CLOSING = {"“": "”", "«": "»", "[": "]", "(": ")", "{": "}", "<<<": ">>>"}
_WROTE = lazy(
    r"\b(?:users?|customers?|guests?|patients?|passengers?|visitors?|callers?|members?|engineers?|clients?"
    r"|students?"
    r"|persons?|people|candidates?|applicants?|they|buyers?|players?|travell?ers?|tenants?|residents?)\b"
    r"(?:['’]s?)?[^.\n]{0,80}\b(?:wrote|writes?|written|said|says?|told|tells?|introduced|filled[ ]in"
    r"|typed|asked|asks|entered"
    r"|remarks?|notes?|message|comments?|feedback|own[ ]words|reported|replied|answered)\b"
    r"[^.\n{}]{0,60}[:=]\s*[\"'`*_]{0,2}$",
    re.IGNORECASE,
)
_MANY = 3


@dataclass(frozen=True, slots=True)
class Params:
    """Which slots hold what a user wrote.

    Attributes:
        untrusted: names of slots, in lower case with underscores (`userInput` is `user_input`).
    """

    untrusted: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a slot in a system message, by its name or by what the line says of it; the first few."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    system = _system(view) if places(view.prompt).slots else []
    if not system:
        return
    code = joined(block.span for block in view.of_kind(BlockKind.CODE, BlockKind.EXAMPLES, BlockKind.EXAMPLE))
    seen: set[str] = set()
    for tile in tiles(view.prompt):
        if tile.segment.kind is not SegmentKind.SLOT or len(seen) >= _MANY:
            continue
        home = next((span for span in system if span.contains(tile.span)), None)
        if home is None or tile.segment.name in seen or touches(code, tile.span):
            continue
        before = view.text[max(home.start, tile.span.start - _AROUND) : tile.span.start]
        if not _is_untrusted(tile.segment.name, params) and not _WROTE.search(before[-_BEFORE:]):
            continue
        if not _is_apart(before, view.text[tile.span.end : min(home.end, tile.span.end + _AROUND)]):
            seen.add(tile.segment.name)
            what = f"{tile.segment.text} holds what a user wrote and stands bare in the system message"
            yield Hit(tile.span, f"{what}: put it into the user message, or between delimiters")


def _system(view: View) -> list[Span]:
    """The system messages; a prompt of one message without a role is one if its name says so."""
    pairs = list(zip(view.prompt.messages, message_spans(view.prompt), strict=True))
    found = [span for message, span in pairs if message.role in (Role.SYSTEM, Role.DEVELOPER)]
    name = view.prompt.id.lower()
    if (
        not found
        and len(pairs) == 1
        and pairs[0][0].role is None
        and re.search(r"(?<![a-z])system(?![a-z])", name)
    ):
        return [pairs[0][1]]
    return found


def _is_untrusted(name: str, params: Params) -> bool:
    """By the last name of an expression: `request.user_input | trim` is `user_input`."""
    path = re.match(r"[\w.]+", name.strip())
    if path is None:
        return False
    last = path.group().rpartition(".")[2]
    return _HUMP.sub("_", last).lower() in params.untrusted


def _is_apart(before: str, after: str) -> bool:
    """True if the slot stands in an element, between fences or rulers, in quotation marks or brackets."""
    found = _OPENED.search(before)
    if found is None:
        return False
    if found["tag"]:
        return f"</{found['tag']}" in after
    mark = found["fence"] or found["quote"]
    closing = _CLOSING.get(mark, mark)
    return closing in after if found["fence"] else closing in after.partition("\n")[0]
