"""Checks both sides of a comparison: the files that differ, and the others on which these bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from promptlint import accept, git, project, run
from promptlint.extract import JUDGED, Options, extract
from promptlint.model import Context, Finding, Prompt, PromptFacts
from promptlint.records import dataclass
from promptlint.run import Outcome
from promptlint.store import DISK, Revision, Store
from promptlint.workspace import Request, Workspace, revision


@dataclass(frozen=True, slots=True)
class Side:
    """One side: what checking its files gave. Findings are by prompt id, "" for those about files."""

    request: Request
    outcome: Outcome
    facts: Mapping[str, PromptFacts]
    findings: Mapping[str, tuple[Finding, ...]]

    @property
    def space(self) -> Workspace:
        """The settings of its files, and where they are read from."""
        return self.outcome.workspace

    def text(self, finding: Finding) -> str:
        """What a finding points at, as the file spells it."""
        return self.outcome.sources[finding.path][finding.span.start : finding.span.end]


def sides(request: Request, before: str, after: str | None, names: frozenset[str]) -> tuple[Side, Side]:
    """Check the two sides.

    Args:
        request: how to check; `config_at` says whose configuration holds on both.
        before: the sha of the commit before.
        after: that of the commit after; None: the files on disk.
        names: the files that differ, as shown.
    """
    asked = [replace(request, at=at, only=names) for at in (before, after)]
    outcomes = run.runs(asked)
    more = frozenset().union(*(_related(outcome) for outcome in outcomes)) - names
    if more:
        asked = [replace(each, only=names | more) for each in asked]
        outcomes = run.runs(asked)
    first, second = (
        _side(each, accept.without_baselined(outcome, None))
        for each, outcome in zip(asked, outcomes, strict=True)
    )
    return first, second


def store(root: Path, sha: str | None) -> Store:
    """Where the files below `root` are read from: the commit of that sha, or the disk."""
    return DISK if sha is None else revision((git.root(root) or root).resolve(), sha)


def submodules(side: Side, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Of some files those that are submodules, and why these are not compared."""
    space = side.space
    for name in names:
        path = space.root / name
        if isinstance(space.store, Revision):
            entry = space.store.entry(path)
            there = entry is not None and entry.mode.startswith(git.SUBMODULE)
        else:
            there = git.holds_repository(path)
        if there:
            yield name, "a submodule: what it holds is not compared"


class Reader:
    """The prompts of some files of a side, with their texts; a file is read at once, its prompts if asked."""

    def __init__(self, side: Side, paths: Iterable[str]) -> None:
        """Read the files."""
        self._side = side
        request = replace(side.request, only=frozenset(paths))
        self._sources = {source.path: source for _, source in run.sources(request, side.space)[0]}
        self._prompts: dict[str, dict[str, Prompt]] = {}

    def prompt(self, facts: PromptFacts) -> Prompt | None:
        """The prompt of which these are the facts; None if its file has changed since."""
        if facts.path not in self._prompts:
            self._prompts[facts.path] = self._extracted(facts.path)
        return self._prompts[facts.path].get(facts.id)

    def _extracted(self, path: str) -> dict[str, Prompt]:
        source = self._sources.get(path)
        if source is None:
            return {}
        context = self._side.outcome.contexts.get(path, Context())
        options = self._side.space.settings(self._side.space.root / path, path).options
        # Named: that it is a prompt has been found out already.
        named = source.named or source.kind in JUDGED
        found = extract(replace(source, context=context, named=named), options)
        return {prompt.id: prompt for prompt in found.prompts}


def _side(request: Request, outcome: Outcome) -> Side:
    found: dict[str, list[Finding]] = {}
    for file in outcome.result.files:
        for finding in file.findings:
            found.setdefault(finding.prompt or "", []).append(finding)
    facts = {facts.id: facts for file in outcome.result.files for facts in file.prompts}
    return Side(request, outcome, facts, {key: tuple(items) for key, items in found.items()})


def _related(outcome: Outcome) -> frozenset[str]:
    """Files outside of a run on which its files bear: see `project.related`."""
    space = outcome.workspace
    results = {file.path: file for file in outcome.result.files}
    if not results:
        return frozenset()

    def options(shown: str) -> Options:
        return space.settings(space.root / shown, shown).options

    return project.related(project.Tree(space.root, {}, results, options, space.store))
