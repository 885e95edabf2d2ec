"""What routing.yaml says, as checked data; `reader` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    """A range of scores, from that of the tier before on, and its model; `below` None: the last."""

    name: str
    model: str
    below: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the policy says of a model; None where it does not. Prices are US dollars a million tokens."""

    provider: str | None = None
    context: int | None = None
    structured: bool | None = None
    input: float | None = None
    output: float | None = None


@dataclass(frozen=True, slots=True)
class Validator:
    """What an answer must pass; `schema` is JSON."""

    name: str
    kind: str
    schema: str = ""
    pattern: str = ""
    labels: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Caching:
    """How answers are kept; `prefix`: mark what the provider's own cache may keep."""

    mode: str = "none"
    threshold: float = 0.95
    ttl: int = 3600
    embedding: str = ""
    prefix: bool = True


@dataclass(frozen=True, slots=True)
class Quality:
    """What an eval must show of a model: the one-sided lower bound of its pass rate reaches the floor."""

    floor: float = 0.9
    confidence: float = 0.95
    cases: int = 20


@dataclass(frozen=True, slots=True)
class Override:
    """What holds for the prompts that match; None where it says nothing."""

    match: str
    line: int
    like: str | None = None
    tier: str | None = None
    model: str | None = None
    keep: bool | None = None
    cascade: bool | tuple[str, ...] | None = None
    validators: tuple[str, ...] | None = None
    cache: str | None = None
    batch: bool | None = None
    personal: bool | None = None
    latency: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy: every name in it is there.

    `window` are hours, `budget` US dollars a month; `requests` is the file of a classifier, "" for none.
    """

    path: str
    sha256: str
    tiers: tuple[Tier, ...]
    cascade: bool = False
    quality: Quality = Quality()
    budget: float | None = None
    latency: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    validators: tuple[Validator, ...] = ()
    cache: Caching = Caching()
    window: int | None = None
    retries: int = 1
    calls: int = 6
    canary: float = 0.05
    models: Mapping[str, Known] = field(default_factory=dict)
    evals: tuple[str, ...] = ()
    requests: str = ""
    prompts: tuple[Override, ...] = ()

    def tier(self, name: str) -> Tier:
        """The tier of a name that was checked."""
        return next(tier for tier in self.tiers if tier.name == name)
