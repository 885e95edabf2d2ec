"""Makes a template of a prompt: its names, its hash, and what it may be left without."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from promptlint import identity
from promptlint.evals import filling
from promptlint.evals.template import Template
from promptlint.model import UNKNOWN, Include, Prompt, Role, SourceKind
from promptlint.templates import JinjaSettings

_SAMPLES = ".prompty"  # what its front matter holds are examples, no defaults


def made(prompt: Prompt, place: str, includes: tuple[Include, ...], settings: JinjaSettings) -> Template:
    """A template of a prompt, its call left aside."""
    prompt = filling.numbered(_sent(prompt))
    given = ((item.name, item.value) for item in prompt.inputs or ())
    samples = prompt.source.path.endswith(_SAMPLES) and prompt.source.kind is SourceKind.JINJA
    defaults = {} if samples else {name: value for name, value in given if value not in (None, UNKNOWN)}
    result = Template(
        prompt, _hash(prompt, includes), place, defaults=defaults, includes=includes, settings=settings
    )
    needed, known = filling.names(result)
    return replace(result, needed=needed, known=known)


def _sent(prompt: Prompt) -> Prompt:
    """The prompt without the definitions of tools, which are no messages."""
    messages = tuple([message for message in prompt.messages if message.role is not Role.TOOL_DEFINITION])
    return prompt if len(messages) == len(prompt.messages) else replace(prompt, messages=messages)


def _hash(prompt: Prompt, includes: Sequence[Include]) -> str:
    """The content hash of a prompt; with that of its includes, if it has any."""
    own = identity.content_hash(prompt)
    if not includes:
        return own
    parts = [own, *sorted([item.target, item.text] for item in includes)]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
