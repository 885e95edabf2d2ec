"""Checks both sides of a comparison: the files that differ, and the others on which these bear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from promptlint import accept, project, run
from promptlint.extract import Options, extract
from promptlint.model import Context, Finding, Prompt, PromptFacts
from promptlint.records import dataclass
from promptlint.run import Outcome
from promptlint.workspace import Request, Workspace


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
    outcomes = [run.run(each) for each in asked]
    more = frozenset().union(*(_related(outcome) for outcome in outcomes)) - names
    if more:
        asked = [replace(each, only=names | more) for each in asked]
        outcomes = [run.run(each) for each in asked]
    first, second = (
        _side(each, accept.without_baselined(outcome, None))
        for each, outcome in zip(asked, outcomes, strict=True)
    )
    return first, second


def prompts(side: Side, paths: Iterable[str]) -> dict[str, Prompt]:
    """The prompts of some files, by id, with their texts."""
    request = replace(side.request, only=frozenset(paths))
    found: dict[str, Prompt] = {}
    for path, source in run.sources(request, side.space)[0]:
        context = side.outcome.contexts.get(source.path, Context())
        options = side.space.settings(path, source.path).options
        extraction = extract(replace(source, context=context), options)
        found.update((prompt.id, prompt) for prompt in extraction.prompts)
    return found


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
