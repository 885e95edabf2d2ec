"""Turns the document of a simulation into text, JSON or a page of HTML; pure, a module a format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from promptlint.report.route.words import Look
from promptlint.simulated import Simulation

__all__ = ["FORMATS", "Look", "render"]

FORMATS = {"text": "text", "json": "json_text", "html": "page"}
"""Format -> module of this package; each has `render(Simulation, Look) -> str`."""


def render(name: str, found: Simulation, look: Look) -> str:
    """The simulation in the format of that name; ends with a newline."""
    module = import_module(f"promptlint.report.route.{FORMATS[name]}")
    return cast(Callable[[Simulation, Look], str], module.render)(found, look)
