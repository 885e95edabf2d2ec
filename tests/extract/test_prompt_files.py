"""Prompt files that are templates: Prompty, dotprompt, LiteLLM, prompt flow, banks, Semantic Kernel."""

from __future__ import annotations

import pytest

from promptlint.extract import extract, kind_of
from promptlint.locate import replaced, source_edits
from promptlint.model import (
    UNKNOWN,
    Call,
    Context,
    Edit,
    Extraction,
    Field,
    Prompt,
    Role,
    SegmentKind,
    Source,
    Span,
    Target,
    Use,
)


def extraction(path: str, text: str, *uses: Use) -> Extraction:
    kind = kind_of(path)
    assert kind is not None
    return extract(Source(path, text, kind, context=Context(uses)))


def read(path: str, text: str, *uses: Use) -> Prompt:
    found = extraction(path, text, *uses)
    assert not found.problems, found.problems
    (prompt,) = found.prompts
    for segment in prompt.segments:
        pieces = segment.pieces
        assert (
            segment.text == "".join(segment.text[piece.text_start : piece.text_end] for piece in pieces)
            or not pieces
        )
        for piece in pieces:
            spelt = text[piece.source_start : piece.source_end]
            assert not piece.verbatim or spelt == segment.text[piece.text_start : piece.text_end]
    return prompt


def told(prompt: Prompt) -> list[tuple[Role | None, str]]:
    return [(message.role, "".join(part.text for part in message.segments)) for message in prompt.messages]


def fields(prompt: Prompt) -> list[tuple[str, object]]:
    return [(field.name, field.value) for field in prompt.call.fields]


def media(prompt: Prompt) -> list[str]:
    return [part.name for part in prompt.segments if part.kind is SegmentKind.MEDIA]


# --- Prompty --------------------------------------------------------------------------------

PROMPTY_2 = """---
name: sort
model:
  id: ${env:MODEL:gpt-4o}
  provider: azure
  apiType: chat
  connection: ${file:shared/connection.json}
  options:
    temperature: ${env:HEAT:0.3}
    maxOutputTokens: ${env:MOST}
inputs:
  - name: mail
    kind: string
    example: Dear all
template:
  format:
    kind: FORMAT
  parser: prompty
---
Sort the mail.
user:
{{mail}} ![image](pictures/a.png) and ![photo]({{photo}})
assistant[nonce=ab]:
Done.
# system:
Be kind.
"""


@pytest.mark.parametrize("form", ["jinja2", "mustache"])
def test_prompty_2(form: str) -> None:
    text = PROMPTY_2.replace("FORMAT", form)
    prompt = read("sort.prompty", text)
    assert told(prompt) == [
        (Role.SYSTEM, "Sort the mail.\n"),
        (Role.USER, "{{mail}}  and \n"),
        (Role.ASSISTANT, "Done.\n"),
        (Role.SYSTEM, "Be kind.\n"),
    ]
    assert fields(prompt) == [("model", "gpt-4o"), ("temperature", 0.3), ("max_output_tokens", UNKNOWN)]
    assert [(field.name, field.value) for field in prompt.inputs or ()] == [("mail", "Dear all")]
    assert media(prompt) == ["![image](pictures/a.png)", "![photo](", "photo", ")"]
    (reference,) = extraction("sort.prompty", text).references
    assert (reference.kind, reference.target, reference.required) == (
        Target.FILE,
        "shared/connection.json",
        True,
    )
    assert text[reference.span.start : reference.span.end] == "shared/connection.json"


def test_an_image_is_text_where_no_message_begins() -> None:
    assert (
        read("prompts/a.j2", "You draw ![image](a.png) of {{ x }}.").text
        == "You draw ![image](a.png) of {{ x }}."
    )
    assert media(read("prompts/a.j2", "user:\n![a b](<c d>) ![x](\n")) == []


# --- dotprompt and its namesakes ------------------------------------------------------------

