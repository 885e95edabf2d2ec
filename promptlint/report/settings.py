"""The settings that hold for a file, each with where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import config as configs
from promptlint import style
from promptlint.model import Severity

if TYPE_CHECKING:
    from promptlint.config import Config


def render(config: Config) -> str:
    """One line a setting: key, value, origin."""
    file, root = style.visible(str(config.file or "none")), style.visible(str(config.root))
    head = f"config file: {file}\nroot: {root}\n\n"
    rows = [
        (style.visible(key), style.visible(_shown(value)), f"[{style.visible(str(origin))}]")
        for key, value, origin in configs.effective(config)
    ]
    return head + "\n".join(style.table(rows, left=3)) + "\n"


def _shown(value: object) -> str:
    if value is None or value in ((), {}):
        return "-"
    if isinstance(value, Severity):
        return value.name.lower()
    if isinstance(value, (tuple, list)):
        return ", ".join(_shown(item) for item in value)
    return str(value) if isinstance(value, (str, int, float, Path)) else repr(value)
