"""Reads one sentence as requirements: modality, polarity, predicate, object, bounds and condition.

Nothing here understands a sentence. Every content word of it ends up in the `key` of some clause, in order,
so that no word can go missing unnoticed; the other fields serve to judge which survivor may stand for which
requirement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from promptlint import words as w
from promptlint.contract.phrases import MARKS, Token, tokens_of, without_filler
from promptlint.contract.requirements import Modality


class Clause(NamedTuple):
    """A requirement without its place: what `read` finds, with offsets in the sentence."""

    start: int
    end: int
    modality: Modality
    positive: bool
    predicate: str
    object: str
    words: frozenset[str]
    bound: tuple[str, ...]
    condition: str
    key: tuple[str, ...]


_POLITE = re.compile(rf"\W*{w.POLITE}(?:,? {w.POLITE})?\W*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\w*[_.@/\d]\w*|\w+-\d.*")


@lru_cache(maxsize=1 << 13)
def read(sentence: str, courtesy: bool = True) -> tuple[Clause, ...]:
    """The clauses of a sentence that say something; none for mere courtesy (if that may be left out)."""
    if courtesy and len(sentence) < 120 and _POLITE.fullmatch(sentence):
        return ()
    tokens = without_filler(tokens_of(sentence))
    condition, tokens = _leading_condition(tokens)
    clauses = []
    for part in _clauses(tokens):
        clause = _clause(part, condition)
        if clause is not None:
            clauses.append(clause)
    if not clauses and condition:
        alone = _clause(condition, [])
        return (alone,) if alone else ()
    return tuple(clauses)


def key_of(text: str) -> str:
    """A short text (a heading, a lead-in) in normal form, for comparing."""
    return " ".join(word for clause in read(text) for word in (clause.condition, *clause.key) if word)


def _leading_condition(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """ "If X, do Y" as (X with its conjunction, Y); an empty condition if the sentence opens with none."""
    if not tokens or tokens[0].word not in w.CONDITIONS_FIRST:
        return [], tokens
    commas = [i for i, token in enumerate(tokens) if token.word in {",", "then"} and i > 1]
    if not commas:
        return [], tokens
    cut = next((i for i in commas if _opens(tokens, i + 1)), commas[0])
    if tokens[0].word == "to" and not _opens(tokens, cut + 1):
        return [], tokens
    return tokens[:cut], tokens[cut + 1 :]


def _opens(tokens: Sequence[Token], index: int) -> bool:
    """True if an instruction may begin at `index`."""
    following = [token.word for token in tokens[index : index + 2]]
    if not following or following[0] in {"or", "and"}:
        return False
    first = following[0]
    return first in w.VERBS or first in w.RESTARTS or first in {"you", "do", "then"}


_JOINTS = frozenset(("and", "but", ",", ";"))


def _clauses(tokens: list[Token]) -> list[list[Token]]:
    """Cuts at semicolons, and before "and never ...", ", but ...", "and do not ..."."""
    if _JOINTS.isdisjoint([token.word for token in tokens]):
        return [tokens]
    parts: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        if token.word == ";" or (index and _restarts(tokens, index) and _has_words(parts[-1], 2)):
            parts.append([])
        if token.word != ";":
            parts[-1].append(token)
    return parts


def _restarts(tokens: Sequence[Token], index: int) -> bool:
    word = tokens[index].word
    if word not in _JOINTS:
        return False
    following = [token.word for token in tokens[index + 1 : index + 4]]
    if word == "," and following[:1] in (["and"], ["but"], ["then"]):
        return following[0] == "but" or _starts(following[1:])
    if tokens[index - 1].word == ",":
        return False
    return _starts(following)


def _starts(following: Sequence[str]) -> bool:
    return bool(following) and (following[0] in w.RESTARTS or list(following[:2]) == ["do", "not"])


def _has_words(tokens: Sequence[Token], count: int) -> bool:
    return sum(token.word not in MARKS for token in tokens) >= count


def _clause(tokens: list[Token], leading: list[Token]) -> Clause | None:
    lead = 0
    while lead < len(tokens) and (tokens[lead].word in MARKS or tokens[lead].word in w.LINKS):
        lead += 1
    tokens = tokens[lead:]
    main, trailing = _trailing_condition(tokens)
    main = [token for token in main if token.word not in MARKS]
    if not main:
        return None
    modality, main, begin = _modality(main)
    negative, at, key = _normal(main, begin, declarative=modality is Modality.FACT)
    if not key:
        return None
    if modality is Modality.FACT:
        at = next((i for i, word in enumerate(key) if i and (word in _LINKING or word in w.VERBS)), 0)
    condition = " & ".join(_condition(part) for part in (leading, trailing) if part)
    predicate = key[at] if at < len(key) else key[0]
    content = [word for word in key[at + 1 :] if word not in w.STOPWORDS]
    return Clause(
        tokens[0].start,
        max(tokens[-1].end, tokens[0].end),
        modality,
        not negative,
        predicate,
        " ".join(content[:3]),
        frozenset(word for word in key if word not in w.STOPWORDS),
        _bounds(main + trailing + leading),
        condition,
        tuple(key),
    )


def _trailing_condition(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    if w.CONDITIONS.keys().isdisjoint([token.word for token in tokens]):
        return tokens, []
    for index in range(1, len(tokens) - 1):
        if tokens[index].word in w.CONDITIONS and w.lemma(tokens[index - 1].word) not in w.ASKING:
            cut = index - 1 if tokens[index - 1].word in {"only", "even", "except"} and index > 2 else index
            return tokens[:cut], tokens[cut:]
    return tokens, []


def _modality(main: list[Token]) -> tuple[Modality, list[Token], int]:
    """The modality, the tokens without the "you must" that said it, and where the predicate may begin."""
    listed = [token.word for token in main]
    if _MODALS.isdisjoint(listed) and _NEEDS.isdisjoint(listed):
        return _imperative(listed), main, 0
    at = next((i for i, word in enumerate(listed) if word in _MODALS or _is_need(listed, i)), -1)
    you = set(listed[:at]) <= _YOU
    if at <= 0 or (at > 1 and not you and listed[0] in w.VERBS):
        return _imperative(listed), main, 0
    modal, size = listed[at], 2 if _is_need(listed, at) else 1
    refused = listed[at + size : at + size + 1] in (["not"], ["never"])
    if size == 2 and "not" in listed[:at]:
        return Modality.MAY, main, at - 1  # "need not": no duty
    if modal in w.PERMIT:
        speaks = at <= 3 and bool(w.SUBJECTS.intersection(listed[:at]))
        modality = Modality.MAY if speaks else Modality.FACT
        if speaks and refused:
            modality = Modality.MUST if modal in {"may", "can"} else Modality.FACT
    else:
        modality = Modality.PREFER if modal in w.WEAK else Modality.MUST
    if not you or modality is Modality.FACT:
        return modality, main, at + size
    rest = [token for token in main[:at] if token.word not in {"you", *w.ARTICLES}]
    return modality, rest + main[at + size :], 0


def _imperative(listed: Sequence[str]) -> Modality:
    first = next((word for word in listed if not _is_adverb(word)), listed[0])
    if first in w.PREFERENCES or listed[0] in w.PREFERENCES:
        return Modality.PREFER
    if listed[0] in w.PERMISSIONS:
        return Modality.MAY
    if first in w.VERBS or first in w.REFUSALS or w.STRONG.intersection(listed):
        return Modality.MUST
    return Modality.FACT


_NEEDS = frozenset(("need", "needs", "have", "has"))
_YOU = frozenset(("you", "also", "always", "then"))
_MODALS = frozenset(("must", "shall")) | w.WEAK | w.PERMIT
_ADVERBS = frozenset(
    ("always", "never", "only", "also", "do", "not", "first", "next", "then", "just", "simply")
)


def _is_adverb(word: str) -> bool:
    return word in _ADVERBS or (word.endswith("ly") and word not in w.VERBS)


def _is_need(listed: Sequence[str], index: int) -> bool:
    """True at "need to", "needs to", "have to"."""
    return listed[index] in _NEEDS and listed[index + 1 : index + 2] == ["to"]


_LINKING = frozenset(("be", "have", "can", "will", "could", "may", "might"))


def _condition(tokens: Sequence[Token]) -> str:
    words = _normal(tokens, 0, declarative=True)[2]
    return " ".join(
        "if" if word in {"when", "whenever"} and at < 2 else word for at, word in enumerate(words)
    )


def _normal(tokens: Sequence[Token], begin: int, declarative: bool) -> tuple[bool, int, list[str]]:
    """(is the main verb negated, where the predicate is in the key, the key)."""
    key: list[str] = []
    negative, predicate, before = False, -1, ""
    for index, token in enumerate(tokens):
        word = token.word
        following = tokens[index + 1].word if index + 1 < len(tokens) else ""
        if word in w.ARTICLES or word in MARKS:
            continue
        if word in {"do", "does", "did"} and following in {"not", "never"}:
            continue
        if word in {"not", "never", "no"}:
            negative = negative or (predicate < 0 and index >= begin)
            negative = negative or (declarative and (before in w.AUXILIARY or word == "never"))
            word = "no" if word == "no" else "not"
        elif not token.literal:
            negative = negative or (predicate < 0 and word in {"avoid", "refrain"})
            word = w.lemma(word)
            if predicate < 0 and index >= begin and not _is_adverb(word):
                predicate = len(key)
        before = token.word
        key.append(word)
    return negative, max(predicate, 0), key


def _bounds(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Numbers with comparator and unit, literals, identifiers; in order."""
    found = []
    for index, token in enumerate(tokens):
        word = token.word
        if token.literal:
            found.append(word)
        elif word.isalpha() and word not in w.QUANTITIES:
            continue
        elif word[-1].isdigit() or word[0].isdigit() or word in w.QUANTITIES or word[-1] == "%":
            first = index
            while first and tokens[first - 1].word in _COMPARING:
                first -= 1
            before = [t.word for t in tokens[first:index]]
            before = [] if before == ["at"] else before
            unit = [w.lemma(t.word) for t in tokens[index + 1 : index + 2] if t.word.isalpha()]
            found.append(" ".join([*before, word, *unit]))
        elif _IDENTIFIER.fullmatch(word):
            found.append(word)
    return tuple(found)


_COMPARING = w.COMPARATORS | {"no", "not", "at", "more", "less", "fewer"}
