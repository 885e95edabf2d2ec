"""Counting without an encoder: the same numbers as tiktoken's, character by character, or none at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import bytepairs, tokens

ENCODINGS = ("o200k_base", "cl100k_base")
PLACES = (
    "{0}",
    "a{0}b",
    "A{0}b",
    " {0} ",
    "1{0}2",
    "'{0}s",
    "\n{0}\n",
    "{0}{0}{0}\r\n{0}",
    "  {0}/",
    "é{0}'s ª{0}",
    "x {0}A",
)
WORDS = [
    "you're",
    "THEY'LL",
    "'S",
    "3.14",
    " \n\n",
    "\t",
    "Straße",
    "naïve—",
    "“so”",
    "✅ ",
    "⚠️",
    "👍🏽",
    "`x`",
    "/*",
    "…\n",
]


@cache
def early(encoding: str) -> Callable[[str], int | None]:
    return bytepairs.counter(encoding, tokens._ranks(encoding))


def late(text: str, encoding: str) -> int:
    return len(tokens._load(encoding).encode_ordinary(text))


def is_plain(char: str) -> bool:
    return bytepairs._PLAIN.fullmatch(char) is not None


PLAIN = [chr(code) for code in range(0x20000) if is_plain(chr(code))]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_plain_character_counts_as_tiktoken_counts_it(encoding: str) -> None:
    assert len(PLAIN) > 1_500
    differ = [
        (char, place)
        for char in PLAIN
        for place in PLACES
        if early(encoding)(place.format(char)) != late(place.format(char), encoding)
    ]
    assert differ == []


plain = st.lists(st.sampled_from([*PLAIN, *map(chr, range(32, 127)), *WORDS]) | st.text("aAeE 's1\n")).map(
    "".join
)


@given(plain, st.sampled_from(ENCODINGS))
def test_any_plain_text_counts_as_tiktoken_counts_it(text: str, encoding: str) -> None:
    assert early(encoding)(text) in {
        late(text, encoding),
        None if max(map(len, text.split(" "))) > 30 else -1,
    }


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_is_counted_rightly_or_not_at_all(text: str, encoding: str) -> None:
    counted = early(encoding)(text)
    assert counted is None or counted == late(text, encoding)
    assert (counted is None) <= (not all(map(is_plain, text)) or len(text) > 30)


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[1].glob("*.md")), ids=lambda path: path.name)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_documents_are_counted_here(path: Path, encoding: str) -> None:
    paragraphs = ["".join(filter(is_plain, each)) for each in path.read_text().split("\n\n")]
    counts = [(early(encoding)(text), late(text, encoding)) for text in paragraphs]
    assert all(counted in (None, right) for counted, right in counts)
    assert sum(counted is None for counted, _ in counts) <= 0.05 * len(counts)  # of runs without a space


@pytest.mark.parametrize("text", ["日本語", "Ωmega", "a\ud800b", "x" * 5_000, "\u0301", "ſ", "𝒜"])
def test_what_is_not_plain_is_left_to_the_encoder(text: str) -> None:
    assert early("o200k_base")(text) is None


def test_a_short_run_builds_no_encoder_and_a_long_one_does() -> None:
    code = """
import sys
from promptlint import tokens
model = tokens.tokenizer("gpt-4o")
few = tokens.count("You sort mail. ", model)
print(few, "tiktoken" in sys.modules)
text = "You sort mail. " * (tokens.EARLY // 15)
print(tokens.count(text, model) - tokens.EARLY // 15 * (few - 1), "tiktoken" in sys.modules)
print(tokens._early("o200k_base").ranks)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["5 False", "1 True", "{}", ""]
