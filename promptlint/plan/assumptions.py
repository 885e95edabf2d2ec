"""What is taken for granted where nobody says otherwise: a row a figure, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from promptlint.measure import SLOT_TOKENS
from promptlint.model import Basis
from promptlint.plan.quantity import Quantity
from promptlint.records import dataclass

STRATEGY = "the strategy"
OWN = "promptlint's own: the strategy gives no figure"


class Unit(str, Enum):
    """What a figure counts, and so what it may be."""

    CALLS = "calls a month"
    TOKENS = "tokens"
    SHARE = "share"
    RATE = "share below 1"
    TURNS = "turns"
    COUNT = "number"
    GROWTH = "share a week"
    LOAD = "share above 0"
    CAPACITY = "requests a month"
    USD = "US dollars"
    USD_MILLION = "US dollars a million tokens"


LIMITS: Mapping[Unit, tuple[float, float]] = {
    Unit.CALLS: (0, 1e11),
    Unit.TOKENS: (0, 1e7),
    Unit.SHARE: (0, 1),
    Unit.RATE: (0, 0.95),
    Unit.TURNS: (1, 1_000),
    Unit.COUNT: (0, 1e9),
    Unit.GROWTH: (-0.9, 10),
    Unit.LOAD: (0.01, 1),
    Unit.CAPACITY: (1_000, 1e12),
    Unit.USD: (0, 1e9),
    Unit.USD_MILLION: (0, 1e6),
}
"""What is not absurd: a hundred billion calls a month are some 40,000 a second."""


SHARES = (Unit.SHARE, Unit.RATE, Unit.GROWTH, Unit.LOAD)
"""What may be written as a percentage."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure: what it says, what is taken for it, and why.

    Args:
        says: what it is, as a clause.
        unit: what it counts.
        value: what is taken, if nobody says otherwise.
        source: where that is from.
    """

    says: str
    unit: Unit
    value: Quantity
    source: str


def _row(says: str, unit: Unit, ends: tuple[float, float, float], source: str = OWN) -> Assumption:
    return Assumption(says, unit, Quantity(*ends, Basis.ASSUMED), source)


def _section(name: str, says: str = "") -> str:
    return f'{STRATEGY}, "{name}"' + (f": {says}" if says else "")


USAGE: Mapping[str, Assumption] = {
    "calls_per_month": _row(
        "requests a month",
        Unit.CALLS,
        (100_000, 100_000, 100_000),
        _section("Self-hosting open models", "the least row of its table, 100K requests a month"),
    ),
    "turns": _row("turns of a conversation, where a prompt sends its history", Unit.TURNS, (2, 4, 8)),
    "slot_tokens": _row("tokens that one slot holds", Unit.TOKENS, (10, SLOT_TOKENS, 80)),
    "variable_tokens": _row(
        "tokens of what the user says in a call, beside its slots", Unit.TOKENS, (20, 50, 200)
    ),
    "output_tokens": _row("tokens of an answer, reasoning included", Unit.TOKENS, (50, 200, 500)),
    "retries.timeout": _row("share of calls made again after a timeout", Unit.RATE, (0, 0, 0)),
    "retries.parse": _row("share of calls made again, as the answer does not parse", Unit.RATE, (0, 0, 0)),
    "retries.validation": _row("share of calls made again, as the answer is not valid", Unit.RATE, (0, 0, 0)),
    "retries.limit": _row("most tries after the first", Unit.COUNT, (10, 10, 10)),
    "repeats.exact": _row(
        "share of requests that repeat another, character for character",
        Unit.SHARE,
        (0.10, 0.15, 0.20),
        _section("Semantic caching", "exact match cache, 10-20%"),
    ),
    "repeats.normalized": _row(
        "the same, once case and space are normalized",
        Unit.SHARE,
        (0.10, 0.15, 0.20),
        _section("Semantic caching", "no figure for normalized text: that of exact matches"),
    ),
    "repeats.semantic": _row(
        "share of requests that ask what another asked",
        Unit.SHARE,
        (0.30, 0.40, 0.50),
        _section("Semantic caching", "semantic cache, 30-50%"),
    ),
    "repeats.prompt_aware": _row(
        "the same, with a cache for each system prompt and intent",
        Unit.SHARE,
        (0.40, 0.50, 0.60),
        _section("Semantic caching", "prompt-aware cache, 40-60%"),
    ),
    "batch_share": _row(
        "share of calls that may wait a day", Unit.SHARE, (0, 0, 0), _section("Batch processing", "not chat")
    ),
    "prefix_hits": _row(
        "share of calls that find their prefix in the provider's cache", Unit.SHARE, (0, 0.5, 0.9)
    ),
    "growth_per_week": _row("growth of the calls", Unit.GROWTH, (0, 0, 0)),
    "users": _row("users a month", Unit.COUNT, (0, 0, 0)),
    "examples": _row("good examples to train on", Unit.COUNT, (0, 0, 0)),
    "changes_per_month": _row(
        "changes of the requirements a month",
        Unit.COUNT,
        (0, 1, 4),
        _section("Fine-tuning economics", "4 where they shift weekly; 1 is promptlint's own"),
    ),
    "false_hits": _row("share of cache hits that do not fit the question", Unit.SHARE, (0, 0.01, 0.05)),
    "false_hit_usd": _row("what one wrong answer costs beside the call", Unit.USD, (0, 0, 0)),
}
"""What a usage file says of a prompt."""

EFFECTS: Mapping[str, Assumption] = {
    "compression": _row(
        "share of the fixed text that a rewrite removes",
        Unit.SHARE,
        (0.20, 0.30, 0.40),
        _section("Prompt optimization", "system prompt compression, 20-40%"),
    ),
    "few_shot": _row(
        "share of the examples' tokens that goes with them",
        Unit.SHARE,
        (0.50, 0.65, 0.80),
        _section("Prompt optimization", "few-shot to zero-shot, 50-80%"),
    ),
    "structured": _row(
        "share of the output that structure saves",
        Unit.SHARE,
        (0.30, 0.40, 0.50),
        _section("Prompt optimization", "structured outputs, 30-50%"),
    ),
    "brevity": _row(
        "share of the output that a length limit saves",
        Unit.SHARE,
        (0.20, 0.40, 0.60),
        _section("Prompt optimization", "response length control, 20-60%"),
    ),
    "pruning": _row(
        "share of the history that is cut or summarized",
        Unit.SHARE,
        (0.40, 0.55, 0.70),
        _section("Prompt optimization", "context pruning, 40-70%"),
    ),
    "routing.simple": _row(
        "share of requests that the cheap model can answer",
        Unit.SHARE,
        (0.70, 0.72, 0.80),
        _section("Model routing", "72% in its example, 70-80% in general"),
    ),
    "routing.medium": _row(
        "share of requests for the model between",
        Unit.SHARE,
        (0.20, 0.20, 0.20),
        _section("Model routing", "20% in its example"),
    ),
    "routing.escalation": _row(
        "share of a cascade's first answers that are not good enough",
        Unit.SHARE,
        (0.20, 0.25, 0.30),
        _section("Model routing", "70-80% of traffic is simple enough"),
    ),
    "embedding_usd": _row("price of embedding a question", Unit.USD_MILLION, (0.02, 0.02, 0.02)),
    "tuning.setup": _row(
        "one training",
        Unit.USD,
        (50, 125, 200),
        _section("Fine-tuning economics", "set-up of GPT-4o mini, $50-200"),
    ),
    "tuning.input": _row(
        "share of the fixed text that training makes needless",
        Unit.SHARE,
        (0.50, 0.65, 0.80),
        _section("Prompt optimization", "50-80%, by tighter instructions or fine-tuning"),
    ),
    "hosting.gpu_usd": _row(
        "rent of a GPU a month",
        Unit.USD,
        (2_000, 2_000, 2_000),
        _section("Self-hosting open models", "A100 80GB, $2,000"),
    ),
    "hosting.owned_usd": _row(
        "an owned GPU a month",
        Unit.USD,
        (4_500, 4_500, 4_500),
        _section("Self-hosting open models", "H100, $4,500"),
    ),
    "hosting.requests": _row(
        "requests a month that one GPU serves at full load",
        Unit.CAPACITY,
        (10_000_000 / 3,) * 3,
        _section("Self-hosting open models", "three GPUs ($6,000) for 10M requests"),
    ),
    "hosting.utilization": _row("share of that load that real traffic reaches", Unit.LOAD, (0.3, 0.5, 0.8)),
    "hosting.ops": _row(
        "operations a month",
        Unit.USD,
        (3_000, 3_000, 3_000),
        _section("Self-hosting open models", "what makes $5,000 the break-even of a GPU of $2,000"),
    ),
    "hosting.serverless_usd": _row(
        "an open model at a host, input and output",
        Unit.USD_MILLION,
        (0.30, 0.30, 0.30),
        _section("Model pricing", "Llama 4 Maverick, about $0.30"),
    ),
}
"""What an optimization is taken to do; a usage file may say otherwise under `assume`."""

ALL: Mapping[str, Assumption] = {**USAGE, **EFFECTS}

MODELS: Mapping[str, tuple[str, str]] = {
    "simple": ("gpt-4o-mini", _section("Model routing", "tier of scores below 0.3")),
    "medium": ("claude-haiku-4-5", _section("Model routing", "tier of scores from 0.3 to 0.7")),
    "tuned": ("ft:gpt-4o-mini", _section("Fine-tuning economics")),
}
"""Which models take the place of others: name and source; a usage file may say otherwise under `models`."""

LATENCIES = ("interactive", "minutes", "day")
"""How long an answer may take; what may wait a day may go into a batch job."""


def plain(value: float) -> str:
    """A figure as people write it: `3,333,333`, `0.25`."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
