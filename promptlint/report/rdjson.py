"""reviewdog's diagnostic format: one DiagnosticResult, with safe fixes as suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from promptlint.jsondoc import dumps
from promptlint.markdown import code
from promptlint.model import Edit, Fault, Finding, Safety, Severity, Span
from promptlint.reporting import Report, faults_of, findings_of, rule_of, saving_words
from promptlint.style import visible

SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
"""reviewdog has the same three; a file on which promptlint failed is an ERROR."""

SPREAD = 4_000
"""Code points from the first to the last edit of a fix that still is a suggestion: longer ones go unread."""

MESSAGE = 1_000
"""Characters of a message: it becomes a review comment."""

Json = dict[str, object]
Places = Mapping[int, tuple[int, int]]


def render(report: Report) -> str:
    """A diagnostic a finding, and one for each file on which promptlint failed.

    Messages are Markdown to reviewdog, so what a prompt says stands in code. Skipped files have no place in
    the format: other formats list them.
    """
    found = findings_of(report.result)
    offsets: dict[str, set[int]] = {}
    for finding in found:
        offsets.setdefault(finding.path, set()).update(_offsets(finding))
    places = {
        path: byte_places(report.sources[path], wanted)
        for path, wanted in offsets.items()
        if path in report.sources
    }
    diagnostics = [_fault(fault) for fault in faults_of(report.result)]
    diagnostics += [_finding(report, item, places.get(item.path, {})) for item in found]
    return dumps({"source": {"name": "promptlint"}, "diagnostics": diagnostics}) + "\n"


def byte_places(text: str, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Offsets in code points -> line and column, both from 1, the column in bytes of UTF-8, a BOM counted.

    One pass over the text, however many offsets; those beyond its end are left out.
    """
    found = {}
    line, column, last = 1, 1, 0
    for offset in sorted(set(offsets)):
        if offset > len(text):
            break
        part = text[last:offset]
        if newlines := part.count("\n"):
            line, column = line + newlines, 1
            part = part[part.rfind("\n") + 1 :]
        column += len(part.encode("utf-8", "surrogatepass"))
        last = offset
        found[offset] = (line, column)
    return found


def _offsets(finding: Finding) -> Iterable[int]:
    yield finding.span.start
    yield finding.span.end
    for edit in _edits(finding):
        yield edit.span.start
        yield edit.span.end


def _edits(finding: Finding) -> tuple[Edit, ...]:
    """The edits of a safe fix."""
    fix = finding.fix
    return fix.edits if fix is not None and fix.safety is Safety.SAFE else ()


def _finding(report: Report, finding: Finding, places: Places) -> Json:
    message = code(finding.message, MESSAGE)
    if finding.saving is not None:
        message += f" Saves {saving_words(finding.saving)}."
    rule = rule_of(report, finding)
    named: Json = {"value": visible(finding.code)}
    if rule.docs.startswith("https://"):
        named["url"] = rule.docs
    diagnostic: Json = {
        "message": message,
        "location": {"path": finding.path, "range": _range(finding, places)},
        "severity": SEVERITIES[finding.severity],
        "code": named,
    }
    if suggestion := _suggestion(report, finding, places):
        diagnostic["suggestions"] = [suggestion]
    return diagnostic


def _range(finding: Finding, places: Places) -> Json:
    """The range with an exclusive end; without the source only its lines, the last one included."""
    if finding.span.start in places and finding.span.end in places:
        return _between(finding.span, places)
    at = finding.location
    last = at.end_line - (at.end_column == 1 and at.end_line > at.line)
    return {"start": {"line": at.line}, "end": {"line": last}}


def _between(span: Span, places: Places) -> Json:
    (line, column), (end_line, end_column) = places[span.start], places[span.end]
    return {
        "start": {"line": line, "column": column},
        "end": {"line": end_line, "column": end_column},
    }


def _suggestion(report: Report, finding: Finding, places: Places) -> Json | None:
    """All edits as one replacement: reviewdog offers each suggestion alone, a fix is all or nothing."""
    edits, text = _edits(finding), report.sources.get(finding.path)
    if not edits or text is None:
        return None
    whole = Span(edits[0].span.start, edits[-1].span.end)
    if whole.end not in places or whole.end - whole.start > SPREAD:
        return None
    parts, last = [], whole.start
    for edit in edits:
        parts += [text[last : edit.span.start], edit.new]
        last = edit.span.end
    return {"range": _between(whole, places), "text": "".join(parts)}


def _fault(fault: Fault) -> Json:
    place: Json = {"path": fault.path}
    if fault.line is not None:
        place["range"] = {"start": {"line": fault.line}}
    message = f"promptlint failed: {code(fault.message, MESSAGE)}"
    return {"message": message, "location": place, "severity": "ERROR"}
