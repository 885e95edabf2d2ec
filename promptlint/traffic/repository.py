"""What the repository says of its prompts: their fixed texts and slots, their difficulty, its own prices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from promptlint import reading, run, workspace
from promptlint.extract import extract
from promptlint.model import Prompt, SegmentKind
from promptlint.records import dataclass
from promptlint.reporting import prompts_of
from promptlint.traffic.findings.base import Slot
from promptlint.traffic.matching import Matcher, matcher

_LOGS = (".json", ".jsonl", ".ndjson")
"""Names of logs that could be files of prompts, too."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The prompts of a repository, as far as logs are told by them.

    `difficulty` is from 0 to 1, by id; `slots` are those of each prompt, by id, in order; `prices` are the
    configuration's.
    """

    matcher: Matcher
    prices: Mapping[str, Mapping[str, float]]
    difficulty: Mapping[str, float]
    slots: Mapping[str, Sequence[Slot]]


def read(request: run.Request, logs: Sequence[Path] = ()) -> Repository:
    """The repository of a request, checked as `promptlint prompts` does.

    Args:
        request: which prompts.
        logs: files or folders of logs, whose requests are not prompts of the repository.
    """
    request = _without(request, logs)
    outcome = run.run(request)
    prompts = list(_prompts(outcome, request))
    traits = ((each.id, each.traits) for each in prompts_of(outcome.result))
    return Repository(
        matcher(prompts),
        outcome.workspace.configs.for_folder(outcome.root).prices,
        {id_: each.difficulty for id_, each in traits if each is not None and each.difficulty is not None},
        {each.id: _slots(each) for each in prompts},
    )


def _without(request: run.Request, logs: Sequence[Path]) -> run.Request:
    """The request without the files of logs: they are found where the project is read, too."""
    homes = {path.resolve() for path in logs}
    listed = reading.found(request, workspace.workspace(request)).files
    kept = [item.display for item in listed if not _is_log(item.path, homes)]
    return request if len(kept) == len(listed) else replace(request, only=frozenset(kept))


def _is_log(path: Path, homes: Collection[Path]) -> bool:
    if path.suffix.lower() not in _LOGS:
        return False
    real = path.resolve()
    return any(each in homes for each in (real, *real.parents))


def _prompts(done: run.Outcome, request: run.Request) -> Iterator[Prompt]:
    homes = {file.path for file in done.result.files if file.prompts}
    found, _, _ = run.sources(request, done.workspace)
    for path, source in found:
        if source.path in homes:
            settings = done.workspace.settings(path, source.path)
            context = done.contexts.get(source.path, source.context)
            yield from extract(replace(source, context=context), settings.options).prompts


def _slots(prompt: Prompt) -> tuple[Slot, ...]:
    names, ends = [], [0]
    for segment in prompt.segments:
        if segment.kind is SegmentKind.SLOT:
            names.append(segment.name or segment.text)
            ends.append(ends[-1])
        elif segment.kind is SegmentKind.TEXT:
            ends[-1] += len(segment.text.encode("utf-8", "surrogatepass"))
    is_plain = not any(segment.branch for segment in prompt.segments)
    return tuple(
        [
            Slot(name, before, moved, is_plain and number == len(names))
            for number, (name, before, moved) in enumerate(zip(names, ends, ends[1:], strict=False), 1)
        ]
    )
