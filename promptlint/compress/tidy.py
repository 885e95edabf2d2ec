"""Takes along what edits leave behind together: the break of a line that is emptied, blanks above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from promptlint.compress.proposal import Ground, Proposal
from promptlint.locate import joins_lines, source_edits
from promptlint.model import Edit, Span
from promptlint.places import has_slot, joined, places, touches


def tidied(ground: Ground, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The proposals, which touch none of each other; the last edit of a line that is emptied ends with it.

    Two blanks at the end of a line break it in Markdown: they go where no line follows any more.
    """
    gone = sorted(edit.span for each in proposals for edit in each.edits if not edit.new)
    longer: dict[Span, tuple[Span, ...]] = {old: (new,) for old, new in _longer(ground, gone)}
    whole = [longer.get(span, (span,))[0] for span in gone]
    taken = joined(edit.span for each in proposals for edit in each.edits)
    for blanks, below in _blanks(ground, whole):
        if touches(taken, blanks):
            continue
        old = gone[whole.index(below)]
        longer[old] = (blanks, below)
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


def _blanks(ground: Ground, gone: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Blanks at the end of a line that was not the last one of its paragraph, with the first span below it.

    `gone` are sorted; those of one line and of lines that follow each other are taken together.
    """
    text, held = ground.prompt.text, places(ground.prompt)
    chains: list[list[Span]] = []
    for span in gone:
        if chains and not text[chains[-1][-1].end : span.start].strip(" \t"):
            chains[-1].append(span)
        else:
            chains.append([span])
    for chain in chains:
        start, end = chain[0].start, chain[-1].end
        if text[start:end].endswith("\n") and text.startswith("\n", max(0, start - 1)):
            start -= text[start] != "\n"  # the line break above it stays
        if not text.startswith("\n", start) or text[end : end + 1] not in ("", "\n"):
            continue
        blanks = Span(len(text[:start].rstrip(" \t")), start)
        if blanks.start < blanks.end and not touches(ground.kept, blanks) and not has_slot(held, blanks):
            yield blanks, chain[0]


def _with(ground: Ground, proposal: Proposal, longer: Mapping[Span, Sequence[Span]]) -> Proposal:
    """The proposal with its edits made longer; as it was where that cannot be spelt in the file."""
    edits: list[Edit] = []
    for edit in proposal.edits:
        instead = () if edit.new else longer.get(edit.span, ())
        edits += [Edit(span, "") for span in instead] or [edit]
    if tuple(edits) == proposal.edits:
        return proposal
    spelt: list[Edit] = []
    for edit in edits:
        in_source = source_edits(ground.prompt, edit)
        if in_source is None or joins_lines(ground.prompt, edit, in_source):
            return proposal
        spelt.extend(in_source)
    return replace(proposal, edits=tuple(edits), source_edits=tuple(spelt))
