"""Finds documents that are put into a prompt whole, whatever their length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.model import Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.prefix import Hole, holes
from promptlint.records import dataclass
from promptlint.view import View

_READS = lazy(
    r"\.read_text\([^()]{0,80}\)|\.read\(\)|\.readlines\(\)|\bread_file\([^()]{0,80}\)|\bslurp\("
    r"|\bextract_text\(|\.page_content\b|\.stdout\b"
)
_CUT = lazy(
    r"\[[^\]]{0,40}:|truncat|\[:|chunk|limit|head\(|excerpt|summar|shorten|slice|max_|trim", re.IGNORECASE
)
_LONGEST = 400
_NAME = lazy(r"[\w.]{1,80}")
_HUMP = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_MOST_TEXT = 200_000  # code points of a file in which the value of a name is looked for


@dataclass(frozen=True, slots=True)
class Params:
    """Which slots hold documents.

    Attributes:
        names: last words of names of slots that hold a whole document, in lower case with underscores.
    """

    names: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each slot that reads a file, or is named like a document, and that nothing cuts.

    Where only the name says so it is a minor one: what fills the slot may be short.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    last: Hit | None = None
    for hit in _each(view, params):
        if last is not None and _is_next(view, last, hit):
            assert isinstance(last.at, Span)
            assert isinstance(hit.at, Span)
            last = replace(last, at=Span(last.at.start, hit.at.end))
            continue
        if last is not None:
            yield last
        last = hit
    if last is not None:
        yield last


def _is_next(view: View, one: Hit, other: Hit) -> bool:
    """True if nothing but space stands between two slots of which the same is said."""
    assert isinstance(one.at, Span)
    assert isinstance(other.at, Span)
    return one.minor == other.minor and not view.text[one.at.end : other.at.start].strip()


def _each(view: View, params: Params) -> Iterator[Hit]:
    seen: set[str] = set()
    for hole in holes(view):
        said = hole.said or hole.tile.segment.name
        if len(said) > _LONGEST or said in seen or _CUT.search(said):
            continue
        seen.add(said)
        slot = hole.tile.segment.text
        if _READS.search(said):
            yield Hit(hole.tile.span, f"{slot} inserts a whole file, whatever its length")
        elif (name := _named(hole, params)) and not _is_cut(view, name):
            whole = _is_read(view, name)
            what = "a whole file" if whole else "a whole document (by its name)"
            yield Hit(hole.tile.span, f"{slot} inserts {what}, whatever its length", minor=not whole)


def _named(hole: Hole, params: Params) -> str:
    """The name of a slot, if it is one of a document."""
    name = hole.tile.segment.name.strip()
    if not _NAME.fullmatch(name):
        return ""
    name = name.rpartition(".")[2]
    spelt = "_" + _HUMP.sub("_", name).lower()
    return name if spelt.endswith(params.names) else ""


def _is_cut(view: View, name: str) -> bool:
    """True if the file takes a part of what the name stands for, or measures it."""
    text = view.prompt.source.text[:_MOST_TEXT]
    if _CUT.search(_made(text, name)):
        return True
    parts = rf"\b{name}(?:\[[^\]\n]{{0,40}}:|\.slice\(|\.substring\()|\blen\({name}\b"
    return re.search(parts, text) is not None


def _is_read(view: View, name: str) -> bool:
    """True if the file says that the name stands for a file that is read whole."""
    made = _made(view.prompt.source.text[:_MOST_TEXT], name)
    return _READS.search(made) is not None and not _CUT.search(made)


def _made(text: str, name: str) -> str:
    """What the file says that the name stands for; empty if it does not."""
    made = re.search(rf"\b{name}\s*(?::\s*str\s*)?=\s*([^\n]{{1,200}})", text)
    return made[1] if made else ""
