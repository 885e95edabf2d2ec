"""Checks many files: finds them, asks the cache and the checker, and lets files speak of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from promptlint import cache, discover, git, workers
from promptlint.errors import SourceError, UsageError
from promptlint.extract import Options, kind_of, promptless
from promptlint.model import Context, Fault, FileResult, RunResult, Severity, Skip, Source, SourceKind
from promptlint.records import dataclass
from promptlint.workers import Work
from promptlint.workspace import Request, Workspace, workspace

__all__ = ["Outcome", "Request", "Workspace", "exit_code", "run", "sources", "workspace"]

_DATA = frozenset(
    {SourceKind.JSON, SourceKind.JSONL, SourceKind.NOTEBOOK, SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT}
)
"""Kinds whose large files are data or bundles: too large to be read is then no fault."""

_AHEAD = 500
"""Files of a commit that are read at once."""

_BATCH = 4_000_000
"""Characters that are read before the cache is asked, and what holds no prompt is let go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    `sources` holds the texts of files with findings, `contexts` what is said of files, `keys` the keys of
    their results in the cache.
    """

    result: RunResult
    sources: Mapping[str, str]
    root: Path
    workspace: Workspace
    stdin_text: str = ""
    contexts: Mapping[str, Context] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """A run under way: what is known by shown path, and the texts of files with findings."""

    request: Request
    space: Workspace
    results: dict[str, FileResult] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    stdin: Source | None = None

    def work(self, path: Path, source: Source) -> Work:
        """A file to check, with its key in the result cache."""
        return Work(path, source, self.space.key(path, source.path, source))

    def known(self, works: Iterable[Work]) -> list[Work]:
        """Take what the cache has; the works that are left, without those that can hold no prompt."""
        works = list(works)
        cached = cache.get([work.key for work in works]) if self.request.use_cache else {}
        left, idle = [], {}
        for work in works:
            if work.key in cached:
                self.keep(work, cached[work.key])
            elif reason := promptless(work.source):
                idle[work.key] = FileResult(work.source.path, reason=reason)
                self.keep(work, idle[work.key])
            else:
                left.append(work)
        if self.request.use_cache:
            cache.put(idle)
        return left

    def check(self, works: list[Work]) -> None:
        """Check files that the cache does not know."""
        fresh, faults = workers.checked(works, self.space, self.request.jobs)
        for work in works:
            if work.key in fresh:
                self.keep(work, fresh[work.key])
        self.faults.update({fault.path: fault for fault in faults})
        if self.request.use_cache:
            cache.put(fresh)

    def keep(self, work: Work, result: FileResult) -> None:
        """Remember a result, in the place of an earlier one, and the text if it will be shown."""
        path = work.source.path
        self.results[path] = result
        self.keys[path] = work.key
        self.texts.pop(path, None)
        if result.findings or result.passages:
            self.texts[path] = work.source.text


def run(request: Request) -> Outcome:
    """Check everything that the request names.

    Raises:
        UsageError: a path is missing, a revision is bad.
        ConfigError: a config file or rule code is wrong.
    """
    space = workspace(request)
    if request.select or request.ignore or request.extend_select:
        space.settings(space.root / "any", "any")  # a wrong code is an error even where nothing is checked
    state = _Run(request, space)
    found = _found(request, space)
    skipped = list(found.skipped)
    failed: list[FileResult] = []
    left: list[Work] = []
    for batch in _batches(_read(request, space, found, failed, skipped)):
        left += state.known(state.work(path, source) for path, source in batch)
        if request.stdin is not None:
            state.stdin = next((source for _, source in batch), None)
    state.check(left)
    contexts = _said(state)
    if contexts:
        named = {item.display: item for item in found.files}
        state.check(state.known(_again(state, [(named[path], item) for path, item in contexts.items()])))
    _tell(state)
    results = sorted([*failed, *state.results.values()], key=lambda result: result.path)
    faults = tuple(state.faults[path] for path in sorted(state.faults))
    outcome = RunResult(tuple(results), tuple(skipped), faults)
    stdin = state.stdin.text if state.stdin else ""
    return Outcome(outcome, state.texts, space.root, space, stdin, contexts, state.keys)


def sources(
    request: Request, space: Workspace, only: str | None = None
) -> tuple[list[tuple[Path, Source]], list[FileResult], tuple[Skip, ...]]:
    """The files to check, the results of those that cannot be read, and what was passed over.

    With `only`, no more than the file that is shown as that.
    """
    found = _found(request, space)
    if only is not None:
        found = replace(found, files=tuple(item for item in found.files if item.display == only))
    failed: list[FileResult] = []
    skipped = list(found.skipped)
    return list(_read(request, space, found, failed, skipped)), failed, tuple(skipped)


def exit_code(result: RunResult, fail_on: str) -> int:
    """0 clean, 1 findings at or above `fail_on` ("error", "warning", "never"), 3 a fault of promptlint."""
    if result.errors:
        return 3
    level = _LEVELS.get(fail_on)
    found = (finding.severity for file in result.files for finding in file.findings)
    return int(level is not None and any(severity >= level for severity in found))


_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}


# --- reading --------------------------------------------------------------------------------


def _found(request: Request, space: Workspace) -> discover.Discovery:
    """The candidates, narrowed to what changed since `base`; for standard input its name alone."""
    if request.stdin is not None:
        name = request.stdin[0]
        return discover.Discovery((discover.Candidate(space.root / name, name, named=True),))
    scope = discover.Scope(
        root=space.root,
        wants=lambda shown: kind_of(shown) is not None,
        configs=space.configs,
        force_exclude=request.force_exclude,
    )
    if request.only is not None:
        return discover.among(request.only, scope, space.store)
    found = discover.discover(request.paths or (Path.cwd(),), scope)
    if request.base is None:
        return found
    top = git.root(space.root)
    if top is None:
        raise UsageError(f"--base {request.base}: {space.root} is not in a git repository")
    changed = {top / name for name in git.changed(top, request.base)}
    return replace(found, files=tuple(item for item in found.files if item.path in changed))


def _read(
    request: Request,
    space: Workspace,
    found: discover.Discovery,
    failed: list[FileResult],
    skipped: list[Skip],
) -> Iterator[tuple[Path, Source]]:
    """The files, one by one; those that cannot be read join `failed` or `skipped`."""
    for index, item in enumerate(found.files):
        if index % _AHEAD == 0:
            space.store.ahead(each.path for each in found.files[index : index + _AHEAD])
        try:
            yield item.path, _source(item, request, space)
        except SourceError as error:
            if error.problem.code == "SRC003" and kind_of(item.display) in _DATA and not item.named:
                skipped.append(Skip(item.display, error.problem.message))
                continue
            from promptlint import lint

            settings = space.settings(item.path, item.display)
            failed.append(lint.unreadable(item.display, error.problem, settings))


def _source(item: discover.Candidate, request: Request, space: Workspace) -> Source:
    kind = kind_of(item.display) or SourceKind.TEXT
    if request.stdin is not None:
        return discover.decode(request.stdin[1], item.display, kind, named=True)
    return space.store.read(item.path, item.display, kind, item.named)


def _batches(found: Iterable[tuple[Path, Source]]) -> Iterator[list[tuple[Path, Source]]]:
    batch: list[tuple[Path, Source]] = []
    size = 0
    for item in found:
        batch.append(item)
        size += len(item[1].text)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


# --- the second round -----------------------------------------------------------------------


def _said(state: _Run) -> dict[str, Context]:
    """What the files of the project say of those in the run."""
    request, root = state.request, state.space.root
    paths = request.paths or (Path.cwd(),)
    whole = request.stdin is None and request.base is None and request.only is None
    whole = whole and any(root.is_relative_to(path.resolve()) for path in paths)
    if whole and not any(result.references for result in state.results.values()):
        return {}
    from promptlint import project

    def options(shown: str) -> Options:
        return state.space.settings(root / shown, shown).options

    given = {state.stdin.path: state.stdin} if state.stdin else {}
    tree = project.Tree(root, given, state.results, options, state.space.store)
    return project.contexts(tree, whole)


def _tell(state: _Run) -> None:
    """Add what prompts share: that is known when all files are checked."""
    if any(result.passages for result in state.results.values()):
        from promptlint import sharing

        for path, found in sharing.told(state.results.values()).items():
            result = state.results[path]
            findings = sorted(
                (*result.findings, *found), key=lambda item: (item.span, item.code, item.message)
            )
            state.results[path] = replace(result, findings=tuple(findings))


def _again(state: _Run, spoken: list[tuple[discover.Candidate, Context]]) -> Iterator[Work]:
    """The files that something is said of, once more."""
    for index, (item, context) in enumerate(spoken):
        if index % _AHEAD == 0:
            state.space.store.ahead(each.path for each, _ in spoken[index : index + _AHEAD])
        work = _in_context(state, item, context)
        if work is not None:
            yield work


def _in_context(state: _Run, item: discover.Candidate, context: Context) -> Work | None:
    """The file once more, with what is said of it; None if it is gone since."""
    try:
        source = _source(item, state.request, state.space)
    except SourceError:
        return None
    return state.work(item.path, replace(source, context=context))
