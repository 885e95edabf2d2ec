"""What is not there any more: prompts in files that cannot be read, and what removed prompts required."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from promptlint import contract
from promptlint.changes import Item, Move, PromptChange
from promptlint.compare import contents, sides
from promptlint.compare.matching import Pair
from promptlint.compare.sides import Side
from promptlint.contract import Contract, Fate
from promptlint.locate import locate, location
from promptlint.model import Prompt
from promptlint.records import dataclass
from promptlint.style import plural
from promptlint.view import View

_UNREADABLE = frozenset({"SRC001", "SRC002", "SRC003", "TPL001"})


@dataclass(frozen=True, slots=True)
class Readable:
    """The pairs that can be compared, and the others: how many prompts of each file cannot be read now."""

    pairs: tuple[Pair, ...]
    unread: Mapping[str, int]


def readable(pairs: Iterable[Pair], before: Side, after: Side) -> Readable:
    """The pairs without prompts that are gone because their file is not read any more."""
    result = after.outcome.result
    paths = {each.path for each in result.skipped} | {each.path for each in result.errors}
    paths |= {each.path for each in after.findings.get("", ()) if each.code in _UNREADABLE}
    kept: list[Pair] = []
    unread: Counter[str] = Counter()
    for old, new in pairs:
        path = before.facts[old].path if old is not None and new is None else ""
        if path in paths:
            unread[path] += 1
        else:
            kept.append((old, new))
    return Readable(tuple(kept), unread)


def reasons(unread: Mapping[str, int], skipped: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The files that were passed over, with the prompts that are not compared because of it."""
    named = set()
    for path, reason in skipped:
        named.add(path)
        yield path, f"{reason}; {_left(unread[path])}" if unread.get(path) else reason
    for path, count in unread.items():
        if path not in named:
            yield path, f"cannot be read any more; {_left(count)}"


def _left(count: int) -> str:
    return f"{plural(count, 'prompt')} that it held before {'is' if count == 1 else 'are'} not compared"


# --- requirements ---------------------------------------------------------------------------


def told(changes: Iterable[PromptChange], before: Side, after: Side) -> tuple[PromptChange, ...]:
    """The changes, with what removed prompts required, and what moved to an added prompt of its file.

    A requirement of a removed prompt that an added or changed one holds, letter case and spaces aside, is not
    lost.
    """
    found = tuple(changes)
    removed = [item for item in found if item.status == "removed"]
    added = [item for item in found if item.status == "added"]
    if not removed and not (added and any(item.contract_losses for item in found)):
        return found
    now = _contracts(after, [item for item in found if item.status != "removed" and item.edited])
    was = _contracts(before, removed)
    held = {text for items in now.values() for text in items}
    beside: dict[str, dict[str, Item]] = {}
    for item in added:
        beside.setdefault(item.path, {}).update(now.get(item.id, {}))
    return tuple(
        replace(item, contract_losses=_lost(was.get(item.id, {}), held))
        if item.status == "removed"
        else _beside(item, beside.get(item.path, {}))
        for item in found
    )


def _lost(was: Mapping[str, Item], held: set[str]) -> tuple[Item, ...]:
    return tuple(item for text, item in was.items() if text not in held)


def _beside(change: PromptChange, others: Mapping[str, Item]) -> PromptChange:
    """The change, without losses of what a new prompt beside it holds: these are moves."""
    texts = {each.text for each in others.values()}
    moved = [item for item in change.contract_losses if item.text in texts]
    if not moved:
        return change
    moves = (Move(item.what, item.text, item.line, others[_folded(item.text)].line) for item in moved)
    losses = tuple(item for item in change.contract_losses if item not in moved)
    return replace(change, contract_losses=losses, contract_moves=(*change.contract_moves, *moves))


def _contracts(side: Side, changes: Iterable[PromptChange]) -> dict[str, dict[str, Item]]:
    """The requirements of prompts of a side by id, then by their folded text."""
    facts = [side.facts[item.id] for item in changes]
    reader = sides.Reader(side, (item.path for item in facts))
    prompts = ((item.id, reader.prompt(item)) for item in facts)
    return {
        name: {_folded(item.text): item for item in _requirements(prompt)}
        for name, prompt in prompts
        if prompt is not None
    }


def _requirements(prompt: Prompt) -> Iterator[Item]:
    found = View(prompt, len).contract
    for change in contract.compare(found, Contract()):
        if change.fate is Fate.LOST and change.what == "requirement" and change.span is not None:
            line = location(prompt.source.text, locate(prompt, change.span)).line
            yield Item("requirement", contents.shortened(" ".join(change.text.split())), line)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
