"""What a walk over a script finds: names with what they are bound to, and places where prompts are passed."""

from __future__ import annotations

from dataclasses import field

from promptlint.extract.script.shapes import Argument
from promptlint.records import dataclass
from promptlint.syntax.script import Node

Scope = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A name bound to an expression: declared, assigned, an entry of an object, a default, or returned."""

    scope: Scope
    name: str
    anchor: str
    value: Node
    entry: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """An expression that is passed as a prompt (`row`), or that is a chat message or an array of them.

    `around` are the objects that hold it, innermost first, up to the call. `loose` is a text of which nothing
    but its wording can say that it is a prompt. `syntax` is the template language that the call reads.
    """

    scope: Scope
    anchor: str
    node: Node
    row: Argument | None
    around: tuple[Node, ...] = ()
    loose: bool = False
    syntax: str = ""


@dataclass(slots=True)
class Names:
    """All that a walk gives; `classes` are the scopes that are classes."""

    bindings: list[Binding] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    classes: set[Scope] = field(default_factory=set)
