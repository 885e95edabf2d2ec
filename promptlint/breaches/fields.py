"""The values that the answers of examples give, field by field, and the values that are declared for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from promptlint.breaches.breach import plain, shows
from promptlint.breaches.listed import listed, lists
from promptlint.breaches.schemas import schema_for
from promptlint.declared import Basis, Choice, Declared, Labels, Place, declared
from promptlint.model import Span
from promptlint.outline.masks import masked
from promptlint.places import joined
from promptlint.records import dataclass
from promptlint.shots import Shot, label_of, shots
from promptlint.syntax.loosenodes import Sort, Value
from promptlint.view import View

_LAST = "last line"
_INNER = "\0"  # before the name of a nested field
_MOST_FIELDS = 100
_MOST = 50  # objects of a list that are read
_SCALARS = (Sort.STRING, Sort.NUMBER, Sort.BOOLEAN)
_SHORT = 3  # words of a last line that is a label
_WORDS = 5  # of a value that is one of a set
_LEAST = 2  # examples that have a field


@dataclass(frozen=True, slots=True)
class Said:
    """What one example says of a field; `value` is as `plain` makes it."""

    shot: Shot
    at: Span
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the answers of one group of examples; the answer itself has "" as `name`.

    `choices` are the values that are declared for it at `by`, empty if none are known; it is `sure` that they
    are those of this field if a schema or the list itself says so. A `nested` field is of objects in a list:
    one example says several values of it.
    """

    name: str
    said: tuple[Said, ...]
    choices: tuple[Choice, ...] = ()
    by: Place | None = None
    sure: bool = False
    nested: bool = False


@lru_cache(maxsize=2)
def fields(view: View) -> tuple[Field, ...]:
    """The fields of all groups of examples, in order.

    Several rules ask for those of one view, one after the other: hence the small memory.
    """
    text = masked(view.prompt)
    groups: dict[Span, list[Shot]] = {}
    for shot in shots(view):
        if shows(shot):
            groups.setdefault(shot.group, []).append(shot)
    if not groups:
        return ()
    wanted = declared(view)
    apart = joined(shot.span for shot in shots(view))
    every = (field for group in groups.values() for field in _of_group(text, group))
    found = list(islice((field for field in every if len(field.said) >= _LEAST), _MOST_FIELDS))
    values = {said.value for field in found if _is_short(field) for said in field.said}
    among = lists(text, apart, values) if values else ()
    return tuple(_declared(field, wanted, among) for field in found)


def _of_group(text: str, group: Sequence[Shot]) -> Iterator[Field]:
    names: dict[str, list[Said]] = {}
    for shot in group:
        for name, at, value in _values(text, shot):
            names.setdefault(name, []).append(Said(shot, at, value))
    for name, said in names.items():
        yield Field(name.removeprefix(_INNER), tuple(said), nested=name.startswith(_INNER))


def _values(text: str, shot: Shot) -> Iterator[tuple[str, Span, str]]:
    """The fields of one answer: keys of its JSON, columns of a short list, the label in its last line."""
    if shot.output is None:
        return
    if shot.literal is not None:
        root = shot.literal.root
        yield from _scalars(root, "")
        lists = [root, *(entry.value for entry in root.entries)]
        for item in (item for one in lists for item in one.items[:_MOST]):
            yield from _scalars(item, _INNER)
        return
    last = text.rfind("\n", shot.output.start, shot.output.end) + 1
    at = Span(max(last, shot.output.start), shot.output.end)
    if last > shot.output.start:
        name, colon, rest = text[at.start : at.end].rpartition(":")
        if colon and name.strip() and len(name.split()) <= _SHORT:
            at = Span(at.end - len(rest.lstrip()), at.end)
        elif len(text[at.start : at.end].split()) > _SHORT:
            return
        if label := label_of(text[at.start : at.end]):
            yield name.strip() if colon else _LAST, at, plain(label)
        return
    if shot.label:
        parts = shot.label.split(", ")
        if len(parts) > 1:
            start = shot.output.start
            for number, part in enumerate(text[at.start : at.end].split(", ")):
                yield f"#{number}", Span(start, start + len(part)), plain(part)
                start += len(part) + 2
        yield "", shot.output, plain(shot.label)


def _scalars(value: Value, prefix: str) -> Iterator[tuple[str, Span, str]]:
    for entry in value.entries:
        if entry.value.sort in _SCALARS and not entry.value.open:
            yield prefix + entry.key, entry.value.span, plain(entry.value.text)


def _declared(field: Field, wanted: Declared, among: tuple[tuple[Labels, frozenset[str]], ...]) -> Field:
    """With the values that the prompt or its call declares."""
    values = {said.value for said in field.said}
    if any(len(value.split()) > _WORDS for value in values):
        return field  # free text
    prose = listed(among, field.name, values)
    schema = _in_schema(field, wanted)
    if schema is not None:
        names = {plain(choice.text) for choice in schema.choices}
        if prose is not None and {plain(choice.text) for choice in prose.choices} == names:
            return replace(field, choices=prose.choices, by=prose.at, sure=True)
        return schema
    named = next((one for one in wanted.labels if one.field and plain(one.field) == plain(field.name)), None)
    if named is not None and not named.several:
        return replace(field, choices=named.choices, by=named.at, sure=True)
    if prose is None:
        return field
    return replace(field, choices=prose.choices, by=prose.at, sure=bool(prose.field and field.name))


def _is_short(field: Field) -> bool:
    """False for free text, which is no value of a set."""
    return all(len(said.value.split()) <= _WORDS for said in field.said)


def _in_schema(field: Field, wanted: Declared) -> Field | None:
    schema = schema_for(field.said[0].shot, wanted.schemas)
    key = next((key for key in schema.shape.keys if key.name == field.name), None) if schema else None
    if schema is None or key is None or len(key.shape.values) < _LEAST or schema.basis is Basis.PROSE:
        return None
    where = key.at if isinstance(key.at, Span) else Span(0, 0)
    choices = tuple(Choice(value, where) for value in key.shape.values)
    return replace(field, choices=choices, by=key.at, sure=True)
