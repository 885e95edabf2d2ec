"""A mapping file is read strictly: what is wrong is an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint.errors import UsageError
from promptlint.traffic.mapping import read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("columns: {model: m}\nother: 1\n", ":2"),
        ("version: 2\ncolumns: {model: m}\n", ":1"),
        ("columns:\n  model: m\n  inputs: x\n", ":3"),
        ("columns:\n  time: t\n", "`model` is missing"),
        ("columns:\n  model: a..b\n", ":2"),
        ("columns:\n  model: {path: a, scale: 0}\n", ":2"),
        ("columns:\n  model: {scale: 2}\n", "`path` is missing"),
        ("columns:\n  model: [a]\n", ":2"),
        ("columns: {model: " + "a." * 20 + "b}\n", ":1"),
    ],
)
def test_wrong_mappings(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=message):
        read(file)
