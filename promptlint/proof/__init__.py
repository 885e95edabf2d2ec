"""Proves, before anything is written, that an edit changed the prompts as meant and nothing else.

Four promises, each checked on the new text read from scratch: the same prompts are found; each prompt's
text is the old text with the edits applied; slots, control statements and comments are the same in the
same order; and outside the edited strings the file means what it meant (Python: the same syntax tree;
YAML and JSON: the same data), as the module of its format sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import edited
from promptlint.model import Edit, Prompt, SegmentKind, Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping


def prove(
    source: Source,
    prompts: Sequence[Prompt],
    wanted: Mapping[str, tuple[Edit, ...]],
    edits: Sequence[Edit],
    new: Source,
    options: Options,
) -> tuple[Prompt, ...]:
    """Check all promises and return the prompts of the new text.

    Args:
        source: the file before.
        prompts: what it holds.
        wanted: by prompt id, the edits in prompt coordinates, sorted.
        edits: the same edits in source coordinates, sorted.
        new: the file after.
        options: how to extract, as for `source`.

    Raises:
        ProofError: a promise does not hold; the message says which.
    """
    extraction = extract(replace(new, named=new.named or new.kind in _JUDGED), options)
    if [prompt.id for prompt in extraction.prompts] != [prompt.id for prompt in prompts]:
        raise ProofError("after the edit the file holds other prompts")
    for before, after in zip(prompts, extraction.prompts, strict=True):
        if edited(before, wanted.get(before.id, ())).text != after.text:
            raise ProofError(f"{before.id}: the text would not be the old text with the edit applied")
        if _frame(before) != _frame(after):
            raise ProofError(f"{before.id}: a slot, role or control statement would change")
    if not _same_outside(source, new, edits):
        raise ProofError("something outside the edited text would change")
    return extraction.prompts


_JUDGED = (SourceKind.TEXT, SourceKind.MARKDOWN, SourceKind.JINJA)
"""Kinds that are prompts by judgement: an edit does not open that question anew."""


def _frame(prompt: Prompt) -> list[tuple[str, ...]]:
    """All of a prompt that no edit may touch, as spelt in the source."""
    frame: list[tuple[str, ...]] = []
    for message in prompt.messages:
        frame.append(("message", message.role.value if message.role else "", message.cache_mark or ""))
        for segment in message.segments:
            if segment.kind is not SegmentKind.TEXT:
                spelt = prompt.source.text[segment.span.start : segment.span.end]
                frame.append((segment.kind.value, segment.text, segment.name, spelt))
    return frame


Compare = Callable[[Source, Source, Sequence[Edit]], bool]


def _same_outside(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    compare = _COMPARISONS.get(source.kind)
    return compare is None or compare(source, new, edits)


# Each comparison is imported when the first file of its kind is fixed.


def _python(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import python

    return python.same(source, new, edits)


def _data(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import data

    return data.same(source, new, edits)


def _script(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import script

    return script.same(source, new, edits)


def _markup(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import markup

    return markup.same(source, new, edits)


def _notebook(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import notebook

    return notebook.same(source, new, edits)


def _jsonl(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    from promptlint.proof import jsonl

    return jsonl.same(source, new, edits)


_COMPARISONS: dict[SourceKind, Compare] = {
    SourceKind.BAML: _markup,
    SourceKind.POML: _markup,
    SourceKind.PYTHON: _python,
    SourceKind.YAML: _data,
    SourceKind.JSON: _data,
    SourceKind.JSONL: _jsonl,
    SourceKind.JAVASCRIPT: _script,
    SourceKind.TYPESCRIPT: _script,
    SourceKind.NOTEBOOK: _notebook,
}
"""Formats with something outside of their prompts that an edit must leave alone."""
