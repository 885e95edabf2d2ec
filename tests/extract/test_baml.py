from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import replaced, source_edits
from promptlint.model import UNKNOWN, Edit, Extraction, Prompt, Role, SegmentKind, Source, SourceKind, Span
from promptlint.proof import prove
from promptlint.suppress import suppressions


def extraction(text: str) -> Extraction:
    return extract(Source("baml_src/mail.baml", text, SourceKind.BAML))


def prompts(text: str) -> tuple[Prompt, ...]:
    found = extraction(text)
    assert not found.problems, found.problems
    for prompt in found.prompts:
        assert_exact(prompt)
    return found.prompts


def assert_exact(prompt: Prompt) -> None:
    """Pieces tile each text, and verbatim ones spell it character for character."""
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


def function(body: str, parameters: str = "mail: string", client: str = '"openai/gpt-4o"') -> str:
    return f'function Sort({parameters}) -> string {{\n  client {client}\n  prompt #"{body}"#\n}}\n'


def test_a_function_is_a_prompt_without_its_indentation() -> None:
    (prompt,) = prompts(function("\n    Sort the mail.\n\n      - by sender\n    {{ mail }}\n  "))
    assert prompt.id == "baml_src/mail.baml::Sort"
    assert prompt.text == "Sort the mail.\n\n  - by sender\n{{ mail }}"
    assert [(field.name, field.value) for field in prompt.call.fields] == [("model", "openai/gpt-4o")]
    assert [field.name for field in prompt.inputs or ()] == ["mail"]
    assert prompt.variables == ("mail",)
    assert prompt.source.text[slice(*_ends((prompt.inputs or ())[0].span))] == "mail"


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def test_roles_begin_messages_and_media_are_no_text() -> None:
    body = """
    Be kind.
    {{ _.role("system", cache_control={"type": "ephemeral"}) }}
    Sort.

    {{ _.chat('user') }}
    {{ photo }}
    {{ mail }}
    {{ ctx.output_format }}
  """
    (prompt,) = prompts(function(body, "mail: map<string, string>, photo: image"))
    assert told(prompt) == [
        (None, "Be kind."),
        (Role.SYSTEM, "Sort."),
        (Role.USER, "{{ mail }}\n{{ ctx.output_format }}"),
    ]
    assert [message.cache_mark for message in prompt.messages] == [None, "ephemeral", None]
    assert [part.name for part in prompt.segments if part.kind is SegmentKind.MEDIA] == ["photo"]
    assert prompt.variables == ("photo", "mail")


def test_control_and_comments_swallow_their_lines() -> None:
    body = "\n    {# note #}\n    {% if mail %}\n    Read it.\n    {% else %}\n    Ask.\n    {% endif %}\n    Done.\n  "
    (prompt,) = prompts(function(body))
    assert prompt.text == "Read it.\nAsk.\nDone."
    arms = {part.text: part.branch for part in prompt.segments if part.branch}
    assert arms["Read it.\n"][0].group == arms["Ask.\n"][0].group
    assert arms["Read it.\n"][0].arm != arms["Ask.\n"][0].arm


CLIENTS = """// clients
client<llm> Fast {
  provider openai
  options {
    model "gpt-4o-mini" // a comment
    temperature 0.2
    max_tokens 100
    base_url http://localhost:11434/v1
    api_key env.KEY
  }
}
"""


@pytest.mark.parametrize(
    ("client", "fields"),
    [
        ("Fast", [("model", "gpt-4o-mini"), ("temperature", 0.2), ("max_tokens", 100)]),
        ("Elsewhere", [("model", UNKNOWN)]),
        ("openai/gpt-4o", [("model", "openai/gpt-4o")]),
    ],
)
def test_the_client_says_the_model(client: str, fields: list[tuple[str, object]]) -> None:
    (prompt,) = prompts(CLIENTS + function("Sort {{ mail }}.", client=client))
    assert [(field.name, field.value) for field in prompt.call.fields] == fields


def test_template_strings_are_prompts_and_no_variables() -> None:
    text = 'template_string Rules(tone: string) ##"\n  Be {{ tone }}, say "#x"#.\n"##\n'
    rules, sort = prompts(text + function("{{ Rules('kind') }} Sort {{ mail }}."))
    assert (rules.id, rules.text) == ("baml_src/mail.baml::Rules", 'Be {{ tone }}, say "#x"#.')
    assert sort.variables == ("mail",)


def test_a_quoted_string_has_escapes() -> None:
    text = 'function F(x: string) -> int { client "a/b" prompt "Say \\"{{ x }}\\"\\nnow." }\n'
    (prompt,) = prompts(text)
    assert prompt.text == 'Say "{{ x }}"\nnow.'
    edits = source_edits(prompt, Edit(Span(13, 17), 'at "once"\n')) or ()
    new = replaced(text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    assert prompts(new)[0].text == 'Say "{{ x }}"at "once"\n.'


def test_the_same_name_twice() -> None:
    first, second = prompts(function("One.") + function("Two."))
    assert (first.id, second.id) == ("baml_src/mail.baml::Sort", "baml_src/mail.baml::Sort~2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        'class Mail { subject string @description("In order to sort") }\n',
        'test T { functions [F] args { prompt "In order to" } }\n',
        'client<llm> A { provider openai options { prompt_id "x" } }\n',
        '// function F() -> int { prompt #"x"# }\n',
        "function F(x: int) -> int {\n  x + 1\n}\n",
        'function F(x: string) -> int { client "a/b" prompt #"  "# }',
    ],
)
def test_what_asks_no_model_is_no_prompt(text: str) -> None:
    assert prompts(text) == ()


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ('function F() -> int { prompt #"x', "SRC002", '#"'),
        ('function F() -> int { prompt "x', "SRC002", '"x'),
        ('function F() -> int { prompt #"x"#', "SRC002", "{"),
        ('function F() -> int { prompt #"x"# ) }', "SRC002", ") }"),
        ("{// prompt", "SRC002", "{//"),
        ('function F() -> int { prompt #"a {{ x "# }', "TPL001", "a {{"),
        ("prompt" + "{" * 101, "SRC003", ""),
    ],
)
def test_a_broken_file_is_one_problem_with_its_place(text: str, code: str, at: str) -> None:
    found = extraction(text)
    assert [problem.code for problem in found.problems] == [code]
    assert found.prompts == ()
    if at:
        assert found.problems[0].span.start == text.index(at)


