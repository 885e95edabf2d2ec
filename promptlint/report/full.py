"""Every finding with its source, its reason, its money and its fix: the report to work through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from promptlint.model import Finding, Fix, PromptFacts, Span
from promptlint.records import dataclass
from promptlint.reporting import (
    Report,
    fault_lines,
    findings_of,
    first_sentence,
    fix_words,
    place,
    prompts_of,
    rule_of,
    saving_words,
    summary_parts,
    totals,
    verbose_lines,
)
from promptlint.style import BOLD, CYAN, DIM, RED, TINTS, cells, number, paint, plural, visible, wrap

UNQUOTED = "SEC001"
"""The rule whose findings are never quoted: a report ends in the logs of a build."""

SHOWN_LINES = 2
QUOTED = 40
WRAPPED = ("why", "saves")  # the other notes quote the source, blanks and all


def render(report: Report) -> str:
    """All findings in full, then what failed, then the summary."""
    report = _without_secrets(report)
    prompts = {prompt.id: prompt for prompt in prompts_of(report.result)}
    blocks = [
        "\n".join(_finding(report, finding, prompts.get(finding.prompt or "")))
        for finding in findings_of(report.result)
    ]
    if report.verbose and (lines := verbose_lines(report.result)):
        blocks.append("\n".join(lines))
    if faults := fault_lines(report.result):
        blocks.append("\n".join(paint(line, RED, report.color) for line in faults))
    summary = wrap(summary_parts(totals(report.result)), report.width, " · ")
    blocks.append("\n".join(paint(line, BOLD, report.color) for line in summary))
    return "\n\n".join(blocks) + "\n"


def _without_secrets(report: Report) -> Report:
    """The report with stars where the sources hold a secret that was found."""
    sources = dict(report.sources)
    for finding in findings_of(report.result):
        text = sources.get(finding.path)
        if finding.code == UNQUOTED and text is not None and finding.span.end <= len(text):
            start, end = finding.span.start, finding.span.end
            hidden = "".join(char if char.isspace() else "*" for char in text[start:end])
            sources[finding.path] = f"{text[:start]}{hidden}{text[end:]}"
    return replace(report, sources=sources)


def _finding(report: Report, finding: Finding, prompt: PromptFacts | None) -> Iterator[str]:
    tint = TINTS[finding.severity]
    gutter = len(str(finding.location.end_line))
    yield " ".join(
        (
            paint(place(finding.path, finding.location), BOLD, report.color),
            paint(visible(finding.code), tint, report.color),
            f"{visible(finding.name)} {paint(f'[{finding.severity.name.lower()}]', tint, report.color)}",
            visible(finding.message),
        )
    )
    text = report.sources.get(finding.path)
    if text is not None and finding.span.end <= len(text):
        yield from _excerpt(report, text, finding, gutter)
    for label, words in _notes(report, finding, prompt):
        head = f"{' ' * gutter} = {label}: "
        first, *more = wrap(words.split(" "), report.width - len(head)) if label in WRAPPED else [words]
        yield paint(head.rstrip(), CYAN, report.color) + " " + first
        yield from (" " * len(head) + line for line in more)


def _notes(report: Report, finding: Finding, prompt: PromptFacts | None) -> Iterator[tuple[str, str]]:
    if why := first_sentence(rule_of(report, finding).why):
        yield "why", visible(why)
    if finding.related:
        first, *more = finding.related
        yield "see", ", ".join([place(finding.path, first), *(f"{at.line}:{at.column}" for at in more)])
    if finding.saving is not None:
        yield "saves", saving_words(finding.saving, prompt)
    if finding.fix is not None:
        change = _change(report.sources.get(finding.path), finding.fix)
        yield "fix", fix_words(finding.fix) + (f": {change}" if change else "")


def _change(text: str | None, fix: Fix) -> str:
    """A fix of one small edit in words; others are for `fix --diff`."""
    if text is None or not fix.edits:
        return ""
    if len(fix.edits) > 1:
        return f"{number(len(fix.edits))} edits, which fix --diff shows"
    edit = fix.edits[0]
    old = text[edit.span.start : edit.span.end]
    if max(len(old), len(edit.new)) > QUOTED or "\n" in old + edit.new:
        return ""
    if not edit.new:
        return f'delete "{visible(old)}"'
    if not old:
        return f'insert "{visible(edit.new)}"'
    return f'replace "{visible(old)}" by "{visible(edit.new)}"'


# --- the excerpt ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of source, and the part of it that was hit, in code points from its start."""

    number: int
    text: str
    hit: Span


def _excerpt(report: Report, text: str, finding: Finding, gutter: int) -> Iterator[str]:
    bar = paint(f"{' ' * gutter} |", CYAN, report.color)
    yield bar
    for line in _hit_lines(text, finding):
        shown, start, size = window(line.text, line.hit, report.width - gutter - 4)
        yield f"{paint(f'{line.number:>{gutter}} |', CYAN, report.color)} {shown}".rstrip()
        caret = paint("^" * size, TINTS[finding.severity], report.color)
        yield f"{bar} {' ' * start}{caret}"
    more = _height(finding) - SHOWN_LINES
    if more > 0:
        note = f"... {plural(more, 'more line')}"
        yield f"{bar} {paint(note, DIM, report.color)}"


def _height(finding: Finding) -> int:
    """The lines that are hit; one that is only reached by the newline before it is not."""
    at = finding.location
    return max(1, at.end_line - at.line + (at.end_column > 1))


def _hit_lines(text: str, finding: Finding) -> Iterator[_Line]:
    span, line = finding.span, finding.location.line
    start = text.rfind("\n", 0, span.start) + 1
    for count in range(min(SHOWN_LINES, _height(finding))):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        stop = max(start, end - 1) if text[start:end].endswith("\r") else end
        first = min(max(span.start, start), stop)
        last = min(max(span.end, first), stop)
        bom = 1 if start == 0 and text.startswith("\ufeff") and first > 0 else 0
        hit = Span(max(first - start - bom, 0), max(last - start - bom, 0))
        yield _Line(line + count, text[start + bom : stop], hit)
        start = end + 1


def window(line: str, hit: Span, room: int) -> tuple[str, int, int]:
    """The part of a line around a hit that fits `room` cells, with the cell and length of its underline.

    A cut end shows as an ellipsis. An empty hit, or one at the end of the line, is one cell long.
    """
    first = max(0, hit.start - room)  # no more code points than cells are looked at: lines may be megabytes
    part = list(cells(line[first : hit.start + 2 * room]))
    at = hit.start - first
    widths = [size for _, size in part]
    left = 0
    if first or sum(widths) > room:
        left = at
        budget = max(room // 3, room - 2 - sum(widths[at:]))
        while left > 0 and budget >= widths[left - 1]:
            left -= 1
            budget -= widths[left]
    lead = "…" if first + left else ""
    right, used = left, len(lead)
    while right < len(part) and used + widths[right] <= room - (first + right + 1 < len(line)):
        used += widths[right]
        right += 1
    cut = first + right < len(line)
    shown = lead + "".join(text for text, _ in part[left:right]) + ("…" if cut else "")
    start = len(lead) + sum(widths[left:at])
    size = sum(widths[at : min(max(hit.end - first, at), right)])
    return shown, start, max(size, 1)
