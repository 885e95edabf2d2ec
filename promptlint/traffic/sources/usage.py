"""Tokens as each maker counts them, turned into one convention: input is all input, output all output.

OpenAI ("Chat Completions", "Responses"), Google ("UsageMetadata": answers without thoughts) and DeepSeek
count cached input in the input; Anthropic ("Prompt caching": `input_tokens` is what follows the last
breakpoint) and Amazon ("Converse", TokenUsage) count it
beside. OpenTelemetry asks for all input in `input_tokens`.
"""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.fields import count, into, unpacked
from promptlint.traffic.sources.whole import Fields, Row, Values, Whole, known

_DETAILS: Fields = {
    "cached_tokens": count("cached_tokens"),
    "cache_creation_tokens": count("cache_write_tokens"),
    "cache_write_tokens": count("cache_write_tokens"),
    "cache_read": count("cached_tokens"),
    "reasoning_tokens": count("reasoning_tokens"),
    "reasoning": count("reasoning_tokens"),
}

INCLUSIVE: Fields = {
    "prompt_tokens": count("input_tokens"),
    "input_tokens": count("input_tokens"),
    "completion_tokens": count("output_tokens"),
    "output_tokens": count("output_tokens"),
    "prompt_tokens_details": into(_DETAILS),
    "input_tokens_details": into(_DETAILS),
    "input_token_details": into(_DETAILS),
    "completion_tokens_details": into(_DETAILS),
    "output_tokens_details": into(_DETAILS),
    "output_token_details": into(_DETAILS),
    "prompt_cache_hit_tokens": count("cached_tokens"),
    "cache_read_input_tokens": count("cached_tokens"),
    "cache_creation_input_tokens": count("cache_write_tokens"),
    "promptTokenCount": count("input_tokens"),
    "cachedContentTokenCount": count("cached_tokens"),
    "candidatesTokenCount": count("output_tokens"),
    "thoughtsTokenCount": count("reasoning_tokens"),
    "inputTokens": count("input_tokens"),
    "outputTokens": count("output_tokens"),
    "cacheReadInputTokens": count("cached_tokens"),
    "cacheWriteInputTokens": count("cache_write_tokens"),
    "cost": fields.dollars,
}

_BESIDE = (
    ("input_tokens", ("cache_read_input_tokens", "cache_creation_input_tokens")),
    ("inputTokens", ("cacheReadInputTokens", "cacheWriteInputTokens")),
)
"""Keys of the input, and of what comes to it where one of them is there."""


def usage(row: Row, value: Any) -> None:
    """Sets the counts of a maker's `usage` object."""
    if value.__class__ is not dict:
        value = unpacked(value)
        if not isinstance(value, dict):
            return
    fields.walk(row, value, INCLUSIVE)
    if "prompt_tokens" in value:
        return
    for name, others in _BESIDE:
        if name in value and any(other in value for other in others):
            beside(row)
    if "promptTokenCount" in value:
        add(row, "output_tokens", row.get("reasoning_tokens"))
        if "toolUsePromptTokenCount" in value:
            add(row, "input_tokens", fields.whole(row, "input_tokens", value["toolUsePromptTokenCount"]))


def _counted(columns: dict[str, Values], keys: Collection[str]) -> bool:
    """The same for many objects with these keys."""
    if "prompt_tokens" in keys:
        return True
    for name, others in _BESIDE:
        if name in keys and any(other in keys for other in others):
            if "input_tokens" not in columns:
                return False
            for part in ("cached_tokens", "cache_write_tokens"):
                if part in columns:
                    columns["input_tokens"] = list(map(operator.add, columns["input_tokens"], columns[part]))
    return "promptTokenCount" not in keys


known(usage, Whole(inside=INCLUSIVE, after=_counted))


def beside(row: Row) -> None:
    """Add what was read from and written to a cache to an input that does not count it."""
    add(row, "input_tokens", row.get("cached_tokens"))
    add(row, "input_tokens", row.get("cache_write_tokens"))


def add(row: Row, name: str, more: int | None) -> None:
    """Add to a count that is known."""
    if row.get(name) is not None and more:
        row[name] += more
