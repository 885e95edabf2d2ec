"""What was read of logs, a part of the document of `promptlint traffic`: calls, faults, what is missing."""

from __future__ import annotations

from promptlint.documents import said
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of record that is no call, or a kind of wrong value in calls."""

    kind: str = said("What is wrong.")
    count: int = said("How often.")
    first: str = said("The first place, as file:line, file:record or file:byte.")


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that could not be computed."""

    what: str = said("What is not known.")
    why: str = said("What the logs lack for it.")
    share: float = said("Share of the calls that lack it, from 0 to 1.")


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one model was used for."""

    model: str = said("The model's bare name; empty: the log names none.")
    calls: int = said("Calls.")
    input_tokens: int = said("All input, cached included.")
    cached_tokens: int = said("Of it, read from a cache.")
    output_tokens: int = said("All output.")
    usd: float | None = said("US dollars; null: no price is known.")
    unpriced: int = said("Calls without a price: an unknown model, or tokens that are not logged.")


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A prompt that made calls and is not in this repository."""

    begins: str = said(
        "How it begins: the words that its calls share, … for the rest; empty: unasked, or too few calls."
    )
    prompt: str = said("The prompt's id, as the log has it; empty: it has none.")
    hash: str = said("Salted hash of the text of most of its calls.")
    characters: int | None = said("Characters of the system text of most of its calls; null: it has none.")
    models: tuple[str, ...] = said("Models that were called, by name, at most three.")
    first: str = said("The first of its calls, as file:line, file:record or file:byte.")
    calls: int = said("Calls; of those that were compared.")
    usd: float | None = said("US dollars; null: no price is known.")


@dataclass(frozen=True, slots=True)
class Overview:
    """What was read."""

    files: int = said("Files.")
    formats: tuple[str, ...] = said("Formats that were found.")
    calls: int = said("Calls, each delivered once; those of usage exports by their counts.")
    deliveries: int = said("Records that were delivered again, and are not counted.")
    begin: str | None = said("Time of the first call, UTC.")
    end: str | None = said("Time of the last call, UTC.")
    usd: float = said("US dollars of all calls with a price, by the price module.")
    usd_logged: float | None = said("US dollars as the logs say; null: they do not.")
    unpriced: int = said("Calls without a price.")
    price_date: str = said("The day of the prices.")
    models: tuple[ModelUse, ...] = said("By model, the most dollars first.")
    matched: float = said("Share of the calls whose prompt was told, from 0 to 1.")
    unmatched: tuple[Unmatched, ...] = said("The largest templates of calls that fit no prompt, estimated.")
    compared: float = said("Share of the calls that fit no prompt by which these templates were told.")
    faults: tuple[Fault, ...] = said("Records that are no call, the most first.")
    flaws: tuple[Fault, ...] = said("Values that were wrong and count as unknown, the most first.")
    missing: tuple[Missing, ...] = said("What could not be computed.")
