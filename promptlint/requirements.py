"""Reads one sentence as requirements: modality, polarity, predicate, object, bounds and condition.

Nothing here understands a sentence. Every content word of it ends up in the `key` of some requirement, in order, so that no
word can go missing unnoticed; the other fields only serve to judge which survivor may stand for which requirement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from promptlint import words as w
from promptlint.model import Span


class Modality(str, Enum):
    """How binding a requirement is; FACT is a statement that instructs nothing by itself."""

    MUST = "must"
    PREFER = "should"
    MAY = "may"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a prompt asks, allows, forbids or states.

    `span` is in prompt coordinates; `text` is as written. `key` is the whole clause, normalised and in order; `words` its
    content lemmas; `bound` its numbers with comparator and unit, literals, code and placeholders, as written;
    `condition` is normalised, "" if there is none; `scope` is (role, template branches, section path), each entry prefixed.
    """

    span: Span
    text: str
    modality: Modality
    positive: bool
    predicate: str
    object: str
    words: frozenset[str]
    bound: tuple[str, ...]
    condition: str
    scope: tuple[str, ...]
    key: tuple[str, ...]


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


class _Token(NamedTuple):
    word: str  # lower case; literals as written
    start: int
    end: int
    literal: bool


_TOKEN = re.compile(
    r"""(?P<literal>`[^`\n]+`|(?<!\w)"[^"\n]{1,400}"(?!\w)|“[^”\n]{1,400}”|(?<!\w)'[^'\n]{1,80}'(?!\w)
    |https?://[^\s<>)\]"']+|\{+[^{}\n]{1,80}\}+|<[^<>\s][^<>\n]{0,80}>|\[[^\[\]\n]{1,80}\])
    |(?P<number>[$€£]?\d+(?:[.,:/-]\d+)*%?(?!\w))
    |(?P<word>\w+(?:['’./@-]\w+)*)
    |(?P<mark>[,;:()]|[^\s\w.!?*_#"'`~|>…“”‘’\[\]{}–—。！？、，•-])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s+")
_POLITE = re.compile(rf"\W*{w.POLITE}(?:,? {w.POLITE})?\W*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\w*[_.@/\d]\w*|\w+-\d.*")
_PHRASES: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
for _phrase, _meaning in sorted(w.FILLER.items(), key=lambda item: -len(item[0])):
    _PHRASES.setdefault(_phrase.split()[0], []).append((tuple(_phrase.split()), tuple(_meaning.split())))
_MARKS = frozenset(",;:()")
_QUESTIONS = frozenset(("could", "would", "can"))


@lru_cache(maxsize=1 << 13)
def read(sentence: str) -> tuple[Clause, ...]:
    """The clauses of a sentence that say something; none for courtesy and for text without a word."""
    if len(sentence) < 120 and _POLITE.fullmatch(sentence):
        return ()
    tokens = _without_filler(_tokens(sentence))
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


# --- words ------------------------------------------------------------------------------------


def _tokens(sentence: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(sentence):
        start, end = match.span()
        if match.lastgroup == "word":
            word = match[0].replace("’", "'").strip("_").lower()
            if word in w.CONTRACTIONS:
                found += [_Token(part, start, end, False) for part in w.CONTRACTIONS[word]]
            elif word.endswith("n't"):
                found += [_Token(word[:-3], start, end, False), _Token("not", start, end, False)]
            elif word:
                found.append(_Token(word, start, end, False))
        else:
            literal = match.lastgroup == "literal"
            found.append(_Token(_SPACE.sub(" ", match[0]) if literal else match[0], start, end, literal))
    return found


def _without_filler(tokens: list[_Token]) -> list[_Token]:
    result: list[_Token] = []
    index = 0
    if len(tokens) > 1 and tokens[1].word == ":" and tokens[0].word in w.EMPHASIS:
        index = 2
    while index < len(tokens):
        token = tokens[index]
        meaning = None
        for phrase, stands_for in _PHRASES.get(token.word, ()):
            window = tuple(t.word for t in tokens[index : index + len(phrase)])
            if window == phrase and _is_filler(phrase, result):
                meaning = stands_for
                break
        if meaning is None:
            result.append(token)
            index += 1
        else:
            result += [_Token(word, token.start, token.end, False) for word in meaning]
            index += len(window)
    return result


def _is_filler(phrase: tuple[str, ...], before: Sequence[_Token]) -> bool:
    if phrase[0] == "please":
        return not (before and before[-1].word == "to")
    if phrase[0] in _QUESTIONS or phrase[-1] == "to" or phrase[0] in {"make", "be", "ensure", "remember"}:
        return (
            not before
            or before[-1].word in _MARKS
            or before[-1].word in w.LINKS
            or phrase == ("prior", "to")
            or (phrase[0] in {"in", "so", "prior", "subsequent", "with", "has", "have"})
        )
    return True


# --- clauses ----------------------------------------------------------------------------------


def _leading_condition(tokens: list[_Token]) -> tuple[list[_Token], list[_Token]]:
    """ "If X, do Y" as (X with its conjunction, Y); an empty condition if the sentence opens with none."""
    if not tokens or tokens[0].word not in w.CONDITIONS_FIRST:
        return [], tokens
    commas = [i for i, token in enumerate(tokens) if token.word in {",", "then"} and i > 1]
    if not commas:
        return [], tokens
    cut = next((i for i in commas if _opens(tokens, i + 1)), commas[0])
    return tokens[:cut], tokens[cut + 1 :]


def _opens(tokens: Sequence[_Token], index: int) -> bool:
    """True if an instruction may begin at `index`."""
    following = [token.word for token in tokens[index : index + 2]]
    if not following or following[0] in {"or", "and"}:
        return False
    first = following[0]
    return first in w.VERBS or first in w.RESTARTS or first in {"you", "do", "then"}


def _clauses(tokens: list[_Token]) -> list[list[_Token]]:
    """Cuts at semicolons, and before "and never ...", ", but ...", "and do not ..."."""
    parts: list[list[_Token]] = [[]]
    for index, token in enumerate(tokens):
        if token.word == ";" or (index and _restarts(tokens, index) and _has_words(parts[-1], 2)):
            parts.append([])
        if token.word != ";":
            parts[-1].append(token)
    return parts


def _restarts(tokens: Sequence[_Token], index: int) -> bool:
    word = tokens[index].word
    if word not in {"and", "but", ","}:
        return False
    following = [token.word for token in tokens[index + 1 : index + 4]]
    if word == "," and following[:1] in (["and"], ["but"], ["then"]):
        return following[0] == "but" or _starts(following[1:])
    if tokens[index - 1].word == ",":
        return False
    return _starts(following)


def _starts(following: Sequence[str]) -> bool:
    return bool(following) and (following[0] in w.RESTARTS or list(following[:2]) == ["do", "not"])


def _has_words(tokens: Sequence[_Token], count: int) -> bool:
    return sum(token.word not in _MARKS for token in tokens) >= count


def _clause(tokens: list[_Token], leading: list[_Token]) -> Clause | None:
    tokens = list(tokens)
    while tokens and (tokens[0].word in _MARKS or tokens[0].word in w.LINKS):
        tokens.pop(0)
    main, trailing = _trailing_condition(tokens)
    main = [token for token in main if token.word not in _MARKS]
    if not main:
        return None
    modality, main, refused = _modality(main)
    negative, at, key = _normal(main, declarative=modality is Modality.FACT)
    if not key:
        return None
    if modality is Modality.FACT:
        at = next((i for i, word in enumerate(key) if i and (word in _LINKING or word in w.VERBS)), 0)
    condition = " & ".join(" ".join(_normal(part, declarative=True)[2]) for part in (leading, trailing) if part)
    predicate = key[at] if at < len(key) else key[0]
    content = [word for word in key[at + 1 :] if word not in w.STOPWORDS]
    return Clause(
        tokens[0].start,
        max(tokens[-1].end, tokens[0].end),
        modality,
        not (negative or refused),
        predicate,
        " ".join(content[:3]),
        frozenset(word for word in key if word not in w.STOPWORDS),
        _bounds(main + trailing + leading),
        condition,
        tuple(key),
    )


def _trailing_condition(tokens: list[_Token]) -> tuple[list[_Token], list[_Token]]:
    for index in range(2, len(tokens) - 1):
        if tokens[index].word in w.CONDITIONS and w.lemma(tokens[index - 1].word) not in w.ASKING:
            cut = index - 1 if tokens[index - 1].word in {"only", "even", "except"} and index > 2 else index
            return tokens[:cut], tokens[cut:]
    return tokens, []


def _modality(main: list[_Token]) -> tuple[Modality, list[_Token], bool]:
    """The modality, the tokens without the subject "you" and the modal verb that said it, and whether that was negated."""
    listed = [token.word for token in main]
    at = next((i for i, word in enumerate(listed) if word in _MODALS or _is_need(listed, i)), -1)
    if at < 0 or (at == 0 and listed[0] in w.VERBS):
        return _imperative(listed), main, False
    subject = at <= 3 and bool(w.SUBJECTS.intersection(listed[:at]))
    modal = listed[at]
    size = 2 if _is_need(listed, at) else 1
    kept = main[at + size :] if subject else main[:at] + main[at + size :]
    refused = listed[at + size : at + size + 1] in (["not"], ["never"])
    if listed[at - 1 : at] == ["not"] and size == 2:  # "do not need to": no duty
        return Modality.MAY, main, True
    if modal in w.PERMIT:
        if not subject:
            return Modality.FACT, main, False
        return (Modality.MUST if refused else Modality.MAY), kept, refused
    return (Modality.PREFER if modal in w.WEAK else Modality.MUST), kept, refused


def _imperative(listed: Sequence[str]) -> Modality:
    first = next((word for word in listed if word not in _ADVERBS and not word.endswith("ly")), listed[0])
    if first in w.PREFERENCES or listed[0] in w.PREFERENCES:
        return Modality.PREFER
    if listed[0] in w.PERMISSIONS:
        return Modality.MAY
    if first in w.VERBS or first in w.REFUSALS or w.STRONG.intersection(listed):
        return Modality.MUST
    return Modality.FACT


_MODALS = frozenset(("must", "shall")) | w.WEAK | w.PERMIT
_ADVERBS = frozenset(
    ("always", "never", "only", "also", "do", "not", "first", "next", "then", "just", "simply")
)


def _is_need(listed: Sequence[str], index: int) -> bool:
    """True at "need to", "needs to", "have to"."""
    return listed[index] in {"need", "needs", "have", "has"} and listed[index + 1 : index + 2] == ["to"]


_LINKING = frozenset(("be", "have", "can", "will", "could", "may", "might"))


def _normal(tokens: Sequence[_Token], declarative: bool) -> tuple[bool, int, list[str]]:
    """(is the main verb negated, where the predicate is in the key, the key)."""
    key: list[str] = []
    negative, predicate, before = False, -1, ""
    for index, token in enumerate(tokens):
        word = token.word
        if word in w.ARTICLES or word in _MARKS:
            continue
        if (
            word in {"do", "does", "did"}
            and index + 1 < len(tokens)
            and tokens[index + 1].word in {"not", "never"}
        ):
            continue
        if word in {"not", "never", "no"}:
            negative = negative or predicate < 0
            negative = negative or (declarative and (before in w.AUXILIARY or word == "never"))
            word = "no" if word == "no" else "not"
        elif not token.literal:
            negative = negative or (predicate < 0 and word in {"avoid", "refrain"})
            word = w.CONDITIONS.get(word) or w.lemma(word)
            if predicate < 0 and word not in _ADVERBS and not word.endswith("ly"):
                predicate = len(key)
        before = token.word
        key.append(word)
    return negative, max(predicate, 0), key


def _bounds(tokens: Sequence[_Token]) -> tuple[str, ...]:
    """Numbers with comparator and unit, literals, identifiers; in order."""
    found = []
    for index, token in enumerate(tokens):
        word = token.word
        if token.literal:
            found.append(word)
        elif word[-1].isdigit() or word[0].isdigit() or word in w.QUANTITIES or word[-1] == "%":
            before = [t.word for t in tokens[max(0, index - 3) : index] if t.word in _COMPARING]
            unit = [w.lemma(t.word) for t in tokens[index + 1 : index + 2] if not t.literal]
            found.append(" ".join([*before, word, *unit]))
        elif _IDENTIFIER.fullmatch(word):
            found.append(word)
    return tuple(found)


_COMPARING = w.COMPARATORS | {"no", "not", "at", "more", "less", "fewer"}
