"""The document of `promptlint traffic`: what logged calls say, in numbers, for JSON and every renderer.

Money is in US dollars over the time of the logs, unless it says otherwise. What a finding says that is at
stake is no promise: two findings may speak of the same dollars.
"""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic_overview import Missing, Overview

SCHEMA_VERSION = 1

Kind = Literal["growth", "retries", "drift", "output", "cache", "repeats", "batch", "tools", "mix"]
By = Literal["prompt", "model", "week"]
Store = Literal["exact", "normalized", "prompt-aware", "semantic"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a finding says of one prompt, model or week."""

    by: By = said("What the part is of.")
    key: str = said("The prompt's id, the model's name or the week's Monday; empty: the logs do not say.")
    calls: int = said("Calls that the finding is about.")
    of: int = said("Calls that were looked at.")
    usd: float = said("US dollars of the calls that were looked at.")
    at_stake: float | None = said("US dollars; null: no price is known.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding over all logs; `at_stake` is what would not be paid without it."""

    kind: Kind = said("Which finding.")
    says: str = said("The finding in one sentence.")
    calls: int = said("Calls that the finding is about.")
    of: int = said("Calls that were looked at: those that the logs say enough of.")
    usd: float = said("US dollars of the calls that were looked at.")
    at_stake: float | None = said("US dollars; null: no price is known.")
    at_stake_month: float | None = said("The same for 30 days; null: the logs are of less than a day.")
    basis: Basis = said("How sure `at_stake` is.")
    how: str = said("How it was computed, and what that leaves out.")
    next: str = said("What to do about it.")
    parts: tuple[Part, ...] = said("By prompt, model and week, the most at stake first within each.")


@dataclass(frozen=True, slots=True)
class Week:
    """The spend of one week."""

    week: str = said("Its Monday.")
    calls: int = said("Calls.")
    usd: float = said("US dollars.")
    input_tokens: int = said("All input.")
    cached_tokens: int = said("Of it, read from a cache.")
    output_tokens: int = said("All output.")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The spend of one prompt."""

    prompt: str = said("Its id; empty: of no prompt that is known.")
    calls: int = said("Calls.")
    usd: float = said("US dollars.")
    share: float = said("Of all dollars.")


@dataclass(frozen=True, slots=True)
class Turn:
    """Calls at one turn of their conversations."""

    turn: int = said("From 1; the last stands for all later ones, too.")
    calls: int = said("Calls.")
    input_tokens: float = said("Mean input.")
    grown_tokens: float = said("Mean input beyond that of the first call of the conversation.")
    usd: float = said("US dollars.")
    growth_usd: float | None = said("US dollars of the grown input.")


@dataclass(frozen=True, slots=True)
class Retry:
    """Calls that were made again, by what had happened."""

    kind: str = said("timeout, rate_limit, parse, validation, server, client, other, or unknown.")
    calls: int = said("Calls that another took the place of.")
    share: float = said("Of all calls.")
    usd: float = said("US dollars of those calls.")
    unpriced: int = said("Those without a price: the log has no tokens for them.")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a prompt."""

    prompt: str = said("Its id.")
    version: str = said("As the metadata has it, else the salted hash of the system text.")
    named: bool = said("Whether the metadata has it.")
    first: str = said("Day of the first call.")
    last: str = said("Day of the last call.")
    calls: int = said("Calls, first turns only.")
    input_tokens: float | None = said("Mean input.")
    output_tokens: float | None = said("Mean output.")
    change: float | None = said("Mean input beyond that of the version before, by the first day; null: none.")
    change_usd: float | None = said("US dollars of that change in its calls, full price; null: unknown.")


@dataclass(frozen=True, slots=True)
class Drift:
    """How the input of a prompt changed from week to week."""

    prompt: str = said("Its id.")
    week: str = said("The week's Monday.")
    calls: int = said("Calls, first turns only.")
    input_tokens: float = said("Mean input.")
    change: float = said("Tokens beyond the mean of the first week.")


@dataclass(frozen=True, slots=True)
class Output:
    """How long the answers of a prompt are."""

    prompt: str = said("Its id.")
    model: str = said("The model.")
    calls: int = said("Answers.")
    p50: int = said("Output tokens that half of the answers do not exceed.")
    p90: int = said("The same for nine of ten.")
    p99: int = said("The same for 99 of 100.")
    most: int = said("The longest.")
    max_tokens: int | None = said("The limit that was set most often; null: none.")
    limited: int = said("Answers to requests that set a limit.")
    near: int = said("Of them, those of nine tenths of their own limit or more.")
    truncated: int = said("Answers that the limit cut off.")


@dataclass(frozen=True, slots=True)
class Prefix:
    """What the provider's cache served of a prompt, against what its prefix would have allowed."""

    prompt: str = said("Its id.")
    model: str = said("The model.")
    calls: int = said("Calls whose texts are known.")
    input_tokens: int = said("Their input.")
    cached_tokens: int | None = said("Read from the cache; null: the logs do not say.")
    allowed_tokens: int = said("Input that an earlier call within the time of the cache began with, too.")
    stable_bytes: int = said("Bytes of UTF-8 with which most calls begin alike.")
    sent_bytes: int = said("Mean bytes that are sent.")
    slot: str = said("The slot at which the common prefix ends; empty: not known.")
    moved_tokens: int | None = said("Input served besides if that slot stood at the end; null: not known.")
    moved_usd: float | None = said("US dollars that this would save; null: not known.")
    moved_basis: Basis = said("Measured: all behind the slot is fixed; estimated: counted to the next slot.")


@dataclass(frozen=True, slots=True)
class Hits:
    """What a cache of answers would have hit."""

    cache: Store = said("Which cache.")
    ttl: int | None = said("Seconds that an answer is kept after it was last asked for; null: for ever.")
    hits: int = said("Calls that it would have answered.")
    share: float = said("Of the calls that could be compared.")
    usd: float = said("US dollars of those calls.")
    basis: Basis = said("Measured; estimated where only a sample was compared.")


@dataclass(frozen=True, slots=True)
class Similar:
    """What a semantic cache would have hit at one threshold, by a random sample of first questions."""

    threshold: float = said("Cosine of TF-IDF vectors from which an earlier answer is given again.")
    ttl: int | None = said("Seconds that an answer is kept after it was last asked for; null: for ever.")
    share: float = said("Of the questions of the sample.")
    low: float = said("Lower end of its 95 % interval (Clopper and Pearson).")
    high: float = said("Upper end.")
    usd: float = said("US dollars of all questions, times the hits' share of those of the sample.")
    sampled: int = said("Questions of the sample.")
    questions: int = said("Questions that open a conversation: each of the sample is compared with all.")


@dataclass(frozen=True, slots=True)
class Wait:
    """Calls whose answer nothing followed within some time."""

    seconds: int = said("The time.")
    low: float = said("Share of calls without a user, conversation or next call within it.")
    high: float = said("Share of calls without a next call within it.")
    saving_low: float | None = said("US dollars that batch prices would save on the former.")
    saving_high: float | None = said("The same for the latter.")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that requests offer."""

    prompt: str = said("The prompt's id.")
    tool: str = said("The tool's name.")
    sent: int = said("Calls that offered it.")
    called: int = said("Answers that called it.")
    usd: float | None = said("US dollars of sending it where it was never called; null: its size is unknown.")


@dataclass(frozen=True, slots=True)
class Mix:
    """What a prompt of a known difficulty is sent to."""

    prompt: str = said("Its id.")
    difficulty: float = said("From 0 to 1, of the manifest.")
    model: str = said("The model that it is sent to.")
    calls: int = said("Calls.")
    share: float = said("Of the calls of the prompt.")
    usd: float = said("US dollars.")
    usd_share: float = said("Of all dollars.")
    tier: str = said("The tier of its difficulty: simple, medium or complex.")
    instead: str = said("The model of that tier; empty: the model is no dearer than it.")
    usd_instead: float | None = said("US dollars of the same tokens there; an eval must show it will do.")


@dataclass(frozen=True, slots=True)
class Tier:
    """What prompts of one difficulty are sent to, all together."""

    tier: str = said("simple, medium or complex; unknown: of prompts without a difficulty.")
    model: str = said("The model that they are sent to.")
    prompts: int = said("Prompts.")
    calls: int = said("Calls.")
    share: float = said("Of the calls of the tier.")
    usd: float = said("US dollars.")
    usd_share: float = said("Of all dollars.")
    usd_instead: float | None = said("US dollars with all on their tier's model; null: no dearer.")


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the month of the last call will have cost."""

    month: str = said("The month, YYYY-MM.")
    spent: float = said("US dollars up to the last whole day.")
    days_left: int = said("Days that are forecast.")
    mean: float = said("US dollars of the whole month, forecast.")
    low: float = said("Lower end of its interval.")
    high: float = said("Upper end.")
    confidence: float = said("Of the interval.")
    method: str = said("How it is forecast, with the source.")
    budget: float | None = said("US dollars a month that were given; null: none.")
    over: float | None = said("Probability that the month costs more than the budget.")


@dataclass(frozen=True, slots=True)
class Day:
    """The spend of one day."""

    day: str = said("The day, UTC.")
    calls: int = said("Calls.")
    usd: float = said("US dollars.")


@dataclass(frozen=True, slots=True)
class Traffic:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    overview: Overview = said("What was read, and what was wrong with it.")
    days: float = said("Days from the first call to the last.")
    findings: tuple[Finding, ...] = said("The most at stake first.")
    prompts: tuple[Prompt, ...] = said("The dearest first.")
    weeks: tuple[Week, ...] = said("Spend by week.")
    daily: tuple[Day, ...] = said("Spend by day, the last 400.")
    turns: tuple[Turn, ...] = said("Growth of the context by turn.")
    retries: tuple[Retry, ...] = said("Calls made again, by kind.")
    hidden_tries: int = said("Tries that the logs count, but have no record of.")
    versions: tuple[Version, ...] = said("Versions of prompts, as they came.")
    drift: tuple[Drift, ...] = said("Input of prompts by week.")
    outputs: tuple[Output, ...] = said("Length of answers against their limits.")
    prefixes: tuple[Prefix, ...] = said("Caches of providers.")
    hits: tuple[Hits, ...] = said("Caches of answers, by time that they keep one.")
    similar: tuple[Similar, ...] = said("What a semantic cache would have hit, by threshold and time.")
    waits: tuple[Wait, ...] = said("What could wait for a batch.")
    tools: tuple[Tool, ...] = said("Tools that are sent, the dearest of those never called first.")
    mix: tuple[Mix, ...] = said("Models of each prompt, against its difficulty.")
    tiers: tuple[Tier, ...] = said("Models against difficulty, all prompts together.")
    forecast: Forecast | None = said("Null: too few days.")
    missing: tuple[Missing, ...] = said("What could not be computed, and why.")
    notes: tuple[str, ...] = said("What to know before the figures are used.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint traffic, version {SCHEMA_VERSION}",
        "description": "What `promptlint traffic` finds in logged calls.",
        **documents.schema(Traffic),
    }
