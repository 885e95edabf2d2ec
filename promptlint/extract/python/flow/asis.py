"""Says of a constant with slots that its module sends it as it is spelt: each use hands it over whole."""

from __future__ import annotations

import re

from promptlint.model import Span

_SENT = re.compile(
    r"""(?:["']content["'][ ]*:|["']text["'][ ]*:)[ ]*$|\b(?:instructions|input|system|prompt)[ ]*=[ ]*$"""
)
_ENDS = re.compile(r"[ \t]*(?:#[^\n]*)?\s*[,})\]]")
_CALLS = ("completions.create(", "responses.create(", "messages.create(", "completion(", "messages.stream(")
_FILLED = re.compile(
    r"\b(?:langchain|llama_index|crewai|google\.adk|haystack|semantic_kernel|autogen|dspy|promptflow|PromptTemplate"
    r"|from_messages|format_map|Formatter|jinja2?)\b"
)
_BEFORE = 40
_MOST = 20  # uses of a name that are looked at


def sent_as_is(text: str, name: str) -> Span | None:
    """Where a module (its source) first sends the constant `name`; None unless it does nothing else with it.

    A module that uses a framework that fills in slots itself is not judged.
    """
    if not name.isidentifier() or not any(call in text for call in _CALLS) or _FILLED.search(text):
        return None
    first: Span | None = None
    defined = 0
    for count, match in enumerate(re.finditer(rf"\b{re.escape(name)}\b", text)):
        if count >= _MOST:
            return None
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not line.strip() and re.match(
            r"[ \t]*(?::[ \t]*\w+[ \t]*)?=(?!=)", text[match.end() : match.end() + 40]
        ):
            defined += 1
            continue
        sent = _SENT.search(text[max(0, match.start() - _BEFORE) : match.start()])
        if sent is None or not _ENDS.match(text, match.end()):
            return None
        first = first or Span(*match.span())
    return first if defined == 1 else None
