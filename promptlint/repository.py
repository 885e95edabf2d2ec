"""Names files from the top of their repository, for readers who do not know where the project begins."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace

from promptlint import git
from promptlint.model import FileResult
from promptlint.run import Outcome


def from_top(outcome: Outcome) -> Outcome:
    """The outcome with such paths; fingerprints and the ids of prompts stay. The same if there is no git."""
    start = git.prefix(outcome.root)
    if not start:
        return outcome

    def moved(path: str) -> str:
        return posixpath.normpath(start + path)

    result = outcome.result
    result = replace(
        result,
        files=tuple(_moved(file, moved) for file in result.files),
        skipped=tuple(replace(skip, path=moved(skip.path)) for skip in result.skipped),
        errors=tuple(replace(fault, path=moved(fault.path)) for fault in result.errors),
    )
    return replace(
        outcome, result=result, sources={moved(path): text for path, text in outcome.sources.items()}
    )


def _moved(file: FileResult, moved: Callable[[str], str]) -> FileResult:
    findings = tuple(replace(finding, path=moved(finding.path)) for finding in file.findings)
    prompts = tuple(replace(facts, path=moved(facts.path)) for facts in file.prompts)
    return replace(file, path=moved(file.path), findings=findings, prompts=prompts)
