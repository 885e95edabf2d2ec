"""Tells the input of an example from its output: by labels, tags, keys, an arrow, or its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.model import Span
from promptlint.outline.markup import fences, inside, json_literals
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut, in_turns, sought
from promptlint.shots.forms import by_arrows, by_data, by_tags
from promptlint.shots.names import Means, meaning, settles, speaks
from promptlint.shots.shot import Form, Part, Worth
from promptlint.shots.trim import unquoted, value


class Title(NamedTuple):
    """What a line above an example says of it, and where its body begins."""

    body: int
    means: Means
    worth: Worth


_TITLE = lazy(
    r"[ \t>]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?[#*_= \t]*\[?"
    r"((?:[\w/'’()-]{1,30}[ \t]){0,5}(?:examples?|demonstrations?|demo|shots?|samples?|illustration)\b"
    r"[^\n:]{0,60}?)\]?(?:[*_= \t]*[:：][*_]*|[*_=#: \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_OPEN_TAG = lazy(r"\s*<([A-Za-z][\w.:-]{0,60})((?:\s[^<>]{0,300})?)>")
_NAMES_EXAMPLE = lazy(r"example|shot|sample|demo", re.IGNORECASE)
_BAD = lazy(
    r"\b(?:bad|incorrect|wrong|worse|poor|negative example|invalid|don['’]?ts?|avoid|anti)\b|[❌✗✘]", re.I
)
_GOOD = lazy(r"\b(?:good|correct|right|better|valid|positive example)\b|[✅✓✔]", re.IGNORECASE)
_SAYS_IN = lazy(r"\b(?:input|query|question|prompt|request|user|message)\b", re.IGNORECASE)
_SAYS_OUT = lazy(r"\b(?:output|response|answer|reply|result|completion)s?\b", re.IGNORECASE)
_SAYS_JSON = lazy(r"\bJSON\b", re.IGNORECASE)
_LABEL = lazy(
    r"^[ \t>]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?(?:[✅❌✓✗✔✘][ \t]*)?(?:#{1,6}[ \t]+)?"
    r"(?:\*\*|__)?[\[<`]?([^\W\d_][\w /;-]{0,40}?)[ _]?#?\d{0,3}(?:[ \t]?\([^()\n]{0,60}\))?"
    r"[\]>`]?(?:\*\*|__)?[ \t]{0,8}(?:[:：](?!//)(?:\*\*|__)?[ \t]{0,8}|$)",
    re.MULTILINE,
)
_POINTS = lazy(r"^[ \t>]*(?:-{1,2}>|={1,2}>|→|⇒|➜|➔)[ \t]*(?=\S)", re.MULTILINE)
_SIGNS = ("->", "=>", "→", "⇒", "➜", "➔")
_HEADING = lazy(r"[ \t>]*(?:[-*+•][ \t]+)?(?:#{1,6}[ \t]|\*\*|__|\[)")
_TRACE = frozenset(
    ("thought", "action", "observation")
)  # steps of one trace: nothing there is a plain answer
_MOST_PARTS = 40


def title_of(text: str, start: int, end: int) -> Title:
    """Reads the opening tag and the "Example 1:" above an example; without them the body is at `start`."""
    body, means, worth = start, Means.OTHER, Worth.MODEL
    for pattern in (_OPEN_TAG, _TITLE):
        match = pattern.match(text, body, end)
        if match is None:
            continue
        said = re.sub(r"[_-]", " ", match[0]) if pattern is _OPEN_TAG else match[0]
        if pattern is _OPEN_TAG and not _NAMES_EXAMPLE.search(said):
            continue
        worth = Worth.BAD if _BAD.search(said) else Worth.GOOD if _GOOD.search(said) else worth
        gives, answers = _SAYS_IN.search(said), _SAYS_OUT.search(said)
        if _SAYS_JSON.search(said) and not gives:
            means = Means.OUTPUT
        elif bool(gives) != bool(answers):
            means = Means.INPUT if gives else Means.OUTPUT
        body = match.end()
    return Title(body, means, worth)


def cuts(text: str, start: int, end: int, known: frozenset[str] = frozenset()) -> tuple[Title, list[Cut]]:
    """The title of a block, and the examples in it: mostly one.

    `known` are names of labels that repeat in the blocks around it: the first is taken as input, the last as
    output, if no name tells.
    """
    title = title_of(text, start, end)
    begin, stop = title.body, _stop(text, start, title.body, end)
    found = list(by_tags(text, begin, stop)) or list(by_data(text, begin, stop))
    found = found or list(_by_labels(text, begin, stop, known)) or list(by_arrows(text, begin, stop))
    if len(found) == 1:
        found = [found[0]._replace(span=Span(start, end))]
    return title, found


def _stop(text: str, start: int, body: int, end: int) -> int:
    """The end of the body without rulers, space and the closing tag of the element that the block is."""
    tag = _OPEN_TAG.match(text, start, body)
    close = f"</{tag[1]}>" if tag else ""
    stop = value(text, body, end).end
    if close and text.startswith(close, max(body, stop - len(close))):
        stop = value(text, body, stop - len(close)).end
    return stop


# --- labels -----------------------------------------------------------------------------------


class _Label(NamedTuple):
    name: str
    means: Means
    start: int
    end: int


def label_names(text: str, start: int, end: int) -> tuple[str, ...]:
    """The names of the labels of a block, in order, in lower case."""
    return tuple(label.name.lower() for label in _labels(text, title_of(text, start, end).body, end))


def _labels(text: str, start: int, end: int) -> list[_Label]:
    code = fences(text, start, end)
    data = json_literals(text, start, end, code)
    found = []
    for match in _LABEL.finditer(text, start, end):
        if inside(code, match.start(1)) or inside(data, match.start(1)):
            continue
        bare = not match[0].rstrip("*_ \t").endswith((":", "："))
        if bare and (not _HEADING.match(match[0]) or meaning(match[1]) is Means.OTHER):
            continue
        if len(match[1].split()) > 4:
            continue
        found.append(_Label(match[1], meaning(match[1]), match.start(), match.end()))
        if len(found) > _MOST_PARTS * 50:
            break
    if found and any(text.find(sign, start, end) >= 0 for sign in _SIGNS):
        points = (match for match in _POINTS.finditer(text, start, end) if not inside(code, match.end()))
        found += [_Label("output", Means.OUTPUT, match.start(), match.end()) for match in points]
        found.sort(key=lambda label: label.start)
    return found


def _by_labels(text: str, start: int, end: int, known: frozenset[str]) -> Iterator[Cut]:
    labels = [
        label
        for label in _labels(text, start, end)
        if label.means is not Means.OTHER or label.name.lower() in known
    ]
    if not labels or any(label.name.lower() in _TRACE for label in labels):
        return
    if any(label.means in (Means.GOOD, Means.BAD) for label in labels):
        yield from _sides(text, labels, end)
        return
    if any(settles(label.name) for label in labels):
        labels = [_asked(label) if speaks(label.name) else label for label in labels]
    parts = _parts(text, labels, end)
    turns = list(in_turns(parts))
    for number, (low, high) in enumerate(turns):
        here = parts[low:high]
        first = labels[low].start if number or len(turns) > 1 else start
        last = labels[high].start if high < len(labels) else end
        given, answer = sought(here, known)
        if given is None and answer is not None and number == 0 and here[0].span == answer:
            lead = value(text, start, labels[low].start)
            given = lead if lead.end > lead.start else None
        follows = number > 0 and all(speaks(part.name) for part in here)
        yield Cut(value(text, first, last), Form.LABELS, tuple(here), given, answer, follows=follows)


def _asked(label: _Label) -> _Label:
    """A side of a conversation that is part of what is given: the output has a label of its own."""
    return label._replace(means=Means.INPUT)


def _parts(text: str, labels: Sequence[_Label], end: int) -> list[Part]:
    ends = [*(label.start for label in labels[1:]), end]
    return [
        Part(label.name, label.means, unquoted(text, value(text, label.end, stop)))
        for label, stop in zip(labels, ends, strict=True)
    ]


def _sides(text: str, labels: Sequence[_Label], end: int) -> Iterator[Cut]:
    """The good and the bad one of a pair, each as an output."""
    chosen = [label for label in labels if label.means in (Means.GOOD, Means.BAD)]
    ends = [*(label.start for label in chosen[1:]), end]
    for label, part, stop in zip(chosen, _parts(text, chosen, end), ends, strict=True):
        worth = Worth.GOOD if label.means is Means.GOOD else Worth.BAD
        yield Cut(value(text, label.start, stop), Form.LABELS, (part,), None, part.span, worth)
