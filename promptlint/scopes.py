"""Says what a sentence of a prompt holds for: everything, or the section, list or item that it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from promptlint.model import Block, BlockKind, Span
from promptlint.patterns import lazy
from promptlint.words import table

_WORD = lazy(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 8  # words of a heading that says "this holds everywhere"
_GENERAL = table(
    "rule rules guideline guidelines instruction instructions general important note notes remember "
    "reminder reminders constraint constraints requirement requirements overview summary role task "
    "objective goal goals objectives main core key critical final additional other further policy "
    "policies principle principles best practice practices tips behavior behaviour system prompt "
    "guidance restriction restrictions global warning caution attention conclusion closing mandatory "
    "essential mandate mandates purpose identity about mission things how tone style"
)
_LINKING = table(
    "the a an and or of for all as to in on be is are these this following follow below here your you must "
    "should always never do not don't please keep mind also when every very strictly output response "
    "responses answer answers answering responding most some respond help"
)


class Around(NamedTuple):
    """What the parents of a sentence decide; a plain tuple because thousands are made.

    `home` is the item or paragraph around it, which holds nothing else if `alone`; `group` is the list around
    the item, or the section; `section` the section. `scope` is the innermost of the blocks around it that
    limit it: a section, an item that says more, what follows a line that ends in a colon. Those with a name
    such as "Important" or "General rules" limit nothing.
    """

    home: Span
    group: Span
    section: Span
    scope: Span
    alone: bool


def sentences(text: str, blocks: tuple[Block, ...], shut: frozenset[BlockKind]) -> list[tuple[Span, Around]]:
    """The sentences of an outline, in order, with what is around each; nothing in blocks of kinds `shut`."""
    whole = Span(0, len(text))
    found: list[tuple[Span, Around]] = []
    _gather(text, blocks, Around(whole, whole, whole, whole, alone=False), shut, found)
    return found


def shared(one: Span, other: Span) -> bool:
    """True if what holds in one of two scopes holds in the other too: one lies within the other."""
    return one.contains(other) or other.contains(one)


def _gather(
    text: str,
    blocks: tuple[Block, ...],
    around: Around,
    shut: frozenset[BlockKind],
    found: list[tuple[Span, Around]],
) -> None:
    """Adds the sentences below `blocks`, in order; a list, because each level of generators costs."""
    lead: Block | None = None
    for block in blocks:
        here = around
        if lead is not None:
            here = around._replace(scope=Span(lead.span.start, max(lead.span.end, block.span.end)))
        if block.kind is BlockKind.SENTENCE:
            found.append((block.span, here))
            lead = block if _leads(text, block) else lead
        elif block.kind not in shut:
            _gather(text, block.children, _inside(text, block, here), shut, found)
            lead = _last_lead(text, block)


def _inside(text: str, block: Block, around: Around) -> Around:
    if block.kind is BlockKind.SECTION:
        scope = around.scope if is_general(_name(text, block)) else block.span
        return Around(block.span, block.span, block.span, scope, alone=False)
    if block.kind is BlockKind.LIST:
        return Around(around.home, block.span, around.section, around.scope, around.alone)
    alone = len(block.children) == 1
    scope = around.scope
    if block.kind is BlockKind.ITEM and not alone and not is_general(_name(text, block)):
        scope = block.span
    return Around(block.span, around.group, around.section, scope, alone)


def _name(text: str, block: Block) -> str:
    """The heading of a section, the first sentence of an item."""
    first = block.children[0].span if block.children else block.span
    return text[first.start : first.end]


def _last_lead(text: str, block: Block) -> Block | None:
    """The last sentence of a paragraph, if it introduces what comes after the paragraph."""
    last = block.children[-1] if block.kind is BlockKind.PARAGRAPH and block.children else None
    return last if last is not None and _leads(text, last) else None


def _leads(text: str, sentence: Block) -> bool:
    end = sentence.span.end
    if text[end - 1] not in "*_ :：":
        return False
    if not text[sentence.span.start : end].rstrip("*_ ").endswith((":", "：")):
        return False
    return not is_general(text[sentence.span.start : sentence.span.end])


@lru_cache(maxsize=1 << 11)
def is_general(heading: str) -> bool:
    """True for names such as "Important", "General rules", "<guidelines>", "Always follow these rules"."""
    words = [word.lower() for word in _words(heading)]
    return (
        bool(words)
        and any(word in _GENERAL for word in words)
        and all(word in _GENERAL or word in _LINKING for word in words)
    )


def _words(heading: str) -> Iterator[str]:
    for count, match in enumerate(_WORD.finditer(heading[:200])):
        yield match.group() if count < _LONGEST else "too-long"
