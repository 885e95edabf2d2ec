"""Builds the tree of blocks of one message from its rows; depth costs no recursion."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import field

from promptlint.model import Block, BlockKind, Span
from promptlint.outline.fewshot import Region, regions
from promptlint.outline.lines import Layout
from promptlint.outline.markup import MAX_DEPTH, Element, Extent
from promptlint.outline.rows import LABEL, Row, RowKind
from promptlint.outline.sentences import opaque, split
from promptlint.records import dataclass

_LEAVES = {
    RowKind.CODE: BlockKind.CODE,
    RowKind.DATA: BlockKind.DATA,
    RowKind.TABLE: BlockKind.TABLE,
    RowKind.RULER: BlockKind.RULER,
}
_EXAMPLES = (BlockKind.EXAMPLE, BlockKind.EXAMPLES)
_TAG_LEVEL = -1  # of a SECTION that ends with its closing tag, not at a heading


@dataclass(slots=True)
class _Frame:
    """An open container; `level` is a heading's level or a marker's indent, `limit` where a region ends."""

    kind: BlockKind
    start: int
    level: int = 0
    limit: int | None = None
    children: list[Block] = field(default_factory=list)

    def close(self) -> Block | None:
        """The finished block; None if nothing is in it."""
        if not self.children and self.limit is None:
            return None
        end = self.limit if self.limit is not None else self.children[-1].span.end
        return Block(self.kind, Span(self.start, end), tuple(self.children))


class Builder:
    """Reads rows one after the other and keeps the open containers on a stack."""

    def __init__(self, text: str, breaks: Sequence[int]) -> None:
        self.text = text
        self.breaks = breaks
        self.root = _Frame(BlockKind.SECTION, 0)
        self.stack: list[_Frame] = [self.root]
        self.regions = 0  # how many of the open containers have a limit
        self.literals: Sequence[Extent] = ()

    def build(self, found: Layout, few_shot: bool) -> list[Block]:
        """The blocks of one message."""
        opening = _nested(
            [*_element_regions(self.text, found.elements), *(regions(self.text, found) if few_shot else ())]
        )
        opening.reverse()
        self.literals = found.literals
        rows, index = found.rows, 0
        while index < len(rows):
            row = rows[index]
            self._close_regions(row.start)
            while opening and opening[-1].start <= row.start:
                self._open(opening.pop(), row)
            until = min(self._limit(), opening[-1].start if opening else 1 << 62)
            index = self._take(rows, index, until)
        self._pop_to(0)
        return self.root.children

    def _limit(self) -> int:
        if not self.regions:
            return 1 << 62
        return next((f.limit for f in reversed(self.stack) if f.limit is not None), 1 << 62)

    def _take(self, rows: Sequence[Row], index: int, until: int) -> int:
        """Places the row `index` and those that belong to it; returns the number of the next one."""
        row = rows[index]
        if self.stack[-1].kind is BlockKind.DATA:  # the inside of an element that holds data
            return index + 1
        if row.kind in (RowKind.TAG, RowKind.CLOSE):
            return index + 1
        self._leave_lists(row)
        if row.kind is RowKind.HEADING:
            self._heading(row)
            return index + 1
        if row.kind in _LEAVES:
            self._add(Block(_LEAVES[row.kind], Span(row.start, row.end)))
            return index + 1
        if row.kind is RowKind.BULLET:
            self._item(row)
        return self._prose(rows, index, until)

    def _prose(self, rows: Sequence[Row], index: int, until: int) -> int:
        """Takes the lines of one paragraph or list item."""
        row = rows[index]
        item = self.stack[-1].kind is BlockKind.ITEM
        stop = index + 1
        while (
            stop < len(rows)
            and rows[stop].start < until
            and self._continues(rows[stop - 1], rows[stop], item)
        ):
            stop += 1
        found = self._sentences(row.body, rows[stop - 1].end)
        if item and (row.kind is RowKind.BULLET or not row.gap):
            for sentence in found:
                self._add(sentence)
        elif found:
            self._add(Block(BlockKind.PARAGRAPH, Span(row.start, found[-1].span.end), tuple(found)))
        return stop

    def _continues(self, before: Row, row: Row, item: bool) -> bool:
        if row.kind is not RowKind.TEXT or row.gap:
            return False
        if not item or row.indent > self.stack[-1].level:
            return True
        return self.text[row.start].islower() and self.text[before.end - 1] not in ".!?:"

    def _sentences(self, start: int, end: int) -> list[Block]:
        quotes = opaque(self.text, start, end)
        literals = self._literals_in(start, end) if self.literals else []
        shut = _union(quotes, literals) if literals else quotes
        breaks = self.breaks[bisect_right(self.breaks, start) : bisect_left(self.breaks, end)]
        found = split(self.text, start, end, shut, breaks)
        if not shut:
            return [Block(BlockKind.SENTENCE, Span(low, high)) for low, high in found]
        inline = _inline(self.text, quotes, literals)
        result = []
        position = 0
        for low, high in found:
            children = []
            while position < len(inline) and inline[position].span.end <= high:
                if inline[position].span.start >= low:
                    children.append(inline[position])
                position += 1
            result.append(Block(BlockKind.SENTENCE, Span(low, high), tuple(children)))
        return result

    def _literals_in(self, start: int, end: int) -> list[Extent]:
        low, high = bisect_left(self.literals, (start, 0)), bisect_left(self.literals, (end, 0))
        return [Extent(first, min(last, end)) for first, last in self.literals[low:high]]

    # --- containers -------------------------------------------------------------------------

    def _add(self, block: Block) -> None:
        self.stack[-1].children.append(block)

    def _pop(self) -> None:
        frame = self.stack.pop()
        self.regions -= frame.limit is not None
        block = frame.close()
        if block is not None:
            self._add(block)

    def _pop_to(self, depth: int) -> None:
        while len(self.stack) > depth + 1:
            self._pop()

    def _close_regions(self, position: int) -> None:
        """Closes what a region that ends before `position` holds, and the region."""
        while self.regions:
            depth = next((i for i in range(len(self.stack) - 1, 0, -1) if self.stack[i].limit is not None), 0)
            limit = self.stack[depth].limit
            if depth == 0 or limit is None or limit > position:
                return
            self._pop_to(depth - 1)

    def _open(self, region: Region, row: Row) -> None:
        self._leave_lists(row._replace(gap=True, kind=RowKind.RULER) if row.kind is RowKind.BULLET else row)
        if region.kind is BlockKind.SECTION or self.stack[-1].kind is BlockKind.LIST:
            self._leave_label(row)
        self.stack.append(_Frame(region.kind, region.start, _TAG_LEVEL, region.end))
        self.regions += 1
        if region.kind is BlockKind.SECTION:
            self._add(Block(BlockKind.HEADING, Span(region.start, region.head)))

    def _leave_lists(self, row: Row) -> None:
        """Closes the lists and the label section that the row is not part of."""
        while (top := self.stack[-1]).kind in (BlockKind.LIST, BlockKind.ITEM):
            item = top.kind is BlockKind.ITEM
            if row.indent > top.level or (
                not item and row.kind is RowKind.BULLET and row.indent == top.level
            ):
                return
            self._pop()
        self._leave_label(row)

    def _leave_label(self, row: Row) -> None:
        top = self.stack[-1]
        if top.kind is not BlockKind.SECTION or top.level != LABEL or len(top.children) < 2:
            return
        after_list = top.children[-1].kind is not BlockKind.PARAGRAPH
        if row.kind is not RowKind.BULLET and (row.gap or after_list):
            self._pop()

    def _heading(self, row: Row) -> None:
        while self.stack[-1].limit is None and self.stack[-1] is not self.root:
            top = self.stack[-1]
            if top.kind is BlockKind.SECTION and top.level < row.level:
                break
            self._pop()
        self.stack.append(_Frame(BlockKind.SECTION, row.start, row.level))
        self._add(Block(BlockKind.HEADING, Span(row.start, row.end)))

    def _item(self, row: Row) -> None:
        if not self._in_list() and len(self.stack) > MAX_DEPTH:
            self._pop_to(len(self.stack) - 3)
        if not self._in_list():
            self.stack.append(_Frame(BlockKind.LIST, row.start, row.indent))
        self.stack.append(_Frame(BlockKind.ITEM, row.start, row.indent))

    def _in_list(self) -> bool:
        return self.stack[-1].kind is BlockKind.LIST


def _inline(text: str, quotes: Sequence[Extent], literals: Sequence[Extent]) -> list[Block]:
    code = [
        q
        for q in quotes
        if text[q.start] == "`" and not any(low < q.end and q.start < high for low, high in literals)
    ]
    blocks = [Block(BlockKind.CODE, Span(*extent)) for extent in code]
    blocks += [Block(BlockKind.DATA, Span(*extent)) for extent in literals]
    return sorted(blocks, key=lambda block: block.span.start)


def _union(one: Sequence[Extent], two: Sequence[Extent]) -> list[Extent]:
    merged: list[Extent] = []
    for extent in sorted([*one, *two]):
        if merged and extent.start < merged[-1].end:
            merged[-1] = Extent(merged[-1].start, max(merged[-1].end, extent.end))
        else:
            merged.append(extent)
    return merged


def _element_regions(text: str, elements: Sequence[Element]) -> list[Region]:
    return [
        Region(BlockKind.DATA if _holds_data(text, e) else BlockKind.SECTION, e.start, e.end, e.open_end)
        for e in elements
    ]


def _holds_data(text: str, element: Element) -> bool:
    """True if the element holds elements with a few words each: a record, no prose."""
    body = text[element.open_end : element.close_start]
    if "</" not in body or len(body) > 20_000:
        return False
    return all(len(run.split()) <= 6 and not run.endswith((".", "!", "?")) for run in _runs(body))


def _runs(body: str) -> Iterator[str]:
    """The texts between tags."""
    for part in body.split("<"):
        yield part.rpartition(">")[2].strip()


def _nested(found: Sequence[Region]) -> list[Region]:
    """Regions by start, without those that cross another, lie too deep, or repeat the range of an example."""
    kept: list[Region] = []
    open_: list[Region] = []
    order = {BlockKind.EXAMPLES: 0, BlockKind.EXAMPLE: 1}
    for region in sorted(found, key=lambda r: (r.start, -r.end, order.get(r.kind, 2))):
        while open_ and open_[-1].end <= region.start:
            open_.pop()
        if open_ and open_[-1].kind is BlockKind.DATA:
            continue
        twin = open_ and (region.start, region.end) == (open_[-1].start, open_[-1].end)
        if twin and open_[-1].kind in _EXAMPLES and region.kind not in _EXAMPLES:
            continue
        if len(open_) < MAX_DEPTH and not (open_ and region.end > open_[-1].end):
            open_.append(region)
            kept.append(region)
    return kept
