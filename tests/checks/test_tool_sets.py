"""TOL004 and TOL005: what the tools of a request take, and whether they come in the same order each time."""

from __future__ import annotations

import json

import pytest

from .conftest import Run

SYSTEM = "You keep the calendar of a small office. Ask before you move a meeting with guests."


def call(tools: str, before: str = "") -> str:
    messages = '[{"role": "system", "content": SYSTEM}]'
    return (
        f"SYSTEM = {SYSTEM!r}\n{before}\n"
        f'client.chat.completions.create(model="gpt-5-mini", tools={tools}, messages={messages})\n'
    )


@pytest.mark.parametrize(
    ("tools", "before", "origin"),
    [
        ("list(set(names))", "", "a set"),
        ("[SCHEMAS[name] for name in set(names)]", "", "a set"),
        ("list({search, book})", "", "a set"),
        ("tools", "names = {'a', 'b'}\ntools = [SCHEMAS[x] for x in names]", "a set"),
        ("BASE + [one(x) for x in frozenset(more)]", "", "a set"),
        ("[load(p) for p in Path('tools').glob('*.json')]", "", "a directory"),
        ("[load(p) for p in os.listdir('tools')]", "", "a directory"),
    ],
)
def test_no_fixed_order(run: Run, tools: str, before: str, origin: str) -> None:
    ((_, hit),) = run("TOL005", call(tools, before), "x.py")
    assert f"come out of {origin}," in hit.message


@pytest.mark.parametrize(
    "tools",
    [
        "sorted(set(names))",
        "[load(p) for p in sorted(os.listdir('tools'))]",
        "list(TOOLS.values())",
        "[search, book]",
        "list(dict.fromkeys(names))",
        "[search] if calm else [book]",
        "make(set(names))",
    ],
)
def test_a_fixed_order(run: Run, tools: str) -> None:
    assert run("TOL005", call(tools), "x.py") == []


def schema(name: str, words: int) -> dict[str, object]:
    said = " ".join(f"word{at}" for at in range(words))
    return {"name": name, "description": said, "parameters": {"type": "object", "properties": {}}}


def test_the_tools_of_a_call_are_counted(run: Run) -> None:
    tools = [schema("find", 500), schema("book", 100), schema("drop", 50), schema("ping", 5)]
    ((_, hit),) = run("TOL004", call("TOOLS", f"TOOLS = {tools!r}"), "x.py")
    assert hit.message.startswith("4 tools take ")
    assert hit.message.index("`find`") < hit.message.index("`book`") < hit.message.index("`drop`")
    assert "`ping`" not in hit.message
    assert run("TOL004", call("TOOLS", f"TOOLS = {tools[2:]!r}"), "x.py") == []


def test_the_tools_of_a_server_are_counted_once(run: Run) -> None:
    said = "Finds the free slots of a group of people, or of one of them, within a window of a week. "
    shape = {"type": "object", "properties": {"ref": {"type": "string"}}}
    tools = [
        {"name": name, "description": said * times, "inputSchema": shape}
        for name, times in (("find", 30), ("book", 20), ("drop", 10))
    ]
    found = run("TOL004", json.dumps({"tools": tools}), "tools.json")
    assert [hit.message.split(" take ")[0] for _, hit in found] == ["3 tools"]
    assert run("TOL004", json.dumps({"tools": tools[:1]}), "tools.json") == []


def test_the_schema_of_an_answer_is_counted(run: Run) -> None:
    fields = "".join(f"    field_number_{at}: list[str]\n" for at in range(60))
    text = (
        f"from pydantic import BaseModel\n\nclass Answer(BaseModel):\n{fields}\n"
        f"SYSTEM = {SYSTEM!r}\n"
        'client.chat.completions.parse(model="gpt-5-mini", response_format=Answer,'
        ' messages=[{"role": "system", "content": SYSTEM}])\n'
    )
    ((_, hit),) = run("TOL004", text, "x.py")
    assert hit.message.startswith("The schema of the answer takes ")
    assert run("TOL004", text.replace(fields, "    one: str\n"), "x.py") == []
