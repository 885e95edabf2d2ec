"""Does to a template literal what the tags of the dedent family do, where they all agree on it."""

from __future__ import annotations

from dataclasses import replace

from promptlint.extract.common import values
from promptlint.extract.common.values import Runs
from promptlint.model import SegmentKind
from promptlint.syntax.literals import Run

TAGS = {
    "dedent": True,
    "endent": True,
    "outdent": True,
    "stripIndent": True,
    "codeBlock": True,
    "heredoc": True,
    "oneLine": False,
    "stripIndents": False,
    "trimIndent": False,
    "prompt": False,
    "markdown": False,
    "md": False,
}
"""Tags of literals that are text; True for those that take the common indentation away, and blank ends."""

_SPACES = " \t"
_AGREED = ("`", "$", "{")  # what all of them read an escape of as


def dedent(runs: Runs, known: bool) -> Runs:
    """The runs without the indentation that all lines have, and without the lines at both ends if blank.

    The libraries differ in lines that are less indented than the first, in escapes and in text beside the
    opening quote. Such a text, and one of a tag that is not `known`, is given as it stands, not to be edited.
    """
    lines = values.masked(runs).split("\n")
    body = [line for line in lines[1:] if line.strip(_SPACES)]
    margin = body[0][: len(body[0]) - len(body[0].lstrip(_SPACES))] if body else ""
    escapes = any(run.text not in _AGREED for run in runs if _is_atomic(run))
    if not known or escapes or not body or lines[0].strip(_SPACES) or not _all_have(body, margin):
        return values.fixed(runs)
    cut = _cut(runs, lines, len(margin)) if margin else runs
    stripped = values.strip(cut, "strip", " \t\n")
    return tuple(replace(run, codec=replace(run.codec, raw=True)) for run in stripped)


def is_done(runs: Runs) -> bool:
    """True if there is nothing left to do: the text was dedented, or was given up."""
    texts = [run for run in runs if run.kind is SegmentKind.TEXT]
    return all(run.codec.raw or not run.codec.editable for run in texts)


def _all_have(lines: list[str], margin: str) -> bool:
    return all(line.startswith(margin) for line in lines)


def _is_atomic(run: Run) -> bool:
    return run.kind is SegmentKind.TEXT and not run.verbatim


def _cut(runs: Runs, lines: list[str], width: int) -> Runs:
    ranges = []
    at = 0
    margin = ""
    for number, line in enumerate(lines):
        end = at + len(line) + (number < len(lines) - 1)
        gone = min(width, len(line) - len(line.lstrip(_SPACES)))
        if line.strip(_SPACES):
            margin = line[:gone]
        ranges.append((at + gone, end))
        at = end
    kept = values.keep(runs, ranges)
    return tuple(replace(run, codec=replace(run.codec, indent=margin)) for run in kept)
