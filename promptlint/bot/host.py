"""What the bot asks of a host, be it GitHub or GitLab: comments on one change request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment of ours under the change request; `at` is when it was made (as the host spells it)."""

    id: str
    body: str
    at: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment at lines of the change's new side, one that is wanted or (with an `id`) one of ours.

    `line` is the last line, from 1, `start_line` the first. `answered`: somebody has replied. `outdated`: the
    lines have changed since.
    """

    path: str
    start_line: int
    line: int
    body: str
    id: str = ""
    answered: bool = False
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """A finding at lines of a file, both from 1."""

    path: str
    start_line: int
    end_line: int
    level: Literal["notice", "warning", "failure"]
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a commit's list of checks shows where comments are refused; `summary` is Markdown."""

    name: str
    title: str
    summary: str
    annotations: tuple[Annotation, ...]


class Host(Protocol):
    """One change request of one host, with a token; every method may raise a HostError.

    Only comments that our own token's account wrote are ours: what others write is never read as a marker,
    changed or removed.
    """

    limit: int
    """Characters of one comment."""

    def head(self) -> str:
        """The sha that the change request points to now."""

    def comments(self) -> Iterator[Posted]:
        """Our comments that are not hidden, oldest first, all pages."""

    def create(self, body: str) -> Posted:
        """Add a comment."""

    def update(self, comment: Posted, body: str) -> None:
        """Replace the body of a comment."""

    def delete(self, comment: Posted) -> None:
        """Remove a comment; one that is gone already is no error."""

    def hide(self, comment: Posted) -> None:
        """Fold a comment away as outdated; a host without that removes it."""

    def remarks(self) -> Iterator[Remark]:
        """Our comments at lines, all pages."""

    def remark(self, sha: str, wanted: tuple[Remark, ...]) -> tuple[tuple[Remark, str], ...]:
        """Add comments at lines of commit `sha`; those that the host does not take, each with the reason."""

    def unremark(self, remark: Remark) -> None:
        """Remove a comment at lines; one that is gone already is no error."""

    def check(self, sha: str, wanted: Check) -> str:
        """Add a check to commit `sha`, once: where it is; empty: this host has none."""
