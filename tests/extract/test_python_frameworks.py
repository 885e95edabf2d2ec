"""Which calls of which libraries carry prompts: exact ids, roles and texts, and what must not be taken."""

from __future__ import annotations

import pytest

from promptlint.extract.python import extract, worth_parsing
from promptlint.model import Prompt, Role, SegmentKind, Source, SourceKind

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


CALLS: list[tuple[str, str, dict[str, Said]]] = [
    # --- vendors' own libraries
    (
        "OpenAI Responses: items with parts",
        'client.responses.create(model="m", instructions="Answer the mail briefly.", input=[{"role": "user",'
        ' "content": [{"type": "input_text", "text": "Where is my order?"}, {"type": "input_image"}]}])',
        {
            "<module>:client.responses.create.instructions": [(S, "Answer the mail briefly.")],
            "<module>:client.responses.create.input": [(U, "Where is my order?")],
        },
    ),
    (
        "OpenAI Responses: the variables of a stored prompt",
        'client.responses.create(prompt={"id": "pmpt_1", "variables": {"task": "Sort the mail of today"}})',
        {"<module>:client.responses.create.prompt": [(U, "Sort the mail of today")]},
    ),
    (
        "OpenAI's typed messages",
        'messages = [ChatCompletionSystemMessageParam(role="system", content="Answer the mail briefly.")]',
        {"messages": [(S, "Answer the mail briefly.")]},
    ),
    (
        "Anthropic: system blocks, each with its own mark",
        'client.messages.create(system=[{"type": "text", "text": "Answer the mail briefly."},'
        ' {"type": "text", "text": RULES, "cache_control": {"type": "ephemeral", "ttl": "1h"}}])',
        {"<module>:client.messages.create.system": [(S, "Answer the mail briefly."), (S, "{RULES}")]},
    ),
    (
        "Gemini: the old library",
        'import google.generativeai as genai\nmodel = genai.GenerativeModel("m", system_instruction="Be brief.")\n'
        'model.generate_content("Describe the parcel.")\nmodel.generate_content(["Name the sender.", image])',
        {
            "<module>:genai.GenerativeModel.system_instruction": [(S, "Be brief.")],
            "<module>:model.generate_content.0": [(U, "Describe the parcel.")],
            "<module>:model.generate_content.0~2": [(U, "Name the sender."), (U, "{image}")],
        },
    ),
    (
        "Gemini: the new library",
        "from google import genai\nfrom google.genai import types\n"
        'client.models.generate_content(contents=[types.Content(role="user",'
        ' parts=[types.Part(text="Describe the parcel."), types.Part.from_text(text=" Name the sender."),'
        " types.Part.from_uri(uri=u)])], config=types.GenerateContentConfig("
        'system_instruction=["Answer the mail briefly.", "Be kind."]))',
        {
            "<module>:client.models.generate_content.contents": [
                (U, "Describe the parcel. Name the sender.")
            ],
            "<module>:types.GenerateContentConfig.system_instruction": [
                (S, "Answer the mail briefly."),
                (S, "Be kind."),
            ],
        },
    ),
    (
        "LiteLLM",
        'completion(model="m", messages=[{"role": "user", "content": "Sort the mail of today."}])',
        {"<module>:completion.messages": [(U, "Sort the mail of today.")]},
    ),
    (
        "Bedrock: converse",
        'client.converse(system=[{"text": "Answer the mail briefly."}, {"cachePoint": {"type": "default"}}],'
        ' messages=[{"role": "user", "content": [{"text": "Where is my order?"}]}])',
        {
            "<module>:client.converse.system": [(S, "Answer the mail briefly.")],
            "<module>:client.converse.messages": [(U, "Where is my order?")],
        },
    ),
    (
        "Bedrock: a body of JSON",
        "def ask():\n"
        '    client.invoke_model(body=json.dumps({"prompt": "Sort the mail of today.", "max_gen_len": 9}))\n'
        '    client.invoke_model(body=json.dumps({"inputText": "Sort the mail of today."}))',
        {
            "ask:json.dumps.0.prompt": [(None, "Sort the mail of today.")],
            "ask:json.dumps.0.inputText": [(U, "Sort the mail of today.")],
        },
    ),
    # --- templates
    (
        "LangChain: chat templates",
        "from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder\n"
        'chat = ChatPromptTemplate([("system", "You sort {kind}."), MessagesPlaceholder("old"), ("human", "{q}")])\n'
        'one = ChatPromptTemplate.from_template("Sort the {kind} of today.")',
        {
            "<module>:ChatPromptTemplate.0": [
                (S, "You sort {kind}."),
                (None, '{MessagesPlaceholder("old")}'),
                (U, "{q}"),
            ],
            "one": [(U, "Sort the {kind} of today.")],
        },
    ),
    (
        "LangChain: templates that are bound, passed on, and named",
        'from langchain_core.prompts import PromptTemplate\nBASE = "Sort the {kind} now."\n'
        'made = PromptTemplate(input_variables=["kind"], template="Sort the {kind} of {day}.")\n'
        'chain(PromptTemplate.from_template("Name the {kind} of today."))\nother = PromptTemplate(template=BASE)',
        {
            "BASE": [(None, "Sort the {kind} now.")],
            "made": [(None, "Sort the {kind} of {day}.")],
            "<module>:chain.0": [(None, "Name the {kind} of today.")],
        },
    ),
    (
        "LangChain: few shots",
        "from langchain_core.prompts import FewShotPromptTemplate, PromptTemplate\n"
        "FewShotPromptTemplate(prefix='Give the opposite of a word.', suffix='Word: {word}',\n"
        " examples=[{'word': 'happy', 'opposite': 'sad'}],\n"
        " example_prompt=PromptTemplate.from_template('Word: {word} gives the opposite {opposite}'))",
        {
            "<module>:FewShotPromptTemplate": [
                (None, "Give the opposite of a word."),
                (None, "Word: {word}"),
                (None, "happy"),
                (None, "sad"),
            ],
            "<module>:FewShotPromptTemplate.example_prompt": [
                (None, "Word: {word} gives the opposite {opposite}")
            ],
        },
    ),
    (
        "LlamaIndex",
        "from llama_index.core.prompts import ChatPromptTemplate, RichPromptTemplate\n"
        "ask = RichPromptTemplate('Sort the {{ kind }} of today.')\n"
        "both = ChatPromptTemplate(message_templates=[\n"
        " ChatMessage(role=MessageRole.SYSTEM, content='You sort {kind}.')])",
        {
            "ask": [(None, "Sort the {{ kind }} of today.")],
            "<module>:ChatPromptTemplate.message_templates": [(S, "You sort {kind}.")],
        },
    ),
    (
        "Haystack",
        "from haystack.components.builders import ChatPromptBuilder, PromptBuilder\n"
        "PromptBuilder(template='Sort the {{ kind }} of today.')\n"
        "ChatPromptBuilder(template=[ChatMessage.from_system('You sort mail.'), ChatMessage.from_user('{{ q }}')])",
        {
            "<module>:PromptBuilder.template": [(U, "Sort the {{ kind }} of today.")],
            "<module>:ChatPromptBuilder.template": [(S, "You sort mail."), (U, "{{ q }}")],
        },
    ),
    # --- agents
    (
        "LangChain's agents",
        "from langchain.agents import create_agent\nfrom langgraph.prebuilt import create_react_agent\n"
        "create_agent('m', system_prompt='Answer the mail briefly.')\n"
        "create_react_agent('m', prompt='Sort the mail of today.')",
        {
            "<module>:create_agent.system_prompt": [(S, "Answer the mail briefly.")],
            "<module>:create_react_agent.prompt": [(S, "Sort the mail of today.")],
        },
    ),
    (
        "CrewAI: an agent is one prompt, a task another",
        "from crewai import Agent, Task\nclass Crew:\n    def sorter(self):\n"
        "        return Agent(role='Sorter', goal=f'Sort the {kind}', backstory='You know the shop.', llm=m)\n"
        "job = Task(description='Sort the mail.', expected_output='A list of folders', agent=a)",
        {
            "Crew.sorter:return": [(S, "Sorter"), (S, "Sort the {kind}"), (S, "You know the shop.")],
            "job": [(U, "Sort the mail."), (U, "A list of folders")],
        },
    ),
    (
        "AutoGen",
        "from autogen_agentchat.agents import AssistantAgent\n"
        "AssistantAgent('a', system_message='Answer the mail.', description='Answers all of the mail')\n"
        "async def go():\n    await team.run(task='Sort the mail of today.')",
        {
            "<module>:AssistantAgent.system_message": [(S, "Answer the mail.")],
            "<module>:AssistantAgent.description": [(T, "Answers all of the mail")],
            "go:team.run.task": [(U, "Sort the mail of today.")],
        },
    ),
    (
        "OpenAI Agents SDK",
        "from agents import Agent, Runner\n"
        "bot = Agent[Deps](name='b', instructions='Answer the mail.', handoff_description='Knows all the mail')\n"
        "Runner.run_sync(bot, 'Where is my order?')\nbot.as_tool(tool_name='x', tool_description='Ask the mail bot')",
        {
            "<module>:Agent[].instructions": [(S, "Answer the mail.")],
            "<module>:Agent[].handoff_description": [(T, "Knows all the mail")],
            "<module>:Runner.run_sync.1": [(U, "Where is my order?")],
            "<module>:bot.as_tool.tool_description": [(T, "Ask the mail bot")],
        },
    ),
    (
        "DSPy: signatures in a line",
        "import dspy\ndspy.Signature('mail -> folder', 'Sort the mail into a folder.')\n"
        "sig.with_instructions('Sort the mail of today.')",
        {
            "<module>:dspy.Signature.1": [(S, "Sort the mail into a folder.")],
            "<module>:sig.with_instructions.0": [(S, "Sort the mail of today.")],
        },
    ),
    (
        "MCP: a server's instructions",
        "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('mail', instructions='Sorts the mail of a shop.')",
        {"<module>:FastMCP.instructions": [(S, "Sorts the mail of a shop.")]},
    ),
]


