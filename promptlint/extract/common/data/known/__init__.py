"""Knows the formats of prompts in YAML and JSON by what their keys say; each is a row with a reader."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common.data.known import (
    agents,
    bedrock,
    flows,
    kernel,
    langchain,
    promptfoo,
    stores,
    tools,
)
from promptlint.extract.common.data.known.base import Format
from promptlint.extract.common.data.turns import TEST_DATA, Found, Spot, snake
from promptlint.model import Reference
from promptlint.records import dataclass
from promptlint.syntax.nodes import Mapping, Node, Scalar, children

FORMATS: tuple[Format, ...] = (
    *promptfoo.FORMATS,
    *stores.FORMATS,
    *bedrock.FORMATS,
    *langchain.FORMATS,
    *kernel.FORMATS,
    *agents.FORMATS,
    *flows.FORMATS,
    *tools.FORMATS,
)
"""The first row that fits a mapping counts."""

_BY_KEY: dict[str, list[Format]] = {}
for _row in FORMATS:
    _BY_KEY.setdefault(_row.key, []).append(_row)

SIGNS = frozenset(
    {"backstory", "expected_output", "inputSchema", "input_schema", "parameters", "nodes"}
    | {"parametersJsonSchema", "component_type", "templateConfiguration", "_type", "lc", "completion"}
    | {"execution_settings", "template_format", "signature", "contents", "advanced", "baseClasses"}
    | {"extended_signature", "foundationModel", "FoundationModel", "agent_parameters"}
)
"""Keys of which every file of a known format has one, if its keys do not speak of prompts anyway."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a document holds that is of a known format.

    `taken` is the `id` of each mapping that a row has read, `names` the formats. Places in `found` are as
    in the document, in order.
    """

    found: tuple[Found, ...] = ()
    references: tuple[Reference, ...] = ()
    taken: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()


def find(root: Node, path: str) -> Known:
    """All of a document that is of a known format; `path` is the file's."""
    found: list[Found] = []
    references: list[Reference] = []
    taken: set[int] = set()
    names: dict[str, None] = {}
    for row, spot in _rows(root, path):
        taken.add(id(spot.node))
        names[row.name] = None
        for item in row.read(spot):
            if isinstance(item, Reference):
                references.append(item)
            else:
                found.append(item)
    return Known(tuple(found), tuple(references), frozenset(taken), tuple(names))


def _rows(root: Node, path: str) -> Iterator[tuple[Format, Spot]]:
    """The outermost mappings of known formats, each with its row."""
    stack = [Spot((), root)]
    while stack:
        spot = stack.pop()
        row = _row_of(spot, path)
        if row is not None:
            yield row, spot
            continue
        around = (*spot.around, spot.node) if isinstance(spot.node, Mapping) else spot.around
        below = [
            Spot((*spot.path, step), node, around)
            for step, node in children(spot.node)
            if not isinstance(node, Scalar) and not (isinstance(step, str) and snake(step) in TEST_DATA)
        ]
        stack.extend(reversed(below))


def _row_of(spot: Spot, path: str) -> Format | None:
    node = spot.node
    if not isinstance(node, Mapping):
        return None
    rows = (row for key, _ in node.entries for row in _BY_KEY.get(key.key, ()))
    return next((row for row in rows if not (row.root and spot.path) and row.fits(node, path)), None)
