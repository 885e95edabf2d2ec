"""Agents, flows, tools and programs that frameworks keep as data: their prompts, calls and files."""

from __future__ import annotations

import json
import textwrap

import pytest
from data_formats import anchors, call, check_edits, inputs, only, prompts, read, shape, slots

from promptlint.model import UNKNOWN, Role

S, U, A, T = Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL_DEFINITION


def yaml(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


# --- CrewAI ---------------------------------------------------------------------------------

AGENTS = yaml("""
    scout:
      role: >
        {topic} scout
      goal: >
        Find the five facts on {topic} that matter most
      backstory: >
        You have read everything on {topic} and forget nothing.
      llm: openai/gpt-4o
    """)


def test_crew_agents():
    goal, story = prompts(AGENTS, "config/agents.yaml")
    assert anchors((goal, story)) == ["/scout/goal", "/scout/backstory"]
    assert shape(goal) == [(S, "Find the five facts on {topic} that matter most\n")]
    assert (goal.variables, slots(story), call(story)) == (
        ("topic",),
        ["{topic}"],
        {"model": "openai/gpt-4o"},
    )
    check_edits(AGENTS, "config/agents.yaml")


def test_crew_tasks():
    text = yaml("""
        look:
          description: |
            Look for news on {topic}.
          expected_output: A list of ten points on {topic}
          agent: scout
        """)
    described, output = prompts(text, "tasks.yaml")
    assert anchors((described, output)) == ["/look/description", "/look/expected_output"]
    assert shape(described) == [(U, "Look for news on {topic}.\n")]
    check_edits(text, "tasks.yaml")


def test_crew_near_misses():
    assert prompts("admin:\n  role: owner\n  goal: to keep the house in good order\n", "users.yaml") == ()
    assert prompts("a:\n  description: Checks that the tests run to their end\n  agent: ci\n", "x.yaml") == ()


# --- AutoGen, DSPy --------------------------------------------------------------------------


def test_autogen_components():
    model = {
        "provider": "m.OpenAI",
        "component_type": "model",
        "config": {"model": "gpt-4o", "temperature": 0},
    }
    tool = {
        "provider": "autogen_core.tools.FunctionTool",
        "component_type": "tool",
        "config": {"name": "add", "description": "Adds two numbers.", "source_code": "def add(): ..."},
    }
    agent = {
        "provider": "autogen_agentchat.agents.AssistantAgent",
        "component_type": "agent",
        "description": "What the shop says of it, which no model reads at all.",
        "config": {
            "model_client": model,
            "tools": [tool],
            "description": "An agent that adds numbers well.",
            "system_message": "You add {x}. Say TERMINATE.",
        },
    }
    team = {
        "provider": "t.SelectorGroupChat",
        "component_type": "team",
        "config": {
            "participants": [agent],
            "selector_prompt": "Choose one of {roles}.",
            "model_client": model,
        },
    }
    text = json.dumps(team, indent=1)
    found = prompts(text, "team.json")
    assert [shape(prompt) for prompt in found] == [
        [(T, "Adds two numbers.")],
        [(S, "An agent that adds numbers well.")],
        [(S, "You add {x}. Say TERMINATE.")],
        [(S, "Choose one of {roles}.")],
    ]
    assert anchors(found) == [
        "/config/participants/0/config/tools/0/config/description",
        "/config/participants/0/config/description",
        "/config/participants/0/config/system_message",
        "/config/selector_prompt",
    ]
    assert [slots(prompt) for prompt in found] == [[], [], [], ["{roles}"]]
    assert call(found[2]) == {"model": "gpt-4o", "temperature": 0}
    check_edits(text, "team.json")


def test_a_saved_dspy_program():
    program = {
        "classify.predict": {
            "traces": [],
            "train": [],
            "demos": [{"text": "You are a demo that nobody edits, as it is data.", "label": "a"}],
            "signature": {
                "instructions": "Sort the {text} by its tone.",
                "fields": [
                    {"prefix": "Text:", "description": "${text}"},
                    {"prefix": "Label:", "description": "calm or angry"},
                ],
            },
            "lm": {"model": "openai/gpt-4o-mini", "temperature": 0.0, "max_tokens": 1000},
        },
        "metadata": {"dependency_versions": {"python": "3.11", "dspy": "2.6.0"}},
    }
    text = json.dumps(program)
    prompt = only(text, "program.json")
    assert anchors((prompt,)) == ["/classify.predict"]
    assert shape(prompt) == [(S, "Sort the {text} by its tone."), (S, "calm or angry"), (None, "{demos}")]
    assert (slots(prompt), prompt.variables) == (["{demos}"], ())
    assert call(prompt) == {"model": "openai/gpt-4o-mini", "temperature": 0.0, "max_tokens": 1000}
    check_edits(text, "program.json")


def test_signatures_of_mails_are_no_programs():
    text = json.dumps({"signature": {"instructions": "Sign at the end of the page."}, "name": "mail"})
    assert prompts(text, "mail.json") == ()


# --- tools ----------------------------------------------------------------------------------

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "The city, such as {x}."},
        "days": {
            "type": "array",
            "description": "Days.",
            "items": {"type": "object", "properties": {"on": {"description": "A date."}}},
        },
    },
}
TOOL = {"name": "weather", "description": "Tells the weather."}
TOLD = [(T, "Tells the weather."), (T, "The city, such as {x}."), (T, "Days."), (T, "A date.")]


