"""Puts the values of many cases into one prompt: by name where that is enough, else in a guarded process."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint import rendering, templates
from promptlint.evals.numbers import shown
from promptlint.evals.template import Template
from promptlint.model import Prompt, Segment, SegmentKind, SourceKind, Span
from promptlint.records import dataclass
from promptlint.render import needs_jinja
from promptlint.templates import TemplateError, filled, jinja
from promptlint.templates.filled import MAX_TEXT, Filling, TooLong, Values, find, settled

_PATH = re.compile(r"[A-Za-z_$]\w*(?:\.\w+|\[\w+\])*")
_ROOT = re.compile(r"[\w$]+")
_SECTION = re.compile(r"(?:#(?:if|unless|each|with)\b|[#^])\s*([\w$]*)")
_STATEMENT = re.compile(r"[#/^>=]|else\b")
_MAY_LACK = re.compile(r"\bdefault\b|\bd\(|\bif\b|\bor\b|\bis\b")
_OWN = ("@", ".", "this")
_LOOP = ("if ", "for ")
_ABSENT = find({}, "name")  # what `find` says of a name without a value


@dataclass(frozen=True, slots=True)
class Texts:
    """What one case makes of a prompt: texts by the index of their message; or why there are none.

    `missing` are names that the case gives no value and the text would show.
    """

    texts: tuple[tuple[int, str], ...] = ()
    missing: tuple[str, ...] = ()
    problem: str = ""


# --- names ----------------------------------------------------------------------------------


def numbered(prompt: Prompt) -> Prompt:
    """The prompt with its nameless slots (`%s`, `{}`) named `0`, `1`... in order."""
    slots = [item for item in prompt.segments if item.kind is SegmentKind.SLOT]
    if all(item.name for item in slots):
        return prompt
    taken = {item.name for item in slots}
    free = (name for number in range(2 * len(slots) + 1) if (name := str(number)) not in taken)
    messages = [
        replace(message, segments=tuple([_named(item, free) for item in message.segments]))
        for message in prompt.messages
    ]
    return replace(prompt, messages=tuple(messages))


def _named(segment: Segment, free: Iterator[str]) -> Segment:
    nameless = segment.kind is SegmentKind.SLOT and not segment.name
    return replace(segment, name=next(free)) if nameless else segment


def names(template: Template) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that a prompt must be given, and all that it may be given; of a path the first step."""
    prompt = template.prompt
    is_jinja = needs_jinja(prompt, template.settings)
    has_arms = is_jinja or _has_sections(prompt)
    needed: dict[str, None] = {}
    known: dict[str, None] = {}
    for segment in settled(prompt.segments):
        if segment.kind is SegmentKind.SLOT and segment.name not in _OWN:
            roots = dict.fromkeys(_roots(segment, is_jinja))
            known |= roots
            if not (has_arms and (segment.branch or _MAY_LACK.search(segment.name))):
                needed |= roots
        elif segment.kind is SegmentKind.CONTROL and (match := _SECTION.match(segment.name)):
            known[match[1]] = None
    if is_jinja:
        read = {*prompt.variables, *_included(template)}
        needed = {name: None for name in needed if name in read or name.isdecimal()}
        known = {**needed, **dict.fromkeys(sorted(read))}
    elif has_arms:
        known |= dict.fromkeys(prompt.variables)
    declared = [item.name for item in prompt.inputs or ()]
    known |= dict.fromkeys(declared)
    known.pop("", None)
    return tuple([name for name in needed if name not in template.defaults]), tuple(known)


def _roots(segment: Segment, is_jinja: bool) -> Iterator[str]:
    """What a slot asks for: a name, or all of an expression where no template language reads it."""
    if _PATH.fullmatch(segment.name):
        yield _ROOT.findall(segment.name)[0]
    elif not is_jinja:
        if not segment.name.startswith(_OWN):
            yield segment.name
    else:
        try:
            yield from templates.variables(f"{{{{ {segment.name} }}}}", "jinja")
        except TemplateError:
            return


def _included(template: Template) -> Iterator[str]:
    for item in template.includes:
        try:
            yield from templates.variables(item.text, "jinja", template.settings)
        except TemplateError:
            continue


def _has_sections(prompt: Prompt) -> bool:
    return any(item.kind is SegmentKind.CONTROL and _SECTION.match(item.name) for item in prompt.segments)


def unrunnable(prompt: Prompt) -> str:
    """Why the texts of a prompt cannot be made here; empty: they can."""
    for segment in prompt.segments:
        if segment.kind is SegmentKind.MEDIA:
            return f"it sends a picture or file (`{segment.name[:60]}`), which evals do not"
        is_statement = segment.kind is SegmentKind.CONTROL and segment.name.startswith(_LOOP)
        if prompt.source.kind is SourceKind.POML and is_statement:
            return f"`{segment.name[:60]}` is a statement of POML, which is not run"
    return ""


# --- values ---------------------------------------------------------------------------------


class _List(list[object]):
    """A list that is written as JSON."""

    def __str__(self) -> str:
        return json.dumps(self, ensure_ascii=False)


class _Mapping(dict[str, object]):
    """A mapping that is written as JSON."""

    def __str__(self) -> str:
        return json.dumps(self, ensure_ascii=False)


