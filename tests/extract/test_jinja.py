from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from promptlint.extract.jinja import extract
from promptlint.locate import locate, replaced, source_edits
from promptlint.model import UNKNOWN, Edit, Prompt, Role, SegmentKind, Source, SourceKind, Span
from promptlint.templates import JinjaSettings


def read(text: str, path: str = "prompts/a.j2") -> Prompt:
    extraction = extract(Source(path, text, SourceKind.JINJA))
    assert not extraction.problems
    return extraction.prompts[0]


def assert_tiles(prompt: Prompt, position: int = 0) -> None:
    """Segments tile the file from `position` on, where its front matter ends."""
    for segment in prompt.segments:
        assert segment.span.start == position
        position = segment.span.end
        at = 0
        for piece in segment.pieces:
            assert piece.text_start == at
            at = piece.text_end
            if piece.verbatim:
                spelt = prompt.source.text[piece.source_start : piece.source_end]
                assert spelt == segment.text[piece.text_start : piece.text_end]
        if segment.kind is SegmentKind.TEXT:
            assert at == len(segment.text)
    assert position == len(prompt.source.text)


def told(prompt: Prompt) -> list[tuple[str | None, str]]:
    return [
        (message.role.value if message.role else None, "".join(segment.text for segment in message.segments))
        for message in prompt.messages
    ]


def test_one_prompt_with_slots_and_variables() -> None:
    prompt = read("Answer {{ question }} as {% if short %}one line{% else %}a page{% endif %}.\n")
    assert prompt.id == "prompts/a.j2"
    assert prompt.text == "Answer {{ question }} as one linea page.\n"
    assert prompt.variables == ("question", "short")
    assert prompt.inputs is None
    branches = {segment.text: segment.branch for segment in prompt.segments}
    assert branches["one line"][0].group == branches["a page"][0].group
    assert branches["one line"][0].arm != branches["a page"][0].arm


def test_bom_and_crlf() -> None:
    prompt = read("\ufeffa\r\nb {{ c }}\r\n")
    assert prompt.text == "a\nb {{ c }}\n"
    assert prompt.source.text[slice(*_ends(locate(prompt, Span(0, 3))))] == "a\r\nb"
    assert source_edits(prompt, Edit(Span(1, 1), "\nx")) == (Edit(Span(2, 2), "\r\nx"),)
    assert_tiles(prompt, 1)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


@pytest.mark.parametrize(
    "label", ["system:", "# system:", "System:", "system :", "  system:", "system[nonce=ab1]:"]
)
def test_role_lines_split_messages(label: str) -> None:
    prompt = read(f"{label}\nYou help.\n\nuser:\n{{{{ question }}}}\n")
    assert told(prompt) == [("system", "You help.\n\n"), ("user", "{{ question }}\n")]
    assert_tiles(prompt)


def test_role_lines_inside_a_loop() -> None:
    text = (
        "# system:\nHelp.\n{% for turn in history %}\n# user:\n{{ turn.q }}\n# assistant:\n{{ turn.a }}\n{% endfor %}\n"
        "# user:\n{{ q }}\n"
    )
    prompt = read(text)
    assert [message.role for message in prompt.messages] == [
        Role.SYSTEM,
        Role.USER,
        Role.ASSISTANT,
        Role.USER,
    ]
    question = next(segment for segment in prompt.messages[1].segments if segment.kind is SegmentKind.SLOT)
    assert question.branch
    assert_tiles(prompt)


def test_role_line_with_trimmed_newline() -> None:
    prompt = read("system:\nHelp.\nuser:\n{%- if a %} x{% endif %}")
    assert told(prompt) == [("system", "Help.\n"), ("user", " x")]
    assert_tiles(prompt)


@pytest.mark.parametrize(
    "text",
    [
        "An example:\n\nuser:\nhi\nassistant:\nhello\n",
        "assistant:\nhello\ntool:\nx\n",
        "System: be kind\nUser: hi\n",
        "the user:\n",
        "{% raw %}a{% endraw %} system:\n",
    ],
)
def test_not_role_lines(text: str) -> None:
    assert [message.role for message in read(text).messages] == [None]


def test_blank_before_the_first_role_is_not_text_and_words_before_it_are_the_systems() -> None:
    assert told(read("\n\nsystem:\nHelp.\n")) == [("system", "Help.\n")]
    header = "---\nname: a\n---\n"
    assert told(read(f"{header}Be kind.\nuser:\nHi\n")) == [("system", "Be kind.\n"), ("user", "Hi\n")]


def test_chat_tags() -> None:
    text = (
        "{% chat role=\"system\" %}\nHelp.\n{% endchat %}\n\n{%- chat role='user' -%}\n{{ q }}{% endchat %}\n"
        "{% completion model='m' %}{% endcompletion %}"
    )
    prompt = read(text)
    assert told(prompt) == [("system", "\nHelp.\n"), ("user", "{{ q }}")]
    assert_tiles(prompt)


