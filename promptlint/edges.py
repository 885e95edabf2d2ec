"""Says whether new text, well spelt by itself, is read as meant beside what stands around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from promptlint.model import Codec, CodecKind, Edit, Segment, Span
from promptlint.records import dataclass

_SPACE_BEFORE = re.compile(r"\s*\Z")
_SPACE_AFTER = re.compile(r"\s*")
_BREAKS = "\r\n\x85\u2028\u2029"
_RARE = ("\x85", "\u2028", "\u2029")
_BREAK = re.compile(r"[\r\n\x85\u2028\u2029]")
_WIDE = 400  # code points around an edit that are looked at
_PLAIN_JOINT = re.compile(r":\s|\s#")
_QUOTES = "\\\"'"
_POML_SPACE = re.compile(r"[\t\r\n]|[ \t\r\n]{2}")
_POML_NAME = re.compile(r"[#&](?:lt|gt|amp|quot|apos|hash|lbrace|rbrace);")
_LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Change:
    """An edit of one segment: `new` replaces `span` of its text.

    `last` says that nothing follows the segment in its message.
    """

    segment: Segment
    span: Span
    new: str
    last: bool

    @property
    def text(self) -> str:
        """The segment's text after the edit."""
        return self.segment.text[: self.span.start] + self.new + self.segment.text[self.span.end :]

    @property
    def lines(self) -> list[str]:
        """The lines of the text after the edit that the edit is in."""
        return _lines(self.text, self.span.start, self.span.start + len(self.new))


def _lines(text: str, start: int, end: int) -> list[str]:
    """The whole lines that a range of a text is in."""
    stop = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : len(text) if stop < 0 else stop].split("\n")


def fits(source: str, change: Change, edit: Edit) -> bool:
    """False if an edit would be read as something else than was meant, as far as its surroundings tell.

    The proof of a fix reads the whole file again; what is refused here never gets as far.

    Args:
        source: the whole file.
        change: what is meant, in coordinates of the segment.
        edit: how that is spelt, in coordinates of `source`.
    """
    test = _TESTS.get(change.segment.codec.kind)
    if test is None:
        return True
    low, high = edit.span.start, edit.span.end
    if change.segment.codec.indent and source[low - 1 : low] in _RARE:
        return False  # what begins a line here would need its indentation
    if not change.last and _meets_margin(source, change, edit):
        return False
    start = change.segment.span.start
    line = source[source.rfind("\n", 0, start) + 1 : start]
    before, after = source[max(0, low - _WIDE) : low], source[high : high + _WIDE]
    return test(change, _Place(before, edit.new, after, opens=not line.strip()))


@dataclass(frozen=True, slots=True)
class _Place:
    """New text as spelt, and the source around it; `opens` says that the segment begins its line."""

    before: str
    spelt: str
    after: str
    opens: bool


def _python(change: Change, place: _Place) -> bool:
    codec = change.segment.codec
    if len(codec.quote) == 3 and not place.spelt and _quotes_meet(codec, place):
        return False
    return not codec.indent or _within_line(change, place) or _keeps_margin(change)


def _within_line(change: Change, place: _Place) -> bool:
    """True if neither the old nor the new text begins a line or ends one."""
    lone = change.segment.codec.outer is None and not place.opens
    return lone and "\n" not in change.segment.text + change.new


def _meets_margin(source: str, change: Change, edit: Edit) -> bool:
    """True if new text comes to stand before the margin of a line that the next segment begins."""
    end = edit.span.end
    begins = source[end - 1 : end] in ("\n", "\r") and not edit.new.endswith(("\n", "\r"))
    return begins and change.span.end == len(change.segment.text) and source[end : end + 1] in (" ", "\t")


def _quotes_meet(codec: Codec, place: _Place) -> bool:
    """True if a removal brings quotes together, which may then close the literal."""
    ends = place.before[len(place.before.rstrip(_QUOTES)) :]
    begins = place.after[: len(place.after) - len(place.after.lstrip(_QUOTES))]
    return codec.quote[0] in ends and codec.quote[0] in begins


def _keeps_margin(change: Change) -> bool:
    """False where a dedented text would change: lines of white space, the margin of the closing quotes."""
    if any(line.isspace() for line in change.lines):
        return False
    old, text = change.segment.text, change.text
    if change.span.start == 0 and old[:1] != text[:1] and "\n" in (old[:1], text[:1]):
        return False  # whether a margin comes first is not known
    lines = [line for line in text.split("\n") if line]
    flush = not lines or any(not line[0].isspace() for line in lines)
    return flush and (not change.last or old.endswith("\n") <= text.endswith("\n"))


