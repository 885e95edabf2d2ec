"""Prompts that only their wording tells: in Python wherever they stand, in data files under any key."""

from __future__ import annotations

import json

import pytest

from promptlint.extract import extract, kind_of
from promptlint.extract.common.openings import addresses, opens_like_prompt
from promptlint.model import Extraction, Prompt, Role, Source, SourceKind

SPOKEN = "You are an expert librarian. Answer the question of the reader in one sentence, and name the shelf it is on."
PLAIN = "The library opens at nine, and readers find the catalogue on the second floor.\nThe books stand in the hall."


def read(text: str, path: str = "lib/desk.py", named: bool = False) -> Extraction:
    return extract(Source(path, text, kind_of(path) or SourceKind.TEXT, named))


def found(text: str, path: str = "lib/desk.py") -> dict[str, Prompt]:
    return {prompt.id.partition("::")[2]: prompt for prompt in read(text, path).prompts}


@pytest.mark.parametrize(
    ("code", "anchor"),
    [
        (f"TEXT_1 = {SPOKEN!r}", "TEXT_1"),
        (f"class Desk:\n    main = {SPOKEN!r}", "Desk.main"),
        (f"def ask(x):\n    return f{SPOKEN!r}", "ask:return"),
        (f"def ask(x):\n    return f'''{SPOKEN}\n{{x}}'''", "ask:return"),
        (f"TEXTS = {{'en': {SPOKEN!r}}}", "TEXTS.en"),
        (f"TEXTS = [{SPOKEN!r}]", "TEXTS"),
        (f"send(1, {SPOKEN!r})", "<module>:send.1"),
        (f"send(text={SPOKEN!r})", "<module>:send.text"),
        (f"text = string.Template({SPOKEN!r})", "text"),
        (f"text = other or f{SPOKEN!r}", "text"),
        (f"text = textwrap.dedent('''\n    {SPOKEN}\n    Be kind.\n''')", "text"),
        (f"def ask(text={SPOKEN!r}): ...", "ask.text"),
    ],
)
def test_where_a_text_may_stand(code: str, anchor: str) -> None:
    assert list(found(f"{code}\n")) == [anchor]


@pytest.mark.parametrize(
    "code",
    [
        f"def ask():\n    '''{SPOKEN}'''",
        f"raise ValueError({SPOKEN!r})",
        f"print({SPOKEN!r})",
        f"log.warning({SPOKEN!r})",
        f"parser.add_argument('--x', help={SPOKEN!r})",
        f"assert answer == {SPOKEN!r}",
        f"if answer == {SPOKEN!r}:\n    pass",
        f"re.compile({SPOKEN!r})",
        f"__doc__ = {SPOKEN!r}",
        f"TEXT_1 = {SPOKEN[:60]!r}",
        f"TEXT_1 = {PLAIN!r}",
        "TEXT_1 = 'You are about to delete all the files of this folder. You are an admin: type the name to go on, or leave.'",
        "TEXT_1 = 'To use this class you must install the package. You can install it with `pip install x`, and be done.'",
        f"TEXT_1 = {'<html><body>' + SPOKEN!r}",
    ],
)
def test_near_misses(code: str) -> None:
    assert found(f"{code}\n") == {}


@pytest.mark.parametrize("path", ["lib/desk_prompts.py", "prompts/desk.py", "lib/prompt.py"])
def test_prose_in_a_file_of_prompts(path: str) -> None:
    code = f"SUFFIX = '''{PLAIN}'''\nSHORT = 'A few words.'\nrun('''SELECT a, b\nFROM {PLAIN}''')\n"
    assert list(found(code, path)) == ["SUFFIX"]
    assert found(code) == {}


def test_the_outermost_expression_counts_once() -> None:
    prompts = found(f"x = ({SPOKEN!r} + name + {SPOKEN!r})\nSYSTEM_PROMPT = {SPOKEN!r}\n")
    assert list(prompts) == ["x", "SYSTEM_PROMPT"]
    assert prompts["x"].text == f"{SPOKEN}{{name}}{SPOKEN}"


