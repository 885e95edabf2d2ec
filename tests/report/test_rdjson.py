"""reviewdog's format, held against its schema; its suggestions applied the way reviewdog applies them."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from promptlint.locate import location
from promptlint.model import Edit, FileResult, Fix, RunResult, Safety, Span
from promptlint.report import render
from promptlint.report.rdjson import SPREAD, byte_places
from promptlint.reporting import Report

from .conftest import RULES, crowded, make_finding, make_report

SCHEMA = json.loads((Path(__file__).parents[1] / "data/rdjson.schema.json").read_text(encoding="utf-8"))


def closed(schema: dict) -> dict:
    """The schema without room for other keys: a word that is spelt wrong is no longer passed over."""
    schema = copy.deepcopy(schema)
    for definition in schema["definitions"].values():
        definition["additionalProperties"] = False
        for part in definition["properties"].values():
            part.pop("additionalProperties", None)
    return schema


VALIDATOR = Draft4Validator(closed(SCHEMA))


def result_of(report: Report) -> dict:
    result = json.loads(render("rdjson", report))
    Draft4Validator(SCHEMA).validate(result)
    VALIDATOR.validate(result)
    return result


def applied(text: str, suggestion: dict) -> str:
    """The text with a suggestion taken: columns are bytes of UTF-8 from 1, the end is exclusive."""
    lines = text.encode().split(b"\n")
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    head = [*lines[: start["line"] - 1], lines[start["line"] - 1][: start["column"] - 1]]
    tail = [lines[end["line"] - 1][end["column"] - 1 :], *lines[end["line"] :]]
    return (b"\n".join(head) + suggestion["text"].encode() + b"\n".join(tail)).decode()


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in reversed(edits):
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


def one(text: str, edits: tuple[Edit, ...], safety: Safety = Safety.SAFE) -> Report:
    span = Span(edits[0].span.start, edits[-1].span.end)
    base = make_finding("a.md", "x", "x")
    finding = replace(base, span=span, location=location(text, span), fix=Fix(edits, safety))
    result = RunResult((FileResult("a.md", (), (finding,)),))
    return make_report([], result=result, sources={"a.md": text})


def test_every_report_meets_the_schema(report: Report) -> None:
    for item in (report, crowded(3, 4), make_report([])):
        result_of(item)


def test_what_a_diagnostic_says(report: Report) -> None:
    result = result_of(report)
    assert result["source"] == {"name": "promptlint"}
    fault, *rest = result["diagnostics"]
    assert fault["location"] == {"path": "app/odd.j2", "range": {"start": {"line": 3}}}
    assert fault["severity"] == "ERROR"
    assert {each["code"]["value"]: each["severity"] for each in rest} == {
        "CON001": "ERROR",
        "RED001": "WARNING",
        "OUT002": "WARNING",
        "VER003": "INFO",
    }
    urls = {each["code"]["value"]: each["code"].get("url") for each in rest}
    assert urls["RED001"] == RULES["RED001"].docs
    assert urls["VER003"] is None
    assert rest[2]["message"] == (
        '`"answer in valid JSON" is said twice in this paragraph` '
        "Saves 11 tokens a call (exact), $0.0138-0.0275 per 1,000 calls, $13.75-27.50 a month."
    )


def test_columns_are_bytes(report: Report) -> None:
    (emoji,) = (
        each for each in result_of(report)["diagnostics"] if each.get("code", {}).get("value") == "CON001"
    )
    start, end = emoji["location"]["range"]["start"], emoji["location"]["range"]["end"]
    line = report.sources["app/bot.py"].encode().split(b"\n")[start["line"] - 1]
    assert line[start["column"] - 1 : end["column"] - 1].decode() == "🙂 if you are not sure"


def test_only_safe_fixes_are_suggestions_and_they_fit(report: Report) -> None:
    suggestions = {}
    for each in result_of(report)["diagnostics"]:
        for suggestion in each.get("suggestions", []):
            suggestions[each["location"]["path"], each["code"]["value"]] = suggestion
    assert set(suggestions) == {("app/bot.py", "RED001"), ("app/bot.py", "VER003")}
    for file in report.result.files:
        for finding in file.findings:
            suggestion = suggestions.get((finding.path, finding.code))
            if suggestion and finding.fix and finding.fix.safety is Safety.SAFE:
                text = report.sources[finding.path]
                assert applied(text, suggestion) == edited(text, finding.fix.edits)


TEXTS = st.text(
    st.one_of(st.sampled_from("ab\n\r\t é字🙂\ufeff"), st.characters(exclude_categories=["Cs"])), max_size=60
)


@given(TEXTS, st.data())
def test_a_suggestion_does_what_the_fix_does(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = [Span(first, last) for first, last in zip(cuts[::2], cuts[1::2], strict=False)]
    edits = tuple(Edit(span, data.draw(st.sampled_from(["", "é", "x\ny"]))) for span in spans)
    (diagnostic,) = result_of(one(text, edits))["diagnostics"]
    (suggestion,) = diagnostic["suggestions"]
    assert applied(text, suggestion) == edited(text, edits)
    assert suggestion["range"] == diagnostic["location"]["range"]


@given(TEXTS)
def test_places_are_those_of_the_bytes(text: str) -> None:
    found = byte_places(text, range(len(text) + 3))
    assert list(found) == list(range(len(text) + 1))
    for offset, (line, column) in found.items():
        head = text[:offset].encode()
        assert (line, column) == (head.count(b"\n") + 1, len(head) - head.rfind(b"\n"))


def test_no_suggestion_that_cannot_be_given() -> None:
    edit = (Edit(Span(0, 1), "y"),)
    assert "suggestions" in result_of(one("x", edit))["diagnostics"][0]
    assert "suggestions" not in result_of(one("x", edit, Safety.UNSAFE))["diagnostics"][0]
    assert "suggestions" not in result_of(replace(one("x", edit), sources={}))["diagnostics"][0]
    far = (Edit(Span(0, 1), ""), Edit(Span(SPREAD, SPREAD + 1), ""))
    assert "suggestions" not in result_of(one("x" * (SPREAD + 1), far))["diagnostics"][0]


def test_without_the_source_whole_lines_are_meant() -> None:
    text = "one\ntwo\nthree\n"
    report = replace(one(text, (Edit(Span(4, 8), ""),)), sources={})
    (diagnostic,) = result_of(report)["diagnostics"]
    assert diagnostic["location"]["range"] == {"start": {"line": 2}, "end": {"line": 2}}
