"""SARIF 2.1.0: for code scanning services and editors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from promptlint.jsondoc import dumps
from promptlint.locate import location
from promptlint.model import Fault, Finding, Location, Safety, Severity, Skip, Span
from promptlint.reporting import (
    Report,
    RuleInfo,
    faults_of,
    findings_of,
    fix_words,
    rule_of,
    saving_words,
    skips_of,
)
from promptlint.style import visible

Json = dict[str, object]
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
ROOT = "%SRCROOT%"
LIMIT = 25_000
"""Results that GitHub accepts in one run."""


def render(report: Report) -> str:
    """One run with its rules, results, safe fixes, and notifications for all that was not checked."""
    found = findings_of(report.result)
    kept = _worst(found, LIMIT)
    rules = {finding.code: rule_of(report, finding) for finding in kept}
    order = sorted(rules)
    indices = {code: index for index, code in enumerate(order)}
    driver: Json = {
        "name": "promptlint",
        "version": report.version,
        "rules": [_rule(rules[code]) for code in order],
    }
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the checked project."}}},
        "invocations": [_invocation(report, len(found) - len(kept))],
        "results": [_result(report, finding, indices[finding.code]) for finding in kept],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _worst(found: Sequence[Finding], limit: int) -> list[Finding]:
    """The most severe findings, in the order given."""
    if len(found) <= limit:
        return list(found)
    ranked = sorted(range(len(found)), key=lambda index: (-found[index].severity, index))[:limit]
    return [found[index] for index in sorted(ranked)]


def _rule(rule: RuleInfo) -> Json:
    text = rule.why or rule.summary or rule.name
    family = rule.code.rstrip("0123456789")
    markdown = f"**{rule.code} {rule.name}**\n\n{rule.summary}\n\n{rule.why}".rstrip()
    described: Json = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary or rule.name},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["prompt", family]},
    }
    if rule.docs.startswith("https://"):
        described["helpUri"] = quote(rule.docs, safe=":/?#[]@!$&'()*+,;=%~", errors="surrogatepass")
    return described


def _result(report: Report, finding: Finding, index: int) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_place(finding.path, _region(finding.location, finding.span))],
        "partialFingerprints": {"promptlint/v1": finding.fingerprint},
        "properties": dict(_properties(finding)),
    }
    if finding.related:
        result["relatedLocations"] = [
            {**_place(finding.path, _region(at)), "id": number, "message": {"text": "related place"}}
            for number, at in enumerate(finding.related, start=1)
        ]
    if finding.fix is not None and finding.fix.safety is Safety.SAFE:
        result["fixes"] = [_fix(report, finding)]
    return result


def _message(finding: Finding) -> str:
    """The message and the money."""
    text = _plain(finding.message)
    return text if finding.saving is None else f"{text.rstrip('.')}. Saves {saving_words(finding.saving)}."


def _plain(text: str) -> str:
    """Text on one line; `](` would make a link of what a prompt says."""
    return visible(text).replace("](", "] (")


def _properties(finding: Finding) -> Iterator[tuple[str, object]]:
    if finding.prompt is not None:
        yield "prompt", finding.prompt
    if finding.saving is not None:
        yield "inputTokens", finding.saving.input_tokens
        yield "basis", finding.saving.basis.value
    if finding.saving is not None and finding.saving.usd_per_1000 is not None:
        yield "usdPer1000Calls", [round(end, 9) for end in finding.saving.usd_per_1000]
    if finding.fix is not None:
        yield "fix", fix_words(finding.fix)


def _fix(report: Report, finding: Finding) -> Json:
    text = report.sources.get(finding.path)
    edits = finding.fix.edits if finding.fix else ()
    replacements = [
        {
            "deletedRegion": _region(None if text is None else location(text, edit.span), edit.span),
            "insertedContent": {"text": edit.new},
        }
        for edit in edits
    ]
    change = {"artifactLocation": _artifact(finding.path), "replacements": replacements}
    return {"description": {"text": f"promptlint fix --code {finding.code}"}, "artifactChanges": [change]}


def _place(path: str, region: Json) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> Json:
    """A relative reference: a colon or percent sign in a file name must not read as URI syntax."""
    return {"uri": quote(path, safe="/", errors="surrogatepass"), "uriBaseId": ROOT}


def _region(at: Location | None, span: Span | None = None) -> Json:
    region: Json = {}
    if at is not None:
        region |= {"startLine": at.line, "startColumn": at.column}
        region |= {"endLine": at.end_line, "endColumn": at.end_column}
    if span is not None:
        region |= {"charOffset": span.start, "charLength": span.end - span.start}
    return region


# --- what was not checked -------------------------------------------------------------------


def _invocation(report: Report, omitted: int) -> Json:
    notes = [_fault(fault) for fault in faults_of(report.result)]
    notes += [_skip(skip) for skip in skips_of(report.result)]
    if omitted:
        text = f"{omitted} less severe findings are not in this file, which may hold {LIMIT}."
        notes.append(_notification("warning", text))
    return {"executionSuccessful": not report.result.errors, "toolExecutionNotifications": notes}


def _fault(fault: Fault) -> Json:
    region: Json = {} if fault.line is None else {"region": {"startLine": fault.line}}
    return _notification("error", f"promptlint failed: {fault.message}", fault.path, region)


def _skip(skip: Skip) -> Json:
    return _notification("note", f"Skipped: {skip.reason}", skip.path)


def _notification(level: str, text: str, path: str | None = None, region: Json | None = None) -> Json:
    note: Json = {"level": level, "message": {"text": _plain(text)}}
    if path is not None:
        note["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path), **(region or {})}}]
    return note
