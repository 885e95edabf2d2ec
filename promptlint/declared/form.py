"""The data of what is declared about an answer: schemas, label sets, limits, languages, formats, tools."""

from __future__ import annotations

from enum import Enum

from promptlint.model import Field, Span
from promptlint.records import dataclass

Place = Span | Field
"""Where something is declared: in the prompt (prompt coordinates), or in the call that sends it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a JSON value may be.

    `types` are JSON's own (`integer` beside `number`), empty if any will do. `keys` are of an object; other
    keys are wrong if it is `closed`. `values` are all that a scalar may be, empty if that is not said. `item`
    is of an array; `low` and `high` are bounds of a number, both included.
    """

    types: frozenset[str] = frozenset()
    keys: tuple[Key, ...] = ()
    closed: bool = False
    values: tuple[str, ...] = ()
    item: Shape | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an object, and where it is declared."""

    name: str
    shape: Shape
    required: bool
    at: Place


class Basis(str, Enum):
    """How a schema is declared."""

    CALL = "call"  # a parameter of the call: enforced
    JSON_SCHEMA = "json-schema"  # a JSON Schema in the prompt
    LAYOUT = "layout"  # an object that shows how the answer looks
    PROSE = "prose"  # a list of keys


@dataclass(frozen=True, slots=True)
class Schema:
    """The form of an answer that is JSON."""

    at: Place
    shape: Shape
    basis: Basis


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a label set."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Labels:
    """A set of values of which the answer, or its `field`, is one; `several`: a list of some of them."""

    at: Span
    choices: tuple[Choice, ...]
    field: str = ""
    several: bool = False


class Unit(str, Enum):
    """What a limit counts."""

    WORDS = "words"
    SENTENCES = "sentences"
    CHARACTERS = "characters"
    LINES = "lines"
    PARAGRAPHS = "paragraphs"
    ITEMS = "items"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long an answer may be, both bounds included; `of` names the part that is meant, "" for all of it.

    A limit under a condition, or of something that no one named, has "?" as `of`; in the second case it is
    `unnamed`.
    """

    at: Span
    unit: Unit
    low: int | None
    high: int | None
    of: str = ""
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """The language of the answer, as an ISO 639-1 code."""

    at: Span
    code: str


class Rule(str, Enum):
    """What is said of the form of an answer in words."""

    BARE = "nothing but the answer"
    JSON = "JSON only"
    NO_MARKDOWN = "no Markdown"
    NO_FENCE = "no code fence"
    NO_EMOJI = "no emoji"
    NO_LINK = "no link"
    NO_HASHTAG = "no hashtag"
    NO_EXCLAMATION = "no exclamation mark"
    NO_QUESTION = "no question"
    NO_COLON = "no colon"
    NO_STOP = "no full stop at the end"
    LOWER = "lower case"
    DIGITS = "numbers as digits"
    SPELT = "numbers as words"


@dataclass(frozen=True, slots=True)
class Format:
    """A rule for the form of the answer."""

    at: Span
    rule: Rule


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Words that an answer must not hold, or (`opens`) must not begin with."""

    at: Span
    phrases: tuple[Choice, ...]
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call."""

    at: Place
    name: str
    parameters: Shape


@dataclass(frozen=True, slots=True)
class Declared:
    """All that is declared about the answers to a prompt, each kind in order, the call's first."""

    schemas: tuple[Schema, ...] = ()
    labels: tuple[Labels, ...] = ()
    limits: tuple[Limit, ...] = ()
    languages: tuple[Language, ...] = ()
    formats: tuple[Format, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    tools: tuple[Tool, ...] = ()
