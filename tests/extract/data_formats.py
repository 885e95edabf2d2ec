"""What the tests of data formats share: reading a text, the shape of prompts, and edits that must be exact."""

from __future__ import annotations

from promptlint import locate
from promptlint.extract import extract, kind_of
from promptlint.model import Edit, Extraction, Prompt, Role, Segment, SegmentKind, Source, Span


def read(text: str, path: str) -> Extraction:
    kind = kind_of(path)
    assert kind is not None
    return extract(Source(path, text, kind))


def prompts(text: str, path: str) -> tuple[Prompt, ...]:
    extraction = read(text, path)
    assert extraction.problems == ()
    return extraction.prompts


def only(text: str, path: str) -> Prompt:
    (prompt,) = prompts(text, path)
    return prompt


def anchors(found: tuple[Prompt, ...]) -> list[str]:
    return [prompt.id.partition("::")[2] for prompt in found]


def shape(prompt: Prompt) -> list[tuple[Role | None, str]]:
    return [
        (message.role, "".join(segment.text for segment in message.segments)) for message in prompt.messages
    ]


def slots(prompt: Prompt) -> list[str]:
    return [segment.text for segment in prompt.segments if segment.kind is SegmentKind.SLOT]


def call(prompt: Prompt) -> dict[str, object]:
    return {field.name: field.value for field in prompt.call.fields}


def inputs(prompt: Prompt) -> list[str] | None:
    return None if prompt.inputs is None else [field.name for field in prompt.inputs]


def texts(prompt: Prompt) -> list[Segment]:
    return [segment for segment in prompt.segments if segment.kind is SegmentKind.TEXT]


def check_edits(text: str, path: str) -> None:
    """A word added to each text of each prompt is read back there, and nothing else changes."""
    before = prompts(text, path)
    for number, prompt in enumerate(before):
        at = 0
        for segment in prompt.segments:
            if segment.kind is SegmentKind.TEXT and len(segment.text) > 3:
                _check_edit(text, path, number, before, at + 2)
            at += len(segment.text)


def _check_edit(text: str, path: str, number: int, before: tuple[Prompt, ...], at: int) -> None:
    prompt = before[number]
    word = "so" if prompt.text[at].isalnum() else "So"
    edits = locate.source_edits(prompt, Edit(Span(at, at + 1), word))
    assert edits is not None, (prompt.id, at)
    new = text
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        new = new[: edit.span.start] + edit.new + new[edit.span.end :]
    after = prompts(new, path)
    assert [item.id for item in after] == [item.id for item in before]
    expected = [item.text for item in before]
    expected[number] = prompt.text[:at] + word + prompt.text[at + 1 :]
    assert [item.text for item in after] == expected
