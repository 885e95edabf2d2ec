"""Unified diffs of what `fix --diff` would write: to read on a terminal, or raw for `git apply`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from promptlint.style import BOLD, CYAN, GREEN, RED, paint, visible

NO_NEWLINE = "\\ No newline at end of file"
COLORS = {"+": GREEN, "-": RED, "@": CYAN}


def render(changes: Sequence[tuple[str, str, str]], color: bool = False, raw: bool = False) -> str:
    """The diff of each (path, old text, new text), by path.

    `raw` writes the texts as they are, for a file or a pipe; else control characters are spelt out.
    """
    lines: list[str] = []
    for path, old, new in sorted(changes):
        lines.extend(_file(path, old, new, raw) if raw else _shown(list(_file(path, old, new, raw)), color))
    return "".join(line + "\n" for line in lines)


def _shown(lines: Sequence[str], color: bool) -> Iterator[str]:
    """Neutralised and coloured; the first two lines are the header, whatever the others begin with."""
    for index, line in enumerate(lines):
        code = BOLD if index < 2 else COLORS.get(line[:1], "")
        yield paint(visible(line), code, color and bool(code))


def _file(path: str, old: str, new: str, raw: bool) -> Iterator[str]:
    lines = unified_diff(
        _lines(old), _lines(new), _header(f"a/{path}", raw), _header(f"b/{path}", raw), lineterm="\n"
    )
    for line in lines:
        body, newline, _ = line.rpartition("\n")
        if newline:
            yield body
        else:
            yield line
            yield NO_NEWLINE


def _lines(text: str) -> list[str]:
    """Lines with their ends, cut at LF only: CR, form feeds and the like are content."""
    parts = [part + "\n" for part in text.split("\n")]
    parts[-1] = parts[-1].removesuffix("\n")
    return parts if parts[-1] else parts[:-1]


def _header(name: str, raw: bool) -> str:
    """A file name as git spells it: quoted if odd, with a tab after it if it holds a space."""
    if raw and any(char < " " or char in '"\\\x7f' for char in name):
        spelt = "".join(f"\\{ord(char):03o}" if char < " " or char in '"\\\x7f' else char for char in name)
        return f'"{spelt}"'
    return f"{name}\t" if raw and " " in name else name
