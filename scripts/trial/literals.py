"""The string literals of a file, each with its place, as the container's own parser reads them."""

from __future__ import annotations

import ast
import html
import json
import re
import warnings
import xml.parsers.expat
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import yaml
from jinja2 import Environment, TemplateError

from promptlint.model import Codec, CodecKind, Escaping, Source, SourceKind

if TYPE_CHECKING:
    from tree_sitter import Node

UNREADABLE = (
    SyntaxError,
    ValueError,
    RecursionError,
    MemoryError,
    yaml.YAMLError,
    TemplateError,
    xml.parsers.expat.ExpatError,
)
"""What the parsers say of a file that they do not read."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A place that holds a string.

    `start` and `end` are code points of the file. `texts` are what the parser reads there, in order: one
    string, or the fixed parts of an f-string or a template. `spelt`: they still hold the escapes of a
    template language.
    """

    start: int
    end: int
    texts: tuple[str, ...]
    spelt: bool = True


Reader = Callable[[str], list[Literal]]


def readers(source: Source, codec: Codec, first: int) -> tuple[object, Reader]:
    """A key and the reader for segments of that codec; `first` is where their prompt begins."""
    if source.kind is SourceKind.NOTEBOOK:
        return "notebook", notebook
    if codec.outer is not None:
        return ("nested", codec.outer.kind), lambda text: nested(
            text, readers(source, codec.outer or codec, 0)[1]
        )
    if codec.kind is CodecKind.VERBATIM and source.kind is not SourceKind.BAML:
        if codec.escaping is Escaping.JINJA:
            return ("jinja", first), lambda text: jinja(text, first)
        return "text", lambda text: [Literal(0, len(text), (text,))]
    if codec.kind.value.startswith("yaml"):
        header = source.kind is not SourceKind.YAML
        return "yaml", yaml_front if header else yaml_scalars
    if source.kind is SourceKind.JSONL:
        return "lines", json_lines
    return codec.kind, _READERS[codec.kind]


# --- Python ---------------------------------------------------------------------------------


def python(text: str) -> list[Literal]:
    """The outermost string literals and f-strings; adjacent ones are one, as `ast` has it."""
    bom = int(text.startswith("\ufeff"))
    tree = _tree(text)
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    ends = [*starts[1:], len(text)]

    def place(line: int, column: int) -> int:
        start = starts[line - 1]
        shift = bom if line == 1 else 0
        row = text[start + shift : ends[line - 1]]
        return start + shift + (column if row.isascii() else len(row.encode()[:column].decode()))

    def end(node: ast.expr) -> int:
        return place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    found = [
        Literal(
            place(node.lineno, node.col_offset),
            end(node),
            tuple(_python_texts(node)),
            spelt=isinstance(node, ast.Constant),
        )
        for node in _strings(tree)
    ]
    for separator, before, after in _joints(tree):
        found.append(Literal(end(before), place(after.lineno, after.col_offset), (separator,)))
    return found


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.removeprefix("\ufeff"))


def _strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.JoinedStr):
            yield node
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node
        else:
            todo.extend(ast.iter_child_nodes(node))


def separators(source: Source) -> frozenset[str]:
    """The separators of all lists that a Python file or a script joins; of another file none."""
    if source.kind in (SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT):
        return frozenset(unescaped(match[2]) for match in _JOIN.finditer(source.text))
    try:
        tree = _tree(source.text)
    except UNREADABLE:
        return frozenset()
    return frozenset(separator for separator, _ in _joins(tree))


