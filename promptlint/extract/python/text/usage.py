"""Decides which template language a constant is written in, by how the module uses it and by its looks.

| the module ...                                            | the constant is read as     |
|-----------------------------------------------------------|-----------------------------|
| formats it in place: "...".format(), "..." % x, Template  | that language (see `fold`)  |
| says NAME.format(, NAME.format_map(, PromptTemplate(NAME) | format: `{x}` slot, `{{`    |
| says jinja2 Template(NAME), from_string(NAME)             | Jinja                       |
| says string.Template(NAME)                                | dollar: `$x`                |
| says NAME % ...                                           | percent: `%s`, `%(x)s`      |
| says NAME.replace("{x}", ...)                             | text, `{x}` a slot          |
| does none of it                                           | what `fields.guess` says    |

A constant that is no template of its language is plain text, and so is every f-string that nobody formats
again. The guess takes `{{ name }}` for Jinja, `{name}` for format when every field is an identifier; braces
of JSON, LaTeX and code are text.
"""

from __future__ import annotations

import re

from promptlint import templates
from promptlint.extract.common import values
from promptlint.extract.common.values import Runs
from promptlint.model import Escaping, SegmentKind
from promptlint.records import dataclass
from promptlint.templates.fields import guess
from promptlint.templates.parts import TemplateError

_FORMAT = re.compile(r"\.\s*format(?:_map)?\s*\(")
_MODULO = re.compile(r"%\s*(?:[A-Za-z_({\[])")
_BEFORE = re.compile(r"\b([A-Za-z_]\w*)\s*\Z")
_LONGEST = 120  # characters of a name
_CLASS = re.compile(
    r"(Template|from_template|from_string)\(\s*(?:\w+\s*=\s*)?(?:\w+\.)*([A-Za-z_]\w*)\s*[,)]"
)
_KEYWORD = re.compile(r"\btemplate\s*=\s*(?:\w+\.)*([A-Za-z_]\w*)\s*[,)]")
_CALL = r"\.replace\(\s*(?:\"[^\"\n]*\"|'[^'\n]*')\s*,[^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
_REPLACE = re.compile(rf"({_CALL}(?:\s*{_CALL})*)")
_REPLACED = re.compile(r"\.replace\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')\s*,\s*([^'\"\s][^,)\n]*)")


@dataclass(frozen=True, slots=True)
class Usage:
    """By name of a constant: its template language; and the texts that are replaced in it."""

    syntaxes: dict[str, str]
    replaced: dict[str, tuple[tuple[str, str], ...]]


def usage(text: str) -> Usage:
    """How a module uses its constants; read from its text, a cheap and sufficient approximation."""
    syntaxes: dict[str, str] = {}
    for match in _FORMAT.finditer(text):
        if name := _before(text, match.start()):
            syntaxes.setdefault(name, "format")
    for match in _CLASS.finditer(text):
        syntaxes.setdefault(match[2], _language(text, match))
    for match in _KEYWORD.finditer(text):
        syntaxes.setdefault(match[1], "format" if "template_format" not in text else "")
    for match in _MODULO.finditer(text):
        if name := _before(text, match.start()):
            syntaxes.setdefault(name, "percent")
    replaced: dict[str, tuple[tuple[str, str], ...]] = {}
    for match in _REPLACE.finditer(text):
        pairs = tuple((one or other, new.strip()) for one, other, new in _REPLACED.findall(match[1]))
        if name := _before(text, match.start()):
            replaced[name] = replaced.get(name, ()) + pairs
    return Usage(syntaxes, replaced)


def _before(text: str, end: int) -> str:
    """The name that ends there; a pattern that begins with one is slow."""
    match = _BEFORE.search(text[max(0, end - _LONGEST) : end])
    return match[1] if match else ""


def _language(text: str, match: re.Match[str]) -> str:
    name = _before(text, match.start() + len(match[1]))
    if name in ("from_string", "RichPromptTemplate"):
        return "jinja"
    if name != "Template":
        return "format" if "template_format" not in text else ""
    if text[: match.start()].endswith("string."):
        return "dollar"
    return "jinja" if "jinja2" in text else "dollar"


def decided(runs: Runs, name: str, known: Usage) -> Runs:
    """The runs of a constant, with the slots of the template language that it is written in."""
    replaced = known.replaced.get(name, ())
    for old, new in replaced:
        if len(old) > 2 and old in values.masked(runs):
            runs = values.substitute(runs, old, new, slot=True)
    syntax = known.syntaxes.get(name, "")
    text = values.masked(runs)
    if any(run.codec.escaping is not Escaping.NONE for run in runs if run.kind is SegmentKind.TEXT):
        # Formatted in place, or an f-string: a template again only if seen formatted and with braces left.
        again = syntax == "format" and ("{" in text or "}" in text)
        return (values.templated(runs, "format") if again else None) or runs
    if not syntax:
        plain = replaced or any(run.kind is SegmentKind.SLOT for run in runs)
        syntax = "none" if plain else guess(text)
    return values.templated(runs, syntax) or runs if syntax != "none" else runs


def variables(text: str, runs: Runs) -> tuple[str, ...]:
    """The names of the slots, in order of first use; of Jinja the variables that are read.

    Args:
        text: the whole source.
        runs: of one prompt.
    """
    tags = [run for run in runs if run.kind is not SegmentKind.TEXT]
    if any(run.codec.escaping is Escaping.JINJA for run in tags):
        try:
            return templates.variables("".join(text[run.start : run.end] for run in tags), "jinja")
        except TemplateError:
            pass  # mustache, or a tag cut in two by an expression
    return tuple(dict.fromkeys(run.name for run in tags if run.kind is SegmentKind.SLOT and run.name))
