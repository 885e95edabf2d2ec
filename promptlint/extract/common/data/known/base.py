"""What the readers of known formats share: the row of the table, and how nodes become prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from promptlint.extract.common import declared
from promptlint.extract.common.data.fields import is_prose
from promptlint.extract.common.data.turns import Found, Path, Spot, Turn, literal, parts, text
from promptlint.model import UNKNOWN, Call, Field, Reference, Role, Span, Target, Use
from promptlint.records import dataclass
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

Item = Found | Reference


@dataclass(frozen=True, slots=True)
class Format:
    """A known format.

    A mapping with the key `key` for which `fits` holds is of it; if `root`, only a whole document is. `read`
    gives all its prompts and the files it names: nothing else is looked for in it.
    """

    name: str
    key: str
    fits: Callable[[Mapping, str], bool]
    read: Callable[[Spot], Iterator[Item]]
    root: bool = False


def keys(node: Node | None) -> frozenset[str]:
    """The keys of a mapping; none of any other node."""
    return frozenset(key.key for key, _ in node.entries) if isinstance(node, Mapping) else frozenset()


def mapping(node: Node | None, *names: str) -> Mapping | None:
    """The mapping at the end of a way of keys; None if there is none."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None


def items(node: Node | None) -> tuple[Node, ...]:
    """What a list holds; nothing for any other node."""
    return node.items if isinstance(node, Sequence) else ()


def said(node: Node | None) -> str:
    """The text of a string that says anything; empty for any other node."""
    own = text(node)
    return own if own and own.strip() else ""


def prose(node: Node | None) -> bool:
    """True for a string of some words."""
    return is_prose(text(node))


def one(
    path: Path,
    role: Role | None,
    node: Node,
    fields: Iterable[Field] = (),
    syntax: str | None = None,
    inputs: tuple[Field, ...] | None = None,
) -> Found:
    """A prompt of one message."""
    return Found(path, (Turn(role, parts(node)),), False, tuple(fields), inputs, syntax)


def called(*nodes: Node | None) -> tuple[Field, ...]:
    """The fields of the call that these mappings declare; the first that names one counts."""
    found: dict[str, Field] = {}
    for node in nodes:
        if isinstance(node, Mapping):
            for field in declared.call(node).fields:
                found.setdefault(field.name, literal(field))
    return tuple(found.values())


def named(node: Node | None, name: str = "model") -> tuple[Field, ...]:
    """A field with the value of a scalar; none if it is none, or says nothing."""
    if not isinstance(node, Scalar) or node.value in (None, ""):
        return ()
    return (literal(Field(name, node.value, node.span)),)


def unknown(node: Node, name: str = "model") -> tuple[Field, ...]:
    """A field that is given in a way that leaves its value open."""
    return (Field(name, UNKNOWN, node.span),)


def file(
    target: str, span: Span, fields: Iterable[Field] = (), syntax: str = "", required: bool = True
) -> Reference:
    """A reference to a prompt in a file of its own."""
    use = Use(call=Call(tuple(fields)), syntax=syntax)
    return Reference(Target.FILE, target, span, use, required=required)
