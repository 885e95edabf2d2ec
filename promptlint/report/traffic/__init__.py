"""Turns the document of `promptlint traffic` into one of its formats; pure, a module a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from promptlint.errors import UsageError
from promptlint.report.traffic.words import Look
from promptlint.traffic_document import Traffic

__all__ = ["FORMATS", "Look", "render"]

FORMATS: Mapping[str, str] = {
    "text": "text",
    "json": "json_text",
    "markdown": "markdown_page",
    "html": "page",
    "csv": "csv_rows",
}
"""Format -> module of this package; each has `render(Traffic, Look) -> str`."""


def render(name: str, found: Traffic, look: Look) -> str:
    """The document in the format of that name; ends with a newline."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; known are {', '.join(FORMATS)}")
    module = import_module(f"promptlint.report.traffic.{FORMATS[name]}")
    return cast(Callable[[Traffic, Look], str], module.render)(found, look)
