"""The tables of what looks like a prompt in Python: a new call shape is one row."""

from __future__ import annotations

import re
from itertools import islice

from promptlint.model import Role
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword argument that carries a prompt.

    `models_only` asks that the callee look like a call of a model; `words` is the least number of words.
    """

    name: str
    role: Role | None
    models_only: bool
    words: int


ARGUMENTS = (
    Argument("system", Role.SYSTEM, False, 3),
    Argument("instructions", Role.SYSTEM, False, 3),
    Argument("system_prompt", Role.SYSTEM, False, 2),
    Argument("system_message", Role.SYSTEM, False, 2),
    Argument("system_instruction", Role.SYSTEM, False, 2),
    Argument("input", Role.USER, True, 3),
    Argument("prompt", None, True, 3),
)
BY_NAME = {row.name: row for row in ARGUMENTS}

ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "user": Role.USER,
    "human": Role.USER,
    "assistant": Role.ASSISTANT,
    "ai": Role.ASSISTANT,
    "model": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}

PAIR_ROLES = frozenset({"system", "human", "ai", "user", "assistant", "placeholder"})
"""The first words of LangChain's `("human", "...")`."""

MESSAGE_CLASSES = {
    "SystemMessage": Role.SYSTEM,
    "SystemMessagePromptTemplate": Role.SYSTEM,
    "HumanMessage": Role.USER,
    "HumanMessagePromptTemplate": Role.USER,
    "AIMessage": Role.ASSISTANT,
    "AIMessagePromptTemplate": Role.ASSISTANT,
    "ChatMessage": None,  # says its role itself
}

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


# --- names ----------------------------------------------------------------------------------

_STRONG = re.compile(r"(?:^|_)(?:prompts?|instructions?|system_(?:message|msg))(?:_|$)")
_WEAK = re.compile(r"(?:^|_)(?:templates?|tmpl)(?:_|$)|(?:^|_)system$")
_OTHER = re.compile(
    r"(?:^|_)(?:install|installation|build|setup|upgrade|sql|html|url|uri|path|file|filename|dir|regex|pattern|css|xml|"
    r"svg|email|error|warning|log|shell|bash|password|docstring|help|negative|description|desc|doc|title|label|name|key)"
    r"(?:_|$)"
)
_SPOKEN = r"_(?:prompts?|messages?|msg|instructions?|templates?|tmpl|content|text)(?:_|$)"
_ROLE_NAMES = (
    (re.compile(rf"(?:^|_)(?:system|sys)(?:{_SPOKEN}|$)"), Role.SYSTEM),
    (re.compile(rf"(?:^|_)developer{_SPOKEN}"), Role.DEVELOPER),
    (re.compile(rf"(?:^|_)(?:user|human){_SPOKEN}"), Role.USER),
)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name).lower()


def role_of(name: str) -> Role | None:
    """The role that a name says: `SYSTEM_PROMPT`, `user_prompt_template`; None if it says none."""
    snake = _snake(name)
    return next((role for pattern, role in _ROLE_NAMES if pattern.search(snake)), None)


def is_prompt(name: str, text: str) -> bool:
    """True if a constant of that name and static text is a prompt.

    PROMPT, INSTRUCTION(S), SYSTEM_MESSAGE as words of the name: five words of prose that are no question to
    the user of a terminal. TEMPLATE, TMPL or a final SYSTEM: a phrase that addresses a model as well. Names
    with SQL, HTML, URL, PATH and so on: only with PROMPT and such a phrase, or if it says who "you" are.
    """
    snake = _snake(name)
    strong = _STRONG.search(snake) is not None
    if not (strong or _WEAK.search(snake)) or not is_prose(text, 5) or _asks_user(text):
        return False
    if _OTHER.search(snake) and not ("prompt" in snake and _CUE.search(text)):
        return _PERSONA.search(text) is not None
    return strong or _CUE.search(text) is not None