def _joins(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            joined = node.func.value
            if isinstance(joined, ast.Constant) and isinstance(joined.value, str) and node.args:
                yield joined.value, node


def _joints(tree: ast.AST) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """The separator of `"...".join([...])` and the items on either side of each place where it is put."""
    for separator, call in _joins(tree):
        items = call.args[0]
        if isinstance(items, (ast.List, ast.Tuple)):
            for before, after in pairwise(items.elts):
                yield separator, before, after


def _python_texts(node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
    for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
        if isinstance(part, ast.Constant):
            yield str(part.value)


# --- data -----------------------------------------------------------------------------------


def yaml_scalars(text: str, offset: int = 0) -> list[Literal]:
    """All scalars of all documents, keys included."""
    bom = int(text.startswith("\ufeff"))
    found: list[Literal] = []
    todo = list(yaml.compose_all(text[bom:], Loader=yaml.CSafeLoader))
    seen = set()
    while todo:
        node = todo.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            start, end = node.start_mark.index, node.end_mark.index
            found.append(Literal(start + bom + offset, end + bom + offset, (node.value,)))
        elif isinstance(node, yaml.MappingNode):
            todo.extend(each for pair in node.value for each in pair)
        else:
            todo.extend(node.value)
    return found


def yaml_front(text: str) -> list[Literal]:
    """The scalars of the front matter of a text file."""
    match = re.match(r"(\ufeff?\s*---[ \t]*\r?\n)(.*?)^---[ \t]*\r?$", text, re.DOTALL | re.MULTILINE)
    if match is None:
        raise ValueError("no front matter")
    return yaml_scalars(match[2], len(match[1]))


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def json_strings(text: str) -> list[Literal]:
    """All strings, keys included: in JSON a quote that is no part of one has no place."""
    return [
        Literal(match.start(), match.end(), (str(json.loads(match.group(), strict=False)),))
        for match in _STRING.finditer(text)
    ]


def json_lines(text: str) -> list[Literal]:
    """The strings of the lines that are JSON; a broken line says nothing of the others."""
    found: list[Literal] = []
    start = int(text.startswith("\ufeff"))
    for line in text[start:].split("\n"):
        try:
            json.loads(line)
        except ValueError:
            inner = []
        else:
            inner = json_strings(line)
        found += [Literal(each.start + start, each.end + start, each.texts) for each in inner]
        start += len(line) + 1
    return found


def nested(text: str, outer: Reader) -> list[Literal]:
    """The strings of documents (JSON, YAML) that are strings themselves, in the place of that string."""
    return [Literal(each.start, each.end, tuple(_inner("".join(each.texts)))) for each in outer(text)]


def _inner(document: str) -> Iterator[str]:
    try:
        json.loads(document)
        read = json_strings(document)
    except ValueError:
        try:
            read = yaml_scalars(document)
        except yaml.YAMLError:
            return
    for each in sorted(read, key=lambda each: each.start):
        yield from each.texts


# --- notebooks ------------------------------------------------------------------------------

_CHARACTER = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\.|[^\\]", re.DOTALL)
MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)
"""What begins a line of a code cell that is no Python."""


def notebook(text: str) -> list[Literal]:
    """The Python literals of code cells and the whole of the others, as places of the file."""
    tokens = _STRING.finditer(text)
    book = json.loads(text[int(text.startswith("\ufeff")) :], object_pairs_hook=_Pairs)
    found: list[Literal] = []
    for cell in _cells(book, tokens):
        code, places = _cell(cell.strings)
        if cell.kind != "code":
            found += [Literal(places[0], places[-1], (code,))] if code else []
            continue
        try:
            inner = python(MAGIC.sub(r"\1#", code))
        except UNREADABLE:
            inner = [Literal(0, len(code), (code,))] if code else []
        found += [Literal(places[each.start], places[each.end], each.texts, each.spelt) for each in inner]
    return found


class _Pairs(list[tuple[str, object]]):
    """The entries of a JSON object, in order, doubles kept."""


@dataclass(slots=True)
class _Cell:
    kind: str
    strings: list[re.Match[str]]


def _cells(book: object, tokens: Iterator[re.Match[str]]) -> Iterator[_Cell]:
    """The cells with the strings of their source; `tokens` are all strings of the file, keys included."""
    if isinstance(book, _Pairs):
        cell = _Cell("", [])
        for key, value in book:
            next(tokens)
            if key == "source":
                cell.strings = [next(tokens) for each in _flat(value)]
            elif key == "cell_type" and isinstance(value, str):
                cell.kind = value
                next(tokens)
            else:
                yield from _cells(value, tokens)
        if cell.strings and cell.kind:
            yield cell
    elif isinstance(book, list):
        for value in book:
            yield from _cells(value, tokens)
    elif isinstance(book, str):
        next(tokens)


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, _Pairs):
        for key, item in value:
            yield key
            yield from _flat(item)
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)


def _cell(strings: Iterable[re.Match[str]]) -> tuple[str, list[int]]:
    """The text of a cell, and where each of its characters (and its end) stands in the file."""
    out: list[str] = []
    places: list[int] = []
    end = 0
    for token in strings:
        end = token.end() - 1
        for match in _CHARACTER.finditer(token.string, token.start() + 1, end):
            read = str(json.loads(f'"{match.group()}"', strict=False))
            out.append(read)
            places += [match.start()] * len(read)
    return "".join(out), [*places, end]


# --- templates ------------------------------------------------------------------------------


def jinja(text: str, first: int) -> list[Literal]:
    """The texts outside of tags, from `first` on; all of it if it is no Jinja but mustache."""
    try:
        if _MUSTACHE.search(text, first) or _SAID.search(text, 0, first):
            raise TemplateError
        data = tuple(value for _, token, value in _ENVIRONMENT.lex(text[first:]) if token == "data")
    except TemplateError:
        data = (text[first:],)
    return [Literal(first, len(text), data)]


_MUSTACHE = re.compile(r"\{\{\{|\{\{~?[#/^>!&]|\{\{\$|\{\{~?else\b|\{\{\w+\.?\s+[\"']")
_SAID = re.compile(r"\b(?:mustache|handlebars)\s*$", re.MULTILINE)
_ENVIRONMENT = Environment(keep_trailing_newline=True)  # nothing is rendered


