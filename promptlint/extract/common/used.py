"""Applies what other files of the project say of a whole file: its role, call and template language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from promptlint.model import Call, Load, Prompt, Source, Use


def uses_of(source: Source) -> tuple[Use, ...]:
    """What is said of the file as a whole, not of a constant in it."""
    return tuple(use for use in source.context.uses if not use.name)


def syntax_of(source: Source) -> str:
    """The template language that another file fills this one in with; empty if none says."""
    return next((use.syntax for use in uses_of(source) if use.syntax), "")


def as_used(prompt: Prompt, uses: Iterable[Use]) -> Prompt:
    """The prompt with the role and the call that is said of it; what its own file says comes first.

    If all that is said is that others include it, it is paid for as a part of them.
    """
    said = tuple(uses)
    fields = {
        field.name: replace(field, path=field.path or use.path)
        for use in reversed(said)
        for field in use.call.fields
    }
    fields |= {field.name: field for field in prompt.call.fields}
    role = next((use.role for use in said if use.role), None)
    messages = prompt.messages
    if role and all(message.role is None for message in messages):
        messages = tuple(replace(message, role=role) for message in messages)
    load = Load.INCLUDED if said and all(use.part for use in said) else prompt.load
    return replace(prompt, messages=messages, call=Call(tuple(fields.values())), load=load)