def test_dotprompt() -> None:
    text = (
        "---\nmodel: googleai/gemini-2.0-flash\nconfig:\n  temperature: 0.2\n  maxOutputTokens: 99\ninput:\n  schema:\n"
        '    name: string\n    age?: number\n---\n{{role "system"}}\nHelp {{name}}.\n{{role "user"}}\n{{#if age}}\nI am {{age}}.\n'
        "{{/if}}\n"
    )
    prompt = read(text, "hello.prompt")
    assert told(prompt) == [("system", "Help {{name}}.\n"), ("user", "I am {{age}}.\n")]
    assert prompt.variables == ("name", "age")
    assert [(field.name, field.value) for field in prompt.call.fields] == [
        ("model", "googleai/gemini-2.0-flash"),
        ("temperature", 0.2),
        ("max_output_tokens", 99),
    ]
    assert [field.name for field in prompt.inputs or ()] == ["name", "age"]
    assert_tiles(prompt, text.index("{{role"))


PROMPTY = """---
name: Chat
model:
  api: chat
  configuration:
    type: azure_openai
    azure_deployment: gpt-4o
  parameters:
    max_tokens: 128
    temperature: ${env:T}
inputs:
  question:
    type: string
    default: why
  context:
    type: string
---
system:
Help with {{context}}.
user:
{{question}}
"""


def test_prompty() -> None:
    prompt = read(PROMPTY, "chat.prompty")
    assert [(field.name, field.value) for field in prompt.call.fields] == [
        ("model", "gpt-4o"),
        ("max_tokens", 128),
        ("temperature", UNKNOWN),
    ]
    assert [(field.name, field.value) for field in prompt.inputs or ()] == [
        ("question", "why"),
        ("context", None),
    ]
    field = (prompt.inputs or ())[0]
    assert PROMPTY[field.span.start : field.span.end] == "question"
    assert told(prompt)[0] == ("system", "Help with {{context}}.\n")


def test_listed_inputs_and_declared_syntax() -> None:
    text = "---\ninput_variables: [a, b]\ntemplate_format: f-string\n---\n{a} {{b}}"
    prompt = read(text)
    assert [field.name for field in prompt.inputs or ()] == ["a", "b"]
    assert prompt.text == "{a} {b}"
    assert prompt.variables == ("a",)


def test_a_broken_template_is_a_problem_with_its_place() -> None:
    extraction = extract(Source("a.j2", "---\nmodel: m\n---\nHi\n{% if x %}", SourceKind.JINJA))
    assert extraction.prompts == ()
    (problem,) = extraction.problems
    assert problem.code == "TPL001"
    assert problem.span == Span(20, 21)


def test_front_matter_that_is_no_yaml_is_a_problem_and_the_body_is_read() -> None:
    extraction = extract(Source("a.j2", "---\nmodel: *x\nname: a: b\n---\nHi {{ x }}", SourceKind.JINJA))
    assert [problem.code for problem in extraction.problems] == ["SRC002"]
    assert extraction.prompts[0].text == "Hi {{ x }}"


def test_a_ruler_is_no_front_matter() -> None:
    assert read("---\nJust words\n---\nMore").text == "---\nJust words\n---\nMore"


def test_settings_reach_the_lexer() -> None:
    source = Source("a.j2", "{% if a %}\nb\n{% endif %}\n", SourceKind.JINJA)
    assert extract(source, JinjaSettings(trim_blocks=True)).prompts[0].text == "b\n"


WORDS = st.text(st.sampled_from("ab \n.é🙂"), max_size=6)
TAGS = st.sampled_from(
    ["{{ x }}", "{# c #}", "{% if x %}", "{% else %}", "{% endif %}", "{% raw %}y{% endraw %}", "\r\n"]
)


@given(st.lists(WORDS | TAGS, max_size=8).map("".join), st.integers(0, 20), st.integers(0, 20), WORDS)
def test_an_edit_reads_back_as_the_edited_text(text: str, start: int, length: int, new: str) -> None:
    extraction = extract(Source("a.j2", text, SourceKind.JINJA))
    assume(extraction.prompts)
    prompt = extraction.prompts[0]
    assert_tiles(prompt)
    low, high = min(start, len(prompt.text)), min(start + length, len(prompt.text))
    edits = source_edits(prompt, Edit(Span(low, high), new))
    if edits is None:
        return
    source = replaced(text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    assert read(source).text == prompt.text[:low] + new + prompt.text[high:]


@given(
    st.text(st.sampled_from("ab {}%#\n\r"), max_size=10), st.text(st.sampled_from("ab {}%#\n\r"), max_size=4)
)
def test_new_text_is_never_a_tag(text: str, new: str) -> None:
    extraction = extract(Source("a.j2", f"a{text}a", SourceKind.JINJA))
    assume(extraction.prompts)
    prompt = extraction.prompts[0]
    edits = source_edits(prompt, Edit(Span(1, 1), new))
    if edits is not None and not text.startswith(("{", "%", "#", "}", "\n")):
        source = replaced(prompt.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
        assert read(source).text == prompt.text[:1] + new + prompt.text[1:]
