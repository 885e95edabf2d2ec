"""Turns a prompt's text into a tree of blocks: sections, lists, sentences, code, data, examples.

All spans are in prompt coordinates. Headings are `#`, underlined, bold or capital lines, and labels such as
"Rules:". An XML-like element around prose is a SECTION whose first child is a HEADING of the opening tag;
<example> is an EXAMPLE. A CODE or DATA block that is the child of a SENTENCE is inline. In a chat, user and
assistant messages before the last user message are each one EXAMPLE (with no parent, as no block crosses a
message break).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promptlint.locate import message_spans
from promptlint.model import Arm, Block, BlockKind, Prompt, Role, SegmentKind, Span
from promptlint.outline.lines import layout
from promptlint.outline.markup import FILL
from promptlint.outline.tree import Builder

_EXAMPLES = (BlockKind.EXAMPLE, BlockKind.EXAMPLES)
PROTECTED = (*_EXAMPLES, BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE)


def outline(prompt: Prompt) -> tuple[Block, ...]:
    """The blocks of a prompt's text, in order, none overlapping."""
    text, breaks = _masked(prompt)
    shown = _shown(prompt, text)
    blocks: list[Block] = []
    for index, span in enumerate(message_spans(prompt)):
        inner = Builder(text, breaks).build(layout(text, span.start, span.end), index not in shown)
        if index in shown and inner:
            inner = [Block(BlockKind.EXAMPLE, Span(inner[0].span.start, inner[-1].span.end), tuple(inner))]
        blocks.extend(inner)
    return tuple(blocks)


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks, parents before their children, in order of the text."""
    stack = [*blocks][::-1]
    while stack:
        block = stack.pop()
        yield block
        if block.children:
            stack.extend(block.children[::-1])


def of_kind(blocks: Iterable[Block], *kinds: BlockKind) -> tuple[Block, ...]:
    """All blocks of these kinds, at any depth, in order."""
    return tuple(block for block in walk(blocks) if block.kind in kinds)


def protected(blocks: Iterable[Block]) -> tuple[Span, ...]:
    """Where wording must not be touched: code, data, tables and examples; sorted, merged."""
    merged: list[Span] = []
    for block in walk(blocks):
        if block.kind not in PROTECTED or (merged and merged[-1].contains(block.span)):
            continue
        if merged and merged[-1].end >= block.span.start:
            merged[-1] = Span(merged[-1].start, block.span.end)
        else:
            merged.append(block.span)
    return tuple(merged)


def sentences(blocks: Iterable[Block], include_examples: bool = False) -> tuple[Block, ...]:
    """The sentences of paragraphs and list items, in order."""
    found: list[Block] = []
    wanted = BlockKind.SENTENCE
    stack = [*blocks][::-1]
    while stack:
        block = stack.pop()
        if block.kind is wanted:
            found.append(block)
        elif block.children and (include_examples or block.kind not in _EXAMPLES):
            stack.extend(block.children[::-1])
    return tuple(found)


def _masked(prompt: Prompt) -> tuple[str, list[int]]:
    """The text with FILL for every code point of a slot, and where the template branch changes."""
    parts: list[str] = []
    breaks: list[int] = []
    position = 0
    branch: tuple[Arm, ...] | None = None
    for segment in prompt.segments:
        if not segment.text:
            continue
        if branch is not None and segment.branch != branch:
            breaks.append(position)
        branch = segment.branch
        parts.append(FILL * len(segment.text) if segment.kind is SegmentKind.SLOT else segment.text)
        position += len(segment.text)
    return "".join(parts), breaks


def _shown(prompt: Prompt, text: str) -> set[int]:
    """Messages that show a turn: fixed assistant messages before the last user message, and questions."""
    roles = [message.role for message in prompt.messages]
    if Role.ASSISTANT not in roles or Role.USER not in roles:
        return set()
    last = max(index for index, role in enumerate(roles) if role is Role.USER)
    spans = message_spans(prompt)
    shown: set[int] = set()
    for index in range(last):
        fixed = text[spans[index].start : spans[index].end].replace(FILL, "").strip()
        if roles[index] is Role.ASSISTANT and fixed:
            shown.add(index)
            if index and roles[index - 1] is Role.USER:
                shown.add(index - 1)
    return shown