def may_be_prompt(name: str) -> bool:
    """True if some text would make a constant of that name a prompt."""
    snake = _snake(name)
    return _STRONG.search(snake) is not None or _WEAK.search(snake) is not None


# --- wording --------------------------------------------------------------------------------

_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_WORD = re.compile(r"(?<![^\s\"'(\[*_`#<>/:—-])[^\W\d_]+(?:['’-][^\W\d_]+)*(?=[\s\"')\]*_`.,;:!?<>/—-]|$)")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
_HTML = re.compile(
    r"\s*(?:<!doctype|<html|<\?xml|<!--|<(?:div|table|p|span|a|h[1-6]|ul|form|body|head|style|script|svg|tr|td|section|"
    r"button|img|nav|label|details)\b[^>]*>)",
    re.IGNORECASE,
)
_SQL = re.compile(
    r"\s*(?:SELECT\b.*\bFROM\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|MERGE\s+INTO\b|"
    r"(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TEMP\w*\s+)?(?:TABLE|INDEX|VIEW|DATABASE|FUNCTION|TRIGGER)\b|"
    r"WITH\s+\w+\s+AS\s*\(|PRAGMA\b|MATCH\s*\()",
    re.DOTALL,
)
_CODE = re.compile(
    r"\s*(?:#!|#include\b|//|/\*|import\s+[\w.]+\s*(?:\n|;|$|as\s)|from\s+[\w.{}]+\s+import\b|def\s+[\w{}]+\(|"
    r"(?:async\s+)?function\s|class\s+[\w{}]+\s*[(:]|package\s+[\w.]+;|FROM\s+\S+\n|\\documentclass|usage:\s)"
)
_QUESTION = re.compile(
    r"\[y(?:es)?/n(?:o)?\]|\(y(?:es)?/n(?:o)?\)|"
    r"^\W*(?:please\s+)?(?:enter|type|press|input|select|choose|specify|provide)"
    r"\s(?:a|an|the|your|any|one|new|return|enter)\b|"
    r"^\W*(?:are you sure|do you (?:want|wish)|would you like|overwrite|"
    r"continue\b|proceed\b|what is your)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\W*(?:hello|hi|hey|foo|bar|lorem|dummy|(?:this is )?(?:a |the |some )?(?:test|dummy|mock|sample|fake)\b"
    r"|[\w ]{0,40}\bplaceholder\b)",
    re.IGNORECASE,
)
_PERSONA = re.compile(
    r"^\W*you are (?:an?|the)\b|\byour (?:task|goal|job|role) is\b|^\W*given an? ", re.IGNORECASE
)
_CUE = re.compile(
    r"\byou (?:are|will|must|should|have|can|need)\b|\byou're\b|"
    r"\byour (?:task|job|goal|role|answer|response)\b|"
    r"\b(?:answer|respond|reply|summari[sz]e|translate|classify|rewrite|paraphrase)\b|\bstep by step\b|"
    r"\b(?:given|use|using|based on|consider|from) (?:the|this|these|an?)\b|\bfollowing\b|"
    r"\bbelow\b.*:|\bdo not\b|"
    r"^\W*(?:system|human|user|assistant|question|context|input|query|instructions?|ai)\b[^\n]{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)


def is_prose(text: str, least: int) -> bool:
    """True if a text has `least` words of prose and is not HTML, SQL or code."""
    text = _TAG.sub(" ", text)
    words = sum(1 for _ in islice(_WORD.finditer(text), least))
    if words < least:
        words += sum(1 for _ in islice(_UNSPACED.finditer(text), 2 * least)) // 2
    return words >= least and not any(form.match(text) for form in (_HTML, _SQL, _CODE))


def is_filler(text: str) -> bool:
    """True for a short text that stands for one: a greeting, a test, a placeholder."""
    return len(text) < 80 and _FILLER.match(text) is not None


def _asks_user(text: str) -> bool:
    """True for what a program asks at a terminal: one short line that begins or ends like a question."""
    line = text.strip()
    return "\n" not in line and len(line) < 160 and _QUESTION.search(line) is not None
