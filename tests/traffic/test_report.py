"""The document in its formats: strict JSON, the same numbers everywhere, nothing hostile, no formulas."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Page

from promptlint import documents, jsondoc, traffic_document
from promptlint.errors import UsageError
from promptlint.report import traffic as report
from promptlint.report.traffic import csv_rows, words
from promptlint.traffic_document import Traffic
from promptlint.traffic_overview import Fault
from tests.traffic.planted import documented, made
from tests.traffic.reading import write_lines

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "traffic.json"
HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>`|\x1b[2J\n::error::x\u202e@all #1 $x$"


def hostile(found: Any) -> Any:
    """The same document with every name of a log hostile."""
    if isinstance(found, tuple):
        return tuple([hostile(item) for item in found])
    if hasattr(found, "__dataclass_fields__"):
        names = {"prompt", "model", "tool", "version", "slot", "instead", "key", "first", "kind"}
        changed = {
            name: HOSTILE
            if name in names and isinstance(value, str) and not _ours(found, name, value)
            else hostile(value)
            for name in found.__dataclass_fields__
            for value in [getattr(found, name)]
        }
        return replace(found, **changed)
    return found


def _ours(found: object, name: str, value: str) -> bool:
    """What no log can name: kinds of findings and of errors, weeks."""
    return (name == "kind" and not isinstance(found, Fault)) or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    path, _ = made(tmp_path_factory.mktemp("logs"))
    with path.open("a") as file:
        file.write('{"broken\n[]\n')
    return documented(path)[0]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    return documented(write_lines(tmp_path_factory.mktemp("logs") / "a.jsonl", [{}]))[0]


@pytest.fixture(params=["whole", "hostile", "empty"])
def found(request: pytest.FixtureRequest) -> Traffic:
    if request.param == "hostile":
        made_ = hostile(request.getfixturevalue("whole"))
        return replace(made_, notes=(HOSTILE,))
    return request.getfixturevalue(request.param)


def test_json_fits_its_schema_and_is_read_back(found: Traffic) -> None:
    text = report.render("json", found, report.Look())
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text()))
    assert text.isascii()
    again = documents.parse(Traffic, text.encode(), traffic_document.SCHEMA_VERSION, "traffic.json")
    assert jsondoc.dumps(documents.to_json(again)) + "\n" == text


@pytest.mark.parametrize("width", [40, 100, 160])
def test_a_terminal_is_not_acted_upon(found: Traffic, width: int) -> None:
    text = report.render("text", found, report.Look(width=width))
    assert all(char == "\n" or char.isprintable() for char in text)
    assert "\u202e" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "\x1b[1m" in report.render("text", found, report.Look(color=True)) or not found.findings


def test_markdown_keeps_names_in_code(found: Traffic) -> None:
    text = report.render("markdown", found, report.Look())
    outside = re.sub(r"(`+)(?:(?!\1).)*\1", "", text)
    for mark in ("<script>", "@all", "\x1b", "\u202e", "::error", "$x$"):
        assert mark not in outside
    for line in text.split("\n"):
        assert line.count("\n") == 0
    heads = [line for line in text.split("\n") if line.startswith("| ---")]
    assert bool(heads) is bool(found.findings or found.overview.missing or found.missing)


def test_a_page_has_no_markup_of_a_log(found: Traffic) -> None:
    page = Page.of(report.render("html", found, report.Look()))
    assert page.problems == []
    assert not {"script", "img", "a", "iframe", "form"} & set(page.skeleton)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href"}]
    assert "\x1b" not in page.outside
    assert page.skeleton.count("svg") == (4 if found.findings else 0)


def test_csv_has_no_formula_and_all_parts(found: Traffic) -> None:
    rows = list(csv.reader(io.StringIO(report.render("csv", found, report.Look()))))
    assert tuple(rows[0]) == csv_rows.HEADS
    assert len(rows) == 1 + sum(1 + len(each.parts) for each in found.findings)
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "@", "\t"))]
    assert not [cell for row in rows for cell in row if re.match(r"-(?![0-9])", cell)]
    for row in rows[1:]:
        assert row[5] == f"{float(row[5]):.9f}"


@given(st.text(max_size=40))
def test_no_cell_begins_as_a_formula(text: str) -> None:
    cell = csv_rows.safe(text)
    assert not cell.lstrip().startswith(
        ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    )
    assert "\n" not in cell


def test_formats_say_the_same_dollars(whole: Traffic) -> None:
    first = whole.findings[0]
    amount = words.money(first.at_stake, first.basis)
    for name in ("text", "markdown", "html"):
        text = report.render(name, whole, report.Look()).replace("\\", "")
        assert amount in text
        for each in whole.findings:
            assert words.TITLES[each.kind] in text


def test_an_unknown_format_is_named(whole: Traffic) -> None:
    with pytest.raises(UsageError, match="known are text, json, markdown, html, csv"):
        report.render("pdf", whole, report.Look())
