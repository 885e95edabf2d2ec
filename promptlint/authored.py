"""What a prompt's author says of it in its front matter, under the key `promptlint`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from promptlint.config import Place, PromptSettings, prompt_setting
from promptlint.errors import ConfigError
from promptlint.extract.common.declared import AUTHORED
from promptlint.model import UNKNOWN, Field, Problem, Prompt, Traits

DECLARED, CONFIGURED = "declared", "configured"
_TRAITS = ("task", "difficulty", "latency", "batchable", "output", "output_tokens", "owner")
_ELSEWHERE = ("model", "load")  # of the front matter itself, and of the configuration


def settings(prompt: Prompt) -> PromptSettings:
    """What front matter says; what is wrong is left out, see `problems`."""
    found = PromptSettings()
    for name, field in _given(prompt):
        value = _value(name, field)
        if not isinstance(value, Problem):
            found = replace(found, **{name: value})  # type: ignore[arg-type]  # each reader returns its type
    return found


def problems(prompt: Prompt) -> Iterator[Problem]:
    """What is wrong with it, at its place."""
    for name, field in _given(prompt):
        value = _value(name, field)
        if isinstance(value, Problem):
            yield value


def joined(prompt: Prompt, configured: PromptSettings) -> tuple[PromptSettings, dict[str, str]]:
    """Both together, the configuration first; and who says each key that is said, CONFIGURED or DECLARED."""
    found, basis = settings(prompt), {}
    for item in fields(PromptSettings):
        own = getattr(configured, item.name)
        if own is not None:
            found = replace(found, **{item.name: own})
        if getattr(found, item.name) is not None:
            basis[item.name] = DECLARED if own is None else CONFIGURED
    return found, basis


def over(configured: PromptSettings, known: Traits | None) -> PromptSettings:
    """The settings with what a prompt's front matter says, where the configuration says nothing."""
    if known is None:
        return configured
    said = {name: getattr(known, name) for name in _TRAITS if getattr(known, f"{name}_basis") == DECLARED}
    return replace(
        configured, **{name: value for name, value in said.items() if getattr(configured, name) is None}
    )


def _given(prompt: Prompt) -> Iterator[tuple[str, Field]]:
    for field in prompt.call.fields:
        if field.name.startswith(AUTHORED):
            yield field.name.removeprefix(AUTHORED), field


def _value(name: str, field: Field) -> object | Problem:
    place = Place("front matter", Path(), AUTHORED.rstrip("."))
    if name in _ELSEWHERE:
        return Problem("SRC002", f"front matter: `{AUTHORED}{name}` is no key here", field.span)
    value = None if field.value is UNKNOWN else field.value
    try:
        return prompt_setting(name, value, place)
    except ConfigError as error:
        return Problem("SRC002", str(error), field.span)
