"""The tables of frameworks: their calls, decorators and classes that carry prompts; a new one is a row."""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.model import Role
from promptlint.records import dataclass

Homes = tuple[str, ...]
Key = str | int
"""An argument: its keyword, or its position."""

_SYSTEM, _USER, _TOOL = Role.SYSTEM, Role.USER, Role.TOOL_DEFINITION


@dataclass(frozen=True, slots=True)
class Given:
    """An argument that carries a prompt, by the names and positions under which it may be given.

    `shape` says what it holds: `text`, `blocks` (a text or a list of content blocks), `schema` (a JSON
    schema, of which the descriptions are prompts), `examples` (a list of dictionaries of texts), `template`
    (a text with the slots of the callee's template language), `roles` (a template with lines `SYSTEM:`,
    `USER:`), or the name of a template language.
    """

    keys: tuple[Key, ...]
    role: Role | None
    shape: str = "text"


@dataclass(frozen=True, slots=True)
class Callee:
    """A call that carries prompts: `name` is its last name, or the last two (`FunctionTool.from_defaults`).

    `homes` are the packages that it is imported from; any, if there are none. A `method` is called on an
    object: the file must import of a home, and the object's name must match `owner`. `whole`: the arguments
    are parts of one prompt.
    """

    name: str
    homes: Homes
    given: tuple[Given, ...]
    whole: bool = False
    method: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Decorator:
    """A decorator by which a function's words reach a model.

    `name` is its last name, or `Class.method` of an object that is made by a class. `doc` is the role of the
    function's docstring, `returns` of the strings that it returns; `given` is the decorator's own argument,
    which is sent in place of the docstring. With `lone`, the docstring counts if nothing is returned.
    """

    name: str
    homes: Homes
    doc: Role | None = None
    returns: Role | None = None
    given: Given | None = None
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """A class whose children carry prompts.

    `doc`: in their docstring; `fields`: in these arguments of the calls that make its fields; `attribute`: in
    that attribute of the class; `schemas`: in the descriptions of that attribute, schemas by name.
    """

    name: str
    homes: Homes
    role: Role
    doc: bool = True
    fields: tuple[str, ...] = ()
    attribute: str = ""
    schemas: str = ""


_LANGCHAIN, _LLAMA, _AGENTS, _MCP = ("langchain",), ("llama_index",), ("agents",), ("mcp", "fastmcp")
_PYDANTIC_AI, _AUTOGEN, _DSPY, _CREWAI = ("pydantic_ai",), ("autogen", "ag2"), ("dspy",), ("crewai",)
_GEMINI = ("google.genai", "google.generativeai", "vertexai")
_ADK, _MIRASCOPE, _SMOL, _HAYSTACK = ("google.adk",), ("mirascope",), ("smolagents",), ("haystack",)
_STRANDS, _AGNO, _KERNEL, _CLAUDE = ("strands",), ("agno", "phi"), ("semantic_kernel",), ("claude_agent_sdk",)
_MODEL = r"(?:.*_)?(?:lm|chat)\d*|(?!.*embed).*(?:llm|model|gpt|openai|claude|gemini|ollama|anthropic)\d*"
_AGENT = r"(?:.*_)?agent\d*"
_TELLS = Given(("description",), _TOOL)
_OVERRIDES = Given(("description_override", "description"), _TOOL)
_PARAMETERS = Given(
    ("parameters", "inputSchema", "input_schema", "parameters_json_schema", "params_json_schema"),
    _TOOL,
    "schema",
)
_TEMPLATE = Given(("template", 0), None, "template")
_EXAMPLES = Given(("examples",), None, "examples")

