"""Prompts are found in data files, spelt exactly, and can be edited without harm to anything else."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from promptlint import locate
from promptlint.extract import messages
from promptlint.extract.common.data import foreign
from promptlint.model import UNKNOWN, CodecKind, Edit, Extraction, Role, SegmentKind, Source, SourceKind, Span
from promptlint.syntax import yamlevents

PROSE = "You are a helpful assistant that answers questions."


def extract(text: str, path: str = "conf/app.yaml", named: bool = False) -> Extraction:
    if path.endswith("json"):
        return messages.extract_json(Source(path, text, SourceKind.JSON, named))
    return messages.extract_yaml(Source(path, text, SourceKind.YAML, named))


def only(text: str, path: str = "conf/app.yaml", named: bool = False):
    extraction = extract(text, path, named)
    assert not extraction.problems
    (prompt,) = extraction.prompts
    return prompt


def shape(prompt):
    return [(message.role, "".join(s.text for s in message.segments)) for message in prompt.messages]


# --- what is a prompt -----------------------------------------------------------------------


def test_messages_at_the_top():
    prompt = only(
        "model: gpt-4o\nmessages:\n- role: system\n  content: Be brief.\n- {role: user, content: 'Hi'}\n"
    )
    assert prompt.id == "conf/app.yaml::/messages"
    assert shape(prompt) == [(Role.SYSTEM, "Be brief."), (Role.USER, "Hi")]


def test_messages_at_any_depth_and_in_any_document():
    text = "a: 1\n---\nagents:\n- steps:\n  - messages: [{role: user, content: Hi}]\n"
    assert only(text).id == "conf/app.yaml::#2/agents/0/steps/0/messages"


def test_a_file_that_is_a_list_of_messages():
    text = json.dumps([{"role": "human", "content": "Hi {name}"}, {"role": "ai", "content": "Yes?"}])
    prompt = only(text, "chat.json")
    assert prompt.id == "chat.json"
    assert shape(prompt) == [(Role.USER, "Hi {name}"), (Role.ASSISTANT, "Yes?")]


ANSWERED = '{"messages": [{"role": "user", "content": "Where is the shop now?"}%s]}'
ANSWER = ', {"role": "assistant", "content": "I do not know that."}'


@pytest.mark.parametrize("text", [ANSWERED % ANSWER, ANSWERED % ""])
def test_a_conversation_that_was_kept_is_no_prompt(text):
    assert extract(text, "sample.json").prompts == ()
    assert only(text, "prompts/sample.json").id == "prompts/sample.json::/messages"
    assert only(text.replace("Where is", "Say where {thing} is in"), "sample.json")
    assert only(text.replace('[{"role', '[{"role": "system", "content": "Be brief."}, {"role'), "sample.json")


@pytest.mark.parametrize(
    ("prompt", "taken"),
    [
        ("What is the role of Sabine in it?", False),
        ("What is the role of {name} in it?", True),
        ("Say what the role of Sabine is.", True),
        ("You are a clerk: what is the role of Sabine?", True),
    ],
)
def test_a_question_that_stands_for_itself_is_no_prompt(prompt, taken):
    text = json.dumps({"cases": [{"prompt": prompt}]})
    ids = [each.id for each in extract(text, "prompts/cases.json").prompts]
    assert ids == ["prompts/cases.json::/cases/0/prompt"] * taken


def test_a_text_of_slots_alone_is_no_prompt_whatever_the_name_of_the_file():
    text = "ask: 'question: {{question}} the answer: {{answer}}'\nchoice: '{% set n = idx.q|string %}{{[n + 1, n + 2]}}'\n"
    assert [each.id for each in extract(text, "t5-prompt.yaml").prompts] == ["t5-prompt.yaml::/ask"]


def test_what_a_tool_of_code_takes_is_no_input_of_its_template():
    text = f"default_prompt: {PROSE} Say {{{{it}}}}.\ninputs:\n  seed: {{type: [int]}}\n"
    assert only(text, "prompts/a.yaml").inputs is not None
    assert only(text + "module: tools.vision\nfunction: chat\n", "prompts/a.yaml").inputs is None


@pytest.mark.parametrize(
    "text",
    [
        "interactions:\n- request:\n    body: 'prompt: You are a helpful assistant of the shop.'\n",
        '{"interactions": [{"request": {"prompt": "You are a helpful assistant of the shop."}}]}',
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  prompt: You are a helpful assistant of the shop.\n",
        "# all\n- name: Ask\n  pause:\n    prompt: You are a helpful assistant of the shop.\n",
        "---\n- hosts: all\n  vars_prompt:\n  - prompt: You are a helpful assistant of the shop.\n",
    ],
)
def test_files_of_other_uses_are_told_by_their_text(text):
    path = "a.json" if text.startswith("{") else "a.yaml"
    assert extract(text, path).prompts == ()
    assert ": " in extract(text, path).reason


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("src/App.UnitTests/TestData/prompt.yaml", False),
        ("src/IntegrationTests/CrossLanguage/Data/prompt.yaml", False),
        ("pkg/testdata/prompt.yaml", False),
        ("src/IntegrationTests/prompts/prompt.yaml", True),
        ("src/Data/prompt.yaml", True),
    ],
)
def test_the_data_of_tests_is_told_by_its_folder(path, taken):
    text = f"model: gpt-4o\nsystem_prompt: {PROSE}\n"
    assert len(extract(text, path).prompts) == taken
    assert len(extract(text, path, named=True).prompts) == 1


def test_what_only_looks_like_a_file_of_another_use_is_read():
    text = f"- name: Ask\n  prompt: {PROSE}\n- name: interactions\n  prompt: {PROSE}\n"
    assert len(extract(text, "prompts/a.yaml").prompts) == 2


@pytest.mark.parametrize(
    "part", ["\n", " ", "#\n", "- ", "a:", "a", " \n", '"interactions": [ ', "{{ ", "a\n"]
)
def test_hostile_text_is_looked_at_once(part):
    text = part * (300_000 // len(part))
    assert foreign.of_text("a.yaml", text) == ""
    assert not foreign.is_chart(text)
    assert extract(text, "a.yaml").prompts == ()


def test_content_parts_media_and_cache_marks():
    text = """
