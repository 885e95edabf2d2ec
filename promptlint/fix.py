"""Applies the fixes of findings to a file's text, round by round, each round proven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint import lint, vet
from promptlint.errors import ProofError
from promptlint.locate import replaced
from promptlint.model import Edit, FileResult, Finding, Safety, Source
from promptlint.proof import prove
from promptlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promptlint.drafts import Draft

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Refused:
    """A fix that was not applied, and which promise it would have broken."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixing a file gave.

    `text` is the new text, equal to the old if nothing was applied. `after` is the result of
    checking it. `converged` is False if fixes were still found after the last round.
    """

    source: Source
    text: str
    applied: tuple[Finding, ...]
    refused: tuple[Refused, ...]
    after: FileResult
    converged: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A wanted fix in source coordinates, as `vet.compatible` takes it."""

    mark: lint.Mark
    edits: tuple[Edit, ...]


def fix_source(source: Source, settings: lint.Settings, asked: Safety, codes: Collection[str] = ()) -> Fixed:
    """Fix a file's text in memory; writing it is the caller's business.

    Args:
        source: the file.
        settings: as for checking it.
        asked: apply fixes of this safety and above.
        codes: only these rules; empty means all.
    """
    repaired: list[Finding] = []
    refused: dict[str, Refused] = {}
    current = source
    for _ in range(ROUNDS):
        examined = lint.examine(current, settings)
        items = [item for item in wanted(examined, asked, codes) if _key(item) not in refused]
        chosen = vet.compatible(items)
        if not chosen:
            return Fixed(source, current.text, tuple(repaired), tuple(refused.values()), examined.result)
        done, failed, current = _step(examined, chosen, settings)
        repaired.extend(item.mark.finding for item in done)
        refused.update({_key(item): Refused(item.mark.finding, reason) for item, reason in failed})
    after = lint.check_source(current, settings)
    left = any(item for item in wanted(lint.examine(current, settings), asked, codes))
    return Fixed(source, current.text, tuple(repaired), tuple(refused.values()), after, not left)


def _key(item: Item) -> str:
    return item.mark.finding.fingerprint


def wanted(examined: lint.Examined, asked: Safety, codes: Collection[str]) -> list[Item]:
    """The fixes of a file of that safety or above, and of these rules (empty: of all)."""
    items = []
    for mark in examined.marks:
        fix = mark.finding.fix
        if mark.draft is None or fix is None or not fix.edits or fix.safety < asked:
            continue
        if not codes or mark.finding.code in codes:
            items.append(Item(mark, fix.edits))
    return items


def _step(
    examined: lint.Examined, chosen: Sequence[Item], settings: lint.Settings
) -> tuple[Sequence[Item], list[tuple[Item, str]], Source]:
    """Apply all chosen fixes; where the proof fails, each half by itself, until those are left that break it.

    Every text that comes out is proven as a whole: each proof has all the fixes that went in before.
    """
    good: list[Item] = []
    failed = []
    current = examined.source
    waiting = [list(chosen)]
    while waiting:
        items = waiting.pop()
        try:
            current = applied(examined, [*good, *items], settings)
            good += items
        except ProofError as error:
            middle = len(items) // 2
            if middle:
                waiting += [items[middle:], items[:middle]]
            else:
                failed.append((items[0], str(error)))
    return good, failed, current


def applied(examined: lint.Examined, items: Sequence[Item], settings: lint.Settings) -> Source:
    """The file with the items' edits, proven.

    Raises:
        ProofError: nothing may be written.
    """
    edits = vet.merged(items)
    source = examined.source
    changes = [(edit.span.start, edit.span.end, edit.new) for edit in edits]
    new = replace(source, text=replaced(source.text, changes))
    drafts: dict[str, list[Draft]] = {prompt.id: [] for prompt in examined.prompts}
    for item in items:
        if item.mark.draft is not None:
            drafts[item.mark.draft.prompt.id].append(item.mark.draft)
    meant = {name: vet.merged(each) for name, each in drafts.items()}
    prove(source, examined.prompts, meant, edits, new, settings.options)
    return new
