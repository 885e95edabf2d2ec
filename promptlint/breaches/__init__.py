"""Says where the answer of a few-shot example breaks what the prompt, or its call, declares about answers.

All functions are pure and give no verdict for users: a template, a bad example, an answer with a slot, and
what is not clear, break nothing.
"""

from __future__ import annotations

from promptlint.breaches.breach import Breach, Breaks, shows
from promptlint.breaches.labels import concerns, label_breaches, mentioned, more_than_label
from promptlint.breaches.schemas import cut_off, schema_breaches, schema_for
from promptlint.breaches.words import (
    forbidden_breaches,
    format_breach,
    language_breach,
    length,
    limit_breach,
    unnamed_breach,
)
from promptlint.declared.form import Declared
from promptlint.shots import Shot

__all__ = [
    "Breach",
    "Breaks",
    "breaches",
    "concerns",
    "cut_off",
    "forbidden_breaches",
    "format_breach",
    "label_breaches",
    "language_breach",
    "length",
    "limit_breach",
    "mentioned",
    "more_than_label",
    "schema_breaches",
    "schema_for",
    "shows",
    "unnamed_breach",
]


def breaches(shot: Shot, wanted: Declared, text: str) -> tuple[Breach, ...]:
    """All that an answer breaks, but for label sets, of which `concerns` must say first whom they are for."""
    schema = schema_for(shot, wanted.schemas)
    found = list(schema_breaches(shot, schema)) if schema is not None else []
    one = [
        *(limit_breach(shot, limit, text) for limit in wanted.limits),
        *(language_breach(shot, each, text) for each in wanted.languages),
        *(format_breach(shot, each, text) for each in wanted.formats),
    ]
    found += [breach for breach in one if breach is not None]
    found += [breach for each in wanted.forbidden for breach in forbidden_breaches(shot, each, text)]
    return tuple(found)
