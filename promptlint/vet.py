"""Decides what an edit is worth and whether it may be called safe: the tokenizer and the contract judge."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Protocol, TypeVar

from promptlint import contract, outline
from promptlint.contract import Change, Fate
from promptlint.locate import edited, replaced
from promptlint.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from promptlint.model import Prompt
    from promptlint.view import View


READ = 4_000_000
"""Code points that may be read to tell which edits of one prompt keep its contract, when not all do."""


class Editing(Protocol):
    """Anything that holds edits that belong together."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Sorted, not overlapping among themselves."""


E = TypeVar("E", bound=Editing)


def compatible(items: Iterable[E]) -> tuple[E, ...]:
    """The items whose edits touch none of an earlier item's; the first of two that overlap wins.

    Two edits touch if they overlap, or begin or end at the same place.
    """
    taken = _Taken()
    chosen = []
    for item in items:
        spans = [edit.span for edit in item.edits]
        if spans and not any(taken.touches(span) for span in spans):
            taken.add(spans)
            chosen.append(item)
    return tuple(chosen)


class _Taken:
    """Spans that are taken; told by bisection, as one prompt may have tens of thousands of fixes."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, spans: Iterable[Span]) -> None:
        for span in spans:
            insort(self._starts, span.start)
            insort(self._ends, span.end)

    def touches(self, span: Span) -> bool:
        """True if a taken span overlaps `span`, or begins or ends where it does."""
        begun, ended = bisect_left(self._starts, span.start), bisect_right(self._ends, span.start)
        if self._starts[begun : begun + 1] == [span.start]:
            return True
        same_end = bisect_left(self._ends, span.end)
        if self._ends[same_end : same_end + 1] == [span.end]:
            return True
        # Of those that begin before its end, all that do not overlap it end by its start.
        return bisect_left(self._starts, span.end) > ended


def merged(items: Iterable[Editing]) -> tuple[Edit, ...]:
    """All edits of several compatible items, sorted."""
    return tuple(sorted((edit for item in items for edit in item.edits), key=lambda edit: edit.span))


def saved_tokens(text: str, edits: Sequence[Edit], count: Callable[[str], int]) -> int:
    """Tokens that `edits` (in coordinates of `text`, sorted) save; exact if `count` is.

    Only the lines around the edits are counted, put one after the other: between a line break and any sign
    but white space and the slash the tokenizers' pre-tokenization always splits, so that the difference is
    the same.
    """
    before: list[str] = []
    after: list[str] = []
    for start, end, near in _windows(text, edits):
        window = text[start:end]
        changes = [(edit.span.start - start, edit.span.end - start, edit.new) for edit in near]
        before.append(window)
        after.append(replaced(window, changes))
    return count("".join(before)) - count("".join(after)) if before else 0


def _windows(text: str, edits: Iterable[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """The lines around the edits, each stretch with its edits; from one such place to another one."""
    near: list[Edit] = []
    start = end = 0
    for edit in edits:
        if near and edit.span.start <= end:
            near.append(edit)
        else:
            if near:
                yield start, end, near
            near, start = [edit], _line_start(text, edit.span.start)
        end = _line_end(text, edit.span.end)
    if near:
        yield start, end, near


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

    All at once if that holds; otherwise first those that are quiet, then the others, halved until a half
    holds on top of what is already accepted. What is left when that has read READ is not kept.
    """
    chosen = compatible(items)
    parts: tuple[list[E], list[E]] = [], []
    for item in chosen:
        parts[is_quiet(view, item)].append(item)
    if not parts[False] or not changes(view, edited(view.prompt, merged(chosen))):
        return chosen
    kept: list[E] = []
    waiting = [part for part in parts if part]
    readings = max(8, READ // (len(view.text) + 1))
    while waiting and readings > 0:
        readings -= 1
        part = waiting.pop()
        if not changes(view, edited(view.prompt, merged((*kept, *part)))):
            kept.extend(part)
        elif len(part) > 1:
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
    accepted = {id(item) for item in kept}
    return tuple(item for item in chosen if id(item) in accepted)


def is_quiet(view: View, item: Editing) -> bool:
    """True if each edit is sure to keep the contract, without a reading of the whole."""
    return all(_is_quiet(view, edit) for edit in item.edits)


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
