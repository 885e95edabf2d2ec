"""Literals are read as Python reads them, each character with its own source."""

from __future__ import annotations

import ast
import warnings

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.model import Escaping, SegmentKind, Span
from promptlint.syntax.literals import Run, scan, segments

CHARACTERS = st.text(
    st.one_of(
        st.sampled_from(list("ab1 \n\t\\\"'{}#%$\r\x00\x0c\ud800é😀N")),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=30,
)


def runs_of(source: str) -> tuple[Run, ...]:
    runs = scan(source, Span(0, len(source)))
    assert runs is not None
    return runs


def text_of(source: str) -> str:
    return "".join(run.text for run in runs_of(source))


def slots_of(source: str) -> list[tuple[str, str]]:
    return [(run.text, run.name) for run in runs_of(source) if run.kind is SegmentKind.SLOT]


def value_of(source: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval(f"({source})")
    assert isinstance(value, str)
    return value


def spell(text: str, style: str) -> str:
    """One literal for `text`; a style that cannot spell it gives way to `repr`."""
    escaped = "".join(
        c if (c.isprintable() and c not in "\\\"'") or c == "\n" else f"\\U{ord(c):08x}" for c in text
    )
    if style == "triple":
        return f'"""{escaped}"""'
    if style == "f-string":
        return 'F"' + escaped.replace("\n", "\\n").replace("{", "{{").replace("}", "}}") + '"'
    if style == "hex":
        return "u'" + "".join(f"\\U{ord(c):08x}" for c in text) + "'"
    plain = text.isprintable() and "'" not in text and not text.endswith("\\")
    return f"R'{text}'" if style == "raw" and plain else repr(text)


STYLES = st.sampled_from(["repr", "triple", "f-string", "hex", "raw"])
BETWEEN = st.sampled_from([" ", "\n", "  # 'no' \"text\"\n  ", "\\\n", "\\\r\n", "\f\t"])


@given(st.lists(st.tuples(CHARACTERS, STYLES, BETWEEN), min_size=1, max_size=4))
def test_any_text_in_any_spelling_is_read_back(parts: list[tuple[str, str, str]]) -> None:
    literals = [
        (between if number else "") + spell(text, style)
        for number, (text, style, between) in enumerate(parts)
    ]
    source = "".join(literals)
    assert text_of(source) == "".join(text for text, _, _ in parts)


@given(CHARACTERS, STYLES)
def test_agrees_with_two_other_readers(text: str, style: str) -> None:
    source = spell(text, style)
    if style != "f-string":
        assert text_of(source) == value_of(source)
    if style != "f-string" and text.isascii() and "\x00" not in text:
        node = libcst.parse_expression(source)
        assert isinstance(node, libcst.SimpleString)
        assert node.evaluated_value == text


@given(CHARACTERS, STYLES)
def test_pieces_tile_the_text_and_verbatim_ones_are_their_source(text: str, style: str) -> None:
    source = spell(text, style)
    for segment in segments(runs_of(source)):
        position = 0
        for piece in segment.pieces:
            assert piece.text_start == position
            position = piece.text_end
            if piece.verbatim:
                spelt = source[piece.source_start : piece.source_end]
                assert spelt == segment.text[piece.text_start : piece.text_end]
        assert position == len(segment.text)


@pytest.mark.parametrize(
    "source",
    [
        r"'\x41\u00e9\U0001f600\N{EM DASH}\101\0\a\b\f\n\r\t\v\\\'\"'",
        r"'\d \. \{ \% unknown escapes stay'",
        "'a\\\nb\\\r\nc\\\rd'",
        '"""a\r\nb\rc\nd"""',
        r"r'\n \' \\'",
        "R'''a\\\r\nb'''",
        r"u'\u00fc' U'\x41'",
        r"'\777 \1x'",
    ],
)
def test_escapes(source: str) -> None:
    assert text_of(source) == value_of(source)


@pytest.mark.parametrize(
    ("source", "slots"),
    [
        ("f'a{x}b'", [("{x}", "x")]),
        ("f'{x!r:>{w}}{y=}{z = !s}'", [("{x!r:>{w}}", "x"), ("{y=}", "y"), ("{z = !s}", "z")]),
        ("f'{{{x}}}'", [("{x}", "x")]),
        ("rf'\\{x}'", [("{x}", "x")]),
        ("f'{a != b}'", [("{a != b}", "a != b")]),
        ('f\'{d["k"]:{"}"}}\'', [('{d["k"]:{"}"}}', 'd["k"]')]),
        ("f'{(lambda q: q)(1)}'", [("{(lambda q: q)(1)}", "(lambda q: q)(1)")]),
        ("f'{x:%H:%M}'", [("{x:%H:%M}", "x")]),
        ("f'''{\n  x\n}'''", [("{\n  x\n}", "x")]),
        ("'{no}' f\"{yes}\" '{no}'", [("{yes}", "yes")]),
        ("fR'\\N{x}'", [("{x}", "x")]),
        ("f'\\N{EM DASH}{x}'", [("{x}", "x")]),
        ("f'{x if y else \"{\"}'", [('{x if y else "{"}', 'x if y else "{"')]),
        ("f\"{f'{f'''{x}'''}'}\"", [("{f'{f'''{x}'''}'}", "f'{f'''{x}'''}'")]),
    ],
)
def test_slots(source: str, slots: list[tuple[str, str]]) -> None:
    assert slots_of(source) == slots


@pytest.mark.parametrize(
    ("source", "slots"),
    [
        ("f'{d['k']}'", [("{d['k']}", "d['k']")]),
        ('f"{f"{f"{x}"}"}"', [('{f"{f"{x}"}"}', 'f"{f"{x}"}"')]),
        ("f'''{x # }'\n}'''", [("{x # }'\n}", "x # }'")]),
        ("f'{'\\n'.join(a)}'", [("{'\\n'.join(a)}", "'\\n'.join(a)")]),
    ],
)
def test_slots_of_newer_python(source: str, slots: list[tuple[str, str]]) -> None:
    """PEP 701 allows the outer quote, comments and backslashes inside; older Pythons never get here."""
    assert slots_of(source) == slots


def test_the_text_of_an_f_string_has_its_braces_once_and_is_written_with_two() -> None:
    (first, second, third, *_) = runs_of("f'a{{b'")
    assert (first.text, second.text, third.text) == ("a", "{", "b")
    assert not second.verbatim
    assert first.codec.escaping is Escaping.BRACES


def test_a_segment_never_spans_two_literals() -> None:
    parts = segments(runs_of("'one ' \"two \"\n'three'"))
    assert [part.text for part in parts] == ["one ", "two ", "three"]
    assert [part.codec.quote for part in parts] == ["'", '"', "'"]


def test_a_line_continuation_is_source_that_spells_nothing() -> None:
    (segment,) = segments(runs_of("'a\\\nb'"))
    assert [(piece.source_start, piece.source_end) for piece in segment.pieces] == [(1, 2), (4, 5)]


@pytest.mark.parametrize("source", ["b'a'", "'a' b'b'", "x", "'a' + 'b'", "'open", "f'{open'", "f'{x:{y}'"])
def test_what_is_no_text_is_none(source: str) -> None:
    assert scan(source, Span(0, len(source))) is None


@pytest.mark.parametrize("source", [r"'\1 x'", r"f'\{x}'"])
def test_an_escape_that_could_grow_makes_its_literal_read_only(source: str) -> None:
    assert not any(run.codec.editable for run in runs_of(source))
