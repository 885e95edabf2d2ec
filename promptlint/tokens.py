"""Counts the tokens of a text for a model, offline: the only module that imports tiktoken, and only to count.

The vocabularies of OpenAI's models come with the package (see NOTICE). Their file is made by
`scripts/build_vocabulary.py`: a count, one length byte a token, then all tokens in order of rank. It is not
compressed, because wheel and git compress it anyway: o200k_base (1.6 MB) is read in 1 ms, deflated it would
take 9, as xz 40. Building the encoder takes the rest of about 250 ms; until a process has counted EARLY
characters, plain texts are counted without one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING

from promptlint import bytepairs, models
from promptlint.errors import ConfigError, PromptlintError
from promptlint.model import Basis
from promptlint.records import dataclass

if TYPE_CHECKING:
    from tiktoken import Encoding

CHUNK = 16_384
"""Texts up to this many characters are counted in one piece; longer ones in pieces of at most this size."""

EARLY = 100_000
"""Characters that a process counts in Python before it builds an encoder: a hook never needs more."""

_SHORT = 4_096  # characters of a text that may be remembered with two thousand others

_SEAM = re.compile(r"(?s:.*)[^\W_](?=[\s!\"#$%&()*+,\-./:;<=>?@\[\\\]^`{|}~、。，！？；：（）「」『』])")
"""A letter or digit before white space or punctuation: both patterns below always split there, so that the
parts have as many tokens as the whole. The apostrophe is missing because of contractions."""

_DATA = Path(__file__).parent / "_data"


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """How the tokens of a model are counted.

    Args:
        name: for people, "o200k_base" or "claude-4.7 (o200k_base x 1.55)".
        encoding: the vocabulary that is really run.
        ratio: the model's tokens by the vocabulary's tokens; 1.0 when exact.
        basis: EXACT, ESTIMATED (the family was measured) or ASSUMED (it is unknown).
        error: relative 95th-percentile error of a count, 0.0 when exact.
    """

    name: str
    encoding: str
    ratio: float
    basis: Basis
    error: float


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What tiktoken needs beside the ranks, and the SHA-256 of our file of them."""

    digest: str
    pattern: str
    specials: dict[str, int]


