"""All rules: what tools, people and given texts say is not what the prompt asks for."""

from __future__ import annotations

import json

import pytest

from .conftest import Fixed, Run

RULE = "Never share the password of a customer with anyone."
PATH = "The absolute path of the file that the tool has to open."


def tool(description: str, *parameters: str, system: str = "Answer the customer in one sentence.") -> str:
    """A request with one tool, each of whose parameters is described by one text."""
    described = {
        f"p{index}": {"type": "string", "description": text} for index, text in enumerate(parameters)
    }
    schema = {"type": "object", "properties": described}
    function = {"name": "open_file", "description": description, "parameters": schema}
    messages = [{"role": "system", "content": system}]
    return json.dumps({"messages": messages, "tools": [{"type": "function", "function": function}]})


@pytest.mark.parametrize("code", ["RED001", "RED002"])
def test_each_parameter_speaks_for_itself(run: Run, code: str) -> None:
    assert run(code, tool("Compares two files.", PATH, PATH, f"Please note: {PATH}"), "tools.json") == []


def test_a_description_may_still_repeat_itself(run: Run) -> None:
    found = run("RED001", tool(f"{RULE} {RULE} Opens a file.", PATH), "tools.json")
    assert [hit.message for _, hit in found] == [
        'repeats word for word: "Never share the password of a customer with anyone."'
    ]


def test_what_a_tool_returns_is_no_request(run: Run) -> None:
    text = "Answer with a JSON object that has a 'label'."
    assert run("OUT001", tool(text, PATH), "tools.json") == []
    assert len(run("OUT001", tool("Opens a file.", PATH, system=text), "tools.json")) == 1


def test_examples_of_a_tool_are_documentation(run: Run) -> None:
    pairs = "".join(
        f"Input: the {n} order, with all that belongs to it\nOutput: order {n}\n\n" for n in range(20)
    )
    text = f"Find the order that is meant.\n\n{pairs}"
    assert run("EXA001", tool(text, PATH), "tools.json") == []
    assert len(run("EXA001", tool("Finds an order.", PATH, system=text), "tools.json")) == 1


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("Please cancel my order.", 0),
        ("Please write five stories.", 1),
        ("<document>\nWe sell tea.\n</document>\nPlease summarise the document.", 1),
        ("Please summarise my letter: {{ letter }}", 1),
    ],
)
def test_a_person_may_say_please(run: Run, said: str, count: int) -> None:
    said = f"Please be exact. Please be brief.\n\n{said}"
    text = json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": said}])
    assert len(run("TOK002", text, "chat.json")) == count


@pytest.mark.parametrize("tag", ["document", "call_transcript", 'doc id="1"', "article"])
def test_a_given_text_keeps_its_words_and_spaces(run: Run, tag: str) -> None:
    text = f"<{tag}>\nWe map rooms in order to   sell them.\n</{tag.split(maxsplit=1)[0]}>\nName the aim.\n"
    assert run("TOK001", text) == []
    assert run("TOK003", text) == []


def test_a_tag_around_instructions_changes_nothing(run: Run) -> None:
    assert len(run("TOK001", "<rules>\nRead the notes in order to answer.\n</rules>\n")) == 1


@pytest.mark.parametrize(
    "slot",
    ["{osInfo}", "{get_shell()}", "{os.homedir()}", "{cwd.as_posix()}", "{str(TOOLS)}", "{target_language}"],
)
def test_what_a_session_keeps_is_stable(run: Run, slot: str) -> None:
    long = "Answer from the manual only, and name the page of the manual that you used. " * 10
    assert (
        run("CAC001", f'SYSTEM_PROMPT = f"""You are a helpful assistant. Use {slot}. {long}"""\n', "x.py")
        == []
    )


@pytest.mark.parametrize("slot", ["{str(messages)}", "{''.join(chunks)}", "{datetime.now()}", "{cwds.pop()}"])
def test_what_a_call_makes_of_a_variable_varies(run: Run, slot: str) -> None:
    long = "Answer from the manual only, and name the page of the manual that you used. " * 20
    text = f'SYSTEM_PROMPT = f"""You are a helpful assistant. Use {slot}. {long}"""\n'
    assert len([*run("CAC001", text, "x.py"), *run("CAC002", text, "x.py")]) == 1


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ('Say "a   b" and go   on.\n', 'Say "a   b" and go on.\n'),
        ("Name   Age   City\n", None),
        ("Give   the   age.\n", "Give the age.\n"),
        ("# A\n\n\n\n## B\nText.\n", "# A\n\n## B\nText.\n"),
        ("# A\n\n\n\n# B\nText.\n", None),
        ("- a   -> b\n", None),
    ],
)
def test_spaces_that_say_something_stay(run: Run, fixed: Fixed, text: str, new: str | None) -> None:
    found = run("TOK003", text)
    assert (fixed(found) if found else None) == new


@pytest.mark.parametrize(
    ("declared", "text", "names"),
    [
        (["connection", "deployment"], "{{ question }}", []),
        (["connection", "questoin"], "{{ question }}", ["question", "connection", "questoin"]),
        (["connection", "question"], "{{ question }}", ["connection"]),
        (["connection"], "{{ question }}", ["question", "connection"]),
        (["connection", "deployment"], "Be brief.", ["connection", "deployment"]),
    ],
)
def test_inputs_of_something_else_are_left_alone(
    run: Run, declared: list[str], text: str, names: list[str]
) -> None:
    listed = "".join(f"  {name}: {{type: string}}\n" for name in declared)
    found = run("TPL002", f"---\ninputs:\n{listed}---\nYou are a helpful assistant. {text}\n")
    assert [hit.message.split()[0] for _, hit in found] == names


@pytest.mark.parametrize(("given", "count"), [("None", 1), ("Shape", 0), ('{"type": "text"}', 1)])
def test_no_format_is_no_format(run: Run, given: str, count: int) -> None:
    call = f'client.create(model="gpt-4o", response_format={given}, messages=messages)'
    text = (
        f'messages = [{{"role": "user", "content": "You rate texts. Answer with a JSON object."}}]\n{call}\n'
    )
    assert len(run("OUT001", text, "x.py")) == count
