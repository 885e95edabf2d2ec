"""Checks many files: finds them, asks the result cache, and shares the rest out to worker processes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import __version__, cache, config, discover, git, serial
from promptlint.errors import PromptlintError, SourceError, UsageError
from promptlint.extract import Options, kind_of
from promptlint.model import (
    Context,
    Fault,
    FileResult,
    RunResult,
    Severity,
    Skip,
    Source,
    SourceKind,
)
from promptlint.records import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from promptlint.cards import Card
    from promptlint.lint import Settings

_ALONE = Context()

_DATA = frozenset(
    {SourceKind.JSON, SourceKind.JSONL, SourceKind.NOTEBOOK, SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT}
)
"""Kinds whose large files are data or bundles: too large to be read is then no fault."""

PARALLEL_FROM = 300_000
"""Characters of unchecked text from which a second process pays for its start."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to check, and how. `stdin` is (name, bytes) and replaces `paths`."""

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave: `sources` holds the texts of files with findings, `contexts` what is said of files."""

    result: RunResult
    sources: Mapping[str, str]
    root: Path
    workspace: Workspace
    stdin_text: str = ""
    contexts: Mapping[str, Context] = field(default_factory=dict)


@dataclass(slots=True)
class Workspace:
    """Finds the settings of each file; holds what a run reads once.

    `ignored` are the fingerprints of the root's promptlint.ignore.
    """

    root: Path
    configs: config.Configs
    ignored: frozenset[str] = frozenset()
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
            self._cards[found.cards] = cards.load_cards(found.cards)
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

                parts += [path.read_text(encoding="utf-8") for path in card_files(found.cards)]
            digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
            self._digests[id(found)] = digest.hexdigest()
        return self._digests[id(found)]


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that was read: its place on disk, its text, and its key in the result cache."""

    path: Path
    source: Source
    key: str


def workspace(request: Request) -> Workspace:
    """The root and the configuration of a run.

    Raises:
        ConfigError: a config file is wrong.
    """
    from promptlint import sidecar

    first = request.paths[0] if request.paths else Path.cwd()
    root = (git.root(first) or Path.cwd()).resolve() if request.isolated else config.root_of(first).resolve()
    fixed = None
    if request.isolated:
        fixed = config.Config(root)
    elif request.config_file is not None:
        fixed = config.load(request.config_file)
    values = {
        "select": request.select,
        "ignore": request.ignore,
        "extend_select": request.extend_select,
    }
    configs = config.Configs(root, fixed, values)
    return Workspace(root, configs, sidecar.read_ignored(root))


def run(request: Request) -> Outcome:
    """Check everything that the request names.

    Raises:
        UsageError: a path is missing, a revision is bad.
        ConfigError: a config file or rule code is wrong.
    """
    space = workspace(request)
    if request.select or request.ignore or request.extend_select:
        space.settings(space.root / "any", "any")  # a wrong code is an error even where nothing is checked
    found, failed, skipped = sources(request, space)
    works = [_Work(path, source, space.key(path, source.path, source)) for path, source in found]
    known, faults = _known(works, space, request)
    contexts = _contexts(works, known, space, request)
    again = [
        _in_context(work, contexts[work.source.path], space) for work in works if work.source.path in contexts
    ]
    if again:
        better, more = _known(again, space, request)
        placed = {work.source.path: work for work in again}
        works = [placed.get(work.source.path, work) for work in works]
        known.update(better)
        faults = tuple({fault.path: fault for fault in (*faults, *more)}.values())
    results = [*failed, *(known[work.key] for work in works if work.key in known)]
    results.sort(key=lambda result: result.path)
    shown = {result.path for result in results if result.findings}
    texts = {work.source.path: work.source.text for work in works if work.source.path in shown}
    stdin = found[0][1].text if request.stdin is not None and found else ""
    return Outcome(RunResult(tuple(results), skipped, faults), texts, space.root, space, stdin, contexts)


def _known(
    works: Sequence[_Work], space: Workspace, request: Request
) -> tuple[dict[str, FileResult], tuple[Fault, ...]]:
    """The results of files by key, from the cache or fresh."""
    known = cache.get([work.key for work in works]) if request.use_cache else {}
    fresh, faults = _checked([work for work in works if work.key not in known], space, request.jobs)
    if request.use_cache:
        cache.put(fresh)
    return {**known, **fresh}, faults


def _contexts(
    works: Sequence[_Work], known: Mapping[str, FileResult], space: Workspace, request: Request
) -> dict[str, Context]:
    """What the files of the project say of those in the run, by shown path."""
    results = {work.source.path: known[work.key] for work in works if work.key in known}
    paths = request.paths or (Path.cwd(),)
    whole = request.stdin is None and request.base is None
    whole = whole and any(space.root.is_relative_to(path.resolve()) for path in paths)
    if whole and not any(result.references for result in results.values()):
        return {}
    from promptlint import project

    def options(shown: str) -> Options:
        return space.settings(space.root / shown, shown).options

    tree = project.Tree(space.root, {work.source.path: work.source for work in works}, results, options)
    return project.contexts(tree, whole)


def _in_context(work: _Work, context: Context, space: Workspace) -> _Work:
    source = replace(work.source, context=context)
    return _Work(work.path, source, space.key(work.path, source.path, source))


