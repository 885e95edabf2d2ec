"""Decides what an edit is worth and whether it may be called safe: the tokenizer and the contract judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from promptlint import contract, outline
from promptlint.contract import Change, Fate
from promptlint.locate import edited, replaced
from promptlint.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from promptlint.model import Prompt
    from promptlint.view import View


class Editing(Protocol):
    """Anything that holds edits that belong together."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Sorted, not overlapping among themselves."""


E = TypeVar("E", bound=Editing)


def compatible(items: Iterable[E]) -> tuple[E, ...]:
    """The items whose edits touch none of an earlier item's; the first of two that overlap wins."""
    taken: list[Span] = []
    chosen = []
    for item in items:
        spans = [edit.span for edit in item.edits]
        if spans and not any(_clash(span, other) for span in spans for other in taken):
            taken.extend(spans)
            chosen.append(item)
    return tuple(chosen)


def _clash(one: Span, other: Span) -> bool:
    return one.overlaps(other) or one.start == other.start or one.end == other.end


def merged(items: Iterable[Editing]) -> tuple[Edit, ...]:
    """All edits of several compatible items, sorted."""
    return tuple(sorted((edit for item in items for edit in item.edits), key=lambda edit: edit.span))


def saved_tokens(text: str, edits: Sequence[Edit], count: Callable[[str], int]) -> int:
    """Tokens that `edits` (in coordinates of `text`, sorted) save; exact if `count` is.

    Only the lines around the edits are counted: between a line break and any sign but white space and the
    slash the tokenizers' pre-tokenization always splits, so that the difference is the same.
    """
    if not edits:
        return 0
    start = _line_start(text, edits[0].span.start)
    end = _line_end(text, edits[-1].span.end)
    window = text[start:end]
    changes = [(edit.span.start - start, edit.span.end - start, edit.new) for edit in edits]
    return count(window) - count(replaced(window, changes))


def _line_start(text: str, edited_at: int) -> int:
    position = edited_at
    while position > 0:
        position = text.rfind("\n", 0, position)
        if position < 0:
            return 0
        if position + 1 < edited_at and _splits(text[position + 1]):
            return position + 1
    return 0


def _line_end(text: str, position: int) -> int:
    while True:
        position = text.find("\n", position)
        if position < 0:
            return len(text)
        position += 1
        if position < len(text) and _splits(text[position]):
            return position


def _splits(char: str) -> bool:
    """True if no piece of the pre-tokenization holds a line break and this character after it."""
    return char != "/" and not char.isspace()


def changes(view: View, after: Prompt) -> tuple[Change, ...]:
    """What of the prompt's contract `after` does not keep as it was."""
    now = contract.contract(after, outline.outline(after))
    found = contract.compare(view.contract, now)
    return tuple(change for change in found if change.fate is not Fate.KEPT)


def keepers(view: View, items: Sequence[E]) -> tuple[E, ...]:
    """The items that, applied together, keep every requirement of the prompt.

    All at once if that holds; otherwise one by one, each tried on top of those already accepted.
    """
    chosen = compatible(items)
    if all(_is_quiet(view, edit) for item in chosen for edit in item.edits):
        return chosen
    if not changes(view, edited(view.prompt, merged(chosen))):
        return chosen
    kept: tuple[E, ...] = ()
    for item in chosen:
        if not changes(view, edited(view.prompt, merged((*kept, item)))):
            kept = (*kept, item)
    return kept


def _is_quiet(view: View, edit: Edit) -> bool:
    """True if the edit stays within one plain sentence that requires the same before and after.

    Such an edit cannot move a boundary of the outline, so that the whole contract need not be read again.
    """
    home = view.sentence_at(edit.span)
    if home is None or home.children:
        return False
    start, end = home.span.start, home.span.end
    before = view.text[start:end]
    after = before[: edit.span.start - start] + edit.new + before[edit.span.end - start :]
    plain = after[:1].isalpha() and after[-1:] in ".!?" and ":" not in before and "\n" not in edit.new
    return plain and contract.says_the_same(before, after)