def _flow(change: Change, place: _Place) -> bool:
    """White space beside a line break is no text in a scalar that is folded."""
    if change.segment.codec.kind is CodecKind.YAML_PLAIN and change.last and change.text[-1:].isspace():
        return False
    left = _SPACE_BEFORE.search(place.before)
    right = _SPACE_AFTER.match(place.after)
    lead, trail = left.group() if left else "", right.group() if right else ""
    spelt = place.spelt
    plain = change.segment.codec.kind is CodecKind.YAML_PLAIN
    if plain and _PLAIN_JOINT.search(place.before[-1:] + spelt + place.after[:1]):
        return False
    if not spelt:
        return not (_BREAK.search(lead + trail) and lead and trail)
    before, after = _BREAK.search(lead) and spelt[0].isspace(), _BREAK.search(trail) and spelt[-1].isspace()
    return not before and not after


def _literal(change: Change, place: _Place) -> bool:
    """The line breaks at the end of a block are kept or dropped by its header."""
    old, text = change.segment.text, change.text
    kept = old[len(old.rstrip(_BREAKS)) :] == text[len(text.rstrip(_BREAKS)) :]
    return bool(text.strip()) and (kept or not change.last)


def _folded(change: Change, place: _Place) -> bool:
    """A line that begins with white space is not folded, nor are those beside it."""
    old = _lines(change.segment.text, change.span.start, change.span.end)
    within = not place.opens and "\n" not in change.segment.text[: change.span.start]
    lines = (*old[within:], *change.lines[within:])  # what follows a slot on its line begins no line
    if any(line[:1].isspace() for line in lines):
        return False
    return _literal(change, place) and _flow(change, place)


def _keeps_ends(change: Change) -> bool:
    """False if a text, which is read without blank ends, would get one, or be nothing else."""
    old, text = change.segment.text, change.text
    if not text.strip() or (change.last and text[-1:].isspace()):
        return False
    return change.span.start > 0 or old[:1].isspace() >= text[:1].isspace()


def _javascript(change: Change, place: _Place) -> bool:
    codec = change.segment.codec
    if codec.quote == "`" and not place.spelt and place.before[-1:] == "$" and place.after[:1] == "{":
        return False  # what is left would open a slot
    if not codec.raw:
        return True
    return _keeps_ends(change) and not any(line.isspace() for line in change.lines)


def _baml(change: Change, place: _Place) -> bool:
    """A quote that the text around completes ends a block; a backslash may become an escape."""
    quote = change.segment.codec.quote
    if not _keeps_ends(change):
        return False
    if quote == '"':
        slashes = len(place.before) - len(place.before.rstrip("\\"))
        return slashes % 2 == 0
    reach = len(quote) - 1
    if quote in place.before[-reach:] + place.spelt + place.after[:reach]:
        return False
    return _within_line(change, place) or _keeps_margin(change)


def _xml(change: Change, place: _Place) -> bool:
    """White space is collapsed, unless the old text shows that it is not; `{{` opens an expression."""
    before, spelt, after = place.before[-_LONGEST_NAME:], place.spelt, place.after[:_LONGEST_NAME]
    parts = sum(len(_POML_NAME.findall(part)) for part in (before, spelt, after))
    joined = before[-1:] + spelt + after[:1]
    if len(_POML_NAME.findall(before + spelt + after)) != parts or "{{" in joined or "}}" in joined:
        return False
    old, text = change.segment.text, change.text
    if "{{" in old or not _keeps_ends(change):
        return False
    return _POML_SPACE.search(old) is not None or _POML_SPACE.search(text) is None


_TESTS: dict[CodecKind, Callable[[Change, _Place], bool]] = {
    CodecKind.PYTHON: _python,
    CodecKind.JAVASCRIPT: _javascript,
    CodecKind.XML: _xml,
    CodecKind.BAML: _baml,
    CodecKind.YAML_PLAIN: _flow,
    CodecKind.YAML_SINGLE: _flow,
    CodecKind.YAML_DOUBLE: _flow,
    CodecKind.YAML_LITERAL: _literal,
    CodecKind.YAML_FOLDED: _folded,
}
