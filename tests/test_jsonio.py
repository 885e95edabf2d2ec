"""JSON is read with exact places; what is no JSON is refused with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.errors import SourceError
from promptlint.syntax import jsonio
from promptlint.syntax.nodes import Mapping, Scalar, Sequence, children, plain

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


def strings(node):
    found = [node] if isinstance(node, Scalar) and node.text is not None else []
    if isinstance(node, Mapping):
        found += [key for key, _ in node.entries]
    return found + [scalar for _, child in children(node) for scalar in strings(child)]


def check(text: str, scalar: Scalar) -> None:
    assert json.loads(text[scalar.span.start : scalar.span.end]) == scalar.text
    at, place = 0, scalar.span.start + 1
    for piece in scalar.pieces:
        assert (piece.text_start, piece.source_start) == (at, place)
        spelt = text[piece.source_start : piece.source_end]
        means = scalar.text[piece.text_start : piece.text_end]
        assert spelt == means if piece.verbatim else json.loads(f'"{spelt}"') == means
        at, place = piece.text_end, piece.source_end
    assert (at, place) == (len(scalar.text), scalar.span.end - 1)


@settings(max_examples=100, deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 2]), st.sampled_from(["", "\ufeff", " \r\n\t"]))
def test_every_document_is_read_exactly(data, ascii_only, indent, before):
    text = before + json.dumps(data, ensure_ascii=ascii_only, indent=indent) + "\n"
    node = jsonio.parse(text)
    assert plain(node) == data
    for scalar in strings(node):
        check(text, scalar)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='{}[]",:\\ue0d8tfn1-.\n ', max_size=20))
def test_any_text_is_read_as_the_library_does_or_refused(text):
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(SourceError) as caught:
            jsonio.parse(text)
        assert caught.value.problem.code == "SRC002"
        assert caught.value.problem.span.start <= len(text)
    else:
        assert plain(jsonio.parse(text)) == expected


def test_every_escape_is_one_piece():
    node = jsonio.parse(r'"a\ud83d\ude00\u00e9\n\/\\b"')
    assert node.text == "a😀é\n/\\b"
    assert [(p.text_end - p.text_start, p.source_end - p.source_start) for p in node.pieces] == [
        (1, 1),
        (1, 12),
        (1, 6),
        (1, 2),
        (1, 2),
        (1, 2),
        (1, 1),
    ]


@pytest.mark.parametrize("text", [r'"\ud83d"', r'"\ude00\ud83d"', '"\x7f\u2028"'])
def test_what_yaml_readers_refuse_is_read(text):
    node = jsonio.parse(text)
    assert node.text == json.loads(text)
    check(text, node)


def test_spans_are_exact():
    text = ' {"a": [1, -2.5e3, true, null, "x"], "b": {}}'
    node = jsonio.parse(text)
    spans = [child.span for _, child in children(node.get("a"))]
    assert [text[span.start : span.end] for span in spans] == ["1", "-2.5e3", "true", "null", '"x"']
    assert text[node.span.start : node.span.end] == text[1:]
    assert [text[key.span.start : key.span.end] for key, _ in node.entries] == ['"a"', '"b"']


def test_duplicate_keys_are_both_kept_and_never_edited():
    node = jsonio.parse('{"a": "x", "b": "y", "a": [{"c": "z"}]}')
    assert [key.key for key, _ in node.entries] == ["a", "b", "a"]
    assert [s.text for s in strings(node) if s.codec.editable and s.text in "xyz"] == ["y"]
    assert isinstance(node.get("a"), Sequence)
    assert plain(node) == {"a": [{"c": "z"}], "b": "y"}


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 0),
        ("NaN", 0),
        ("[-Infinity]", 1),
        ("[1] x", 4),
        ("[1] // note", 4),
        ('{"a": 1,}', 8),
        ("[1,]", 3),
        ("[1 2]", 3),
        ('{"a" 1}', 5),
        ("{a: 1}", 1),
        ("'a'", 0),
        ('"a\nb"', 2),
        ('"a', 0),
        (r'"\x"', 1),
        ("01", 1),
        ("[1", 2),
        ('{"a": 1', 7),
        ('{"a": 1]', 7),
        ("nul", 0),
        ("-", 0),
        ("{} {}", 3),
    ],
)
def test_what_is_no_json_has_a_place(text, place, bom):
    with pytest.raises(SourceError) as caught:
        jsonio.parse(bom + text)
    assert caught.value.problem.code == "SRC002"
    assert caught.value.problem.span.start == place + len(bom)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 101 + "]" * 101,
        "1" * 5000,
        "[" + "1," * 210_000 + "1]",
        " " * 5_000_000,
    ],
    ids=["lists", "maps", "101", "number", "count", "size"],
)
def test_what_is_too_deep_or_large_is_refused(text):
    with pytest.raises(SourceError) as caught:
        jsonio.parse(text)
    assert caught.value.problem.code == "SRC003"


def test_a_hundred_levels_are_read():
    assert plain(jsonio.parse("[" * 100 + "]" * 100)) is not None
