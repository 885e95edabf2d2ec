"""The tables of what looks like a prompt in TypeScript and JavaScript: a new call shape is one row."""

from __future__ import annotations

import re

from promptlint.model import Role
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """An entry of an object that carries a prompt.

    `callees` are words of the call that is given the object, `beside` keys next to the entry: one of either
    must be there, if any are asked for. `words` is the least number of words.
    """

    name: str
    role: Role | None
    words: int
    callees: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    chat: bool = False


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MODEL_CALL = _set(
    """
    generate stream completions completion responses complete chat openai anthropic claude gemini llm gpt
    ollama mistral cohere groq ask invoke
    """
)
_AGENT_CALL = _MODEL_CALL | _set("agent assistant assistants realtime session subagent mcp")
_CALL_KEYS = _set(
    """
    model messages temperature maxTokens max_tokens maxOutputTokens max_output_tokens llm tools prompt system
    contents input toolChoice tool_choice maxSteps schema systemInstruction handoffs generationConfig
    """
)
_MODEL_KEYS = _CALL_KEYS - _set("prompt input schema contents")
_AGENT_KEYS = _MODEL_KEYS | _set("handoffDescription memory outputType input modelSettings capabilities")
_TOOL_KEYS = _set("parameters inputSchema input_schema execute outputSchema argsSchema")
_TOOL_CALL = _set("tool tools")

ARGUMENTS = (
    Argument("system", Role.SYSTEM, 3, _MODEL_CALL, _CALL_KEYS),
    Argument("systemPrompt", Role.SYSTEM, 2),
    Argument("system_prompt", Role.SYSTEM, 2),
    Argument("systemMessage", Role.SYSTEM, 2),
    Argument("systemInstruction", Role.SYSTEM, 2),
    Argument("system_instruction", Role.SYSTEM, 2),
    Argument("systemRole", Role.SYSTEM, 5),
    Argument("instructions", Role.SYSTEM, 3, _AGENT_CALL, _AGENT_KEYS),
    Argument("prompt", None, 3, _MODEL_CALL, _MODEL_KEYS),
    Argument("input", Role.USER, 3, _MODEL_CALL, _MODEL_KEYS),
    Argument("contents", Role.USER, 3, _MODEL_CALL, _MODEL_KEYS),
    Argument("template", None, 3, _set("template")),
    Argument("systemTemplate", Role.SYSTEM, 3),
    Argument("humanTemplate", Role.USER, 3),
    Argument("messages", None, 3, chat=True),
    Argument("description", Role.TOOL_DEFINITION, 4, _TOOL_CALL, _TOOL_KEYS),
)
BY_NAME = {row.name: row for row in ARGUMENTS}

TOOL_METHODS = _set("tool registerTool addTool defineTool")
"""Methods of an MCP server (`tool("name", "what it does", ...)`) whose second argument describes a tool."""

_SENDS = _set("generateContent generateContentStream streamComplete")
_MAY_SEND = _set(
    "complete generate generateStream invoke stream ask chat predict prompt call sendMessageStream"
)
_MODEL = re.compile(r"(?:.*[a-z_.])?(?:model|llm|gpt|claude|openai|gemini|ai|lm)(?:with\w+)?", re.IGNORECASE)


def sends(path: str) -> bool:
    """True if the first argument of a call of that dotted callee is a prompt: `llm.invoke("...")`."""
    owner, _, name = path.rpartition(".")
    return name in _SENDS or (name in _MAY_SEND and _MODEL.fullmatch(owner.removesuffix("()")) is not None)


MESSAGE_CLASSES = {
    "SystemMessage": Role.SYSTEM,
    "SystemMessagePromptTemplate": Role.SYSTEM,
    "HumanMessage": Role.USER,
    "HumanMessagePromptTemplate": Role.USER,
    "AIMessage": Role.ASSISTANT,
    "AIMessagePromptTemplate": Role.ASSISTANT,
    "LanguageModelChatMessage.User": Role.USER,
    "LanguageModelChatMessage.Assistant": Role.ASSISTANT,
}

PARAMETERS = _set(
    """
    model model_id max_tokens max_completion_tokens max_output_tokens max_tokens_to_sample temperature top_p
    top_k n stop stop_sequences seed stream response_format text_format output_format output_type tools
    tool_choice functions parallel_tool_calls reasoning reasoning_effort thinking verbosity text service_tier
    max_retries timeout presence_penalty frequency_penalty logprobs store background messages_count
    response_mime_type response_schema
    """
)
"""Parameters of a model call, in snake case, that are kept in Prompt.call."""

ALIASES = {
    "schema": "response_format",
    "experimental_output": "response_format",
    "output": "response_format",
    "structured_output": "response_format",
    "response_schema": "response_format",
    "response_mime_type": "response_format",
    "model_id": "model",
    "model_name": "model",
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "max_tokens_to_sample": "max_tokens",
    "max_new_tokens": "max_tokens",
}
"""Other names for these, of calls that have no parameter of the usual one."""

DEEP = _set("thinking reasoning")
"""Parameters whose own entries are kept too, as `thinking.budget_tokens`."""

NESTED = _set(
    "config generationConfig generation_config modelSettings settings modelConfig providerOptions openai"
    " anthropic"
)
"""Entries that hold more parameters of the same call."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OTHER_CALLS = _set(
    "embedding embeddings embed speech moderation transcribe transcription image images video"
)


def fits(row: Argument, called: str, keys: frozenset[str]) -> bool:
    """True if an entry of that row, among these keys of an object given to that callee, carries a prompt."""
    words = {word.lower() for word in _WORD.findall(called)}
    if words & _OTHER_CALLS:
        return False
    if not row.callees and not row.beside:
        return True
    return bool(words & row.callees) or bool((keys - {row.name}) & row.beside)


# --- where no prompt stands -------------------------------------------------------------------

_SILENT_CALLEE = re.compile(
    r"(?:log|debug|info|warn|warning|error|trace|fatal|alert|confirm|t|i18n|toast|notify|test|it|describe|expect"
    r"|querySelector\w*|getElement\w*|showErrorMessage|showInformationMessage|showWarningMessage|RegExp|require"
    r"|\w*(?:Error|Exception|Warning)|deprecate\w*|addEventListener|startsWith|endsWith|includes|toEqual|toBe|option"
    r"|describe|meta|write|writeFileSync|writeFile|exec|execSync|spawn|query|sql|gql|css|html|styled|success|command)"
)
_SILENT_NAME = re.compile(
    r"(?:help|helpText|description|desc|docs?|docstring|usage|title|label|summary|placeholder|tooltip|reason|sql|html|css"
    r"|markdownDescription|deprecationMessage|error\w*|className|style\w*|query|regex|pattern|alt|href|src|url|caption"
    r"|subtitle|name|\w*(?:Help|Error|Html|Css|Sql|Label|Title|Tooltip|Placeholder|Description|Url|Usage))"
)


def silent(callee: str) -> bool:
    """True if what a call of that last name is given goes to people or machines, not to a model."""
    return _SILENT_CALLEE.fullmatch(callee) is not None


def silent_name(name: str) -> bool:
    """True if a text of that name or key is documentation, markup or the like."""
    return _SILENT_NAME.fullmatch(name) is not None
