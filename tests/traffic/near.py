"""Logs with near questions, and their pairs, for the tests of the threshold of a semantic cache."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from promptlint.traffic.threshold import pairs
from promptlint.traffic.threshold.pairs import Pair
from tests.traffic.reading import SETTINGS, chat, engine

WORDS = [f"word{number}" for number in range(40)]


def asked(number: int, question: str, answer: str, system: str = "Sort the mail.") -> dict[str, Any]:
    """A logged call with this question and answer."""
    record = chat(number)
    record["request"]["messages"] = [
        {"role": "system", "content": system},
        {"role": "user", "content": question},
    ]
    record["response"]["choices"][0]["message"]["content"] = answer
    return record


def questions(count: int) -> list[dict[str, Any]]:
    """Topics of twelve words, each asked again with words taken out: near ones have the same answer."""
    chosen, records = random.Random(2), []
    for number in range(count):
        topic = number % (count // 3)
        said = [f"topic{topic}"] + [f"{word}of{topic}" for word in WORDS[:11]]
        fewer = [word for word in said if chosen.random() < (1, 0.95, 0.6)[number % 3]]
        answer = f"Answer {topic}." if len(fewer) >= 9 else f"What do you mean, {number}?"
        records.append(asked(number, f"{' '.join(fewer)} please{number % 5}", answer))
    return records


def sampled(path: Path, each: int = 60) -> tuple[Pair, ...]:
    """The pairs of a log."""
    with engine(path, settings=replace(SETTINGS, texts="keep")) as found:
        return tuple(pairs.sampled(found, each, "tfidf"))
