"""Values of a suite's files with the line of each, and the readers that check one value each."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from promptlint import documents
from promptlint.errors import SourceError, SuiteError, UsageError
from promptlint.evals.core import LIKE_A_NUMBER, resolved
from promptlint.model import CodecKind
from promptlint.records import dataclass
from promptlint.syntax import nodes
from promptlint.syntax.nodes import Node

MAX_BYTES = 100_000_000
"""Size of a table of cases that is read; YAML and JSON have the narrower limits of `syntax`."""

_MAX_WHOLE = 2**53


@dataclass(frozen=True, slots=True)
class Origin:
    """A file of a suite, or one line of it: what a message calls it, and how an offset becomes a line.

    `yaml` is the whole text of a file of YAML, to read its plain scalars by; empty for other formats.
    """

    path: str
    starts: tuple[int, ...] = field(repr=False)
    first: int = 1
    yaml: str = field(default="", repr=False)

    def line(self, at: int) -> int:
        """The line, from 1, of an offset in the text."""
        return self.first + bisect_right(self.starts, at) - 1

    def fail(self, at: int, message: str) -> NoReturn:
        """Raise the SuiteError that names file and line."""
        raise SuiteError(f"{self.path}:{self.line(at)}: {message}")


def origin(path: str, text: str, first: int = 1) -> Origin:
    """The origin of a text whose first line is number `first` of a file."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return Origin(path, tuple(starts), first)


