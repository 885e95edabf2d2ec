"""Hostile text in every field of a run, through every renderer: no output acts, and none loses what it carries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given, settings
from jsonschema import Draft4Validator, Draft7Validator

from promptlint.locate import location
from promptlint.model import (
    Basis,
    Edit,
    Fault,
    FileResult,
    Fix,
    Load,
    Profile,
    RunResult,
    Safety,
    Saving,
    Severity,
    Skip,
    Span,
    TokenCount,
)
from promptlint.report import RENDERERS, render
from promptlint.reporting import Covered, Rendered, Report, RuleInfo, Untaken
from promptlint.style import visible
from tests.hostile import SMALL, STRINGS

from .conftest import make_finding, make_prompt
from .runner import WORDS, acts, command_of, lines_of, new_form, old_form, unseen

DATA = Path(__file__).parents[1] / "data"
LARGE = tuple((name, text) for name, text in STRINGS if (name, text) not in SMALL)
IDS = [name for name, _ in SMALL]
JSONS = ("json", "jsonl", "manifest", "coverage-json", "sarif", "gitlab", "rdjson")
OTHERS = ("junit", "github")
TEXTS = tuple(name for name in RENDERERS if name not in (*JSONS, *OTHERS))
OWN_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def run_on(text: str, everywhere: bool = True) -> Report:
    """A run that says `text` in every field that a file, a prompt or a config can fill; else in a message only."""
    name = text if everywhere else "x"
    path = name or "x"
    prompt = replace(
        make_prompt(f"{path}::{name}", 900, path=path, model=name, priced_as=name, slots=(name, name)),
        tokens=TokenCount(800, 900, 9, name, Basis.ESTIMATED, 0.1),
        uncounted=(name,),
        parts=(("system", 600), (name, 300)),
        version=name,
        model_basis=Basis.ASSUMED,
        usd_per_1000=(0.1, 0.2),
    )
    apart = replace(prompt, id=path, profile=Profile.AGENT_DOCUMENT, load=Load.ON_DEMAND, usd_per_1000=None)
    source = f"{text}\n{text} {text}"
    spans = (Span(0, len(text)), Span(len(text) + 1, len(source)))
    base = make_finding("app/x", "x", "x")
    findings = tuple(
        replace(
            base,
            code=code,
            name=name,
            severity=severity,
            message=text,
            path=path,
            span=span,
            location=location(source, span),
            related=(location(source, span),),
            prompt=owner,
            fix=Fix((Edit(span, text),), safety, name),
            saving=Saving(9, usd_per_1000=(0.1, 0.2)),
        )
        for span in spans
        for code, severity, safety, owner in (
            ("AAA001", Severity.ERROR, Safety.SAFE, prompt.id),
            ("AAA002", Severity.WARNING, Safety.UNSAFE, None),
            (name, Severity.INFO, Safety.DISPLAY, f"{path}::"),
        )
    )
    rules = {
        code: RuleInfo(code, name, name, name, Severity.ERROR, Safety.SAFE, f"https://example.org/{name}")
        for code in ("AAA001", name)
    }
    untaken = (
        Untaken(findings[0].location, name, name),
        Untaken(findings[0].location, name, name, obvious=True),
    )
    return Report(
        result=RunResult(
            (FileResult(path, (prompt, apart), findings, reason=name),),
            (Skip(path, name), Skip(f"{path}/{path}", name)),
            (Fault(path, name, 3), Fault(path, name)),
        ),
        sources={path: source},
        rules=rules,
        version="0.1.0",
        verbose=True,
        price_date="2026-10-01",
        rendered={
            prompt.id: Rendered(900, Basis.EXACT, (name,), ""),
            path: Rendered(0, Basis.EXACT, (), name),
        },
        coverage=(Covered(path, name, (prompt,), untaken, findings[:1]), Covered(name, name)),
    )


# --- what each class of output must be --------------------------------------------------------


def check_text(output: str) -> None:
    assert [(line, acts(line)) for line in lines_of(output) if acts(line)] == []
    assert unseen(output) == ""


def check_json(output: str, report: Report) -> object:
    assert output.isascii()
    check_text(output)
    return json.loads(output)


def check_document(output: str, report: Report) -> None:
    finding = report.result.files[0].findings[0]
    document = check_json(output, report)
    assert isinstance(document, dict)
    found = document["findings"]
    for key in ("message", "path", "prompt"):
        assert {item[key] for item in found} == {
            getattr(each, key) for each in report.result.files[0].findings
        }
    assert finding.fix is not None
    assert {item["fix"]["edits"][0]["new"] for item in found} == {finding.fix.edits[0].new}
    assert {item["reason"] for item in document["skipped"]} == {finding.message}
    assert {item["message"] for item in document["errors"]} == {finding.message}


def check_jsonl(output: str, report: Report) -> None:
    check_text(output)
    rows = [json.loads(line) for line in output.splitlines()]
    assert len(rows) == len(report.result.files[0].findings)
    assert {row["path"] for row in rows} == {report.result.files[0].path}


def check_manifest(output: str, report: Report) -> None:
    document = check_json(output, report)
    assert isinstance(document, dict)
    assert {item["id"] for item in document["prompts"]} == {
        item.id for item in report.result.files[0].prompts
    }


def check_coverage(output: str, report: Report) -> None:
    document = check_json(output, report)
    assert isinstance(document, dict)
    assert [item["reason"] for item in document["files"]] == [item.reason for item in report.coverage]


SARIF = Draft4Validator(json.loads((DATA / "sarif-2.1.0.schema.json").read_text(encoding="utf-8")))
RDJSON = Draft4Validator(json.loads((DATA / "rdjson.schema.json").read_text(encoding="utf-8")))
GITLAB = Draft7Validator(json.loads((DATA / "codeclimate.schema.json").read_text(encoding="utf-8")))
JUNIT = xmlschema.XMLSchema(str(DATA / "junit-10.xsd"))


def texts_in(value: object) -> Iterator[str]:
    """The values of all keys `text` and `message`, however deep."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key in {"text", "message"} and isinstance(part, str):
                yield part
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def check_sarif(output: str, report: Report) -> None:
    log = check_json(output, report)
    SARIF.validate(log)
    assert isinstance(log, dict)
    (run,) = log["runs"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert place.isascii()
        assert unquote(place, errors="surrogatepass") == report.result.files[0].path
        assert "](" not in result["message"]["text"]
        assert unseen(result["message"]["text"]) == ""
    for note in run["invocations"][0]["toolExecutionNotifications"]:
        assert unseen(note["message"]["text"]) == ""


def check_gitlab(output: str, report: Report) -> None:
    issues = check_json(output, report)
    assert isinstance(issues, list)
    assert len(issues) == len(report.result.files[0].findings) + len(report.result.errors)
    for issue in issues:
        GITLAB.validate(issue)
        assert issue["location"]["path"] == report.result.files[0].path
        check_text(issue["description"])
        assert "\n" not in issue["description"]


def check_rdjson(output: str, report: Report) -> None:
    result = check_json(output, report)
    RDJSON.validate(result)
    assert isinstance(result, dict)
    assert len(result["diagnostics"]) == len(report.result.files[0].findings) + len(report.result.errors)
    for item in result["diagnostics"]:
        assert item["location"]["path"] == report.result.files[0].path
        assert "\n" not in item["message"]
        assert unseen(item["message"]) == ""
        for suggestion in item.get("suggestions", []):
            assert suggestion["text"] == report.result.files[0].findings[0].message


def check_junit(output: str, report: Report) -> None:
    check_text(output)
    root = ET.fromstring(output)
    JUNIT.validate(output)
    for element in root.iter():
        for value in (*element.attrib.values(), element.text or ""):
            assert unseen(value) == ""
        assert "[[ATTACHMENT" not in (element.text or "")
    assert {item.get("name") for item in root} >= {visible(report.result.files[0].path)}


def check_github(output: str, report: Report) -> None:
    result = report.result
    assert unseen(output) == ""
    wanted = len(result.errors) + len(result.files[0].findings) + 1  # what was skipped
    commands = [command_of(line) for line in lines_of(output)[:-1]]
    assert len(commands) == wanted
    assert [name for name, _, _ in filter(None, commands)] == ["error"] * 4 + ["warning"] * 2 + ["notice"] * 3
    for line, command in zip(lines_of(output), commands, strict=False):
        assert command == new_form(line)
        assert old_form(line) is None
        assert command is not None
        _, properties, data = command
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert all(value.isdigit() for key, value in properties.items() if key not in {"file", "title"})
        assert properties.get("file", visible(result.files[0].path)) == visible(result.files[0].path)
        assert [acts(part) for part in lines_of(data) if acts(part)] == []


CHECKS: dict[str, Callable[[str, Report], None]] = {
    "json": check_document,
    "jsonl": check_jsonl,
    "manifest": check_manifest,
    "coverage-json": check_coverage,
    "sarif": check_sarif,
    "gitlab": check_gitlab,
    "rdjson": check_rdjson,
    "junit": check_junit,
    "github": check_github,
    **{name: lambda output, report: check_text(output) for name in TEXTS},
}


def test_every_renderer_has_its_check() -> None:
    assert set(CHECKS) == set(RENDERERS)
    assert len(STRINGS) >= 60


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=IDS)
def test_no_output_acts(text: str) -> None:
    report = run_on(text)
    for name, check in CHECKS.items():
        check(render(name, report), report)


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=IDS)
def test_no_coloured_or_narrow_text_acts(text: str) -> None:
    report = run_on(text)
    for name in TEXTS:
        output = render(name, replace(report, color=True, width=40))
        check_text(OWN_COLOUR.sub("", output))
        assert [line for line in lines_of(output) if command_of(line)] == []


@pytest.mark.slow
@pytest.mark.parametrize("text", [text for _, text in LARGE], ids=[name for name, _ in LARGE])
def test_large_text_does_not_act_either(text: str) -> None:
    report = run_on(text, everywhere=False)
    (file,) = report.result.files
    report = replace(
        report, result=replace(report.result, files=(replace(file, findings=file.findings[:1]),))
    )
    for name in ("bill", "full", "concise", "jsonl", "gitlab", "rdjson"):
        check_text(render(name, report))
    ET.fromstring(render("junit", report))
    assert len([line for line in lines_of(render("github", report)) if new_form(line)]) == 4


@given(WORDS)
@settings(max_examples=40)
def test_no_text_at_all_acts(text: str) -> None:
    report = run_on(text)
    for name, check in CHECKS.items():
        check(render(name, report), report)
