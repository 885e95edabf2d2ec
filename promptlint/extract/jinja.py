"""Reads a template file (Jinja, Prompty, dotprompt) as one prompt."""

from __future__ import annotations

from promptlint import templates
from promptlint.extract.common import declared, roles
from promptlint.model import Call, Extraction, Problem, Prompt, Source, Span
from promptlint.syntax import frontmatter
from promptlint.syntax.nodes import Mapping, Scalar
from promptlint.templates import JinjaSettings, TemplateError
from promptlint.templates.parts import file_codec

_DEFAULT = JinjaSettings()


def extract(source: Source, settings: JinjaSettings = _DEFAULT) -> Extraction:
    """The one prompt of a template file; TPL001 and no prompt if the template is broken.

    Front matter gives the model, its parameters and the declared inputs. Role lines (`system:`), the
    chat tags of banks and the role tags of dotprompt begin messages. Includes stay CONTROL.
    """
    header = frontmatter.read(source.text)
    body = header.body if header else int(source.text.startswith("\ufeff"))
    text = source.text[body:]
    tree = header.tree if header else None
    problems = (header.problem,) if header and header.problem else ()
    syntax = _syntax(source.path, text, tree)
    try:
        parts = templates.split(text, syntax, settings)
        variables = templates.variables(text, syntax, settings)
    except TemplateError as error:
        at = body + error.position
        span = Span(at, min(at + 1, len(source.text)))
        return Extraction((), (*problems, Problem("TPL001", error.message, span)))
    codec = file_codec(text, syntax)
    prompt = Prompt(
        id=source.path,
        source=source,
        messages=roles.messages(roles.turns(text, parts, header is not None), body, codec),
        call=declared.call(tree) if tree else Call(),
        inputs=declared.inputs(tree) if tree else None,
        variables=variables,
    )
    return Extraction((prompt,), problems)


def _syntax(path: str, text: str, tree: Mapping | None) -> str:
    """Jinja, unless the file says otherwise; `.prompt` files are written in any syntax."""
    template = tree.get("template", "template_format") if tree else None
    template = template.get("format", "type") if isinstance(template, Mapping) else template
    if isinstance(template, Scalar) and template.text in ("mustache", "handlebars", "f-string"):
        return "format" if template.text == "f-string" else "mustache"
    if path.endswith((".prompt", ".prompty")):
        guessed = templates.guess(text)
        return guessed if guessed in ("mustache", "format") else "jinja"
    return "jinja"