def text_of(path: Path, shown: str) -> str:
    """The text of a file, without a BOM.

    Raises:
        SuiteError: it cannot be read, is too large, or is not UTF-8; the message names file and line.
    """
    try:
        data = documents.data_of(path, MAX_BYTES)
    except UsageError as error:
        raise SuiteError(str(error).replace(str(path), shown, 1)) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{shown}:{line}: not UTF-8: byte 0x{data[error.start]:02X}"
        raise SuiteError(message) from error
    return text.removeprefix("\ufeff")


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it stands; `key` is its dotted place in the suite, `name` its own key, if any."""

    node: Node
    origin: Origin
    key: str = ""
    name: nodes.Scalar | None = None

    @property
    def start(self) -> int:
        """The offset at which the value begins."""
        return self.node.span.start

    @property
    def line(self) -> int:
        """The line on which the value begins."""
        return self.origin.line(self.start)

    def fail(self, message: str) -> NoReturn:
        """Raise the SuiteError that names file, line and key."""
        self.origin.fail(self.start, f"`{self.key}`: {message}" if self.key else message)

    def wanted(self, what: str) -> NoReturn:
        """Raise the SuiteError of a value of another type."""
        self.fail(f"expected {what}, found {self.kind}")

    @property
    def kind(self) -> str:
        """What the value is called in a message."""
        if isinstance(self.node, nodes.Mapping):
            return "a mapping"
        if isinstance(self.node, nodes.Sequence):
            return "a list"
        value = self.scalar()
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        return "a text" if isinstance(value, str) else "a number"

    def plain(self) -> object:
        """The value as dicts with texts for keys, lists and scalars, all of its numbers finite."""
        if isinstance(self.node, nodes.Mapping):
            return {name: item.plain() for name, item in self.entries().items()}
        if isinstance(self.node, nodes.Sequence):
            return [item.plain() for item in self.items()]
        return self.scalar()

    def scalar(self) -> str | int | float | bool | None:
        """The value of a leaf; None as well for a mapping or list."""
        if not isinstance(self.node, nodes.Scalar):
            return None
        if self.node.tag:
            self.fail(f"the tag {self.node.tag!r} is not obeyed")
        found = self._core(self.node) if self.origin.yaml else self.node.value
        if isinstance(found, float) and not math.isfinite(found):
            self.fail("a number is not finite")
        return found

    def _core(self, node: nodes.Scalar) -> str | int | float | bool | None:
        """The value by YAML 1.2; only what both versions may read differently is looked at again."""
        found = node.value
        if found is None or (isinstance(found, str) and not LIKE_A_NUMBER.fullmatch(found)):
            return found
        plain = self.origin.yaml[node.span.start : node.span.end]
        before = self.origin.yaml[max(0, node.span.start - 100) : node.span.start].split()[-2:]
        is_tagged = any(word.startswith("!") for word in before)
        is_plain = node.codec.kind is CodecKind.YAML_PLAIN and plain[:1] not in ("'", '"', "|", ">")
        return resolved(plain) if is_plain and not is_tagged else found

    def entries(self) -> dict[str, Value]:
        """The values of a mapping whose keys are texts, each once."""
        if not isinstance(self.node, nodes.Mapping):
            self.wanted("a mapping")
        found: dict[str, Value] = {}
        for key, node in self.node.entries:
            spelt = Value(key, self.origin).scalar()
            name = spelt if isinstance(spelt, str) else key.key
            if name in found:
                self.origin.fail(key.span.start, f"the key `{name}` stands twice")
            if spelt is None or isinstance(spelt, bool):
                self.origin.fail(key.span.start, f"the key `{name}` is no text; put it in quotes")
            found[name] = Value(node, self.origin, f"{self.key}.{name}" if self.key else name, key)
        return found

    def fields(self, known: Collection[str]) -> dict[str, Value]:
        """The values of a mapping that has no other keys than these."""
        found = self.entries()
        for name, value in found.items():
            if name not in known:
                close = get_close_matches(name, list(known), 1)
                hint = f"; did you mean `{close[0]}`?" if close else ""
                where = f" in `{self.key}`" if self.key else ""
                value.origin.fail((value.name or value.node).span.start, f"unknown key `{name}`{where}{hint}")
        return found

    def items(self) -> list[Value]:
        """The values of a list."""
        if not isinstance(self.node, nodes.Sequence):
            self.wanted("a list")
        return [
            Value(node, self.origin, f"{self.key}[{index}]") for index, node in enumerate(self.node.items)
        ]

    def text(self) -> str:
        """A text with something in it."""
        found = self.scalar()
        if not isinstance(found, str):
            self.wanted("a text")
        if not found.strip() or "\0" in found:
            self.fail("expected a text with something in it")
        return found

    def word(self, known: Collection[str]) -> str:
        """One of some words."""
        found = self.text()
        if found not in known:
            close = get_close_matches(found, list(known), 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            self.fail(f"{found!r} is none of {', '.join(known)}{hint}")
        return found

    def number(self) -> float:
        """A finite number of usual size."""
        found = self.scalar()
        if not isinstance(found, int | float) or isinstance(found, bool):
            self.wanted("a number")
        if not abs(found) < _MAX_WHOLE:
            self.fail("expected a finite number of usual size")
        return float(found)

    def amount(self) -> float:
        """A number that is not negative."""
        found = self.number()
        if found < 0:
            self.fail("expected a number that is not negative")
        return found

    def between(self, low: float, high: float) -> float:
        """A number inside an open interval."""
        found = self.number()
        if not low < found < high:
            self.fail(f"expected a number between {low:g} and {high:g}, both excluded; found {found:g}")
        return found

    def count(self, most: int = 1_000_000) -> int:
        """A whole number from 1 on."""
        found = self.number()
        if found != int(found) or not 1 <= found <= most:
            self.fail(f"expected a whole number from 1 to {most:,}")
        return int(found)

    def flag(self) -> bool:
        """True or false."""
        found = self.scalar()
        if not isinstance(found, bool):
            self.wanted("true or false")
        return found

    def is_null(self) -> bool:
        """True for null, and for a key without a value."""
        return isinstance(self.node, nodes.Scalar) and self.scalar() is None


def parsed(text: str, where: Origin, is_json: bool) -> Value | None:
    """The one document of a text of YAML or JSON; None if there is none.

    Raises:
        SuiteError: it is not that, or there are several.
    """
    roots = roots_of(text, where, is_json)
    if len(roots) > 1:
        where.fail(roots[1].start, "a second document; a suite is one")
    return roots[0] if roots else None


def roots_of(text: str, where: Origin, is_json: bool) -> tuple[Value, ...]:
    """Every document of a text of YAML, or the one of JSON.

    Raises:
        SuiteError: it is not that.
    """
    from promptlint.syntax import jsonio, yamlio

    try:
        roots = (jsonio.parse(text),) if is_json else yamlio.tree(text)
    except SourceError as error:
        problem = error.problem
        if problem.code == "SRC003":
            where.fail(problem.span.start, f"{problem.message}; tests in JSONL or CSV may be more")
        where.fail(problem.span.start, f"no {'JSON' if is_json else 'YAML'}: {problem.message}")
    place = where if is_json else replace(where, yaml=text)
    return tuple(Value(root, place) for root in roots)
