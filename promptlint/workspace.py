"""What a run is asked for, and the settings of each file that it meets."""

from __future__ import annotations

import hashlib
import os
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import __version__, config, git, serial
from promptlint.errors import ConfigError, UsageError
from promptlint.files import MAX_BYTES
from promptlint.model import Context, Source
from promptlint.records import dataclass
from promptlint.store import DISK, Revision, Store

if TYPE_CHECKING:
    from promptlint.cards import Card
    from promptlint.lint import Settings

_ALONE = Context()


@dataclass(frozen=True, slots=True)
class Request:
    """What to check, and how.

    `stdin` is (name, bytes) and replaces `paths`. `only` are the files to check, as they are shown, as far as
    they are there; with it, `at` can be the sha of a commit whose files they are, and `config_at` of one
    whose configuration holds; None: what is on disk. `home` is the root where neither a config file nor git
    says one; None: the working directory.
    """

    paths: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    config_file: Path | None = None
    isolated: bool = False
    base: str | None = None
    force_exclude: bool = False
    stdin: tuple[str, bytes] | None = None
    use_cache: bool = True
    jobs: int = 0
    at: str | None = None
    config_at: str | None = None
    only: frozenset[str] | None = None
    home: Path | None = None


@dataclass(slots=True)
class Workspace:
    """Finds the settings of each file; holds what a run reads once.

    `ignored` are the fingerprints of the root's promptlint.ignore. Files are read from `store`, all that is
    said of them from `config_store`.
    """

    root: Path
    configs: config.Configs
    ignored: frozenset[str] = frozenset()
    store: Store = DISK
    config_store: Store = DISK
    _settings: dict[tuple[int, tuple[str, ...]], Settings] = field(default_factory=dict)
    _cards: dict[tuple[Path, ...], tuple[Card, ...]] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict)

    def settings(self, path: Path, shown: str) -> Settings:
        """The bound rules and options for one file."""
        from promptlint import lint

        found = self.configs.for_file(path)
        ignores = config.file_ignores(found, shown)
        key = (id(found), ignores)
        if key not in self._settings:
            self._settings[key] = lint.settings(found, self.cards(found), ignores, self.ignored)
        return self._settings[key]

    def cards(self, found: config.Config) -> tuple[Card, ...]:
        """The cards of the installation and of the config, read once."""
        from promptlint import cards

        if found.cards not in self._cards:
            self._cards[found.cards] = cards.load_cards(found.cards, self.config_store)
        return self._cards[found.cards]

    def key(self, path: Path, shown: str, source: Source) -> str:
        """The result cache's key: everything that decides what checking the file gives."""
        found = self.configs.for_file(path)
        ignores = config.file_ignores(found, shown)
        parts = (
            self._config_key(found),
            *ignores,
            "",
            shown,
            source.kind.value,
            str(source.named),
            "" if source.context == _ALONE else repr(source.context),
            source.text,
        )
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def _config_key(self, found: config.Config) -> str:
        """The part of the key that is the same for all files of a config."""
        if id(found) not in self._digests:
            parts = [_installation(), config.digest(found), *sorted(self.ignored)]
            if found.cards:
                from promptlint.cards import card_files

                store = self.config_store
                files = card_files(found.cards, store)
                parts += [store.data(path, MAX_BYTES).decode("utf-8", "replace") for path in files]
            digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
            self._digests[id(found)] = digest.hexdigest()
        return self._digests[id(found)]


def workspace(request: Request) -> Workspace:
    """The root and the configuration of a run.

    Raises:
        ConfigError: a config file is wrong.
    """
    from promptlint import sidecar

    first = request.paths[0] if request.paths else Path.cwd()
    store, config_store = (_store(first, sha) for sha in (request.at, request.config_at))
    if request.isolated:
        root = (git.root(first) or Path.cwd()).resolve()
    else:
        place = first if request.config_at is None else first.resolve()
        root = config.root_of(place, config_store, request.home).resolve()
    fixed = None
    if request.isolated:
        fixed = config.Config(root)
    elif request.config_file is not None:
        fixed = config.load(request.config_file, _holder(request.config_file, config_store))
    values = {
        "select": request.select,
        "ignore": request.ignore,
        "extend_select": request.extend_select,
    }
    configs = config.Configs(root, fixed, values, config_store)
    ignored = sidecar.read_ignored(root, config_store)
    return Workspace(root, configs, ignored, store, config_store)


def _holder(file: Path, store: Store) -> Store:
    """Where a config file that is named is read from: what lies outside of the repository is on disk only."""
    place = Path(os.path.abspath(file))  # noqa: PTH100  # symbolic links mean nothing in a commit
    if not isinstance(store, Revision) or not place.is_relative_to(store.top):
        return DISK
    if not store.exists(place):
        raise ConfigError(f"{file}: not in commit {store.at[:12]}, from which the configuration is read")
    return store


def _store(path: Path, sha: str | None) -> Store:
    """The disk, or that commit of the repository that `path` lies in."""
    if sha is None:
        return DISK
    top = git.root(path)
    if top is None:
        raise UsageError(f"{path} is not in a git repository")
    return revision(top.resolve(), sha)


@lru_cache(maxsize=4)
def revision(top: Path, sha: str) -> Revision:
    """A commit, whose names are listed once; commits do not change."""
    return Revision(top, sha)


@lru_cache(maxsize=1)
def _installation() -> str:
    """What of the installation decides results: version, layout of the cache, cards, vocabularies, prices."""
    digest = hashlib.sha256(f"{__version__}|{serial.VERSION}".encode())
    folder = Path(__file__).parent
    for name in ("cards.json", "prices.json"):
        digest.update((folder / "_data" / name).read_bytes())
    if (folder.parent / "pyproject.toml").exists():  # a checkout: whoever edits a rule wants its effect now
        digest.update(str(max(path.stat().st_mtime_ns for path in folder.rglob("*.py"))).encode())
    return digest.hexdigest()
