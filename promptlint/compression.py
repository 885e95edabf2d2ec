"""The document of one compression: what a prompt takes before and after, what was dropped, the verdict."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.changes import Money
from promptlint.documents import said
from promptlint.records import dataclass
from promptlint.verdicts import Interval

SCHEMA_VERSION = 1

Verdict = Literal["accepted", "rejected", "undecided", "unproven"]
"""Of the gate; `unproven`: no model was asked, the contract alone was kept."""

Tier = Literal["safe", "subsuming", "eval"]


@dataclass(frozen=True, slots=True)
class State:
    """What a prompt takes."""

    tokens: int = said("Input tokens of a call, without what fills its slots; of the longest branch.")
    basis: Literal["exact", "estimated"] = said("How they were counted.")
    usd_month: Money | None = said(
        "US dollars a month for the input, [cached, not cached]; null: price or volume is not known."
    )
    usd_per_1000: Money | None = said("The same for 1,000 calls; null: the price is not known.")
    output_tokens: float | None = said(
        "Tokens of an answer on average, measured on the suite; null: no model was asked.", default=None
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A range of the file as it was."""

    start: int = said("First code point, from 0.")
    end: int = said("Code point after the last.")
    line: int = said("First line, from 1.")
    end_line: int = said("Last line.")


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of the file."""

    span: Place = said("What is replaced.")
    new: str = said("What stands there now.")
    pass_name: str = said("The pass that proposed it.")
    tier: Tier = said("safe: keeps all; subsuming: a line that stays says what goes; eval: a suite agreed.")
    tokens_saved: int = said(
        "By all edits of its group, counted alone, and told at the first of them; the others say 0; where it "
        "bounds what is filled in, "
        "on average over the suite's cases."
    )
    group: int = said("Edits of one number belong together: all or none.")
    why: str = said("Why what goes is not needed, in plain words.")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of text that is gone."""

    span: Place = said("Where it was.")
    text: str = said("What it said.")
    why: str = said("Why it is not needed, in plain words.")
    by: str | None = said("What stays and says it; null: it said nothing, or a suite showed no effect.")
    by_line: int | None = said("The line of that in the file as it was; null: as for it.")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the contract: a requirement, slot, label, field, url, piece of code or example."""

    what: str = said("Which of these it is.")
    text: str = said("As written.")
    line: int | None = said("Its line in the file as it was; null: it has no single place.")
    fate: Literal["subsumed", "lost", "gained"] = said("What became of it.")
    by: str | None = said("The requirement that stands for it; null: none.")
    by_line: int | None = said("The line of that; null: none.")


@dataclass(frozen=True, slots=True)
class Point:
    """One variant of the prompt: how long, and how good."""

    name: str = said("What it is.")
    tokens: int = said("Input tokens, counted as in `before`.")
    quality: float | None = said("Mean score on the suite, from 0 to 1; null: no model was asked.")
    interval: Interval | None = said(
        "Confidence interval of it, by that of the difference to the prompt as it is; null: none."
    )
    cases: int = said("Cases that it was scored on.")
    verdict: Verdict = said("Of the gate for this variant; unproven: it was not tested.")


@dataclass(frozen=True, slots=True)
class Left:
    """An edit that was not made."""

    span: Place | None = said(
        "Where its first edit would be; null: it is no edit of the text, but of a slot, or stands for many."
    )
    pass_name: str = said("The pass that proposes it.")
    tokens_saved: int = said("What it would save, alone; below 0: it takes more.")
    tier: Tier = said("What would be needed.")
    why: str = said("Why it might not be needed, or why the edit was refused.")
    schema: str = said("JSON Schema that the call would have to enforce; empty: none.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shorter text that a suite was asked about and that was not accepted: nothing of it is written."""

    text: str = said("The prompt's text as it was tried, slots as spelt.")
    after: State = said("What it takes.")
    edits: tuple[Change, ...] = said("The edits of the file that it would take, in order; none is proven.")
    contract_losses: tuple[Item, ...] = said("Items that nothing says any more there, or that are new.")


@dataclass(frozen=True, slots=True)
class Scores:
    """What a suite measured of the prompt as it is, and of the text that was proven or refused."""

    before: float = said("Mean score of the prompt as it is, from 0 to 1.")
    after: float | None = said("Of the text with the edits; null: not known.")
    difference: float | None = said("After less before; null: not known.")
    interval: Interval | None = said("Confidence interval of the difference; null: none.")
    cases: int = said("Cases that both were scored on.")


@dataclass(frozen=True, slots=True)
class Compression:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    prompt: str = said("Id of the prompt.")
    path: str = said("Its file.")
    before: State = said("What it takes as it is.")
    after: State = said("What it takes with the edits; as before where nothing was accepted.")
    target: int | None = said("The tokens that were asked for; null: all that is possible.")
    message: str = said("How far it came, in a sentence.")
    text: str = said("The prompt's text that stays, slots as spelt: with the edits, if they were accepted.")
    edits: tuple[Change, ...] = said("All edits of the file, in order.")
    contract_kept: int = said("Items of the contract that are as they were.")
    contract_subsumed: tuple[Item, ...] = said("Items that a line that stays says.")
    contract_losses: tuple[Item, ...] = said("Items that nothing says any more, or that are new.")
    verdict: Verdict = said("Of the gate; unproven: no model was asked.")
    dropped: tuple[Dropped, ...] = said("What is gone, and why.")
    pareto: tuple[Point, ...] = said("Variants of which none is both longer and worse than another.")
    left: tuple[Left, ...] = said("What was not done: it needs a suite, or was refused.")
    reasons: tuple[str, ...] = said("Of the verdict, in words; empty without a suite.", default=())
    calls: int = said("Requests that were sent.", default=0)
    usd_spent: float | None = said("What they cost; null: not known.", default=None)
    response_schema: str = said(
        "JSON Schema that the call has to send with the new text; empty: none.", default=""
    )
    candidate: Candidate | None = said(
        "What was tried and not accepted; null: nothing was, or it was accepted.", default=None
    )
    model: str = said("The model that the dollars are of; a suite's own has its own price.", default="")
    model_basis: Literal["exact", "assumed"] = said("assumed: the prompt names no model.", default="exact")
    scores: Scores | None = said("As the proof measured them; null: nothing was proven.", default=None)


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint compress, version {SCHEMA_VERSION}",
        "description": "What `promptlint compress` did to one prompt, what it dropped and why.",
        **documents.schema(Compression),
    }
