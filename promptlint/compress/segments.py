"""Says what of a prompt may be cut: its sections, paragraphs, items, sentences and examples, as a tree.

Never cut: slots, code, data and tables (but with the example that they belong to), safety text, single
numbered steps, what a `keep` comment protects, what cannot be written back, and the last text of a message. A
part with one of these in it is not cut as a whole; what else it has may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from promptlint import vet
from promptlint.compress.proposal import Ground
from promptlint.locate import joins_lines, locate, location, message_spans, source_edits
from promptlint.model import Block, BlockKind, Edit, Prompt, Role, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, numbered, places, removal, touches
from promptlint.records import dataclass

LEAST = 4
"""Tokens below which a part is not worth the calls that would tell what it does."""

_PARTS = frozenset(
    {
        *(BlockKind.SECTION, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.ITEM),
        *(BlockKind.SENTENCE, BlockKind.EXAMPLES, BlockKind.EXAMPLE),
    }
)
_SHUT = frozenset({BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE})
_STEP = re.compile(r"\s*\(?\w{1,3}[.)]\s")

SAFETY = lazy(
    r"\b(?:safety|unsafe|safeguard\w*|harm(?:s|ful)?|danger(?:s|ous)?|illegal|unlawful|violen\w+|weapons?"
    r"|suicid\w*|self-harm|emergency|hate(?:ful)?|discriminat\w*|harass\w*|abus\w+|sexual\w*|minors|malware"
    r"|phishing|fraud\w*|confidential\w*|privacy|personal data|personally identifiable|pii|gdpr|hipaa|pci"
    r"|passwords?|credentials?|secrets?|api keys?|card numbers?|social security|jailbreak\w*"
    r"|prompt injections?|untrusted|refuse[sd]?|system prompt|comply|complian\w+|copyright\w*"
    r"|(?:reveal|disclose|leak|expose|share|repeat)\w*\W+(?:\w+\W+){0,4}(?:instructions?|prompt|data)"
    r"|(?:medical|legal|financial|tax|investment)\W+(?:\w+\W+){0,2}advice"
    r"|ignore (?:all|any|previous|prior|these))\b",
    re.IGNORECASE,
)
"""English words of safety text: whatever stands in a sentence with one of them is never cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a prompt.

    Args:
        kind: of the block.
        span: of the block, in prompt coordinates.
        cut: what goes with it: its line, list marker or space; None: it may not be cut.
        why_not: why it may not be cut; empty: it may.
        tokens: that are saved without it; 0 if it may not be cut.
        line: where it begins in its file, from 1.
        children: its own parts.
    """

    kind: BlockKind
    span: Span
    cut: Span | None
    why_not: str
    tokens: int
    line: int
    children: tuple[Part, ...] = ()

    @property
    def edit(self) -> Edit:
        """The edit that cuts it, in prompt coordinates."""
        assert self.cut is not None
        return Edit(self.cut, "")


def parts(ground: Ground) -> tuple[Part, ...]:
    """The parts of a prompt, outermost first; those that may not be cut are there for their children."""
    prompt = ground.prompt
    spans = message_spans(prompt)
    turns = [
        span
        for span, message in zip(spans, prompt.messages, strict=True)
        if message.role in (Role.ASSISTANT, Role.TOOL, Role.TOOL_DEFINITION)
    ]
    shown = [block for block in ground.view.blocks if block.kind is BlockKind.EXAMPLE and len(spans) > 1]
    shut = (*turns, *(block.span for block in shown))
    blocks = [block for block in ground.view.blocks if not any(span.contains(block.span) for span in shut)]
    return _parts(ground, blocks)


def leaves(found: Sequence[Part]) -> Iterator[Part]:
    """The smallest parts that may be cut, in order: what exhaustive leave-one-out would try."""
    for part in found:
        inner = list(leaves(part.children))
        if inner:
            yield from inner
        elif part.cut is not None:
            yield part


def _parts(ground: Ground, blocks: Sequence[Block]) -> tuple[Part, ...]:
    found = (_part(ground, block) for block in blocks if block.kind in _PARTS)
    return tuple([part for part in found if part.children or part.cut is not None])


def _part(ground: Ground, block: Block) -> Part:
    whole = block.kind is BlockKind.EXAMPLE
    inner = () if whole else _parts(ground, block.children)
    if len(inner) == 1 and len(block.children) == 1:  # an item of one sentence is that sentence
        inner = inner[0].children
    cut = removal(places(ground.prompt), block.span)
    why_not = "lines below hang on it" if cut is None else _why_not(ground, block, cut)
    edits = [Edit(cut, "")] if cut is not None and not why_not else []
    tokens = vet.saved_tokens(ground.view.text, edits, ground.view.count)
    if not why_not and tokens < LEAST:
        why_not, tokens = "it is too short to be worth a test", 0
    source = ground.prompt.source.text
    line = location(source, locate(ground.prompt, block.span)).line if source else 0
    return Part(block.kind, block.span, None if why_not else cut, why_not, tokens, line, inner)


def _why_not(ground: Ground, block: Block, cut: Span) -> str:
    text = ground.view.text
    if has_slot(places(ground.prompt), cut):
        return "it holds a slot"
    if touches(ground.kept, cut):
        return "a comment keeps it"
    if any(each.kind in _SHUT for each in _fixed(block)):
        return "it holds code, data or a table"
    if SAFETY.search(text, cut.start, cut.end):
        return "it is about safety"
    if _is_step(ground, block):
        return "it is a numbered step"
    if _is_last(ground.prompt, cut):
        return "nothing of its message would be left"
    edit = Edit(cut, "")
    spelt = source_edits(ground.prompt, edit)
    if spelt is None or joins_lines(ground.prompt, edit, spelt):
        return "it cannot be cut in this place of the file"
    return ""


def _fixed(block: Block) -> Iterator[Block]:
    """Blocks within one that may not go with it; names in backquotes may, and what an example holds."""
    if block.kind is BlockKind.EXAMPLE:
        return
    for child in block.children:
        if block.kind is not BlockKind.SENTENCE or child.kind is not BlockKind.CODE:
            yield child
            yield from _fixed(child)


def _is_step(ground: Ground, block: Block) -> bool:
    """True for one item of a numbered list: others may be called by their number."""
    if block.kind is BlockKind.ITEM:
        match = _STEP.match(ground.view.text, block.span.start, block.span.end)
        return match is not None
    return block.kind is BlockKind.SENTENCE and numbered(places(ground.prompt), block.span)


def _is_last(prompt: Prompt, cut: Span) -> bool:
    return any(
        not (prompt.text[span.start : cut.start] + prompt.text[min(cut.end, span.end) : span.end]).strip()
        for span in message_spans(prompt)
        if span.contains(cut)
    )
