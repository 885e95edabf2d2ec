"""The report of `promptlint prompts --coverage`: per file what was found, what was not taken, and why."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.jsondoc import (
    COUNT,
    SCHEMA_VERSION,
    TEXT,
    Key,
    array_of,
    at,
    document,
    dumps,
    object_of,
    object_schema,
    objects,
)
from promptlint.model import Fault, Finding, PromptFacts, Skip
from promptlint.records import dataclass
from promptlint.reporting import Covered, Report, Untaken, fault_lines, faults_of, skips_of
from promptlint.style import BOLD, DIM, YELLOW, fit, fit_path, paint, plural, visible, width, wrap

FEW = 5
"""Texts of one file that are listed if nobody asks for all."""

_LEAST_WORDS = 24  # cells


@dataclass(frozen=True, slots=True)
class _Sums:
    files: int
    prompts: int
    untaken: int
    obvious: int
    broken: int
    skipped: int


def _sums(report: Report) -> _Sums:
    untaken = [item for file in report.coverage for item in file.untaken]
    return _Sums(
        files=len(report.coverage),
        prompts=sum(len(file.prompts) for file in report.coverage),
        untaken=sum(1 for item in untaken if not item.obvious),
        obvious=sum(1 for item in untaken if item.obvious),
        broken=sum(1 for file in report.coverage if file.broken),
        skipped=len(report.result.skipped),
    )


# --- text -----------------------------------------------------------------------------------


def render(report: Report) -> str:
    """Each file with a prompt or with a text that may be one; with `verbose` all files and all texts."""
    lines: list[str] = []
    for file in report.coverage:
        doubtful = any(not item.obvious for item in file.untaken)
        if report.verbose or file.prompts or file.broken or doubtful:
            lines += _file(file, report)
    lines += [""] if lines else []
    skipped = skips_of(report.result)
    if skipped:
        lines.append(paint("Skipped", BOLD, report.color))
        lines += [_line("", f"{visible(item.path)}: {visible(item.reason)}", report) for item in skipped]
        lines.append("")
    lines += fault_lines(report.result)
    lines += [paint(line, BOLD, report.color) for line in wrap(_summary(report), report.width, " · ")]
    return "\n".join(lines) + "\n"


def _summary(report: Report) -> list[str]:
    sums = _sums(report)
    parts = [plural(sums.files, "file"), plural(sums.prompts, "prompt"), f"{sums.untaken:,} not taken"]
    if sums.obvious:
        more = "" if report.verbose else " (--verbose lists them)"
        parts.append(f"{sums.obvious:,} more that surely are none{more}")
    if sums.broken:
        parts.append(f"{sums.broken:,} with what could not be read")
    return [*parts, f"{sums.skipped:,} skipped"]


def _file(file: Covered, report: Report) -> Iterator[str]:
    count = plural(len(file.prompts), "prompt") if file.prompts else "no prompt"
    path = fit_path(file.path, max(_LEAST_WORDS, report.width - len(count) - 2))
    yield f"{paint(path, BOLD, report.color)}  {paint(count, DIM, report.color)}"
    if file.reason and not file.prompts:
        yield from (paint(line, DIM, report.color) for line in _folded(file.reason, report.width))
    for prompt in file.prompts:
        if prompt.id == file.path:
            continue
        name = prompt.id.removeprefix(file.path).removeprefix("::")
        yield _line(str(prompt.location.line), visible(name), report)
    for problem in file.broken:
        yield _line(str(problem.location.line), visible(f"{problem.code} {problem.message}"), report)
    shown = [item for item in file.untaken if report.verbose or not item.obvious]
    if shown:
        yield paint("  not taken:", YELLOW, report.color)
    room = len(shown) if report.verbose else FEW
    for item in shown[:room]:
        yield from _untaken(item, report)
    if (more := len(shown) - room) > 0:
        yield _line("", f"and {more:,} more (--verbose lists them)", report)


def _folded(text: str, room: int) -> list[str]:
    return ["  " + line for line in wrap([visible(text)], room - 2)]


def _untaken(item: Untaken, report: Report) -> Iterator[str]:
    """The reason and the first words on one line, or on two where that is too narrow."""
    reason = visible(item.reason)
    room = report.width - width(reason) - 11
    if room >= _LEAST_WORDS:
        yield _line(str(item.location.line), f"{reason}: {fit(item.words, room)}", report)
    else:
        yield _line(str(item.location.line), f"{reason}:", report)
        yield _line("", item.words, report)


def _line(number: str, text: str, report: Report) -> str:
    return f"{number:>7}  {fit(text, report.width - 9)}"


# --- JSON -----------------------------------------------------------------------------------


def render_json(report: Report) -> str:
    """The whole of it, as one document."""
    return dumps(object_of(DOCUMENT, report)) + "\n"


def schema() -> dict[str, object]:
    """The JSON Schema of that document."""
    return document("coverage", "What `promptlint prompts --coverage --format json` prints.", DOCUMENT)


PROMPT: tuple[Key[PromptFacts], ...] = (
    Key("id", TEXT, "Path, and the anchor of the prompt within the file.", lambda it: it.id),
    *at(lambda it: it.location),
)
UNTAKEN: tuple[Key[Untaken], ...] = (
    *at(lambda it: it.location),
    Key("reason", TEXT, "Why it was not taken.", lambda it: it.reason),
    Key("words", TEXT, "How it begins, white space folded.", lambda it: it.words),
    Key("obvious", {"type": "boolean"}, "Nobody would call it a prompt.", lambda it: it.obvious),
)
BROKEN: tuple[Key[Finding], ...] = (
    *at(lambda it: it.location),
    Key("code", TEXT, "Stable code of the rule.", lambda it: it.code),
    Key("message", TEXT, "What is wrong here.", lambda it: it.message),
)
FILE: tuple[Key[Covered], ...] = (
    Key("path", TEXT, "POSIX path from the project root.", lambda it: it.path),
    Key("reason", TEXT, "Why it was taken as prompts, or not.", lambda it: it.reason),
    Key("prompts", array_of(PROMPT), "What was found.", lambda it: objects(PROMPT, it.prompts)),
    Key("not_taken", array_of(UNTAKEN), "What looks like it.", lambda it: objects(UNTAKEN, it.untaken)),
    Key("broken", array_of(BROKEN), "What could not be read.", lambda it: objects(BROKEN, it.broken)),
)
SKIP: tuple[Key[Skip], ...] = (
    Key("path", TEXT, "A file that was not checked.", lambda it: it.path),
    Key("reason", TEXT, "Why.", lambda it: it.reason),
)
FAULT: tuple[Key[Fault], ...] = (
    Key("path", TEXT, "A file on which promptlint failed.", lambda it: it.path),
    Key("message", TEXT, "What went wrong.", lambda it: it.message),
)
SUMMARY: tuple[Key[_Sums], ...] = (
    Key("files", COUNT, "Files that were looked at.", lambda it: it.files),
    Key("prompts", COUNT, "Prompts found.", lambda it: it.prompts),
    Key("not_taken", COUNT, "Texts that may be prompts and were not taken.", lambda it: it.untaken),
    Key("obvious", COUNT, "Texts that were not taken and surely are none.", lambda it: it.obvious),
    Key("broken", COUNT, "Files with something that could not be read.", lambda it: it.broken),
    Key("skipped", COUNT, "Files not looked at: the length of skipped.", lambda it: it.skipped),
)
DOCUMENT: tuple[Key[Report], ...] = (
    Key("schema_version", {"const": SCHEMA_VERSION}, "Of this kind of document.", lambda _: SCHEMA_VERSION),
    Key("promptlint", TEXT, "Version of promptlint.", lambda it: it.version),
    Key("summary", object_schema(SUMMARY), "Totals.", lambda it: object_of(SUMMARY, _sums(it))),
    Key("files", array_of(FILE), "By path.", lambda it: objects(FILE, it.coverage)),
    Key("skipped", array_of(SKIP), "Never silently.", lambda it: objects(SKIP, skips_of(it.result))),
    Key("errors", array_of(FAULT), "Own failures.", lambda it: objects(FAULT, faults_of(it.result))),
)
