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

_JINJA = re.compile(r"\{[{%#]|[}%#]\}|\{\Z|\r")  # what follows may make `{` a tag; CR would be read as LF
_PLAIN_UNSAFE = re.compile(r":\s|:\Z|\s#|\A#|[\n\r\t]")
_YAML_WORDS = {"yes", "no", "true", "false", "on", "off", "null"}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_YAML_UNPRINTABLE = re.compile(_UNPRINTABLE.pattern[:-1] + r"\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_POML_NAME = re.compile(
    r"#(?=(?:lt|gt|amp|quot|apos|hash|lbrace|rbrace);|[a-z]{0,6}\Z)"
)  # what follows may end it
_POML_ESCAPES = {"&": "#amp;", "<": "#lt;", ">": "#gt;"}
_LOSES = re.compile(r"\\|\r|" + _YAML_UNPRINTABLE.pattern)
_SLOT_EDGE = re.compile(r"\$(?=\{|\Z)|\A\{")
_PYTHON_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def encode(text: str, codec: Codec) -> str | None:
    """Spell `text` in the container's way, or None if it cannot be spelt there."""
    if not codec.editable:
        return None
    escaped = _escape(text, codec.escaping)
    spelt = None if escaped is None else _WRITERS[codec.kind](escaped, codec)
    return spelt if spelt is None or codec.outer is None else encode(spelt, codec.outer)


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
        return _python_raw(text, codec)
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


def _python_raw(text: str, codec: Codec) -> str | None:
    """A raw literal has no escapes; a quote at an edge of the new text could join one of the old."""
    if codec.quote in text or text.startswith(codec.quote[0]) or text.endswith(("\\", codec.quote[0])):
        return None
    if _UNPRINTABLE.search(text) or ("\n" in text and len(codec.quote) < 3):
        return None
    return text.replace("\n", codec.newline + codec.indent)


def _python_escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _javascript(text: str, codec: Codec) -> str | None:
    """A `$` at the end or a `{` at the start of new text could open a slot of a template with the old."""
    if _SURROGATE.search(text):
        return None
    template = codec.quote == "`"
    if codec.raw and _LOSES.search(text):
        return None  # the tag of the literal reads the escape in its own way
    if template:
        text = _SLOT_EDGE.sub(r"\\\g<0>", text.replace("\\", "\\\\"))
    out = []
    for char in text:
        if char == "\n" and template:
            out.append(codec.newline + codec.indent)
        elif char in _PYTHON_ESCAPES and not (template and char in "\\\t"):
            out.append(_PYTHON_ESCAPES[char])
        elif char == codec.quote:
            out.append("\\" + char)
        elif _YAML_UNPRINTABLE.match(char):
            out.append(_python_escape(ord(char)))
        else:
            out.append(char)
    return "".join(out)


def _json(text: str, codec: Codec) -> str | None:
    """`indent` is what ends one string of a list and begins the next, where each line has its own."""
    if _SURROGATE.search(text):
        return None
    lines = text.split("\n") if codec.indent else [text]
    return ("\\n" + codec.indent).join(map(_json_line, lines))


def _json_line(text: str) -> str:
    spelt = json.dumps(text, ensure_ascii=False)[1:-1]
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", spelt)


def _opens(text: str) -> bool:
    """True if a YAML scalar may begin with `text`, whatever follows it."""
    return text[:1].isalpha() and text.lower() not in _YAML_WORDS


def _yaml_plain(text: str, codec: Codec) -> str | None:
    if _PLAIN_UNSAFE.search(text) or _YAML_UNPRINTABLE.search(text):
        return None
    return text if not codec.raw or _opens(text) else None


def _yaml_single(text: str, codec: Codec) -> str | None:
    if "\n" in text or _YAML_UNPRINTABLE.search(text):
        return None
    return text.replace("'", "''")


def _yaml_double(text: str, codec: Codec) -> str | None:
    if _SURROGATE.search(text):
        return None
    return _YAML_UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False)[1:-1]
    )


def _yaml_literal(text: str, codec: Codec) -> str | None:
    if _YAML_UNPRINTABLE.search(text) or (codec.raw and text[:1].isspace()) or (codec.raw and not text):
        return None
    return text.replace("\n", codec.newline + codec.indent)


def _yaml_folded(text: str, codec: Codec) -> str | None:
    return None if "\n" in text else _yaml_literal(text, codec)


def _baml(text: str, codec: Codec) -> str | None:
    """A block string has no escapes."""
    if _SURROGATE.search(text):
        return None
    if codec.quote == '"':
        return "".join('\\"' if char == '"' else _PYTHON_ESCAPES.get(char, char) for char in text)
    if codec.quote in text or "\r" in text:
        return None
    return text.replace("\n", codec.newline + codec.indent)


def _xml(text: str, codec: Codec) -> str | None:
    """POML spells its special characters `#lt;`; a `#` is special only where it would begin such a name."""
    spelt = _POML_NAME.sub("#hash;", text)
    for char, name in _POML_ESCAPES.items():
        spelt = spelt.replace(char, name)
    return None if "{{" in text or _UNPRINTABLE.search(text) else spelt


_WRITERS: dict[CodecKind, Callable[[str, Codec], str | None]] = {
    CodecKind.VERBATIM: _verbatim,
    CodecKind.PYTHON: _python,
    CodecKind.JAVASCRIPT: _javascript,
    CodecKind.JSON: _json,
    CodecKind.YAML_PLAIN: _yaml_plain,
    CodecKind.YAML_SINGLE: _yaml_single,
    CodecKind.YAML_DOUBLE: _yaml_double,
    CodecKind.YAML_LITERAL: _yaml_literal,
    CodecKind.YAML_FOLDED: _yaml_folded,
    CodecKind.BAML: _baml,
    CodecKind.XML: _xml,
}
