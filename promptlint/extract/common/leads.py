"""Turns the templates that a template names into references to them."""

from __future__ import annotations

from collections.abc import Iterable

from promptlint.model import Reference, Span, Target, Use
from promptlint.templates import Link


def references(links: Iterable[Link], start: int) -> tuple[Reference, ...]:
    """The references of a template that stands verbatim at `start` of its source."""
    return tuple(
        Reference(
            Target.TEMPLATE,
            link.name,
            Span(start + link.start, start + link.end),
            Use(part=True),
            required=not link.ignore_missing,
        )
        for link in links
    )