def sources(
    request: Request, space: Workspace, only: str | None = None
) -> tuple[list[tuple[Path, Source]], list[FileResult], tuple[Skip, ...]]:
    """The files to check, the results of those that cannot be read, and what was passed over.

    With `only`, no more than the file that is shown as that.
    """
    if request.stdin is not None:
        name, data = request.stdin
        candidates: Sequence[discover.Candidate] = [discover.Candidate(space.root / name, name, named=True)]
        skipped: tuple[Skip, ...] = ()
    else:
        found = _found(request, space)
        candidates, skipped, data = found.files, found.skipped, None
    read, failed = [], []
    for item in candidates:
        if only is not None and item.display != only:
            continue
        kind = kind_of(item.display) or SourceKind.TEXT
        try:
            if data is None:
                source = discover.read(item.path, item.display, kind, item.named)
            else:
                source = discover.decode(data, item.display, kind, named=True)
            read.append((item.path, source))
        except SourceError as error:
            if error.problem.code == "SRC003" and kind in _DATA and not item.named:
                skipped = (*skipped, Skip(item.display, error.problem.message))
                continue
            from promptlint import lint

            settings = space.settings(item.path, item.display)
            failed.append(lint.unreadable(item.display, error.problem, settings))
    return read, failed, skipped


def _found(request: Request, space: Workspace) -> discover.Discovery:
    """The candidates, narrowed to what changed since `base`."""
    scope = discover.Scope(
        root=space.root,
        wants=lambda shown: kind_of(shown) is not None,
        configs=space.configs,
        force_exclude=request.force_exclude,
    )
    paths = request.paths or (Path.cwd(),)
    found = discover.discover(paths, scope)
    if request.base is None:
        return found
    top = git.root(space.root)
    if top is None:
        raise UsageError(f"--base {request.base}: {space.root} is not in a git repository")
    changed = {top / name for name in git.changed(top, request.base)}
    return replace(found, files=tuple(item for item in found.files if item.path in changed))


# --- checking -------------------------------------------------------------------------------


def _checked(
    works: Sequence[_Work], space: Workspace, jobs: int
) -> tuple[dict[str, FileResult], tuple[Fault, ...]]:
    """Check files in as many processes as pay for themselves; a bug on one file is that file's fault."""
    workers = min(jobs or os.cpu_count() or 1, len(works))
    size = sum(len(work.source.text) for work in works if worth_a_process(work.source))
    if workers < 2 or (size < PARALLEL_FROM and not jobs) or not hasattr(os, "fork"):
        pairs = [_one(work, space) for work in works]
    else:
        pairs = _in_processes(works, space, workers)
    results = {key: result for key, result in pairs if isinstance(result, FileResult)}
    faults = [result for _, result in pairs if isinstance(result, Fault)]
    return results, tuple(sorted(faults, key=lambda fault: fault.path))


def worth_a_process(source: Source) -> bool:
    """False for Python files that hold no prompt: they cost next to nothing."""
    if source.kind is not SourceKind.PYTHON:
        return True
    from promptlint.extract.python import worth_parsing

    return worth_parsing(source.text)


def _one(work: _Work, space: Workspace) -> tuple[str, FileResult | Fault]:
    from promptlint import lint

    shown = work.source.path
    settings = space.settings(work.path, shown)
    try:
        return work.key, lint.check_source(work.source, settings)
    except (RecursionError, MemoryError):
        return work.key, lint.unreadable(shown, lint.TOO_DEEP, settings)
    except PromptlintError:
        raise
    except Exception as error:  # the per-file guard: a bug on one file must not end the others
        return work.key, Fault(shown, f"{type(error).__name__}: {error}")


def _in_processes(
    works: Sequence[_Work], space: Workspace, workers: int
) -> list[tuple[str, FileResult | Fault]]:
    """Share files out to this process and forked ones.

    One file of each kind is checked before forking, so that vocabulary, settings, modules and compiled
    patterns are inherited instead of being made in every process.
    """
    import multiprocessing

    first = {work.source.kind: work for work in reversed(works)}
    pairs = [_one(work, space) for work in first.values()]
    done = {key for key, _ in pairs}
    own, *others = _shares([work for work in works if work.key not in done], workers) or [[]]
    context = multiprocessing.get_context("fork")
    running = []
    for share in others:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(sender, share, space), daemon=True)
        process.start()
        sender.close()
        running.append((process, receiver, share))
    pairs += [_one(work, space) for work in own]
    for process, receiver, share in running:
        try:
            sent = receiver.recv()
            pairs += [(key, item if isinstance(item, Fault) else serial.load(item)) for key, item in sent]
        except EOFError:  # the worker died, of lack of memory say: its share is done here
            pairs += [_one(work, space) for work in share]
        process.join()
    return pairs


def _worker(sender: Connection, share: Sequence[_Work], space: Workspace) -> None:
    """Sends results as the texts of the result cache: made and read in half the time of pickles."""
    done = [_one(work, space) for work in share]
    sender.send([(key, item if isinstance(item, Fault) else serial.dump(item)) for key, item in done])
    sender.close()


def _shares(works: Sequence[_Work], workers: int) -> list[list[_Work]]:
    """The works in `workers` lists of about the same amount of text."""
    shares: list[list[_Work]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for work in sorted(works, key=lambda work: -len(work.source.text)):
        least = loads.index(min(loads))
        shares[least].append(work)
        loads[least] += len(work.source.text) + 1
    return [share for share in shares if share]


_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}


def exit_code(result: RunResult, fail_on: str) -> int:
    """0 clean, 1 findings at or above `fail_on` ("error", "warning", "never"), 3 a fault of promptlint."""
    if result.errors:
        return 3
    level = _LEVELS.get(fail_on)
    found = (finding.severity for file in result.files for finding in file.findings)
    return int(level is not None and any(severity >= level for severity in found))


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
