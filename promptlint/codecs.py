"""Spells new text as the container around it does: the only place that encodes an edit.

Only the new text of an edit is encoded; all other bytes stay. What a codec cannot spell is None, and
the fix then is shown, not applied. `fix.prove` re-reads every file afterwards, so that a mistake here is
a refused edit and never a damaged file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from promptlint.model import Codec, CodecKind, Escaping

_JINJA = re.compile(r"\{[{%#]|[}%#]\}")
_PLAIN_UNSAFE = re.compile(r": |:$| #|^[\s\-?:,\[\]{}#&*!|>'\"%@`]|\s$|[\n\r\t]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_PYTHON_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def encode(text: str, codec: Codec) -> str | None:
    """Spell `text` in the container's way, or None if it cannot be spelt there."""
    if not codec.editable:
        return None
    escaped = _escape(text, codec.escaping)
    return None if escaped is None else _WRITERS[codec.kind](escaped, codec)


def _escape(text: str, escaping: Escaping) -> str | None:
    if escaping is Escaping.BRACES:
        return text.replace("{", "{{").replace("}", "}}")
    if escaping is Escaping.PERCENT:
        return text.replace("%", "%%")
    if escaping is Escaping.DOLLAR:
        return text.replace("$", "$$")
    if escaping is Escaping.JINJA and _JINJA.search(text):
        return None
    return text


def _verbatim(text: str, codec: Codec) -> str | None:
    if codec.newline != "\n" or codec.indent:
        return text.replace("\n", codec.newline + codec.indent)
    return text


def _python(text: str, codec: Codec) -> str | None:
    triple = len(codec.quote) == 3
    if codec.raw:
        if codec.quote in text or text.endswith(("\\", codec.quote[0])) or "\r" in text:
            return None
        if "\n" in text and not triple:
            return None
        return text.replace("\n", codec.newline + codec.indent)
    out = []
    for char in text:
        if char == "\n" and triple:
            out.append(codec.newline + codec.indent)
        elif char in _PYTHON_ESCAPES and not (char == "\t" and triple):
            out.append(_PYTHON_ESCAPES[char])
        elif char == codec.quote[:1]:
            out.append("\\" + char)
        elif _UNPRINTABLE.match(char):
            out.append(_python_escape(ord(char)))
        else:
            out.append(char)
    return "".join(out)


def _python_escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _json(text: str, codec: Codec) -> str | None:
    spelt = json.dumps(text, ensure_ascii=False)[1:-1]
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", spelt)


def _yaml_plain(text: str, codec: Codec) -> str | None:
    if _PLAIN_UNSAFE.search(text) or _UNPRINTABLE.search(text):
        return None
    return text


def _yaml_single(text: str, codec: Codec) -> str | None:
    if "\n" in text or "\r" in text or _UNPRINTABLE.search(text):
        return None
    return text.replace("'", "''")


def _yaml_literal(text: str, codec: Codec) -> str | None:
    if "\r" in text or _UNPRINTABLE.search(text):
        return None
    return text.replace("\n", codec.newline + codec.indent)


def _yaml_folded(text: str, codec: Codec) -> str | None:
    if "\n" in text or "\r" in text or _UNPRINTABLE.search(text):
        return None
    return text


_WRITERS: dict[CodecKind, Callable[[str, Codec], str | None]] = {
    CodecKind.VERBATIM: _verbatim,
    CodecKind.PYTHON: _python,
    CodecKind.JSON: _json,
    CodecKind.YAML_PLAIN: _yaml_plain,
    CodecKind.YAML_SINGLE: _yaml_single,
    CodecKind.YAML_DOUBLE: _json,
    CodecKind.YAML_LITERAL: _yaml_literal,
    CodecKind.YAML_FOLDED: _yaml_folded,
}
