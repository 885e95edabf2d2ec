"""Takes the line break along where several edits together leave nothing of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from promptlint.compress.proposal import Ground, Proposal
from promptlint.locate import joins_lines, source_edits
from promptlint.model import Edit, Span
from promptlint.places import has_slot, places, touches


def tidied(ground: Ground, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The proposals, which touch none of each other; the last edit of a line that is emptied ends with it."""
    gone = sorted(edit.span for each in proposals for edit in each.edits if not edit.new)
    longer = dict(_longer(ground, gone))
    return [_with(ground, each, longer) for each in proposals] if longer else list(proposals)


def _longer(ground: Ground, gone: Sequence[Span]) -> list[tuple[Span, Span]]:
    text, held = ground.prompt.text, places(ground.prompt)
    found = []
    for before, last in pairwise(gone):
        start, end = text.rfind("\n", 0, before.start) + 1, text.find("\n", last.end)
        if end < 0 or "\n" in text[before.start : last.end]:
            continue
        whole = Span(start, end)
        inside = [span for span in gone if whole.contains(span)]
        rest = list(text[start:end])
        for span in inside:
            rest[span.start - start : span.end - start] = " " * (span.end - span.start)
        line = Span(start, end + 1)
        if "".join(rest).strip() or inside[-1] != last or touches(ground.kept, line) or has_slot(held, line):
            continue
        found.append((last, Span(last.start, end + 1)))
    return found


def _with(ground: Ground, proposal: Proposal, longer: dict[Span, Span]) -> Proposal:
    """The proposal with its edits made longer; as it was where that cannot be spelt in the file."""
    edits = [
        Edit(longer[edit.span], "") if not edit.new and edit.span in longer else edit
        for edit in proposal.edits
    ]
    if tuple(edits) == proposal.edits:
        return proposal
    spelt: list[Edit] = []
    for edit in edits:
        in_source = source_edits(ground.prompt, edit)
        if in_source is None or joins_lines(ground.prompt, edit, in_source):
            return proposal
        spelt.extend(in_source)
    return replace(proposal, edits=tuple(edits), source_edits=tuple(spelt))
