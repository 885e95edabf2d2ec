"""How text, numbers and money look on a terminal: colour, cells, neutralised characters, tables."""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from promptlint.model import Basis, Severity, TokenCount

BOLD, DIM, RED, GREEN, YELLOW, BLUE, CYAN = "1", "2", "31", "32", "33", "34", "36"
TAB = "    "
MIN_WIDTH, DEFAULT_WIDTH, MAX_WIDTH = 40, 100, 160
TINTS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}
MARKS = {Basis.EXACT: "", Basis.ESTIMATED: "~", Basis.ASSUMED: "?", Basis.MEASURED: "*"}


class Stream(Protocol):
    """What is asked of an output stream."""

    def isatty(self) -> bool:
        """True if a terminal reads it."""

    def fileno(self) -> int:
        """The file descriptor; OSError if there is none."""


# --- the terminal ---------------------------------------------------------------------------


def decide_color(stream: Stream, env: Mapping[str, str], flag: str = "auto") -> bool:
    """Whether to colour: `flag` (always, never, auto) over NO_COLOR over FORCE_COLOR over the terminal."""
    if flag in {"always", "never"}:
        return flag == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR", "") not in {"", "0", "false"}:
        return True
    return env.get("TERM") != "dumb" and stream.isatty()


def terminal_width(stream: Stream, env: Mapping[str, str]) -> int:
    """The columns to write for: COLUMNS, else the terminal's own, else a wide default."""
    asked = env.get("COLUMNS", "")
    columns = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    if not columns and stream.isatty():
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except OSError:  # a terminal in name only
            columns = 0
    return max(MIN_WIDTH, min(columns or DEFAULT_WIDTH, MAX_WIDTH))


def paint(text: str, code: str, color: bool) -> str:
    """`text` in an ANSI style, or as it is."""
    return f"\x1b[{code}m{text}\x1b[0m" if color and text else text


# --- characters and cells -------------------------------------------------------------------


def cells(text: str) -> Iterator[tuple[str, int]]:
    """Each code point of one line as it is shown, and the terminal cells that it takes.

    What would move the cursor, hide, reorder or join other characters is spelt out, so that widths are the
    same on every terminal and a hostile prompt cannot forge output; so is what would be a command in a log.
    """
    commands = {match.end() - 1 for match in _COMMAND.finditer(text)}
    base, previous = False, ""
    for index, char in enumerate(text):
        if index in commands:
            shown, size = f"\\x{ord(char):x}", 4
        else:
            shown, size = (char, 1) if " " <= char <= "~" else _cell(char, base, previous)
        yield shown, size
        base = base if size == 0 else char.isprintable() and shown in {char, "◌" + char}
        previous = char


def visible(text: str) -> str:
    """`text` on one line, without what a terminal or the log of a CI service would act upon."""
    if text.isascii() and text.isprintable() and not _COMMAND.search(text):
        return text
    return "".join(shown for shown, _ in cells(text))


def visible_lines(text: str) -> str:
    """Several lines, each made visible: for messages that hold names and lines of their own."""
    return "\n".join(visible(line) for line in text.split("\n"))


def inert(text: str) -> tuple[str, int]:
    """Text as it is but for the lines that a CI service would take for commands, and how many these are.

    They are made visible. Lines end where the services' do: at CR or LF.
    """
    count = 0
    parts = re.split("([\r\n])", text)
    for index in range(0, len(parts), 2):
        if _COMMAND.search(_bare(parts[index])):
            parts[index] = visible(parts[index])
            count += 1
    return "".join(parts), count


def width(text: str) -> int:
    """The cells that neutralised text takes."""
    return len(text) if text.isascii() else sum(size for _, size in cells(text))


_COMMAND = re.compile(r"^\s*:(?=[\ufe0e\ufe0f]*:)|#(?=[\ufe0e\ufe0f]*#[A-Za-z\ufe0e\ufe0f]*\[)")
"""What a log acts upon, up to the character to spell: `::name::` that opens a line (GitHub), `##[name]`,
`##vso[name]`, `##teamcity[name]` anywhere (GitHub, Azure, TeamCity), also with glyph selectors in it."""

