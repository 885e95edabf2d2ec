"""Finds examples that no heading announces: lines and short paragraphs of one pattern, one after the other.

What repeats must also look answered: the answers are JSON, or short and some of them the same. A list of
rules ("404 -> retry") or of settings has the pattern too, so what is not clear is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut
from promptlint.shots.dataruns import Line, data_runs, lines_of
from promptlint.shots.forms import arrow
from promptlint.shots.names import Means
from promptlint.shots.shot import Form, Part
from promptlint.shots.trim import unquoted, value
from promptlint.syntax import loose

Taken = Callable[[Span, bool], bool]

_LEAST = 3  # examples of a run
_MOST_RUNS = 100
_WIDEST = 600  # code points of a line that is read
_SHORT = 4  # words of an answer that is a label
_TALL = 14  # lines of an example
_OPENER = lazy(r"([A-Z][\w' ]{0,24}?)[ \t]?[:：](?=[ \t]+\S)")
_LAST_LABEL = lazy(r"([A-Z]{3,20}(?=[ \t]{2,})|[A-Za-z][\w ]{0,24}?(?=[ \t]?[:：]))[ \t]?[:：]?[ \t]+(?=\S)")
_QUOTED = lazy(r"[ \t]*(?:[-*•][ \t]+)?(\"[^\"\n]{3,400}\"|“[^”\n]{3,400}”)")
_JOINT = lazy(r"[ \t]*(?:[:=|–—-][ \t]*)?")
_RULER = lazy(r"[ \t]*(?:#{3,}|-{3,}|={3,}|\*{3,})[ \t]*")
_TAG = lazy(r"<(ex|eg|shot|case|demo|pair|item|instance|sample|row)\b[^<>\n]{0,80}>[ \t]*$")
_OPEN_SLOT = lazy(r"\{\{?[^{}\n]*\}\}?|\ue000")


_TAG_LINE = lazy(r"\n" + _TAG.pattern, re.MULTILINE)  # these begin with a line break: ten times as fast
_RULER_LINE = lazy(r"\n" + _RULER.pattern + r"(?=\n|\Z)")
_DATA_LINE = lazy(r"\n[ \t]{0,12}\{")
_OPENER_LINE = lazy(r"\n" + _OPENER.pattern)
_QUOTED_LINE = lazy(r"\n[ \t]*(?:[-*•][ \t]+)?[\"“]")
_SIGN = lazy("[→⇒➜➔]")
Kind = Callable[[str, Sequence[Line]], Iterator[list[Cut]]]


class Run(NamedTuple):
    """Examples that stand together."""

    group: Span
    cuts: tuple[Cut, ...]


def runs(text: str, within: Span, taken: Taken, kinds: Sequence[Kind]) -> list[Run]:
    """The runs of a message in order, apart from what is `taken`: asked with a range, and if it is JSON.

    `kinds` are those that `possible` names.
    """
    lines = list(lines_of(text, within))
    found: list[Run] = []

    def free(group: Span, is_data: bool) -> bool:
        return not taken(group, is_data) and not any(run.group.overlaps(group) for run in found)

    for kind in kinds:
        for cuts in kind(text, lines):
            group = Span(cuts[0].span.start, cuts[-1].span.end)
            is_sure = kind is data_runs or (kind is _rulers and _all_labelled(text, cuts))
            if (is_sure or _answered(text, cuts)) and free(group, kind is data_runs):
                found.append(Run(group, tuple(cuts)))
            if len(found) >= _MOST_RUNS:
                return sorted(found)
    return sorted(found)


def possible(text: str, within: Span) -> list[Kind]:
    """The kinds of run that a text may have, in order: cheap, as most prompts have none."""
    if text.count("\n", within.start, within.end) < _LEAST - 1:
        return []
    part = "\n" + text[within.start : within.end]
    found: list[Kind] = []
    if "</" in part and _TAG_LINE.search(part) is not None:
        found.append(_tags)
    if ("###" in part or "---" in part or "===" in part or "***" in part) and _times(_RULER_LINE, part):
        found.append(_rulers)
    if "{" in part and _times(_DATA_LINE, part, 2):
        found.append(data_runs)
    if part.count(": ") + part.count("：") >= _LEAST and _repeats(part):
        found.append(_openers)
    if (
        "->" in part
        or "=>" in part
        or (not part.isascii() and _SIGN.search(part))
        or _times(_QUOTED_LINE, part)
    ):
        found.append(_rows)
    return found


def _times(pattern: re.Pattern[str], text: str, count: int = _LEAST) -> bool:
    """True if a pattern occurs so many times."""
    at = 0
    for _ in range(count):
        match = pattern.search(text, at)
        if match is None:
            return False
        at = match.end()
    return True


def _repeats(text: str) -> bool:
    """True if several lines open with the same label."""
    names = [match[1] for match in _OPENER_LINE.finditer(text)]
    return len(names) >= _LEAST and max(Counter(names).values()) >= _LEAST


def _all_labelled(text: str, cuts: Sequence[Cut]) -> bool:
    """True if all examples begin with one label and end in an answer with another."""
    openers = {label[1] for cut in cuts if (label := _LAST_LABEL.match(text, cut.span.start, cut.span.end))}
    return len(openers) == 1 and all(cut.parts for cut in cuts)


def _answered(text: str, cuts: Sequence[Cut]) -> bool:
    """True if the outputs look like answers: most are JSON, or short with some the same."""
    outputs = [text[cut.output.start : cut.output.end] for cut in cuts if cut.output is not None]
    if len(outputs) < _LEAST:
        return False
    data = sum(one.startswith(("{", "[")) and one.endswith(("}", "]")) for one in outputs)
    if data * 2 > len(outputs):
        return True
    short = [one.lower() for one in outputs if len(one.split()) <= _SHORT and "\n" not in one]
    return len(short) * 4 >= len(outputs) * 3 and len(set(short)) < len(short)


# --- one line each --------------------------------------------------------------------------------


def _rows(text: str, lines: Sequence[Line]) -> Iterator[list[Cut]]:
    """Lines `text -> label`, and lines of a quotation and a label."""
    for read in (_pointed, _spoken):
        made: list[Cut] = []
        for line in lines:
            cut = None if line.blank or line.end - line.start > _WIDEST else read(text, line)
            if cut is None and made and not line.blank:
                yield from _long(made)
                made = []
            elif cut is not None:
                made.append(cut)
        yield from _long(made)


def _long(cuts: list[Cut]) -> Iterator[list[Cut]]:
    if len(cuts) >= _LEAST:
        yield cuts


def _pointed(text: str, line: Line) -> Cut | None:
    """A line with one arrow."""
    if text.find(">", line.start, line.end) < 0 and not any(
        text.find(sign, line.start, line.end) >= 0 for sign in "→⇒➜➔"
    ):
        return None
    return arrow(text, value(text, line.start, line.end))


def _spoken(text: str, line: Line) -> Cut | None:
    said = _QUOTED.match(text, line.start, line.end)
    if said is None:
        return None
    joint = _JOINT.match(text, said.end(), line.end)
    answer = unquoted(text, value(text, joint.end() if joint else said.end(), line.end))
    words = text[answer.start : answer.end].split()
    if not words or len(words) > _SHORT or text[answer.start] in ',.;)"{[' or text[answer.end - 1] in ",{[":
        return None  # a key of JSON, or a list of sayings
    given = unquoted(text, Span(said.start(1), said.end(1)))
    return Cut(value(text, line.start, line.end), Form.ARROW, (), given, answer)


# --- short paragraphs -----------------------------------------------------------------------------


def _openers(text: str, lines: Sequence[Line]) -> Iterator[list[Cut]]:
    """`Caller: ...` with the answer in the last of the lines below it, again and again."""
    opened: list[tuple[int, str]] = []
    for index, line in enumerate(lines):
        match = _OPENER.match(text, line.start, min(line.end, line.start + 40))
        if match is not None:
            opened.append((index, match[1]))
    counts = Counter(name for _, name in opened)
    for name, count in counts.most_common(4):
        if count < _LEAST:
            break
        starts = [index for index, other in opened if other == name]
        made = list(_chunks(text, lines, starts))
        if len(made) >= _LEAST and len(made) * 4 >= count * 3:
            yield made


def _chunks(text: str, lines: Sequence[Line], starts: Sequence[int]) -> Iterator[Cut]:
    heights = []
    for low, high in pairwise(starts):
        heights.append(sum(not line.blank for line in lines[low : min(high, low + _TALL + 1)]))
    usual = Counter(heights).most_common(1)[0][0] if heights else 0
    for number, low in enumerate(starts):
        high = starts[number + 1] if number + 1 < len(starts) else len(lines)
        rows: list[Line] = []
        for line in lines[low : min(high, low + _TALL + 2)]:
            if line.blank and rows and (len(rows) >= usual or number + 1 == len(starts)):
                break
            if not line.blank:
                rows.append(line)
        if number + 1 == len(starts):
            rows = rows[:usual]
        if 1 < len(rows) <= _TALL:
            yield _answer_last(text, rows, skip=True)


def _answer_last(text: str, rows: Sequence[Line], *, skip: bool) -> Cut:
    """An example whose last line (or the JSON at its end) is the answer; a label before it is left out."""
    span = value(text, rows[0].start, rows[-1].end)
    first = span.start
    opener = _OPENER.match(text, first, min(rows[0].end, first + 40)) if skip else None
    given_start = opener.end() if opener else first
    cut_at = _data_start(text, rows)
    label = _LAST_LABEL.match(text, cut_at, rows[-1].end)
    said = text[cut_at : rows[-1].end].strip()
    answer_start = label.end() if label is not None and not said.startswith(("{", "[")) else cut_at
    given = unquoted(text, value(text, given_start, cut_at))
    answer = unquoted(text, value(text, answer_start, span.end))
    parts = (Part(label[1], Means.OUTPUT, answer),) if label is not None and answer_start != cut_at else ()
    return Cut(span, Form.LABELS, parts, given if given.end > given.start else None, answer)


def _data_start(text: str, rows: Sequence[Line]) -> int:
    """Where the JSON that ends an example begins, or its last line."""
    for row in rows[1:]:
        head = value(text, row.start, row.end)
        if text[head.start] in "{[" and loose.whole(
            text, head.start, value(text, head.start, rows[-1].end).end
        ):
            return head.start
    return rows[-1].start


def _rulers(text: str, lines: Sequence[Line]) -> Iterator[list[Cut]]:
    """Paragraphs between rulers, each with an answer of the same label in its last line."""
    marks = [index for index, line in enumerate(lines) if _RULER.fullmatch(text, line.start, line.end)]
    if len(marks) < _LEAST:
        return
    made: list[Cut] = []
    names: Counter[str] = Counter()
    for low, high in zip(marks, [*marks[1:], len(lines)], strict=True):
        rows = [line for line in lines[low + 1 : min(high, low + _TALL + 2)] if not line.blank]
        cut = _answer_last(text, rows, skip=False) if 1 < len(rows) <= _TALL else None
        if cut is not None and cut.parts:
            made.append(cut)
            names[cut.parts[0].name] += 1
        elif len(rows) == 1 and high == len(lines):
            made.append(Cut(value(text, rows[0].start, rows[0].end), Form.LABELS, (), None, None))
        elif made:
            break
    if names and names.most_common(1)[0][1] == sum(names.values()):
        yield from _long(made)


def _tags(text: str, lines: Sequence[Line]) -> Iterator[list[Cut]]:
    """Elements of one name, with nothing but space between them."""
    made: list[Cut] = []
    name, index = "", 0
    while index < len(lines):
        tag = _TAG.match(text, lines[index].start, lines[index].end)
        if tag is None:
            if not lines[index].blank:
                yield from _long(made)
                made = []
            index += 1
            continue
        close = f"</{tag[1]}>"
        end = next(
            (
                at
                for at in range(index + 1, min(index + _TALL + 2, len(lines)))
                if text.startswith(close, lines[at].start)
            ),
            0,
        )
        if tag[1] != name or not end:
            yield from _long(made)
            made, name = [], tag[1]
        rows = [line for line in lines[index + 1 : end] if not line.blank] if end else []
        if len(rows) > 1:
            made.append(_answer_last(text, rows, skip=False))
        index = end + 1 if end else index + 1
    yield from _long(made)
