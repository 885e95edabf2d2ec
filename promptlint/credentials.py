"""Finds keys, tokens and passwords in texts, by their shapes and by the labels before them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from promptlint.model import Span
from promptlint.patterns import lazy

_SHAPES = (
    ("an Anthropic key", "sk-ant-", r"sk-ant-[\w-]{24,400}"),
    ("an OpenAI key", "sk-", r"sk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{24,400}"),
    ("an AWS access key", "AKIA", r"AKIA[0-9A-Z]{16}"),
    ("an AWS access key", "ASIA", r"ASIA[0-9A-Z]{16}"),
    *(("a GitHub token", f"gh{kind}_", rf"gh{kind}_[A-Za-z0-9]{{36,255}}") for kind in "pousr"),
    ("a GitHub token", "github_pat_", r"github_pat_\w{40,255}"),
    ("a GitLab token", "glpat-", r"glpat-[\w-]{20,255}"),
    ("a Slack token", "xox", r"xox[abeprs]-[A-Za-z0-9-]{20,255}"),
    ("a Google API key", "AIza", r"AIza[\w-]{35}"),
    ("a Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{30,255}"),
    ("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", "pypi-", r"pypi-AgE[\w-]{50,255}"),
    ("a SendGrid key", "SG.", r"SG\.[\w-]{16,64}\.[\w-]{16,64}"),
    ("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,255}"),
    ("a live key", "_live_", r"[a-z]{2,6}_live_[A-Za-z0-9]{16,255}"),
)
_KNOWN = tuple((what, mark, lazy(rf"(?<![\w-]){body}(?![\w-])")) for what, mark, body in _SHAPES)
_LEAD = 16  # characters of a key or address before what it is found by
_TAIL = 420
_BLOCK = lazy(r"-----BEGIN (?:[A-Z]{2,10} ){0,3}PRIVATE KEY-----\s*[A-Za-z0-9+/=]{40}")
_ADDRESS = lazy(r"\b[a-z][a-z0-9+]{2,15}://[^\s:/@<>{}$]{1,64}:([^\s:/@<>{}$]{6,64})@[\w.-]{3,}")
_LABEL = lazy(
    r"[Pp]ass(?:word|phrase|wd)|PASS(?:WORD|PHRASE|WD)|[Pp]wd|PWD|[Kk]ey|KEY"
    r"|[Ss]ecret|SECRET|[Tt]oken|TOKEN|[Bb]earer|BEARER"
)
_LABELS = ("pass", "pwd", "key", "secret", "token", "bearer")
_OWNER = lazy(
    r"(?:api|access|secret|private|licen[cs]e|auth|client|bearer|the)[ _-]?$|[a-z0-9]_$", re.IGNORECASE
)  # what a key or token needs before it
_VALUE = lazy(
    r"""(?![A-Za-z0-9_])(?:[ ]there|[ ]for[ ][\w ]{1,20})?[ "'`*]{0,3}(?:[ ]?(?:[:=]|is|are)[ ]?|[ ])
    [ "'`*]{0,3}
    (?P<value>[^\s"'`<>{}()\[\]*,;]{8,255})""",
    re.VERBOSE | re.IGNORECASE,
)
_PLACEHOLDER = lazy(
    r"x{3}|\*{3}|\.{3}|…|your|example|sample|dummy|placeholder|fake|redact|changeme|insert|replace|secret"
    r"|passw|test|(?<![A-Za-z])(?:demo|foo|my)(?![A-Za-z])|1234|abcd|abc123|xyz|0{6}|_key\b|api_?key|[$%{]",
    re.IGNORECASE,
)
_LEAST = {"known": 3.0, "password": 2.7, "labelled": 3.0}  # bits a character
_SHORTEST = 16  # characters of a key or token that is told by its label
_SYMBOL = lazy(r"[^A-Za-z0-9\s._/-]")
_URL = lazy(r"\w+://|[\w-]+(?:\.[\w-]+){2,}$|[\w.-]+/[\w./-]+$")


def secrets(text: str, lower: str) -> Iterator[tuple[Span, str]]:
    """Where keys, tokens and passwords stand in a text, and what each looks like.

    `lower` is the text in small letters. Of a private key it is only its beginning; places may overlap.
    """
    for what, mark, pattern in _KNOWN:
        for match in _around(text, mark, pattern) if mark in text else ():
            if _is_random(match.group(), "known"):
                yield Span(*match.span()), f"what looks like {what}"
    if "PRIVATE KEY-----" in text:
        for match in _BLOCK.finditer(text):
            yield Span(*match.span()), "a private key"
    for match in _around(text, "://", _ADDRESS) if "@" in text else ():
        if _is_password(match[1]):
            yield Span(*match.span(1)), "a password in an address"
    yield from _labelled(text, lower)


def _around(text: str, mark: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What fits around each place of a mark; far faster than to look at each character."""
    at = text.find(mark)
    while at >= 0:
        match = pattern.search(text, max(0, at - _LEAD), at + _TAIL)
        if match is not None and match.start() <= at < match.end():
            yield match
        at = text.find(mark, at + 1 if match is None else max(at + 1, match.end()))


def _labelled(text: str, lower: str) -> Iterator[tuple[Span, str]]:
    """Values behind a label: `password g8!Wkx2pL`, `API_TOKEN=...`."""
    if not any(word in lower for word in _LABELS):
        return
    for label in _labels(text, lower):
        kind = label.group()[0].lower()
        before = text[max(0, label.start() - 12) : label.start()]
        if kind in "kt" and not _OWNER.search(before):
            continue
        match = _VALUE.match(text, label.end())
        if match is None or (kind == "p" and before[-1:].isalpha()):
            continue
        value = match["value"].rstrip(".:!?")
        span = Span(match.start("value"), match.start("value") + len(value))
        if kind == "p":
            if _is_password(value):
                yield span, "what looks like a password"
        elif len(value) >= _SHORTEST and _is_key(value):
            yield span, "what looks like a key or token"


def _labels(text: str, lower: str) -> list[re.Match[str]]:
    """Where the labels stand, in order; the search of strings is far faster than that of a pattern."""
    if len(lower) != len(text):
        return list(_LABEL.finditer(text))
    places = [match.start() for word in _LABELS for match in re.finditer(word, lower)]
    return [match for at in sorted(places) if (match := _LABEL.match(text, at)) is not None]


def _is_password(value: str) -> bool:
    """Letters, digits and one of: a sign, a capital inside; words joined by signs alone are prose."""
    digits = any(char.isdigit() for char in value)
    lower = any(char.islower() for char in value)
    upper = any(char.isupper() for char in value)
    mixed = digits and lower and (upper or _SYMBOL.search(value) is not None)
    return mixed and len(value) >= 8 and not _URL.match(value) and _is_random(value, "password")


def _is_key(value: str) -> bool:
    """Runs of letters and digits, mixed; a path, an address or a name with a version is none."""
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    plain = re.fullmatch(r"[\w+/=.-]+", value) is not None
    words = re.findall(r"[a-z]{4,}", value)
    return (
        plain
        and digits >= 3
        and letters >= 4
        and sum(map(len, words)) * 2 < len(value)
        and not _URL.match(value)
        and _is_random(value, "labelled")
    )


def _is_random(value: str, kind: str) -> bool:
    """False for placeholders, and for texts whose characters hold too few bits."""
    if _PLACEHOLDER.search(value):
        return False
    size = len(value)
    bits = -sum(count / size * math.log2(count / size) for count in Counter(value).values())
    return bits >= _LEAST[kind]
