"""YAML is read with exact places, resolved as the loader does, and cannot hurt the interpreter."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.errors import SourceError
from promptlint.model import CodecKind
from promptlint.syntax import yamlevents, yamlio
from promptlint.syntax.nodes import Node, Scalar, Sequence, children, plain, pointer

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(yamlevents, "_LOADER", request.param)
    return request.param


def scalars(node: Node) -> list[Scalar]:
    """All values; a key has no pieces."""
    found = [node] if isinstance(node, Scalar) else []
    return found + [scalar for _, child in children(node) for scalar in scalars(child)]


def root(text: str) -> Node:
    (node,) = yamlio.tree(text)
    return node


def value(text: str, *path: str | int) -> Scalar:
    node = root(text)
    for step in path:
        node = dict(children(node))[step]
    assert isinstance(node, Scalar)
    return node


def check_pieces(text: str, scalar: Scalar) -> None:
    """Pieces tile the text, verbatim ones spell themselves, and stand in order inside the span."""
    at, last = 0, scalar.span.start
    for piece in scalar.pieces:
        assert piece.text_start == at
        assert last <= piece.source_start <= piece.source_end <= scalar.span.end
        if piece.verbatim:
            spelt = text[piece.source_start : piece.source_end]
            assert spelt == scalar.text[piece.text_start : piece.text_end]
        at, last = piece.text_end, piece.source_end
    assert at == len(scalar.text or "")


def problem(text: str):
    with pytest.raises(SourceError) as caught:
        yamlio.tree(text)
    with pytest.raises(SourceError):
        yamlio.load(text)
    return caught.value.problem


# --- spellings ------------------------------------------------------------------------------

SPELLINGS = {
    "plain": ("k: plain text", "plain text"),
    "plain, several lines": ("k: one\n  two  \n\n  three\nl: 1", "one two\nthree"),
    "plain, comment": ("k: one two # no", "one two"),
    "plain, colon and hash": ("k: see http://x.y#z", "see http://x.y#z"),
    "plain, line separator": ("k: one\u2028  two\x85  three", "one\u2028two three"),
    "single": ("k: 'it''s'", "it's"),
    "single, several lines": ("k: 'one\n  two\n\n\n  three'", "one two\n\nthree"),
    "double": (
        r'k: "a\tb\x41\u00e9\U0001F600\N\L\_\e\/\0\" \\"',
        'a\tbAé😀\x85\u2028\xa0\x1b/\0" \\',
    ),
    "double, folded": ('k: "one  \n  two\n\n  three"', "one two\nthree"),
    "double, joined": ('k: "one \\\n   \\  two\\\n\n  three"', "one   two\nthree"),
    "double, emoji and nel": ('k: "😀 a\x85 b"', "😀 a b"),
    "literal": ("k: |\n  one\n\n   two\nl: 1", "one\n\n two\n"),
    "literal, strip": ("k: |-\n  one\n  two\n\n\nl: 1", "one\ntwo"),
    "literal, keep": ("k: |+\n  one\n\n\nl: 1", "one\n\n\n"),
    "literal, indented": ("k: |2-\n    one\n   two\n", "  one\n two"),
    "literal, indented, other order": ("- k: |-1\n    one\n", " one"),
    "literal, no last newline": ("k: |\n  one", "one"),
    "literal, comment after header": ("k: | # say\n  one\n", "one\n"),
    "literal, comment after": ("k: |\n  one\n# c\nl: 1", "one\n"),
    "literal, first line blank": ("k: |\n\n  one\n", "\none\n"),
    "literal, spaces in blank line": ("k: |\n  one\n     \n \n  two\n", "one\n   \n\ntwo\n"),
    "literal, separators": ("k: |\n  one\u2028  two\x85  three\n", "one\u2028two\nthree\n"),
    "literal, only blank": ("k: |+\n\n\nl: 1", "\n\n"),
    "literal, tab": ("k: |\n  a\tb\n  \tc\n", "a\tb\n\tc\n"),
    "folded": ("k: >\n  one\n  two\n\n  three\n", "one two\nthree\n"),
    "folded, more indented": ("k: >-\n  one\n    two\n  three\n\n\n  four", "one\n  two\nthree\n\nfour"),
    "folded, keep": ("k: >+\n  one\n  two\n\n\nl: 1", "one two\n\n\n"),
    "folded, trailing space": ("k: >\n  one \n  two\n", "one  two\n"),
    "folded, separator": ("k: >\n  one\u2028  two\n", "one\u2028two\n"),
    "crlf literal": ("k: |\r\n  one\r\n  two\r\nl: 1\r\n", "one\ntwo\n"),
    "crlf folded": ("k: >-\r\n  one\r\n  two\r\n", "one two"),
    "crlf double": ('k: "one\r\n  two"\r\n', "one two"),
    "anchor": ("k: &a 'x y'", "x y"),
    "anchor and tag": ('k: &a !!str "x y"', "x y"),
    "tag and anchor on their own line": ("k: !!str &a # why\n  |\n  x y\n", "x y\n"),
    "tag makes a string": ("k: !!str 12", "12"),
    "unknown tag": ("k: !include prompts/x.md", "prompts/x.md"),
    "empty": ("k: ''", ""),
    "empty literal": ("k: |\nl: 1", ""),
}


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("name", SPELLINGS)
def test_every_style_is_spelt_exactly(name, bom, loader):
    text, expected = SPELLINGS[name]
    text = bom + text
    path = (0, "k") if text.lstrip("\ufeff").startswith("-") else ("k",)
    scalar = value(text, *path)
    assert scalar.text == scalar.value == expected
    check_pieces(text, scalar)
    opaque = name in ("unknown tag", "empty literal") or name == "tag makes a string"
    assert scalar.codec.editable is not opaque or not expected
    assert yamlio.load(text) == plain(root(text))


def test_spans_are_the_scalars_own():
    text = "\ufeffa: &x !!str \"q\"\nb: &y\n  |-\n   one\n\n# c\nc: 'd'\n"
    spans = {name: value(text, name).span for name in "abc"}
    assert [text[span.start : span.end] for span in spans.values()] == ['"q"', "|-\n   one", "'d'"]


def test_codecs_know_indentation_and_newline():
    text = "k:\r\n  l: |\r\n      one\r\n      two\r\n"
    codec = value(text, "k", "l").codec
    assert (codec.kind, codec.indent, codec.newline) == (CodecKind.YAML_LITERAL, " " * 6, "\r\n")


@pytest.mark.parametrize("text", ["k: [plain text]", "k: 12 apples", "k: -x y", "k: !x foo bar"])
def test_what_could_become_something_else_is_not_editable(text):
    assert not any(s.codec.editable for s in scalars(root(text)) if s.text != "k")


# --- values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1, b: 1.5, c: true, d: null, e: ~, f: 0x1F, g: 1_000, h: .inf, i: no, j: 1:30}",
        "a: &x [1, 2]\nb: *x\nc: {d: *x}",
        "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3",
        "a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y], r: 3}",
        "- a\n- - b\n  - c: d\n-\n",
        "2: one\ntrue: yes\nnull: none\n1.5: x",
        "'<<': 1",
        "",
        "# nothing\n",
        "%YAML 1.1\n---\na: b\n...\n",
    ],
)
def test_load_is_what_the_safe_loader_says(text, loader):
    assert yamlio.load(text) == yaml.load(text, loader)


def test_dates_and_binary_stay_strings():
    assert yamlio.load("a: 2024-01-31\nb: !!binary aGk=") == {"a": "2024-01-31", "b": "aGk="}


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.system ['true']", "a: !!python/name:os.system x", "a: !Ref [b]"]
)
def test_tags_are_never_obeyed(text, loader):
    assert yamlio.load(text) in (["true"], {"a": "x"}, {"a": ["b"]})


def test_unknown_tags_are_noted():
    assert value("a: !include x.md", "a").tag == "!include"
    assert value("a: !!str x", "a").tag == ""


def test_documents_of_a_stream():
    first, second = yamlio.tree("a: 1\n---\n- b\n")
    assert (plain(first), plain(second)) == ({"a": 1}, ["b"])
    assert yamlio.tree("") == ()
    assert yamlio.load("a: 1\n---\n- b\n") == {"a": 1}


def test_text_that_an_alias_reaches_is_not_editable():
    text = "a: &x one two\nb: *x\nc: &y {d: three four}\ne: {f: *y}\ng: &z five six\n"
    editable = {s.text for s in scalars(root(text)) if s.codec.editable and " " in (s.text or "")}
    assert editable == {"five six"}


def test_merged_entries_come_last_and_lose():
    node = root("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}").get("b")
    assert [(key.key, plain(item)) for key, item in node.entries] == [("q", 3), ("p", 1)]


# --- what is refused ------------------------------------------------------------------------

SYNTAX = [
    ("a: [b\nc: d", 7),
    ("a: 1\nb: 2\na: 3", 10),
    ("{a: 1, 'a': 2}", 7),
    ("{{ name }}", 1),
    ("a: {{ name }}", 4),
    ("? [a]\n: b", 2),
    ("a: *b", 3),
    ("&a [*a]", 4),
    ("<<: 3", 4),
    ("a: \x07", 3),
    ("a: '\x7f'", 4),
    ('a: "\ud800"', 4),
    ("!!int foo", 6),
    ("a: b: c", 4),
    ("\ta: b", 0),
    ("a: !!bool maybe", 10),
    ("!!int ''", 6),
]


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize(("text", "place"), SYNTAX)
def test_what_is_no_yaml_has_a_place(text, place, bom, loader):
    found = problem(bom + text)
    assert found.code == "SRC002"
    if text != "a: [b\nc: d" and not text.startswith("\t"):
        assert found.span.start == place + len(bom)


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 1000,
        "[" * 101 + "]" * 101,
        laughs(10),
        "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 150))]),
        "a: &a {b: c}\n" + "d: [" + "*a, " * 90_000 + "*a]",
        "x" * 5_000_000,
    ],
    ids=["brackets", "braces", "lists", "keys", "101", "laughs", "alias depth", "aliases", "size"],
)
def test_what_is_too_deep_or_large_is_refused(text, loader):
    if loader is yaml.SafeLoader and len(text) > 200_000:
        pytest.skip("the pure loader takes seconds")
    assert problem(text).code == "SRC003"


def test_a_hundred_levels_are_read():
    assert yamlio.load("[" * 100 + "]" * 100)


def test_a_nested_merge_stays_small():
    text = "a: &a {b: 1}\n" + "".join(f"c{n}: {{<<: *a}}\n" for n in range(1000))
    assert len(yamlio.load(text)) == 1001


# --- laws -----------------------------------------------------------------------------------

DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(
    DATA,
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
    st.sampled_from([20, 80]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_dumped_data_loads_to_itself(data, style, unicode, width, newline):
    text = yaml.safe_dump(data, default_style=style, allow_unicode=unicode, width=width, line_break=newline)
    data = yaml.safe_load(text)  # the dumper itself changes U+0085
    assert yamlio.load(text) == data
    node = root(text)
    assert plain(node) == data
    for scalar in scalars(node):
        if scalar.text is not None:
            check_pieces(text, scalar)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="a '\"|>-+&*!#:{}[],?\n\t\r\x85\u20282<%", max_size=30))
def test_any_text_is_read_as_the_loader_does_or_refused(text):
    try:
        found = yamlio.tree(text)
    except SourceError:
        return
    for node in found:
        for scalar in scalars(node):
            if scalar.text is not None:
                check_pieces(text, scalar)
    if found and len(found) == 1:
        try:
            expected = yaml.safe_load(text)
        except (yaml.YAMLError, TypeError, ValueError, AttributeError, IndexError):
            return
        if not isinstance(expected, (set, tuple)) and "!" not in text and "-" not in text:
            assert yamlio.load(text) == expected


def test_pointers_escape():
    assert pointer(["a/b", 0, "m~n"]) == "/a~1b/0/m~0n"
    assert pointer([]) == ""
    assert isinstance(root("[]"), Sequence)
