"""Makes support tickets with known labels: a core decides the label, everything around it is drawn."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ticket_texts import CITIES, CORES, DAYS, ENDINGS, MONTHS, NAMES, OPENINGS, PRODUCTS

PER_CORE = 5
CRITICAL = frozenset({"account-06", "account-13", "billing-00", "technical-00", "delivery-00", "returns-00"})
"""Cores of which the first ticket, which stands plain, may not be lost."""

_SEED = 20261123
_MISSPELT, _LOWER = 0.2, 0.1


def cases() -> Iterator[dict[str, object]]:
    """The tests in promptfoo's shape; the core is the cluster."""
    for label, cores in CORES.items():
        for number, core in enumerate(cores):
            name = f"{label}-{number:02d}"
            for index, ticket in enumerate(_tickets(name, core)):
                metadata: dict[str, object] = {"cluster": name}
                if index == 0 and name in CRITICAL:
                    metadata["critical"] = True
                yield {
                    "id": f"{name}-{index}",
                    "vars": {"ticket": ticket, "label": label},
                    "metadata": metadata,
                }


def _tickets(name: str, core: str) -> Iterator[str]:
    """The tickets of one core, all different; the first without anything around it."""
    draw = random.Random(f"{_SEED} {name}")
    seen: set[str] = set()
    while len(seen) < PER_CORE:
        around = (draw.choice(OPENINGS), core, draw.choice(ENDINGS)) if seen else (core,)
        ticket = " ".join([part for part in around if part]).format(**_values(draw))
        if seen:
            ticket = _typed(ticket, draw)
        if ticket not in seen:
            seen.add(ticket)
            yield ticket


def _values(draw: random.Random) -> dict[str, object]:
    return {
        "product": draw.choice(PRODUCTS),
        "order": draw.randrange(10000, 99999),
        "amount": f"{draw.choice('$€£')}{draw.randrange(9, 400)}.{draw.randrange(100):02d}",
        "number": draw.randrange(3, 10),
        "city": draw.choice(CITIES),
        "day": draw.choice(DAYS),
        "month": draw.choice(MONTHS),
        "name": draw.choice(NAMES),
    }


def _typed(ticket: str, draw: random.Random) -> str:
    """The ticket as it was typed: some with two letters of a word exchanged, some without capitals."""
    if draw.random() < _LOWER:
        ticket = ticket.lower()
    if draw.random() >= _MISSPELT:
        return ticket
    words = ticket.split(" ")
    at = draw.choice([index for index, word in enumerate(words) if len(word) > 4 and word.isalpha()] or [0])
    word = words[at]
    split = draw.randrange(1, max(2, len(word) - 2))
    words[at] = word[:split] + word[split : split + 2][::-1] + word[split + 2 :]
    return " ".join(words)
