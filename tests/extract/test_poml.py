from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.codecs import encode
from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import replaced, source_edits
from promptlint.model import (
    UNKNOWN,
    Codec,
    CodecKind,
    Edit,
    Extraction,
    Prompt,
    Role,
    SegmentKind,
    Source,
    SourceKind,
    Span,
    Target,
)
from promptlint.proof import prove


def extraction(text: str) -> Extraction:
    return extract(Source("prompts/mail.poml", text, SourceKind.POML))


def read(text: str) -> Prompt:
    found = extraction(text)
    assert not found.problems, found.problems
    (prompt,) = found.prompts
    assert_exact(prompt)
    return prompt


def assert_exact(prompt: Prompt) -> None:
    """Segments are in order; pieces tile each text, and verbatim ones spell it character for character."""
    last = 0
    for segment in prompt.segments:
        assert last <= segment.span.start <= segment.span.end
        last = segment.span.end
        at = 0
        for piece in segment.pieces:
            assert piece.text_start == at
            at = piece.text_end
            if piece.verbatim:
                spelt = prompt.source.text[piece.source_start : piece.source_end]
                assert spelt == segment.text[piece.text_start : piece.text_end]
        if segment.kind is SegmentKind.TEXT:
            assert at == len(segment.text)


def told(prompt: Prompt) -> list[tuple[Role | None, str]]:
    return [(message.role, "".join(part.text for part in message.segments)) for message in prompt.messages]


def test_blocks_are_set_off_and_white_space_is_collapsed() -> None:
    text = "<poml>\n  <role>You  sort\n    mail.</role>\n  <!-- why -->\n  <task>\n    Be <b>very </b> quick. </task>\n</poml>\n"
    prompt = read(text)
    assert prompt.id == "prompts/mail.poml"
    assert told(prompt) == [(Role.USER, "You sort mail.\n\nBe very quick.")]
    assert [part.name for part in prompt.segments if part.kind is SegmentKind.COMMENT] == ["why"]


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("<poml><list><item>One</item><item> Two </item></list>Done</poml>", "One\nTwo\n\nDone"),
        ("<poml>a<br/>b</poml>", "a\nb"),
        ("<poml>a <i>b</i> c<code>d</code></poml>", "a b cd"),
        ("<poml><code inline='false'>a</code>b</poml>", "a\n\nb"),
        ('<poml><p whiteSpace="pre">a  b\r\n c</p></poml>', "a  b\n c"),
        ('<poml><text syntax="text"> a  b </text></poml>', " a  b "),
        ("<poml><p></p><p>a</p><p> </p><p>b</p></poml>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("Free text, {{ x }}.\n", "Free text, {{ x }}.\n"),
        ("<poml>a #lt; b #amp;#hash;lt; &gt; c</poml>", "a < b &#lt; > c"),
        ("<poml>a <!-- x --> b</poml>", "a b"),
        ("<poml>a{{ b }}c {{d}}}e</poml>", "a{{ b }}c {{d}}}e"),
    ],
)
def test_texts_as_rendered(text: str, rendered: str) -> None:
    assert read(text).text == rendered


def test_speakers_make_messages() -> None:
    text = """<poml>
  <role>You add.</role>
  <example><input>1 + 1</input><output>2</output></example>
  <example chat="false"><input>as text</input></example>
  <system-msg>Be brief.</system-msg>
  <p speaker="ai">Ready.</p>
  <AiMessage>Go.</AiMessage>
  <input>{{ question }}</input>
</poml>"""
    assert told(read(text)) == [
        (Role.SYSTEM, "You add."),
        (Role.USER, "1 + 1"),
        (Role.ASSISTANT, "2"),
        (Role.USER, "as text"),
        (Role.SYSTEM, "Be brief."),
        (Role.ASSISTANT, "Ready.\n\nGo."),
        (Role.USER, "{{ question }}"),
    ]


def test_what_is_no_text() -> None:
    text = """<poml>
  <let name="tone" src="tone.txt"/><let name="n" value="1"/>
  <stylesheet>{"p": {"syntax": "json"}}</stylesheet>
  <runtime model="gpt-4.1" temperature="0.5" max-tokens="9" topP="{{ p }}"/>
  <output-schema>{{ schema }}</output-schema>
  <tool-definition name="find" description="Finds mail.">{"type": "object"}</tool-definition>
  <p>Answer {{ n + count(mails, {k: size ? big : small}) }} in {{ tone }} and {{ "a" + loop.index }}.</p>
  <img src="a.png" alt="a picture"/>
  <document src="rules.txt"/><table src="{{ file }}"/>
  <include src="end.poml"/>
</poml>"""
    found = extraction(text)
    prompt = read(text)
    assert prompt.text == (
        'Answer {{ n + count(mails, {k: size ? big : small}) }} in {{ tone }} and {{ "a" + loop.index }}.'
        '\n\n<document src="rules.txt"/><table src="{{ file }}"/>'
    )
    assert [(field.name, field.value) for field in prompt.call.fields] == [
        ("model", "gpt-4.1"),
        ("temperature", 0.5),
        ("max_tokens", 9),
        ("top_p", UNKNOWN),
        ("response_format", UNKNOWN),
        ("tools", UNKNOWN),
    ]
    assert prompt.variables == ("p", "count", "mails", "size", "big", "small", "file")
    assert sum(part.kind is SegmentKind.MEDIA for part in prompt.segments) == 1
    assert [(item.kind, item.target, item.required) for item in found.references] == [
        (Target.FILE, "tone.txt", True),
        (Target.FILE, "rules.txt", True),
        (Target.TEMPLATE, "end.poml", True),
    ]
    assert [text[item.span.start : item.span.end] for item in found.references] == [
        "tone.txt",
        "rules.txt",
        "end.poml",
    ]


