"""The document of `promptlint diff`: what a change does to prompts, tokens, dollars, findings and rules."""

from __future__ import annotations

from typing import Literal

from promptlint.documents import said
from promptlint.model import Basis
from promptlint.records import dataclass

SCHEMA_VERSION = 1

Money = tuple[float, float]
Status = Literal["added", "removed", "changed", "moved"]
Verdict = Literal["unchanged", "pass", "warn", "fail", "error"]
Severity = Literal["error", "warning", "info"]
GuardKind = Literal[
    "suppression", "exclude", "ignore", "severity", "budget", "baseline", "assumption", "config", "workflow"
]

FAILING: dict[str, tuple[Severity, ...]] = {
    "error": ("error",),
    "warning": ("error", "warning"),
    "never": (),
}
"""`fail_on` -> the severities of a new finding that fail."""


@dataclass(frozen=True, slots=True)
class State:
    """One side of a prompt."""

    id: str = said("Path, and the anchor of the prompt within the file.")
    path: str = said("POSIX path from the project root.")
    line: int = said("First line, from 1.")
    end_line: int = said("Last line.")
    version: str = said("Hash of the content.")
    tokens: int = said("Static tokens of the dearest way through its branches.")
    slot_tokens: int = said("Assumed tokens in all slots together.")
    prefix_tokens: int = said("Static tokens before the first slot.")
    tokenizer: str = said("What counted them.")
    basis: Basis = said("Where the token count comes from.")
    error: float = said("Relative 95th-percentile error of an estimate; 0: exact.")
    model: str = said("The model that is paid; empty: unknown.")
    model_basis: Basis = said("Where the model comes from.")
    priced_as: str = said("The model whose price was taken, if another; else empty.")
    usd_per_1000: Money | None = said("US dollars for 1,000 calls, [cached, not cached]; null: unknown.")
    usd_month: Money | None = said("The same for a month; null: no price or no volume is known.")
    calls_per_month: int | None = said("Declared volume, or null.")
    cacheable_tokens: int = said("Static tokens of the prefix, if the provider caches one of that length.")
    budget: int | None = said("Tokens that the configuration allows this prompt, or null.")
    included: bool = said("True: counted in the prompts that include it, and in no total.")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a prompt's contract that is there on one side only."""

    what: str = said("requirement, heading, slot, label, field, url, code or example.")
    text: str = said("As written, on one line, at most 500 characters.")
    line: int | None = said("Its line in the file on its side; null: it has no place of its own.")


@dataclass(frozen=True, slots=True)
class Move:
    """An item of a prompt's contract that is there on both sides, but may hold for something else."""

    what: str = said("As for an item.")
    text: str = said("As written before, on one line, at most 500 characters.")
    line_before: int | None = said("Its line in the file before; null: it has no place of its own.")
    line_after: int | None = said("And after.")


@dataclass(frozen=True, slots=True)
class Cache:
    """What becomes of the prefix that a provider's cache holds."""

    before: int = said("Static prefix tokens that a cache could hold.")
    after: int = said("The same after the change.")
    kept: int = said("Tokens of the common prefix: what a filled cache still serves.")
    once_usd: Money | None = said("US dollars to fill a cache anew, once for each cache; null: unknown.")
    basis: Basis = said("Of that figure.")


