"""What the edit of one prompt does: to its contract, and to the prefix that a cache holds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint import config, contract, costs, lint, measure, tokens
from promptlint.changes import Cache, Item, Move
from promptlint.contract import Change, Fate
from promptlint.documents import said
from promptlint.locate import locate, location
from promptlint.measure import Basics
from promptlint.model import Basis, Message, Prompt, PromptFacts
from promptlint.records import dataclass
from promptlint.view import View

_HEADING = re.compile(r"#{1,6} ")
_SLOT, _NAME = re.compile(r"\{[^{}]{0,80}\}"), re.compile(r"\w+")

MAX_TEXT = 500
"""Characters of one text from a prompt in the document."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What is said of an edit; see `changes.PromptChange`."""

    losses: tuple[Item, ...] = said("What is required no more.", default=())
    gains: tuple[Item, ...] = said("What is required now.", default=())
    moves: tuple[Move, ...] = said("What is required elsewhere.", default=())
    cache: Cache | None = said("The cached prefix.", default=None)


def edited(
    before: Prompt, after: Prompt, facts: tuple[PromptFacts, PromptFacts], settings: config.Config
) -> Edited:
    """Compare two states of a prompt.

    Args:
        before: the prompt as it was.
        after: as it is.
        facts: of the two.
        settings: the configuration of its file.
    """
    basics = lint.basics(after, settings)
    views = tuple(
        View(prompt, lambda text: tokens.count(text, basics.tokenizer)) for prompt in (before, after)
    )
    changes = contract.compare(views[0].contract, views[1].contract)
    lost, gained = list(_items(changes, Fate.LOST, before)), list(_items(changes, Fate.GAINED, after))
    wholes = [_assembled(view, basics) for view in views]
    if wholes != list(views):
        changes = contract.compare(wholes[0].contract, wholes[1].contract)
        lost, gained = _with_lines(changes, Fate.LOST, lost), _with_lines(changes, Fate.GAINED, gained)
    losses, gains, moves = _apart(lost, gained)
    return Edited(losses, gains, moves, _cache(before, after, facts, basics))


def _assembled(view: View, basics: Basics) -> View:
    """The prompt with the templates that it includes put in; the same view if there are none."""
    placed = measure.whole(view.prompt, basics.jinja)
    segments = tuple(item.segment for item in placed)
    if segments == view.prompt.segments:
        return view
    return View(replace(view.prompt, messages=(Message(None, segments),)), view.count)


def _with_lines(changes: tuple[Change, ...], fate: Fate, own: Iterable[Item]) -> list[Item]:
    """The items of assembled prompts, each with its line if the file itself says it."""
    lines = {(item.what, item.text): item.line for item in own}
    found = _items([replace(change, span=None) for change in changes], fate, None)
    return [replace(item, line=lines.get((item.what, item.text))) for item in found]


def _apart(
    lost: Iterable[Item], gained: Iterable[Item]
) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Move, ...]]:
    """What is lost, what is gained, and what is lost at one place to be gained, word for word, at another.

    Sentences that say no more than which slots have come and gone are left out: slots are items of their own.
    """
    before, after = list(lost), list(gained)
    told = {name for item in (*before, *after) if item.what == "slot" for name in _NAME.findall(item.text)}
    places: dict[tuple[str, str], list[Item]] = {}
    for item in after:
        if _plain(item.text) or not _slots(item.text) <= told:
            places.setdefault((item.what, _plain(item.text)), []).append(item)
    losses, moves = [], []
    for item in before:
        others = places.get((item.what, _plain(item.text)), [])
        same = next((each for each in others if _slots(each.text) ^ _slots(item.text) <= told), None)
        if same is not None:
            others.remove(same)
            if _slots(same.text) == _slots(item.text) and _plain(item.text) and item.what != "slot":
                moves.append(Move(item.what, item.text, item.line, same.line))
        elif _plain(item.text) or not _slots(item.text) <= told:
            losses.append(item)
    left = [item for items in places.values() for item in items]
    return tuple(losses), tuple(sorted(left, key=lambda item: item.line or 0)), tuple(moves)


def _plain(text: str) -> str:
    """The words of an item, without marks and slots."""
    return _SLOT.sub("", text).strip(" .;:,!-*+#{}$%")


def _slots(text: str) -> frozenset[str]:
    """The names in the slots of an item."""
    return frozenset(name for slot in _SLOT.findall(text) for name in _NAME.findall(slot))


def _items(changes: Iterable[Change], fate: Fate, prompt: Prompt | None) -> Iterator[Item]:
    """The items of that fate, each once; a place is given where they have one in a file."""
    seen = set()
    for change in changes:
        if change.fate is not fate:
            continue
        line = None
        if change.span is not None and prompt is not None:
            line = location(prompt.source.text, locate(prompt, change.span)).line
        text = " ".join(change.text.split())
        what = "heading" if change.what == "requirement" and _HEADING.match(text) else change.what
        item = Item(what, shortened(text), line)
        if item not in seen:
            seen.add(item)
            yield item


def shortened(text: str) -> str:
    """`text`, as much of it as a document holds."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _cache(
    before: Prompt, after: Prompt, facts: tuple[PromptFacts, PromptFacts], basics: Basics
) -> Cache | None:
    """What a filled cache still serves; None where there was nothing to serve, or all of it is.

    A provider caches by prefix: what stands before the first difference stays, if it is long enough. To fill
    a cache anew costs, once, what its tokens cost to be written instead of read: tokens x (price to write,
    or of input, - cached price); see the providers' pages on prompt caching.
    """
    held, holds = (costs.cacheable_tokens(item.prefix_tokens, item.model) for item in facts)
    if not held:
        return None
    texts = [measure.prefix_text(prompt, basics.jinja) for prompt in (before, after)]
    same_model = facts[0].model == facts[1].model
    common = os.path.commonprefix(texts) if same_model else ""  # noqa: RUF071  # texts, not paths
    whole = common == texts[0]
    kept = held if whole else costs.cacheable_tokens(tokens.count(common, basics.tokenizer), basics.model)
    if whole and holds >= held:
        return None
    price = basics.price
    once = None
    if price is not None and price.cached_input is not None:
        write = price.cache_write if price.cache_write is not None else price.input
        each = max(0, holds - kept) * (write - price.cached_input) / 1_000_000
        once = (each, each)
    basis = Basis.ASSUMED if basics.model_basis is Basis.ASSUMED else Basis.ESTIMATED
    return Cache(held, holds, kept, once, basis)
