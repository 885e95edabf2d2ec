"""Whether the JSON of an answer fits a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promptlint.breaches.breach import Breach, Breaks, shows
from promptlint.declared.form import Basis, Place, Schema, Shape
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots import Shot
from promptlint.syntax.loosenodes import Fault, Sort, Value

_SORTS = {
    Sort.OBJECT: frozenset(("object",)),
    Sort.ARRAY: frozenset(("array",)),
    Sort.STRING: frozenset(("string",)),
    Sort.BOOLEAN: frozenset(("boolean",)),
    Sort.NULL: frozenset(("null",)),
}
_WHOLE_NUMBER = lazy(r"-?\d+(?:\.0+)?")


def schema_for(shot: Shot, schemas: Iterable[Schema]) -> Schema | None:
    """The schema that an answer is meant to follow: the call's, else that with most of its keys."""
    best: Schema | None = None
    most = 0
    for schema in schemas:
        if schema.basis is Basis.CALL:
            return schema
        if shot.literal is None or not _same_root(shot.literal.root, schema.shape):
            continue
        shared = _shared(shot, schema.shape)
        if shared > most:
            best, most = schema, shared
    return best


def _same_root(root: Value, shape: Shape) -> bool:
    """False for a list of things where the schema shows one: it may be meant for each."""
    return not shape.types or bool(_sorts(root) & shape.types)


def _shared(shot: Shot, shape: Shape) -> int:
    """How many keys the answer and a shape have in common, at the top."""
    root = shot.literal.root if shot.literal is not None else None
    if root is None:
        return 0
    if root.sort is Sort.ARRAY and root.items:
        root = root.items[0]
        shape = shape.item or shape
    wanted = {key.name for key in shape.keys}
    return sum(entry.key in wanted for entry in root.entries)


def schema_breaches(shot: Shot, schema: Schema) -> tuple[Breach, ...]:
    """Where the JSON of an answer does not fit a schema; nothing if the answer is no JSON."""
    if not shows(shot) or shot.literal is None:
        return ()
    found = _unfit(shot.literal.root, schema.shape, schema.at)
    return tuple(one for one in found if one.kind is not Breaks.MISSING_KEY or not shot.literal.cut)


def _unfit(root: Value, shape: Shape, by: Place) -> Iterator[Breach]:
    stack: list[tuple[Value, Shape, Place]] = [(root, shape, by)]
    while stack:
        value, wanted, at = stack.pop()
        if value.sort in (Sort.HOLE, Sort.WORD) or (value.open and value.sort is Sort.STRING):
            continue
        if wanted.types and not _sorts(value) & wanted.types:
            yield Breach(Breaks.TYPE, value.span, at, min(_sorts(value)), " or ".join(sorted(wanted.types)))
            continue
        yield from _scalar(value, wanted, at)
        if value.sort is Sort.OBJECT:
            yield from _keys(value, wanted, at)
            known = {key.name: key for key in wanted.keys}
            stack += [
                (entry.value, known[entry.key].shape, known[entry.key].at)
                for entry in reversed(value.entries)
                if entry.key in known
            ]
        elif wanted.item is not None:
            stack += [(item, wanted.item, at) for item in reversed(value.items)]


def _sorts(value: Value) -> frozenset[str]:
    if value.sort is Sort.NUMBER:
        whole = _WHOLE_NUMBER.fullmatch(value.text) is not None
        return frozenset(("number", "integer") if whole else ("number",))
    return _SORTS.get(value.sort, frozenset())


def _scalar(value: Value, wanted: Shape, by: Place) -> Iterator[Breach]:
    if wanted.values and value.sort not in (Sort.OBJECT, Sort.ARRAY) and value.text not in wanted.values:
        yield Breach(Breaks.VALUE, value.span, by, value.text, ", ".join(wanted.values))
    if value.sort is Sort.NUMBER:
        number = float(value.text)
        if wanted.low is not None and number < wanted.low:
            yield Breach(Breaks.RANGE, value.span, by, value.text, f"at least {wanted.low:g}")
        if wanted.high is not None and number > wanted.high:
            yield Breach(Breaks.RANGE, value.span, by, value.text, f"at most {wanted.high:g}")


def _keys(value: Value, wanted: Shape, by: Place) -> Iterator[Breach]:
    present = {entry.key for entry in value.entries}
    known = {key.name for key in wanted.keys}
    if not value.open:
        for key in wanted.keys:
            if key.required and key.name not in present:
                yield Breach(Breaks.MISSING_KEY, value.span, key.at, "", key.name)
    if wanted.closed and known:
        for entry in value.entries:
            if entry.key not in known:
                yield Breach(Breaks.EXTRA_KEY, entry.span, by, entry.key, ", ".join(sorted(known)))


def cut_off(shot: Shot) -> Span | None:
    """Where the JSON of an answer ends too early; None if it does not."""
    if not shows(shot) or shot.literal is None or not shot.literal.root.entries or shot.literal.root.open:
        return None
    return next((span for fault, span in shot.literal.faults if fault is Fault.CUT), None)