DOTPROMPT = """# Copyright of the shop
#
---
model: googleai/gemini-2.5-flash
config:
  temperature: 0.2
input:
  schema:
    mails(array, all of them):
      subject: string
    tone?: string, how to answer
    kind(enum, the kind): [a, b]
  default:
    tone: kind
output:
  format: json
  schema:
    answer: string
---
{{ role "system" }}
Sort the mail of {{section "list"}}.
{{>rules tone=tone}}
{{history}}
{{role "user"}}
{{#each mails}}
{{@index}}. {{this.subject}} {{json this}} {{media url=picture}}
{{else}}
None.
{{/each}}
{{#> ending}}
Goodbye.
{{/ending}}
"""


def test_dotprompt() -> None:
    prompt = read("prompts/sort.prompt", DOTPROMPT)
    assert told(prompt) == [
        (Role.SYSTEM, 'Sort the mail of {{section "list"}}.\n{{history}}\n'),
        (Role.USER, "{{@index}}. {{this.subject}} {{json this}} \nNone.\nGoodbye.\n"),
    ]
    assert fields(prompt) == [
        ("model", "googleai/gemini-2.5-flash"),
        ("temperature", 0.2),
        ("response_format", UNKNOWN),
    ]
    inputs = [(field.name, field.value) for field in prompt.inputs or ()]
    assert inputs == [("mails", None), ("tone", "kind"), ("kind", None)]
    assert DOTPROMPT[slice(*_ends((prompt.inputs or ())[1].span))] == "tone?"
    assert prompt.variables == ("tone", "mails")
    names = [
        (item.kind, item.target, item.required)
        for item in extraction("prompts/sort.prompt", DOTPROMPT).references
    ]
    assert names == [(Target.TEMPLATE, "_rules.prompt", False), (Target.TEMPLATE, "_ending.prompt", False)]


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


@pytest.mark.parametrize("output", ["output: {format: json}", "output:\n  format: json\n"])
def test_the_format_of_dotprompt_without_a_schema(output: str) -> None:
    prompt = read("a.prompt", f"---\nmodel: m\n{output.rstrip()}\n---\nSort {{{{mail}}}}.\n")
    assert fields(prompt) == [("model", "m"), ("response_format", "json")]
    assert fields(read("a.prompty", f"---\nmodel: m\n{output.rstrip()}\n---\nSort.\n")) == [("model", "m")]


def test_litellm_writes_roles_on_the_line_of_the_text() -> None:
    text = "---\nmodel: gpt-4\ntemperature: 0.7\nmax_tokens: 9\n---\n\nSystem: You sort {% if x %}{{ x }}{% endif %}.\nTwice.\n\nUser:   {{ mail }}\n"
    prompt = read("sort.prompt", text)
    assert told(prompt) == [(Role.SYSTEM, "You sort {{ x }}.\nTwice."), (Role.USER, "{{ mail }}")]
    assert fields(prompt) == [("model", "gpt-4"), ("temperature", 0.7), ("max_tokens", 9)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sort.prompt", "System: You sort.\nUser: {{ mail }}\n"),
        ("sort.prompt", "---\nmodel: m\n---\nAs in:\nSystem: You sort.\nUser: x\n"),
        ("prompts/sort.j2", "---\nmodel: m\n---\nSystem: You sort.\nUser: {{ mail }}\n"),
    ],
)
def test_a_transcript_is_no_chat(path: str, text: str) -> None:
    assert [message.role for message in read(path, text).messages] == [None]


def test_a_plain_prompt_file() -> None:
    prompt = read("sort.prompt", "Sort the mail of {{ day }}.\n# Notes\n---\nx\n")
    assert told(prompt) == [(None, "Sort the mail of {{ day }}.\n# Notes\n---\nx\n")]


# --- prompt flow, banks, Semantic Kernel ----------------------------------------------------


def test_prompt_flow_history() -> None:
    text = (
        "# system:\nYou sort.\n\n{% for item in chat_history %}\n# {{item.role}}:\n{{item.content}}\n{% endfor %}\n"
        "# user:\n## Image:\n![image]({{photo}})\n{{question}}\n"
    )
    prompt = read("prompts/chat.jinja2", text)
    assert told(prompt) == [
        (Role.SYSTEM, "You sort.\n\n\n"),
        (None, "{{item.content}}\n\n"),
        (Role.USER, "## Image:\n\n{{question}}\n"),
    ]
    assert media(prompt) == ["![image](", "photo", ")"]
    assert prompt.variables == ("chat_history", "photo", "question")


