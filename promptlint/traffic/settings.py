"""What a run over logs goes by: salt, clock, what becomes of texts, prices, prompts and mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.traffic.mapping import Mapped

Texts = Literal["none", "hash", "keep"]
"""Of message texts: not looked at; hashed and matched, not kept; kept, masked, in the run's own table."""

MAX_ROW = 16 * 2**20
"""Bytes of one record that is read, more than any model takes: about four million tokens."""


class Matcher(Protocol):
    """Tells the prompt of a logged call; must be picklable, for other processes have it too."""

    def by_id(self, logged: str) -> str | None:
        """The prompt that an id or name in metadata stands for; None: none of the repository."""
        ...

    def by_text(self, system: str, user: str) -> tuple[str, str] | None:
        """The prompt of a system text (empty: of the first user message), and "fingerprint" or "system"."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How records become rows of the table.

    Args:
        salt: of all hashes of the run; hashes of two runs can be compared only if it is the same.
        now: seconds since 1970 at which the run began; later calls have a wrong clock.
        texts: what becomes of message texts.
        prices: the configuration's own prices, as for `prices.price`.
        matcher: of the repository's prompts; None: only ids in metadata are known.
        mapping: where the values of a format of one's own are; None: formats are told by content.
    """

    salt: bytes
    now: float
    texts: Texts = "hash"
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    matcher: Matcher | None = None
    mapping: Mapped | None = None
