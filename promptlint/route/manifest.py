"""The prompts that are routed, from a run or from the manifest that `promptlint prompts` wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from promptlint import documents, jsondoc
from promptlint.config.schema import LATENCIES, OUTPUTS, TASKS
from promptlint.errors import UsageError
from promptlint.model import Load, Profile, PromptFacts, Traits
from promptlint.records import dataclass
from promptlint.verdicts import Evaluated

MAX_BYTES = 100_000_000
VERSION = jsondoc.SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Entry:
    """What routing knows of a prompt; see the manifest's schema."""

    id: str
    path: str
    line: int
    version: str
    role: tuple[str, ...]
    tokens: int
    slot_tokens: int
    slots: tuple[str, ...]
    prefix_tokens: int
    model: str
    model_basis: str
    calls_per_month: int | None
    load: Load
    profile: Profile
    traits: Traits
    evaluated: tuple[Evaluated, ...] = ()

    @property
    def input_tokens(self) -> int:
        """Static tokens, and those assumed in slots."""
        return self.tokens + self.slot_tokens


@dataclass(frozen=True, slots=True)
class _Document:
    schema_version: int
    promptlint: str
    prompts: tuple[Entry, ...]


def of_facts(prompts: Iterable[PromptFacts]) -> tuple[Entry, ...]:
    """The entries of the prompts of a run, by id."""
    return tuple(sorted((_entry(item) for item in prompts), key=lambda item: item.id))


def _entry(item: PromptFacts) -> Entry:
    assert item.traits is not None  # every run gives them
    return Entry(
        id=item.id,
        path=item.path,
        line=item.location.line,
        version=item.version,
        role=item.roles,
        tokens=item.tokens.high,
        slot_tokens=item.tokens.slot_estimate,
        slots=item.slots,
        prefix_tokens=item.prefix_tokens,
        model=item.model,
        model_basis=item.model_basis.value,
        calls_per_month=item.calls_per_month,
        load=item.load,
        profile=item.profile,
        traits=item.traits,
    )


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a manifest's file, by id.

    Raises:
        UsageError: it cannot be read, is no manifest, or is that of another version; the message names the
            file and the place.
    """
    found = documents.parse(_Document, documents.data_of(path, MAX_BYTES), VERSION, str(path))
    seen: set[str] = set()
    for index, item in enumerate(found.prompts):
        if item.id in seen:
            raise UsageError(f"{path}.prompts[{index}].id: is there twice")
        seen.add(item.id)
        if wrong := _wrong(item):
            raise UsageError(f"{path}.prompts[{index}].{wrong}")
    return tuple(sorted(found.prompts, key=lambda item: item.id))


def _wrong(item: Entry) -> str:
    """What the types of an entry do not say; empty: nothing is wrong."""
    traits = item.traits
    words = (
        ("task", traits.task, ("", *TASKS)),
        ("latency", traits.latency, LATENCIES),
        ("output", traits.output, OUTPUTS),
    )
    for name, found, known in words:
        if found not in known:
            close = get_close_matches(found, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            return f"traits.{name}: {found[:80]!r} is none of {', '.join(filter(None, known))}{hint}"
    for name in ("difficulty", "difficulty_low", "difficulty_high"):
        if not 0 <= (getattr(traits, name) or 0) <= 1:
            return f"traits.{name}: expected a number from 0 to 1, found {getattr(traits, name):g}"
    counts = (item.tokens, item.slot_tokens, item.prefix_tokens, item.calls_per_month, traits.output_tokens)
    if any((count or 0) < 0 for count in counts):
        return "tokens, calls: expected no negative number"
    if any(not 0 <= row.passed <= row.cases for row in item.evaluated):
        return "evaluated: expected no more passed cases than cases"
    return ""


def sha256(entries: Sequence[Entry]) -> str:
    """The hash, in hex, of all that routing goes by: where a prompt stands in its file does not count."""
    rows = [
        [
            *(item.id, item.version, item.tokens, item.slot_tokens, item.prefix_tokens),
            *(item.model, item.model_basis, item.calls_per_month, item.load.value, item.profile.value),
            documents.to_json(item.traits),
        ]
        for item in entries
    ]
    return hashlib.sha256(jsondoc.dumps(rows, None).encode()).hexdigest()