def test_banks() -> None:
    text = (
        '{% chat role="system" %}Be kind. {{ rules | cache_control("ephemeral") }}{% endchat %}\n'
        '{% chat role="user" %}{{ photo | image }}{{ q }}{% endchat %}\n'
        "{% completion model=\"gpt-4o\" temperature=0.5 other='x' %}{% endcompletion %}"
    )
    prompt = read("prompts/a.jinja", text)
    assert [(message.role, message.cache_mark) for message in prompt.messages] == [
        (Role.SYSTEM, "ephemeral"),
        (Role.USER, None),
    ]
    assert media(prompt) == ["photo | image"]
    assert fields(prompt) == [("model", "gpt-4o"), ("temperature", 0.5)]
    span = prompt.call.fields[0].span
    assert text[span.start : span.end].startswith("{% completion")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "skills/sort/skprompt.txt",
            '<message role="system">Be kind.</message>\n<message role="user">{{$mail}}</message>\n',
        ),
        (
            "prompts/a.hbs",
            '{{#message role="system"}}Be kind.{{/message}}\n{{#message role="user"}}{{$mail}}{{/message}}\n',
        ),
    ],
)
def test_semantic_kernel_messages(path: str, text: str) -> None:
    prompt = read(path, text)
    assert [(role, said.strip()) for role, said in told(prompt)] == [
        (Role.SYSTEM, "Be kind."),
        (Role.USER, "{{$mail}}"),
    ]


def test_handlebars_is_no_jinja() -> None:
    prompt = read("prompts/a.hbs", "You sort {{#if mail}}{{{mail}}}{{/if}} for {{> person}}.\n")
    assert prompt.variables == ("mail",)
    assert [item.target for item in extraction("prompts/a.hbs", prompt.source.text).references] == [
        "person.hbs"
    ]
    assert extraction("prompts/b.mustache", "You sort {{#mail}}\n").problems[0].code == "TPL001"


def test_liquid_that_is_no_jinja_is_passed_over() -> None:
    assert read("prompts/a.liquid", "You sort {{ mail }}{% if x %} now{% endif %}.").variables == (
        "mail",
        "x",
    )
    found = extraction("prompts/a.liquid", "You sort {{ mail | date: '%Y' }}.")
    assert (found.prompts, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("views/mail.hbs", "<p>Hello {{name}}</p>\nGenerate {{count}} only JSON output\n"),
        (
            "gen/api.mustache",
            "{{#each}}\n// return only the given {{x}} in JSON format\nthe following input {{y}}\n{{/each}}\n",
        ),
        ("snippets/price.liquid", "Use the given price {{ price }}\n\nInput\nExamples\n{{ x }}"),
    ],
)
def test_templates_of_pages_and_code_need_a_strong_clue(path: str, text: str) -> None:
    assert extraction(path, text).prompts == ()


# --- what other files say -------------------------------------------------------------------

CALL = Call((Field("model", "gpt-4o", Span(0, 6), "app.py"),))


def test_a_named_file_is_a_prompt_with_the_call_and_role_of_its_user() -> None:
    text = "The mail: {mail}"
    assert extraction("data/mail.txt", text).prompts == ()
    prompt = read("data/mail.txt", text, Use(role=Role.SYSTEM, call=CALL, syntax="format", path="app.py"))
    assert told(prompt) == [(Role.SYSTEM, text)]
    assert prompt.call == CALL
    assert prompt.variables == ("mail",)
    assert extraction("data/mail.txt", text, Use(path="app.py")).reason == "named by app.py"


def test_a_constant_that_is_named_says_nothing_of_the_file() -> None:
    assert extraction("data/mail.txt", "The mail.", Use(name="X", path="app.py")).prompts == ()


