"""Puts bounds of what is filled in (`history[-10:]`) into a prompt, and into its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from promptlint.compress.ground import File
from promptlint.errors import ProofError
from promptlint.extract import extract
from promptlint.locate import replaced
from promptlint.model import Edit, Message, Prompt, Segment, SegmentKind, Source


def bounded(prompt: Prompt, edits: Sequence[Edit]) -> Prompt:
    """The prompt with bounds put behind names of its slots and loops.

    Args:
        prompt: whose slots and statements stand where they stood when it was read.
        edits: insertions of `context_bounds`, in source coordinates.
    """
    if not edits:
        return prompt
    return replace(prompt, messages=tuple([_bounded(message, edits) for message in prompt.messages]))


def _bounded(message: Message, edits: Sequence[Edit]) -> Message:
    return replace(message, segments=tuple([_with(segment, edits) for segment in message.segments]))


def _with(segment: Segment, edits: Sequence[Edit]) -> Segment:
    if segment.kind not in (SegmentKind.SLOT, SegmentKind.CONTROL):
        return segment
    for edit in edits:
        if segment.span.contains(edit.span):
            at = edit.span.start - segment.span.start
            text = segment.text and segment.text[:at] + edit.new + segment.text[at:]
            return replace(segment, text=text, name=segment.name + edit.new)
    return segment


def written(file: File, before: Source, edits: Sequence[Edit], wanted: Prompt) -> Source:
    """The file with bounds besides the edits of text that are proven already.

    Args:
        file: as it was read.
        before: the file with the edits of text.
        edits: of text and of bounds, in the coordinates of `file`, sorted.
        wanted: the prompt with all of them.

    Raises:
        ProofError: the file would not say that, or something else of it would change.
    """
    options = file.settings.options
    text = replaced(file.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    after = replace(before, text=text)
    old, new = (extract(replace(each, named=True), options).prompts for each in (before, after))
    if [prompt.id for prompt in old] != [prompt.id for prompt in new]:
        raise ProofError("after the edit the file holds other prompts")
    for one, other in zip(old, new, strict=True):
        if _said(other) != _said(wanted if one.id == wanted.id else one):
            raise ProofError(f"{one.id}: more than the bound would change")
    return after


def _said(prompt: Prompt) -> tuple[str, list[tuple[str, str, str]]]:
    """The text of a prompt, and its slots and statements."""
    held = [each for each in prompt.segments if each.kind is not SegmentKind.TEXT]
    return prompt.text, [(each.kind.value, each.text, each.name) for each in held]
