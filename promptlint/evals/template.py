"""The data of a prompt that cases are put into: its messages with slots, and what they are filled in with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from promptlint.errors import SuiteError
from promptlint.model import Include, Prompt
from promptlint.records import dataclass
from promptlint.templates import JinjaSettings

Turn = Mapping[str, object]
"""A message of a request: plain JSON, as chat completions spell it."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt as it stands in a file, in a suite, or in an anchor.

    Args:
        prompt: its messages; of an anchor and of a mutant the segments have no place in a source.
        content_hash: of the messages with their slots and of what they include, 64 hex digits.
        place: file and line, for messages.
        needed: names without which it cannot be filled in.
        known: all names that it may be given.
        defaults: values of names that a case may leave out.
        model: what its call says; empty: not known.
        parameters: of its call, as they go into a request; those of the suite come first.
        includes: the templates that it may include.
        settings: of the project's Jinja.
        anchor: whether it was kept by an earlier `bless`.
        notes: what of the prompt is not sent as its code would.
    """

    prompt: Prompt
    content_hash: str
    place: str
    needed: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    model: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    includes: tuple[Include, ...] = ()
    settings: JinjaSettings = field(default_factory=JinjaSettings)
    anchor: bool = False
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The prompt's id; that of a text in a suite is the suite's path and line."""
        return self.prompt.id

    def wrong(self, message: str) -> SuiteError:
        """The error that names the prompt's file and line."""
        return SuiteError(f"{self.place}: {self.id}: {message}")
