"""The few-shot examples of a prompt as data: what is given, what is answered, and how it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from promptlint.locate import message_spans
from promptlint.model import Block, BlockKind, Message, Profile, Role, Span
from promptlint.outline import walk
from promptlint.outline.masks import FILL, masked
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.shots.cut import Cut
from promptlint.shots.names import Means
from promptlint.shots.runs import Kind, possible, runs
from promptlint.shots.shot import Form, Part, Shot, Worth
from promptlint.shots.split import Title, cuts, label_names, title_of
from promptlint.shots.tables import rows
from promptlint.shots.trim import unquoted, value
from promptlint.shots.verdicts import with_verdicts
from promptlint.syntax import loose
from promptlint.view import View

__all__ = ["Form", "Means", "Part", "Shot", "Worth", "label_of", "shots"]

_PLACEHOLDER = lazy(r"\{\{?[\w .|]{1,60}\}\}?|\[[A-Za-z][A-Za-z _/'-]{2,60}\](?!\()|\$[A-Z_]{3,30}\b|_{4,}")
_ANGLES = lazy(r"<[a-zA-Z][\w ,./'-]{0,60}>")  # a placeholder, if no tag in the text is closed
_YOURS = lazy(
    r":\s{0,9}[\"'](?:your\b|one of\b|the \w+(?: \w+){0,3}[\"']|string[\"'])", re.IGNORECASE
)  # a layout to fill in
_Wanted = tuple[Span, list[Kind]]
_GAP = lazy(r"\n[ \t]*\n\s*")
_WORDS = 5  # of a label at most
_LONGEST = 60  # code points of a label
_LOOKED = 4_000  # code points of a part in which a placeholder is looked for
_MARKS = " \t\n.,;:!*_`\"'“”()[]"


@lru_cache(maxsize=2)
def shots(view: View) -> tuple[Shot, ...]:
    """The examples of a prompt, in order; none overlaps another.

    Several rules ask for those of one view, one after the other: hence the small memory.
    """
    wanted = _possible_runs(view) if view.prompt.profile is Profile.PROMPT else []
    if not wanted and not view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE):
        return ()
    text = masked(view.prompt)
    found = list(_turns(view, text))
    ends = {offset for shot in found for span in (shot.input, shot.output) if span for offset in [span.end]}
    for block in _outermost(view):
        if value(text, block.span.start, block.span.end).end not in ends:
            found += _of_group(text, block, view.prompt.profile)
    if wanted:
        found = _with_runs(view, text, found, wanted)
    found.sort(key=lambda shot: shot.span)
    return tuple(found)


def _possible_runs(view: View) -> list[_Wanted]:
    """The messages in which examples may stand that no heading announces, each with their kinds."""
    many = len(view.prompt.messages) > 1
    places = message_spans(view.prompt) if many else (Span(0, len(view.text)),)
    return [(place, kinds) for place in places if (kinds := possible(view.text, place))]


def _with_runs(view: View, text: str, found: Sequence[Shot], wanted: Sequence[_Wanted]) -> list[Shot]:
    """With the examples that no heading announces; they replace those of which less is known."""
    shut = (block.span for block in (*view.of_kind(BlockKind.CODE), *view.of_kind(BlockKind.TABLE)))
    code = [span for span in shut if text.find("\n", span.start, span.end) >= 0]
    told = [shot.group for shot in found if shot.literal is not None or shot.form is Form.TURNS]
    known = [shot.group for shot in found if shot.output is not None and not shot.follows]
    strong, ground = joined([*code, *told]), joined([*code, *told, *known])
    made: list[Shot] = []
    for place, kinds in wanted:
        taken = lambda span, is_data: touches(strong if is_data else ground, span)  # noqa: E731
        for run in runs(text, place, taken, kinds):
            title = Title(run.group.start, Means.OTHER, Worth.MODEL)
            made += [_shot(text, cut, run.group, title) for cut in run.cuts]
    new = joined(shot.span for shot in made)
    return [*(shot for shot in found if not touches(new, shot.span)), *made]


def _outermost(view: View) -> Iterator[Block]:
    """EXAMPLES, and EXAMPLE blocks outside them."""
    end = -1
    for block in view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE):
        if block.span.start >= end:
            end = block.span.end
            yield block


# --- turns of a chat ------------------------------------------------------------------------------


def _turns(view: View, text: str) -> Iterator[Shot]:
    """A user message and the fixed answer after it, before the last user message."""
    messages = view.prompt.messages
    if len(messages) < 2:
        return
    starts = {block.span.start for block in view.blocks if block.kind is BlockKind.EXAMPLE}
    if not starts or Role.ASSISTANT not in [message.role for message in messages]:
        return
    places = message_spans(view.prompt)
    pairs: list[tuple[Span | None, Span]] = []
    before: tuple[Message | None, Span] = (None, Span(0, 0))
    for message, place in zip(messages, places, strict=True):
        answer = value(text, place.start, place.end)
        if message.role is Role.ASSISTANT and (answer.start in starts or (pairs and message is messages[-1])):
            asked = value(text, before[1].start, before[1].end)
            from_user = before[0] is not None and before[0].role is Role.USER and asked.end > asked.start
            pairs.append((asked if from_user else None, answer))
        before = (message, place)
    group = Span((pairs[0][0] or pairs[0][1]).start, pairs[-1][1].end) if pairs else Span(0, 0)
    for given, answer in pairs:
        cut = Cut(Span((given or answer).start, answer.end), Form.TURNS, (), given, answer)
        yield _shot(text, cut, group, Title(answer.start, Means.OTHER, Worth.MODEL))


# --- examples in a text -----------------------------------------------------------------------------


def _of_group(text: str, group: Block, profile: Profile) -> list[Shot]:
    """The examples that stand together; what introduces them may say more of each."""
    blocks = [block for block in walk((group,)) if block.kind is BlockKind.EXAMPLE] or [group]
    spans = [block.span for block in blocks]
    lead = _lead(text, group.span.start)
    known = _known(text, spans) if profile is Profile.PROMPT else frozenset()
    found: list[Shot] = []
    asked: Shot | None = None
    for block in blocks:
        span = block.span
        title, parts = cuts(text, span.start, span.end, known)
        means = title.means if title.means is not Means.OTHER else lead.means
        worth = title.worth if title.worth is not Worth.MODEL else lead.worth
        title = Title(title.body, means, worth)
        tables = [each.span for each in walk((block,)) if each.kind is BlockKind.TABLE]
        parts = parts or [cut for table in tables for cut in rows(text, table)]
        made = [_shot(text, cut, group.span, title) for cut in parts] or [_whole(text, span, group, title)]
        one = made[0]
        if asked is not None and len(made) == 1 and one.input is None and one.output is not None:
            found[-1] = _joined(text, asked, one)
            asked = None
            continue
        if len(parts) == 0 and title.worth is not Worth.MODEL and len(blocks) == 1:
            made = [_shot(text, cut, group.span, title) for cut in _each(text, title.body, span.end)] or made
        found += made
        asked = one if len(made) == 1 and one.output is None and one.input is not None else None
    judged = with_verdicts(text, found)
    return _answered(text, [_recut(text, shot, judged.get(shot)) for shot in found])


def _answered(text: str, found: list[Shot]) -> list[Shot]:
    """With the answers that no label announces: the JSON below what is given, or all below its first line."""
    bare = [shot for shot in found if _is_bare(shot)]
    if not bare or any(shot.output is not None for shot in found):
        return found
    cut_at = {shot: _data_below(text, shot.input) for shot in bare if shot.input is not None}
    if not any(cut_at.values()) and len(bare) > 1:
        lines = {shot: text.find("\n", shot.input.start, shot.input.end) for shot in bare if shot.input}
        cut_at = lines if min(lines.values()) >= 0 else {}
    return [_split(text, shot, cut_at.get(shot, 0)) for shot in found]


def _is_bare(shot: Shot) -> bool:
    return shot.input is not None and shot.output is None and len(shot.parts) == 1 and not shot.template


def _data_below(text: str, given: Span) -> int:
    """Where an object begins a line below the first and ends the part; 0 if none does."""
    at = text.find("\n{", given.start, given.end)
    return at if at >= 0 and loose.whole(text, at + 1, given.end) is not None else 0


def _split(text: str, shot: Shot, at: int) -> Shot:
    if at <= 0 or shot.input is None:
        return shot
    given = value(text, shot.input.start, at)
    cut = Cut(shot.span, shot.form, shot.parts, given, value(text, at, shot.input.end), shot.worth)
    return _recut(text, shot, cut)


def _recut(text: str, shot: Shot, cut: Cut | None) -> Shot:
    title = Title(shot.span.start, Means.OTHER, shot.worth)
    return _shot(text, cut, shot.group, title) if cut is not None else shot


def _each(text: str, start: int, end: int) -> Iterator[Cut]:
    """The paragraphs of what is called good or bad, each an answer."""
    found: list[Span] = []
    at = start
    for gap in [*_GAP.finditer(text, start, end), None]:
        stop = gap.start() if gap else end
        span = value(text, at, stop)
        if span.end > span.start:
            found.append(span)
        at = gap.end() if gap else end
    if len(found) > 1:
        yield from (Cut(span, Form.WHOLE, (), None, unquoted(text, span)) for span in found)


def _known(text: str, spans: Sequence[Span]) -> frozenset[str]:
    """Names of labels, if two examples at least have the same ones in the same order."""
    counts = Counter(label_names(text, span.start, span.end)[:8] for span in spans) if len(spans) > 1 else {}
    return frozenset(
        name for names, count in counts.items() if count > 1 and 1 < len(names) <= 6 for name in names
    )


def _lead(text: str, start: int) -> Title:
    """What the line before the examples says of all of them."""
    end = start
    while end > 0 and text[end - 1].isspace() and start - end < 10:
        end -= 1
    begin = max(text.rfind("\n", 0, end) + 1, end - 300)
    title = title_of(text, begin, end) if end > begin else Title(start, Means.OTHER, Worth.MODEL)
    return title if title.body > begin else Title(start, Means.OTHER, Worth.MODEL)


def _whole(text: str, span: Span, group: Block, title: Title) -> Shot:
    """An example without parts: all of it is an input or an output if its title says so."""
    body = unquoted(text, value(text, title.body, span.end))
    if body.end <= body.start:
        return _shot(text, Cut(span, Form.WHOLE, (), None, None), group.span, title)
    if title.means is Means.OUTPUT and text[body.start] in "{[":
        found = loose.read(text, body.start, body.end)
        body = found.root.span if found else body  # what follows it is no part of the answer
    given = body if title.means is Means.INPUT else None
    answer = body if title.means is Means.OUTPUT else None
    form = Form.HEADS if given or answer else Form.WHOLE
    return _shot(text, Cut(span, form, (), given, answer), group.span, title)


def _joined(text: str, asked: Shot, answered: Shot) -> Shot:
    """ "Example input:" and the "Example output:" after it, as one."""
    cut = Cut(
        Span(asked.span.start, answered.span.end),
        Form.HEADS,
        (),
        asked.input,
        answered.output,
        answered.worth,
    )
    return _shot(text, cut, asked.group, Title(asked.span.start, Means.OTHER, answered.worth))


def _shot(text: str, cut: Cut, group: Span, title: Title) -> Shot:
    answer = cut.output
    literal = None
    label = ""
    if answer is not None:
        literal = loose.whole(text, answer.start, answer.end)
        opened = loose.read(text, answer.start, answer.end) if literal is None else None
        if opened is not None and opened.root.entries and text[opened.root.span.end] in "\r\n":
            literal, answer = (
                opened,
                opened.root.span,
            )  # what follows on further lines is no part of the answer
        label = "" if literal else label_of(text[answer.start : answer.end])
    worth = cut.worth if cut.worth is not Worth.MODEL else title.worth
    return Shot(
        cut.span,
        Span(min(group.start, cut.span.start), max(group.end, cut.span.end)),
        cut.form,
        cut.input,
        answer,
        cut.parts,
        worth,
        literal,
        label,
        cut.follows,
        _is_template(text, cut),
    )


def _is_template(text: str, cut: Cut) -> bool:
    if text.find(FILL, cut.span.start, cut.span.end) >= 0:
        return True
    if cut.output is not None and _YOURS.search(text, cut.output.start, cut.output.end):
        return True
    for span in (cut.input, cut.output):
        end = min(span.end, span.start + _LOOKED) if span is not None else 0
        if span is None:
            continue
        if _PLACEHOLDER.search(text, span.start, end):
            return True
        if text.find("</", span.start, end) < 0 and _ANGLES.search(text, span.start, end):
            return True
    return False


def label_of(text: str) -> str:
    """A short answer in lower case, without marks; "" if it is longer than a label."""
    plain = text.strip(_MARKS)
    if not plain or len(plain) > _LONGEST or "\n" in plain or len(plain.split()) > _WORDS:
        return ""
    return " ".join(plain.lower().split())