_WORD_END = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_VOCABULARIES = {
    "o200k_base": _Vocabulary(
        digest="2f451f31d7403017d0b0dc6319ded23a09f33f573b1635c001fc6b91a1c21302",
        pattern="|".join(
            (
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _WORD_END,
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _WORD_END,
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            )
        ),
        specials={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    ),
    "cl100k_base": _Vocabulary(
        digest="9ef8402c916638b4e5896df1b798958e6377ae5ee9ecce199388d117f2a44973",
        pattern=r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
        r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        specials={
            "<|endoftext|>": 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
}

_ESTIMATES = {
    "claude-3": (1.17, 0.12),
    "claude-4.7": (1.55, 0.23),
    "mistral": (1.08, 0.10),
    "llama-3": (1.0, 0.05),
    "llama-4": (0.98, 0.05),
    "gemini": (1.10, 0.20),
}
"""Family -> (tokens by o200k tokens, 95th percentile of the relative error), measured in November 2026.

Over 467 pieces of 2,000 characters (367 of English Markdown, 60 of Python, 40 of JSON). Claude: against ctok
1.3.0, a reconstruction from Anthropic's own counts; 10.3 % and 16.0 %, 22.7 % in a second corpus of prose.
Mistral: against Tekken 240911, 8.2 %. Llama: against the published vocabularies, 4.1 % and 4.9 %. Gemini: no
percentile, but the spread of a second-hand vocabulary from prose (1.10) to code (1.19), doubled. Text in
other languages is worse: 40 % for Claude, 24 % for Llama 3.
"""

_UNKNOWN_ERROR = 0.35
"""For a model that nobody measured: o200k counts 35 % less than the farthest known family, Claude 4.7."""


@lru_cache(maxsize=256)
def tokenizer(model: str, override: str | None = None) -> Tokenizer:
    """The tokenizer of a model, or the one that `override` names.

    Args:
        model: a name in any common spelling (`azure/gpt-35-turbo`, `ft:gpt-4o-mini:org::id`).
        override: a vocabulary (o200k_base) or a family (claude-4.7); it is taken at its word.

    Raises:
        ConfigError: `override` is neither.
    """
    family = models.family(model) if override is None else override.strip().lower()
    if family in _VOCABULARIES:
        return Tokenizer(family, family, 1.0, Basis.EXACT, 0.0)
    if family in _ESTIMATES:
        ratio, error = _ESTIMATES[family]
        return Tokenizer(f"{family} (o200k_base x {ratio:g})", "o200k_base", ratio, Basis.ESTIMATED, error)
    if override is not None:
        raise ConfigError(_no_such_tokenizer(override))
    return Tokenizer("o200k_base (assumed)", "o200k_base", 1.0, Basis.ASSUMED, _UNKNOWN_ERROR)


def names() -> tuple[str, ...]:
    """All names that `tokenizer` accepts as an override."""
    return (*_VOCABULARIES, *_ESTIMATES)


def count(text: str, tokenizer: Tokenizer) -> int:
    """The tokens of a text; special tokens in it count as the ordinary text that they are.

    An estimate is rounded to the nearest whole token. A lone surrogate counts as U+FFFD. A text of more than
    CHUNK characters is counted in parts, cut where that changes nothing. Only in a run of CHUNK / 2
    characters without such a place (one character repeated, base64) is the cut arbitrary: the count may then
    be off by a few tokens a part.

    Raises:
        PromptlintError: the installed vocabulary is damaged.
    """
    counter = _memo if len(text) <= _SHORT else _memo_long
    raw = counter(text, tokenizer.encoding)
    return raw if tokenizer.ratio == 1.0 else int(raw * tokenizer.ratio + 0.5)


def at_most(text: str) -> int:
    """An upper bound of the tokens in either OpenAI vocabulary, without loading one: the bytes of UTF-8.

    Every byte is a token of its own, so that no text has more tokens than bytes. Multiply by the ratio for a
    family that is estimated.
    """
    return len(text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=2048)
def _memo(text: str, encoding: str) -> int:
    """Checks ask for the same short texts again and again: 1 µs instead of 100."""
    return _count(text, encoding)


@lru_cache(maxsize=4)
def _memo_long(text: str, encoding: str) -> int:
    """The text of a prompt, its static text and its prefix are mostly the same: each is asked for."""
    return _count(text, encoding)


def _count(text: str, encoding: str) -> int:
    early = _early(encoding)
    if early.left >= len(text) and (found := early.count(text)) is not None:
        early.left -= len(text)
        return found
    encode = _load(encoding).encode_ordinary
    return sum(len(encode(part)) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """Cut a long text, because on a megabyte of spaces the regular expression engine overflows its stack, and
    because older releases of tiktoken (0.12 for one) take quadratic time on a long run."""
    start = 0
    while len(text) - start > CHUNK:
        seam = _SEAM.match(text, start + CHUNK // 2, start + CHUNK)
        end = seam.end() if seam else start + CHUNK
        yield text[start:end]
        start = end
    yield text[start:]


@dataclass(slots=True)
class _Early:
    """Counts until an encoder pays: `left` are the characters until then."""

    count: Callable[[str], int | None]
    ranks: dict[bytes, int]
    left: int = EARLY


@lru_cache(maxsize=2)
def _early(name: str) -> _Early:
    ranks = _ranks(name)
    return _Early(bytepairs.counter(name, ranks), ranks)


@lru_cache(maxsize=2)
def _load(name: str) -> Encoding:
    from tiktoken import Encoding  # costs 13 ms: a warm run never counts

    vocabulary = _VOCABULARIES[name]
    early = _early(name)
    made = Encoding(
        name,
        pat_str=vocabulary.pattern,
        mergeable_ranks=early.ranks or _ranks(name),  # empty: another thread was faster
        special_tokens=vocabulary.specials,
    )
    early.left, early.ranks, early.count = -1, {}, lambda _: None  # from now on the encoder is faster
    return made


def _ranks(name: str) -> dict[bytes, int]:
    data = (_DATA / f"{name}.vocab").read_bytes()
    if hashlib.sha256(data).hexdigest() != _VOCABULARIES[name].digest:
        raise PromptlintError(f"the vocabulary {name} is damaged: install promptlint-toolchain again")
    tokens = _tokens(data)
    return dict(zip(tokens, range(len(tokens)), strict=True))


def _tokens(data: bytes) -> tuple[bytes, ...]:
    """All tokens in order of rank; `struct` cuts them out in half the time of slices."""
    start = 4 + int.from_bytes(data[:4], "big")
    codes = [f"{length}s" for length in range(256)]
    return Struct("".join([codes[length] for length in data[4:start]])).unpack(data[start:])


def _no_such_tokenizer(name: str) -> str:
    close = get_close_matches(name.strip().lower(), names(), n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(names())}"
    return f"tokenizer: no tokenizer is called {name!r}{hint}"