def test_pairs_are_messages() -> None:
    (prompt,) = found(
        'p = make([("system", "Be kind to {name}."), ("placeholder", "{h}"), ("human", "{q}")])\n'
    ).values()
    assert [message.role for message in prompt.messages] == [Role.SYSTEM, None, Role.USER]
    assert prompt.variables == ("name", "h", "q")


@pytest.mark.parametrize(
    "code",
    [
        'ROLES = (("user", "User"), ("system", "System"))',
        'x = ("system", "Answer the question of the user.")',
    ],
)
def test_pairs_that_are_none(code: str) -> None:
    assert found(f"{code}\n") == {}


def test_messages_of_classes() -> None:
    prompts = found(
        'a = [SystemMessage(content="Be kind to the reader."), HumanMessage("Where is it?")]\n'
        'b = [ChatMessage(role=MessageRole.SYSTEM, content="Be kind to the reader.")]\n'
        'c = [dict(role="user", content="Where is the book?")]\n'
        'd = dict(role="admin of the house", name="Where is the book?")\n'
    )
    roles = {name: [message.role for message in prompt.messages] for name, prompt in prompts.items()}
    assert roles == {"a": [Role.SYSTEM, Role.USER], "b": [Role.SYSTEM], "c": [Role.USER]}


@pytest.mark.parametrize("text", ["Hello", "test prompt", "Hi, how are you?", "Message placeholder for now"])
def test_fillers_are_no_prompts(text: str) -> None:
    assert found(f'out_msgs = [{{"role": "user", "content": {text!r}}}]\n') == {}


def test_the_result_of_a_tool_is_no_prompt() -> None:
    code = "result = f'The tool could not be run: {e}'\nm = {'role': ROLE, 'content': result}\n"
    assert found(code.replace("ROLE", "'tool'")) == {}
    assert list(found(code.replace("ROLE", "'user'"))) == ["result"]


def test_what_is_added_at_once_is_one_text() -> None:
    code = "prompt = 'Answer the question below. '\nprompt += f'It is: {q}'\nif long:\n    prompt += 'Be brief in all you say.'\n"
    prompts = found(code)
    assert list(prompts) == ["prompt"]
    assert prompts["prompt"].text == "Answer the question below. It is: {q}Be brief in all you say."


def test_a_prefix_of_another_variable_is_not_joined() -> None:
    assert list(found("prompt = 'Answer the question below now. '\nother += 'It is all you have.'\n")) == [
        "prompt"
    ]


# --- tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["a/test_x.py", "a/x_test.py", "conftest.py", "tests/a/x.py", "a/testing/x.py"]
)
def test_test_code_is_left_alone(path: str) -> None:
    text = f"SYSTEM_PROMPT = {SPOKEN!r}\n"
    assert read(text, path) == Extraction(reason="test code")
    assert len(read(text, path, named=True).prompts) == 1


@pytest.mark.parametrize(
    "path", ["tests/prompts/a.txt", "tests/a.md", "a/test/prompts.yaml", "__tests__/x.prompt"]
)
def test_test_data_is_left_alone(path: str) -> None:
    assert read(f"system: {SPOKEN}\n", path) == Extraction(reason="test data")
    assert len(read(f"system: {SPOKEN}\n", path, named=True).prompts) == 1


@pytest.mark.parametrize(
    "path",
    [
        "tests/AGENTS.md",
        "skills/test/SKILL.md",
        "prompts/tests/a.txt",
        "evals/x_prompt.txt",
        "fixtures/a_prompt.md",
    ],
)
def test_what_only_sounds_like_tests(path: str) -> None:
    assert read(f"{SPOKEN}\n", path).prompts


@pytest.mark.parametrize("path", ["contest.py", "latest/desk.py", "attest_x.py"])
def test_code_that_only_sounds_like_tests(path: str) -> None:
    assert read(f"SYSTEM_PROMPT = {SPOKEN!r}\n", path).prompts


