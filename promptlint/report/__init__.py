"""Turns a report into text: one renderer a format, each in its own module and loaded only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from promptlint.errors import UsageError
from promptlint.reporting import Report

RENDERERS: Mapping[str, tuple[str, str]] = {
    "bill": ("bill", "render"),
    "full": ("full", "render"),
    "concise": ("concise", "render"),
    "json": ("json_report", "render"),
    "jsonl": ("json_report", "render_lines"),
    "sarif": ("sarif", "render"),
    "github": ("github", "render"),
    "gitlab": ("gitlab", "render"),
    "junit": ("junit", "render"),
    "rdjson": ("rdjson", "render"),
    "statistics": ("statistics", "render"),
    "prompts": ("prompts_table", "render"),
    "coverage": ("coverage", "render"),
    "coverage-json": ("coverage", "render_json"),
    "manifest": ("json_report", "render_manifest"),
}
"""Format -> (module of this package, function); each function is pure: `Report -> str`."""


def render(name: str, report: Report) -> str:
    """The report in the format of that name; ends with a newline unless it is empty."""
    if name not in RENDERERS:
        raise UsageError(f"unknown format {name!r}; known are {', '.join(RENDERERS)}")
    module, function = RENDERERS[name]
    renderer = getattr(import_module(f"promptlint.report.{module}"), function)
    return cast(Callable[[Report], str], renderer)(report)
