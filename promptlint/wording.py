"""Brings sentences to a form in which those that say the same, in the same words, are equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from promptlint.patterns import lazy

_TOKEN = lazy(
    r"""
      \w+(?:[.,:/@'-]\w+)*      # words, numbers, paths; hyphens and apostrophes inside them
    | -?[.]?\d+                 # numbers with a sign
    | [^\w\s.,;:!"'“”‘’()*…`-]  # what may carry meaning: < > = % ? { } and so on
    """,
    re.VERBOSE,
)
_EMPHASIS = lazy(r"(?<!\w)(_{1,2})(\S(?:[^\n]{0,200}?\S)?)\1(?!\w)")
_QUOTED = lazy(
    r"[`\"“'«](?:(?<=`)[^`\n]{1,400}`|(?<=\")[^\"\n]{1,400}\"|(?<=“)[^”\n]{1,400}”"
    r"|(?<=')(?<!\w')[^'\n]{1,400}'(?!\w)|(?<=«)[^»\n]{1,400}»)"
)  # begins with a set of characters, because the engine skips fast to the next of a set
_LITERAL = lazy(r"literal(\d+)literal")
_BREAK = lazy(r"[,;](?=\s)")
_SUFFIX = lazy(r"(?<=\w{3})(?:ing|ed|es)$")

_DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7"}
_DIGITS |= {"zero": "0", "eight": "8", "nine": "9", "ten": "10"}
_PLAIN = {**_DIGITS, "never": "not", "cannot": "can not", "can't": "can not", "won't": "not"}
_SOFT = frozenset(
    {"a", "an", "the", "this", "that", "these", "those", "you", "your", "please", "kindly", "always", "must"}
    | {"should", "need", "will", "to", "make", "sure", "ensure", "remember", "do", "does", "did", "be", "is"}
    | {"are", "am", "also", "just", "really", "very", "then", "so", "of", "and"}
)
_CLAUSE = frozenset(
    {"if", "when", "whenever", "unless", "until", "before", "after", "because", "while", "where", "since"}
)


@lru_cache(maxsize=1 << 12)
def words(text: str) -> tuple[str, ...]:
    """The words and meaningful signs of a text: lower case, without emphasis, quotes and sentence marks.

    Several rules ask for those of one sentence, one after the other: hence the memory.
    """
    if "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
    return tuple(_TOKEN.findall(text.lower().replace("’", "'")))


def normalised(text: str) -> str:
    """`words` joined by spaces: equal for texts that differ only in case, space, emphasis and punctuation."""
    return " ".join(words(text))


def quoted(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of a text that stand in quotation marks or backticks, marks included."""
    for match in _QUOTED.finditer(text):
        yield match.span()


def gist(text: str, same: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What a sentence says, by clause, without the words that carry no instruction.

    Numbers, negations, words of doubt (may, can) and quoted literals stay, and so does the order of the
    words within a clause; only the order of the clauses is free. `same` maps a word to its synonym.
    """
    literals: list[str] = []

    def mask(match: re.Match[str]) -> str:
        literals.append(match.group())
        return f" literal{len(literals) - 1}literal "

    masked = _QUOTED.sub(mask, text) if _may_quote(text) else text
    clauses: list[list[str]] = []
    for part in _BREAK.split(masked) if "," in masked or ";" in masked else (masked,):
        clause: list[str] = []
        clauses.append(clause)
        for word in words(part):
            if word in _CLAUSE:
                clause = []
                clauses.append(clause)
            literal = _LITERAL.fullmatch(word) if literals and word.startswith("literal") else None
            if literal is not None:
                clause.append(literals[int(literal.group(1))])
            else:
                clause += _plain_stems(same.get(word, word))
    return tuple(sorted([tuple(clause) for clause in clauses if clause]))


def _may_quote(text: str) -> bool:
    return '"' in text or "'" in text or "`" in text or "“" in text or "«" in text


@lru_cache(maxsize=8192)
def _plain_stems(word: str) -> tuple[str, ...]:
    if word.endswith("n't") and word not in _PLAIN:
        return ("not",)
    return tuple(_stem(each) for each in _PLAIN.get(word, word).split() if each not in _SOFT)


def _stem(word: str) -> str:
    """The word without its ending, crudely: only ever compared with another stem."""
    if len(word) < 4 or not word.isalpha():
        return word.removesuffix("'s")
    if word.endswith("s") and not word.endswith(("ss", "es")):
        word = word[:-1]
    word = _SUFFIX.sub("", word)
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
