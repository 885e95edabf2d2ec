"""Turns the document of a plan into text, JSON, Markdown or a page of HTML; pure, a module a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from promptlint.errors import UsageError
from promptlint.planned import Plan
from promptlint.report.plan.words import Look

__all__ = ["FORMATS", "Look", "render"]

FORMATS: Mapping[str, str] = {
    "text": "text",
    "json": "json_text",
    "markdown": "markdown_page",
    "html": "page",
}
"""Format -> module of this package; each has `render(Plan, Look) -> str`."""


def render(name: str, plan: Plan, look: Look) -> str:
    """The plan in the format of that name; ends with a newline."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; known are {', '.join(FORMATS)}")
    module = import_module(f"promptlint.report.plan.{FORMATS[name]}")
    return cast(Callable[[Plan, Look], str], module.render)(plan, look)
