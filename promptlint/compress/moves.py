"""Turns the moves of a search into edits of one prompt: those that overlap become one, or the larger wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint import vet
from promptlint.compress.passes import sections
from promptlint.compress.proposal import Ground, Proposal
from promptlint.compress.segments import Part, parts
from promptlint.compress.tried import Variant
from promptlint.locate import edited, source_edits
from promptlint.model import BlockKind, Edit, Prompt, Span

_CLOSING = re.compile(r"</[\w.-]+>")
_WORD = re.compile(r"\w")


class Moves:
    """The proposals for one prompt by number, with the tree of its parts."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.parts = parts(ground)
        self.proposals: list[Proposal] = []
        self._of_part: dict[int, int] = {}
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
        return numbers

    def is_made(self, part: Part, variant: Variant) -> bool:
        """Whether a variant lacks a part as a whole."""
        return self._of_part.get(id(part)) in variant

    def flat(self, variant: Variant) -> tuple[Proposal, ...]:
        """The proposals of a variant with edits that do not overlap, by place."""
        known = self._texts.get(variant)
        if known is None:
            taken = [self.proposals[number] for number in sorted(variant)]
            taken += [sections.proposal(self.ground, part) for part in self._hollow(self.parts, variant)]
            known = self._texts[variant] = tuple(_flat(self.ground.prompt, taken))
        return known

    def edits(self, variant: Variant) -> tuple[Edit, ...]:
        """The edits of a variant, sorted, in prompt coordinates."""
        return vet.merged(self.flat(variant))

    def prompt(self, variant: Variant) -> Prompt:
        """The prompt as it would read."""
        return edited(self.ground.prompt, self.edits(variant)) if variant else self.ground.prompt

    def tokens(self, variant: Variant) -> int:
        """Tokens of the prompt as it would read."""
        return self.ground.view.count(self.prompt(variant).text)

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


def _flat(prompt: Prompt, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """Proposals whose edits do not overlap: deletions are joined, what lies in one goes with it."""
    deletions = _joined([edit.span for each in proposals for edit in each.edits if _deletes(each, edit)])
    whole: dict[Span, Proposal] = {}
    taken: list[Span] = list(deletions)
    others = []
    for each in sorted(proposals, key=lambda each: (-each.tokens_saved, each.edits[0].span)):
        rest = []
        for edit in each.edits:
            home = next((span for span in deletions if span.contains(edit.span)), None)
            if home is None:
                rest.append(edit)
            elif home not in whole and _deletes(each, edit):
                whole[home] = each
        if rest and not any(edit.span.overlaps(span) for edit in rest for span in taken):
            taken += [edit.span for edit in rest]
            others.append(_with(prompt, each, rest))
    yield from sorted(
        [*others, *(_with(prompt, each, [Edit(span, "")]) for span, each in whole.items())],
        key=lambda each: each.edits[0].span,
    )


def _deletes(proposal: Proposal, edit: Edit) -> bool:
    return proposal.pass_name == sections.NAME and not edit.new


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _with(prompt: Prompt, proposal: Proposal, edits: Sequence[Edit]) -> Proposal:
    """The proposal with other edits, and their spelling in the file."""
    if tuple(edits) == proposal.edits:
        return proposal
    spelt = [each for edit in edits for each in source_edits(prompt, edit) or ()]
    return replace(proposal, edits=tuple(edits), source_edits=tuple(spelt))


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
