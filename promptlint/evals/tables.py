"""Reads tests from tables: CSV as promptfoo writes it (`__expected`), and JSONL; each row with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from promptlint.evals import assertions
from promptlint.evals.assertions.texts import parts
from promptlint.evals.values import Origin, Value, parsed
from promptlint.model import Span
from promptlint.syntax.nodes import Mapping as MappingNode
from promptlint.syntax.nodes import Node, Scalar, Sequence

_AT = Span(0, 0)
_CODE = ("javascript:", "fn:", "eval:")
_RUBRIC = ("grade:", "llm-rubric:")
_LISTS = frozenset({"contains-all", "contains-any", "icontains-all", "icontains-any"})
_SCHEMAS = frozenset({"contains-json", "is-json"})
_THRESHOLD = 0.75
"""Of these types where a cell says none: promptfoo's."""
_WITH_THRESHOLD = frozenset(
    {
        *("answer-relevance", "classifier", "context-faithfulness", "context-recall", "context-relevance"),
        *("cost", "latency", "levenshtein", "perplexity-score", "perplexity", "rouge-n", "similar"),
        "starts-with",
    }
)
_NEED_DATA = frozenset({"json-fields", "tool-call"})
_TYPES = "|".join(map(re.escape, sorted({*assertions.KINDS, *assertions.UNSUPPORTED} - _NEED_DATA)))
_CELL = re.compile(
    rf"(?P<not>not-)?(?P<type>{_TYPES})(?:\((?P<threshold>\d+(?:\.\d+)?)\))?(?::(?P<value>.*))?", re.DOTALL
)
_EXPECTED = re.compile(r"__expected(\d*)")
_CONFIG = re.compile(r"__config:__expected(\d*):threshold")
_COMMA = re.compile(r"(?<!\\),")
_OPTIONS = {"__prefix": "prefix", "__suffix": "suffix"}
_KEYS = {"__description": "description", "__providerOutput": "providerOutput"}
_SPECIAL = re.compile(
    r"__(?:expected\d*|prefix|suffix|description|providerOutput|metric|threshold|metadata:.+"
    r"|config:__expected\d*:threshold)"
)


def lines(text: str, path: str) -> Iterator[Value]:
    """The values of the lines of JSONL that are not empty."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found = parsed(line, Origin(path, (0,), number), is_json=True)
            assert found is not None
            yield found


def rows(text: str, path: str) -> Iterator[Value]:
    """The tests of the rows of a CSV file, as mappings of the shape that YAML has.

    Raises:
        SuiteError: it is no CSV, a row is too long or too short, or a column is not known.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] | None = None
    while True:
        where = Origin(path, (0,), reader.line_num + 1)
        try:
            row = next(reader, None)
        except csv.Error as error:
            where.fail(0, f"no CSV: {error}")
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(row, where)
        elif len(row) != len(columns):
            where.fail(0, f"{len(row)} cells, the header has {len(columns)}")
        else:
            yield Value(_test(dict(zip(columns, row, strict=True)), where), where)


def _columns(header: list[str], where: Origin) -> list[str]:
    found = [name.strip() for name in header]
    for name in found:
        if found.count(name) > 1:
            where.fail(0, f"the column {name!r} stands twice")
        if name.startswith("__") and not _SPECIAL.fullmatch(name):
            where.fail(0, f"the column {name!r} is none of promptfoo's")
    return found


def _test(row: Mapping[str, str], where: Origin) -> Node:
    """The mapping of a test."""
    test: dict[str, object] = {"vars": {}, "assert": [], "options": {}, "metadata": {}}
    variables, options, metadata = {}, {}, {}
    asked: list[dict[str, object]] = []
    for name, cell in row.items():
        if not name.startswith("__"):
            variables[name] = cell
        elif name in _OPTIONS:
            options[_OPTIONS[name]] = cell
        elif _EXPECTED.fullmatch(name) and cell.strip():
            asked.append(_cell(cell.strip(), where))
        elif name.startswith("__metadata:") and cell.strip():
            metadata.update(_metadata(name.removeprefix("__metadata:"), cell))
        elif name in _KEYS and cell.strip():
            test[_KEYS[name]] = cell
    if row.get("__threshold", "").strip():
        test["threshold"] = _number(row["__threshold"], "__threshold", where)
    for item in asked if row.get("__metric", "").strip() else ():
        item["metric"] = row["__metric"].strip()
    _thresholds(row, asked, where)
    return _node({**test, "vars": variables, "assert": asked, "options": options, "metadata": metadata})


def _thresholds(row: Mapping[str, str], asked: list[dict[str, object]], where: Origin) -> None:
    """Put the thresholds of `__config:` columns to their assertions: the first, or that with the number."""
    for name, cell in row.items():
        match = _CONFIG.fullmatch(name)
        if match and cell.strip():
            index = int(match[1] or 1) - 1
            if not 0 <= index < len(asked):
                where.fail(0, f"the column {name!r}: the row has no such assertion")
            asked[index]["threshold"] = _number(cell, name, where)


def _metadata(name: str, cell: str) -> dict[str, object]:
    if name.endswith("[]"):
        return {name[:-2]: [part.strip().replace("\\,", ",") for part in _COMMA.split(cell)]}
    if name == "critical" and cell.strip().lower() in ("true", "false"):
        return {name: cell.strip().lower() == "true"}
    return {name: cell}


def _cell(cell: str, where: Origin) -> dict[str, object]:
    """The assertion that a cell of `__expected` spells; a plain text is what the answer must equal."""
    for starts, type_ in ((_CODE, "javascript"), (_RUBRIC, "llm-rubric"), (("python:",), "python")):
        for start in starts:
            if cell.startswith(start):
                return {"type": type_, "value": cell.removeprefix(start).strip()}
    if cell.startswith("file://"):
        return {"type": "python" if ".py" in cell else "javascript", "value": cell}
    match = _CELL.fullmatch(cell)
    if match is None:
        return {"type": "equals", "value": cell}
    type_, value = match["type"], match["value"]
    found: dict[str, object] = {"type": (match["not"] or "") + type_}
    if value is not None:
        found["value"] = value if type_ in _SCHEMAS else value.strip()
    if value and type_ in _LISTS:
        try:
            found["value"] = list(parts(value))
        except ValueError as error:
            where.fail(0, f"{found['type']}: {error}")
    if match["threshold"]:
        found["threshold"] = float(match["threshold"])
    elif type_ in _WITH_THRESHOLD:
        found["threshold"] = _THRESHOLD
    return found


def _number(cell: str, name: str, where: Origin) -> float:
    try:
        return float(cell)
    except ValueError:
        where.fail(0, f"the column {name!r}: {cell!r} is no number")


def _node(value: object) -> Node:
    """Plain data as a tree; all of it stands where the row stands."""
    if isinstance(value, Mapping):
        return MappingNode(tuple((Scalar(key, _AT), _node(item)) for key, item in value.items()), _AT)
    if isinstance(value, list):
        return Sequence(tuple(_node(item) for item in value), _AT)
    assert value is None or isinstance(value, str | int | float | bool)
    return Scalar(value, _AT, value if isinstance(value, str) else None)
