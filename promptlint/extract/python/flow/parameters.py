"""The names under which a model call is told its parameters, and the field of `Prompt.call` that each means.

| field           | meaning                                                                              |
|-----------------|--------------------------------------------------------------------------------------|
| model           | the model, deployment or engine, as spelt                                            |
| max_tokens      | the most tokens of the answer                                                        |
| temperature ... | sampling, stopping and the like, under the usual snake-case name                     |
| response_format | the answer's form: the `type` of a dictionary, or UNKNOWN for a class or a schema    |
| tools           | UNKNOWN: tools are given                                                             |
| ... .schema     | of these two: the JSON Schema, as text, of a class or dictionary of the same module  |
| tools.order     | what the list of tools comes out of, if that has no fixed order                      |
| stop            | stop sequences; `stop.words` are those of a list, as JSON                            |
| unformatted     | True: the constant has slots, and is sent without being formatted                    |
| retries         | how often the call is tried at most, the first time included; UNKNOWN if not counted |
| loop, rows ...  | what stands around the call, and `answer`: what reads its answer (see `around`)      |

A parameter whose own snake-case name is another one (`max_output_tokens`) is kept under both.
"""

from __future__ import annotations

import re

# Their own name is the field.
_PLAIN_TEXT = """
model max_tokens temperature top_p top_k n stop seed stream response_format tools tool_choice
parallel_tool_calls reasoning reasoning_effort thinking verbosity text service_tier timeout
presence_penalty frequency_penalty logprobs store background retries
"""
# Kept under their own name, and under that of the field.
_ALIASES = {
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "max_tokens_to_sample": "max_tokens",
    "max_new_tokens": "max_tokens",
    "stop_sequences": "stop",
    "functions": "tools",
    "text_format": "response_format",
    "response_model": "response_format",
    "response_schema": "response_format",
    "response_mime_type": "response_format",
    "output_type": "response_format",
    "output_format": "response_format",
    "output_schema": "response_format",
    "result_type": "response_format",
    "max_retries": "retries",
    "num_retries": "retries",
}
# Other spellings of a field.
_SPELLINGS = {
    "modelId": "model",
    "model_id": "model",
    "model_name": "model",
    "model_slug": "model",
    "deployment_name": "model",
    "azure_deployment": "model",
    "deployment_id": "model",
    "engine": "model",
    "maxTokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "maxTokensToSample": "max_tokens",
    "maxTokenCount": "max_tokens",
    "num_predict": "max_tokens",
    "topP": "top_p",
    "topK": "top_k",
    "stopSequences": "stop",
    "toolConfig": "tools",
}
MEANING = {**{name: name for name in _PLAIN_TEXT.split()}, **_ALIASES, **_SPELLINGS}
"""The field that a parameter means."""

OWN = frozenset(_PLAIN_TEXT.split()) | frozenset(_ALIASES)
"""The parameters that are also a field of their own name."""

GROUPS = frozenset(
    {
        *(
            "inferenceConfig",
            "inference_config",
            "generation_config",
            "generationConfig",
            "config",
            "options",
        ),
        *("model_kwargs", "model_settings", "llm_config", "request_params", "additional_kwargs", "body"),
        *("generation_kwargs", "model_client_stream", "textGenerationConfig", "chat_options"),
    }
)
"""Arguments whose entries, or whose own arguments, are parameters of the call."""

MACHINES = frozenset(
    {
        *(
            "llm",
            "model",
            "client",
            "model_client",
            "chat_model",
            "language_model",
            "lm",
            "llm_client",
            "service",
        ),
        *("generator", "chat_generator", "chat_client"),
    }
)
"""Arguments that give the object that makes the call."""

LASTING = (OWN | frozenset(MEANING.values())) - {
    "n",
    "text",
    "store",
    "background",
    "stream",
    "seed",
    "timeout",
}
"""The fields that such an object may bring along; the others are words that mean anything elsewhere."""

BY_PLACE = {
    "GenerativeModel": (0, "model"),
    "init_chat_model": (0, "model"),
    "from_provider": (0, "model"),
    "get_model": (0, "model"),
    "LM": (0, "model"),
    "LLM": (0, "model"),
    "OpenAIModel": (0, "model"),
    "OpenAIChatModel": (0, "model"),
    "OpenAIResponsesModel": (0, "model"),
    "AnthropicModel": (0, "model"),
    "GeminiModel": (0, "model"),
    "GoogleModel": (0, "model"),
    "GroqModel": (0, "model"),
    "MistralModel": (0, "model"),
    "LiteLLMModel": (0, "model"),
    "with_structured_output": (0, "response_format"),
    "bind_tools": (0, "tools"),
    "bind_functions": (0, "tools"),
}
"""By last name of the callee: the place of an argument, and the field that it is."""

NAMES_A_MODEL = re.compile(
    r"(?:[\w.-]+[:/])*(?:gpt|o[1-9]\b|chatgpt|claude|gemini|gemma|llama|mi[sx]tral|command|deepseek|qwen|phi|grok|nova|titan)"
    r"[\w.:/@-]*|(?:openai|anthropic|google|google-gla|google-vertex|groq|mistral|bedrock|azure|ollama|cohere)[:/][\w.:/@-]+",
    re.IGNORECASE,
)
"""What a first argument without a name must look like to be a model: `Agent("openai:gpt-4o")`."""

OPEN_CALLEES = frozenset({"Agent", "completion", "acompletion", "responses", "aresponses", "call"})
"""Callees whose first argument may be a model, or something else."""

TRIES = {
    "stop_after_attempt": 0,
    "max_tries": 0,
    "tries": 0,
    "max_attempts": 0,
    "attempts": 0,
    "stop_max_attempt_number": 0,
    "retries": 1,
    "max_retries": 1,
    "num_retries": 1,
}
"""Counts of a wrapper that tries again, and what to add for the first time."""
