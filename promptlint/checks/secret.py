"""Finds keys, tokens and passwords in prompts; what it says never holds any of their characters."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.credentials import secrets
from promptlint.model import Hit
from promptlint.places import has_slot, places
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What is no secret.

    Attributes:
        allow: texts that look like a secret and are none; a part of them is enough.
    """

    allow: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a secret; placeholders, slots and texts with little in them are none."""
    ground = None
    end = 0
    for span, what in sorted(secrets(view.text, view.lower), key=lambda item: (item[0], item[1])):
        ground = ground or places(view.prompt)
        text = view.text[span.start : span.end]
        if span.start < end or has_slot(ground, span) or any(part in text for part in params.allow):
            continue
        end = span.end
        yield Hit(span, f"{what} in the prompt: it is sent with every call, and the model may repeat it")
