"""The passes by name: each yields ideas for one prompt, knows no other, and judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from promptlint.compress.passes import (
    context_bounds,
    examples,
    merge_restated,
    phrases,
    rule_fixes,
    structure,
    structured_output,
    zero_shot,
)
from promptlint.compress.proposal import Ground, Idea

Pass = Callable[[Ground], Iterator[Idea]]

PASSES: Mapping[str, Pass] = {
    "rule-fixes": rule_fixes.ideas,
    "merge-restated": merge_restated.ideas,
    "phrases": phrases.ideas,
    "structure": structure.ideas,
    "examples": examples.ideas,
    "zero-shot": zero_shot.ideas,
    "structured-output": structured_output.ideas,
    "context-bounds": context_bounds.ideas,
}


def ideas(ground: Ground) -> Iterator[tuple[str, Idea]]:
    """What all passes propose for a prompt, each with the name of its pass."""
    for name, run in PASSES.items():
        for idea in run(ground):
            yield name, idea