# --- scripts --------------------------------------------------------------------------------

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_SIMPLE |= {"\u2028": "", "\u2029": ""}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


_JOIN = re.compile(r"""\.join\(\s*(["'`])((?:\\.|(?!\1).)*)\1\s*\)""", re.DOTALL)


def unescaped(text: str) -> str:
    """What a JavaScript string says; surrogate pairs become one character."""

    def one(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        return chr(int(digits, 16)) if digits else _SIMPLE.get(match[4], match[4])

    plain = _ESCAPE.sub(one, text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def script(text: str) -> list[Literal]:
    """The strings and template literals of TypeScript or JavaScript, those inside `${}` too."""
    from tree_sitter import Language, Parser
    from tree_sitter_typescript import language_tsx, language_typescript

    data = re.sub(r"\r(?!\n)", "\n", text).encode()  # at a lone CR tree-sitter may loop for ever
    trees = [Parser(Language(make())).parse(data) for make in (language_tsx, language_typescript)]
    tree = min(trees, key=lambda each: each.root_node.has_error)
    if tree.root_node.has_error:
        raise ValueError("a syntax error, from where on nobody can tell what is a string")
    offsets = _offsets(text)
    found, todo = [], [tree.root_node]
    while todo:
        node = todo.pop()
        if node.type in ("string", "template_string"):
            texts = tuple(_script_texts(node))
            found.append(Literal(offsets(node.start_byte), offsets(node.end_byte), texts))
        todo.extend(node.children)
    return found


def _script_texts(node: Node) -> Iterator[str]:
    data = (node.text or b"")[1:-1]
    done = 1
    for child in node.children:
        if child.type == "template_substitution":
            start, end = child.start_byte - node.start_byte, child.end_byte - node.start_byte
            yield _script_text(data[done - 1 : start - 1])
            done = end
    yield _script_text(data[done - 1 :])


def _script_text(data: bytes) -> str:
    """What a stretch of a literal says: its line ends are LF before its escapes are read."""
    return unescaped(re.sub(r"\r\n?", "\n", data.decode()))


def _offsets(text: str) -> Callable[[int], int]:
    """From byte to code point."""
    if text.isascii():
        return lambda byte: byte
    sizes = [0]
    for char in text:
        sizes.append(sizes[-1] + len(char.encode()))
    return lambda byte: bisect_right(sizes, byte) - 1


# --- markup ---------------------------------------------------------------------------------


def poml(text: str) -> list[Literal]:
    """The character data between two tags; a document type, and so an entity of its own, is an error."""
    data = f"<r>{text.removeprefix(chr(0xFEFF))}</r>".encode()
    offsets, shift = _offsets(data.decode()), 3 - int(text.startswith("\ufeff"))
    parser = xml.parsers.expat.ParserCreate()
    found: list[Literal] = []
    state: list[tuple[int, str]] = []

    def close(*_: object) -> None:
        if state:
            end = offsets(parser.CurrentByteIndex) - shift
            found.append(Literal(state[0][0], end, (poml_text("".join(said for _, said in state)),)))
            state.clear()

    def said(chunk: str) -> None:
        state.append((offsets(parser.CurrentByteIndex) - shift, chunk))

    parser.CharacterDataHandler = said
    parser.StartElementHandler = parser.EndElementHandler = close
    parser.CommentHandler = parser.ProcessingInstructionHandler = close
    parser.Parse(data, True)
    return found


_POML_ENTITY = re.compile(r"#(lt|gt|amp|quot|apos);")
_POML_SIGNS = {"#hash;": "#", "#lbrace;": "{", "#rbrace;": "}"}


def poml_text(text: str) -> str:
    """What XML leaves of POML's own entities (`#lt;`) and white space, as a renderer reads it."""
    text = html.unescape(_POML_ENTITY.sub(r"&\1;", text))
    for spelt, sign in _POML_SIGNS.items():
        text = text.replace(spelt, sign)
    return re.sub(r"\s+", " ", text)


_BAML = re.compile(r'//[^\n]*|(?P<hash>#+)"(?P<raw>.*?)"(?P=hash)|"(?P<quoted>(?:[^"\\]|\\.)*)"', re.DOTALL)


def baml(text: str) -> list[Literal]:
    """Raw and quoted strings; a comment, whatever quotes it holds, is a literal that says nothing."""
    return [
        Literal(
            match.start(), match.end(), (match["raw"] if match["hash"] else unescaped(match["quoted"] or ""),)
        )
        for match in _BAML.finditer(text)
    ]


_READERS: dict[CodecKind, Reader] = {
    CodecKind.PYTHON: python,
    CodecKind.JSON: json_strings,
    CodecKind.JAVASCRIPT: script,
    CodecKind.XML: poml,
    CodecKind.BAML: baml,
    CodecKind.VERBATIM: baml,
}
