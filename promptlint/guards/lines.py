"""Finds the line of a setting in a config file: a plain search, as the reader of TOML gives no lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\[\[?([^\]\n]*)\]")
_KEY = re.compile(r"""[ \t]*("[^"\n]*"|'[^'\n]*'|[\w.-]+)[ \t]*=""")
_OWN = "tool.promptlint"


def index(text: str, shared: bool) -> dict[str, int]:
    """The first line, from 1, of each dotted key and table; an entry of prompts is `prompts.<glob>`.

    Args:
        text: the config file.
        shared: it is a pyproject.toml: only what is below [tool.promptlint] counts.
    """
    section, prefix = "", f"{_OWN}." if shared else ""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        name = ""
        if line.startswith("["):
            header = _HEADER.match(line)
            section = name = _plain(header[1]) if header else ""
        elif match := _KEY.match(line):
            name = f"{section}.{_plain(match[1])}" if section else _plain(match[1])
            if name == f"{prefix}prompts.match":
                name = f"{prefix}prompts.{_plain(line[match.end() :])}"
        if name.startswith(prefix):
            found.setdefault(name.removeprefix(prefix), number)
    return found


def of_key(found: Mapping[str, int], key: str) -> int | None:
    """The line of a key, as `config.effective` gives it, else of the table or the list that it is in."""
    first, second, third = [*key.split(".", 2), "", ""][:3]
    names = (key, f"{first}.{second}", first) if third else (key, first)
    return next((found[name] for name in names if name in found), None)


def _plain(name: str) -> str:
    return re.sub(r"""["']""", "", name).strip()