CALLEES = (
    # LangChain and LlamaIndex
    Callee("PromptTemplate", (), (_TEMPLATE,)),
    Callee("PromptTemplate.from_template", (), (_TEMPLATE,)),
    Callee("ChatPromptTemplate.from_template", (), (Given(("template", 0), _USER, "template"),)),
    Callee("RichPromptTemplate", _LLAMA, (Given(("template_str", 0), None, "template"),)),
    Callee(
        "FewShotPromptTemplate",
        _LANGCHAIN,
        (Given(("prefix",), None, "format"), _EXAMPLES, Given(("suffix",), None, "format")),
        whole=True,
    ),
    Callee("FewShotChatMessagePromptTemplate", _LANGCHAIN, (_EXAMPLES,), whole=True),
    Callee("create_react_agent", (*_LANGCHAIN, "langgraph"), (Given(("prompt",), _SYSTEM),)),
    Callee("create_supervisor", ("langgraph",), (Given(("prompt",), _SYSTEM),)),
    Callee("create_retriever_tool", _LANGCHAIN, (Given(("description", 2), _TOOL),)),
    Callee("StructuredTool", _LANGCHAIN, (_TELLS,)),
    Callee("StructuredTool.from_function", _LANGCHAIN, (_TELLS,)),
    Callee("Tool", _LANGCHAIN, (_TELLS,)),
    Callee("Tool.from_function", _LANGCHAIN, (_TELLS,)),
    Callee("FunctionTool.from_defaults", _LLAMA, (_TELLS,)),
    Callee("QueryEngineTool.from_defaults", _LLAMA, (_TELLS,)),
    Callee("ToolMetadata", _LLAMA, (_TELLS,)),
    Callee("FunctionAgent", _LLAMA, (_TELLS,)),
    Callee("ReActAgent", _LLAMA, (_TELLS,)),
    *(
        Callee(
            name, (*_LANGCHAIN, *_LLAMA), (Given((0, "input", "prompt"), _USER),), method=True, owner=_MODEL
        )
        for name in ("invoke", "ainvoke", "complete", "acomplete", "predict", "stream_complete")
    ),
    # vendors' own
    *(
        Callee(name, _GEMINI, (Given((0, "contents"), _USER, "blocks"),), method=True)
        for name in ("generate_content", "generate_content_async", "generate_content_stream")
    ),
    Callee("send_message", _GEMINI, (Given((0, "message"), _USER, "blocks"),), method=True),
    Callee("FunctionDeclaration", _GEMINI, (_TELLS, _PARAMETERS), whole=True),
    Callee("query", _CLAUDE, (Given(("prompt",), _USER),)),
    Callee("AgentDefinition", _CLAUDE, (_TELLS, Given(("prompt",), _SYSTEM))),
    # agents
    Callee(
        "Agent",
        _CREWAI,
        (Given(("role",), _SYSTEM), Given(("goal",), _SYSTEM), Given(("backstory",), _SYSTEM)),
        whole=True,
    ),
    Callee("Task", _CREWAI, (Given(("description",), _USER), Given(("expected_output",), _USER)), whole=True),
    *(
        Callee(name, _AGENTS, (Given(("handoff_description",), _TOOL),))
        for name in ("Agent", "RealtimeAgent", "SandboxAgent")
    ),
    Callee("handoff", _AGENTS, (Given(("tool_description_override",), _TOOL),)),
    Callee("as_tool", _AGENTS, (Given(("tool_description", 1), _TOOL),), method=True),
    Callee("FunctionTool", (*_AGENTS, *_AUTOGEN), (_TELLS, _PARAMETERS), whole=True),
    *(
        Callee(name, _AGENTS, (Given((1, "input"), _USER),))
        for name in ("Runner.run", "Runner.run_sync", "Runner.run_streamed")
    ),
    *(
        Callee(
            name,
            (*_PYDANTIC_AI, *_SMOL),
            (Given((0, "user_prompt", "task"), _USER),),
            method=True,
            owner=_AGENT,
        )
        for name in ("run", "run_sync", "run_stream", "iter")
    ),
    Callee("Tool", _PYDANTIC_AI, (_TELLS,)),
    *(
        Callee(name, _AUTOGEN, (_TELLS,))
        for name in ("AssistantAgent", "ConversableAgent", "UserProxyAgent", "CodeExecutorAgent")
    ),
    Callee("initiate_chat", _AUTOGEN, (Given(("message",), _USER),), method=True),
    Callee("a_initiate_chat", _AUTOGEN, (Given(("message",), _USER),), method=True),
    *(
        Callee(
            name, _AUTOGEN, (Given(("task",), _USER),), method=True, owner=r"(?:.*_)?(?:agent|team|chat)\d*"
        )
        for name in ("run", "run_stream")
    ),
    Callee("register_function", _AUTOGEN, (_TELLS,)),
    Callee("SelectorGroupChat", _AUTOGEN, (Given(("selector_prompt",), _SYSTEM),)),
    Callee("Agent", _ADK, (Given(("instruction",), _SYSTEM), _TELLS)),
    Callee("LlmAgent", _ADK, (Given(("instruction",), _SYSTEM), _TELLS)),
    Callee("Agent", _AGNO, (Given(("description",), _SYSTEM), Given(("expected_output",), _SYSTEM))),
    Callee("ActionNode", ("metagpt",), (Given(("instruction",), _SYSTEM),)),
    Callee("ChatCompletionAgent", _KERNEL, (_TELLS,)),
    Callee("add_function", _KERNEL, (Given(("prompt",), _USER),), method=True),
    # structured programs
    Callee("Signature", _DSPY, (Given((1, "instructions"), _SYSTEM),)),
    Callee("with_instructions", _DSPY, (Given((0,), _SYSTEM),), method=True),
    Callee("PromptBuilder", _HAYSTACK, (Given(("template", 0), _USER, "jinja"),)),
    Callee("ChatPromptBuilder", _HAYSTACK, (Given(("template", 0), None, "jinja"),)),
    Callee("Tool", _HAYSTACK, (_TELLS, _PARAMETERS), whole=True),
    Callee("Tool", _MCP, (_TELLS, _PARAMETERS), whole=True),
)

