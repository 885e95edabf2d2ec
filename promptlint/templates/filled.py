"""Fills the slots of a prompt by name, in every template language but Jinja, which has its sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from promptlint.model import Arm, Segment, SegmentKind
from promptlint.records import dataclass
from promptlint.templates import jinja

Values = Mapping[str, object]
"""Plain data: mappings, lists and scalars, as YAML and JSON hold them."""

MAX_TEXT = 2_000_000
"""Characters of a filled text; more is refused."""

_MISSING = object()
_STEP = re.compile(r"[^.\[\]]+")
_SPECIFIC = re.compile(r"\s*(?:![rsa])?(?::[^\[\]]*)?\Z")
_SECTION = re.compile(r"(#(?:if|unless|each|with)\b|[#^])\s*(\S*)")


class TooLong(Exception):  # noqa: N818  # says what it is
    """A filled text is longer than MAX_TEXT."""


@dataclass(slots=True)
class Filling:
    """What one prompt is filled with.

    `missing` collects the names that have no value, `printed` those of them that stand in the text as they
    are spelt.
    """

    values: Values
    missing: dict[str, None] = field(default_factory=dict)
    size: int = 0
    printed: dict[str, None] = field(default_factory=dict)

    def text(self, segment: Segment, scopes: Sequence[object] = ()) -> str:
        """What stands for a slot: its value, or the slot as it is spelt if there is none."""
        value = self.value(segment.name, scopes)
        if value is not _MISSING:
            return shown(value)
        self.missing[segment.name] = None
        self.printed[segment.name] = None
        return segment.text

    def value(self, name: str, scopes: Sequence[object]) -> object:
        """What a name stands for, innermost scope first."""
        for scope in reversed(scopes):
            if name in (".", "this"):
                return scope
            value = find(scope, name)
            if value is not _MISSING:
                return value
        return find(self.values, name)

    def counted(self, text: str) -> str:
        """The text, unless it is one too many."""
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise TooLong
        return text


def find(values: object, name: str) -> object:
    """The value of `name`, or of a path `a.b[0]` into nested data; only mappings and lists are entered."""
    if isinstance(values, Mapping) and name in values:
        return values[name]
    steps = _STEP.findall(_SPECIFIC.sub("", name))
    found = values if steps else _MISSING
    for step in steps:
        key = step.strip("'\"")
        if isinstance(found, Mapping) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and len(key) < 9 and int(key) < len(found):
            found = found[int(key)]
        else:
            return _MISSING
    return found


def shown(value: object) -> str:
    """A value as text; nothing for null."""
    return "" if value is None else str(value)


def settled(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Without the arms that no statement of a template decides upon, but the longest of each group."""
    decided: set[int] = set()
    weights: dict[int, dict[int, int]] = {}
    opener = ""
    for segment in segments:
        for arm in segment.branch:
            if arm.group not in weights:
                weights[arm.group] = {}
                if jinja.opens(opener) or _SECTION.match(opener):
                    decided.add(arm.group)
            group = weights[arm.group]
            group[arm.arm] = group.get(arm.arm, 0) + len(segment.text)
        if segment.kind is SegmentKind.CONTROL and segment.name:
            opener = segment.name
    kept = {
        Arm(group, max(arms, key=lambda arm: (arms[arm], -arm)))
        for group, arms in weights.items()
        if group not in decided
    }
    return tuple(
        segment for segment in segments if all(arm in kept or arm.group in decided for arm in segment.branch)
    )


def fill(segments: Sequence[Segment], filling: Filling) -> str:
    """The text of a prompt in format, percent, dollar, mustache or Handlebars syntax.

    Sections of mustache are taken, left out or repeated by their value; one without a value is taken once.

    Raises:
        TooLong: the text is longer than MAX_TEXT.
    """
    return "".join(_filled(settled(segments), filling, 0, ()))


def _filled(
    segments: Sequence[Segment], filling: Filling, depth: int, scopes: tuple[object, ...]
) -> list[str]:
    out: list[str] = []
    opener, index = "", 0
    while index < len(segments):
        segment = segments[index]
        if len(segment.branch) > depth:
            end = _end(segments, index, depth)
            for scope in _rounds(opener, segment.branch[depth].arm, filling, scopes):
                inner = scopes if scope is _MISSING else (*scopes, scope)
                out += _filled(segments[index:end], filling, depth + 1, inner)
            index = end
            continue
        if segment.kind is SegmentKind.CONTROL and _SECTION.match(segment.name):
            opener = segment.name
        elif segment.kind is SegmentKind.TEXT:
            out.append(filling.counted(segment.text))
        elif segment.kind is SegmentKind.SLOT:
            out.append(filling.counted(filling.text(segment, scopes)))
        index += 1
    return out


def _end(segments: Sequence[Segment], index: int, depth: int) -> int:
    """Where the arm ends that begins at `index`."""
    arm = segments[index].branch[depth]
    while index < len(segments) and segments[index].branch[depth : depth + 1] == (arm,):
        index += 1
    return index


def _rounds(opener: str, arm: int, filling: Filling, scopes: tuple[object, ...]) -> Sequence[object]:
    """The scope of each time that an arm of a section is taken; _MISSING for one without its own."""
    match = _SECTION.match(opener)
    if match is None:
        return (_MISSING,)
    word, name = match.groups()
    value = filling.value(name, scopes)
    if value is _MISSING:
        filling.missing[name] = None
        return (_MISSING,) if arm == 0 else ()
    holds = bool(value) is (word not in ("#unless", "^"))
    if (arm == 0) is not holds:
        return ()
    if word in ("#if", "#unless", "^") or arm:
        return (_MISSING,)
    return value if isinstance(value, list) else (value,)
