"""The assertion `is-xml`: well-formed, without declarations of its own, with certain elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.parsers import expat

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import Kind, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score

_DEEPEST = 1_000


class _Refused(Exception):  # noqa: N818  # not an error: the way out of the parser
    """The document has a declaration subset, which could define entities without end."""


class _Paths:
    """Which of some paths a document has; a path is the names of the elements down to one."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.open: list[str] = []
        self.missing = {tuple(path.split(".")) for path in wanted}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; `name` is `namespace local prefix`, or a part of that."""
        if len(self.open) >= _DEEPEST:
            raise ScoringError("the answer is nested too deeply to be read as XML")
        words = name.split(" ")
        self.open.append(f"{words[2]}:{words[1]}" if len(words) == 3 else words[-1])
        self.missing = {path for path in self.missing if list(path) != self.open}

    def end(self, name: str) -> None:
        """The innermost element ends."""
        self.open.pop()


def missing(text: str, wanted: Iterable[str]) -> list[str]:
    """Which of some elements a document lacks, sorted; an element is named by its path, joined by dots.

    Raises:
        ValueError: it is not well-formed, or has a declaration subset.
        ScoringError: it is nested too deeply to say.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True
    paths = _Paths(wanted)
    parser.StartElementHandler, parser.EndElementHandler = paths.start, paths.end
    parser.StartDoctypeDeclHandler = _doctype
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed: {error}") from error
    except _Refused as error:
        raise ValueError("it has declarations of its own") from error
    return sorted(".".join(path) for path in paths.missing)


def _doctype(name: str, system: str | None, public: str | None, subset: int) -> None:
    if subset:
        raise _Refused


def required(value: object) -> list[str] | None:
    """The paths that an assertion's value asks for; None if it is no such value."""
    if isinstance(value, Mapping):
        value = value.get("requiredElements") if value.keys() == {"requiredElements"} else 0
    if value is None:
        return []
    if isinstance(value, str):
        return [item.strip() for item in value.split(",")]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [str(item) for item in value]
    return None


def _is_xml(assertion: Assertion, answer: Answer) -> Score:
    try:
        lacking = missing(answer.text, required(assertion.value) or ())
    except ValueError as error:
        return verdict(False, f"the answer is no XML: {error}")
    return verdict(
        not lacking, f"the answer lacks {quoted(', '.join(lacking))}" if lacking else "well-formed"
    )


def _elements(assertion: Assertion) -> str:
    found = required(assertion.value)
    if found is None or not all(found):
        return "expected names of elements as `value`: a list, or a text with commas"
    return ""


KINDS = {"is-xml": Kind(_is_xml, _elements)}
