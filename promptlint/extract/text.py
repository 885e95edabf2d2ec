"""Reads plain text and Markdown: prompts, and the documents that coding agents load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from promptlint import templates
from promptlint.extract.common import agentdocs, declared, leads, mentioned, used
from promptlint.extract.common.agentdocs import AgentDocument
from promptlint.extract.common.data import tagged
from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.extract.common.spoken import placeholders, roles
from promptlint.model import Call, Extraction, Load, Message, Profile, Prompt, Reference, Source
from promptlint.syntax import frontmatter, pieces
from promptlint.syntax.frontmatter import FrontMatter
from promptlint.templates import TemplateError
from promptlint.templates.parts import Part, file_codec

_RULER = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_CONFIGURATION = (".yaml", ".yml", ".json")
_INHERITED = ("inherit", "auto", "default")  # no model: that of the conversation


def extract(source: Source) -> Extraction:
    """The prompts of a text file: its body, and the `description` of a skill or agent.

    The text is kept to the character, newlines and HTML comments included: all of it is sent. In an agent
    document `{{x}}` is what it looks like; only what its agent fills in is a slot.
    """
    header = frontmatter.read(source.text)
    body = header.body if header else int(source.text.startswith("\ufeff"))
    keys = header.keys if header else {}
    uses = used.uses_of(source)
    document = agentdocs.agent_document(source.path, keys) or agentdocs.loaded_by(uses)
    if document is not None:
        described = _description(source, header) if header and document.described else ()
        prompts = (*described, _document(source, body, document, header))
        said = (
            *agentdocs.references(source, document),
            *mentioned.mentions(source, document),
            *mentioned.levels(source, document),
        )
        return Extraction(prompts, references=said)
    if _is_listed(source):
        return Extraction(tuple(_listed(source, body)))
    prompt = _prompt(source, body, len(source.text), headed=header is not None)
    if header and header.tree:
        prompt = replace(prompt, call=declared.call(header.tree), inputs=declared.inputs(header.tree))
    problems = (header.problem,) if header and header.problem else ()
    return Extraction((used.as_used(prompt, uses),), problems, references=_included(source, body))


def _included(source: Source, body: int) -> tuple[Reference, ...]:
    """The templates that a text names which is read as Jinja."""
    text = source.text[body:]
    if "{%" not in text or (used.syntax_of(source) or templates.guess(text)) != "jinja":
        return ()
    try:
        return leads.references(templates.links(text), body)
    except TemplateError:
        return ()


# --- agent documents ------------------------------------------------------------------------


def _document(source: Source, body: int, document: AgentDocument, header: FrontMatter | None) -> Prompt:
    text = source.text[body:]
    turns = (roles.Turn(None, placeholders.split(text, document.slots)),)
    messages = roles.messages(turns, body, file_codec(text, "none"))
    keys: Mapping[str, str] = header.keys if header else {}
    load = agentdocs.load_of(document, keys)
    call = declared.call(header.tree) if header and header.tree else Call()
    call = Call(tuple(field for field in call.fields if field.value not in _INHERITED))
    return Prompt(source.path, source, messages, call, Profile.AGENT_DOCUMENT, load)


def _description(source: Source, header: FrontMatter) -> Iterator[Prompt]:
    """What tells an agent when to load the body: sent with every call."""
    scalar = frontmatter.string(source.text, header, "description")
    if scalar is not None and scalar.text:
        segments = pieces.segments(scalar, templates.split(scalar.text, "none"), "none")
        messages = (Message(None, segments),)
        yield Prompt(f"{source.path}::description", source, messages, profile=Profile.AGENT_DOCUMENT)


# --- prompts --------------------------------------------------------------------------------


def _is_listed(source: Source) -> bool:
    """True for a text that a test configuration names: there a line `---` parts one prompt from the next."""
    by_config = (use for use in used.uses_of(source) if use.path.endswith(_CONFIGURATION))
    return source.path.endswith(".txt") and any(use.syntax in ("", "jinja") for use in by_config)


def _listed(source: Source, body: int) -> Iterator[Prompt]:
    """The prompts between the rulers, each without the white space around it."""
    rulers = [match.span() for match in _RULER.finditer(source.text, body)]
    starts = [body, *(end for _, end in rulers)]
    ends = [*(start for start, _ in rulers), len(source.text)]
    ranges = [_stripped(source.text, low, high) for low, high in zip(starts, ends, strict=True)]
    ranges = [(low, high) for low, high in ranges if low < high]
    for number, (low, high) in enumerate(ranges, 1):
        prompt = used.as_used(_prompt(source, low, high, headed=False), used.uses_of(source))
        yield replace(prompt, id=f"{source.path}::{number}") if len(ranges) > 1 else prompt


def _stripped(text: str, low: int, high: int) -> tuple[int, int]:
    part = text[low:high]
    return high - len(part.lstrip()), low + len(part.rstrip())


def _prompt(source: Source, start: int, end: int, headed: bool) -> Prompt:
    text = source.text[start:end]
    name = file_name(source.path)
    syntax, parts, variables = _template(text, used.syntax_of(source))
    spoken = headed or like_prompt(name)
    turns = roles.turns(text, parts, headed) if spoken else (roles.Turn(None, parts),)
    if "<message" in text and len(turns) == 1:
        turns = tagged.turns(text, parts) or turns
    return Prompt(
        id=source.path,
        source=source,
        messages=roles.messages(turns, start, file_codec(text, syntax)),
        load=Load.ON_DEMAND if source.path.endswith(".prompt.md") else Load.EVERY_CALL,
        variables=variables,
    )


def _template(text: str, said: str) -> tuple[str, tuple[Part, ...], tuple[str, ...]]:
    """The text as a template of the syntax that it is said, or seems, to be in; else as plain text."""
    syntax = said or templates.guess(text)
    try:
        return syntax, templates.split(text, syntax), templates.variables(text, syntax)
    except (TemplateError, KeyError):  # a syntax that is none of those known here
        return "none", templates.split(text, "none"), ()
