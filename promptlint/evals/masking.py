"""Masks e-mail addresses and secrets in logged texts; nothing else that tells who somebody is."""

from __future__ import annotations

import re
from dataclasses import field

from promptlint.credentials import secrets
from promptlint.records import dataclass

_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_KEY_END = re.compile(r"-----END [A-Z ]{0,40}KEY-----")
_LONGEST_KEY = 20_000
SECRET = "[secret]"  # noqa: S105  # what stands for one


@dataclass(slots=True)
class Masker:
    """Masks the texts of one log: the same address has the same name everywhere.

    `masked` counts what was replaced.
    """

    names: dict[str, str] = field(default_factory=dict)
    masked: int = 0

    def text(self, text: str) -> str:
        """The text without addresses and secrets."""
        if "@" in text:
            text = _EMAIL.sub(self._email, text)
        return self._without_secrets(text)

    def data(self, value: object) -> object:
        """A value of JSON, its texts masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if isinstance(value, dict):
            return {key: self.data(item) for key, item in value.items()}
        return value

    def _email(self, match: re.Match[str]) -> str:
        self.masked += 1
        return self.names.setdefault(match[0].lower(), f"person{len(self.names) + 1}@example.com")

    def _without_secrets(self, text: str) -> str:
        out, at = [], 0
        for span in sorted(span for span, _ in secrets(text, text.lower())):
            end = span.end
            if text.startswith("-----BEGIN", span.start):
                closed = _KEY_END.search(text, span.end, span.end + _LONGEST_KEY)
                end = closed.end() if closed else min(len(text), span.end + _LONGEST_KEY)
            if span.start >= at:
                out += [text[at : span.start], SECRET]
                self.masked += 1
            at = max(at, end)
        return "".join([*out, text[at:]])
