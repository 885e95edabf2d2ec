"""Reads plain text and Markdown: prompts, and the documents that coding agents load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from promptlint import templates
from promptlint.extract.common import agentdocs, declared, roles
from promptlint.extract.common.agentdocs import AgentDocument
from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.model import Extraction, Load, Message, Profile, Prompt, Source
from promptlint.syntax import frontmatter, pieces
from promptlint.syntax.frontmatter import FrontMatter
from promptlint.templates import TemplateError
from promptlint.templates.parts import Part, file_codec


def extract(source: Source) -> Extraction:
    """The prompts of a text file: its body, and the `description` of a skill or agent.

    The text is kept to the character, newlines and HTML comments included: all of it is sent. Slots are
    looked for in prompts only; in an agent document `{{x}}` is what it looks like.
    """
    header = frontmatter.read(source.text)
    body = header.body if header else int(source.text.startswith("\ufeff"))
    keys = header.keys if header else {}
    document = agentdocs.agent_document(source.path, keys)
    if document is not None:
        described = _description(source, header) if header and document.described else ()
        return Extraction((*described, _document(source, body, document, keys)))
    prompt = _prompt(source, body, headed=header is not None)
    if header and header.tree:
        prompt = replace(prompt, call=declared.call(header.tree), inputs=declared.inputs(header.tree))
    problems = (header.problem,) if header and header.problem else ()
    return Extraction((prompt,), problems)


def _document(source: Source, body: int, document: AgentDocument, keys: Mapping[str, str]) -> Prompt:
    text = source.text[body:]
    turns = (roles.Turn(None, templates.split(text, "none")),)
    messages = roles.messages(turns, body, file_codec(text, "none"))
    load = agentdocs.load_of(document, keys)
    return Prompt(source.path, source, messages, profile=Profile.AGENT_DOCUMENT, load=load)


def _description(source: Source, header: FrontMatter) -> Iterator[Prompt]:
    """What tells an agent when to load the body: sent with every call."""
    scalar = frontmatter.string(source.text, header, "description")
    if scalar is not None and scalar.text:
        segments = pieces.segments(scalar, templates.split(scalar.text, "none"), "none")
        messages = (Message(None, segments),)
        yield Prompt(f"{source.path}::description", source, messages, profile=Profile.AGENT_DOCUMENT)


def _prompt(source: Source, body: int, headed: bool) -> Prompt:
    text = source.text[body:]
    name = file_name(source.path)
    syntax, parts, variables = _template(text)
    spoken = headed or like_prompt(name)
    turns = roles.turns(text, parts, headed) if spoken else (roles.Turn(None, parts),)
    return Prompt(
        id=source.path,
        source=source,
        messages=roles.messages(turns, body, file_codec(text, syntax)),
        load=Load.ON_DEMAND if source.path.endswith(".prompt.md") else Load.EVERY_CALL,
        variables=variables,
    )


def _template(text: str) -> tuple[str, tuple[Part, ...], tuple[str, ...]]:
    """The text as a template of the syntax that it seems to use; what then does not parse is plain text."""
    syntax = templates.guess(text)
    try:
        return syntax, templates.split(text, syntax), templates.variables(text, syntax)
    except TemplateError:
        return "none", templates.split(text, "none"), ()
