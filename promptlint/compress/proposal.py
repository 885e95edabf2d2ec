"""What a pass proposes: edits that belong together, what they save, and what they may lose."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from promptlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptlint.contract import Change
    from promptlint.model import Edit, Hit, Prompt, Safety, Span
    from promptlint.view import View


class Tier(IntEnum):
    """What must be known before a proposal may be applied; ordered by risk.

    SAFE: nothing, every requirement is kept. SUBSUMING: every requirement is kept or said by a line that
    stays, which is shown. EVAL: something of the contract is lost, so that only an eval suite can tell.
    """

    SAFE = 1
    SUBSUMING = 2
    EVAL = 3


@dataclass(frozen=True, slots=True)
class Idea:
    """What a pass yields: edits in prompt coordinates that belong together, before anything is judged.

    `why` says in plain words why what goes is not needed. `stands` holds, for a stretch that goes, the one
    that stays and says it: the contract need not find it again. `safety` is the most that may be claimed.
    `least` is the lowest tier that may be claimed: EVAL where only a suite can tell, whatever the contract
    says. `schema` is the JSON Schema that the call must enforce instead of the words, "" if none.
    `in_source` are edits of template statements and slots, in source coordinates: they save what a call fills
    in, and no token of the template, and no pass may claim more than EVAL for them.
    """

    edits: tuple[Edit, ...]
    why: str
    safety: Safety
    least: Tier
    stands: tuple[tuple[Span, Span], ...] = ()
    code: str = ""
    schema: str = ""
    in_source: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """An idea that the tokenizer and the contract have judged.

    `edits` are in prompt coordinates, sorted, and belong together; `source_edits` spell them in the file.
    A bound of what is filled in has no `edits`: only a slot or a template statement changes. `tokens_saved`
    are counted with the prompt's tokenizer, less those of the `schema`, which may be more; of a bound they
    are known where a suite's cases are, else 0. `losses` are the changes of the contract that are not
    plainly KEPT: subsumed, each with its survivor, or lost. `related` are the stretches
    that stay and say what goes, in prompt coordinates.
    """

    pass_name: str
    prompt_id: str
    edits: tuple[Edit, ...]
    source_edits: tuple[Edit, ...]
    tokens_saved: int
    tier: Tier
    safety: Safety
    losses: tuple[Change, ...]
    why: str
    related: tuple[Span, ...] = ()
    stands: tuple[tuple[Span, Span], ...] = ()
    code: str = ""
    schema: str = ""

    @property
    def is_bound(self) -> bool:
        """Whether it bounds what is filled in, and changes no text."""
        return not self.edits

    @property
    def is_shorter(self) -> bool:
        """Whether it saves tokens: a schema in the call may take more than the words that it replaces."""
        return self.tokens_saved > 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of the prompt; `safety` is the most that its card claims for the edits."""

    hit: Hit
    safety: Safety

    @property
    def edits(self) -> tuple[Edit, ...]:
        """In prompt coordinates, sorted."""
        return tuple(sorted(self.hit.edits, key=lambda edit: edit.span))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a pass works on: the prompt as checkers see it, what rules say of it, and what no edit may touch.

    `found` holds what the rules of the passes say, by code; `kept` are ranges in prompt coordinates that a
    `keep` comment protects.
    """

    view: View
    found: Mapping[str, tuple[Found, ...]]
    kept: tuple[Span, ...] = ()

    @property
    def prompt(self) -> Prompt:
        """The prompt that is shortened."""
        return self.view.prompt

    def of(self, *codes: str) -> Iterator[Found]:
        """What some rules say, rule by rule."""
        for code in codes:
            yield from self.found.get(code, ())
