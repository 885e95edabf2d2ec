"""Finds files that are put into a prompt whole, whatever their length."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import Hit, Profile
from promptlint.prefix import holes
from promptlint.records import dataclass
from promptlint.view import View

_READS = re.compile(
    r"\.read_text\([^()]{0,80}\)|\.read\(\)|\.readlines\(\)|\bread_file\([^()]{0,80}\)|\bslurp\("
)
_CUT = re.compile(r"\[[^\]]{0,40}:|truncat|\[:|chunk|limit|head\(|excerpt|summar", re.IGNORECASE)
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Params:
    """Nothing to set."""


def check(view: View, _params: Params) -> Iterator[Hit]:
    """One hit for each slot that reads a file and cuts nothing off."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    for hole in holes(view):
        said = hole.said or hole.tile.segment.name
        if len(said) <= _LONGEST and _READS.search(said) and not _CUT.search(said):
            message = f"{hole.tile.segment.text} inserts a whole file, whatever its length"
            yield Hit(hole.tile.span, message)
