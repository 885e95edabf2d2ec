"""Says of each file of a run which prompts were found, and what looks like one and was not taken, and why."""

from __future__ import annotations

from dataclasses import replace

from promptlint import run
from promptlint.extract import extract
from promptlint.extract.common.openings import addresses
from promptlint.locate import location
from promptlint.model import Fault, FileResult, Passed, Source
from promptlint.reporting import Covered, Untaken

OBVIOUS = (
    "a docstring",
    "an error message",
    "given ",
    "in a ",
    "HTML",
    "SQL",
    "code",
    "the name ",
    "too few words",
    "test ",
)
"""How the reasons begin that leave no doubt, unless the text speaks to a model."""

_WORDS = 200  # code points of a text that are shown


def coverage(done: run.Outcome, request: run.Request) -> tuple[run.Outcome, tuple[Covered, ...]]:
    """What was seen in each file that could be read or gave a finding, in order of path.

    The outcome is the one given, with the files on which looking once more failed as faults.
    """
    found, _, _ = run.sources(request, done.workspace)
    failed = {fault.path for fault in done.result.errors}
    passed = {}
    faults = []
    for path, source in found:
        if source.path in failed:
            continue
        settings = done.workspace.settings(path, source.path)
        placed = replace(source, context=done.contexts.get(source.path, source.context))
        try:
            extraction = extract(placed, replace(settings.options, coverage=True))
        except Exception as error:  # the per-file guard: a bug on one file must not end the others
            faults.append(Fault(source.path, f"--coverage: {type(error).__name__}: {error}"))
            continue
        passed[source.path] = tuple(_untaken(source, item) for item in extraction.passed)
    errors = tuple(sorted((*done.result.errors, *faults), key=lambda fault: fault.path))
    covered = tuple(_covered(file, passed.get(file.path, ())) for file in done.result.files)
    return replace(done, result=replace(done.result, errors=errors)), covered


def _covered(file: FileResult, passed: tuple[Untaken, ...]) -> Covered:
    broken = tuple(item for item in file.findings if item.code.startswith(("SRC", "TPL")))
    return Covered(file.path, file.reason, file.prompts, passed, broken)


def _untaken(source: Source, item: Passed) -> Untaken:
    text = source.text[item.span.start : item.span.end]
    words = " ".join(text[: 4 * _WORDS].split())[:_WORDS]
    plain = item.reason.startswith(OBVIOUS) or item.reason.endswith("is for people")
    obvious = plain and not addresses(text.lstrip("frbuFRBU\"'"))
    return Untaken(location(source.text, item.span), item.reason, words, obvious)