# --- data -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "anchors"),
    [
        (f"battle:\n  prompt: |-\n    {SPOKEN}\n    Data: {{x}}\n", "a.yaml", ["/battle/prompt"]),
        (
            "agent:\n  templates:\n    system_template: |-\n      You are a helper.\n      Be kind to all who ask.\n"
            "    instance_template: |-\n      Please solve {{x}} as well as you can.\n",
            "a.yaml",
            ["/agent/templates/system_template", "/agent/templates/instance_template"],
        ),
        ('{"f": {"system_prompt": "You are an expert. Judge it.", "k": 1}}', "f.json", ["/f/system_prompt"]),
        (
            json.dumps({"s": {"one": SPOKEN, "two": f"{SPOKEN} Be kind."}}),
            "translations/en.json",
            ["/s/one", "/s/two"],
        ),
        ("spec:\n  template: {a: 1}\n  pod_template: A pod of five words.\n", "a.yaml", []),
        (json.dumps({"s": {"one": PLAIN, "system": PLAIN}}), "locales/en.json", []),
        (json.dumps([{"text": SPOKEN}, {"text": SPOKEN}]), "rows.json", []),
        (
            f"on: push\njobs:\n  a:\n    with:\n      prompt: |\n        {SPOKEN}\n        Now.\n",
            "ci.yml",
            [],
        ),
    ],
)
def test_fields_that_speak_for_themselves(text: str, path: str, anchors: list[str]) -> None:
    assert list(found(text, path)) == anchors


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("settings.yml", "a: 1\na: 2\nsystem_prompt_prefix: x\nsystem: {\n"),
        ("tools.json", '{"prompt": "x",}'),
        ("conf.json", f'// a comment\n{{"prompt": {json.dumps(SPOKEN)},}}'),
        ("x.yaml", f"{{% if x %}}\nprompt: {SPOKEN}\n{{% endif %}}\n- : {{\n"),
        ("old.py", "SYSTEM = 'x'\nprint 'hello'\n"),
    ],
)
def test_what_does_not_parse_and_holds_no_prompt_is_no_problem(path: str, text: str) -> None:
    assert read(text, path).problems == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", f'{{"prompt": {json.dumps(SPOKEN)},}}'),
        ("prompts/a.yaml", "a: {\n"),
        ("a.py", f"SYSTEM_PROMPT = {SPOKEN!r}\n("),
    ],
)
def test_a_prompt_that_nobody_can_read_is_a_problem(path: str, text: str) -> None:
    assert [problem.code for problem in read(text, path).problems] == ["SRC002"]


def test_python_that_a_newer_one_may_read() -> None:
    (problem,) = read("SYSTEM_PROMPT = 'You are a helper.'\ndef f[T](x: T): pass\n)\n").problems
    assert problem.message.startswith("not Python")
    (problem,) = read("SYSTEM_PROMPT = 'You are a helper.'\nx = f'{a b}'\n").problems
    assert "; it may need a newer one: " in problem.message
    (problem,) = read("SYSTEM_PROMPT = 'You are a helper.'\nprint 'x'\n").problems
    assert "newer" not in problem.message


# --- openings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "You are a helper.",
        "Hi! You're an expert.",
        "# Role\nYou are the judge.",
        "Act as an editor.",
        "You will be given a text.",
        "In this task, your goal is to sort.",
        "I want you to sort.",
        "You are {role}.",
    ],
)
def test_addresses(text: str) -> None:
    assert addresses(text)


@pytest.mark.parametrize(
    "text",
    [
        "You are about to leave.",
        "You are using an old version.",
        "If you are a member, log in.",
        "The task is done.",
    ],
)
def test_addresses_no_model(text: str) -> None:
    assert not addresses(text)


def test_an_order_needs_its_input_and_an_answer() -> None:
    order = "Summarize the following text in at most three sentences, and do not add anything that it does not say itself."
    assert opens_like_prompt(order)
    assert not opens_like_prompt(
        order.replace("the following text", "it all").replace("do not add", "never tell")
    )
    assert not opens_like_prompt(order[:80])
