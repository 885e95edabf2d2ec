"""TOL001 to TOL003: tools that are described twice, that are alike, and parameters that nothing needs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.extract import extract
from promptlint.model import Field, Source, SourceKind
from promptlint.view import View

from .conftest import Run, check, count

FILE = "Files a report in the work order system of the public works department. Use it once for each defect."


def tools(*descriptions: str) -> str:
    made = [
        {"name": f"tool_{n}", "description": text, "inputSchema": {"type": "object", "properties": {}}}
        for n, text in enumerate(descriptions)
    ]
    return json.dumps({"tools": made}, indent=1)


def parameter(text: str) -> str:
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": text}}}
    one = {"name": "move", "description": "Moves one event to a new start.", "inputSchema": schema}
    return json.dumps({"tools": [one]}, indent=1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FILE, FILE, 1),
        (FILE, FILE + " The place must be a street.", 1),
        (
            "Lists shifts of one employee between two dates.",
            "Lists the shifts of an employee between two dates",
            1,
        ),
        ("Reads a booking by its reference.", "Cancels a booking by its reference.", 0),
        ("Starts the server of a customer.", "Stops the server of a customer.", 0),
        ("Converts an amount from euros to dollars.", "Converts an amount from dollars to euros.", 0),
        ("Lists files of a folder.", "Lists files of a folder with their sizes and owners.", 0),
        ("Search.", "Search.", 0),
    ],
)
def test_twins(run: Run, first: str, second: str, expected: int) -> None:
    assert len(run("TOL002", tools(first, second), "prompts/x.json")) == expected


def test_a_twin_is_shown_from_its_name_on(run: Run) -> None:
    ((prompt, hit),) = run("TOL002", tools("Shows the page of a manual.", FILE, FILE), "prompts/x.json")
    assert isinstance(hit.at, Field)
    assert prompt.source.text[hit.at.span.start : hit.at.span.end].startswith('"name": "tool_2"')
    assert "`tool_1` (line 13)" in hit.message


def test_tools_of_two_sets_are_no_twins(run: Run) -> None:
    one = f'{{"name": "file", "description": "{FILE}", "input_schema": {{"type": "object", "properties": {{}}}}}}'
    assert run("TOL002", f"FIRST_TOOLS = [{one}]\nOTHER_TOOLS = [{one}]\n", "x.py") == []
    assert len(run("TOL002", f"TOOLS = [{one}, {one.replace('file', 'send', 1)}]\n", "x.py")) == 1


@given(st.lists(st.sampled_from(["Reads a booking by its reference.", FILE, "Shows the page."]), max_size=6))
@settings(deadline=None)
def test_each_description_is_a_twin_from_the_second_time_on(descriptions: list[str]) -> None:
    found = extract(Source("prompts/x.json", tools(*descriptions), SourceKind.JSON, named=True)).prompts
    hits = [hit for prompt in found for hit in check("TOL002", View(prompt, count))]
    long = [text for text in descriptions if len(text.split()) > 3]
    assert len(hits) == len(long) - len(set(long))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Always 0.", 1),
        ("ignored", 1),
        ("Legacy, ignored", 1),
        ("Deprecated. Not used.", 1),
        ("Leave empty.", 1),
        ("Always the string 'assistant'", 1),
        ("Reserved for future use", 1),
        ("The id of this session as given in the system message", 1),
        ("Always in the form Europe/Berlin", 0),
        ("Always required", 0),
        ("Ignored if a date is given", 0),
        ("Leave empty for all dates", 0),
        ("Whether deprecated entries are listed", 0),
        ("How many to list", 0),
        ("Deprecated: use `to` instead", 0),
    ],
)
def test_parameters_that_nothing_needs(run: Run, said: str, expected: int) -> None:
    assert len(run("TOL003", parameter(said), "prompts/x.json")) == expected


def prompted(text: str, description: str = FILE) -> str:
    return (
        f'TOOLS = [{{"type": "function", "function": {{"name": "file_report", "description": "{description}", '
        '"parameters": {"type": "object", "properties": {"place": {"type": "string"}}}}}]\n'
        f'SYSTEM = """You take messages from residents on street lighting.\n\n{text}\n"""\n'
        'client.chat.completions.create(model="gpt-5-mini", tools=TOOLS, '
        'messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": message}])\n'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "file_report files a report in the work order system of public works; use it once for each defect.",
            1,
        ),
        (
            "You have the tool file_report. It files a report in the work order system of the public works\n"
            "department; use it once for each defect.",
            1,
        ),
        ("Call file_report as soon as you know the place. If it fails, apologise and give the number.", 0),
        ("The department files reports in the work order system of public works once for each defect.", 0),
        (
            "file_report\n\nThe work order system of public works department: files a report for each defect.",
            0,
        ),
    ],
)
def test_a_description_that_is_said_again(run: Run, text: str, expected: int) -> None:
    assert len(run("TOL001", prompted(text), "x.py")) == expected


def test_short_descriptions_are_no_match(run: Run) -> None:
    assert run("TOL001", prompted("Use file_report to file a report.", "Files a report."), "x.py") == []


def test_many_mentions_are_read(run: Run) -> None:
    run("TOL001", prompted("file_report " * 20_000 + "\n" * 20_000), "x.py")
