"""Finds passages that other prompts of the run have too, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from promptlint.model import Hit, Shared, Span
from promptlint.passages import Passage, found, passages
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_words: words that passages in a row must have in all.
    """

    min_words: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for passages in a row that the same prompts share; none in the first of these prompts."""
    known = found(view)
    if not known:
        return
    seen: set[str] = set()
    for others, group in groupby(passages(view), lambda passage: _named(view, known.get(passage.digest))):
        run = [passage for passage in group if passage.digest not in seen]
        seen.update(passage.digest for passage in run)
        if others is not None and sum(passage.words for passage in run) >= params.min_words:
            yield _hit(view, run, others)


def _named(view: View, shared: Shared | None) -> Shared | None:
    """Whom to name, with nothing that tells one passage from the next; None if this is the first of them."""
    if shared is None or shared.first:
        return None
    return Shared("", view.prompt.id, shared.others, shared.count)


def _hit(view: View, run: list[Passage], others: Shared) -> Hit:
    span = Span(run[0].span.start, run[-1].span.end)
    more = f" and {others.count - 1} more" if others.count > 1 else ""
    tokens = view.count(view.text[span.start : span.end])
    return Hit(span, f"{tokens:,} tokens that {others.others[0]}{more} has too: keep them in one place")
