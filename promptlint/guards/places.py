"""Finds prompts that a change takes to where less is checked: an excluded folder, looser rules, no budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from promptlint import cards, discover
from promptlint.changes import PromptChange, State
from promptlint.config import Config, Configs, file_ignores
from promptlint.errors import CardError, ConfigError
from promptlint.extract import kind_of
from promptlint.guards.reading import configs_of
from promptlint.guards.sides import Draft, Sides, clipped, counted, listed, text

ALIKE = 0.5
"""Share of the lines of a prompt that a file must hold for the prompt to be there now."""

_SHORT = 8
"""Characters of a line below which it says nothing of where it comes from."""

_TOPIC = "prompts at another place"


def left(sides: Sides) -> Iterator[Draft]:
    """Prompts that are gone, though their text stands where it is not checked; those under looser rules."""
    try:
        configs = configs_of(sides, sides.before)
    except ConfigError:  # then nothing was compared
        return
    gone = [item.before for item in sides.run.prompts if item.before is not None and item.after is None]
    yield from _hidden(sides, gone, configs)
    for item in sides.run.prompts:
        if item.status == "moved":
            yield from _loosened(sides, item, configs)


# --- not found any more -----------------------------------------------------------------------


def _hidden(sides: Sides, gone: list[State], configs: Configs) -> Iterator[Draft]:
    wanted = [(state, lines) for state in gone if (lines := _lines_of(sides, state))]
    if not wanted:
        return
    homes = {item.after.path for item in sides.run.prompts if item.after is not None}
    names = sorted(name for name in sides.names - homes if sides.after.is_file(sides.root / name))
    sides.after.ahead(sides.root / name for name in names)
    every = frozenset(line for _, lines in wanted for line in lines)
    for name in names:
        held = every.intersection(map(str.strip, text(sides.after, sides.root / name).splitlines()))
        found = [state for state, lines in wanted if _share(lines, held) >= ALIKE] if held else []
        if found:
            why = _why(sides, name, configs)
            origins = listed({state.id: 1 for state in found})
            detail = f"holds the text of {counted(len(found), 'prompt')} that {why}: {origins}"
            yield Draft("exclude", name, None, detail, _TOPIC, name)


def _lines_of(sides: Sides, state: State) -> Counter[str]:
    """The lines of a prompt before the change that say where they come from, with how often each is there."""
    lines = text(sides.before, sides.root / state.path).splitlines()[state.line - 1 : state.end_line]
    return Counter(line for each in lines if len(line := each.strip()) >= _SHORT)


def _share(lines: Mapping[str, int], held: frozenset[str]) -> float:
    return sum(count for line, count in lines.items() if line in held) / sum(lines.values())


def _why(sides: Sides, name: str, configs: Configs) -> str:
    """Why nothing is checked there."""
    if kind_of(name) is None:
        return "promptlint does not look for in such a file"
    scope = discover.Scope(sides.root, lambda shown: kind_of(shown) is not None, configs)
    taken = discover.among((name,), scope, sides.after).files
    return "promptlint does not find there" if taken else "is not checked there, as the file is excluded"


# --- under other rules ------------------------------------------------------------------------


def _loosened(sides: Sides, change: PromptChange, configs: Configs) -> Iterator[Draft]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    origin = f"`{clipped(before.id)}`, now at another place"
    if before.budget is not None and (after.budget is None or after.budget > before.budget):
        now = "none" if after.budget is None else counted(after.budget, "token")
        detail = f"{origin}, had a budget of {counted(before.budget, 'token')}, and has {now}"
        yield Draft("budget", after.path, after.line, detail, _TOPIC, after.id)
    lost = _rules(sides, before.path, configs) - _rules(sides, after.path, configs)
    if lost:
        detail = f"{origin}: not checked any more: {listed(sorted(lost))}"
        yield Draft("ignore", after.path, after.line, detail, _TOPIC, after.id)


def _rules(sides: Sides, name: str, configs: Configs) -> frozenset[str]:
    """The codes of the rules that a file is checked with; none if its configuration is wrong."""
    try:
        found = configs.for_file(sides.root / name)
        return _selected(sides, found, name)
    except (CardError, ConfigError, OSError, RecursionError):
        return frozenset()


def _selected(sides: Sides, found: Config, name: str) -> frozenset[str]:
    known = cards.load_cards(found.cards, sides.before)
    ignored = (*found.ignore, *file_ignores(found, name))
    return cards.selected(known, found.select, ignored, found.extend_select)
