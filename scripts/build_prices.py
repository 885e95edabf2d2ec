"""Writes the dated price snapshot that the package ships, from the price library `genai-prices`.

    python scripts/build_prices.py [--date YYYY-MM-DD]     writes promptlint/_data/prices.json
    python scripts/build_prices.py --check                 compares it with what the installed library says

The library is not a dependency of the package: install the version that the snapshot names. Providers are
named one by one: the library's own guess may be a reseller. Left out are models without a price for both
input and output, models for sound and pictures, and names that move (see MOVING).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import models
from promptlint.prices import KINDS

if TYPE_CHECKING:
    # The library is typed, but it is not installed where mypy runs.
    from genai_prices.types import MatchLogic, ModelInfo  # type: ignore[import-not-found,unused-ignore]

TARGET = Path(__file__).parent.parent / "promptlint" / "_data" / "prices.json"

PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "cohere": "cohere",
    "x-ai": "x-ai",
    "groq": "groq",
    "together": "together",
    "fireworks": "fireworks",
    "aws": "aws",
}
"""The library's provider -> ours. Claude on Google's cloud is left to the maker's price."""

MOVING = frozenset(
    (
        *(
            "mistral-large",
            "mistral-medium",
            "mistral-small",
            "codestral",
            "pixtral-large",
            "magistral-medium",
        ),
        *("deepseek-chat", "deepseek-reasoner", "deepseek-r1"),
    )
)
"""Names without a version: what they stand for moves, and the library has been seen to be years behind
(`mistral-large-latest` at the price of 2024, `deepseek-chat` at that of early 2025). They have no price."""

NOT_TEXT = re.compile(
    r"^gpt-4o-mini-2024-07-18\.ft-|audio|realtime|image|tts|transcribe|live|ocr|embed|moderation|whisper|voice|omni|robotics|guard|sonic|voxtral"
    r"|banana|orpheus|computer-use|:free|:extended"
)

FIELDS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")


def main() -> int:
    """Write the snapshot, or with --check compare it; 1 if it differs."""
    parser = argparse.ArgumentParser(description="Build the shipped price snapshot.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--date", type=date.fromisoformat, help="the day whose prices count; default: today")
    options = parser.parse_args()
    day = options.date or datetime.now(tz=UTC).date()
    if options.check:
        old = TARGET.read_text(encoding="utf-8")
        day = date.fromisoformat(json.loads(old)["date"])
        if old != render(day):
            print(f"{TARGET} differs: run scripts/build_prices.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(render(day), encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
    return 0


def render(day: date) -> str:
    """The snapshot as JSON, one model a line, with the SHA-256 of its own content."""
    prices: dict[str, dict[str, list[float | int | None]]] = {}
    aliases: dict[str, dict[str, str]] = {}
    for provider, info in _models():
        _add(prices.setdefault(provider, {}), aliases.setdefault(provider, {}), info, day)
    for provider in ("aws", "aws-global"):
        _add_undated(prices[provider], aliases[provider])
    document = {
        "schema_version": 1,
        "date": day.isoformat(),
        "source": f"genai-prices {version('genai-prices')}",
        "columns": [*KINDS, "any_date"],
        "prices": {name: dict(sorted(rows.items())) for name, rows in sorted(prices.items())},
        "aliases": {name: dict(sorted(rows.items())) for name, rows in sorted(aliases.items()) if rows},
    }
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    document["sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    lines = json.dumps(document, indent=1, sort_keys=True)
    return re.sub(r"\[\s+([^\[\]]+?)\s+\]", _one_line, lines) + "\n"


def _one_line(found: re.Match[str]) -> str:
    return "[" + re.sub(r"\s+", " ", found[1]) + "]"


def _models() -> Iterator[tuple[str, ModelInfo]]:
    from genai_prices.data import providers  # type: ignore[import-not-found,unused-ignore]

    for provider in providers:
        if provider.id not in PROVIDERS:
            continue
        for info in provider.models:
            foreign = provider.id == "google" and info.id.startswith("claude")
            if foreign or NOT_TEXT.search(info.id):
                continue
            host = PROVIDERS[provider.id]
            if host == "aws" and info.id.startswith("global."):
                host = "aws-global"
            yield ("ft" if info.id.startswith("ft:") else host), info


def _add(
    rows: dict[str, list[float | int | None]], aliases: dict[str, str], info: ModelInfo, day: date
) -> None:
    """Add one model under its name, and the other names that the library knows for it."""
    row = _row(info, day)
    own = models.parse(info.id.rstrip("-")).dated
    names = [name for name in (own, *sorted(_equals(info.match))) if not _moves(name, info.id)]
    if row is None or not names:
        return
    rows.setdefault(names[0], row)
    for name in names[1:]:
        if name not in rows:
            aliases.setdefault(name, names[0])


def _add_undated(rows: dict[str, list[float | int | None]], aliases: dict[str, str]) -> None:
    """On Bedrock all names are dated: one without date stands for them if there is only one price."""
    by_base: dict[str, list[str]] = {}
    for name in rows:
        by_base.setdefault(models.canonical(name), []).append(name)
    for base, names in by_base.items():
        if base not in rows and base not in aliases and all(rows[name] == rows[names[0]] for name in names):
            aliases[base] = names[0]


def _moves(name: str, own: str) -> bool:
    """True for a name whose meaning moves; an entry of its own for `-latest` is kept up by the library."""
    stem = name.removesuffix("-latest")
    if name != stem and name == own:
        return False
    return stem in MOVING or (name != stem and not re.search(r"\d", stem))


def _equals(match: MatchLogic) -> Iterator[str]:
    """The names that the library accepts to the letter, in our spelling."""
    if hasattr(match, "or_"):
        for clause in match.or_:
            yield from _equals(clause)
    elif hasattr(match, "equals") and not NOT_TEXT.search(match.equals):
        yield models.parse(match.equals).dated


def _row(info: ModelInfo, day: date) -> list[float | int | None] | None:
    """The prices in the order of KINDS, then 1 if the model may carry any date; None without a text price."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    standard = info.get_prices(noon)
    batch = next(
        (variant for variant in info.price_variants or () if variant.when == {"processing": "batch"}), None
    )
    if batch is not None and batch.constraint is not None and not batch.constraint.active(noon):
        batch = None
    values = [_number(getattr(standard, field)) for field in FIELDS]
    values += [_number(getattr(batch.prices, field)) if batch else None for field in FIELDS[:2]]
    if values[0] is None or values[1] is None:
        return None
    stem = info.id.removesuffix("-latest")
    return [*values, int(any(info.is_match(stem + date) for date in ("-20990101", "-2099-01-01", "-001")))]


def _number(value: object) -> float | int | None:
    """US dollars per million tokens; of a price with tiers the first, for short prompts."""
    value = getattr(value, "base", value)
    if value is None:
        return None
    if not isinstance(value, Decimal) or value < 0:
        sys.exit(f"not a price: {value!r}")
    return int(value) if value == int(value) else float(value)


if __name__ == "__main__":
    sys.exit(main())