@pytest.mark.parametrize(
    ("syntax", "names"),
    [
        ("jinja", ("a",)),
        ("mustache", ("a",)),
        ("format", ("b",)),
        ("dollar", ("c",)),
        ("", ("a",)),
        ("erb", ()),
    ],
)
def test_the_syntax_is_that_of_the_user(syntax: str, names: tuple[str, ...]) -> None:
    text = {"format": "Sort {b}."}.get(syntax, "Sort {{ a }} for $c.")
    assert read("x.md", text, Use(syntax=syntax, path="app.py")).variables == names


def test_what_a_file_says_itself_comes_first() -> None:
    text = "---\nmodel: own\n---\nsystem:\nSort.\nuser:\n{{ x }}\n"
    prompt = read("sort.prompty", text, Use(role=Role.TOOL, call=CALL, path="app.py"))
    assert fields(prompt) == [("model", "own")]
    assert [message.role for message in prompt.messages] == [Role.SYSTEM, Role.USER]


LISTED = "\n You sort {{ mail }}.\n\n---\nBe --- kind.\n--- \n\n---\n Third.\n"


def test_a_configuration_lists_the_prompts_of_a_text() -> None:
    use = Use(call=CALL, syntax="jinja", path="promptfooconfig.yaml")
    prompts = extraction("data/all.txt", LISTED, use).prompts
    assert [(prompt.id, prompt.text) for prompt in prompts] == [
        ("data/all.txt::1", "You sort {{ mail }}."),
        ("data/all.txt::2", "Be --- kind."),
        ("data/all.txt::3", "Third."),
    ]
    assert all(prompt.call == CALL for prompt in prompts)
    (edit,) = source_edits(prompts[1], Edit(Span(0, 2), "Stay")) or ()
    text = replaced(LISTED, [(edit.span.start, edit.span.end, edit.new)])
    assert [prompt.text for prompt in extraction("data/all.txt", text, use).prompts][1] == "Stay --- kind."


@pytest.mark.parametrize(
    ("path", "use"),
    [
        ("all.txt", Use(path="app.py")),
        ("all.md", Use(path="promptfooconfig.yaml")),
        ("all.txt", Use(path="chain.yaml", syntax="format")),
    ],
)
def test_others_read_the_whole_text(path: str, use: Use) -> None:
    text = "You sort.\n---\nBe kind.\n"
    assert [(prompt.id, prompt.text) for prompt in extraction(path, text, use).prompts] == [(path, text)]


def test_one_listed_prompt_has_the_path_as_its_id() -> None:
    found = extraction("all.txt", "You sort.\n---\n", Use(path="promptfooconfig.yaml"))
    assert [(prompt.id, prompt.text) for prompt in found.prompts] == [("all.txt", "You sort.")]


@pytest.mark.parametrize(
    "filler",
    [
        "{{",
        "![",
        "](",
        "{{role",
        "# {{ role",
        "${input:",
        "System: ",
        "---\n",
        "<message ",
        "#\n",
        "@a",
        "!`",
    ],
)
@pytest.mark.parametrize(
    "path", ["a.prompt", "a.prompty", "x.prompt.md", "CLAUDE.md", "skills/a/SKILL.md", "all.txt"]
)
def test_hostile_text_ends(path: str, filler: str) -> None:
    uses = (Use(path="promptfooconfig.yaml"),) if path == "all.txt" else ()
    extraction(path, filler * (100_000 // len(filler)), *uses)


def test_a_comment_of_handlebars_may_hold_the_opening_of_a_tag() -> None:
    text = "{{role 'user'}}\n{{!\n  Use {{> rules}}\nSort {{mail}}.\n"
    prompt = read("a.prompt", text)
    assert prompt.text == "Sort {{mail}}.\n"
    assert [part.name for part in prompt.segments if part.kind is SegmentKind.COMMENT] == ["Use {{> rules"]
    assert extraction("a.prompt", text).references == ()
    assert extraction("a.prompt", "{{role 'user'}}{{! Sort").problems[0].code == "TPL001"
    extraction("a.prompt", "{{role 'user'}}" + "{{!" * 100_000)
    extraction("a.prompt", "{{role 'user'}}" + "{{!--}}" * 50_000)
