"""Reads JSON as prompts write it (comments, single quotes, `...`, types as values), with exact spans."""

from __future__ import annotations

import re
from itertools import islice

from promptlint.model import Span
from promptlint.syntax.loosenodes import HOLE, Entry, Fault, Literal, Sort, Value

MAX_DEPTH = 40
"""A literal that is nested deeper than this is not read."""

MAX_VALUES = 50_000
"""A literal with more values than that is data, and is not read."""

_SPACE = re.compile(r"(?:\s++|//[^\n]*+|#[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+")
_COMMENT = re.compile(r"(?://|#)[ \t]*([^\n]*)|/\*((?:[^*]|\*(?!/))*+)\*/")
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*+)"|\'((?:[^\'\\\n]|\\.)*+)\'|“([^”\n]*+)”')
_LONG = re.compile(r'"((?:[^"\\]|\\.){0,20000}+)"', re.DOTALL)
_KEY = re.compile(
    rf"[A-Za-z_$][\w.$-]{{0,80}}\??(?=\s{{0,40}}:)|<[^<>\n]{{1,80}}>(?=\s{{0,40}}:)|{HOLE}+(?=\s{{0,40}}:)"
)
_COLON = re.compile(r"\s{0,200}:\s{0,2000}")
_DOTS = re.compile(r"(?:\.{3,}|…)[ \t]*(?:\([^()\n]{0,80}\))?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?(?=\s|[,}\]]|/[/*]|#|$)")
_CONSTANT = re.compile(r"(true|false|null|True|False|None)(?=\s{0,200}(?:[,}\]\n]|//|#|$))")
_ENDS = re.compile(r"[ \t]*(?:[,}\]\n]|//|#|/\*|$)")
_WORD = re.compile(
    r'(?:"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'(?!\w)|<[^<>\n]*+>|\([^()\n]*+\)|\[[^\[\]\n]*+\]|\{[^{}\n"]*+\}|(?!\s//|\s#)[^,\]}\n])++'
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_START = re.compile(r"[{\[]")
_FENCED = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*[\w+.-]{0,20}[^\S\n]*\n")
_FENCE_END = re.compile(r"\s*(?:`{3,}|~{3,})?[.,;]?\s*")
_TRIES = 3  # brackets of a text that are tried as the start of a literal


def read(text: str, start: int, end: int) -> Literal | None:
    """The object or array that begins at `start` (after space); None if what is there is no literal.

    What follows it is not looked at. It takes time linear in its length.
    """
    reader = _Reader(text, end)
    at = reader.skip(start)
    if at >= end or text[at] not in "{[":
        return None
    try:
        root = reader.container(at, 0)
    except _Stop:
        return None
    return Literal(root, tuple(sorted(reader.faults, key=lambda fault: fault[1].start)))


def whole(text: str, start: int, end: int) -> Literal | None:
    """The literal that takes all of a range, but for a code fence around it; None if there is none."""
    fence = _FENCED.match(text, start, end)
    found = read(text, fence.end() if fence else start, end)
    if found is None:
        return None
    return found if _FENCE_END.fullmatch(text, found.root.span.end, end) else None


def within(text: str, start: int, end: int) -> Literal | None:
    """The first literal with an entry or item in a range, prose around it; None if there is none."""
    for match in islice(_START.finditer(text, start, end), _TRIES):
        found = read(text, match.start(), end)
        if found is not None and not found.cut and (found.root.entries or found.root.items):
            return found
    return None


class _Stop(Exception):  # noqa: N818  # no error: what is read is no literal
    """Raised where a text cannot be read as a literal."""


class _Reader:
    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end
        self.faults: list[tuple[Fault, Span]] = []
        self.values = 0

    def skip(self, at: int) -> int:
        """Past space and comments."""
        match = _SPACE.match(self.text, at, self.end)
        stop = match.end() if match else at
        if stop > at and not self.text[at:stop].isspace():
            self.fault(Fault.COMMENT, at, stop)
        return stop

    def fault(self, what: Fault, start: int, end: int) -> None:
        self.faults.append((what, Span(start, end)))

    def container(self, at: int, depth: int) -> Value:
        """The object or array at `at`."""
        if depth > MAX_DEPTH:
            raise _Stop
        opening = self.text[at]
        doubled = opening == "{" and self.text[at + 1 : at + 2] == "{"
        if doubled:
            self.fault(Fault.BRACES, at, at + 2)
        close = "}}" if doubled else "}" if opening == "{" else "]"
        entries: list[Entry] = []
        items: list[Value] = []
        is_open, comma, start = False, True, at
        at = self.skip(at + len(close))
        while not self.text.startswith(close, at, self.end):
            self.values += 1
            if self.values > MAX_VALUES:
                raise _Stop
            if at >= self.end:
                self.fault(Fault.CUT, self.end, self.end)
                return self._made(opening, Span(start, self.end), entries, items, is_open)
            dots = _DOTS.match(self.text, at, self.end)
            if dots is not None:
                self.fault(Fault.DOTS, *dots.span())
                is_open, at = True, self.skip(dots.end())
            else:
                if not comma and not (entries and entries[-1].value.sort is Sort.WORD):
                    self.fault(Fault.NO_COMMA, at, at)
                if opening == "{":
                    entry, at = self.entry(at, depth)
                    entries.append(entry)
                else:
                    item, at = self.value(at, depth)
                    items.append(item)
            before = at
            at = self.skip(at)
            comma = self.text.startswith(",", at, self.end)
            if comma:
                before = at
                at = self.skip(at + 1)
                if self.text.startswith(close, at, self.end):
                    self.fault(Fault.COMMA, before, before + 1)
            self._note(entries, items, before, at)
        return self._made(opening, Span(start, at + len(close)), entries, items, is_open)

    def _made(
        self, opening: str, span: Span, entries: list[Entry], items: list[Value], is_open: bool
    ) -> Value:
        sort = Sort.OBJECT if opening == "{" else Sort.ARRAY
        return Value(sort, span, "", tuple(entries), tuple(items), "", is_open)

    def _note(self, entries: list[Entry], items: list[Value], start: int, end: int) -> None:
        """Gives the comment between `start` and the line's end to the last value."""
        if end - start < 3:
            return
        line = self.text.find("\n", start, end)
        found = _COMMENT.search(self.text, start, end if line < 0 else line)
        if found is None:
            return
        note = (found[1] or found[2] or "").strip()
        if entries:
            last = entries[-1]
            entries[-1] = Entry(last.key, last.span, _noted(last.value, note))
        elif items:
            items[-1] = _noted(items[-1], note)

    def entry(self, at: int, depth: int) -> tuple[Entry, int]:
        """A key with its value, and where it ends."""
        quoted = _QUOTED.match(self.text, at, self.end)
        bare = None if quoted else _KEY.match(self.text, at, self.end)
        found = quoted or bare
        if found is None:
            if self.text[at] != '"' or self.text.find('"', at + 1, self.end) >= 0:
                raise _Stop
            self.fault(Fault.CUT, self.end, self.end)
            return Entry(self.text[at + 1 : self.end], Span(at, self.end), _missing(self.end)), self.end
        if bare is not None and HOLE not in bare[0]:
            self.fault(Fault.KEY, *bare.span())
        elif quoted is not None and quoted[1] is None:
            self.fault(Fault.QUOTES, *quoted.span())
        key = _string(quoted) if quoted else found[0].rstrip("?")
        colon = _COLON.match(self.text, found.end(), self.end)
        if colon is None:
            if found.end() >= self.end:
                self.fault(Fault.CUT, self.end, self.end)
                return Entry(key, Span(*found.span()), _missing(self.end)), self.end
            raise _Stop
        said = _COMMENT.match(self.text, colon.end(), self.end)
        if said is not None and said[1] is not None and "\n" not in colon[0]:
            self.fault(Fault.WORD, *said.span())  # `"answer": # the answer`
            return Entry(
                key, Span(*found.span()), Value(Sort.WORD, Span(*said.span()), said[1].strip())
            ), said.end()
        value, at = self.value(self.skip(colon.end()), depth)
        return Entry(key, Span(*found.span()), value), at

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        """A value, and where it ends."""
        if at >= self.end:
            self.fault(Fault.CUT, self.end, self.end)
            return _missing(self.end), self.end
        if self.text[at] in "{[":
            made = self.container(at, depth + 1)
            return made, made.span.end
        simple = self._simple(at)
        if simple is not None:
            return simple, simple.span.end
        word = _WORD.match(self.text, at, self.end)
        if word is None:
            raise _Stop
        body = word[0].rstrip()
        span = Span(at, at + len(body))
        if not body.strip(HOLE):
            return Value(Sort.HOLE, span, "", open=True), span.end
        if body[0] == '"' and _QUOTED.match(body) is None:
            return self._long(at, span)
        self.fault(Fault.WORD, at, span.end)
        return Value(Sort.WORD, span, body, open=HOLE in body), span.end

    def _long(self, at: int, rest: Span) -> tuple[Value, int]:
        """A string with line breaks in it, or one that the text cuts off."""
        found = _LONG.match(self.text, at, self.end)
        if found is not None and _ENDS.match(self.text, found.end(), self.end):
            self.fault(Fault.QUOTES, *found.span())
            return Value(
                Sort.STRING, Span(*found.span()), _decoded(found[1]), open=HOLE in found[1]
            ), found.end()
        tail = self.text[rest.end : self.end].strip()
        if '"' in tail or "\n" in tail:
            raise _Stop
        self.fault(Fault.CUT, self.end, self.end)
        return Value(Sort.STRING, Span(at, self.end), self.text[at + 1 : self.end]), self.end

    def _simple(self, at: int) -> Value | None:
        """A string, number or constant that nothing but the next entry follows."""
        quoted = _QUOTED.match(self.text, at, self.end)
        if quoted is not None and _ENDS.match(self.text, quoted.end(), self.end):
            if quoted[1] is None:
                self.fault(Fault.QUOTES, *quoted.span())
            body = _string(quoted)
            return Value(Sort.STRING, Span(*quoted.span()), body, open=HOLE in body)
        number = _NUMBER.match(self.text, at, self.end)
        if number is not None:
            return Value(Sort.NUMBER, Span(*number.span()), number[0])
        constant = _CONSTANT.match(self.text, at, self.end)
        if constant is None:
            return None
        if constant[1][0].isupper():
            self.fault(Fault.WORD, *constant.span())
        text = {"None": "null"}.get(constant[1], constant[1].lower())
        return Value(Sort.NULL if text == "null" else Sort.BOOLEAN, Span(*constant.span()), text)


def _missing(at: int) -> Value:
    return Value(Sort.NULL, Span(at, at))


def _noted(value: Value, note: str) -> Value:
    return Value(
        value.sort, value.span, value.text, value.entries, value.items, value.note or note, value.open
    )


def _string(match: re.Match[str]) -> str:
    return _decoded(next(part for part in match.groups() if part is not None))


def _decoded(body: str) -> str:
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_unescaped, body)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\\u" in body else text


def _unescaped(match: re.Match[str]) -> str:
    said = match[1]
    return chr(int(said[1:], 16)) if said[0] == "u" and len(said) == 5 else _ESCAPES.get(said, said)