@pytest.mark.parametrize(
    ("document", "anchor"),
    [
        ({"tools": [TOOL | {"inputSchema": SCHEMA}]}, "/tools/0"),
        ([TOOL | {"input_schema": SCHEMA}], "/0"),
        (
            {"model": "gpt-4o", "tools": [{"type": "function", "function": TOOL | {"parameters": SCHEMA}}]},
            "/tools/0/function",
        ),
        ({"functions": [TOOL | {"parameters": SCHEMA}]}, "/functions/0"),
        ([{"type": "function", "strict": True, **TOOL, "parameters": SCHEMA}], "/0"),
        ({"tools": [{"toolSpec": TOOL | {"inputSchema": {"json": SCHEMA}}}]}, "/tools/0/toolSpec"),
        (
            {"functionDeclarations": [TOOL | {"parameters": SCHEMA | {"type": "OBJECT"}}]},
            "/functionDeclarations/0",
        ),
    ],
    ids=["MCP", "Anthropic", "OpenAI", "functions", "Responses", "Bedrock", "Gemini"],
)
def test_tools(document, anchor):
    text = json.dumps(document)
    prompt = only(text, "tools.json")
    assert anchors((prompt,)) == [anchor]
    assert shape(prompt) == TOLD
    assert slots(prompt) == []
    assert call(prompt) == ({"model": "gpt-4o"} if "model" in text else {})
    check_edits(text, "tools.json")


def test_a_request_and_its_tools():
    request = {"messages": [{"role": "user", "content": "Hi"}], "tools": [TOOL | {"input_schema": SCHEMA}]}
    chat, tool = prompts(json.dumps(request), "r.json")
    assert (shape(chat), shape(tool)) == ([(U, "Hi")], TOLD)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("openapi.json", {"openapi": "3.1.0", "paths": {"x": TOOL | {"parameters": SCHEMA}}}),
        ("schema.json", {"$schema": "x", "properties": {"a": TOOL | {"inputSchema": SCHEMA}}}),
        ("abi.json", [{"type": "function", "name": "transfer", "inputs": [{"name": "to"}]}]),
        (
            "action.json",
            {
                "name": "deploy",
                "description": "Deploys it.",
                "parameters": {"type": "object", "env": 1},
                "runs": 2,
            },
        ),
        ("params.json", [{"name": "x", "description": "A model of it.", "parameters": {"alpha": 0.1}}]),
        ("bare.json", {"tools": [{"name": "weather", "inputSchema": SCHEMA}]}),
    ],
)
def test_no_tools(path, document):
    assert prompts(json.dumps(document), path) == ()


# --- Semantic Kernel ------------------------------------------------------------------------

