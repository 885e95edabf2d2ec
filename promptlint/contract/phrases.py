"""Words of a sentence, with the phrases taken out that carry no instruction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from promptlint import thatclause
from promptlint import words as w


class Token(NamedTuple):
    """A word, number, literal or mark, with offsets in the sentence."""

    word: str  # lower case; literals as written
    start: int
    end: int
    literal: bool


_TOKEN = re.compile(
    r"""(?P<word>(?!https?://)[^\W\d]\w*(?:['’./@-]\w+)*)
    |(?P<literal>`[^`\n]+`|(?<!\w)"[^"\n]{1,400}"(?!\w)|“[^”\n]{1,400}”|(?<!\w)'[^'\n]{1,80}'(?!\w)
    |https?://[^\s<>)\]"']+|\{+[^{}\n]{0,80}\}+|<[^<>\s][^<>\n]{0,80}>|\[[^\[\]\n]{0,80}\])
    |(?P<number>(?:(?<!\w)[-~±])?[$€£]?\d+(?:[.,:/-]\d+)*%?(?!\w))
    |(?P<mixed>\w+(?:['’./@-]\w+)*)
    |(?P<mark>[!<>=]=|[=-]>|[,;:()]|[^\s\w.!?*_#"'`~…“”‘’\[\]{}–—。！？、，•-])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s+")
MARKS = frozenset(",;:()")
_THAT = frozenset(
    tuple(phrase.split())
    for phrase, meaning in (w.FILLER | w.OPENERS).items()
    if phrase.endswith(" that") and not meaning
)
_FAR = 40  # tokens that are read on, to see whether "that" begins a clause
_OPENERS = frozenset(tuple(phrase.split()) for phrase in w.OPENERS)


def _by_first_word(meanings: dict[str, str]) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Phrases and what they stand for, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase in sorted(meanings, key=len, reverse=True):
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append((words, tuple(meanings[phrase].split())))
    return found


_PHRASES = _by_first_word(w.FILLER | w.OPENERS)


def tokens_of(sentence: str) -> list[Token]:
    """The tokens of a sentence; Markdown emphasis and most punctuation are none."""
    found: list[Token] = []
    for match in _TOKEN.finditer(sentence):
        start, end = match.span()
        word = match[0]
        group = match.lastgroup
        if group in ("word", "mixed"):
            if word == "A" and (found or end == len(sentence.rstrip())):  # a name, as in "option A"
                found.append(Token(word, start, end, False))
                continue
            word = word.lower().strip("_")
            if "'" in word or "’" in word or word == "cannot":
                found += [Token(part, start, end, False) for part in _expanded(word.replace("’", "'"))]
            elif word:
                found.append(Token(word, start, end, False))
        elif group == "literal":
            found.append(Token(_SPACE.sub(" ", word), start, end, True))
        else:
            found.append(Token(word, start, end, False))
    return found


def _expanded(word: str) -> tuple[str, ...]:
    """A contraction in full."""
    if word.endswith("n't") and word not in w.CONTRACTIONS:
        return word[:-3], "not"
    return w.CONTRACTIONS.get(word, (word,))


def without_filler(tokens: list[Token]) -> list[Token]:
    """The tokens without the phrases of `words.FILLER`, or with what these stand for."""
    result: list[Token] = []
    index = _call_for_attention(tokens)
    if _PHRASES.keys().isdisjoint([token.word for token in tokens]):
        return tokens[index:]
    while index < len(tokens):
        token = tokens[index]
        meaning = None
        for phrase, stands_for in _PHRASES.get(token.word, ()):
            window = tuple(t.word for t in tokens[index : index + len(phrase)])
            behind = tokens[index + len(phrase) :]
            if window == phrase and _is_filler(phrase, result, behind):
                meaning = stands_for
                break
        if meaning is None:
            result.append(token)
            index += 1
        else:
            result += [Token(word, token.start, token.end, False) for word in meaning]
            index += len(window)
    return result


def _call_for_attention(tokens: Sequence[Token]) -> int:
    """How many tokens "Note:" or "Please note:" takes at the start."""
    first = 1 if tokens and tokens[0].word == "please" else 0
    head = [token.word for token in tokens[first : first + 2]]
    return first + 2 if len(head) == 2 and head[1] == ":" and head[0] in w.EMPHASIS else 0


def _is_filler(phrase: tuple[str, ...], before: Sequence[Token], behind: Sequence[Token]) -> bool:
    if phrase in _THAT and not thatclause.opens([token.word for token in behind[:_FAR]]):
        return False  # "remember that name"
    last = before[-1].word if before else ","
    if phrase == ("please",):
        return last != "to"
    return phrase not in _OPENERS or last in MARKS or last in w.LINKS
