"""Writes down what shortening a prompt gave: the document that all reports show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from promptlint import __version__, compression, costs
from promptlint.compress import offline
from promptlint.compress.offline import Shortened
from promptlint.compress.proposal import Proposal, Tier
from promptlint.compression import Change, Compression, Dropped, Item, Left, Place, Point, State
from promptlint.contract import Change as Fated
from promptlint.contract import Fate, Requirement
from promptlint.locate import locate, location
from promptlint.measure import Weight
from promptlint.model import Basis, Prompt, Span

TIERS: dict[Tier, compression.Tier] = {Tier.SAFE: "safe", Tier.SUBSUMING: "subsuming", Tier.EVAL: "eval"}
_WORDS = 2  # letters of what is worth a line among what was dropped


def document(done: Shortened) -> Compression:
    """The document of a prompt that was shortened without an eval suite."""
    prompt = done.prompt
    return Compression(
        schema_version=compression.SCHEMA_VERSION,
        promptlint=__version__,
        prompt=prompt.id,
        path=prompt.source.path,
        before=state(done.before, done.calls_per_month),
        after=state(done.after, done.calls_per_month),
        target=done.target,
        message=offline.sentence(done),
        text=done.text,
        edits=tuple(edits(prompt, done.chosen)),
        contract_kept=done.kept,
        contract_subsumed=tuple(item(prompt, each) for each in done.subsumed),
        contract_losses=tuple(item(prompt, each) for each in done.lost),
        verdict="unproven",
        dropped=tuple(dropped(prompt, done.chosen)),
        pareto=tuple(_points(done)),
        left=tuple(_left(done)),
        model=done.model,
        model_basis="exact" if done.model_basis is Basis.EXACT else "assumed",
    )


def state(taken: Weight, calls_per_month: int | None) -> State:
    """What a prompt takes, with its price a month."""
    return State(
        tokens=taken.tokens.high,
        basis="exact" if taken.tokens.basis is Basis.EXACT else "estimated",
        usd_month=costs.usd_month(taken.usd_per_1000, calls_per_month),
        usd_per_1000=taken.usd_per_1000,
    )


def edits(prompt: Prompt, proposals: Sequence[Proposal]) -> Iterator[Change]:
    """The edits of the file that the proposals make, in order."""
    found = [
        (edit, number, proposal)
        for number, proposal in enumerate(proposals)
        for edit in proposal.source_edits
    ]
    told: set[int] = set()
    whys = [_stays(prompt, proposal, proposals)[1] for proposal in proposals]
    for edit, number, proposal in sorted(found, key=lambda each: each[0].span):
        saved = 0 if number in told else proposal.tokens_saved
        told.add(number)
        yield Change(
            span=_place(prompt, edit.span),
            new=edit.new,
            pass_name=proposal.pass_name,
            tier=TIERS[proposal.tier],
            tokens_saved=saved,
            group=number,
            why=whys[number],
        )


def dropped(prompt: Prompt, proposals: Sequence[Proposal]) -> Iterator[Dropped]:
    """The stretches of text that are gone, each with what stays and says it: never what is gone itself."""
    for proposal in proposals:
        stays, why = _stays(prompt, proposal, proposals)
        by = prompt.text[stays.start : stays.end] if stays is not None else None
        by_line = _line(prompt, stays) if stays is not None else None
        for edit in proposal.edits:
            gone = prompt.text[edit.span.start : edit.span.end]
            if edit.new or sum(map(str.isalnum, gone)) < _WORDS:
                continue
            span = _place(prompt, locate(prompt, _trimmed(prompt.text, edit.span)))
            yield Dropped(span, gone.strip(), why, by, by_line)


def _stays(prompt: Prompt, proposal: Proposal, proposals: Sequence[Proposal]) -> tuple[Span | None, str]:
    """What stays and says what a proposal takes out, and why that may go: no line that goes is named."""
    named = proposal.related[0] if proposal.related else None
    stays = named and _last(named, proposals)
    if named is None or stays == named:
        return stays, proposal.why
    there = "elsewhere" if stays is None else f"in line {_line(prompt, stays)}"
    return stays, f"said {there}, by what stays for line {_line(prompt, named)}"


def _last(stays: Span, proposals: Sequence[Proposal]) -> Span | None:
    """What stays in the end, where what stays for one edit goes by another; None if nothing is named."""
    gone = [edit.span for each in proposals for edit in each.edits if not edit.new]
    stands = [pair for each in proposals for pair in each.stands]
    seen = set()
    while any(span.contains(stays) for span in gone):
        seen.add(stays)
        found = next((other for old, other in stands if old.overlaps(stays) and other not in seen), None)
        if found is None:
            return None
        stays = found
    return stays


def item(prompt: Prompt, change: Fated) -> Item:
    """An item of the contract that is not as it was."""
    old = change.fate is not Fate.GAINED
    return Item(
        what=change.what,
        text=change.text,
        line=_line(prompt, change.span) if old and change.span is not None else None,
        fate=_FATES[change.fate],
        by=change.by.text if change.by else None,
        by_line=_survivor_line(prompt, change.by),
    )


_FATES: dict[Fate, Literal["subsumed", "lost", "gained"]] = {
    Fate.SUBSUMED: "subsumed",
    Fate.LOST: "lost",
    Fate.GAINED: "gained",
}


def _survivor_line(prompt: Prompt, by: Requirement | None) -> int | None:
    """The line of a survivor; None if an edit has changed its wording."""
    if by is None or not prompt.text.startswith(by.text, by.span.start):
        return None
    return _line(prompt, by.span)


def _points(done: Shortened) -> Iterator[Point]:
    """The prompt as it is and as it would be; nobody measured how good they are."""
    for name, facts in (("as it is", done.before), ("contract kept", done.after)):
        yield Point(name, facts.tokens.high, None, None, 0, "unproven")


def _left(done: Shortened) -> Iterator[Left]:
    for proposal, reason in done.refused:
        yield left(done.prompt, proposal, f"refused: {reason}")
    refused = {id(proposal) for proposal, _ in done.refused}
    for proposal in done.left:
        if id(proposal) not in refused:
            yield left(done.prompt, proposal, proposal.why)


def left(prompt: Prompt, proposal: Proposal, why: str) -> Left:
    """A proposal that was not made, and why."""
    place = None
    if proposal.edits:
        place = _place(prompt, locate(prompt, proposal.edits[0].span))
    tier = TIERS[proposal.tier]
    return Left(place, proposal.pass_name, proposal.tokens_saved, tier, why, proposal.schema)


def _place(prompt: Prompt, span: Span) -> Place:
    """A range of the file, in source coordinates."""
    at = location(prompt.source.text, span)
    last = at.end_line - (at.end_column == 1 and at.end_line > at.line)
    return Place(span.start, span.end, at.line, last)


def _line(prompt: Prompt, span: Span) -> int:
    """The line of a range in prompt coordinates."""
    return location(prompt.source.text, locate(prompt, span)).line


def _trimmed(text: str, span: Span) -> Span:
    gone = text[span.start : span.end]
    start = span.start + len(gone) - len(gone.lstrip())
    return Span(start, max(start, span.start + len(gone.rstrip())))
