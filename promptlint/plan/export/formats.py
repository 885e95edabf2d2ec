"""Training examples in the formats of providers, and what they would refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from promptlint.plan.export.example import Example

MIN_EXAMPLES = 10
"""OpenAI, "Supervised fine-tuning": at least 10; the strategy asks for 500 good ones."""

MAX_TOKENS = 65_536
"""Tokens of one example. OpenAI, "Supervised fine-tuning", for GPT-4o mini; longer ones are cut there."""

_CHARS_PER_TOKEN = 3
"""Fewer characters a token than English has: an example that may be too long is named."""


def _openai(example: Example) -> dict[str, object]:
    """Chat format of OpenAI; Mistral, Together and Fireworks take the same."""
    system = [{"role": "system", "content": example.system}] if example.system else []
    turns = [{"role": "user", "content": example.given}, {"role": "assistant", "content": example.answer}]
    return {"messages": [*system, *turns]}


def _anthropic(example: Example) -> dict[str, object]:
    """Claude on Amazon Bedrock: the system message stands apart."""
    turns = [{"role": "user", "content": example.given}, {"role": "assistant", "content": example.answer}]
    return {**({"system": example.system} if example.system else {}), "messages": turns}


def _google(example: Example) -> dict[str, object]:
    """Gemini on Vertex AI: parts of text, and the model's own role."""
    turns = [("user", example.given), ("model", example.answer)]
    contents = [{"role": role, "parts": [{"text": text}]} for role, text in turns]
    system = (
        {"systemInstruction": {"role": "system", "parts": [{"text": example.system}]}}
        if example.system
        else {}
    )
    return {**system, "contents": contents}


FORMATS: Mapping[str, Callable[[Example], dict[str, object]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "google": _google,
}


def lines(examples: Sequence[Example], provider: str) -> str:
    """JSONL: an example a line, characters as they are."""
    make = FORMATS[provider]
    return "".join(json.dumps(make(each), ensure_ascii=False) + "\n" for each in examples)


def problem(example: Example) -> str:
    """Why a provider would refuse an example, or cut it; empty if it is good."""
    if not example.given.strip():
        return "nothing is given"
    if not example.answer.strip():
        return "nothing is answered"
    size = len(example.system) + len(example.given) + len(example.answer)
    if size > MAX_TOKENS * _CHARS_PER_TOKEN:
        return f"longer than {MAX_TOKENS:,} tokens, or nearly"
    try:
        (example.system + example.given + example.answer).encode("utf-8")
    except UnicodeEncodeError:
        return "no Unicode"
    return ""


def objections(train: int, validation: int) -> Iterator[str]:
    """Why so many examples are too few."""
    if train < MIN_EXAMPLES:
        yield f"{train} examples to train on: providers want {MIN_EXAMPLES}"
    if train + validation < 500:
        yield f"{train + validation} examples in all: the strategy wants 500 good ones"
    if not validation:
        yield "no example is left to validate with"