@dataclass(frozen=True, slots=True)
class Note:
    """A finding, as far as a comparison tells of it."""

    code: str = said("Stable code of the rule.")
    name: str = said("Name of the rule.")
    severity: Severity = said("Severity after configuration.")
    message: str = said("What is wrong.")
    prompt: str | None = said("Id of the prompt; null: about the file itself.")
    path: str = said("POSIX path from the project root.")
    line: int = said("First line, from 1.")
    column: int = said("First column in code points, from 1.")
    end_line: int = said("Last line.")
    end_column: int = said("Column after the last one.")
    fingerprint: str = said("Stays the same when lines move.")
    saving_tokens: int = said("Input tokens a call that its fix saves.")
    usd_per_1000: Money | None = said("US dollars that it costs in 1,000 calls; null: unknown.")
    usd_month: Money | None = said("The same for a month; null: no volume.")
    basis: Basis | None = said("Of these numbers; null: there are none.")
    fix: Literal["safe", "unsafe", "display"] | None = said("How far its fix may be trusted; null: no fix.")


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings that are there on one side only, worst first."""

    new: tuple[Note, ...] = said("After the change only.")
    fixed: tuple[Note, ...] = said("Before the change only.")


@dataclass(frozen=True, slots=True)
class PromptChange:
    """What became of one prompt."""

    id: str = said("Its id after the change; for a removed prompt, before.")
    path: str = said("Its file, likewise.")
    status: Status = said("moved: the same prompt under another id, edited or not.")
    previous_id: str | None = said("Its id before, if that was another.")
    edited: bool = said("True if its text differs.")
    before: State | None = said("null: added.")
    after: State | None = said("null: removed.")
    contract_losses: tuple[Item, ...] = said("What it required, and requires no more.")
    contract_gains: tuple[Item, ...] = said("What it requires now, and did not.")
    contract_moves: tuple[Move, ...] = said("Required elsewhere: under another heading, condition or role.")
    cache: Cache | None = said("The cached prefix; null: nothing changes for a cache.")
    findings: Findings = said("What is wrong now, and no longer.")


@dataclass(frozen=True, slots=True)
class Guard:
    """A change by which fewer findings are seen, or numbers look better."""

    kind: Literal[
        "suppression",
        "exclude",
        "ignore",
        "severity",
        "budget",
        "baseline",
        "assumption",
        "config",
        "workflow",
    ] = said("What was loosened.")
    path: str = said("The file that does it.")
    line: int | None = said("Where; null: in no one line.")
    detail: str = said("What changed there.")


@dataclass(frozen=True, slots=True)
class Sums:
    """One side of all prompts that are listed."""

    prompts: int = said("How many there are on this side.")
    tokens: int = said("Static tokens, one call of each.")
    basis: Basis = said("The weakest basis among the counts.")
    usd_per_1000: Money | None = said("US dollars for 1,000 calls of each but the `unpriced`; null: of none.")
    usd_month: Money | None = said("US dollars a month of all but the `without_volume`; null: of none.")
    unpriced: int = said(
        "Prompts without a price on a side, or whose price is borrowed, or model assumed, on one side only."
    )
    without_volume: int = said("The same, and prompts without a volume on a side.")


@dataclass(frozen=True, slots=True)
class Total:
    """The whole change."""

    added: int = said("Prompts.")
    removed: int = said("Prompts.")
    changed: int = said("Prompts.")
    moved: int = said("Prompts.")
    before: Sums = said("All that are listed, before.")
    after: Sums = said("And after.")
    new_findings: int = said("Of prompts and of files.")
    fixed_findings: int = said("Of prompts and of files.")
    contract_losses: int = said("Of all prompts.")
    broken_prefixes: int = said("Prompts of whose prefix a filled cache serves less than it held.")


@dataclass(frozen=True, slots=True)
class Commit:
    """One side of the comparison."""

    name: str = said("As it was asked for; empty: the files as they are on disk.")
    sha: str = said("The commit; empty: the files as they are on disk.")


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be compared, and why."""

    path: str = said("The file.")
    reason: str = said("Why.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The document: base against head."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    price_date: str = said("Date of the price snapshot.")
    generated_at: str = said("When it was made: RFC 3339, UTC.")
    base: Commit = said("Where the change starts: the merge base.")
    head: Commit = said("Where it ends.")
    verdict: Verdict = said(
        "fail: a new finding at or above fail_on; warn: something to look at; error: promptlint failed."
    )
    fail_on: Literal["error", "warning", "never"] = said("The severity from which a new finding fails.")
    guards: tuple[Guard, ...] = said("What was loosened; always to be shown first.")
    prompts: tuple[PromptChange, ...] = said("Those that differ, by id.")
    findings: Findings = said("Findings about files, of no prompt.")
    total: Total = said("Sums of the prompts that are listed.")
    skipped: tuple[Unread, ...] = said("Changed files that were not checked, and why.")
    errors: tuple[Unread, ...] = said("promptlint's own failures.")
