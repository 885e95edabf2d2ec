"""Says of each file of a run which prompts were found, and what looks like one and was not taken, and why."""

from __future__ import annotations

from dataclasses import replace

from promptlint import run
from promptlint.extract import extract
from promptlint.extract.common.openings import addresses
from promptlint.locate import location
from promptlint.model import FileResult, Passed, Source
from promptlint.reporting import Covered, Untaken

OBVIOUS = (
    "a docstring",
    "an error message",
    "given ",
    "HTML",
    "SQL",
    "code",
    "the name ",
    "too few words",
    "test ",
)
"""How the reasons begin that leave no doubt, unless the text speaks to a model."""

_WORDS = 200  # code points of a text that are shown


def coverage(done: run.Outcome, request: run.Request) -> tuple[Covered, ...]:
    """What was seen in each file that could be read or gave a finding, in order of path."""
    found, _, _ = run.sources(request, done.workspace)
    failed = {fault.path for fault in done.result.errors}
    passed = {}
    for path, source in found:
        if source.path in failed:
            continue
        settings = done.workspace.settings(path, source.path)
        placed = replace(source, context=done.contexts.get(source.path, source.context))
        extraction = extract(placed, replace(settings.options, coverage=True))
        passed[source.path] = tuple(_untaken(source, item) for item in extraction.passed)
    return tuple(_covered(file, passed.get(file.path, ())) for file in done.result.files)


def _covered(file: FileResult, passed: tuple[Untaken, ...]) -> Covered:
    broken = tuple(item for item in file.findings if item.code.startswith(("SRC", "TPL")))
    return Covered(file.path, file.reason, file.prompts, passed, broken)


def _untaken(source: Source, item: Passed) -> Untaken:
    text = source.text[item.span.start : item.span.end]
    words = " ".join(text[: 4 * _WORDS].split())[:_WORDS]
    plain = item.reason.startswith(OBVIOUS) or item.reason.endswith("is for people")
    obvious = plain and not addresses(text.lstrip("frbuFRBU\"'"))
    return Untaken(location(source.text, item.span), item.reason, words, obvious)
