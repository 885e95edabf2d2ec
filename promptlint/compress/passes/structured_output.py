"""Turns an output format in prose into a JSON Schema that the call enforces, and takes the prose out.

May lose: what the words say beside the form, and the form itself if the call is not given the schema: the
proposal carries it, the change of the call is the user's, and an eval suite must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint.compress.proposal import Ground, Idea, Tier
from promptlint.declared import Basis, Key, Schema, Shape, declared
from promptlint.model import Block, BlockKind, Edit, Hit, Safety, Span
from promptlint.places import has_slot, joined, places, removal, touches
from promptlint.sketch import fields, kind_said

_DEEPEST = 8
_REACH = 400  # code points after a request in which the list or the object of its fields begins
_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "list": "array"}
_ANY = Shape()


def ideas(ground: Ground) -> Iterator[Idea]:
    """One idea a prompt: the first schema that it declares, and all requests for JSON."""
    asked = [found.hit for found in ground.of("OUT001")]
    said = declared(ground.view)
    known = (each for each in said.schemas if each.basis is not Basis.CALL and each.shape.keys)
    schema = next(known, None) or _sketched(ground, asked)
    if not asked or schema is None:
        return
    spans = [span for hit in asked for span in (hit.at, *hit.related) if isinstance(span, Span)]
    edits = tuple(_edits(ground, spans, schema))
    if edits:
        named = {labels.field: tuple(choice.text for choice in labels.choices) for labels in said.labels}
        shape = _typed(ground.view.text, schema.shape, fields(ground.view.text, spans[0]))
        written = json.dumps(_written(shape, named, 0), ensure_ascii=False, separators=(",", ":"))
        why = "a strict schema in the call enforces the form"
        yield Idea(edits, why, Safety.UNSAFE, Tier.EVAL, schema=written)


def _sketched(ground: Ground, asked: Sequence[Hit]) -> Schema | None:
    """The fields that the list or the object after a request names, if none of them has fields itself."""
    for hit in asked:
        at = hit.at if isinstance(hit.at, Span) else None
        named = fields(ground.view.text, at) if at is not None else {}
        if at is None or not named or "dict" in named.values():
            continue
        shown = ground.view.of_kind(BlockKind.CODE, BlockKind.DATA, BlockKind.LIST)
        near = (each.span for each in shown if at.end <= each.span.start <= at.end + _REACH)
        found = next(near, None)
        if found is not None and all(name in ground.view.text[found.start : found.end] for name in named):
            keys = tuple(Key(name, _ANY, True, found) for name in named)
            return Schema(found, Shape(frozenset(("object",)), keys), Basis.PROSE)
    return None


def _typed(text: str, shape: Shape, sketched: Mapping[str, str]) -> Shape:
    """The shape with types for keys without one: those of an example, or what a sentence says of the key."""
    return replace(
        shape,
        keys=tuple(
            replace(
                key, shape=_of_kind(sketched.get(key.name, "")) or _of_kind(kind_said(text, key.name)) or _ANY
            )
            if key.shape == _ANY
            else key
            for key in shape.keys
        ),
    )


def _of_kind(kind: str) -> Shape | None:
    """A shape of one of Python's types; None for any other word."""
    return Shape(frozenset((_TYPES[kind],))) if kind in _TYPES else None


def _edits(ground: Ground, spans: list[Span], schema: Schema) -> Iterator[Edit]:
    """The sentences that ask for the form, and the block that lays it out."""
    held = places(ground.prompt)
    wanted = [_sentence(ground, span) for span in spans]
    if isinstance(schema.at, Span):
        wanted.append(_block(ground, schema.at) or _sentence(ground, schema.at))
    end = -1
    for span in joined(wanted):
        gone = removal(held, span)
        if gone is not None and gone.start >= end and not has_slot(held, gone):
            yield Edit(gone, "")
            end = gone.end


def _sentence(ground: Ground, span: Span) -> Span:
    home = ground.view.sentence_at(Span(span.start, span.start))
    return home.span if home is not None else span


def _block(ground: Ground, span: Span) -> Span | None:
    found: Iterator[Block] = iter(ground.view.of_kind(BlockKind.CODE, BlockKind.DATA))
    return next((each.span for each in found if touches((each.span,), span)), None)


def _written(shape: Shape, named: Mapping[str, tuple[str, ...]], depth: int) -> dict[str, object]:
    """The strict JSON Schema of a shape: all keys required, no others, as providers demand."""
    if depth > _DEEPEST:
        return {}
    if shape.keys:
        properties = {key.name: _of(key.name, key.shape, named, depth) for key in shape.keys}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    if shape.item is not None:
        return {"type": "array", "items": _written(shape.item, named, depth + 1)}
    found: dict[str, object] = {}
    if shape.types == {"array"}:
        return {"type": "array", "items": {"type": "string"}}  # providers take no list of anything
    if shape.types:
        kinds = sorted(shape.types)
        found["type"] = kinds[0] if len(kinds) == 1 else kinds
    if shape.values:
        found["enum"] = list(shape.values)
    return found or {"type": "string"}


def _of(name: str, shape: Shape, named: Mapping[str, tuple[str, ...]], depth: int) -> dict[str, object]:
    values = named.get(name)
    if values and not shape.keys and shape.item is None and not shape.values:
        return {"type": "string", "enum": list(values)}
    return _written(shape, named, depth + 1)