def _wrapped(value: object) -> object:
    """The value, its lists and mappings written as JSON by whatever writes them."""
    if isinstance(value, Mapping):
        return _Mapping({str(key): _wrapped(item) for key, item in value.items()})
    return _List([_wrapped(item) for item in value]) if isinstance(value, list) else value


def _spelt(value: object) -> str:
    return str(value) if isinstance(value, _List | _Mapping) else shown(value)


# --- texts ----------------------------------------------------------------------------------


def fill(template: Template, cases: Sequence[Values]) -> Iterator[Texts]:
    """What each set of values makes of a prompt, in order.

    A list or mapping is written as JSON, a number or truth value as JSON has it; what Jinja's statements and
    filters write is Jinja's.
    """
    values = ({**template.defaults, **case} for case in cases)
    prompt = template.prompt
    if needs_jinja(prompt, template.settings):
        yield from _by_jinja(template, values)
    elif _has_sections(prompt):
        yield from map(_Sections(prompt), values)
    else:
        yield from map(_Plain(prompt), values)


class _Plain:
    """Slots that are names alone."""

    def __init__(self, prompt: Prompt) -> None:
        self._messages = [
            (index, [(item.kind is SegmentKind.SLOT, item.name, item.text) for item in segments if item.text])
            for index, segments in enumerate(_messages(prompt))
        ]

    def __call__(self, values: Values) -> Texts:
        missing: dict[str, None] = {}
        found = []
        for index, parts in self._messages:
            out = [_slot(name, values, missing) if is_slot else text for is_slot, name, text in parts]
            found.append((index, "".join(out)))
        if sum(len(text) for _, text in found) > MAX_TEXT:
            return Texts(problem=rendering.TOO_LONG)
        return Texts(tuple(found), tuple(missing))


def _slot(name: str, values: Values, missing: dict[str, None]) -> str:
    value = find(values, name)
    if type(value) is str:
        return value
    if value is _ABSENT:
        missing[name] = None
        return ""
    return _spelt(_wrapped(value))


class _Sections:
    """Sections of mustache and Handlebars; one whose name has no value is left out, as they do."""

    def __init__(self, prompt: Prompt) -> None:
        self._split = _Split()
        self._segments = self._split.marked(prompt)
        found = (_SECTION.match(item.name) for item in self._segments if item.kind is SegmentKind.CONTROL)
        self._absent = {match[1]: False for match in found if match}

    def __call__(self, values: Values) -> Texts:
        given = {name: _wrapped(value) for name, value in values.items()}
        filling = Filling({**self._absent, **given})
        try:
            text = filled.fill(self._segments, filling)
        except TooLong:
            return Texts(problem=rendering.TOO_LONG)
        except RecursionError:
            return Texts(problem=rendering.TOO_DEEP)
        return Texts(self._split.parted(text), tuple(filling.printed))


def _by_jinja(template: Template, values: Iterator[Values]) -> Iterator[Texts]:
    split = _Split()
    given = [{name: _wrapped(value) for name, value in each.items()} for each in values]
    job = rendering.Job(
        split.marked(template.prompt), template.prompt.source.path, template.includes, template.settings
    )
    for one in rendering.rendered(job, given):
        yield Texts(split.parted(one.text) if not one.problem else (), one.missing, one.problem)


class _Split:
    """Marks where messages begin, by what no value holds, and parts the whole text there again.

    A statement may stand around several messages: the prompt is rendered as one text.
    """

    def __init__(self) -> None:
        token = secrets.token_hex(8)
        self._mark = f"\0{token}:%d\0"
        self._marks = re.compile(rf"\x00{token}:(\d+)\x00")

    def marked(self, prompt: Prompt) -> tuple[Segment, ...]:
        """The segments of all messages, each message behind its mark."""
        out: list[Segment] = []
        for index, segments in enumerate(_messages(prompt)):
            if segments:
                at = _beginning(segments)
                mark = Segment(SegmentKind.TEXT, self._mark % index, Span(0, 0), branch=segments[at].branch)
                out += [*segments[:at], mark, *segments[at:]]
        return tuple(out)

    def parted(self, text: str) -> tuple[tuple[int, str], ...]:
        """The texts with the index of their message, each as often as it is sent."""
        before, *rest = self._marks.split(text)
        found = [(int(index), part) for index, part in zip(rest[::2], rest[1::2], strict=True)]
        if before.strip() and found:
            found[0] = (found[0][0], before + found[0][1])
        return tuple(found)


def _beginning(segments: Sequence[Segment]) -> int:
    """Where a message begins: at what says its role, which may stand in a loop, else at its first segment."""
    for index, segment in enumerate(segments):
        if segment.kind is not SegmentKind.CONTROL:
            break
        if segment.name and not jinja.is_known(segment.name) and not _STATEMENT.match(segment.name):
            return index
    return 0


def _messages(prompt: Prompt) -> list[tuple[Segment, ...]]:
    """The segments of each message, of arms that no template decides upon only the longest."""
    kept = {id(segment) for segment in settled(prompt.segments)}
    return [
        tuple([segment for segment in message.segments if id(segment) in kept]) for message in prompt.messages
    ]


def is_branched(prompt: Prompt) -> bool:
    """True if code decides upon parts of the prompt."""
    if len(settled(prompt.segments)) < len(prompt.segments):
        return True
    return any(arm.said for segment in prompt.segments for arm in segment.branch)
