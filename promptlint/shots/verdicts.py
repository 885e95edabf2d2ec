"""Finds the verdict that stands without a label in the last line of examples, below their labelled lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut
from promptlint.shots.names import Means, judges, settles
from promptlint.shots.shot import Form, Part, Shot
from promptlint.shots.trim import value

_LEAST = 2  # examples that end in a verdict
_FEW = 4  # of so many examples each may have a verdict of its own; of more they would be free text
_WRAPPED = 60  # code points of a line that may have been broken to fit
_LONGEST = 60  # code points of a verdict
_VERDICT = lazy(r"\w[\w'’/+%-]*(?:\.?|(?:[ \t]\w[\w'’/+%-]*){1,3})")
_NUMBER = lazy(r"-?\d+(?:[./]\d+)?%?")
_CLAUSE = lazy(r"(?:FROM|WHERE|GROUP|ORDER|LIMIT|HAVING|JOIN|AND|OR|RETURN|END)\b")  # the rest of a query
_ENDS = ".!?:;)]}\"'”’…。！？"


def with_verdicts(text: str, found: Sequence[Shot]) -> dict[Shot, Cut]:
    """The examples that end in a verdict, cut so that it is the output and all labelled lines are the input.

    Empty if fewer than two, or not most, of the examples end so. What a label such as "Output" or "Score"
    announces is the output itself, however many lines it has.
    """
    asked = [shot for shot in found if not shot.template and not shot.follows]
    ends = {shot: _last_line(text, shot) for shot in asked if _may_be_judged(shot)}
    said = {shot: text[at.start : at.end].lower() for shot, at in ends.items() if at is not None}
    sure = Counter(said[shot] for shot, at in ends.items() if at and _is_second(text, shot.parts[-1], at))
    count = sure.total()
    if count < _LEAST or (count > _FEW and len(sure) == count and not all(map(_NUMBER.fullmatch, sure))):
        return {}
    cuts = {shot: _cut(text, shot, at) for shot, at in ends.items() if at is not None and said[shot] in sure}
    return cuts if len(cuts) * 2 > len(asked) else {}


def _may_be_judged(shot: Shot) -> bool:
    if shot.form is not Form.LABELS or len(shot.parts) < 2 or shot.literal is not None:
        return False
    last = shot.parts[-1]
    return last.means not in (Means.GOOD, Means.BAD) and not settles(last.name) and not judges(last.name)


def _last_line(text: str, shot: Shot) -> Span | None:
    """The last line of the last part, if it can be a verdict and is not all of the part."""
    span = shot.parts[-1].span
    at = text.rfind("\n", span.start, span.end) + 1
    line = value(text, at, span.end) if at > span.start else None
    if line is None or line.end - line.start > _LONGEST or _CLAUSE.match(text, line.start, line.end):
        return None
    return line if _VERDICT.fullmatch(text, line.start, line.end) else None


def _is_second(text: str, part: Part, line: Span) -> bool:
    """True if only the labelled line is above the verdict, and no sentence runs on from it."""
    above = value(text, part.span.start, line.start)
    begin = text.rfind("\n", 0, above.start) + 1
    if not text[begin : above.start].strip() or text.find("\n", above.start, above.end) >= 0:
        return False
    return text[above.end - 1] in _ENDS or (above.end - above.start < _WRAPPED and text[above.end - 1] != ",")


def _cut(text: str, shot: Shot, at: Span) -> Cut:
    """An example with the verdict as output; reasoning that only leads to the verdict is not given."""
    last = shot.parts[-1]
    parts = (*shot.parts[:-1], Part(last.name, last.means, value(text, last.span.start, at.start)))
    spans = [part.span for part in parts if part.means is not Means.ASIDE and part.span.end > part.span.start]
    start = min([spans[0].start, *([shot.input.start] if shot.input else [])]) if spans else at.start
    given = Span(start, spans[-1].end) if spans else None
    return Cut(shot.span, shot.form, parts, given, at, shot.worth)
