"""The data of a contract: requirements, and what an edit does to them."""

from __future__ import annotations

from enum import Enum

from promptlint.model import Span
from promptlint.records import dataclass


class Modality(str, Enum):
    """How binding a requirement is; FACT is a statement that instructs nothing by itself."""

    MUST = "must"
    PREFER = "should"
    MAY = "may"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a prompt asks, allows, forbids or states.

    `span` is in prompt coordinates; `text` is as written. `key` is the whole clause, normalised, in order;
    `words` its content lemmas; `bound` its numbers with comparator and unit, literals, code, placeholders;
    `condition` is normalised, "" if there is none; `scope` is (role, template branches, section path), each
    entry prefixed: "role:system", "branch:if vip", "section:refund", "under:if customer be angry".
    """

    span: Span
    text: str
    modality: Modality
    positive: bool
    predicate: str
    object: str
    words: frozenset[str]
    bound: tuple[str, ...]
    condition: str
    scope: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a prompt requires.

    `requirements` are in order of the text, headings with content included; `hollow` are headings with
    nothing below (they may stand for a lost one but need not be kept). `slots` are in order, with repeats;
    `labels` (tags as "<name>", line labels as "name:"), `fields` (JSON keys, names in backquotes), `urls`,
    `code` (code, data and tables) and `examples` are each listed once, in order of appearance, normalised.
    """

    requirements: tuple[Requirement, ...] = ()
    hollow: tuple[Requirement, ...] = ()
    slots: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Fate(str, Enum):
    """What became of an item of a contract."""

    KEPT = "kept"
    SUBSUMED = "subsumed"
    LOST = "lost"
    GAINED = "gained"


@dataclass(frozen=True, slots=True)
class Change:
    """One item's fate. `what` is requirement, slot, label, field, url, code or example.

    `by` is the surviving requirement of a kept or subsumed one; `span` is in the text before the edit
    (GAINED: after it), None for items without a place.
    """

    fate: Fate
    what: str
    text: str
    by: Requirement | None = None
    span: Span | None = None
