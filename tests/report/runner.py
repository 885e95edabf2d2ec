"""What a CI service's log does with a line, re-told from GitHub's runner and Azure's agent; and what is unseen."""

from __future__ import annotations

import re
import sys
import unicodedata

from hypothesis import strategies as st

COMMANDS = {
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
}
DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
SPACES = "".join(map(chr, (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029)))
SPACES += "\u202f\u205f\u3000"
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

Command = tuple[str, dict[str, str], str]


def lines_of(output: str) -> list[str]:
    """Lines as a stream reader of the runner cuts them: at CR, LF, or both."""
    return re.split(r"\r\n|\r|\n", output)


def _unescape(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for spelt, char in table:
        text = text.replace(spelt, char)
    return text


def new_form(line: str) -> Command | None:
    """`::name key=value,key=value::data` at the start of a line, white space before it passed over."""
    line = line.lstrip(SPACES)
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    if name.lower() not in COMMANDS:
        return None
    pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if pair)
    properties = {pair[0]: _unescape(pair[1], PROPERTY) for pair in pairs if len(pair) == 2}
    return name, properties, _unescape(line[end + 2 :], DATA)


def old_form(line: str) -> Command | None:
    """`##[name key=value]data` anywhere in a line."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name = line[start + 3 : end].partition(" ")[0]
    return (name, {}, line[end + 1 :]) if name.lower() in COMMANDS else None


def command_of(line: str) -> Command | None:
    """The command that the runner carries out for a line; it compares as a language does: the unseen is nothing."""
    for text in (line, _seen(line)):
        if found := new_form(text) or old_form(text):
            return found
    return None


def _seen(line: str) -> str:
    return line if line.isascii() and line.isprintable() else ODD_BUT_SPACES.sub("", UNSEEN.sub("", line))


def acts(line: str) -> str:
    """Why a line is not for a log of text, stricter than any one service; empty if it is harmless."""
    for text in (line, _seen(line)):
        if text.lstrip(SPACES).startswith("::"):
            return "opens like a command"
        if re.search(r"##[A-Za-z]*\[", text):
            return "holds a command"
    return ""


def _odd(kept: str) -> re.Pattern[str]:
    """Finds the characters that control, reorder or hide, but for those of `kept`."""
    odd = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    ends: list[list[int]] = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in odd and chr(point) not in kept:
            if ends and ends[-1][1] == point - 1:
                ends[-1][1] = point
            else:
                ends.append([point, point])
    return re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ends) + "]+")


ODD = _odd("\n")
ODD_BUT_SPACES = _odd(SPACES)


def unseen(text: str) -> str:
    """The characters of a text that control a terminal, or that nobody sees."""
    return "".join(ODD.findall(text))


WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "::",
                "##[",
                "##",
                "[",
                "error",
                "::error::x",
                "##vso[",
                "]",
                "\n",
                "\r",
                " ",
                "\ufe0f",
                "\u200b",
            ]
        ),
        st.sampled_from(
            ["\u3000", "\x85", "\u2028", "\x1b[1m", "%0A", "]]>", "<", "&", "](", "\ud800", "\u202e"]
        ),
        st.characters(),
    ),
    max_size=12,
).map("".join)
"""Texts of the pieces that make commands, and of any others."""