KERNEL = yaml("""
    name: Tell
    description: Tells a story.
    template_format: semantic-kernel
    template: |
      <message role="system">Be {{$tone}}.</message>
      <message role="user">
      Tell of {{$topic}} on {{time.Today}}.
      </message>
    input_variables:
      - {name: topic, is_required: true}
      - {name: tone, default: kind}
    execution_settings:
      default: {model_id: gpt-4o, max_tokens: 60, temperature: 0.9}
      other: {model_id: gpt-4}
    """)


def test_a_kernel_function_with_message_tags():
    prompt = only(KERNEL, "Tell.yaml")
    assert anchors((prompt,)) == ["/template"]
    assert shape(prompt) == [(S, "Be {{$tone}}."), (U, "\nTell of {{$topic}} on {{time.Today}}.\n")]
    assert inputs(prompt) == ["topic", "tone"]
    assert set(prompt.variables) >= {"topic", "tone"}
    assert call(prompt) == {"model": "gpt-4o", "max_tokens": 60, "temperature": 0.9}
    check_edits(KERNEL, "Tell.yaml")


@pytest.mark.parametrize(
    "template",
    [
        '<message role="{{role}}">Be kind to all.</message>',
        '{{#each history}}<message role="user">Be kind.</message>{{/each}}',
        'Be kind to all. <message role="user">Be brief.</message>',
        '<message role="user">Be kind and brief.',
    ],
)
def test_tags_that_do_not_say_all_messages_stay_text(template):
    text = f"template: '{template}'\ntemplate_format: handlebars\nexecution_settings: {{default: {{model_id: m}}}}\n"
    (message,) = only(text, "x.yaml").messages
    assert message.role is None
    assert "".join(segment.text for segment in message.segments).count("Be ") == template.count("Be ")


def test_the_configuration_beside_skprompt():
    text = json.dumps(
        {
            "schema": 1,
            "type": "completion",
            "execution_settings": {"default": {"max_tokens": 60, "model_id": "m"}},
        }
    )
    (reference,) = read(text, "plugins/Joke/config.json").references
    assert (reference.target, reference.use.syntax, reference.required) == (
        "./skprompt.txt",
        "mustache",
        False,
    )
    assert [(field.name, field.value) for field in reference.use.call.fields] == [
        ("model", "m"),
        ("max_tokens", 60),
    ]
    assert read(text, "plugins/Joke/other.json").references == ()
    old = json.dumps({"schema": 1, "type": "completion", "completion": {"max_tokens": 9}})
    (reference,) = read(old, "config.json").references
    assert [(field.name, field.value) for field in reference.use.call.fields] == [("max_tokens", 9)]


# --- flows ----------------------------------------------------------------------------------


def test_prompt_flow_names_its_templates():
    text = yaml("""
        inputs: {question: {type: string}}
        nodes:
        - name: chat
          type: llm
          source: {type: code, path: chat.jinja2}
          inputs: {deployment_name: gpt-4o, max_tokens: '256', temperature: 0.7, question: '${inputs.question}'}
          connection: azure
        - name: parse
          type: python
          source: {type: code, path: parse.py}
        - {name: sum, use_variants: true}
        node_variants:
          sum:
            default_variant_id: v0
            variants:
              v0: {node: {type: llm, source: {type: code, path: sum.jinja2}, inputs: {model: '${inputs.model}'}}}
        """)
    first, second = read(text, "flow.dag.yaml").references
    assert (first.target, first.use.syntax, first.required) == ("chat.jinja2", "jinja", True)
    assert {field.name: field.value for field in first.use.call.fields} == {
        "model": "gpt-4o",
        "max_tokens": 256,
        "temperature": 0.7,
    }
    assert (second.target, second.use.call.fields[0].value) == ("sum.jinja2", UNKNOWN)
    assert read("nodes:\n- {name: a, type: llm}\n", "graph.yaml").references == ()