_TOOL_HOMES = (*_LANGCHAIN, "crewai.tools", "crewai_tools", *_SMOL, *_STRANDS, *_AGNO, *_HAYSTACK, "camel")
DECORATORS = (
    Decorator("tool", _TOOL_HOMES, _TOOL, given=_TELLS),
    Decorator("tool", ("agents.decorators",), _TOOL, given=_OVERRIDES),
    Decorator("tool", _CLAUDE, given=Given((1, "description"), _TOOL)),
    Decorator("function_tool", (*_AGENTS, "livekit"), _TOOL, given=_OVERRIDES),
    Decorator("Agent.tool", _PYDANTIC_AI, _TOOL, given=_TELLS),
    Decorator("Agent.tool_plain", _PYDANTIC_AI, _TOOL, given=_TELLS),
    Decorator("FunctionToolset.tool", _PYDANTIC_AI, _TOOL, given=_TELLS),
    Decorator("Agent.instructions", _PYDANTIC_AI, returns=_SYSTEM),
    Decorator("Agent.system_prompt", _PYDANTIC_AI, returns=_SYSTEM),
    *(Decorator(f"{name}.tool", _MCP, _TOOL, given=_TELLS) for name in ("FastMCP", "MCPServer")),
    *(Decorator(f"{name}.prompt", _MCP, returns=_USER) for name in ("FastMCP", "MCPServer")),
    Decorator("kernel_function", _KERNEL, _TOOL, given=_TELLS),
    Decorator("register_for_llm", (), given=_TELLS),
    Decorator("prompt_template", _MIRASCOPE, given=Given((0,), _USER, "roles")),
    Decorator("call", _MIRASCOPE, _USER, _USER, lone=True),
    Decorator("call_async", _MIRASCOPE, _USER, _USER, lone=True),
    Decorator("simple", ("ell",), _SYSTEM, _USER),
    Decorator("complex", ("ell",), _SYSTEM, _USER),
    Decorator("fn", ("marvin",), _SYSTEM),
    Decorator("prompt", ("magentic",), given=Given((0,), _USER, "format")),
)

BASES = (
    Base("Signature", _DSPY, _SYSTEM, fields=("desc",)),
    Base("BaseTool", (*_LANGCHAIN, *_CREWAI), _TOOL, doc=False, attribute="description"),
    Base("Tool", _SMOL, _TOOL, doc=False, attribute="description", schemas="inputs"),
    Base("BaseTool", _MIRASCOPE, _TOOL, fields=("description",)),
    Base("OpenAISchema", ("instructor",), _TOOL, fields=("description",)),
)

_ROOTS_TEXT = """
langchain langgraph llama_index pydantic_ai agents crewai autogen ag2 dspy mirascope mcp fastmcp smolagents
haystack google vertexai strands agno phi semantic_kernel claude_agent_sdk livekit ell marvin magentic
instructor camel metagpt
"""
ROOTS = tuple(_ROOTS_TEXT.split())
_NAMES = "|".join(root for root in ROOTS if root != "google")
_GOOGLE = r"google(?:\.(?:genai|generativeai|adk)|[ ]import)"
_IMPORTS = re.compile(
    rf"^[ \t]{{0,80}}(?:from|import)[ \t]+(?:(?:{_NAMES})(?=[\s._,])|{_GOOGLE})", re.MULTILINE
)


@lru_cache(maxsize=1)  # a file is asked of twice
def imports_framework(text: str) -> bool:
    """True if a file may import one of the frameworks and say something with it; a test of its text."""
    if not any(root in text for root in ROOTS) or _IMPORTS.search(text) is None:
        return False
    return _uses().search(text) is not None


@lru_cache(maxsize=1)
def _uses() -> re.Pattern[str]:
    """What any row of the tables looks like in a file; methods are given a literal."""
    made = {row.name.rpartition(".")[2] for row in CALLEES if not row.method}
    sent = {row.name for row in CALLEES if row.method}
    decorators = {row.name.rpartition(".")[2] for row in DECORATORS}
    bases = {row.name for row in BASES}
    renamed = "|".join(sorted(made | decorators | bases))
    return re.compile(
        rf"\b(?:{'|'.join(sorted(made))})(?:\[[^\]\n]{{0,200}}\])?\(|\b(?:{renamed}) as \w"
        rf"|\.(?:{'|'.join(sorted(sent))})\(\s*(?:\w+\s*=\s*)?[\[rRfF]{{0,2}}[\"']"
        rf"|^[ \t]*@(?:\w+\.)*(?:{'|'.join(sorted(decorators))})\b"
        rf"|^[ \t]*class \w+\([\w., ]{{0,200}}\b(?:{'|'.join(sorted(bases))})\b|\btools\s*=\s*\[",
        re.MULTILINE,
    )


def callees(name: str) -> tuple[Callee, ...]:
    """The rows of a callee's last name, or last two."""
    return _CALLEES.get(name, ())


def _by_name() -> dict[str, tuple[Callee, ...]]:
    rows: dict[str, tuple[Callee, ...]] = {}
    for row in CALLEES:
        rows[row.name] = (*rows.get(row.name, ()), row)
    return rows


_CALLEES = _by_name()
