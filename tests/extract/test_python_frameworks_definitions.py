"""Which docstrings, descriptions and returned strings reach a model, and which do not; edits of them read back."""

from __future__ import annotations

import ast
import inspect

import pytest

from promptlint.extract.python import extract, worth_parsing
from promptlint.locate import source_edits
from promptlint.model import Edit, Prompt, Role, Source, SourceKind, Span
from promptlint.proof.python import same

S, U, A, T = Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL_DEFINITION
Said = list[tuple[Role | None, str]]


def prompts(code: str) -> dict[str, Prompt]:
    found = extract(Source("app/bot.py", code, SourceKind.PYTHON))
    assert not found.problems
    return {prompt.id.removeprefix("app/bot.py::"): prompt for prompt in found.prompts}


def told(code: str) -> dict[str, Said]:
    return {
        name: [(part.role, "".join(item.text for item in part.segments)) for part in prompt.messages]
        for name, prompt in prompts(code).items()
    }


# --- tools as dictionaries ------------------------------------------------------------------

SCHEMA = (
    '{"type": "object", "properties": {"city": {"type": "string", "description": "Name of the city"},'
    ' "description": {"type": "array", "items": {"description": "One of the words"}}}}'
)
WEATHER: Said = [(T, "Get the weather of a city"), (T, "Name of the city"), (T, "One of the words")]
HEAD = '"name": "weather", "description": "Get the weather of a city"'


@pytest.mark.parametrize(
    "tool",
    [
        f'{{"type": "function", "function": {{{HEAD}, "parameters": {SCHEMA}}}}}',
        f'{{"type": "function", {HEAD}, "strict": True, "parameters": {SCHEMA}}}',
        f'{{{HEAD}, "input_schema": {SCHEMA}, "cache_control": {{"type": "ephemeral"}}}}',
        f'{{{HEAD}, "inputSchema": {SCHEMA}}}',
        f'{{{HEAD}, "parameters": {SCHEMA}}}',
        f'{{"toolSpec": {{{HEAD}, "inputSchema": {{"json": {SCHEMA}}}}}}}',
    ],
)
def test_a_tool_is_one_prompt_with_its_parameters(tool: str) -> None:
    assert told(f"TOOLS = [{tool}]\n") == {"TOOLS.weather": WEATHER}
    found = told(f"def ask():\n    create(tools=[{tool}])\n")
    assert found == {"ask:create.tools.weather": WEATHER}


def test_a_tool_without_parameters_is_a_tool() -> None:
    code = f'TOOLS = [{{"type": "function", "function": {{{HEAD}}}}}]'
    assert told(code) == {"TOOLS.weather": WEATHER[:1]}


def test_a_description_that_a_name_gives() -> None:
    code = (
        "ABOUT = 'Get the weather of a city'\n"
        'TOOLS = [{"name": "weather", "description": ABOUT, "input_schema": {"type": "object"}}]'
    )
    assert told(code) == {"ABOUT": [(T, "Get the weather of a city")]}


@pytest.mark.parametrize(
    "code",
    [
        f'ROUTE = {{{HEAD}, "parameters": [{{"name": "city", "description": "Name of the city"}}]}}',
        f"PACKAGE = {{{HEAD}}}",
        f'JOB = {{{HEAD}, "parameters": {{"city": "the name of it"}}, "owner": "me"}}',
        f'JOB = {{{HEAD}, "parameters": params, "owner": "me"}}',
        'TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Weather"}}]',
        'TOOLS = [{"type": "function", "function": weather}]',
    ],
)
def test_dictionaries_that_are_no_tools(code: str) -> None:
    assert told(code) == {}


def test_declarations_of_tools() -> None:
    code = (
        "from google.genai import types\nfrom mcp.types import Tool as MCPTool\n"
        "from langchain_core.tools import StructuredTool\n"
        f"types.FunctionDeclaration(name='w', description='Get the weather of a city', parameters={SCHEMA})\n"
        "MCPTool(name='x', description='Sort the mail of today', inputSchema={})\n"
        "StructuredTool.from_function(func=f, description='Name the folders of a shop')\n"
    )
    assert told(code) == {
        "<module>:types.FunctionDeclaration": WEATHER,
        "<module>:MCPTool": [(T, "Sort the mail of today")],
        "<module>:StructuredTool.from_function.description": [(T, "Name the folders of a shop")],
    }


