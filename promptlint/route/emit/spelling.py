"""Plain values as YAML and JSON, always spelt alike: sorted by nothing, so that the emitter's order stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from promptlint.style import visible

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_ESCAPED = re.compile(r'[\x00-\x1f\x7f-\x9f"\\\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')


def yaml(value: object, header: Sequence[str] = ()) -> str:
    """The YAML of a mapping, with a comment before it."""
    lines = [f"# {visible(line)}".rstrip() for line in header]
    return "\n".join([*lines, *_lines(value, "")]) + "\n"


def _lines(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{scalar(key)}:", item, indent + "  ")
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _item(item, indent)
    else:
        yield indent + scalar(value)


def _entry(head: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping | list | tuple) and item and not _is_short(item):
        yield head
        yield from _lines(item, indent)
    else:
        yield f"{head} {scalar(item)}"


def _item(item: object, indent: str) -> Iterator[str]:
    if not isinstance(item, Mapping | list | tuple) or not item or _is_short(item):
        yield f"{indent}- {scalar(item)}"
        return
    first, *rest = _lines(item, indent + "  ")
    yield f"{indent}- {first[len(indent) + 2 :]}"
    yield from rest


def _is_short(item: object) -> bool:
    """A list of a few scalars stands on one line."""
    if not isinstance(item, list | tuple) or any(isinstance(each, Mapping | list | tuple) for each in item):
        return False
    return sum(len(scalar(each)) + 2 for each in item) <= 80


def scalar(value: object) -> str:
    """The YAML of a leaf, of a short list of leaves, or of nothing."""
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if is_plain else '"' + _ESCAPED.sub(_escape, value) + '"'
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value)


def _number(value: float) -> str:
    """A number that YAML 1.1 takes for one, too: it wants a point before an exponent."""
    mantissa, mark, exponent = repr(value).partition("e")
    if not mark:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent):+d}"


def _escape(match: re.Match[str]) -> str:
    sign = match.group()
    return "\\" + sign if sign in '"\\' else f"\\u{ord(sign):04x}"
