"""Edits words of prompts beyond what any rule proposes, to try how each container spells new text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from readback import read_back

from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import replaced, source_edits
from promptlint.model import Edit, Prompt, SegmentKind, Source, Span
from promptlint.proof import prove

NEW = 'it\'s "so" \\ & <b> 5% — 漢'
"""What a word is replaced by: all that containers escape."""

_WORD = re.compile(r"\b[A-Za-z]{4,}\b")


@dataclass(slots=True)
class Probed:
    """Edits that were tried; `unspelt` could not be spelt there; `refused` the proof did not let pass.

    `wrong` are edits that were proven, and still do not read back.
    """

    tried: int = 0
    unspelt: int = 0
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Word:
    prompt: Prompt
    edit: Edit


def probe(source: Source, prompts: Sequence[Prompt]) -> Probed:
    """Edit a word of the longest text of the first prompt and of the last, each edit by itself."""
    found = Probed()
    for word in _words(prompts):
        found.tried += 1
        spelt = source_edits(word.prompt, word.edit)
        if spelt is None:
            found.unspelt += 1
            continue
        changes = [(each.span.start, each.span.end, each.new) for each in spelt]
        new = Source(source.path, replaced(source.text, changes), source.kind, source.named, source.context)
        try:
            prove(source, prompts, {word.prompt.id: (word.edit,)}, spelt, new, Options())
        except ProofError as error:
            found.refused.append(str(error))
            continue
        found.wrong += [f"after a word was edited: {fault}" for fault in read_back(new, _again(new)).wrong]
    return found


def _again(new: Source) -> tuple[Prompt, ...]:
    return extract(new).prompts


def _words(prompts: Sequence[Prompt]) -> Iterator[_Word]:
    """A word of the middle of a text, if there is one."""
    for prompt in {prompt.id: prompt for prompt in (*prompts[:1], *prompts[-1:])}.values():
        span = _longest(prompt)
        match = span and (
            _WORD.search(prompt.text, (span.start + span.end) // 2, span.end)
            or _WORD.search(prompt.text, span.start, span.end)
        )
        if match:
            yield _Word(prompt, Edit(Span(*match.span()), NEW))


def _longest(prompt: Prompt) -> Span | None:
    """The range of the longest TEXT segment, in prompt coordinates."""
    at, best = 0, Span(0, 0)
    for segment in prompt.segments:
        end = at + len(segment.text)
        if segment.kind is SegmentKind.TEXT and end - at > best.end - best.start:
            best = Span(at, end)
        at = end
    return best if best.end else None
