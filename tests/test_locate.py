"""Prompt coordinates to source: hand-made pieces whose answers can be read off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.locate import _layout, _Same, edited, locate, location, replaced, source_edits, tiles
from promptlint.model import (
    Arm,
    Codec,
    CodecKind,
    Edit,
    Location,
    Message,
    Piece,
    Prompt,
    Role,
    Segment,
    SegmentKind,
    Source,
    SourceKind,
    Span,
)

INDENTED = "content: |\n    One.\n    Two.\n    Three.\n"


def block_prompt() -> Prompt:
    """The YAML block of INDENTED: three lines, the indentation spells nothing."""
    pieces = []
    text = ""
    position = INDENTED.index("    One")
    for line in ("One.\n", "Two.\n", "Three.\n"):
        position += 4
        pieces.append(Piece(len(text), len(text) + len(line), position, position + len(line)))
        text += line
        position += len(line)
    codec = Codec(CodecKind.YAML_LITERAL, indent="    ")
    span = Span(INDENTED.index("    One"), len(INDENTED))
    segment = Segment(SegmentKind.TEXT, text, span, codec, pieces=tuple(pieces))
    return Prompt("x.yaml", Source("x.yaml", INDENTED, SourceKind.YAML), (Message(None, (segment,)),))


def template_prompt(*parts: tuple[SegmentKind, str, tuple[Arm, ...]]) -> Prompt:
    """A prompt of verbatim segments, one after the other."""
    source = "".join(text for _, text, _ in parts)
    segments = []
    position = 0
    for kind, text, branch in parts:
        span = Span(position, position + len(text))
        wide = kind in (SegmentKind.TEXT, SegmentKind.SLOT)
        pieces = (Piece(0, len(text), span.start, span.end),) if kind is SegmentKind.TEXT else ()
        segments.append(Segment(kind, text if wide else "", span, branch=branch, pieces=pieces))
        position = span.end
    return Prompt("x.j2", Source("x.j2", source, SourceKind.JINJA), (Message(Role.SYSTEM, tuple(segments)),))


def apply(prompt: Prompt, edit: Edit) -> str | None:
    """The source after an edit in prompt coordinates."""
    edits = source_edits(prompt, edit)
    if edits is None:
        return None
    return replaced(prompt.source.text, [(item.span.start, item.span.end, item.new) for item in edits])


@pytest.mark.parametrize(
    ("start", "end", "new", "expected"),
    [
        (0, 5, "", "content: |\n    Two.\n    Three.\n"),
        (5, 10, "", "content: |\n    One.\n    Three.\n"),
        (10, 17, "", "content: |\n    One.\n    Two.\n"),
        (4, 9, "", "content: |\n    One.\n    Three.\n"),
        (5, 5, "Then\n", "content: |\n    One.\n    Then\n    Two.\n    Three.\n"),
        (5, 9, "2\n2b", "content: |\n    One.\n    2\n    2b\n    Three.\n"),
        (4, 5, " ", "content: |\n    One. Two.\n    Three.\n"),
        (3, 13, "", "content: |\n    Oneee.\n"),
    ],
)
def test_an_edit_in_an_indented_block_keeps_the_indentation(
    start: int, end: int, new: str, expected: str
) -> None:
    assert apply(block_prompt(), Edit(Span(start, end), new)) == expected


def test_a_blank_line_without_indentation_goes_alone() -> None:
    source = "x = [\n    One.\n\n\n    Two.\n"
    pieces = (Piece(0, 5, 10, 15), Piece(5, 6, 15, 16), Piece(6, 7, 16, 17), Piece(7, 12, 21, 26))
    codec = Codec(CodecKind.YAML_LITERAL, indent="    ")
    segment = Segment(SegmentKind.TEXT, "One.\n\n\nTwo.\n", Span(6, 26), codec, pieces=pieces)
    prompt = Prompt("x.yaml", Source("x.yaml", source, SourceKind.YAML), (Message(None, (segment,)),))
    assert apply(prompt, Edit(Span(6, 7), "")) == "x = [\n    One.\n\n    Two.\n"


def test_a_place_is_shown_without_the_indentation_before_it() -> None:
    prompt = block_prompt()
    assert locate(prompt, Span(5, 9)) == Span(INDENTED.index("Two"), INDENTED.index("Two") + 4)


def test_an_edit_never_touches_a_slot_a_statement_or_another_arm() -> None:
    text, slot, control = SegmentKind.TEXT, SegmentKind.SLOT, SegmentKind.CONTROL
    one, other = (Arm(0, 0),), (Arm(0, 1),)
    prompt = template_prompt(
        (text, "Hi ", ()), (slot, "{{ x }}", ()), (control, "{% if y %}", ()), (text, "Yes.", one),
        (control, "{% else %}", ()), (text, "No.", other), (control, "{% endif %}", ()), (text, "Bye.", ()),
    )  # fmt: skip
    assert prompt.text == "Hi {{ x }}Yes.No.Bye."
    assert apply(prompt, Edit(Span(0, 5), "")) is None
    assert apply(prompt, Edit(Span(10, 17), "")) is None
    assert apply(prompt, Edit(Span(14, 21), "")) is None
    assert apply(prompt, Edit(Span(10, 14), "Yea.")) == prompt.source.text.replace("Yes.", "Yea.")


def test_an_edit_over_a_comment_leaves_the_comment() -> None:
    text = SegmentKind.TEXT
    prompt = template_prompt((text, "One. ", ()), (SegmentKind.COMMENT, "{# c #}", ()), (text, "Two.", ()))
    assert apply(prompt, Edit(Span(0, 9), "")) == "{# c #}"


def test_an_escape_is_taken_whole_or_not_at_all() -> None:
    source = r'"a\nb"'
    pieces = (Piece(0, 1, 1, 2), Piece(1, 2, 2, 4, verbatim=False), Piece(2, 3, 4, 5))
    segment = Segment(SegmentKind.TEXT, "a\nb", Span(1, 5), Codec(CodecKind.PYTHON, quote='"'), pieces=pieces)
    prompt = Prompt("x.py", Source("x.py", source, SourceKind.PYTHON), (Message(None, (segment,)),))
    assert apply(prompt, Edit(Span(1, 2), "")) == '"ab"'
    assert apply(prompt, Edit(Span(0, 1), 'q"\n')) == r'"q\"\n\nb"'
    assert locate(prompt, Span(1, 2)) == Span(2, 4)


def test_lines_and_columns_are_one_based_and_pass_over_a_bom() -> None:
    assert location("\ufeffab\ncd", Span(1, 3)) == Location(1, 1, 1, 3)
    assert location("ab\ncd", Span(3, 5)) == Location(2, 1, 2, 3)


@given(st.text("a\n\r\u2028\ufeff", max_size=12), st.data())
def test_lines_are_counted_from_the_start_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    found = location(text, Span(start, data.draw(st.integers(start, len(text)))))
    before = text[:start]
    assert found.line == before.count("\n") + 1
    bom = text.startswith("\ufeff") and found.line == 1 and start > 0
    assert found.column == len(before) - before.rfind("\n") - bom


@given(st.lists(st.text("ab\n", max_size=5), min_size=1, max_size=5), st.data())
def test_the_source_edit_and_the_edited_prompt_agree(texts: list[str], data: st.DataObject) -> None:
    prompt = template_prompt(*((SegmentKind.TEXT, text, ()) for text in texts))
    start = data.draw(st.integers(0, len(prompt.text)))
    end = data.draw(st.integers(start, len(prompt.text)))
    edit = Edit(Span(start, end), data.draw(st.text("xa\n", max_size=3)))
    expected = prompt.text[:start] + edit.new + prompt.text[end:]
    assert edited(prompt, [edit]).text == expected
    assert apply(prompt, edit) == expected


# --- places are looked up, not walked to ------------------------------------------------------

KINDS = st.sampled_from(list(SegmentKind))
PARTS = st.lists(st.tuples(KINDS, st.text("ab", max_size=3), st.just(())), max_size=8)


@given(PARTS, st.data())
def test_what_is_looked_up_is_what_a_walk_finds(
    parts: list[tuple[SegmentKind, str, tuple[Arm, ...]]], data: st.DataObject
) -> None:
    prompt = template_prompt(*parts)
    size = len(prompt.text)
    start = data.draw(st.integers(0, size))
    span = Span(start, data.draw(st.integers(start, size)))
    every = list(tiles(prompt))
    assert [tile.segment for tile in every] == list(prompt.segments)
    assert "".join(prompt.text[tile.span.start : tile.span.end] for tile in every) == prompt.text
    near = [tile for tile in every if tile.span.start <= span.end and span.start <= tile.span.end]
    assert list(_layout(_Same(prompt)).near(span)) == near
    wide = [tile for tile in every if tile.span.start < tile.span.end]
    if wide:
        first = next((tile for tile in wide if span.start < tile.span.end), wide[-1])
        assert locate(prompt, span).start in range(first.segment.span.start, first.segment.span.end + 1)
        if first.segment.kind is SegmentKind.TEXT:
            offset = span.start - first.span.start
            assert locate(prompt, span).start == first.segment.span.start + min(
                offset, len(first.segment.text)
            )


def test_two_prompts_that_are_equal_have_their_own_places() -> None:
    one, other = (template_prompt((SegmentKind.TEXT, "ab", ())) for _ in range(2))
    assert one == other
    assert _Same(one) == _Same(one)
    assert _Same(one) != _Same(other)
    assert list(tiles(one)) == list(tiles(other))