messages:
- role: system
  content:
  - {type: text, text: One}
  - {type: text, text: Two, cache_control: {type: ephemeral, ttl: 1h}}
- role: user
  cache_control: {type: ephemeral}
  content:
  - {type: image_url, image_url: {url: "https://x.y/z.png"}}
  - Three
- {role: assistant, content: null, tool_calls: []}
- {role: critic, content: Four}
"""
    prompt = only(text)
    assert shape(prompt) == [
        (Role.SYSTEM, "OneTwo"),
        (Role.USER, "Three"),
        (Role.ASSISTANT, ""),
        (None, "Four"),
    ]
    assert [message.cache_mark for message in prompt.messages] == ["1h", "ephemeral", None, None]
    media = prompt.messages[1].segments[0]
    assert media.kind is SegmentKind.MEDIA
    assert text[media.span.start : media.span.end].startswith("{type: image_url")


def test_a_system_text_beside_messages_is_sent_with_them():
    text = json.dumps(
        {"system": [{"type": "text", "text": "S"}], "messages": [{"role": "user", "content": "U"}]}
    )
    assert shape(only(text, "a.json")) == [(Role.SYSTEM, "S"), (Role.USER, "U")]


@pytest.mark.parametrize(
    ("text", "path", "anchors"),
    [
        (f"model: gpt-4o\nsystem: {PROSE}\n", "app.yaml", ["/system"]),
        (f"agents:\n- model: m\n  systemPrompt: {PROSE}\n", "app.yaml", ["/agents/0/systemPrompt"]),
        (
            f"model: m\nsteps:\n  a: {{prompt: {PROSE}}}\n  b/c: {{prompt: {PROSE}}}\n",
            "app.yaml",
            ["/steps/a/prompt", "/steps/b~1c/prompt"],
        ),
        (f"summary_prompt: {PROSE}\n", "prompts/a.yaml", ["/summary_prompt"]),
        (f"greeting: {PROSE}\nversion: 3\ndescription: {PROSE}\n", "prompts.yaml", ["/greeting"]),
        (f"prompts:\n- {PROSE}\n- file://x.txt\nproviders: [a]\n", "promptfooconfig.yaml", ["/prompts/0"]),
        (f"_type: prompt\ninput_variables: [a]\ntemplate: {PROSE}\n", "x.yaml", ["/template"]),
        (f"instructions: {PROSE}\ntemperature: 0\n", "x.yaml", ["/instructions"]),
        ("model: m\nprompt: あなたは親切なアシスタントです\n", "x.yaml", ["/prompt"]),
        (f"anything: {PROSE}\n", "x.yaml", []),
        (f"system: {PROSE}\n", "x.yaml", []),
        (f"prompt: {PROSE}\n", "x.yaml", []),
        ("model: m\nprompt: Enter name\n", "x.yaml", []),
        (f"model: m\ndescription: {PROSE}\n", "x.yaml", []),
        (f"template: {PROSE}\nname: welcome mail\n", "x.yaml", []),
    ],
)
def test_prompt_fields(text, path, anchors):
    assert [prompt.id for prompt in extract(text, path).prompts] == [
        f"{path}::{anchor}" for anchor in anchors
    ]


def test_a_named_file_is_a_prompt_without_further_judgement():
    assert only(f"greeting: {PROSE}\n", "x.yaml", named=True).id == "x.yaml::/greeting"


def test_roles_of_fields():
    text = f"model: m\nsystem: {PROSE}\nprompt: {PROSE}\nuser_prompt: {PROSE}\n"
    assert [prompt.messages[0].role for prompt in extract(text).prompts] == [Role.SYSTEM, None, Role.USER]


ORDINARY = {
    "package.json": '{"name": "x", "version": "1.0.0", "scripts": {"prompt": "node ask the user for a name"}, "dependencies": {"prompts": "^2"}}',
    "docker-compose.yml": f"services:\n  web:\n    image: x\n    environment: {{model: m, system: {PROSE}}}\n",
    ".github/workflows/ci.yml": f"name: CI\non: [push]\njobs:\n  a:\n    steps:\n    - with: {{model: m, prompt: {PROSE}}}\n",
    "k8s/deploy.yaml": f"apiVersion: v1\nkind: ConfigMap\ndata: {{model: m, prompt: {PROSE}}}\n",
    "openapi.yaml": f"openapi: 3.1.0\npaths: {{x: {{example: {{model: m, messages: [{{role: user, content: {PROSE}}}]}}}}}}\n",
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"prompts": {"version": "2.4.2"}}}',
    "locales/prompts/en.json": json.dumps({"prompt": PROSE, "system": PROSE}),
    "chart/templates/x.yaml": "{{- if .Values.system }}\nsystem: {{ .Values.system }}\n{{- end }}\n",
    "rbac.yaml": "bindings:\n- {role: system, subject: all}\n",
    "mkdocs.yml": f"site_name: x\nsite_description: {PROSE}\nnav: [a]\n",
    "schema.json": json.dumps({"$schema": "x", "properties": {"prompt": {"description": PROSE}}, "model": 1}),
    "tsconfig.json": '{\n  // a comment\n  "compilerOptions": {}\n}',
    "tools.yaml": f"model: m\ntools:\n- {{name: x, prompt: {PROSE}}}\n",
    "empty.yaml": "",
    "messages/pt-BR.json": json.dumps({"demo": {"temperature": {"prompt": PROSE}}}),
    "words.json": json.dumps({"temperature": "Temperature", "model": "The model", "x": {"prompt": PROSE}}),
}


@pytest.mark.parametrize("path", ORDINARY)
def test_ordinary_data_is_no_prompt_and_the_reason_is_given(path):
    extraction = extract(ORDINARY[path], path)
    assert not extraction.prompts
    assert not extraction.problems
    assert extraction.reason.startswith("no chat messages or prompt fields")


def test_bare_template_expressions_do_not_load():
    extraction = extract("messages:\n- role: user\n  content: {{ question }}\n")
    assert [item.code for item in extraction.problems] == ["SRC002"]
    assert extraction.problems[0].span.start == len("messages:\n- role: user\n  content: {")


def test_too_deep_is_a_problem():
    extraction = extract("prompt: " + "[" * 100_000, "prompts/a.yaml")
    assert [item.code for item in extraction.problems] == ["SRC003"]


# --- the call and the inputs ----------------------------------------------------------------


def test_call_fields_from_siblings_and_groups():
    text = """
