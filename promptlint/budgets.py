"""Prompts that are over their budget and have grown: what the hook `promptlint-budget` stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from promptlint import config, git, run
from promptlint.errors import UsageError
from promptlint.links import MAX_HOPS
from promptlint.model import Finding, PromptFacts, RunResult, Severity
from promptlint.records import dataclass
from promptlint.workspace import Request

CODE = "TOK006"


@dataclass(frozen=True, slots=True)
class Over:
    """A prompt over its budget; `excess` is in tokens, `before` what it was at the base (0 if it was new)."""

    finding: Finding
    excess: int
    before: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What the budgets of a run came to.

    `over` are the prompts that are over theirs and have grown; `prompts` is how many have a budget.
    `commits` are the shas that they were compared with, none if there is none yet.
    """

    over: tuple[Over, ...]
    prompts: int
    commits: tuple[str, ...]
    result: RunResult


def judged(request: Request, base: str) -> Judged:
    """Which prompts of a run are over a configured budget and have grown since `base`.

    Prompts of other files that include one of the run, directly or not, are judged too: they grow with it. A
    prompt that was renamed is compared with what it was. In a merge that is under way, what either side
    has at its HEAD is not grown. Without a repository, or before its first commit, all that are over count.

    Raises:
        UsageError: a path is missing, `base` is no revision.
        ConfigError: a config file is wrong.
    """
    asked = replace(request, select=())  # as `check` asks: what one has found out the other need not
    outcomes = _outcomes(asked)
    if not all(map(_always_on, outcomes)):
        asked = replace(request, select=(CODE,))
        outcomes = _outcomes(asked)
    root, result = outcomes[0].root, _joined(outcomes)
    commits = _bases(root, base)
    over = _excesses(result)
    now = _facts(result)
    was = _before(asked, commits, {name: now[name] for name in over}, root) if over else {}
    found = (
        Over(item, excess, _excess(excess, now[name], was.get(name))) for name, (item, excess) in over.items()
    )
    grown = tuple(item for item in found if item.excess > item.before)
    return Judged(grown, sum(map(_with_budget, outcomes)), commits, result)


def _outcomes(asked: Request) -> list[run.Outcome]:
    """The run, and those of the files that include one of it, of those that include these, and so on."""
    found = [run.run(asked)]
    root, seen = found[0].root, {file.path for file in found[0].result.files}
    for _ in range(MAX_HOPS):
        uses = (use for context in found[-1].contexts.values() for use in context.uses)
        more = frozenset(use.path for use in uses if use.part) - seen
        if not more:
            break
        found.append(run.run(replace(asked, paths=(root,), only=more)))
        seen |= more
    return found


def _joined(outcomes: list[run.Outcome]) -> RunResult:
    results = [outcome.result for outcome in outcomes]
    return RunResult(
        files=tuple(sorted((file for each in results for file in each.files), key=lambda file: file.path)),
        skipped=tuple(skip for each in results for skip in each.skipped),
        errors=tuple(fault for each in results for fault in each.errors),
    )


def _with_budget(outcome: run.Outcome) -> int:
    space = outcome.workspace
    return sum(
        config.budget_for(space.configs.for_file(space.root / file.path), prompt.id) is not None
        for file in outcome.result.files
        for prompt in file.prompts
    )


def _always_on(outcome: run.Outcome) -> bool:
    """True if no configuration of the run chooses its rules in a way that could leave the budget out."""
    space = outcome.workspace
    used = {
        id(item): item
        for item in (space.configs.for_file(space.root / file.path) for file in outcome.result.files)
    }
    return not any(
        item.select or any(each == "ALL" or CODE.startswith(each) for each in item.ignore)
        for item in used.values()
    )


def _excess(excess: int, now: PromptFacts, was: PromptFacts | None) -> int:
    """What was over the budget of today before, if it is `excess` now; 0 for a prompt that was not there."""
    return 0 if was is None else max(0, excess - (now.tokens.high - was.tokens.high))


def _facts(result: RunResult) -> dict[str, PromptFacts]:
    return {prompt.id: prompt for file in result.files for prompt in file.prompts}


def _excesses(result: RunResult) -> dict[str, tuple[Finding, int]]:
    """The findings about a budget that somebody has set, with the tokens over it, by prompt."""
    every = (finding for file in result.files for finding in file.findings)
    return {
        item.prompt: (item, item.saving.input_tokens)
        for item in every
        if item.code == CODE and item.prompt is not None and item.severity > Severity.INFO and item.saving
    }


def _before(
    request: Request, commits: tuple[str, ...], over: Mapping[str, PromptFacts], root: Path
) -> Mapping[str, PromptFacts]:
    """What each prompt was at the commits, the longest of several answers; in the configuration of today."""
    longest: dict[str, PromptFacts] = {}
    for sha in commits:
        for name, was in _at(request, sha, over, root):
            if name not in longest or was.tokens.high > longest[name].tokens.high:
                longest[name] = was
    return longest


def _bases(root: Path, base: str) -> tuple[str, ...]:
    if git.root(root) is None or (base == "HEAD" and _is_unborn(root)):
        return ()
    merged = git.merged(root) if base == "HEAD" else None
    return (git.commit(root, base), *((merged,) if merged else ()))


def _at(
    request: Request, sha: str, over: Mapping[str, PromptFacts], root: Path
) -> Iterator[tuple[str, PromptFacts]]:
    """The prompts of a commit, under the names that they have today: by id, else by content."""
    paths = {facts.path for facts in over.values()}
    known = _facts(run.run(replace(request, paths=(root,), only=frozenset(paths), at=sha)).result)
    if not over.keys() <= known.keys():
        moved = {new: old for new, old in git.renamed(root, sha).items() if new in paths}
        olds = (
            run.run(replace(request, paths=(root,), only=frozenset(moved.values()), at=sha))
            if moved
            else None
        )
        new_of = {old: new for new, old in moved.items()}
        for name, facts in _facts(olds.result).items() if olds else ():
            known[new_of[facts.path] + name.removeprefix(facts.path)] = facts
    by_content = {facts.version: facts for facts in known.values()}
    for name, facts in over.items():
        if (was := known.get(name) or by_content.get(facts.version)) is not None:
            yield name, was


def _is_unborn(root: Path) -> bool:
    """True before the first commit."""
    try:
        git.commit(root, "HEAD")
    except UsageError:
        return True
    return False