@pytest.mark.parametrize(("code", "expected"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_calls_that_carry_prompts(code: str, expected: dict[str, Said]) -> None:
    assert told(code) == expected
    assert worth_parsing(code)


@pytest.mark.parametrize(
    "code",
    [
        "from shop import Agent\nAgent(role='Sorter', goal='Sort the mail', backstory='Knows the shop well.')",
        "Task(description='Sort the mail of today.', expected_output='A list of folders')",
        "from agents.local import x\nfrom shop import Tool\nTool(description='Sorts the mail of today')",
        "from langchain_core.retrievers import x\nretriever.invoke('the mail of the last week')",
        "import crewai\nfrom .base import Agent\nAgent(role='Sorter', goal='Sort the mail', backstory='Knows it')",
        "from pydantic_ai import Agent\nimport asyncio\nasyncio.run('sort the mail of today')",
        "from google.genai import types\nbot.answer('Describe the parcel, please.')",
        "chat.send_message('Your parcel is on its way.')",
        "PromptTemplate(template='{question}')",
        "from crewai import Agent\nAgent(role=role, goal=goal, backstory=story)",
        "assert build() == [{'role': 'user', 'content': 'Sort the mail of today.'}]",
        "client.responses.create(prompt={'id': 'pmpt_1', 'variables': {'city': 'Paris'}})",
        "client.messages.create(system=[{'type': 'text', 'text': RULES}])",
    ],
)
def test_calls_that_carry_none(code: str) -> None:
    assert told(code) == {}


def test_a_mark_stays_with_its_block() -> None:
    code = (
        'client.messages.create(system=[{"type": "text", "text": "Answer the mail briefly."},'
        ' {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}])'
    )
    (prompt,) = prompts(code).values()
    assert [part.cache_mark for part in prompt.messages] == [None, "1h"]


def test_templates_have_the_slots_of_their_language() -> None:
    code = "RichPromptTemplate('Sort all the {{ kind }} of {day}.')\nPromptTemplate(template='Sort all the {kind} {{x}}.')"
    found = prompts(f"from llama_index.core import RichPromptTemplate, PromptTemplate\n{code}")
    slots = [
        [part.name for part in prompt.segments if part.kind is SegmentKind.SLOT] for prompt in found.values()
    ]
    assert slots == [["kind"], ["kind"]]
    assert [prompt.text for prompt in found.values()] == [
        "Sort all the {{ kind }} of {day}.",
        "Sort all the {kind} {x}.",
    ]


def test_the_call_is_known_to_what_it_is_given() -> None:
    code = (
        "from agents import Agent\nRULES = 'Answer the mail.'\n"
        "Agent(model='gpt-4o', instructions=RULES, handoff_description='Knows all the mail')"
    )
    assert [prompt.call.fields[0].value for prompt in prompts(code).values()] == ["gpt-4o", "gpt-4o"]


@pytest.mark.parametrize(
    "code",
    [
        "import mcp.types\nx = 1\n",
        "from agents import trace\ntrace('x')\n",
        "import google.cloud.storage\nTool()\n",
    ],
)
def test_an_import_alone_is_not_worth_parsing(code: str) -> None:
    assert not worth_parsing(code)


def test_letters_that_grow_in_lower_case_move_nothing() -> None:
    code = "# İİİİ\n" * 20 + "X = 1\nclient.create(system='Answer the mail briefly.')\n"
    assert told(code) == {"<module>:client.create.system": [(S, "Answer the mail briefly.")]}
