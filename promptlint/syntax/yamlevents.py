"""Reads the events of a YAML stream within caps, so that no input can crash the interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import yaml

from promptlint.errors import SourceError
from promptlint.model import Problem, Span
from promptlint.syntax.nodes import MAX_DEPTH, MAX_NODES, MAX_SIZE

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark(Protocol):
    """What the two kinds of marks of the loaders have in common."""

    index: int


def error(code: str, message: str, start: int, end: int | None = None) -> SourceError:
    """The error of a stream, at a place in the whole text."""
    return SourceError(Problem(code, message, Span(start, start if end is None else max(start, end))))


def events(text: str, offset: int) -> Iterator[yaml.Event]:
    """The events of a stream, within the caps; `offset` is what was cut off before `text`."""
    if len(text) > MAX_SIZE:
        raise error("SRC003", f"more than {MAX_SIZE:,} characters", 0)
    depth = count = 0
    try:
        loader = _LOADER(text)
        for event in iter(loader.get_event, None):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    message = f"nested more than {MAX_DEPTH} levels deep"
                    raise error("SRC003", message, index(event.start_mark) + offset)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            count += 1
            if count > 2 * MAX_NODES:
                raise error("SRC003", f"more than {MAX_NODES:,} values", index(event.start_mark) + offset)
            yield event
    except yaml.MarkedYAMLError as fault:
        at = min(index(fault.problem_mark or fault.context_mark), len(text)) + offset
        raise error("SRC002", fault.problem or "not YAML", at) from fault
    except yaml.reader.ReaderError as fault:
        at = _unprintable(text) + offset
        raise error("SRC002", f"character U+{ord(text[at - offset]):04X} is not allowed", at) from fault
    except UnicodeEncodeError as fault:
        raise error("SRC002", "a lone surrogate is not allowed", fault.start + offset) from fault


def index(mark: Mark | None) -> int:
    """The code point at which a mark stands; 0 if there is none."""
    return mark.index if mark else 0


def _unprintable(text: str) -> int:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return match.start() if match else 0
