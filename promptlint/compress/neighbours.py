"""Chooses proposals that touch no other; two deletions that share only white space may both go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from promptlint import vet
from promptlint.compress.proposal import Ground, Proposal
from promptlint.locate import joins_lines, source_edits
from promptlint.model import Edit, Span


def apart(ground: Ground, found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Those that touch no better one; of two deletions that share only white space both, the space once."""
    chosen = vet.compatible(found)
    taken = {each.edits[0].span for each in chosen}
    clipped = []
    for each in found:
        clip = None if each.edits[0].span in taken else _clipped(ground, each, chosen)
        if clip is not None:
            clipped.append(clip)
    return vet.compatible((*chosen, *clipped)) if clipped else chosen


def _clipped(ground: Ground, proposal: Proposal, chosen: Sequence[Proposal]) -> Proposal | None:
    """A deletion without the white space at its ends that another one takes; None if they share more."""
    if len(proposal.edits) != 1 or proposal.edits[0].new:
        return None
    start, end = proposal.edits[0].span.start, proposal.edits[0].span.end
    for other in (edit.span for each in chosen for edit in each.edits):
        if other.overlaps(Span(start, end)):
            if other.start <= start:
                start = min(max(start, other.end), end)
            else:
                end = max(min(end, other.start), start)
    gone = proposal.edits[0].span
    text = ground.view.text
    if (text[gone.start : start] + text[end : gone.end]).strip() or not text[start:end].strip():
        return None
    edit = Edit(Span(start, end), "")
    spelt = source_edits(ground.prompt, edit)
    if spelt is None or joins_lines(ground.prompt, edit, spelt):
        return None
    saved = vet.saved_tokens(text, (edit,), ground.view.count)
    return replace(proposal, edits=(edit,), source_edits=spelt, tokens_saved=saved) if saved > 0 else None