model: openai/gpt-4o
modelParameters: {maxTokens: 200, temperature: 0.2}
response_format: {type: json_object}
messages: [{role: user, content: Hi}]
"""
    call = only(text).call
    assert {field.name: field.value for field in call.fields} == {
        "model": "openai/gpt-4o",
        "max_tokens": 200,
        "temperature": 0.2,
        "response_format": "json_object",
    }
    span = call.get("max_tokens").span
    assert text[span.start : span.end] == "200"


def test_the_model_may_stand_further_out_or_be_unknown():
    text = f"model: gpt-4o\nmax_tokens: 5\nagents:\n- system: {PROSE}\n- {{system: {PROSE}, model: '${{MODEL}}'}}\n"
    first, second = (prompt.call for prompt in extract(text).prompts)
    assert [(field.name, field.value) for field in first.fields] == [("model", "gpt-4o")]
    assert [(field.name, field.value) for field in second.fields] == [("model", UNKNOWN)]


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        ("input_variables: [a, b]", ["a", "b"]),
        ("input_variables:\n- {name: a}\n- {name: b, default: 3}", ["a", "b"]),
        ("inputs: {a: {type: string}, b: 2}", ["a", "b"]),
        ("variables: [a]", ["a"]),
        ("input_variables: []", []),
    ],
)
def test_inputs(declared, names):
    text = f"{declared}\nmodel: m\nprompt: {PROSE}\n"
    inputs = only(text).inputs
    assert [field.name for field in inputs] == names
    assert [text[field.span.start : field.span.end] for field in inputs] == names


def test_no_declared_inputs_is_none():
    assert only(f"model: m\nprompt: {PROSE}\n").inputs is None
    two = extract(f"model: m\ninputs: [a]\nsystem: {PROSE}\nprompt: {PROSE} {{a}}\n").prompts
    assert [prompt.inputs for prompt in two] == [None, None]


# --- templates inside strings ---------------------------------------------------------------


def kinds(prompt):
    return [(s.kind.value, s.text) for s in prompt.segments if s.text or s.kind is not SegmentKind.TEXT]


def joined(prompt):
    """Kinds and texts with adjacent texts joined: the head of a block is a segment of its own."""
    result: list[tuple[str, str]] = []
    for kind, text in kinds(prompt):
        if result and result[-1][0] == kind == "text":
            result[-1] = (kind, result[-1][1] + text)
        else:
            result.append((kind, text))
    return result


def chat(content: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": content}]})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Hi {{ name }}!", [("text", "Hi "), ("slot", "{{ name }}"), ("text", "!")]),
        ("Hi {name}!", [("text", "Hi "), ("slot", "{name}"), ("text", "!")]),
        ('Say {"label": "x"}', [("text", 'Say {"label": "x"}')]),
        ('As {{"a": 1}} for {q}', [("text", 'As {"a": 1} for '), ("slot", "{q}")]),
        ("{{#if x}}A{{/if}}", [("control", ""), ("text", "A"), ("control", "")]),
        (
            "A{# no #}{% if b %}\nB{% endif %}",
            [("text", "A"), ("comment", ""), ("control", ""), ("text", "\nB"), ("control", "")],
        ),
    ],
)
def test_slots_by_content(content, expected):
    text = chat(content)
    prompt = only(text, "a.json")
    assert joined(prompt) == expected
    slots = [s for s in prompt.segments if s.kind is SegmentKind.SLOT]
    assert all(text[s.span.start : s.span.end] == s.text for s in slots)


def test_a_stated_format_wins():
    text = f"template_format: f-string\ninput_variables: [q]\ntemplate: '{PROSE} {{q}} {{{{ x }}}}'\n"
    prompt = only(text)
    assert joined(prompt)[1:] == [("slot", "{q}"), ("text", " { x }")]
    assert prompt.variables == ("q",)


def test_a_slot_with_escapes_inside():
    text = chat('Hi {{ "a\tb" | upper }}, {{ x }}')
    prompt = only(text, "a.json")
    slot = prompt.segments[1]
    assert text[slot.span.start : slot.span.end] == r"{{ \"a\tb\" | upper }}"
    assert slot.text == '{{ "a\tb" | upper }}'


def test_a_template_error_has_its_place_and_keeps_the_text():
    text = chat("Caf\u00e9 {% if x %} never ends {{ x }}")
    extraction = extract(text, "a.json")
    assert [item.code for item in extraction.problems] == ["TPL001"]
    assert 0 < extraction.problems[0].span.start < len(text)
    assert extraction.prompts[0].text.startswith("Caf\u00e9 {% if x %}")


def test_branches_of_two_texts_never_share_a_group():
    item = {"role": "user", "content": "{% if a %}x{% else %}y{% endif %}"}
    prompt = only(json.dumps({"messages": [item, item]}), "a.json")
    groups = [{arm.group for s in message.segments for arm in s.branch} for message in prompt.messages]
    assert groups[0]
    assert groups[1]
    assert not groups[0] & groups[1]


# --- places that are not edited -------------------------------------------------------------


def edits_everywhere(prompt, new="x"):
    spans = [Span(at, at + 1) for at in range(len(prompt.text))]
    return [locate.source_edits(prompt, Edit(span, new)) for span in spans]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("r: &r Say only yes.\nmessages:\n- {role: user, content: *r}\n", "a.yaml"),
        ("base: &b\n  messages:\n  - role: user\n    content: |\n      Say.\nother: *b\n", "a.yaml"),
        ("d: &d {temperature: 0, messages: [{role: user, content: 'Say.'}]}\na:\n  <<: *d\n", "a.yaml"),
        (
            '{"messages": [{"role": "user", "content": "A"}], "messages": [{"role": "user", "content": "B"}]}',
            "a.json",
        ),
        ("messages: [{role: user, content: Say yes}]\n", "a.yaml"),
    ],
    ids=["alias", "alias above", "merge key", "duplicate keys", "plain in brackets"],
)
def test_not_editable(text, path):
    extraction = extract(text, path)
    assert extraction.prompts
    for prompt in extraction.prompts:
        assert set(edits_everywhere(prompt)) == {None}


def test_duplicate_keys_have_ids_of_their_own():
    text = '{"messages": [{"role": "user", "content": "A"}], "messages": [{"role": "user", "content": "B"}]}'
    ids = [prompt.id for prompt in extract(text, "a.json").prompts]
    assert ids == ["a.json::/messages", "a.json::/messages~2"]


def test_an_anchor_without_alias_is_editable():
    text = "messages:\n- role: user\n  content: &x !!str 'Say yes.'\n"
    edits = locate.source_edits(only(text), Edit(Span(4, 7), "no"))
    assert applied(text, edits).endswith("&x !!str 'Say no.'\n")


def test_an_included_file_is_no_text():
    assert shape(only("messages:\n- {role: user, content: !include x.md}\n")) == [(Role.USER, "")]


# --- laws -----------------------------------------------------------------------------------

CHARS = st.sampled_from("aab  \n\n.:#'\"-{}\\\u00e9\U0001f600\u2028\x85\ufeff\t1")
TEXTS = st.text(alphabet=CHARS, max_size=40)
NEW = st.text(alphabet=CHARS, max_size=6)
LIMITS = settings(max_examples=100, deadline=None)


def applied(text: str, edits) -> str:
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


def document(spelt: str, depth: int) -> str:
    """A prompt file with a content spelt like that, and other data around it."""
    pad = "  " * depth
    return (
        f"before: [1, 'x']\n{pad[:0]}messages:\n- role: user\n  content: {spelt}\nafter:\n  k: |\n    more\n"
    )


def block(text: str, header: str, indent: int) -> str:
    body = "".join(
        " " * indent + line if line.strip("\r\n") else line for line in text.splitlines(keepends=True)
    )
    return f"{header}\n{body}".rstrip("\n")


LAYOUTS = {
    "single": lambda text: "'" + text.replace("'", "''") + "'",
    "double": json.dumps,
    "double, raw": lambda text: json.dumps(text, ensure_ascii=False),
    "plain": lambda text: text,
    "plain, wrapped": lambda text: text.replace(" ", "\n    "),
    "single, wrapped": lambda text: "'" + text.replace("'", "''").replace(" ", "\n    ") + "'",
    "double, wrapped": lambda text: json.dumps(text).replace(" ", "  \n    "),
    "literal": lambda text: block(text, "|", 4),
    "literal, strip": lambda text: block(text, "|-", 3),
    "literal, keep": lambda text: block(text, "|+", 4),
    "literal, indented": lambda text: block(text, "|2", 4),
    "folded": lambda text: block(text.replace(" ", "\n"), ">", 4),
    "folded, keep": lambda text: block(text, ">+", 4),
    "folded, strip": lambda text: block(text, ">-", 4),
}


def loaded(source: str):
    return yaml.load(source, yamlevents._LOADER)


def read(source: str, path: str):
    return json.loads(source.lstrip("\ufeff")) if path.endswith("json") else loaded(source)


def first_text(source: str, path: str):
    extraction = extract(source, path)
    if not extraction.prompts:
        return None
    (prompt,) = extraction.prompts
    return prompt


def check_edit(source: str, path: str, style: str, data) -> None:
    """Edit the prompt of `source` at random: nothing, exactly that, or what is left to the proof."""
    prompt = first_text(source, path)
    before = prompt.text
    start = data.draw(st.integers(0, len(before)), label="start")
    end = data.draw(st.integers(start, len(before)), label="end")
    edit = Edit(Span(start, end), data.draw(NEW, label="new"))
    edits = locate.source_edits(prompt, edit)
    if edits is None:
        return
    expected = before[:start] + edit.new + before[end:]
    result = applied(source, edits)
    if style.startswith(("literal", "folded")) and at_block_edge(before, expected, edit):
        return
    if not style.startswith(("literal", "json")) and any(at_line_edge(source, edit) for edit in edits):
        return
    old, now = read(source, path), read(result, path)
    content = now["messages"][0].pop("content")
    old["messages"][0].pop("content")
    if style.startswith("folded") and content != expected:
        return  # a line that begins with white space keeps its breaks: the proof refuses such an edit
    assert content == expected
    assert now == old


def at_block_edge(before: str, expected: str, edit: Edit) -> bool:
    """True if the last line breaks of a block would change, or a line begins where none is indented."""

    def tail(text: str) -> str:
        return text[len(text.rstrip("\n\u2028")) :]

    start = edit.span.start
    on_blank = before[:start][-1:] in "\n\u2028" and before[start : start + 1] in "\n\u2028"
    return tail(before) != tail(expected) or on_blank or not expected.strip()


def at_line_edge(source: str, edit: Edit) -> bool:
    """True if an edit leaves new text or a gap beside a line break of a folding style, or at its end."""
    left = (source[: edit.span.start] + edit.new).rstrip(" \t")
    right = (edit.new + source[edit.span.end :]).lstrip(" \t")
    mine = (source[: edit.span.start].rstrip(" \t"), source[edit.span.end :].lstrip(" \t"))
    edges = "\r\n\x85\u2028\u2029"
    return (
        left[-1:] in edges or right[:1] in (*edges, "", "#") or mine[0][-1:] in edges or mine[1][:1] in edges
    )


@LIMITS
@given(TEXTS, st.booleans(), st.sampled_from([None, 1]), st.sampled_from(["", "\ufeff"]), st.data())
def test_json_law(text, ascii_only, indent, bom, data):
    body = {"messages": [{"role": "user", "content": text}], "after": [1, "x"]}
    source = bom + json.dumps(body, ensure_ascii=ascii_only, indent=indent)
    prompt = first_text(source, "a.json")
    assume(all(s.kind is SegmentKind.TEXT for s in prompt.segments) and prompt.text == text)
    check_edit(source, "a.json", "json", data)


@pytest.mark.parametrize("style", LAYOUTS)
@LIMITS
@given(
    text=TEXTS,
    newline=st.sampled_from(["\n", "\n", "\r\n"]),
    bom=st.sampled_from(["", "\ufeff"]),
    data=st.data(),
)
def test_yaml_law(style, text, newline, bom, data):
    source = bom + document(LAYOUTS[style](text), 0).replace("\n", newline)
    try:
        data_before = loaded(source)
    except yaml.YAMLError:
        assume(False)
    assume(
        set(data_before) == {"before", "messages", "after"}
        and set(data_before["messages"][0]) == {"role", "content"}
    )
    expected = data_before["messages"][0]["content"]
    assume(isinstance(expected, str) and len(data_before["messages"]) == 1)
    prompt = first_text(source, "a.yaml")
    assume(all(s.kind is SegmentKind.TEXT for s in prompt.segments))
    assume("{{" not in expected and "}}" not in expected)
    assert prompt.text == expected
    check_edit(source, "a.yaml", style, data)


@LIMITS
@given(
    st.text(max_size=60),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
    st.sampled_from([20, 80]),
    st.sampled_from(["\n", "\r\n"]),
)
@example("one two three four five six seven", ">", True, 20, "\r\n")
def test_any_text_in_any_style_of_the_dumper_extracts_to_itself(text, style, unicode, width, newline):
    body = {"messages": [{"role": "user", "content": text}]}
    source = yaml.safe_dump(body, default_style=style, allow_unicode=unicode, width=width, line_break=newline)
    expected = loaded(source)["messages"][0]["content"]
    prompt = first_text(source, "a.yaml")
    assume(
        all(s.kind is SegmentKind.TEXT for s in prompt.segments)
        and not {"{{", "}}"} & {*re.findall(r"\{\{|\}\}", expected)}
    )
    assert prompt.text == expected


# --- edits that people make -----------------------------------------------------------------

HEAD = "messages:\n- role: user\n  content: "


@pytest.mark.parametrize(
    ("spelt", "old", "new", "expected"),
    [
        ("|\n    Say yes.\n    Be kind.\n", "Be kind.\n", "", "|\n    Say yes.\n"),
        ("|\n    Say yes.\n\n    Be kind.\n", "\nBe kind.\n", "", "|\n    Say yes.\n"),
        ("|\n    Say yes.\n    Be kind.\n    End.\n", "Be kind.\n", "", "|\n    Say yes.\n    End.\n"),
        (
            "|\n    Say yes.\n    Be kind.\n",
            " yes",
            ":\n- yes\n- no",
            "|\n    Say:\n    - yes\n    - no.\n    Be kind.\n",
        ),
        ("|\n    In order to win, run.\n", "In order to", "To", "|\n    To win, run.\n"),
        ("|-\n    Say yes.\n    Be kind.", "\nBe kind.", "", "|-\n    Say yes."),
        (">\n    Say yes.\n    Be kind.\n    End.\n", " Be kind.", "", ">\n    Say yes.\n    End.\n"),
        (">-\n    Say yes. Be\n    kind. End.", " Be kind.", "", ">-\n    Say yes. End."),
        ("'It''s so.'", "It's", "That's", "'That''s so.'"),
        ('"a\\nb\\u00e9"', "b\u00e9", '"c"\n', '"a\\n\\"c\\"\\n"'),
        ("In order to win, run.", "In order to", "To", "To win, run."),
        ("Win now, please, or not.", ", please,", "", "Win now or not."),
    ],
)
def test_an_edit_reads_as_if_typed(spelt, old, new, expected):
    source = HEAD + spelt
    prompt = only(source)
    start = prompt.text.index(old)
    edits = locate.source_edits(prompt, Edit(Span(start, start + len(old)), new))
    assert applied(source, edits) == HEAD + expected
    assert only(HEAD + expected).text == prompt.text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("spelt", "old", "new"),
    [
        ("Win now, not later.", "not", "# not"),
        ("Win now, not later.", "now,", "now: "),
        ("Win now, not later.", "Win", "- Win"),
        ("Win now", "Win now", "yes"),
        ("|\n    Win now.\n", "Win ", ""),
        ("|\n    Win now.\n", "Win", "  Win"),
        ("'Win now.'", "now", "now\nor"),
        (">\n    Win now.\n", "now", "now\nor"),
    ],
)
def test_what_cannot_be_spelt_is_refused(spelt, old, new):
    prompt = only(HEAD + spelt)
    start = prompt.text.index(old)
    assert locate.source_edits(prompt, Edit(Span(start, start + len(old)), new)) is None


def test_the_codec_of_each_style():
    text = "messages:\n- {role: user, content: 'a'}\n- {role: user, content: \"b\"}\n- role: user\n  content: c d\n"
    text += "- role: user\n  content: |\n    e\n- role: user\n  content: >\n    f\n"
    kinds = [message.segments[0].codec.kind for message in only(text).messages]
    assert kinds == [
        CodecKind.YAML_SINGLE,
        CodecKind.YAML_DOUBLE,
        CodecKind.YAML_PLAIN,
        CodecKind.YAML_LITERAL,
        CodecKind.YAML_FOLDED,
    ]
