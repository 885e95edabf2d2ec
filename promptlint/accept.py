"""What a team has accepted: findings in a baseline or in promptlint.ignore, taken out of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import baseline, sidecar
from promptlint.store import DISK

if TYPE_CHECKING:
    from promptlint.model import Finding
    from promptlint.run import Outcome


def write_baseline(outcome: Outcome, path: Path | None) -> str:
    """Write all findings of a run to the baseline; returns a line that says so.

    Raises:
        UsageError: the file cannot be written.
    """
    target = path or _configured(outcome) or outcome.root / baseline.NAME
    total = baseline.write(target, _findings(outcome))
    return f"{total} findings written to {target}"


def without_baselined(outcome: Outcome, path: Path | None) -> Outcome:
    """The run without what the baseline (of the command line, else of the config) holds.

    Raises:
        UsageError: the baseline does not exist.
        ConfigError: it is not a baseline.
    """
    source = path or _configured(outcome)
    if source is None:
        return outcome
    store = DISK if path is not None else outcome.workspace.config_store
    kept, total = baseline.apply(_findings(outcome), baseline.read(source, store))
    stay = {id(finding) for finding in kept}
    files = tuple(
        replace(file, findings=tuple(item for item in file.findings if id(item) in stay))
        for file in outcome.result.files
    )
    return replace(outcome, result=replace(outcome.result, files=files, baselined=total))


def add_ignore(outcome: Outcome, reason: str) -> str:
    """Add all findings of a run to promptlint.ignore in the root; returns a line that says so."""
    total = sidecar.add_ignored(outcome.root, _findings(outcome), reason)
    return f"{total} findings added to {outcome.root / sidecar.NAME}"


def _configured(outcome: Outcome) -> Path | None:
    return outcome.workspace.configs.for_folder(outcome.root).baseline


def _findings(outcome: Outcome) -> list[Finding]:
    return [finding for file in outcome.result.files for finding in file.findings]
