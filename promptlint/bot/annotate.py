"""What is left where the token may not comment: annotations, of a check or in the log, and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from promptlint.bot.host import Annotation
from promptlint.bot.target import Kind
from promptlint.changes import Comparison, Note
from promptlint.errors import UsageError
from promptlint.report.github import LIMIT, command
from promptlint.style import number, visible

MAX_SUMMARY = 1024 * 1024
"""Bytes of a step's summary; GitHub shows none that is larger."""

_CUT = "\n_The rest does not fit into the summary of a step._\n"
_TITLE = 255  # characters that GitHub takes
_LEVELS: Mapping[str, Literal["failure", "warning", "notice"]] = {
    "error": "failure",
    "warning": "warning",
    "info": "notice",
}
_ORDER = tuple(_LEVELS)


def new_findings(comparison: Comparison) -> tuple[Note, ...]:
    """All new findings, of prompts and of files, worst and dearest first."""
    notes = [*comparison.findings.new, *(note for each in comparison.prompts for note in each.findings.new)]
    return tuple(sorted(notes, key=_rank))


def annotated(comparison: Comparison, kind: Kind, prefix: str = "") -> str:
    """A line for each new finding; for GitHub, workflow commands, as many as it shows.

    Args:
        prefix: what comes before the paths in the repository: empty, or it ends in a slash.
    """
    notes = new_findings(comparison)
    if kind == "gitlab":
        lines = [
            f"{visible(prefix + note.path)}:{note.line}: {note.severity}: {_words(note)}" for note in notes
        ]
        return "".join(line + "\n" for line in lines)
    lines = list(_commands(notes, prefix))
    if more := len(notes) - len(lines):
        lines.append(command("notice", {"title": "promptlint"}, f"{number(more)} more new findings"))
    return "".join(line + "\n" for line in lines)


def at_lines(comparison: Comparison, prefix: str = "") -> tuple[Annotation, ...]:
    """The new findings as a check shows them, worst first; `prefix` as for `annotated`."""
    return tuple(
        Annotation(
            path=prefix + note.path,
            start_line=max(1, note.line),
            end_line=max(1, note.line, note.end_line),
            level=_LEVELS[note.severity],
            title=visible(f"{note.code} {note.name}")[:_TITLE],
            message=visible(note.message) or "-",
        )
        for note in new_findings(comparison)
    )


def append_summary(path: Path, text: str) -> None:
    """Append Markdown to the summary of a workflow's step, as much as still fits.

    Raises:
        UsageError: the file cannot be written.
    """
    data = text.encode("utf-8", "replace")
    try:
        with path.open("ab") as file:
            room = MAX_SUMMARY - file.tell()
            if len(data) > room:
                kept = data[: max(0, room - len(_CUT.encode()))]
                data = kept[: kept.rfind(b"\n") + 1] + _CUT.encode()
            if len(data) <= room:
                file.write(data)
    except OSError as error:
        raise UsageError(f"GITHUB_STEP_SUMMARY: {path}: {error.strerror}") from error


def _commands(notes: tuple[Note, ...], prefix: str) -> Iterator[str]:
    for level in ("error", "warning"):
        for note in [note for note in notes if note.severity == level][:LIMIT]:
            place = {
                "file": visible(prefix + note.path),
                "line": str(note.line),
                "endLine": str(note.end_line),
            }
            yield command(
                level, {**place, "title": visible(f"{note.code} {note.name}")}, visible(note.message)
            )


def _words(note: Note) -> str:
    return visible(f"{note.code} {note.message}")


def _rank(note: Note) -> tuple[int, float, str, int]:
    price = note.usd_per_1000[1] if note.usd_per_1000 else 0.0
    return _ORDER.index(note.severity), -price, note.path, note.line
