"""Reads the nodes of a data document as messages: texts, media, roles, cache marks, the fields of a call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from promptlint.extract.common import declared
from promptlint.extract.common.speakers import ROLES
from promptlint.model import UNKNOWN, Field, Role, Span
from promptlint.records import dataclass
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

Path = tuple[str | int, ...]

TEST_DATA = {"vars", "test_data", "test_cases", "tests", "expect", "expected", "expectations"}
"""Keys, in snake case, of what tests give and expect: nobody sends it."""

_PAIR = 2  # texts of an example: what is given, what is answered
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a message that something else fills in when it is sent: examples, a list of messages.

    `read` says that it is a variable, which callers must give.
    """

    name: str
    span: Span
    read: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its role, its parts (a Scalar is text, a Hole a slot, the rest media), its cache mark."""

    role: Role | None
    parts: tuple[Node | Hole, ...]
    cache_mark: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One prompt of a document.

    `syntax` is its template language if the document says (see `marks` for those that only data files
    use). `tagged` says that `<message role="user">` tags in the text begin messages.
    """

    path: Path
    turns: tuple[Turn, ...]
    chat: bool
    fields: tuple[Field, ...] = ()
    inputs: tuple[Field, ...] | None = None
    syntax: str | None = None
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, the way to it, and the mappings around it, outermost first."""

    path: Path
    node: Node
    around: tuple[Mapping, ...] = ()

    @property
    def key(self) -> str:
        """The nearest key above, in snake case; empty if there is none."""
        return next((snake(step) for step in reversed(self.path) if isinstance(step, str)), "")


@lru_cache(maxsize=2048)
def snake(name: str) -> str:
    """The name in snake case."""
    return _CAMEL.sub("_", name).replace("-", "_").lower()


def text(node: Node | None) -> str | None:
    """The string that a node is, or None; what an unknown tag stands before is none."""
    return node.text if isinstance(node, Scalar) and not node.tag else None


def maps(nodes: Iterable[Node]) -> Iterator[Mapping]:
    """The mappings among the nodes."""
    return (node for node in nodes if isinstance(node, Mapping))


def is_turns(node: Node) -> bool:
    """True for a list of messages."""
    if not isinstance(node, Sequence):
        return False
    sent = False
    for item in node.items:
        role = text(item.get("role")) if isinstance(item, Mapping) else None
        if role is None or not isinstance(item, Mapping):
            return False
        sent = sent or (role in ROLES and item.get("content", "parts") is not None)
    return sent


def turns(node: Sequence) -> tuple[Turn, ...]:
    """The messages of a list for which `is_turns` holds."""
    return tuple(_turn(ROLES.get(text(item.get("role")) or ""), item) for item in maps(node.items))


def _turn(role: Role | None, item: Mapping) -> Turn:
    content = item.get("content", "parts")
    mark = _mark(item) or (mark_in(content) if content is not None else None)
    return Turn(role, parts(content) if content is not None else (), mark)


def parts(content: Node) -> tuple[Node, ...]:
    """Texts and media of a content: a string, or a list of strings and of maps with a text."""
    if isinstance(content, Scalar):
        return (content,) if text(content) is not None else ()
    if isinstance(content, Mapping):
        inner = content.get("text")
        if inner is None:
            listed = content.get("parts")
            return parts(listed) if isinstance(listed, Sequence) else (content,)
        return (inner,) if text(inner) is not None else (content,)
    return tuple(part for item in content.items for part in parts(item))


def examples_of(node: Node | None) -> tuple[Turn, ...]:
    """A list of few-shot examples of two texts each, as turns: what is given, what is answered.

    Nothing for a list of anything else: two keys, the same ones in each.
    """
    found = list(maps(node.items)) if isinstance(node, Sequence) else []
    if not isinstance(node, Sequence) or len(found) < len(node.items) or not found:
        return ()
    names = {tuple(key.key for key, _ in item.entries) for item in found}
    nodes = [value for item in found for _, value in item.entries]
    if (
        len(names) > 1
        or len(found[0].entries) != _PAIR
        or not all((text(one) or "").strip() for one in nodes)
    ):
        return ()
    roles = (Role.USER, Role.ASSISTANT)
    return tuple(Turn(roles[number % _PAIR], (one,)) for number, one in enumerate(nodes))


def _mark(item: Mapping) -> str | None:
    control = item.get("cache_control", "cacheControl")
    if control is None:
        return None
    said = control.get("ttl", "type") if isinstance(control, Mapping) else control
    return text(said) or "ephemeral"


def mark_in(content: Node) -> str | None:
    """The last cache mark in a content."""
    items = content.items if isinstance(content, Sequence) else (content,)
    marks = [_mark(item) for item in maps(items)]
    return next((mark for mark in reversed(marks) if mark), None)


# --- the call -------------------------------------------------------------------------------


def call(around: tuple[Mapping, ...]) -> tuple[Field, ...]:
    """The fields of the call beside a prompt; the model may stand further out."""
    found: dict[str, Field] = {}
    for distance, mapping in enumerate(reversed(around)):
        for field in declared.call(mapping).fields:
            if distance == 0 or field.name == "model":
                found.setdefault(field.name, literal(field))
    return tuple(found.values())


def model(around: tuple[Mapping, ...]) -> tuple[Field, ...]:
    """The model of the nearest mapping around that names one, and nothing else."""
    return tuple(field for field in call(around) if field.name == "model")


def literal(field: Field) -> Field:
    """The field; a value that a template or the environment fills in is not known."""
    filled = isinstance(field.value, str) and re.search(r"[{$]", field.value)
    return replace(field, value=UNKNOWN) if filled else field
