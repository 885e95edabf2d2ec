"""The hostile strings that every output must carry without effect: `data/hostile.json`, a category at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data" / "hostile.json"


def _text(entry: object) -> str:
    """A string as it is written, or `{"repeat": [text, times]}`, which keeps the file small."""
    if isinstance(entry, dict):
        text, times = entry["repeat"]
        return str(text) * int(times)
    assert isinstance(entry, str)
    return entry


STRINGS: tuple[tuple[str, str], ...] = tuple(
    (f"{category}/{name}", _text(entry))
    for category, entries in json.loads(DATA.read_text(encoding="utf-8")).items()
    for name, entry in entries.items()
)
"""`(category/name, text)` of each: the text may hold lone surrogates, NUL and a megabyte."""

SMALL: tuple[tuple[str, str], ...] = tuple((name, text) for name, text in STRINGS if len(text) < 10_000)
"""Those that are no test of size."""

EACH = pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name, marks=() if (name, text) in SMALL else pytest.mark.slow)
        for name, text in STRINGS
    ],
)
"""Runs a test on every string; a slow test on those that are large."""