_GLYPH = frozenset("\ufe0e\ufe0f")  # ask for a text or an emoji glyph: terminals disagree on the width
_JOINING = (("\u1160", "\u11ff"), ("\ud7b0", "\ud7ff"))  # Hangul vowels and finals sit in the cell before
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@lru_cache(maxsize=4_096)
def _cell(char: str, base: bool, previous: str) -> tuple[str, int]:
    if char == "\t":
        return TAB, len(TAB)
    if char < " ":
        return chr(0x2400 + ord(char)), 1
    if char == "\x7f":
        return "␡", 1
    if char in _GLYPH and base and previous not in _GLYPH:
        return "", 0
    category = unicodedata.category(char)
    if category in _ESCAPED or char in _HIDDEN or _joins_emoji(char):
        spelt = char.encode("unicode_escape", "surrogatepass").decode("ascii")
        return spelt, len(spelt)
    if category in {"Mn", "Me"} or any(first <= char <= last for first, last in _JOINING):
        return (char, 0) if base else ("◌" + char, 1)
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _bare(line: str) -> str:
    """A raw line without what shows as nothing: GitHub's runner compares as a person reads."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(char for char in line if _is_seen(char))


def _is_seen(char: str) -> bool:
    if char.isspace():
        return True
    return char.isprintable() and char not in _HIDDEN and not _joins_emoji(char)


def _joins_emoji(char: str) -> bool:
    """Variation selectors and skin tones: terminals draw them into the glyph before or beside it."""
    return (
        "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def fit(text: str, room: int, both_ends: bool = False) -> str:
    """`text` neutralised and cut to `room` cells, at its end or (ids and paths) in its middle."""
    parts = list(cells(text))
    if sum(size for _, size in parts) <= room:
        return "".join(shown for shown, _ in parts)
    if room < 1:
        return ""
    left = _take(parts, (room - 1) // 3 if both_ends else room - 1)
    right = _take(parts[::-1], room - 1 - (room - 1) // 3) if both_ends else []
    return "".join([*left, "…", *reversed(right)])


def fit_path(text: str, room: int) -> str:
    """A path or prompt id cut to `room` cells: whole folders go first, the file and what is in it stay."""
    shown = visible(text)
    size, rest = width(shown), shown
    while size > room:
        head, slash, after = rest.partition("/")
        if not slash or "::" in head:
            return fit(shown, room, both_ends=True)
        size -= width(head) - 1 if rest is shown else width(head) + 1
        rest, shown = after, f"…/{after}"
        size = size if size > room else width(shown)  # what is cut may be wider alone
    return shown


def _take(parts: Sequence[tuple[str, int]], room: int) -> list[str]:
    taken = []
    for shown, size in parts:
        room -= size
        if room < 0:
            break
        taken.append(shown)
    return taken


def pad(text: str, room: int, right: bool = False) -> str:
    """Fill neutralised text with spaces to `room` cells; numbers go to the right."""
    space = " " * (room - width(text))
    return space + text if right else text + space


def table(rows: Sequence[Sequence[str]], left: int = 1, gap: int = 2) -> list[str]:
    """Lines of aligned columns; the first `left` columns are text, the others numbers."""
    if not rows:
        return []
    sizes = [max(width(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        (" " * gap).join(pad(cell, sizes[i], right=i >= left) for i, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def wrap(parts: Sequence[str], room: int, separator: str = " ") -> list[str]:
    """Put whole parts on as few lines as fit; a part that is too long is broken at its spaces."""
    lines: list[str] = []
    for part in parts:
        if lines and width(lines[-1]) + width(separator) + width(part) <= room:
            lines[-1] += separator + part
        elif width(part) <= room or " " not in part:
            lines.append(fit(part, room))
        else:
            lines.extend(wrap(part.split(), room))
    return [line if not _COMMAND.match(line) else visible(line) for line in lines]


# --- numbers and money ----------------------------------------------------------------------


def number(value: int) -> str:
    """An integer with thousands separators."""
    return f"{value:,}"


def plural(count: int, noun: str, many: str = "") -> str:
    """The count and its noun: `1 file`, `1,204 files`."""
    return f"{number(count)} {noun if count == 1 else many or noun + 's'}"


def marked(value: int, basis: Basis) -> str:
    """A number for a table: `1,847` exact, `~1,847` estimated, `1,847?` assumed, `1,847*` measured."""
    mark = MARKS[basis]
    return mark + number(value) if basis is Basis.ESTIMATED else number(value) + mark


def token_range(count: TokenCount) -> str:
    """The static tokens with their mark: a range over the branches of a template."""
    high = marked(count.high, count.basis)
    if count.low == count.high:
        return high
    return f"~{number(count.low)}-{high[1:]}" if high[0] == "~" else f"{number(count.low)}-{high}"


def percent_error(error: float) -> str:
    """The relative error of an estimate: `±12%`."""
    return f"±{error * 100:.2g}%" if error < 0.1 else f"±{error * 100:.0f}%"


def usd(value: float) -> str:
    """US dollars with three significant digits, and cents where cents are meant."""
    size, sign = abs(value), "-" if value < 0 else ""
    if size == 0:
        return "$0"
    if size < 1e-6:
        return f"{sign}<$0.000001"
    if size >= 99.995:
        return f"{sign}${size:,.0f}"
    if size >= 1:
        return f"{sign}${size:.2f}"
    digits = max(2, 2 - math.floor(math.log10(size)))
    text = f"{size:.{digits}f}"
    while text.endswith("0") and len(text.partition(".")[2]) > 2:
        text = text[:-1]
    return f"{sign}${text}"


def usd_range(ends: tuple[float, float]) -> str:
    """A range of money: `$0.0175-0.035`; one number if both ends look alike."""
    low, high = usd(min(ends)), usd(max(ends))
    if low == high:
        return low
    if not low.startswith("$"):
        return f"{low} to {high}"
    if high.startswith("$0."):  # as many decimals at both ends
        high = high.ljust(len(low), "0")
        low = low.ljust(len(high), "0") if low != "$0" else low
    return f"{low}-{high.removeprefix('$')}"


def usd_sum(ranges: Iterable[tuple[float, float] | None]) -> str:
    """The sum of the known ranges in words; a dash if none is known."""
    known = [ends for ends in ranges if ends is not None]
    return usd_range((sum(low for low, _ in known), sum(high for _, high in known))) if known else "-"
