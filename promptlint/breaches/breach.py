"""What an example's answer may break, and which answers are looked at."""

from __future__ import annotations

from enum import Enum

from promptlint.declared.form import Place
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.shots import Shot, Worth

_STOPS = lazy(r"[\s.,;:!?\"'`*_()\[\]-]+")


class Breaks(str, Enum):
    """What an answer breaks."""

    NOT_JSON = "not JSON"
    CUT = "cut off"
    MISSING_KEY = "missing key"
    EXTRA_KEY = "extra key"
    TYPE = "type"
    VALUE = "value"
    RANGE = "range"
    LABEL = "label"
    MORE = "more than the label"
    LONG = "too long"
    SHORT = "too short"
    LANGUAGE = "language"
    FENCE = "code fence"
    MARKDOWN = "Markdown"
    EMOJI = "emoji"
    LINK = "link"
    HASHTAG = "hashtag"
    MARK = "punctuation"
    CASE = "upper case"
    NUMBER = "number"
    PREAMBLE = "preamble"
    FORBIDDEN = "forbidden words"


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing in an example's answer, at `at`, that is not as declared at `by`.

    `found` and `wanted` are data for a message: a key, a value, a type, a number.
    """

    kind: Breaks
    at: Span
    by: Place
    found: str
    wanted: str


def shows(shot: Shot) -> bool:
    """True for an example whose answer is a model answer: not bad, no template, and its output is known."""
    return shot.output is not None and not shot.template and shot.worth is not Worth.BAD


def plain(text: str) -> str:
    """A label or name without case, marks and the kind of space."""
    return _STOPS.sub(" ", text.casefold()).strip()
