"""Splits template texts into what the model reads, slots, control and comments; the only user of jinja2."""

from __future__ import annotations

from promptlint.templates import fields, jinja
from promptlint.templates.fields import guess
from promptlint.templates.jinja import JinjaSettings
from promptlint.templates.linked import Link, links
from promptlint.templates.parts import Part, TemplateError

__all__ = ["JinjaSettings", "Link", "Part", "TemplateError", "guess", "links", "split", "variables"]

_DEFAULT = JinjaSettings()


def split(text: str, syntax: str, settings: JinjaSettings = _DEFAULT) -> tuple[Part, ...]:
    """Split `text` into parts that tile it.

    Args:
        text: a template, or any text.
        syntax: "jinja", "format" (str.format), "mustache" (and Handlebars), "dollar" (string.Template),
            "percent" (printf style) or "none".
        settings: of Jinja only.

    Raises:
        TemplateError: the text is no template of that syntax. Tags that Jinja does not know are no
            error: extensions add them, and they become CONTROL.
    """
    if syntax == "jinja":
        return jinja.split(text, settings)
    return fields.SPLITTERS[syntax](text)


def variables(text: str, syntax: str, settings: JinjaSettings = _DEFAULT) -> tuple[str, ...]:
    """The names that a template reads and does not define itself, in order of first use.

    Raises:
        TemplateError: see `split`.
    """
    if syntax == "jinja":
        return jinja.variables(text, settings)
    return fields.names(text, syntax)
