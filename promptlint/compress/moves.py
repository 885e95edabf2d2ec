"""Turns the moves of a search into edits of one prompt: those that overlap become one, or the larger wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint import vet
from promptlint.compress.bounds import bounded
from promptlint.compress.passes import sections
from promptlint.compress.proposal import Ground, Proposal
from promptlint.compress.segments import Part, leaves, parts
from promptlint.compress.tried import Variant
from promptlint.locate import edited, source_edits
from promptlint.model import BlockKind, Edit, Prompt, Span
from promptlint.places import places, removal

_CLOSING = re.compile(r"</[\w.-]+>")
_WORD = re.compile(r"\w")


class Moves:
    """The proposals for one prompt by number, with the tree of its parts."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.parts = parts(ground)
        self.proposals: list[Proposal] = []
        self._of_part: dict[int, int] = {}
        self._opened: set[int] = set()
        self._texts: dict[Variant, tuple[Proposal, ...]] = {}

    def add(self, proposals: Sequence[Proposal]) -> dict[int, int]:
        """Number proposals; the tokens that each saves, by number."""
        first = len(self.proposals)
        self.proposals += proposals
        return {first + index: each.tokens_saved for index, each in enumerate(proposals)}

    def add_parts(self, found: Sequence[Part]) -> dict[int, int]:
        """Number the removals of those parts that may be cut."""
        cuttable = [part for part in found if part.cut is not None]
        numbers = self.add([sections.proposal(self.ground, part) for part in cuttable])
        self._of_part.update(zip(map(id, cuttable), numbers, strict=True))
        self._opened |= {
            number for number, part in zip(numbers, cuttable, strict=True) if list(leaves(part.children))
        }
        return numbers

    def is_opened(self, number: int) -> bool:
        """Whether a proposal removes a part of which parts may be cut as well."""
        return number in self._opened

    def is_made(self, part: Part, variant: Variant) -> bool:
        """Whether a variant lacks a part as a whole."""
        return self._of_part.get(id(part)) in variant

    def flat(self, variant: Variant) -> tuple[Proposal, ...]:
        """The proposals of a variant with edits that do not overlap, by place."""
        known = self._texts.get(variant)
        if known is None:
            taken = [each for each in self._of(variant) if not each.is_bound]
            taken += [sections.proposal(self.ground, part) for part in self._hollow(self.parts, variant)]
            known = self._texts[variant] = tuple(_flat(self.ground, taken))
        return known

    def edits(self, variant: Variant) -> tuple[Edit, ...]:
        """The edits of a variant, sorted, in prompt coordinates."""
        return vet.merged(self.flat(variant))

    def bounds(self, variant: Variant) -> tuple[Proposal, ...]:
        """The proposals of a variant that bound what is filled in."""
        return tuple([each for each in self._of(variant) if each.is_bound])

    def schema(self, variant: Variant) -> str:
        """The JSON Schema that goes with a variant; empty: none."""
        return next((each.schema for each in self._of(variant) if each.schema), "")

    def prompt(self, variant: Variant) -> Prompt:
        """The prompt as it would read."""
        if not variant:
            return self.ground.prompt
        after = edited(self.ground.prompt, self.edits(variant))
        return bounded(after, [edit for each in self.bounds(variant) for edit in each.source_edits])

    def _of(self, variant: Variant) -> list[Proposal]:
        return [self.proposals[number] for number in sorted(variant)]

    def _hollow(self, found: Sequence[Part], variant: Variant) -> Iterator[Part]:
        """The sections of which nothing but the heading would be left."""
        for part in found:
            if self.is_made(part, variant):
                continue
            if part.kind is BlockKind.SECTION and part.cut is not None and self._is_gone(part, variant):
                yield part
            else:
                yield from self._hollow(part.children, variant)

    def _is_gone(self, part: Part, variant: Variant) -> bool:
        if self.is_made(part, variant):
            return True
        if not part.children or not all(self._is_gone(child, variant) for child in part.children):
            return False
        text, at, rest = self.ground.view.text, part.span.start, []
        for child in part.children:
            rest.append(text[at : child.span.start])
            at = child.span.end
        rest.append(text[at : part.span.end])
        body = "".join(rest).partition("\n")[2] if part.kind is BlockKind.SECTION else "".join(rest)
        return not _WORD.search(_CLOSING.sub("", body))


def _flat(ground: Ground, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """Proposals whose edits do not overlap: cuts that touch become one, and what lies in one goes with it."""
    cuts = list(_cuts(ground, [each for each in proposals if each.pass_name == sections.NAME]))
    taken = [edit.span for each in cuts for edit in each.edits]
    others = []
    for each in sorted(proposals, key=_by_size):
        if each.pass_name == sections.NAME:
            continue
        rest = [edit for edit in each.edits if not any(span.contains(edit.span) for span in taken)]
        if rest and not any(edit.span.overlaps(span) for edit in rest for span in taken):
            taken += [edit.span for edit in rest]
            others.append(_with(ground, each, rest))
    yield from sorted([*cuts, *others], key=lambda each: each.edits[0].span)


def _by_size(proposal: Proposal) -> tuple[int, Span]:
    return -proposal.tokens_saved, proposal.edits[0].span


def _cuts(ground: Ground, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """The cuts, each as large as all that touch it; one that cannot be spelt so is made of those that can."""
    for group in _groups(proposals):
        largest = max(group, key=lambda each: each.tokens_saved)
        whole = _with(ground, largest, [Edit(_whole(ground.prompt, group), "")])
        if whole.source_edits:
            yield whole
            continue
        taken: list[Span] = []
        for each in sorted(group, key=_by_size):
            span = each.edits[0].span
            if not any(span.start <= other.end and other.start <= span.end for other in taken):
                taken.append(span)
                yield each


def _groups(proposals: Sequence[Proposal]) -> Iterator[list[Proposal]]:
    """Cuts that touch each other."""
    group: list[Proposal] = []
    end = -1
    for each in sorted(proposals, key=lambda each: each.edits[0].span):
        span = each.edits[0].span
        if group and span.start > end:
            yield group
            group = []
        group.append(each)
        end = max(end, span.end)
    if group:
        yield group


def _whole(prompt: Prompt, group: Sequence[Proposal]) -> Span:
    """What goes with all of a group: its lines or space, as if it were one part."""
    start = group[0].edits[0].span.start
    end = max(each.edits[0].span.end for each in group)
    if len(group) == 1:
        return Span(start, end)
    text = prompt.text[start:end]
    inner = Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
    return removal(places(prompt), inner) or Span(start, end)


def _with(ground: Ground, proposal: Proposal, edits: Sequence[Edit]) -> Proposal:
    """The proposal with other edits, their spelling in the file, and what they save."""
    if tuple(edits) == proposal.edits:
        return proposal
    spelt = [each for edit in edits for each in source_edits(ground.prompt, edit) or ()]
    saved = vet.saved_tokens(ground.view.text, edits, ground.view.count)
    return replace(proposal, edits=tuple(edits), source_edits=tuple(spelt), tokens_saved=saved)


def levels(moves: Moves) -> Iterator[tuple[Part, ...]]:
    """The parts from the outside in, one level after the other; see `frontier` for what is left of them."""
    current = moves.parts
    while current:
        yield current
        current = tuple([child for part in current for child in part.children])


def still_there(moves: Moves, variant: Variant, level: Sequence[Part]) -> list[Part]:
    """The parts of a level that are not gone with something larger."""
    gone = [edit.span for edit in moves.edits(variant) if not edit.new]
    return [part for part in level if not any(span.contains(part.span) for span in gone)]
