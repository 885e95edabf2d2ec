"""Which lines a merge request's diff shows, as GitLab wants them named."""

from __future__ import annotations

import re
from collections.abc import Mapping

from promptlint.records import dataclass

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")


@dataclass(frozen=True, slots=True)
class Changed:
    """One file of a diff.

    `lines` maps each line of the new side to its number on the old side, None for a line that was added. It
    is None itself if the host does not show the diff, which it leaves out of large ones.
    """

    old_path: str
    new_path: str
    lines: Mapping[int, int | None] | None


def shown_lines(diff: str) -> dict[int, int | None]:
    """The lines of the new side that a unified diff shows, each with its number on the old side."""
    found: dict[int, int | None] = {}
    old = new = 0
    for line in diff.split("\n"):
        if line.startswith("@@"):
            hunk = _HUNK.match(line)
            old, new = (int(hunk[1]), int(hunk[2])) if hunk else (0, 0)
        elif not new:  # before the first hunk, or in one that is none
            continue
        elif line.startswith("+"):
            found[new] = None
            new += 1
        elif line.startswith("-"):
            old += 1
        elif line.startswith(" "):
            found[new] = old
            old, new = old + 1, new + 1
    return found
