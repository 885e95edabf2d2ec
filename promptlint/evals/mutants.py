"""Deletes each requirement of a prompt in turn; `noticing` says which of them some case would miss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint import outline
from promptlint.contract import Contract, Modality, Requirement, contract
from promptlint.evals.making import made
from promptlint.evals.template import Template
from promptlint.locate import edited, locate, location
from promptlint.model import Block, BlockKind, Edit, Prompt, Span
from promptlint.places import Places, places, removal, room, tile_at
from promptlint.records import dataclass
from promptlint.templates.filled import settled

MOST = 1000
"""Requirements of a prompt that are deleted in turn: each takes as many calls as there are cases."""

_JOINT = re.compile(r"[\s,;]*(?:\b(?:and|but|or|then)\b\s*)?\Z")
_NUMBER = re.compile(r"([ \t]*)(\d{1,3})([.)][ \t])")
_LINE = re.compile(r"[^\n]*\n?")
_SLOT_LABEL = re.compile(r"\W*(?:[\w -]{0,40}[:=>])?\W*")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A prompt that lacks one requirement.

    `id` is the number of the requirement in the prompt, from 1. `text` is the requirement as written,
    `modality` how binding it is, `line` where it stands; 0: in no file.
    """

    id: str
    text: str
    modality: str
    line: int
    template: Template


# --- the prompts ----------------------------------------------------------------------------


def mutants(template: Template) -> tuple[Mutant, ...]:
    """One prompt for each requirement, in order: its sentence, item or clause deleted, no slot with it.

    Headings are no requirements, but go with all that stood below them; numbers of lists are counted anew.
    Two prompts that are the same without different requirements are listed once; what is never sent, because
    code takes another branch, is not listed.

    Raises:
        SuiteError: it has more than MOST requirements.
    """
    prompt = template.prompt
    blocks = outline.outline(prompt)
    ground = places(prompt)
    sent = {id(segment) for segment in settled(prompt.segments)}
    found: dict[str, Mutant] = {}
    all_ = _All(prompt, blocks, ground, contract(prompt, blocks))
    wanted = list(_requirements(all_))
    if len(wanted) > MOST:
        raise template.wrong(f"it has {len(wanted):,} requirements; at most {MOST:,} are deleted in turn")
    for number, requirement in enumerate(wanted, 1):
        if id(tile_at(ground, requirement.span.start).segment) not in sent:
            continue
        without = _without(all_, requirement)
        if not without.text.strip():
            continue
        new = made(without, template.place, template.includes, template.settings)
        if new.content_hash != template.content_hash and new.content_hash not in found:
            same = replace(template, prompt=without, content_hash=new.content_hash)
            text = " ".join(requirement.text.split())
            line = _line(template, requirement.span)
            found[new.content_hash] = Mutant(str(number), text, requirement.modality.value, line, same)
    return tuple(found.values())


def _line(template: Template, span: Span) -> int:
    source = template.prompt.source.text
    return location(source, locate(template.prompt, span)).line if source and not template.anchor else 0


@dataclass(frozen=True, slots=True)
class _All:
    """A prompt with what is derived from it."""

    prompt: Prompt
    blocks: tuple[Block, ...]
    ground: Places
    contract: Contract


def _requirements(all_: _All) -> Iterator[Requirement]:
    """What the prompt asks, without headings, examples, and the lines that only name a slot."""
    shut = outline.protected(all_.blocks)
    heads = {block.span.start for block in outline.of_kind(all_.blocks, BlockKind.HEADING)}
    for requirement in all_.contract.requirements:
        span = requirement.span
        titles = span.start in heads and not _asks(requirement)
        if (
            not titles
            and not any(each.contains(span) for each in shut)
            and not _names_slot(all_.ground, span)
        ):
            yield requirement


def _asks(requirement: Requirement) -> bool:
    """True for a heading that is an order: `Return JSON:` above an object."""
    return (
        requirement.modality is not Modality.FACT
        and requirement.text[:1].isalpha()
        and " " in requirement.text.strip()
    )


