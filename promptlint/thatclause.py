"""Tells "note that the shop closes" from "note that number": only before a clause is the opening filler."""

from __future__ import annotations

import re
from itertools import pairwise

from promptlint.patterns import lazy
from promptlint.words import AS_IS, COMMANDS, VERBS, table

_FAR = 240  # code points that are read on
_END = lazy(r"[.!?;:](?=\s|$)|\n[ \t]*\n")
_WORD = lazy(r"`[^`\n]{1,60}`|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|,|\S")
_SUBJECTS = table(
    "it they you we he she i they're you're we're he's she's it's i'm you'll we'll they'll it'll"
)
_DETERMINERS = table("the a an this these those all any some each every no your our their my its his")
_THERE = table("is are was were will may might can could must should exists exist has have")
_WHEN = table(
    "time times day days night nights week weeks month months year years hour hours minute minutes moment "
    "way while matter turn step session morning evening afternoon"
)  # "remember that each time you answer" has no clause behind "that"
_CONDITIONS = table("if when whenever because although unless while once since")
_FINITE = table(
    "is are was were has have had do does did will would can could may might must shall should cannot isn't "
    "aren't wasn't weren't hasn't haven't don't doesn't didn't won't can't couldn't shouldn't mustn't"
)
_APART = table("and or but then , as for to in")
_PRONOUNS = table("everything everyone everybody nothing nobody someone anyone")
_JOINING = ("and", "or", "but")
_NEAR = 6  # words from a subject to its verb
_NOUNS = 3  # words of a subject, as "gift cards"


def follows(text: str, at: int) -> bool:
    """Whether a clause surely begins at `at`, behind "that"; False where "that" may be another word.

    A closed list, and no parser: a clause begins with a subject pronoun, with an article, a possessive or a
    quantity and two words more, with "there is", or with a plural or a name in code and a finite verb.
    """
    end = _END.search(text, at, at + _FAR)
    words = [each.replace("’", "'") for each in _WORD.findall(text, at, end.start() if end else at + _FAR)]
    return opens(words)


def opens(words: list[str]) -> bool:
    """Whether the words of the rest of a sentence, commas among them, surely begin with a clause."""
    if any(one.lower() in _JOINING and other.lower() == "that" for one, other in pairwise(words)):
        return False  # "note that it rains and that it is cold": the second one needs the opening, too
    while words and words[0] == ",":
        words = words[1:]
        if not words or words[0].lower() not in _CONDITIONS:
            return False
    return _is_clause(words)


def _is_clause(words: list[str]) -> bool:
    lower = [word.lower() for word in words]
    if len(lower) < 2:
        return False
    first, second = lower[0], lower[1]
    if first in _CONDITIONS:
        comma = lower.index(",") if "," in lower else len(lower)
        return comma > 1 and _is_clause(words[comma + 1 :])
    if first in {"not", "only"}:
        return second in _DETERMINERS and _is_clause(words[1:])
    if first == "there":
        return second in _THERE
    if first in _SUBJECTS:
        return second not in _APART
    if first in _DETERMINERS:
        return len(lower) > 2 and second not in _APART and not _WHEN.intersection(lower[1:4])
    if first.startswith("`"):
        return second in _FINITE
    if first in _PRONOUNS:
        return second not in _APART
    return _has_plural(lower)


def _has_plural(lower: list[str]) -> bool:
    """A plural behind "that" has it for no determiner; so has a noun with a plural before its finite verb."""
    if _is_plural(lower[0]):
        near = lower[1 : 1 + _NEAR]
        return not _FINITE.isdisjoint(near) or not VERBS.isdisjoint(_until_comma(near))
    near = _until_comma(lower[: 1 + _NEAR])
    at = next((number for number, word in enumerate(near) if word in _FINITE), 0)
    return 0 < at <= _NOUNS and _is_plural(near[at - 1])


def _until_comma(words: list[str]) -> list[str]:
    """The words before the first that parts the subject from another clause."""
    found = next((number for number, word in enumerate(words) if word in {",", "and", "then"}), len(words))
    return words[:found]


def _is_plural(word: str) -> bool:
    if word in AS_IS or word in COMMANDS or len(word) < 4 or not re.fullmatch(r"[a-z]+", word):
        return False
    return word in {"people", "children"} or (word.endswith("s") and not word.endswith(("ss", "us", "is")))