# --- decorated functions --------------------------------------------------------------------

BODY = 'def sort(mail: str, days: Annotated[int, "Days to look back"]) -> str:\n    """Sort all of the mail."""\n'
DOC: Said = [(T, "Sort all of the mail."), (T, "Days to look back")]


@pytest.mark.parametrize(
    "head",
    [
        "from langchain_core.tools import tool\n@tool\n",
        "from langchain.tools import tool as as_tool\n@as_tool('sort')\n",
        "from crewai.tools import tool\n@tool('Sort')\n",
        "from smolagents import tool\n@tool\n",
        "import agents\n@agents.function_tool\n",
        "from agents import function_tool\n@function_tool(strict_mode=False)\n",
        "from pydantic_ai import Agent\nbot = Agent('m')\n@bot.tool_plain\n",
        "from pydantic_ai import Agent\nbot: Agent[D, str] = Agent[D, str]('m')\n@bot.tool(retries=2)\n",
        "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\n",
        "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\n",
        "from semantic_kernel.functions import kernel_function\n@kernel_function\n",
        "try:\n    from langchain_core.tools import tool\nexcept ImportError:\n    raise\n@tool\n",
    ],
)
def test_docstrings_of_tools(head: str) -> None:
    assert told(head + BODY) == {"sort.__doc__": DOC}
    assert worth_parsing(head + BODY)


def test_an_object_is_known_by_the_class_of_a_parameter() -> None:
    code = "from fastmcp import FastMCP\ndef register(mcp: FastMCP):\n    @mcp.tool()\n"
    inner = "".join(f"    {line}\n" for line in BODY.splitlines())
    assert told(code + inner) == {"register.sort.__doc__": DOC}


@pytest.mark.parametrize(
    "head",
    [
        "@tool\n",
        "from promptflow.core import tool\nimport langchain\n@tool\n",
        "from .tools import tool\nimport langchain\n@tool\n",
        "from crewai.project import tool\n@tool\n",
        "from agents import trace\n@trace\n",
        "from fastapi import FastAPI\nimport mcp\napp = FastAPI()\n@app.tool()\n",
        "import dspy\nbot = Agent('m')\n@bot.tool\n",
        "import langchain\n",
    ],
)
def test_docstrings_of_other_functions(head: str) -> None:
    assert told(head + BODY) == {}


def test_a_description_is_sent_in_place_of_the_docstring() -> None:
    code = (
        "from agents import function_tool\n"
        "@function_tool(name_override='s', description_override='Sort the mail of today')\n"
        'def sort(mail):\n    """Sort all of the mail."""\n'
    )
    assert told(code) == {"sort.description_override": [(T, "Sort the mail of today")]}


def test_functions_in_a_list_of_tools() -> None:
    code = (
        "from google.adk.agents import Agent\n"
        'def sort(mail):\n    """Sort all of the mail."""\ndef name(mail):\n    """Name all of the folders."""\n'
        'def other(mail):\n    """Open all of the letters."""\n'
        "tools = [name]\nAgent(model='m', instruction='Answer the mail.', tools=[sort, x])\nAgent(tools=tools)"
    )
    assert told(code) == {
        "sort.__doc__": [(T, "Sort all of the mail.")],
        "name.__doc__": [(T, "Name all of the folders.")],
        "<module>:Agent.instruction": [(S, "Answer the mail.")],
    }


