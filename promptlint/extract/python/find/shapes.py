"""The tables of what looks like a prompt in Python: a new call shape is one row."""

from __future__ import annotations

import re

from promptlint.model import Role
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword argument that carries a prompt.

    `models_only` asks that the callee look like a call of a model; `words` is the least number of words.
    `worded` asks that the text itself be an order to a model.
    """

    name: str
    role: Role | None
    models_only: bool
    words: int
    worded: bool = False


ARGUMENTS = (
    Argument("system", Role.SYSTEM, False, 3),
    Argument("instructions", Role.SYSTEM, False, 3),
    Argument("system_prompt", Role.SYSTEM, False, 2),
    Argument("system_message", Role.SYSTEM, False, 2),
    Argument("system_instruction", Role.SYSTEM, False, 2),
    Argument("input", Role.USER, True, 3),
    Argument("prompt", None, True, 3),
    Argument("inputText", Role.USER, True, 3),
)
BY_NAME = {row.name: row for row in ARGUMENTS}
WORDED = {name: Argument(name, None, False, 15, worded=True) for name in ("prompt", "content", "template")}
"""Arguments of any call that carry a prompt if their text says so."""
PROMPT_CLASS = re.compile(r"(?:[A-Z]\w{0,60})?(?:Prompt|PromptTemplate|PromptTemplateConfig|FromPrompt)")
"""Classes whose first argument is the text of a prompt."""

_REQUEST_KEYS_TEXT = """
model messages anthropic_version max_tokens_to_sample max_gen_len inputText textGenerationConfig
"""
REQUEST_KEYS = frozenset(_REQUEST_KEYS_TEXT.split())
"""A dictionary with one of these keys is the request of a model: OpenAI's, Anthropic's, Bedrock's."""

MESSAGE_CLASSES = {
    "SystemMessage": Role.SYSTEM,
    "SystemMessagePromptTemplate": Role.SYSTEM,
    "SystemPromptPart": Role.SYSTEM,
    "HumanMessage": Role.USER,
    "HumanMessagePromptTemplate": Role.USER,
    "UserMessage": Role.USER,
    "UserPromptPart": Role.USER,
    "UserContent": Role.USER,
    "AIMessage": Role.ASSISTANT,
    "AIMessagePromptTemplate": Role.ASSISTANT,
    "AssistantMessage": Role.ASSISTANT,
    "ModelContent": Role.ASSISTANT,
    "ChatMessage": None,  # says its role itself
}
TEMPLATE_CLASSES = frozenset(
    [name for name in MESSAGE_CLASSES if name.endswith("Template")]
    + ["ChatMessage", "ChatMessage.from_system", "ChatMessage.from_user"]
)
"""Messages whose content may be a template that the framework fills in."""

MESSAGE_METHODS = {
    "ChatMessage.from_system": Role.SYSTEM,
    "ChatMessage.from_user": Role.USER,
    "ChatMessage.from_assistant": Role.ASSISTANT,
    "messages.system": Role.SYSTEM,
    "messages.user": Role.USER,
    "messages.assistant": Role.ASSISTANT,
    "Messages.System": Role.SYSTEM,
    "Messages.User": Role.USER,
    "Messages.Assistant": Role.ASSISTANT,
}
"""Messages of Haystack and Mirascope."""

_BLOCK_CLASSES_TEXT = """
Part TextContent TextPart TextBlock TextBlockParam ImageContent ImageBlock ImageUrl BinaryContent
ChatCompletionContentPartTextParam ChatCompletionTextObject ResponseInputTextParam InputText
"""
BLOCK_CLASSES = frozenset(_BLOCK_CLASSES_TEXT.split())
"""Classes of content blocks, with the argument `text` if they hold text."""

# Parameters of a model call that are kept in Prompt.call.
_PARAMETERS_TEXT = """
model max_tokens max_completion_tokens max_output_tokens max_tokens_to_sample temperature top_p
top_k n stop stop_sequences seed stream response_format text_format response_model output_type
output_format tools tool_choice functions parallel_tool_calls reasoning reasoning_effort thinking
verbosity text service_tier max_retries num_retries timeout presence_penalty frequency_penalty
logprobs store background
"""
PARAMETERS = frozenset(_PARAMETERS_TEXT.split())

# Words of a callee, split at dots, underscores and humps.
_MODEL_WORDS_TEXT = """
responses response completion completions acompletion chat generate agenerate invoke ainvoke llm
llms lm gpt openai anthropic claude gemini ollama litellm mistral cohere complete acomplete ask
"""
_MODEL_WORDS = frozenset(_MODEL_WORDS_TEXT.split())
_OTHER_WORDS_TEXT = """
embedding embeddings embed speech moderation moderations transcription transcriptions translation
translations subprocess popen communicate argparse argument option click typer getpass password
passwords torch tensor runner cli select confirm
"""
_OTHER_WORDS = frozenset(_OTHER_WORDS_TEXT.split())
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def calls_model(callee: str) -> bool:
    """True if a dotted callee looks like a call of a model: `client.responses.create`, `ask_llm`.

    Embeddings, speech, moderation, processes and command-line parsers are not; nor is a test runner's
    `invoke(input=...)`.
    """
    words = {word.lower() for word in _HUMPS.findall(callee)}
    return bool(words & _MODEL_WORDS) and not words & _OTHER_WORDS