def test_conditions_are_branches() -> None:
    text = '<poml><p if="short">Brief.</p><p for="one in all"><b>{{ one }}</b></p><p>Always.</p></poml>'
    prompt = read(text)
    branches = {part.text: part.branch for part in prompt.segments if part.text.strip()}
    assert branches["Always."] == ()
    assert len(branches["Brief."]) == len(branches["{{ one }}"]) == 1
    assert branches["Brief."] != branches["{{ one }}"]
    assert "for one in all" in [part.name for part in prompt.segments]
    assert prompt.variables == ("short", "all")
    low = prompt.text.index("Brief")
    assert source_edits(prompt, Edit(Span(low, len(prompt.text)), "x")) is None


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("<poml><p>a</poml>", "SRC002", "</poml>"),
        ("<poml><p>a", "SRC002", "<p>"),
        ("<poml>a < b</poml>", "SRC002", "< b"),
        ("<poml><p a=>b</p></poml>", "SRC002", "<p a"),
        ("<poml></p></poml>", "SRC002", "</p>"),
        ("<poml><!-- a</poml>", "SRC002", "<!--"),
        ("<p>" * 101, "SRC003", ""),
    ],
)
def test_a_broken_file_is_one_problem_with_its_place(text: str, code: str, at: str) -> None:
    found = extraction(text)
    assert [problem.code for problem in found.problems] == [code]
    assert found.prompts == ()
    if at:
        assert found.problems[0].span.start == text.index(at)


@pytest.mark.parametrize(
    "text", ["", "\ufeff \n", "<poml>\n</poml>", "<poml><let name='a'>You help.</let></poml>"]
)
def test_no_text_is_no_prompt(text: str) -> None:
    assert extraction(text) == extraction(text)
    assert extraction(text).prompts == ()
    assert extraction(text).problems == ()


@pytest.mark.parametrize(
    "filler",
    [
        "<",
        "<p ",
        "<p>",
        "<p/>",
        "{{",
        "{{ }}",
        "}",
        "#lt;",
        "&",
        " ",
        "\n",
        '<p a="',
        "<!--",
        "a: ",
        "<p a b ",
        "</p>",
        "<b/> ",
    ],
)
@pytest.mark.parametrize("lead", ["", "<poml>"])
def test_hostile_text_ends(lead: str, filler: str) -> None:
    extraction(lead + filler * (300_000 // len(filler)))


# --- writing back ---------------------------------------------------------------------------

TEXT = "<poml>\n<p>In order  to\n sort #lt;mail#gt;, <b>read</b> {{ it }} now. </p>\n<p>Be kind.</p>\n</poml>"


def proven(prompt: Prompt, span: Span, new: str, extra: str = "") -> Prompt | None:
    """The prompt read back from the edited file; None if the edit is refused."""
    edits = source_edits(prompt, Edit(span, new))
    if edits is None:
        return None
    text = (
        replaced(prompt.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits]) + extra
    )
    after = Source(prompt.source.path, text, SourceKind.POML)
    try:
        return prove(prompt.source, (prompt,), {prompt.id: (Edit(span, new),)}, edits, after, Options())[0]
    except ProofError:
        return None


def test_an_edit_is_spelt_as_markup() -> None:
    prompt = read(TEXT)
    after = proven(prompt, Span(0, 11), "If <a> & #lt; then to")
    assert after is not None
    assert after.text == "If <a> & #lt; then to" + prompt.text[11:]
    assert "<p>If #lt;a#gt; #amp; #hash;lt; then  to\n sort" in after.source.text


def test_a_break_and_an_expression_cannot_be_edited() -> None:
    prompt = read(TEXT)
    at = prompt.text.index("\n\n")
    assert proven(prompt, Span(at, at + 2), " ") is None
    assert source_edits(prompt, Edit(Span(0, 2), "{{ x }}")) is None
    assert proven(prompt, Span(0, 11), "Two  spaces") is None
    assert proven(prompt, Span(0, 2), "At", extra="<p/>") is None


@given(st.integers(0, 60), st.integers(0, 12), st.text(st.sampled_from('ab <>&#lt;{}\n"'), max_size=8))
def test_an_edit_reads_back_or_is_refused(start: int, length: int, new: str) -> None:
    prompt = read(TEXT)
    span = Span(min(start, len(prompt.text)), min(start + length, len(prompt.text)))
    after = proven(prompt, span, new)
    assert after is None or after.text == prompt.text[: span.start] + new + prompt.text[span.end :]


@given(st.text(max_size=20))
def test_what_is_written_is_read(new: str) -> None:
    spelt = encode(new, Codec(CodecKind.XML))
    if spelt is not None and new.strip() and "\r" not in new:
        assert read(f'<poml whiteSpace="pre">{spelt}</poml>').text == new


@pytest.mark.parametrize("text", ["<p>a</p>" * 20_000, "{{ a }}" * 20_001])
def test_too_many_tags_are_not_read(text: str) -> None:
    (problem,) = extraction(text).problems
    assert (problem.code, problem.message) == ("SRC003", "more than 20,000 tags")
