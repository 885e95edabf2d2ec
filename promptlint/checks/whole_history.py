"""Finds histories that are sent whole: each turn pays for all turns before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint import prices
from promptlint.calling import model_of
from promptlint.locate import tiles
from promptlint.model import Hit, Profile, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_FOR = lazy(r"-?\s*(?:for\s[^|\[\]()]{1,80}?\sin|#?each)\s+([\w.]{1,80})\s*-?(?:\s+as\b.*)?")
_PLACE = lazy(
    r"MessagesPlaceholder\(\s*(?:variable_name\s*=\s*)?[\"'](\w{1,60})[\"'](?:,\s*optional=\w+)?\s*,?\s*\)"
)
_LIMITED = lazy(
    r"trim_messages|trim_history|max_history|n_messages|history_limit|ConversationBufferWindow|Summary(?:Buffer)?Memory"
    r"|max_turns|window_size|summari[sz]e_(?:history|messages|conversation)",
    re.IGNORECASE,
)
_BEGIN = ("for ", "each ", "#each ")
_END = ("endfor", "/each")


@dataclass(frozen=True, slots=True)
class Params:
    """What a history is.

    Attributes:
        names: names of lists of turns.
        turn: the turn whose cost the message tells.
        tokens: the tokens that a turn is assumed to have.
    """

    names: tuple[str, ...]
    turn: int
    tokens: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for the list that a call sends, one for each loop or placeholder of a template.

    Those of a template are minor: what fills it may be cut elsewhere.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    sent = view.prompt.call.get("history")
    if sent is not None and isinstance(sent.value, str) and not sent.path:
        yield Hit(sent, _message(view, sent.value, params))
        return
    if not _has_lists(view):
        return
    found = [(name, at) for name, at in _whole(view) if name.rpartition(".")[2] in params.names]
    if found and not _LIMITED.search(view.prompt.source.text):
        yield from (Hit(at, _message(view, name, params), minor=True) for name, at in found)


def _has_lists(view: View) -> bool:
    """False if no loop and no placeholder can put in a list: a cheap test."""
    return any(
        item.kind is SegmentKind.CONTROL
        or (item.kind is SegmentKind.SLOT and "MessagesPlaceholder" in item.name)
        for message in view.prompt.messages
        for item in message.segments
    )


def _whole(view: View) -> Iterator[tuple[str, Span]]:
    """The lists that loops and placeholders put in whole, each with what to mark."""
    loops: list[tuple[str, int]] = []
    for tile in tiles(view.prompt):
        segment = tile.segment
        if segment.kind is SegmentKind.SLOT and "MessagesPlaceholder" in segment.name:
            place = _PLACE.fullmatch(segment.name)
            if place is not None:
                yield place[1], tile.span
        elif segment.kind is SegmentKind.CONTROL:
            word = segment.name.strip("- ")
            if word.startswith(_BEGIN):
                loop = _FOR.fullmatch(segment.name)
                loops.append((loop[1] if loop else "", tile.span.start))
            elif word.startswith(_END) and loops:
                name, start = loops.pop()
                if name and tile.span.end > start:
                    yield name, Span(start, tile.span.end)


def _message(view: View, name: str, params: Params) -> str:
    """What turn n costs more than the first: all turns before it, with the price if the model is known."""
    again = params.turn - 1
    tokens = again * params.tokens
    model = model_of(view.prompt.call)
    price = prices.price(model) if model else None
    dollars = f", ${tokens * price.input / 1_000:,.2f} in 1,000 such calls of {model}" if price else ""
    return (
        f"{name} is sent whole: turn {params.turn} pays again for the {again} before it, "
        f"{tokens:,} tokens at {params.tokens} a turn (assumed){dollars}"
    )
