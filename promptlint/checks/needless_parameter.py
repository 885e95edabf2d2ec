"""Finds parameters of tools that, by their own description, nothing needs: constants, ignored, left empty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.locate import message_spans
from promptlint.model import Hit, Role, Span
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_VALUE = r"(?:[\"'`][^\"'`\n]{1,60}[\"'`]|-?\d+(?:\.\d+)?|true|false|null|none|empty|\w{1,30})"
_NEEDLESS = lazy(
    rf"""
    (?:(?:legacy|deprecated|obsolete|unused|reserved|historical|internal)[,;:.\s–-]*)*
    (?:(?:this|the)\s(?:parameter|field|argument|value)\s|it\s)?(?:is\s|will\sbe\s)?
    (?:
        (?:ignored|unused|not\sused|no\slonger\sused|has\sno\seffect|does\snothing)(?:\s(?:now|today|anymore|any\smore))?
      | (?:must\sbe\s|should\sbe\s)?always\s(?:be\s|set\sto\s|pass\s|use\s|send\s)?
        (?:the\s(?:string|value|constant|number|literal)\s)?{_VALUE}
      | (?:please\s)?(?:leave|keep)\s(?:this\s|it\s)?(?:empty|blank|null|unset|as\sis)
      | reserved(?:\sfor\s(?:future|internal)\suse)?
      | do\snot\s(?:set|use|fill(?:\sin)?|change)(?:\sthis)?
      | the\s[\w\s]{{1,40}}as\s(?:given|stated|shown|told|found)\sin\sthe\ssystem\s(?:message|prompt)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDY = lazy(
    r"always\s(?:in|on|at|true\sif|a|an|required|use|available|present|provide|include|be|uppercase|lowercase)\b",
    re.IGNORECASE,
)
_LONGEST = 120  # code points of a description that says no more than this


@dataclass(frozen=True, slots=True)
class Params:
    """Nothing to set."""


def check(view: View, _params: Params) -> Iterator[Hit]:
    """One hit for each such parameter; the first text of a tool is its own description."""
    if not view.prompt.messages or view.prompt.messages[0].role is not Role.TOOL_DEFINITION:
        return
    pairs = list(zip(view.prompt.messages, message_spans(view.prompt), strict=True))
    for message, span in pairs[1:]:
        text = view.text[span.start : span.end]
        said = text.strip()
        if message.role is not Role.TOOL_DEFINITION or not 0 < len(said) <= _LONGEST:
            continue
        if _NEEDLESS.fullmatch(said.rstrip(".! ")) and not _WORDY.search(said):
            start = span.start + len(text) - len(text.lstrip())
            note = (
                f'No call needs this parameter ("{said.rstrip(".")}"); set it in the code that runs the tool'
            )
            yield Hit(Span(start, start + len(said)), note, saves=view.count(said))
