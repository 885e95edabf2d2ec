"""Reads which other templates a Jinja template names: its includes, its imports, its parent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from promptlint.model import SegmentKind
from promptlint.records import dataclass
from promptlint.templates import jinja
from promptlint.templates.jinja import JinjaSettings
from promptlint.templates.parts import Part

KINDS = ("include", "extends", "import", "from")

_DEFAULT = JinjaSettings()
_STRING = r"(?:'[^'\\\n]*'|\"[^\"\\\n]*\")"
_LIST = rf"[\[(]\s*{_STRING}(?:\s*,\s*{_STRING})*\s*,?\s*[\])]"
_LINK = re.compile(
    rf"({'|'.join(KINDS)})\s*({_STRING}|{_LIST})\s*(?:(ignore|with|without|as|import)\b(.*))?\Z", re.DOTALL
)
_NAME = re.compile(_STRING)
_IMPORTED = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that names templates; of several names the first that there is counts.

    `optional` says that nothing is wrong if there is none. `names` are what `from` takes, as (name, here),
    and for `import` its alias, as ("", alias).
    """

    kind: str
    targets: tuple[str, ...]
    optional: bool = False
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A literal name of another template, with its place in the text, quotes and all."""

    kind: str
    name: str
    start: int
    end: int
    ignore_missing: bool


def links(
    text: str, settings: JinjaSettings = _DEFAULT, parts: Sequence[Part] | None = None
) -> tuple[Link, ...]:
    """The literal names in `include`, `extends`, `import` and `from`, in order; computed ones are no links.

    Args:
        text: a template.
        settings: of the project.
        parts: of the text, if they are known already.

    Raises:
        TemplateError: the text is no template.
    """
    if not any(kind in text for kind in KINDS):
        return ()
    parts = jinja.split(text, settings) if parts is None else parts
    controls = (part for part in parts if part.kind is SegmentKind.CONTROL and part.name)
    return tuple(link for part in controls for link in _links(text, part.start, part.name))


def _links(text: str, position: int, name: str) -> Iterator[Link]:
    said = statement(name)
    if said is None:
        return
    for quoted in _NAME.findall(name)[: len(said.targets)]:
        start = text.find(quoted, position)
        position = start + len(quoted)
        yield Link(said.kind, quoted[1:-1], start, position, said.optional)


def statement(name: str) -> Statement | None:
    """What the statement of a CONTROL names, or None if it names no template, or computes the name."""
    match = _LINK.match(name)
    if match is None:
        return None
    kind, named, word, rest = match.groups()
    targets = tuple(quoted[1:-1] for quoted in _NAME.findall(named))
    names: tuple[tuple[str, str], ...] = ()
    if kind == "import" and word == "as":
        names = (("", (rest or "").split()[0]),)
    elif kind == "from" and word == "import":
        plain = re.sub(r"\bwith(?:out)?\s+context\s*\Z", "", rest or "")
        names = tuple((one, other or one) for one, other in _IMPORTED.findall(plain))
    return Statement(kind, targets, word == "ignore" or len(targets) > 1, names)
