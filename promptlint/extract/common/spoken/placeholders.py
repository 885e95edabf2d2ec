"""Finds what coding agents fill in before they send a document: editor variables, command arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import SegmentKind
from promptlint.templates.parts import Part, filled

_EDITOR = re.compile(
    r"\$\{(input:[^\s{}:]{1,100}(?::[^{}\n]{0,300})?|selection|selectedText|lineNumber"
    r"|(?:file|fileBasename|fileDirname|fileBasenameNoExtension|relativeFile|workspaceFolder"
    r"|workspaceFolderBasename|env:\w{1,100}))\}"
)
_COMMAND = re.compile(
    r"(?P<argument>\$(?:ARGUMENTS(?:\[\d\])?|[1-9])(?![\w$]))|!`(?P<shell>[^`\n]{1,300})`"
    r"|(?<![\w`@/.])@(?P<file>\$?[\w./-]{0,200}[\w])"
)
_TABLE = {"editor": _EDITOR, "command": _COMMAND}


def split(text: str, kind: str) -> tuple[Part, ...]:
    """Parts that tile the text; the name of a slot is what is written in it, without its marks.

    Args:
        text: of an agent document.
        kind: "editor" (`${input:x}`, `${selection}`), "command" (`$ARGUMENTS`, `$1`, a shell command
            behind an exclamation mark, `@file`) or empty: all is text.
    """
    if not text:
        return ()
    return tuple(filled(text, _slots(text, _TABLE[kind]) if kind else ()))


def _slots(text: str, pattern: re.Pattern[str]) -> Iterator[Part]:
    for match in pattern.finditer(text):
        start, end = match.span()
        name = next((found for found in match.groups() if found is not None), "").lstrip("$")
        yield Part(SegmentKind.SLOT, start, end, match.group(), name)