def test_dify():
    text = yaml("""
        app: {mode: workflow, name: x}
        kind: app
        workflow:
          graph:
            nodes:
            - data:
                type: llm
                title: Ask
                model: {provider: openai, name: gpt-4o, mode: chat, completion_params: {temperature: 0.7}}
                prompt_template:
                - {id: '1', role: system, text: 'Be brief, {{#sys.query#}}.'}
                - id: '2'
                  role: user
                  text: |
                    Of {{#1711.text#}} and {{name}}
        """)
    prompt = only(text, "flow.yml")
    assert anchors((prompt,)) == ["/workflow/graph/nodes/0/data/prompt_template"]
    assert shape(prompt) == [(S, "Be brief, {{#sys.query#}}."), (U, "Of {{#1711.text#}} and {{name}}\n")]
    assert prompt.variables == ("sys.query", "1711.text", "name")
    assert call(prompt) == {"model": "gpt-4o", "temperature": 0.7}
    check_edits(text, "flow.yml")
    agent = (
        "data:\n  type: agent\n  agent_parameters:\n    instruction: {type: constant, value: 'Be kind.'}\n"
    )
    assert shape(only(agent, "app.yml")) == [(S, "Be kind.")]
    app = "app: {mode: chat}\nmodel_config:\n  model: {name: gpt-4o}\n  pre_prompt: 'Be {{tone}} to all.'\n"
    (chat,) = prompts(app, "app.yml")
    assert (shape(chat), call(chat)) == ([(S, "Be {{tone}} to all.")], {"model": "gpt-4o"})


def test_flowise_and_langflow():
    node = {
        "data": {
            "name": "chatPromptTemplate",
            "category": "Prompts",
            "baseClasses": ["ChatPromptTemplate"],
            "inputParams": [
                {"label": "You are a label of a form that nobody sends to any model, however long."}
            ],
            "inputs": {
                "systemMessagePrompt": "You translate all texts to {language}.",
                "humanMessagePrompt": "{text}",
            },
        }
    }
    prompt = only(json.dumps({"nodes": [node], "edges": []}), "flow.json")
    assert anchors((prompt,)) == ["/nodes/0/data/inputs/systemMessagePrompt"]
    assert (shape(prompt), prompt.variables) == (
        [(S, "You translate all texts to {language}.")],
        ("language",),
    )
    field = {
        "name": "system_prompt",
        "show": True,
        "advanced": False,
        "type": "str",
        "value": "Answer all that is asked.",
    }
    other = field | {"name": "code"}
    text = json.dumps({"template": {"system_prompt": field, "code": other}})
    assert shape(only(text, "lf.json")) == [(S, "Answer all that is asked.")]


# --- Bedrock --------------------------------------------------------------------------------


def test_bedrock_agent():
    base = json.dumps(
        {"system": "Be $tone$.", "messages": [{"role": "user", "content": [{"text": "$question$"}]}]}
    )
    steps = [
        {
            "promptType": "ORCHESTRATION",
            "basePromptTemplate": base,
            "inferenceConfiguration": {"maximumLength": 9},
        },
        {"promptType": "PRE_PROCESSING", "basePromptTemplate": "Sort $question$ now."},
    ]
    agent = {
        "foundationModel": "anthropic.claude-v2",
        "instruction": "You help with claims.",
        "promptOverrideConfiguration": {"promptConfigurations": steps},
    }
    text = json.dumps({"agent": agent})
    own, first, second = prompts(text, "agent.json")
    assert shape(own) == [(S, "You help with claims.")]
    assert shape(first) == [(S, "Be $tone$."), (U, "$question$")]
    assert call(first) == {"model": "anthropic.claude-v2", "max_tokens": 9}
    assert (shape(second), second.variables) == ([(None, "Sort $question$ now.")], ("question",))
    check_edits(text, "agent.json")


def test_bedrock_prompts():
    variant = {
        "modelId": "amazon.nova-pro-v1:0",
        "inferenceConfiguration": {"text": {"temperature": 0, "maxTokens": 8}},
        "templateConfiguration": {"text": {"text": "Sum up {{doc}}.", "inputVariables": [{"name": "doc"}]}},
    }
    prompt = only(json.dumps({"variants": [variant]}), "p.json")
    assert anchors((prompt,)) == ["/variants/0/templateConfiguration/text/text"]
    assert (slots(prompt), inputs(prompt)) == (["{{doc}}"], ["doc"])
    assert call(prompt) == {"model": "amazon.nova-pro-v1:0", "temperature": 0, "max_tokens": 8}
