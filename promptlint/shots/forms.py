"""Tells the input of an example from its output where tags, keys or an arrow say so."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Span
from promptlint.outline.markup import elements
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut, in_turns, sought
from promptlint.shots.names import Means, meaning, speaks
from promptlint.shots.shot import Form, Part
from promptlint.shots.trim import unquoted, value
from promptlint.syntax import loose

_ARROW = lazy(r"[ \t]{0,8}(?:-{1,2}>|={1,2}>|→|⇒|➜|➔)[ \t]{0,8}")
_MARKER = lazy(r"[ \t]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?")
_RULER = lazy(r"[-=*~_+#]{3,}")
_IN_KEYS = ("input", "question", "query", "user", "prompt", "text", "request", "instruction", "problem")
_OUT_KEYS = (
    "output",
    "answer",
    "response",
    "assistant",
    "completion",
    "expected",
    "label",
    "result",
    "solution",
)
_MOST_PARTS = 40
_WIDEST = 2_000  # code points of a line with an arrow


def by_tags(text: str, start: int, end: int) -> Iterator[Cut]:
    """Elements such as `<input>` and `<output>`."""
    parts: list[Part] = []
    last = start
    for element in elements(text, start, end, ()) if text.find("</", start, end) >= 0 else ():
        means = meaning(element.name)
        if element.start >= last and means is not Means.OTHER:
            inner = value(text, element.open_end, element.close_start)
            parts.append(Part(element.name, means, unquoted(text, inner)))
            last = element.end
    if not any(part.means is Means.OUTPUT for part in parts):
        return
    found = list(in_turns(parts))
    for low, high in found:
        here = parts[low:high]
        given, answer = sought(here, frozenset())
        if given is None and low == 0:
            lead = value(text, start, text.rfind("<", start, here[0].span.start))
            given = lead if lead.end > lead.start else None
        first = text.rfind("<", start, here[0].span.start)
        whole = Span(start, end) if len(found) == 1 else Span(first, here[-1].span.end)
        follows = low > 0 and all(speaks(part.name) for part in here)
        yield Cut(whole, Form.TAGS, tuple(here), given, answer, follows=follows)


def by_data(text: str, start: int, end: int) -> Iterator[Cut]:
    """An object with a key for the input and one for the output, or an array of such."""
    found = loose.whole(text, start, end)
    if found is None:
        return
    for one in (found.root, *found.root.items):
        keys = {entry.key.lower(): entry.value for entry in one.entries}
        given = next((keys[key] for key in _IN_KEYS if key in keys), None)
        answer = next((keys[key] for key in _OUT_KEYS if key in keys), None)
        if given is None or answer is None:
            continue
        parts = tuple(
            Part(entry.key, meaning(entry.key), unquoted(text, entry.value.span))
            for entry in one.entries[:_MOST_PARTS]
        )
        yield Cut(one.span, Form.DATA, parts, unquoted(text, given.span), unquoted(text, answer.span))


def by_arrows(text: str, start: int, end: int) -> Iterator[Cut]:
    """Lines `text -> label`; an arrow inside code is none."""
    lines: list[Span] = []
    at = start
    while at <= end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = value(text, at, stop)
        if line.end > line.start and not _RULER.fullmatch(text, line.start, line.end):
            lines.append(line)
        at = stop + 1
    made = [cut for line in lines if (cut := arrow(text, line)) is not None]
    if len(made) == len(lines) or (len(made) > 1 and len(made) * 2 >= len(lines)):
        yield from made


def arrow(text: str, line: Span) -> Cut | None:
    """The example `text -> label` that a line is, None if it has no arrow or several."""
    said = text[line.start : line.end]
    if len(said) > _WIDEST or ("`" in said and "(" in said):
        return None
    arrows = list(_ARROW.finditer(text, line.start, line.end))
    if len(arrows) != 1:
        return None
    marker = _MARKER.match(text, line.start, line.end)
    begin = marker.end() if marker else line.start
    arrow = arrows[0]
    if not begin < arrow.start() or arrow.end() >= line.end:
        return None
    given = unquoted(text, value(text, begin, arrow.start()))
    answer = unquoted(text, value(text, arrow.end(), line.end))
    return Cut(line, Form.ARROW, (), given, answer)
