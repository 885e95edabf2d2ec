"""Shortens a prompt without asking a model: only edits that the contract agrees to, the surest first.

The answer to a budget is honest: where no such edit is left, it stops and says how far it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from promptlint import lint, measure, vet
from promptlint.compress import judging, passes, tidy
from promptlint.compress.ground import File
from promptlint.compress.proposal import Ground, Proposal, Tier
from promptlint.contract import Change
from promptlint.errors import ProofError
from promptlint.locate import edited, replaced
from promptlint.measure import Weight
from promptlint.model import Basis, Edit, Prompt, Source
from promptlint.proof import prove
from promptlint.records import dataclass

_SURE = 0.1  # risk of an edit that keeps every requirement, beside one that drops a restated one


class Stop(str, Enum):
    """Why no more edits were taken."""

    DONE = "done"  # the budget is reached
    ALL = "all"  # nobody asked for a budget: all that the contract agrees to is done
    SHORT = "short"  # nothing is left that needs no eval suite


@dataclass(frozen=True, slots=True)
class Target:
    """How far to go: to so many tokens, to that share of what there is, or as far as possible."""

    budget: int | None = None
    ratio: float | None = None

    def tokens(self, before: int) -> int | None:
        """The tokens to come down to, None for all that is possible."""
        wanted = [self.budget] if self.budget is not None else []
        if self.ratio is not None:
            wanted.append(int(before * self.ratio))
        return min(wanted, default=None)


@dataclass(frozen=True, slots=True)
class Shortened:
    """What shortening a prompt gave.

    `chosen` are the proposals that were taken, `left` those that were not: refused by the proof, beyond the
    budget, or for a suite to judge. `before` and `after` are what the prompt takes. `source` is the whole
    file with the edits, proven. `kept` counts the items of the contract that are as they were; `subsumed` are
    those that a line that stays says, `lost` those that nothing does: by law none.
    """

    prompt: Prompt
    source: Source
    chosen: tuple[Proposal, ...]
    left: tuple[Proposal, ...]
    refused: tuple[tuple[Proposal, str], ...]
    before: Weight
    after: Weight
    calls_per_month: int | None
    model: str
    model_basis: Basis
    text: str
    kept: int
    subsumed: tuple[Change, ...]
    lost: tuple[Change, ...]
    target: int | None
    stop: Stop


def shorten(file: File, ground: Ground, target: Target) -> Shortened:
    """Shorten one prompt of a file.

    Args:
        file: from `ground.read`.
        ground: one of the file's.
        target: how far to go.
    """
    found = file.settings
    base = lint.basics(ground.prompt, found.config)
    before = measure.weight(ground.prompt, ground.view.count, base)
    judged = judging.judged(ground, passes.ideas(ground))
    proposals = judged.proposals
    wanted = target.tokens(before.tokens.high)
    chosen = tidy.tidied(ground, _chosen(ground, proposals, before.tokens.high, wanted))
    source, prompts, refused = _proven(file, chosen)
    kept_out = {id(each) for each, _ in refused}
    chosen = [each for each in chosen if id(each) not in kept_out]
    prompt = next(each for each in prompts if each.id == ground.prompt.id)
    after = measure.weight(prompt, ground.view.count, base)
    taken = {_key(each) for each in chosen}
    whole = all(_key(each) in taken for each in proposals if each.tier is not Tier.EVAL)
    outcome = judged.outcome if whole else judging.verdict(ground, chosen)
    stop = Stop.ALL if wanted is None else Stop.DONE if after.tokens.high <= wanted else Stop.SHORT
    return Shortened(
        prompt=ground.prompt,
        source=source,
        chosen=tuple(sorted(chosen, key=lambda each: each.edits[0].span)),
        left=tuple(each for each in proposals if _key(each) not in taken),
        refused=tuple(refused),
        before=before,
        after=after,
        calls_per_month=base.calls_per_month,
        model=base.priced_as or base.model,
        model_basis=Basis.ASSUMED if base.priced_as else base.model_basis,
        text=prompt.text,
        kept=outcome.kept,
        subsumed=outcome.notes,
        lost=outcome.troubles,
        target=wanted,
        stop=stop,
    )


def _key(proposal: Proposal) -> tuple[str, int, str]:
    """What a proposal is known by, tidied or not: where its last edit starts is never moved."""
    return proposal.pass_name, proposal.edits[-1].span.start if proposal.edits else -1, proposal.why


# --- choosing -------------------------------------------------------------------------------


def risk(proposal: Proposal) -> float:
    """How much a reader has to trust: little for what keeps all, one for each requirement said elsewhere."""
    return _SURE if proposal.tier is Tier.SAFE else 1.0 + len(proposal.losses)


def _chosen(ground: Ground, proposals: Sequence[Proposal], before: int, wanted: int | None) -> list[Proposal]:
    """Those that need no suite, by tokens saved per risk, until the budget is reached."""
    free = [each for each in proposals if each.tier is not Tier.EVAL]
    if wanted is None:
        return free
    free.sort(key=lambda each: (-each.tokens_saved / risk(each), each.edits[0].span))
    chosen: list[Proposal] = []
    left = before - wanted
    for each in free:
        if left <= 0 and _saved(ground, chosen) >= before - wanted:
            break
        chosen.append(each)
        left -= each.tokens_saved
    return chosen


def _saved(ground: Ground, chosen: Sequence[Proposal]) -> int:
    """Tokens that they save together, counted on the whole text."""
    after = edited(ground.prompt, vet.merged(chosen))
    return ground.view.tokens - ground.view.count(after.text)


# --- proving --------------------------------------------------------------------------------


def _proven(
    file: File, chosen: Sequence[Proposal]
) -> tuple[Source, tuple[Prompt, ...], list[tuple[Proposal, str]]]:
    """The file with the edits, its prompts, and what the proof refuses, each with the reason."""
    good: list[Proposal] = []
    refused: list[tuple[Proposal, str]] = []
    source, prompts = file.source, file.prompts
    waiting = [list(chosen)] if chosen else []
    while waiting:
        part = waiting.pop()
        try:
            source, prompts = applied(file, [*good, *part])
            good += part
        except ProofError as error:
            middle = len(part) // 2
            if middle:
                waiting += [part[middle:], part[:middle]]
            else:
                refused.append((part[0], str(error)))
    return source, prompts, refused


def applied(file: File, proposals: Sequence[Proposal]) -> tuple[Source, tuple[Prompt, ...]]:
    """The file with the edits of the proposals, and its prompts, proven as `fix` proves its own.

    Raises:
        ProofError: nothing may be written.
    """
    source = file.source
    edits: tuple[Edit, ...] = tuple(
        sorted((edit for each in proposals for edit in each.source_edits), key=lambda edit: edit.span)
    )
    changes = [(edit.span.start, edit.span.end, edit.new) for edit in edits]
    new = replace(source, text=replaced(source.text, changes))
    meant: dict[str, list[Proposal]] = {prompt.id: [] for prompt in file.prompts}
    for each in proposals:
        meant[each.prompt_id].append(each)
    wanted = {name: vet.merged(each) for name, each in meant.items()}
    return new, prove(source, file.prompts, wanted, edits, new, file.settings.options)


# --- telling --------------------------------------------------------------------------------


def sentence(done: Shortened) -> str:
    """One sentence that says how far it came, and what would be needed to go on."""
    reached = done.after.tokens.high
    gated = (each for each in done.left if each.tier is Tier.EVAL)
    more = sum(each.is_bound or each.is_shorter for each in gated)
    if done.stop is Stop.SHORT:
        return f"reached {reached:,} of the asked {done.target:,}; what is left needs an eval suite"
    if done.stop is Stop.DONE:
        return f"{reached:,} tokens: within the {done.target:,} that were asked for"
    return "all that the contract agrees to is done" + (
        f"; {more} more would need an eval suite" if more else ""
    )
