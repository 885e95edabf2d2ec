"""Finds JSON that is laid out over lines and could stand on one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from promptlint.locate import replaced
from promptlint.model import Block, BlockKind, Edit, Hit, Profile, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, places
from promptlint.records import dataclass
from promptlint.view import View

_FENCED = lazy(
    r"(?:`{3,}|~{3,})[ \t]*(?:jsonc?)?[ \t]*\n(.*?)\n[ \t]*(?:`{3,}|~{3,})\s*", re.DOTALL | re.IGNORECASE
)
_OPENS_VALUE = lazy(
    r"[=(,\[{]$|\bcontents? of\b|[\"']:$|^(?://|#[ ])|<(?:contents?|file|file_?content|code|code_edit|diff"
    r"|new_str|old_str|source|write)\b[^<>]*>$",
    re.IGNORECASE,
)
_STRING_OR_SPACE = lazy(r'"(?:[^"\\]|\\.)*"|(\s+)')


@dataclass(frozen=True, slots=True)
class Params:
    """When it is worth a word.

    Attributes:
        min_saving: least number of tokens that the compact forms of all of it save.
    """

    min_saving: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a JSON text; keys, their order and literals stay as they are spelt.

    JSON in agent documents shows files as people write them, and is left alone.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    found = list(_layouts(view))
    if sum(saving for _, saving in found) >= params.min_saving:
        yield from (hit for hit, _ in found)


def _layouts(view: View) -> Iterator[tuple[Hit, int]]:
    """A hit for each JSON text that is laid out over lines, with the tokens that it saves on one."""
    ground = None
    for block in view.of_kind(BlockKind.DATA, BlockKind.CODE):
        span = _json(view.text, block)
        if span is None:
            continue
        ground = ground or places(view.prompt)
        if has_slot(ground, span):
            continue
        edits = tuple(_edits(view.text, span))
        at = span.start
        cuts = ((edit.span.start - at, edit.span.end - at, "") for edit in edits)
        compact = replaced(view.text[at : span.end], cuts)
        saving = view.count(view.text[span.start : span.end]) - view.count(compact)
        if saving > 0:
            message = "JSON laid out over lines; on one line it says the same"
            drops = "the layout, which the model may imitate"
            yield Hit(span, message, edits, safety=Safety.UNSAFE, drops=drops), saving


def _json(text: str, block: Block) -> Span | None:
    """The range of the JSON text over several lines in a block, if the block holds one and nothing else."""
    start, end = block.span.start, block.span.end
    if block.kind is BlockKind.CODE:
        fenced = _FENCED.fullmatch(text, start, end)
        if fenced is None:
            return None
        start, end = fenced.span(1)
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    body = body.strip()
    if "\n" not in body or body[0] not in "{[":
        return None
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return None
    span = Span(start, start + len(body))
    return None if block.kind is BlockKind.DATA and _is_part(text, span) else span


def _is_part(text: str, span: Span) -> bool:
    """True for a value within something larger (code, JSON with comments) and for what a file shall hold."""
    line = text.rfind("\n", 0, span.start) + 1
    before = text[line : span.start].strip() or text[:line].rstrip()[-200:].rpartition("\n")[2]
    after = text[span.end : span.end + 20].lstrip(" \t")
    return (
        _OPENS_VALUE.search(before) is not None
        or after.startswith((",", ")", "]", "}", ";"))
        or after.lstrip().startswith(("}", "]", ")"))
    )


def _edits(text: str, span: Span) -> Iterator[Edit]:
    for match in _STRING_OR_SPACE.finditer(text, span.start, span.end):
        if match.group(1):
            yield Edit(Span(*match.span()), "")