def test_what_prompt_functions_return() -> None:
    code = (
        "from pydantic_ai import Agent\nfrom fastmcp import FastMCP\nbot = Agent('m')\nmcp = FastMCP('x')\n"
        "@bot.system_prompt\ndef rules(ctx):\n"
        "    if ctx:\n        return f'Answer the mail of {ctx.name}.'\n    return 'Answer the mail.'\n"
        "@bot.instructions\nasync def more():\n    text = 'Be kind to people.'\n    return text\n"
        "@mcp.prompt()\ndef ask(mail):\n"
        '    """Asks about mail, for people."""\n    return f"Sort the mail: {mail}"\n'
        "@bot.output_validator\ndef check():\n    return 'Answer the mail again.'\n"
    )
    assert told(code) == {
        "rules:return": [(S, "Answer the mail of {ctx.name}.")],
        "rules:return~2": [(S, "Answer the mail.")],
        "more.text": [(S, "Be kind to people.")],
        "ask:return": [(U, "Sort the mail: {mail}")],
    }


def test_mirascope() -> None:
    code = (
        "from mirascope.core import openai, prompt_template\n"
        '@openai.call("gpt-4o", response_model=Folder)\n'
        '@prompt_template("""\n    SYSTEM: You sort {kind}.\n    Be brief.\n    USER: {mail:list}\n    """)\n'
        "def sort(kind, mail): ...\n"
        '@openai.call("gpt-4o-mini")\ndef name(mail):\n    """Not sent."""\n    return f"Name the folder of {mail}"\n'
        '@openai.call("gpt-4o-mini")\ndef ask(mail):\n    """Tell what {mail} is."""\n'
    )
    assert told(code) == {
        "sort.0": [(S, "You sort {kind}.\nBe brief."), (U, "{mail:list}")],
        "name:return": [(U, "Name the folder of {mail}")],
        "ask.__doc__": [(U, "Tell what {mail} is.")],
    }


# --- classes --------------------------------------------------------------------------------


def test_signatures_of_dspy() -> None:
    code = (
        'import dspy\nclass Sort(dspy.Signature):\n    """Sort the mail of a shop."""\n'
        '    mail: str = dspy.InputField(desc="what came today")\n    folder = dspy.OutputField()\n'
        'class Fine(Sort):\n    """Sort it with care."""\n'
        'class Other(Base):\n    """Sort the mail of a shop."""\n'
        'class Bare(dspy.Signature):\n    mail: str = dspy.InputField(desc="what came in today")\n'
    )
    assert told(code) == {
        "Sort.__doc__": [(S, "Sort the mail of a shop."), (S, "what came today")],
        "Fine.__doc__": [(S, "Sort it with care.")],
        "Bare": [(S, "what came in today")],
    }


def test_tools_that_are_classes() -> None:
    code = (
        "from langchain_core.tools import BaseTool\nfrom smolagents import Tool\n"
        'class Sort(BaseTool):\n    """For people only, this one."""\n    name: str = "sort"\n'
        '    description: str = "Sort all of the mail"\n'
        'class Find(Tool):\n    description = "Find a letter"\n'
        '    inputs = {"text": {"type": "string", "description": "Words of the letter"}}\n'
        'class Other(Base):\n    description = "Sort all of the mail"\n'
    )
    assert told(code) == {
        "Sort.description": [(T, "Sort all of the mail")],
        "Find.description": [(T, "Find a letter"), (T, "Words of the letter")],
    }


MODELS = (
    'class Item(BaseModel):\n    name: str = Field(description="Name of the item")\n'
    'class Mail(BaseModel):\n    """A mail of the shop."""\n'
    '    sender: Annotated[str, Field(description="Who wrote the mail")]\n    items: list["Item"]\n'
    'class Other(BaseModel):\n    name: str = Field(description="Name of the other thing")\n'
)
SENT: dict[str, Said] = {
    "Item": [(T, "Name of the item")],
    "Mail.__doc__": [(T, "A mail of the shop."), (T, "Who wrote the mail")],
}


@pytest.mark.parametrize(
    "call",
    [
        "client.chat.completions.parse(model='m', response_format=Mail)",
        "client.create(response_model=Mail)",
        "client.create(response_model=Iterable[Mail])",
        "Agent('m', output_type=list[Mail])",
        "llm.with_structured_output(Mail)",
        "llm.bind_tools([Mail])",
        "class X:\n    args_schema: Type[BaseModel] = Mail",
    ],
)
def test_models_of_data_that_a_call_is_given(call: str) -> None:
    assert told(MODELS + call) == SENT
    assert worth_parsing(MODELS + call)


