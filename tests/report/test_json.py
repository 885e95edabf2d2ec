from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from promptlint.model import RunResult, Skip
from promptlint.report import render
from promptlint.report.json_report import schemas
from promptlint.reporting import Report

from .conftest import crowded, make_report

ROOT = Path(__file__).resolve().parents[2]


def closed(schema: object) -> object:
    """The same schema, refusing unknown keys: what this version of the renderer must meet."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema:
        result["additionalProperties"] = False
    return result


@pytest.mark.parametrize(("name", "kind"), [("json", "check"), ("manifest", "prompts")])
def test_documents_meet_their_schema_exactly(report: Report, name: str, kind: str) -> None:
    schema = closed(schemas()[kind])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for item in (report, crowded(5, 3), make_report([])):
        validator.validate(json.loads(render(name, item)))


def test_lines_are_the_findings_of_the_document(report: Report) -> None:
    lines = [json.loads(line) for line in render("jsonl", report).splitlines()]
    assert lines == json.loads(render("json", report))["findings"]
    assert render("jsonl", make_report([])) == ""


def test_the_promised_keys_are_there(report: Report) -> None:
    document = json.loads(render("json", report))
    assert list(document) == [
        "schema_version",
        "promptlint",
        "price_date",
        "summary",
        "prompts",
        "findings",
        "skipped",
        "errors",
    ]
    assert document["summary"]["saving_tokens"] == 19
    assert document["summary"]["saving_usd_per_1000"] == [0.019, 0.05]
    assert document["summary"]["errors"] == len(document["errors"]) == 1
    assert document["summary"]["by_severity"] == {"error": 1, "warning": 3, "info": 2}
    prompt = next(item for item in document["prompts"] if item["id"] == "app/bot.py::SYSTEM")
    assert {
        "id",
        "path",
        "line",
        "end_line",
        "role",
        "tokens",
        "tokenizer",
        "basis",
        "model",
    } <= prompt.keys()
    assert (prompt["line"], prompt["end_line"], prompt["role"], prompt["tokens"]) == (3, 12, ["system"], 1847)
    finding = document["findings"][2]
    assert finding["code"] == "RED001"
    assert finding["saving"] == {
        "input_tokens": 11,
        "output_tokens": 0,
        "usd_per_1000": [0.01375, 0.0275],
        "usd_month": [13.75, 27.5],
        "basis": "exact",
    }
    assert finding["fix"]["safety"] == "safe"


def test_edits_are_offsets_in_the_file(report: Report) -> None:
    for finding in json.loads(render("json", report))["findings"]:
        text = report.sources[finding["path"]]
        assert (
            text[finding["start"] : finding["end"]].splitlines()[0] in text.split("\n")[finding["line"] - 1]
        )
    finding = json.loads(render("json", report))["findings"][2]
    (edit,) = finding["fix"]["edits"]
    text = report.sources["app/bot.py"]
    assert text[edit["start"] : edit["end"]] == " It is very important that you answer in valid JSON."


def test_order_does_not_depend_on_the_run(report: Report) -> None:
    files = tuple(
        replace(file, findings=file.findings[::-1], prompts=file.prompts[::-1])
        for file in report.result.files[::-1]
    )
    shuffled = replace(report, result=replace(report.result, files=files))
    for name in (
        "json",
        "jsonl",
        "sarif",
        "github",
        "full",
        "concise",
        "bill",
        "statistics",
        "prompts",
        "manifest",
    ):
        assert render(name, shuffled) == render(name, report)


def test_hostile_text_stays_ascii() -> None:
    result = RunResult(skipped=(Skip("a\ud800\u202e\x1b.md", "b\u2028"),))
    text = render("json", make_report([], result=result))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["skipped"] == [{"path": "a\ud800\u202e\x1b.md", "reason": "b\u2028"}]


def test_written_schemas_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/build_schemas.py", "--check"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