@pytest.mark.slow
@pytest.mark.parametrize(
    "filler", ["{", '"', '#"', "//", "{//", "function F(", "{{ ", '"\\', ": ", "client<", "a:"]
)
def test_hostile_text_ends(filler: str) -> None:
    extraction("prompt " + filler * (300_000 // len(filler)))


# --- writing back ---------------------------------------------------------------------------

TEXT = CLIENTS + function("\n    In order to sort, read.\n      Twice.\n\n    {{ mail }}\n  ", client="Fast")
WORDS = st.text(st.sampled_from("ab \n-#\"\\'"), max_size=8)


@given(st.integers(0, 40), st.integers(0, 12), WORDS)
def test_an_edit_reads_back_or_is_refused(start: int, length: int, new: str) -> None:
    (prompt,) = prompts(TEXT)
    span = Span(min(start, len(prompt.text)), min(start + length, len(prompt.text)))
    edits = source_edits(prompt, Edit(span, new))
    if edits is None:
        return
    text = replaced(TEXT, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    wanted = prompt.text[: span.start] + new + prompt.text[span.end :]
    found = extraction(text)
    try:
        after = Source(prompt.source.path, text, SourceKind.BAML)
        prove(prompt.source, (prompt,), {prompt.id: (Edit(span, new),)}, edits, after, Options())
    except ProofError:
        return
    assert found.prompts[0].text == wanted


def test_new_lines_get_the_indentation() -> None:
    (prompt,) = prompts(TEXT)
    at = prompt.text.index("\n  Twice")
    (edit,) = source_edits(prompt, Edit(Span(at, at), "\nThen sort.")) or ()
    text = TEXT[: edit.span.start] + edit.new + TEXT[edit.span.end :]
    assert prompts(text)[0].text == prompt.text[:at] + "\nThen sort." + prompt.text[at:]
    assert "read.\n    Then sort.\n      Twice" in text


def test_the_end_of_a_block_string_cannot_be_written() -> None:
    (prompt,) = prompts(TEXT)
    assert source_edits(prompt, Edit(Span(0, 2), 'a "# b')) is None
    assert source_edits(prompt, Edit(Span(0, 2), "a {{ b")) is None


def test_the_proof_sees_a_change_outside_the_edit() -> None:
    (prompt,) = prompts(TEXT)
    (edit,) = source_edits(prompt, Edit(Span(0, 2), "So")) or ()
    good = TEXT[: edit.span.start] + edit.new + TEXT[edit.span.end :]
    wanted = {prompt.id: (Edit(Span(0, 2), "So"),)}
    for text, ok in ((good, True), (good.replace("env.KEY", "env.OTHER"), False)):
        new = Source(prompt.source.path, text, SourceKind.BAML)
        if ok:
            assert prove(prompt.source, (prompt,), wanted, (edit,), new, Options())
        else:
            with pytest.raises(ProofError):
                prove(prompt.source, (prompt,), wanted, (edit,), new, Options())


# --- comments to promptlint -----------------------------------------------------------------


def spoken_for(text: str) -> list[tuple[tuple[str, ...], bool, tuple[int, int]]]:
    source = Source("a.baml", text, SourceKind.BAML)
    found = suppressions(source, extract(source).prompts)
    return [(item.codes, item.whole_prompt, item.lines) for item in found]


def test_a_comment_speaks_for_the_function_below() -> None:
    text = '// promptlint: ignore[TOK001]\nfunction F(x: int) -> int {\n  client "a/b"\n  prompt #"\n    Say {{ x }}.\n  "#\n}\n'
    assert spoken_for(text) == [(("TOK001",), True, (1, 5))]
    assert spoken_for(f"\n{text}// promptlint: ignore-file[TOK001]\r\n")[1][0] == ("TOK001",)


def test_what_a_string_says_is_no_comment() -> None:
    assert spoken_for('function F() -> int { prompt #"\n  // promptlint: ignore[TOK001]\n  x\n"# }') == []
    assert spoken_for('// promptlint: ignore[TOK001]\nfunction F() -> int { prompt #"x') == []


def test_too_many_functions_are_not_read() -> None:
    (problem,) = extraction('template_string A #"b"#\n' * 5_001).problems
    assert (problem.code, problem.message) == ("SRC003", "more than 5,000 functions")


def test_too_many_lines_are_not_read() -> None:
    (problem,) = extraction("prompt\n" * 100_001).problems
    assert (problem.code, problem.message) == ("SRC003", "more than 100,000 lines")
