"""Reads a template file (Jinja, Prompty, dotprompt, mustache, Handlebars) as one prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint import templates
from promptlint.extract.common import declared, leads, used
from promptlint.extract.common.data import tagged
from promptlint.extract.common.spoken import inline, pictures, roles
from promptlint.extract.common.spoken.roles import Turn
from promptlint.model import (
    UNKNOWN,
    Call,
    Extraction,
    Field,
    Problem,
    Prompt,
    Reference,
    SegmentKind,
    Source,
    Span,
    Target,
)
from promptlint.syntax import frontmatter
from promptlint.syntax.frontmatter import FrontMatter
from promptlint.syntax.nodes import Mapping, Scalar
from promptlint.templates import JinjaSettings, Link, TemplateError
from promptlint.templates.parts import Part, TooManyTagsError, file_codec

_DEFAULT = JinjaSettings()
_MUSTACHE = (".mustache", ".hbs", ".handlebars")
_SYNTAXES = {"mustache": "mustache", "handlebars": "mustache", "f-string": "format", "jinja2": "jinja"}
_SYNTAXES |= {"jinja": "jinja", "format": "format", "dollar": "dollar"}
# What tells the Handlebars of dotprompt from Jinja, which `.prompt` files are written in too.
_DOTPROMPT = re.compile(
    r"\{\{[{~]?\s*(?:[#/>!]|else\s*~?\}|role\s+[\"']|history\s*\}|media\s+url\s*=|section\s+[\"']|json\s+\w)"
)
_PARTIAL = re.compile(r"#?>\s*([A-Za-z_][\w./-]{0,100})")
_FILE = re.compile(r"\$\{file:([^{}\s]{1,300})\}")
_ENVIRONMENT = re.compile(r"\$\{env:[^{}:\s]+(?::([^{}]*))?\}")
_COMPLETION = re.compile(r"completion\b(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"(\w+)\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([\w.-]+))")


def extract(source: Source, settings: JinjaSettings = _DEFAULT) -> Extraction:
    """The one prompt of a template file; TPL001 and no prompt if the template is broken.

    Front matter gives the model, its parameters and the declared inputs. Role lines (`system:`), the
    chat tags of banks, the role tags of dotprompt and `<message>` tags begin messages. Includes stay CONTROL.
    """
    header = frontmatter.read(source.text, commented=source.path.endswith(".prompt"))
    body = header.body if header else int(source.text.startswith("\ufeff"))
    text = source.text[body:]
    tree = header.tree if header else None
    problems = (header.problem,) if header and header.problem else ()
    syntax = _syntax(source, text, tree)
    try:
        parts = templates.split(text, syntax, settings)
        variables = templates.variables(text, syntax, settings)
    except TemplateError as error:
        if source.path.endswith(".liquid"):
            return Extraction(problems=problems)  # of Liquid only what is Jinja too is read
        if isinstance(error, TooManyTagsError):
            return Extraction((), (*problems, Problem("SRC003", error.message)), "could not be read")
        at = body + error.position
        span = Span(at, min(at + 1, len(source.text)))
        return Extraction((), (*problems, Problem("TPL001", error.message, span)))
    turns = _turns(source.path, text, parts, header is not None)
    prompt = Prompt(
        id=source.path,
        source=source,
        messages=roles.messages(turns, body, file_codec(text, syntax)),
        call=_call(source.path, tree, body, parts),
        inputs=declared.inputs(tree) if tree else None,
        variables=variables,
    )
    included = (
        *leads.references(_links(text, syntax, settings, parts), body),
        *_partials(source.path, syntax, parts, body),
    )
    named = _files(source, header)
    return Extraction((used.as_used(prompt, used.uses_of(source)),), problems, references=(*named, *included))


def _links(text: str, syntax: str, settings: JinjaSettings, parts: tuple[Part, ...]) -> tuple[Link, ...]:
    return templates.links(text, settings, parts) if syntax == "jinja" else ()


def _partials(path: str, syntax: str, parts: Iterable[Part], body: int) -> Iterator[Reference]:
    """The partials of Handlebars and mustache; dotprompt keeps `{{>name}}` in `_name.prompt`.

    None has to be there: programs define partials too.
    """
    if syntax != "mustache":
        return
    suffix = path[path.rfind(".") :]
    for part in parts:
        match = _PARTIAL.match(part.name) if part.kind is SegmentKind.CONTROL else None
        if match:
            folder, slash, name = match[1].rpartition("/")
            target = f"{folder}{slash}{'_' if suffix == '.prompt' else ''}{name}{suffix}"
            yield Reference(Target.TEMPLATE, target, Span(body + part.start, body + part.end))


def _files(source: Source, header: FrontMatter | None) -> Iterator[Reference]:
    """What the front matter of Prompty takes from other files."""
    if header is None or not source.path.endswith(".prompty"):
        return
    for match in _FILE.finditer(source.text, 0, header.body):
        yield Reference(Target.FILE, match[1], Span(*match.span(1)), required=True)


def _syntax(source: Source, text: str, tree: Mapping | None) -> str:
    """Jinja, unless the file or another one says otherwise; `.prompt` files are written in any syntax."""
    template = tree.get("template", "template_format") if tree else None
    while isinstance(template, Mapping):
        template = template.get("format", "type", "kind")
    said = template.text if isinstance(template, Scalar) and template.text else used.syntax_of(source)
    if said in _SYNTAXES:
        return _SYNTAXES[said]
    if source.path.lower().endswith(_MUSTACHE):
        return "mustache"
    if source.path.endswith(".prompt") and _DOTPROMPT.search(text):
        return "mustache"
    if source.path.endswith((".prompt", ".prompty")):
        guessed = templates.guess(text)
        return guessed if guessed in ("mustache", "format") else "jinja"
    return "jinja"


def _turns(path: str, text: str, parts: tuple[Part, ...], headed: bool) -> tuple[Turn, ...]:
    found = roles.turns(text, parts, headed)
    if len(found) == 1 and found[0].role is None:
        said = tagged.turns(text, parts)
        said = inline.turns(text, parts) if said is None and headed and path.endswith(".prompt") else said
        return found if said is None else said
    if not path.endswith(".prompt"):
        return tuple(Turn(turn.role, pictures.pictured(text, turn.parts)) for turn in found)
    return found


# --- the call -------------------------------------------------------------------------------


def _call(path: str, tree: Mapping | None, body: int, parts: Iterable[Part]) -> Call:
    """What front matter says of the call; else the `completion` tag of banks."""
    if tree is None:
        return Call(tuple(_completion(body, parts)))
    fields = {field.name: _resolved(field) for field in declared.call(tree).fields}
    if path.endswith(".prompt"):
        for field in _response(tree):
            fields.setdefault(field.name, field)
    return Call(tuple(fields.values()))


def _resolved(field: Field) -> Field:
    """A field that Prompty takes from the environment has its default, if there is one."""
    match = _ENVIRONMENT.fullmatch(field.value) if isinstance(field.value, str) else None
    if match is None:
        return field
    return replace(field, value=declared.plain(match[1]) if match[1] else UNKNOWN)


def _response(tree: Mapping) -> Iterator[Field]:
    """The `output` of dotprompt: its format, or a schema that is sent beside the text."""
    output = tree.get("output")
    if not isinstance(output, Mapping):
        return
    schema, form = output.get("schema"), output.get("format")
    if schema is not None:
        yield Field("response_format", UNKNOWN, schema.span)
    elif isinstance(form, Scalar) and form.text:
        yield Field("response_format", form.text, form.span)


def _completion(body: int, parts: Iterable[Part]) -> Iterator[Field]:
    for part in parts:
        match = _COMPLETION.fullmatch(part.name) if part.kind is SegmentKind.CONTROL else None
        for name, double, single, word in _ARGUMENT.findall(match[1]) if match else ():
            if declared.is_field(name):
                value = double or single or declared.plain(word)
                yield Field(name, value, Span(body + part.start, body + part.end))
