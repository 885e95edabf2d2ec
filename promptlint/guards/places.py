"""Finds prompts that a change takes to where less is checked: an excluded folder, looser rules, no budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field

from promptlint import cards, discover
from promptlint.changes import PromptChange, State
from promptlint.config import Configs, file_ignores
from promptlint.errors import CardError, ConfigError
from promptlint.extract import kind_of
from promptlint.guards.reading import configs_of
from promptlint.guards.sides import MOST, Draft, Sides, clipped, counted, listed, text
from promptlint.records import dataclass

ALIKE = 0.5
"""Share of the lines of a prompt that a file must hold for the prompt to be there now."""

_NEARLY = 0.9
_SHORT, _SPACES = 8, 2  # characters, and spaces, of a line of text

_COMMON = 50
"""Prompts from which a line that they share tells of none of them."""

_AHEAD = 500
"""Files that are read at once."""

_TOPIC = "prompts at another place"


def left(sides: Sides) -> Iterator[Draft]:
    """Prompts that are gone, though their text stands where it is not checked; those under looser rules."""
    try:
        configs = configs_of(sides, sides.before)
    except ConfigError:  # then nothing was compared
        return
    gone = [item.before for item in sides.run.prompts if item.before is not None and item.after is None]
    yield from _hidden(sides, gone, configs)
    checked = _Checked(sides, configs)
    for item in sides.run.prompts:
        if item.status == "moved":
            yield from _loosened(item, checked)


# --- not found any more -----------------------------------------------------------------------


def _hidden(sides: Sides, gone: list[State], configs: Configs) -> Iterator[Draft]:
    lines = _telling(sides, gone)
    if not lines:
        return
    homes: dict[str, list[str]] = {}
    for name, own in lines.items():
        for line in own:
            homes.setdefault(line, []).append(name)
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for path in _places(sides):
        held: Counter[str] = Counter()
        for line in homes.keys() & set(map(str.strip, text(sides.after, sides.root / path).splitlines())):
            for name in homes[line]:
                held[name] += lines[name][line]
        here = _nearest({name: count / lines[name].total() for name, count in held.items()})
        if here:
            folder = path.rpartition("/")[0] or "."
            found.setdefault((folder, _why(sides, path, configs)), {})[path] = here
    for (folder, why), files in found.items():
        yield from _told(folder, why, files)


def _tells(line: str) -> bool:
    """False for what stands in many files: short lines, and code."""
    return len(line) >= _SHORT and (line.count(" ") >= _SPACES or not line.isascii())


def _nearest(shares: Mapping[str, float]) -> list[str]:
    """The prompts of whose lines a file holds enough, and about as many as of any other."""
    least = max(ALIKE, _NEARLY * max(shares.values(), default=0.0))
    return [name for name, share in shares.items() if share >= least]


def _told(folder: str, why: str, files: Mapping[str, list[str]]) -> Iterator[Draft]:
    """A guard a file; of the folder if there are many."""
    if len(files) > MOST:
        files = {folder: list(dict.fromkeys(name for names in files.values() for name in names))}
    for path, names in files.items():
        what = counted(len(names), "prompt")
        detail = f"holds the text of {what} {why}: {listed(names)}"
        yield Draft("exclude", path, None, detail, _TOPIC, path)


def _telling(sides: Sides, gone: list[State]) -> dict[str, Counter[str]]:
    """By prompt the lines before the change that say where they come from, with how often each is there."""
    found: dict[str, Counter[str]] = {}
    for index, state in enumerate(gone):
        if index % _AHEAD == 0:
            sides.before.ahead(sides.root / each.path for each in gone[index : index + _AHEAD])
        lines = text(sides.before, sides.root / state.path).splitlines()[state.line - 1 : state.end_line]
        found[state.id] = Counter(filter(_tells, map(str.strip, lines)))
    often = Counter(line for own in found.values() for line in own)
    for own in found.values():
        rare = {line: count for line, count in own.items() if often[line] <= _COMMON}
        if rare:
            own &= Counter(rare)
    return {name: own for name, own in found.items() if own}


def _places(sides: Sides) -> Iterator[str]:
    """The files that differ, and in which no prompt does that is there after the change."""
    homes = {item.after.path for item in sides.run.prompts if item.after is not None}
    names = sorted(sides.names - homes - sides.run.unread)
    files = [name for name in names if sides.after.is_file(sides.root / name)]
    for index, name in enumerate(files):
        if index % _AHEAD == 0:
            sides.after.ahead(sides.root / each for each in files[index : index + _AHEAD])
        yield name


def _why(sides: Sides, name: str, configs: Configs) -> str:
    """Why nothing is checked there."""
    if kind_of(name) is None:
        return "in a kind of file that promptlint does not read"
    scope = discover.Scope(sides.root, lambda shown: kind_of(shown) is not None, configs)
    taken = discover.among((name,), scope, sides.after).files
    return "where promptlint finds none" if taken else "in a place that is excluded"


# --- under other rules ------------------------------------------------------------------------


def _loosened(change: PromptChange, checked: _Checked) -> Iterator[Draft]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    origin = f"`{clipped(before.id)}`, now at another place"
    if before.budget is not None and (after.budget is None or after.budget > before.budget):
        now = "none" if after.budget is None else counted(after.budget, "token")
        detail = f"{origin}, had a budget of {counted(before.budget, 'token')}, and has {now}"
        yield Draft("budget", after.path, after.line, detail, _TOPIC, after.id)
    lost = checked.codes(before.path) - checked.codes(after.path)
    if lost:
        detail = f"{origin}: not checked any more: {listed(sorted(lost))}"
        yield Draft("ignore", after.path, after.line, detail, _TOPIC, after.id)


@dataclass(slots=True)
class _Checked:
    """Which rules files are checked with; what is the same for many is found once."""

    sides: Sides
    configs: Configs
    _known: dict[tuple[int, tuple[str, ...]], frozenset[str]] = field(default_factory=dict)

    def codes(self, name: str) -> frozenset[str]:
        """The codes for a file; none if its configuration is wrong."""
        try:
            found = self.configs.for_file(self.sides.root / name)
            ignored = file_ignores(found, name)
            key = id(found), ignored
            if key not in self._known:
                known = cards.load_cards(found.cards, self.sides.before)
                ignore = (*found.ignore, *ignored)
                self._known[key] = cards.selected(known, found.select, ignore, found.extend_select)
            return self._known[key]
        except (CardError, ConfigError, OSError, RecursionError):
            return frozenset()
