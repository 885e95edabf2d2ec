"""Finds the folders in which another configuration holds after a change, and says what it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from promptlint import cards, git
from promptlint.cards import Card
from promptlint.config import Config
from promptlint.config.load import MAX_EXTENDS, NAMES, absolute, shown
from promptlint.errors import CardError
from promptlint.guards import answers, lines, rules, settings
from promptlint.guards.reading import Reader, chain, config_of, extended, fixed
from promptlint.guards.settings import Change
from promptlint.guards.sides import Draft, Sides, clipped, state, tidy
from promptlint.store import Revision, Store

_MOST = 1_000
"""Folders whose configurations are compared."""

_NAMING = (b"extends", b"baseline", b"cards", b"\\")
"""Keys that name other files; a backslash may spell them."""

_FILES, _BROKEN, _CARDS = "configuration files", "files that cannot be read", "rule cards"


def changed(sides: Sides) -> Iterator[Draft]:
    """What the configuration files, baselines and rule cards that differ loosen, or make look different."""
    reader = Reader(sides)
    if sides.run.isolated:
        return
    if sides.run.config_file is not None:
        yield from _of_one_file(reader, sides.run.config_file)
        return
    done: set[tuple[Path | None, Path | None]] = set()
    folders = _folders(sides)
    for folder in folders[:_MOST]:
        before, after = (config_of(configs, folder) for configs in reader.configs)
        files = reader.differing(
            (*chain(after, folder, sides, sides.after), *chain(before, folder, sides, sides.before))
        )
        yield from _odd(sides, reader.differing((*(folder / name for name in NAMES), *files)))
        if isinstance(before, str) or isinstance(after, str):
            if files:
                yield _unread(sides, files, before, after)
        elif (before.file, after.file) not in done:
            done.add((before.file, after.file))
            yield from _guarded(reader, files, before, after)
    if len(folders) > _MOST:
        detail = f"{len(folders) - _MOST:,} more folders with a configuration of their own were not compared"
        yield Draft("config", sides.shown(folders[_MOST]), None, detail, _FILES)


def _of_one_file(reader: Reader, file: Path) -> Iterator[Draft]:
    """The same, if one config file holds for all."""
    sides = reader.sides
    before, after = (fixed(file, sides, store) for store in sides.both)
    files = reader.differing(
        (file, *chain(after, file, sides, sides.after), *chain(before, file, sides, sides.before))
    )
    yield from _odd(sides, files)
    if not isinstance(before, str) and not isinstance(after, str):
        yield from _guarded(reader, files, before, after)
    elif files:
        yield _unread(sides, files, before, after)


# --- which folders ----------------------------------------------------------------------------


def _folders(sides: Sides) -> list[Path]:
    """The root, and the folders below it in which what their config file says may differ; the root first."""
    changed = {(sides.root / name).parent for name in sides.names if name.rpartition("/")[2] in NAMES}
    others = {(sides.root / name).parent for name in _files(sides) if name.rpartition("/")[2] in NAMES}
    _read_ahead(sides, sorted({sides.root, *changed, *others}))
    related = {folder for folder in others - changed if _speaks_of_others(sides.before, folder)}
    return list(dict.fromkeys((sides.root, *sorted(changed | related))))


def _files(sides: Sides) -> Iterator[str]:
    """The files before the change, relative to the root."""
    store, root = sides.before, sides.root
    if isinstance(store, Revision):
        prefix = "" if root == store.top else f"{root.relative_to(store.top).as_posix()}/"
        yield from (name.removeprefix(prefix) for name in store.entries if name.startswith(prefix))
    else:
        yield from git.ls_files(root) or ()


def _read_ahead(sides: Sides, folders: Iterable[Path]) -> None:
    """Read all config files at once, and those that they extend."""
    files = {folder / name for folder in folders for name in NAMES}
    for store in sides.both:
        more = set(files)
        while more:
            store.ahead(files)
            more = {path for each in more for path in extended(each, store, 1)} - files
            files |= more


def _speaks_of_others(store: Store, folder: Path) -> bool:
    """True if a config file, itself the same as before, may name one that is not."""
    found = (state(store, folder / name) for name in NAMES)
    return any(word in data for data in found if isinstance(data, bytes) for word in _NAMING)


# --- what cannot be read ----------------------------------------------------------------------


def _odd(sides: Sides, files: Iterable[Path]) -> Iterator[Draft]:
    """Config files that are, after the change, a link or a submodule: what they lead to is not looked at."""
    for path in files:
        now = state(sides.after, path)
        if now and isinstance(now, str):
            detail = f"{now if now.startswith('cannot') else f'is {now}'}: what it says is not looked at"
            yield Draft("config", sides.shown(path), None, detail, _BROKEN)


def _unread(sides: Sides, files: list[Path], before: Config | str, after: Config | str) -> Draft:
    message = after if isinstance(after, str) else before
    assert isinstance(message, str)
    path = next((each for each in files if message.startswith(f"{shown(each)}:")), files[0])
    reason = tidy(message.removeprefix(f"{shown(path)}: "), sides.root)
    words = "cannot be read" if isinstance(after, str) else "could not be read before this change"
    return Draft("config", sides.shown(path), None, f"{words}: {reason}", _BROKEN)


# --- what it does -----------------------------------------------------------------------------


def _guarded(reader: Reader, files: list[Path], before: Config, after: Config) -> list[Draft]:
    try:
        return list(_compared(reader, files, before, after))
    except RecursionError:
        path = reader.sides.shown(after.file or reader.sides.root)
        return [Draft("config", path, None, "nested too deeply to be compared", _BROKEN)]


def _compared(reader: Reader, files: list[Path], before: Config, after: Config) -> Iterator[Draft]:
    sides = reader.sides
    if after.baseline is not None and (files or after.baseline == before.baseline):
        yield from answers.baselined(sides, before.baseline, after.baseline)
    yield from _cards(reader, (*before.cards, *after.cards))
    if not files:
        return
    yield from _places(sides, files, before, after)
    for change in _changes(reader, before, after):
        path = _doer(change, files, before, after)
        line = lines.of_key(reader.index(path), change.key)
        topic = f"settings of `{change.key.partition('.')[0]}` changed"
        yield Draft(change.kind, sides.shown(path), line, change.detail, topic, change.name)


def _changes(reader: Reader, before: Config, after: Config) -> Iterator[Change]:
    sides = reader.sides
    yield from _extends(sides, before, after)
    yield from settings.compared(before, after)
    (old, wrong_before), (new, wrong) = (
        _known(reader, config, store) for config, store in zip((before, after), sides.both, strict=True)
    )
    both = {card.code: card for card in (*new, *old)}
    yield from rules.compared(before, after, tuple(both.values()))
    fault = wrong or rules.fault(after, new)
    if fault and fault != (wrong_before or rules.fault(before, old)):
        yield Change("config", "cards" if wrong else "rules", f"cannot be used: {tidy(fault, sides.root)}")
    if after.baseline is not None and after.baseline != before.baseline:
        words = "set to" if before.baseline is None else f"from `{clipped(sides.shown(before.baseline))}` to"
        detail = f"`baseline` {words} `{clipped(sides.shown(after.baseline))}`"
        yield Change("baseline", "baseline", detail)


def _extends(sides: Sides, before: Config, after: Config) -> Iterator[Change]:
    """Another file that is extended by the same one."""
    if after.file is None or after.file != before.file:
        return
    named = [[sides.shown(path) for path in extended(after.file, store, MAX_EXTENDS)] for store in sides.both]
    if named[0] != named[1]:
        was, now = (clipped(", ".join(names)) or "nothing" for names in named)
        yield Change("config", "extends", f"`extends` led to {was}, and leads to {now}")


def _known(reader: Reader, config: Config, store: Store) -> tuple[tuple[Card, ...], str]:
    """The cards of one side; if those of the project cannot be read those of the installation, and why."""
    key = (config.cards, store is reader.sides.after)
    if key not in reader.known:
        try:
            reader.known[key] = cards.load_cards(config.cards, store), ""
        except (CardError, OSError, RecursionError) as error:
            reader.known[key] = cards.load_cards(()), str(error)
    return reader.known[key]


def _places(sides: Sides, files: list[Path], before: Config, after: Config) -> Iterator[Draft]:
    """A config file that comes to hold, or holds no more."""
    old, new = before.file, after.file
    if old == new:
        return
    was_nearer = old is not None and new is not None and new.parent in old.parent.parents
    if new is not None and new in files and not was_nearer:
        rest = "the defaults" if old is None else f"`{clipped(sides.shown(old))}`"
        detail = f"new: it takes the place of {rest} in its folder"
        yield Draft("config", sides.shown(new), None, detail, _FILES)
    elif old is not None:
        now = "the defaults hold" if new is None else f"`{clipped(sides.shown(new))}` holds"
        yield Draft("config", sides.shown(old), None, f"holds no more: now {now} in its folder", _FILES)


def _doer(change: Change, files: list[Path], before: Config, after: Config) -> Path:
    """Of the config files that differ the one that a setting comes from, or came from."""
    for config in (after, before):
        origin = config.origins.get(change.key) or config.origins.get(change.key.partition(".")[0])
        if origin is not None:
            path = absolute(config.root / origin.removesuffix(" [tool.promptlint]"))
            if path in files:
                return path
    return files[0]


# --- rule cards -------------------------------------------------------------------------------


def _cards(reader: Reader, places: Iterable[Path]) -> Iterator[Draft]:
    """The user's rule cards that differ."""
    sides = reader.sides
    found = (path for place in dict.fromkeys(places) for path in _card_files(sides, place))
    for path in reader.differing(found):
        name = sides.shown(path)
        states = [state(store, path) for store in sides.both]
        now = states[1]
        if isinstance(now, bytes):
            words = f"rule card {'changed' if isinstance(states[0], bytes) else 'new'}"
            try:
                cards.read_card(path, sides.after)
            except (CardError, RecursionError) as error:
                words = f"rule card cannot be read: {tidy(str(error).removeprefix(f'{path}: '), sides.root)}"
        else:
            words = f"rule card {f'is {now} any more' if now else 'removed'}"
        yield Draft("config", name, None, words, _CARDS, name)


def _card_files(sides: Sides, place: Path) -> Iterator[Path]:
    """Card files of a place that may differ."""
    if place.is_relative_to(sides.root):
        for name in sides.names:
            path = sides.root / name
            if path == place or (path.parent == place and path.suffix == ".yaml"):
                yield path
    else:
        for store in sides.both:
            yield from store.card_files(place) or ()
