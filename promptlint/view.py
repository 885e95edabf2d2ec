"""What a checker sees: one prompt, with its outline, contract and token counts made on demand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

from promptlint import contract, outline, tokens
from promptlint.model import Block, BlockKind, Prompt, Span


class View:
    """A prompt and what is derived from it; holds no file, no config, no source offsets.

    Args:
        prompt: the prompt.
        count: input tokens of a text, in the prompt's own tokenizer.
        budget: the tokens that the configuration allows this prompt, None if it does not say.
    """

    def __init__(self, prompt: Prompt, count: Callable[[str], int], budget: int | None = None) -> None:
        self.prompt = prompt
        self.text = prompt.text
        self.count = count
        self.budget = budget

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The outline of the prompt's text."""
        return outline.outline(self.prompt)

    def of_kind(self, *kinds: BlockKind) -> tuple[Block, ...]:
        """The blocks of some kinds anywhere in the outline, in order."""
        present = [kind for kind in kinds if kind in self._by_kind]
        if len(present) > 1:
            return outline.of_kind(self.blocks, *present)
        return tuple(self._by_kind[present[0]]) if present else ()

    @cached_property
    def protected(self) -> tuple[Span, ...]:
        """Where wording must not be touched, as `outline.protected` says."""
        if self._by_kind.keys().isdisjoint(outline.PROTECTED):
            return ()
        return outline.protected(self.blocks)

    @cached_property
    def _by_kind(self) -> dict[BlockKind, list[Block]]:
        found: dict[BlockKind, list[Block]] = {}
        for block in outline.walk(self.blocks):
            found.setdefault(block.kind, []).append(block)
        return found

    def sentence_at(self, span: Span) -> Block | None:
        """The sentence that `span` lies in, if it lies in one."""
        index = bisect_right(self._starts, span.start) - 1
        found = self.sentences[index] if index >= 0 else None
        return found if found is not None and found.span.contains(span) else None

    @cached_property
    def sentences(self) -> tuple[Block, ...]:
        """The sentences outside examples, in order."""
        return outline.sentences(self.blocks)

    @cached_property
    def _starts(self) -> list[int]:
        return [block.span.start for block in self.sentences]

    @cached_property
    def contract(self) -> contract.Contract:
        """What the prompt requires."""
        return contract.contract(self.prompt, self.blocks)

    def may_reach(self, text: str, wanted: int) -> bool:
        """False if `text` surely has fewer than `wanted` tokens; needs no vocabulary."""
        return tokens.at_most(text) * 2 >= wanted  # no estimate is more than twice the vocabulary's count

    @cached_property
    def lower(self) -> str:
        """The text in lower case, for cheap tests of whether a word occurs; its offsets may be others."""
        return self.text.lower()

    @cached_property
    def tokens(self) -> int:
        """Tokens of the whole prompt text, slots as spelt."""
        return self.count(self.text)
