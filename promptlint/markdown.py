"""Markdown for GitHub and GitLab that carries hostile text without effect.

Hostile text stands in code, always: hosts act on mentions, references, addresses and emoji in any other text,
escaped or not, but not in code. Our own words are escaped, so that no amount of money becomes a formula or a
reference.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from promptlint.style import cells, fit_path

MAX_CODE = 3_000
"""Characters of one code span. GitHub's parser gives up on fences of more than 80 backquotes; the shortest
fence that is not in a text of this length has at most 77."""

_TAKEN = 8
"""How many code points are looked at for each character that may be shown: some show as nothing."""

MAX_FENCE = 255
"""Marks of one fence of a block: GitHub's parser counts no further."""

_FENCE = 3
_BACKQUOTES = re.compile("`+")
_TILDES = re.compile("~+")
_TOO_LONG = re.compile(f"~{{{MAX_FENCE},}}")
_PIPE = re.compile(r"(\\?)\|")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#!|~$&@^])")
_UNBROKEN = str.maketrans({" ": "\u00a0", "-": "\u2011"})
_LANGUAGE = re.compile(r"[a-z][a-z0-9+-]{0,30}(:-\d{1,5}\+\d{1,5})?")
_QUICK_ACTION = re.compile(r"^[ \t]*/[a-z]", re.MULTILINE | re.IGNORECASE)
_FENCE_LINE = re.compile(r"^[ \t]*```", re.MULTILINE)


# --- hostile text ---------------------------------------------------------------------------


def shown(text: str, limit: int) -> str:
    """`text` on one line, with what hides, reorders or controls spelt out, cut to `limit` characters."""
    parts: list[str] = []
    size = 0
    for part, _ in cells(text[: limit * _TAKEN + 1]):
        parts.append(part)
        size += len(part)
        if size > limit:
            break
    if size <= limit and len(text) <= limit * _TAKEN + 1:
        return "".join(parts)
    while parts and size > limit - 1:
        size -= len(parts.pop())
    return "".join(parts) + "…"


def code(text: str, limit: int = 160, cell: bool = False) -> str:
    """An inline code span of hostile text: no mention, reference, address or markup in it is acted on.

    Args:
        text: anything.
        limit: characters that are shown at most; the last is then an ellipsis.
        cell: whether the span stands in a table. There a backslash before a pipe has no spelling: the pipe is
            shown as `\\x7c`.
    """
    words = shown(text, min(limit, MAX_CODE))
    if not words.strip(" "):
        return f"`{words or ' '}`"
    runs = {len(run) for run in _BACKQUOTES.findall(words)}
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if words[0] in "` " or words[-1] in "` " else ""
    if cell:
        words = _PIPE.sub(_in_cell, words)
    return f"{fence}{pad}{words}{pad}{fence}"


def _in_cell(found: re.Match[str]) -> str:
    return r"\\x7c" if found[1] else r"\|"


def code_element(text: str, limit: int = 160) -> str:
    """The same as HTML, for a line of HTML (a summary), in which Markdown is not read."""
    return f"<code>{html.escape(shown(text, min(limit, MAX_CODE)))}</code>"


def short(name: str, room: int = 60) -> str:
    """A prompt id or path cut to `room` cells: the file and what is in it stay. Still hostile."""
    most = room * _TAKEN
    return fit_path(name if len(name) <= most else f"…/{name[-most:]}", room)


def block(text: str, language: str = "") -> str:
    """A fenced block of exactly this text, to its last newline; ends with a newline.

    A block must stand by itself, between blank lines. NUL and lone surrogates, which Markdown cannot hold,
    become U+FFFD; a lone CR ends a line. Nothing else is spelt out: a suggestion must be the text itself.
    Where a run of backquotes is too long for a fence the fence is of tildes; where both are, runs are cut.

    Args:
        text: anything.
        language: the word after the fence, such as `diff` or `suggestion:-0+2`; ours, never hostile.
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise ValueError(f"no language of a block: {language!r}")
    body = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    mark = "`" if _longest(body, _BACKQUOTES) < MAX_FENCE else "~"
    if mark == "~" and _longest(body, _TILDES) >= MAX_FENCE:
        body = _TOO_LONG.sub("~" * (MAX_FENCE - 1), body)
    runs = _BACKQUOTES if mark == "`" else _TILDES
    fence = mark * max(_FENCE, _longest(body, runs) + 1)
    end = "" if not body or body.endswith(("\n", "\r")) else "\n"
    return f"{fence}{language}\n{body}{end}{fence}\n"


def _longest(text: str, runs: re.Pattern[str]) -> int:
    return max(map(len, runs.findall(text)), default=0)


def is_command(text: str) -> bool:
    """Whether GitLab before 16.8 may find a quick action (`/merge`) in a block of this text.

    Those versions end each block at the first line of three backquotes, however long its own fence is, and
    know no fence of tildes.
    """
    action = _QUICK_ACTION.search(text)
    return action is not None and _FENCE_LINE.search(text) is not None


# --- our own words --------------------------------------------------------------------------


def plain(text: str) -> str:
    """Our own words and numbers, escaped; not for hostile text, of which hosts find mentions all the same."""
    return _MARKUP.sub(r"\\\1", text)


def unbroken(text: str) -> str:
    """Our own numbers, escaped, on one line of a cell: with spaces and hyphens at which no line is broken."""
    return plain(text.translate(_UNBROKEN))


def row(cells_: Iterable[str]) -> str:
    """A line of a table, of cells that are Markdown; ends with a newline."""
    return f"| {' | '.join(cells_)} |\n"


def table_head(names: Sequence[str], right: Iterable[int] = ()) -> str:
    """The head of a table: its columns' names, and which of them are numbers, set to the right."""
    rights = frozenset(right)
    rule = (("---:" if index in rights else "---") for index in range(len(names)))
    return row(names) + row(rule)


def folded(summary: str) -> tuple[str, str]:
    """What opens and what closes a part that is folded; `summary` is HTML of one line, ours."""
    return f"<details>\n<summary>{summary}</summary>\n\n", "\n</details>\n\n"