def _names_slot(ground: Places, span: Span) -> bool:
    """True for `Ticket: {{ ticket }}`, where something is put in and nothing asked."""
    slots = [slot for slot in ground.slots if slot.overlaps(span)]
    if not slots:
        return False
    text = ground.text
    left = text[span.start : max(span.start, slots[0].start)]
    right = text[min(span.end, slots[-1].end) : span.end]
    return all(_SLOT_LABEL.fullmatch(part) for part in (left, right))


def _without(all_: _All, requirement: Requirement) -> Prompt:
    span = _cut(all_, requirement)
    edits = list(_around_slots(all_.ground, span))
    capital = () if len(edits) > 1 else _capital(all_.ground.text, span, requirement)
    return _without_empty(all_, edited(all_.prompt, [*edits, *_counted(all_.ground, span), *capital]))


def _cut(all_: _All, requirement: Requirement) -> Span:
    """What is deleted: the whole sentence with its line, or the clause with what joins it to the others."""
    span = requirement.span
    home = next((each.span for each in outline.sentences(all_.blocks) if each.span.contains(span)), span)
    others = [
        each.span
        for each in all_.contract.requirements
        if home.contains(each.span) and each.span != span and not each.span.contains(span)
    ]
    if not others:
        return removal(all_.ground, home) or home
    after = min((each.start for each in others if each.start >= span.end), default=None)
    if after is not None and not any(each.end <= span.start for each in others):
        return Span(span.start, after)
    joint = _JOINT.search(all_.ground.text, home.start, span.start)
    return Span(joint.start() if joint else span.start, span.end)


def _capital(text: str, span: Span, requirement: Requirement) -> Iterator[Edit]:
    """The first letter of what now begins the sentence."""
    opens = span.start == requirement.span.start and text[span.start : span.start + 1].isupper()
    follows = text[span.end : span.end + 1]
    if opens and follows.islower() and text[span.end - 1 : span.end] != "\n":
        yield Edit(Span(span.end, span.end + 1), follows.upper())


def _around_slots(ground: Places, span: Span) -> Iterator[Edit]:
    """The range deleted but for its slots, which do not run into what follows them."""
    at = span.start
    for slot in ground.slots:
        if slot.overlaps(span):
            if slot.start > at:
                yield Edit(Span(at, slot.start), "" if at == span.start else " ")
            at = slot.end
    if at < span.end:
        meets = at > span.start and ground.text[span.end : span.end + 1].isalnum()
        yield Edit(Span(at, span.end), " " if meets else "")


def _counted(ground: Places, span: Span) -> Iterator[Edit]:
    """The numbers of the items after one that goes, each one less."""
    text = ground.text
    first = _NUMBER.match(text, span.start)
    if first is None or (span.start and text[span.start - 1] != "\n") or first.end() > span.end:
        return
    expected, at, end = int(first[2]) + 1, span.end, room(ground, span).end
    while at < end:
        line = _LINE.match(text, at, end)
        assert line is not None
        item = _NUMBER.match(text, at, end)
        if item is not None and item[1] == first[1]:
            if int(item[2]) != expected:
                return
            yield Edit(Span(*item.span(2)), str(expected - 1))
            expected += 1
        elif text[at] not in " \t\n":
            return
        at = line.end()


def _without_empty(all_: _All, after: Prompt) -> Prompt:
    """Without the headings below which nothing is left."""
    had = {each.text for each in all_.contract.hollow}
    for _ in range(10):  # a heading may stand below another
        fresh = outline.outline(after)
        empty = [each for each in contract(after, fresh).hollow if each.text not in had]
        if not empty:
            break
        ground = places(after)
        head = _heading(fresh, empty[0].span)
        after = edited(after, [Edit(removal(ground, head) or head, "")])
    return after


def _heading(blocks: tuple[Block, ...], span: Span) -> Span:
    heads = outline.of_kind(blocks, BlockKind.HEADING)
    return next((each.span for each in heads if each.span.start == span.start), span)