@pytest.mark.parametrize(
    "call",
    [
        "",
        "@app.get('/mail', response_model=Mail)\ndef f(): ...",
        "Mail(sender='x')",
        "create(response_model=Unknown)",
        "save(model=Mail)",
    ],
)
def test_models_of_data_that_stay_here(call: str) -> None:
    assert told(MODELS + call) == {}


# --- docstrings as text ---------------------------------------------------------------------

TOOL = (
    "from langchain_core.tools import tool\n@tool\ndef sort(mail):\n"
    '    """Sort the mail of a shop.\n\n    Args:\n        mail: what came,\n            in order\n\n    """\n'
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_docstring_is_what_inspect_makes_of_it(newline: str) -> None:
    code = TOOL.replace("\n", newline)
    function = ast.parse(code).body[1]
    assert isinstance(function, ast.FunctionDef)
    raw = ast.get_docstring(function, clean=False)
    assert raw is not None
    assert prompts(code)["sort.__doc__"].text == inspect.cleandoc(raw)


def applied(code: str, prompt: Prompt, edit: Edit) -> str | None:
    edits = source_edits(prompt, edit)
    if edits is None:
        return None
    changed = code
    for change in sorted(edits, key=lambda item: item.span.start, reverse=True):
        changed = changed[: change.span.start] + change.new + changed[change.span.end :]
    source, new = (Source("app/bot.py", text, SourceKind.PYTHON) for text in (code, changed))
    assert same(source, new, edits)
    return changed


@pytest.mark.parametrize(
    ("old", "new"),
    [("in order", "by day"), ("a shop", 'a "big" shop'), ("what came,\n", "all,\n"), (" of", "")],
)
def test_an_edit_of_a_docstring_reads_back(old: str, new: str) -> None:
    prompt = prompts(TOOL)["sort.__doc__"]
    start = prompt.text.index(old)
    changed = applied(TOOL, prompt, Edit(Span(start, start + len(old)), new))
    assert changed is not None
    assert prompts(changed)["sort.__doc__"].text == prompt.text.replace(old, new)


def test_a_docstring_with_tabs_is_read_but_not_edited() -> None:
    code = TOOL.replace("        mail:", "\t\tmail:")
    prompt = prompts(code)["sort.__doc__"]
    start = prompt.text.index("shop")
    assert source_edits(prompt, Edit(Span(start, start + 4), "firm")) is None


def test_an_edit_of_a_parameter_of_a_tool_reads_back() -> None:
    code = f'TOOLS = [{{{HEAD}, "input_schema": {SCHEMA}}}]\n'
    prompt = prompts(code)["TOOLS.weather"]
    start = prompt.text.index("Name of the")
    changed = applied(code, prompt, Edit(Span(start, start + 11), "The"))
    assert changed == code.replace("Name of the city", "The city")


@pytest.mark.parametrize("depth", [50, 150])
def test_schemas_that_are_too_deep_are_cut(depth: int) -> None:
    schema = '{"type": "object", "items": ' * depth + '{"description": "Too deep for anyone"}' + "}" * depth
    assert told(f'TOOLS = [{{{HEAD}, "input_schema": {schema}}}]') == {"TOOLS.weather": WEATHER[:1]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["tools", "tools=[", "xyoux ", "you ", "response_model=", "@a.", "\t", "SYSTEM:"]
)
def test_a_megabyte_of_anything_is_read_in_time(text: str) -> None:
    head = (
        "from langchain_core.tools import tool\nfrom pydantic import BaseModel, Field\n@tool\ndef f(): ...\n"
    )
    filler = text * (1_000_000 // len(text))
    code = f"{head}class Mail(BaseModel):\n    x: str = Field()\nTEXT = '''{filler}'''\n"
    assert told(code) == {}
