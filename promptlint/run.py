"""Checks many files: finds them, asks the cache and the checker, and lets files speak of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from promptlint import cache, discover, reading, workers
from promptlint.errors import SourceError
from promptlint.extract import Options, promptless
from promptlint.model import Context, Fault, FileResult, RunResult, Severity, Skip, Source
from promptlint.reading import sources
from promptlint.records import dataclass
from promptlint.workers import Work
from promptlint.workspace import Request, Workspace, workspace

__all__ = ["Outcome", "Request", "Workspace", "exit_code", "run", "runs", "sources", "workspace"]


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
    failed: list[FileResult] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    files: dict[str, discover.Candidate] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    stdin: Source | None = None

    def work(self, path: Path, source: Source) -> Work:
        """A file to check, with its key in the result cache."""
        return Work(path, source, self.space.key(path, source.path, source), self.space)

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

    def begin(self) -> list[Work]:
        """Read the files; those that the cache does not know."""
        found = reading.found(self.request, self.space)
        self.files = {item.display: item for item in found.files}
        self.skipped = list(found.skipped)
        left: list[Work] = []
        files = reading.read(self.request, self.space, found, self.failed, self.skipped)
        for batch in reading.batches(files):
            left += self.known(self.work(path, source) for path, source in batch)
            if self.request.stdin is not None:
                self.stdin = next((source for _, source in batch), None)
        return left

    def go_on(self) -> list[Work]:
        """Let the files speak of each other; those of which something is said that are not known."""
        self.contexts = _contexts(self)
        return self.known(_again(self)) if self.contexts else []

    def end(self) -> Outcome:
        """What the run gave, with what the prompts of all files share."""
        _tell(self)
        results = sorted([*self.failed, *self.results.values()], key=lambda result: result.path)
        faults = tuple(self.faults[path] for path in sorted(self.faults))
        result = RunResult(tuple(results), tuple(self.skipped), faults)
        stdin = self.stdin.text if self.stdin else ""
        return Outcome(result, self.texts, self.space.root, self.space, stdin, self.contexts, self.keys)

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
    return runs((request,))[0]


def runs(requests: Sequence[Request]) -> list[Outcome]:
    """The outcomes of several requests, whose files are checked together; see `run`."""
    states = []
    for request in requests:
        space = workspace(request)
        if request.select or request.ignore or request.extend_select:
            # A wrong code is an error even where nothing is checked.
            space.settings(space.root / "any", "any")
        states.append(_Run(request, space))
    _check(states, [state.begin() for state in states])
    _check(states, [state.go_on() for state in states])
    return [state.end() for state in states]


def _check(states: Sequence[_Run], lefts: Sequence[list[Work]]) -> None:
    """Check the files that the cache does not know, of all runs at once."""
    works = {work.key: work for left in lefts for work in left}
    done = workers.checked(tuple(works.values()), states[0].request.jobs) if works else {}
    fresh = {key: result for key, result in done.items() if isinstance(result, FileResult)}
    for state, left in zip(states, lefts, strict=True):
        for work in left:
            result = done[work.key]
            if isinstance(result, Fault):
                state.faults[result.path] = result
            else:
                state.keep(work, result)
    if states[0].request.use_cache:
        cache.put(fresh)


def exit_code(result: RunResult, fail_on: str) -> int:
    """0 clean, 1 findings at or above `fail_on` ("error", "warning", "never"), 3 a fault of promptlint."""
    if result.errors:
        return 3
    level = _LEVELS.get(fail_on)
    found = (finding.severity for file in result.files for finding in file.findings)
    return int(level is not None and any(severity >= level for severity in found))


_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}


# --- the second round -----------------------------------------------------------------------


def _contexts(state: _Run) -> dict[str, Context]:
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


def _again(state: _Run) -> Iterator[Work]:
    """The files that something is said of, once more."""
    spoken = [(state.files[path], context) for path, context in state.contexts.items()]
    for index, (item, context) in enumerate(spoken):
        if index % reading.AHEAD == 0:
            state.space.store.ahead(each.path for each, _ in spoken[index : index + reading.AHEAD])
        work = _in_context(state, item, context)
        if work is not None:
            yield work


def _in_context(state: _Run, item: discover.Candidate, context: Context) -> Work | None:
    """The file once more, with what is said of it; None if it is gone since."""
    try:
        source = reading.source(item, state.request, state.space)
    except SourceError:
        return None
    return state.work(item.path, replace(source, context=context))
