"""Prompts are found in the files that tools keep them in, each by what its keys say, with their calls."""

from __future__ import annotations

import json
import textwrap

import pytest
import yaml as pyyaml
from data_formats import anchors, call, check_edits, inputs, only, prompts, read, shape, slots
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from promptlint.extract import extract, kind_of
from promptlint.model import UNKNOWN, Call, Context, Extraction, Field, Role, Source, Span, Use

S, U, A = Role.SYSTEM, Role.USER, Role.ASSISTANT


def yaml(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


# --- GitHub Models --------------------------------------------------------------------------

GITHUB = yaml("""
    name: Tone
    description: You are told here what the prompt is for, and it is not sent to anybody at all.
    model: openai/gpt-4o-mini
    modelParameters:
      temperature: 0.5
      maxCompletionTokens: 90
    responseFormat: json_schema
    jsonSchema: '{"name": "tone"}'
    messages:
      - role: system
        content: 'You judge the tone of mails. Say {"tone": "..."}.'
      - role: user
        content: "Mail: {{input}}"
    testData:
      - input: You are given a very long test mail that nobody should take for a prompt, ever and ever.
        expected: calm
    evaluators:
      - name: words
        string: {contains: calm}
      - name: judge
        llm:
          modelId: openai/gpt-4o
          systemPrompt: You compare two answers.
          prompt: 'Is {{completion}} as good as {{expected}}?'
          choices: [{choice: 'yes', score: 1}]
    """)


def test_github_models():
    messages, judge = prompts(GITHUB, "tone.prompt.yml")
    assert anchors((messages, judge)) == ["/messages", "/evaluators/1/llm"]
    assert shape(messages) == [
        (S, 'You judge the tone of mails. Say {"tone": "..."}.'),
        (U, "Mail: {{input}}"),
    ]
    assert slots(messages) == ["{{input}}"]
    assert call(messages) == {
        "model": "openai/gpt-4o-mini",
        "temperature": 0.5,
        "max_completion_tokens": 90,
        "response_format": "json_schema",
    }
    assert shape(judge) == [
        (S, "You compare two answers."),
        (U, "Is {{completion}} as good as {{expected}}?"),
    ]
    assert call(judge) == {"model": "openai/gpt-4o"}
    assert read(GITHUB, "tone.prompt.yml").reason == "a GitHub Models prompt"
    check_edits(GITHUB, "tone.prompt.yml")


def test_test_data_alone_is_no_prompt():
    text = "testData:\n- input: You are a very long test mail that nobody should take for a prompt at all, ever.\n"
    assert prompts(text, "x.yml") == ()


def test_what_tests_expect_is_no_prompt():
    chat = {"messages": [{"role": "user", "content": "Hello World"}]}
    tool = {"name": "a", "description": "Adds it.", "input_schema": {"type": "object"}}
    text = json.dumps([{"name": "hi", "tests": [{"expect": chat, "tools": [tool]}], "expect": chat}])
    assert prompts(text, "spec.json") == ()
    assert len(prompts(json.dumps([{"tools": [tool]} | chat]), "spec.json")) == 2
    assert read(json.dumps(chat), "src/__fixtures__/a.json").reason == "test data"


# --- promptfoo ------------------------------------------------------------------------------

PROMPTFOO = yaml("""
    description: Compare
    prompts:
      - file://prompts/one.txt
      - file://prompts/*.j2
      - file://make.py:build
      - old.txt
      - 'Answer: {{question}}'
      - id: second
        label: two
        raw: |
          Be brief.
          {{question | upper}}
      - {id: file://three.json, label: three}
      - '{{prompt}}'
    providers:
      - id: openai:chat:gpt-4o
        config: {temperature: 0, max_tokens: 50}
    tests:
      - vars: {question: You are asked a long question here that is only a part of the test data of it all.}
    """)


def test_promptfoo():
    extraction = read(PROMPTFOO, "eval/promptfooconfig.yaml")
    first, second = extraction.prompts
    assert anchors((first, second)) == ["/prompts/4", "/prompts/5/raw"]
    assert (first.text, slots(first)) == ("Answer: {{question}}", ["{{question}}"])
    assert second.text == "Be brief.\n{{question | upper}}\n"
    assert call(first) == {"model": "gpt-4o", "temperature": 0, "max_tokens": 50}
    assert [(item.target, item.required) for item in extraction.references] == [
        ("prompts/one.txt", True),
        ("prompts/*.j2", True),
        ("make.py", True),
        ("old.txt", False),
        ("three.json", True),
    ]
    assert [item.use.name for item in extraction.references] == ["", "", "build", "", ""]
    reference = extraction.references[0]
    assert reference.use.syntax == "jinja"
    assert reference.use.call == first.call
    assert PROMPTFOO[reference.span.start : reference.span.end] == "file://prompts/one.txt"
    check_edits(PROMPTFOO, "eval/promptfooconfig.yaml")


@pytest.mark.parametrize(
    ("providers", "model"),
    [
        ("[openai:gpt-4o]", "gpt-4o"),
        ("openai:responses:gpt-4o", "gpt-4o"),
        ("['anthropic:messages:claude-sonnet-4-5']", "claude-sonnet-4-5"),
        ("['bedrock:us.amazon.nova-pro-v1:0']", "us.amazon.nova-pro-v1:0"),
        ("[{'openai:gpt-4o': {config: {temperature: 1}}}]", "gpt-4o"),
        ("[openai:gpt-4o, openai:gpt-4.1]", UNKNOWN),
        ("['file://provider.py']", UNKNOWN),
        ("['exec:python chain.py']", UNKNOWN),
        ("['openai:{{ env.MODEL }}']", UNKNOWN),
        ("['openai:assistant:asst_1']", UNKNOWN),
    ],
)
def test_the_model_of_a_provider(providers, model):
    assert call(only(f"prompts: [Say hi]\nproviders: {providers}\n", "x.yaml"))["model"] == model


@pytest.mark.parametrize(
    "spelt",
    [
        '\'[{"role": "system", "content": "Be\\nbrief, it\'\'s {{x}}."}, {"role": "user", "content": "{{q}}"}]\'',
        '|\n    [\n      {"role": "system", "content": "Be\\nbrief, it\'s {{x}}."},\n'
        '      {"role": "user", "content": "{{q}}"}\n    ]',
        "|\n    - role: system\n      content: |-\n        Be\n        brief, it's {{x}}.\n"
        "    - role: user\n      content: '{{q}}'",
        '"[{\\"role\\": \\"system\\", \\"content\\": \\"Be\\\\nbrief, it\'s {{x}}.\\"},'
        ' {\\"role\\": \\"user\\", \\"content\\": \\"{{q}}\\"}]"',
    ],
    ids=["JSON in quotes", "JSON in a block", "YAML in a block", "JSON in double quotes"],
)
def test_a_prompt_that_is_a_chat_in_a_string(spelt):
    text = f"prompts:\n  - {spelt}\nproviders: [openai:gpt-4o]\n"
    prompt = only(text, "promptfooconfig.yaml")
    assert shape(prompt) == [(S, "Be\nbrief, it's {{x}}."), (U, "{{q}}")]
    for segment in prompt.segments:
        for piece in segment.pieces:
            spelling = text[piece.source_start : piece.source_end]
            if piece.verbatim:
                assert spelling == segment.text[piece.text_start : piece.text_end]
            else:
                assert spelling.strip(" ") in ("\\n", "\\\\n", "\n", "''")
    check_edits(text, "promptfooconfig.yaml")


def test_chat_arrays_and_one_string():
    text = json.dumps({"prompts": [[{"role": "user", "content": "Hi {{x}}"}]], "tests": []})
    assert shape(only(text, "a.json")) == [(U, "Hi {{x}}")]
    (reference,) = read("prompts: file://a.txt\ntests: []\n", "a.yaml").references
    assert reference.target == "a.txt"
    references = read("prompts: {a.txt: one, 'file://b.txt': two}\nproviders: [x]\n", "a.yaml").references
    assert [item.target for item in references] == ["a.txt", "b.txt"]


def test_promptfoo_near_misses():
    assert prompts("prompts: [a, b]\nversion: 3\n", "x.yaml") == ()
    assert read("prompts: [file://x.txt]\nversion: 3\n", "x.yaml").references == ()


def test_a_broken_promptfoo_file_is_one_problem():
    (problem,) = read("prompts:\n - [a\nproviders: x\n", "a/promptfooconfig.yaml").problems
    assert problem.code == "SRC002"


# --- LangChain ------------------------------------------------------------------------------


def test_langchain_prompt_file():
    text = yaml("""
        _type: prompt
        input_variables: [text, tone]
        partial_variables: {date: today}
        template: 'Say {text} in {tone} on {date}, as {{json}}.'
        """)
    prompt = only(text, "x.yaml")
    assert anchors((prompt,)) == ["/template"]
    assert prompt.text == "Say {text} in {tone} on {date}, as {json}."
    assert prompt.variables == ("text", "tone", "date")
    assert inputs(prompt) == ["text", "tone", "date"]
    check_edits(text, "x.yaml")


def test_langchain_few_shot_is_one_prompt_with_a_place_for_examples():
    text = yaml("""
        _type: few_shot
        input_variables: [word]
        prefix: Give the opposite of a word.
        example_prompt: {_type: prompt, input_variables: [a, b], template: "{a} -> {b}"}
        examples:
          - {a: tall, b: short, c: [1]}
        suffix: "{word} ->"
        """)
    prompt = only(text, "x.yaml")
    assert prompt.id == "x.yaml"
    assert prompt.text == "Give the opposite of a word.{examples}{word} ->"
    assert slots(prompt) == ["{examples}", "{word}"]
    assert (prompt.variables, inputs(prompt)) == (("word",), ["word"])
    check_edits(text, "x.yaml")


def test_langchain_few_shot_examples_of_two_texts_are_turns():
    text = yaml("""
        _type: few_shot
        input_variables: [word]
        prefix: Give the opposite of a word.
        examples:
          - word: tall
            opposite: short
          - word: hot
            opposite: cold
        suffix: "{word} ->"
        """)
    prompt = only(text, "x.yaml")
    assert prompt.text == "Give the opposite of a word.tallshorthotcold{word} ->"
    roles = [message.role for message in prompt.messages]
    assert roles[1:] == [Role.USER, Role.ASSISTANT, Role.USER, Role.ASSISTANT, Role.USER]
    check_edits(text, "x.yaml")


def test_examples_beside_a_system_text_are_its_turns():
    text = yaml("""
        system: Label comments on pull requests as fine, heated or spam, one word only.
        examples:
          - comment: nack, breaks bisect
            answer: fine
          - comment: read the docs for once
            answer: heated
          - comment: buy coins here
            answer: spam
        user: "Comment: {comment}"
        """)
    first = prompts(text, "moderation.yaml")[0]
    assert first.text.endswith("buy coins herespam")
    assert [message.role for message in first.messages[:3]] == [Role.SYSTEM, Role.USER, Role.ASSISTANT]
    check_edits(text, "moderation.yaml")
    other = text.replace("answer: ", "tags: [a], answer: ")
    assert prompts(other, "moderation.yaml") == ()


def test_langchain_names_files():
    text = json.dumps({"_type": "prompt", "template_path": "t.txt", "template_format": "jinja2"})
    (reference,) = read(text, "x.json").references
    assert (reference.target, reference.use.syntax, reference.required) == ("t.txt", "jinja", True)


def dumped(name: str, **kwargs: object) -> dict[str, object]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "x", name], "kwargs": kwargs}


def test_langchain_dump():
    system = dumped("PromptTemplate", template="You are {who}.", input_variables=["who"])
    human = dumped("PromptTemplate", template="{{ q }}", input_variables=["q"], template_format="f-string")
    chat = dumped(
        "ChatPromptTemplate",
        input_variables=["who", "history"],
        messages=[
            dumped("SystemMessagePromptTemplate", prompt=system),
            dumped("MessagesPlaceholder", variable_name="history"),
            dumped("HumanMessagePromptTemplate", prompt=human),
            dumped("AIMessage", content="Yes?"),
        ],
    )
    model = dumped("RunnableBinding", bound=dumped("ChatOpenAI", model_name="gpt-4o", temperature=0.1))
    text = json.dumps(dumped("RunnableSequence", first=chat, last=model))
    prompt = only(text, "chain.json")
    assert anchors((prompt,)) == ["/kwargs/first/kwargs/messages"]
    assert shape(prompt) == [(S, "You are {who}."), (None, "{history}"), (U, "{ q }"), (A, "Yes?")]
    assert call(prompt) == {"model": "gpt-4o", "temperature": 0.1}
    assert inputs(prompt) == ["who", "history"]
    assert prompt.variables == ("who", "history")
    check_edits(text, "chain.json")


def test_langchain_near_misses():
    parser = json.dumps(dumped("StrOutputParser", template="You are a parser that is no prompt at all."))
    assert prompts(parser, "x.json") == ()
    assert prompts(json.dumps({"_type": "openai", "template": "x"}), "x.json") == ()


# --- llm ------------------------------------------------------------------------------------


def test_a_template_of_llm():
    text = yaml("""
        model: gpt-4o
        system: You write at $$5 a word.
        prompt: 'Sum up in ${style}: $input'
        defaults: {style: haiku}
        options: {temperature: 0.3}
        """)
    prompt = only(text, "templates/sum.yaml")
    assert anchors((prompt,)) == ["/prompt"]
    assert shape(prompt) == [(S, "You write at $5 a word."), (U, "Sum up in ${style}: $input")]
    assert slots(prompt) == ["${style}", "$input"]
    assert call(prompt) == {"model": "gpt-4o", "temperature": 0.3}
    check_edits(text, "templates/sum.yaml")


LONG = "Tell me what the text is about, in two plain sentences, and give me the three names that matter most."


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"system: {LONG}\n", 1),
        (f"prompt: {LONG}\nname: sum\n", 1),
        ("prompt: Sum up this text please\nfragments: [x.txt]\n", 1),
        ("prompt: Do you want to go on\n", 0),
        (f"prompt: {LONG}\nwhen: always\n", 0),
        ("system: linux on a machine with much memory\nversion: 3\n", 0),
    ],
)
def test_what_makes_a_template_of_llm(text, number):
    assert len(prompts(text, "a.yaml")) == number


# --- Langfuse, requests ---------------------------------------------------------------------


def test_langfuse_export():
    prompt = {"type": "text", "name": "a", "version": 2, "labels": [], "prompt": "Answer {{q}} as JSON {x}."}
    text = json.dumps([prompt | {"config": {"model": "gpt-4o", "temperature": 0}}])
    found = only(text, "a.json")
    assert anchors((found,)) == ["/0/prompt"]
    assert (slots(found), call(found)) == (["{{q}}"], {"model": "gpt-4o", "temperature": 0})
    assert (
        prompts(json.dumps({"name": "a", "version": "1.0.0", "prompt": "Do you want it all now?"}), "a.json")
        == ()
    )


def test_requests_of_several_vendors():
    google = {
        "model": "gemini-2.5-flash",
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"text": "Yes"}]},
        ],
        "generationConfig": {"maxOutputTokens": 9},
    }
    prompt = only(json.dumps(google), "a.json")
    assert shape(prompt) == [(S, "Be brief."), (U, "Hi"), (A, "Yes")]
    assert call(prompt) == {"model": "gemini-2.5-flash", "max_output_tokens": 9}
    assistant = {
        "object": "assistant",
        "model": "gpt-4o",
        "instructions": "You help people with their taxes.",
    }
    assert shape(only(json.dumps(assistant), "a.json")) == [(S, "You help people with their taxes.")]
    responses = {"model": "gpt-4o", "instructions": "Be brief.", "input": [{"role": "user", "content": "Hi"}]}
    assert shape(only(json.dumps(responses), "a.json")) == [(S, "Be brief."), (U, "Hi")]


# --- collections ----------------------------------------------------------------------------


def collection(prompts: int, others: int) -> str:
    told = {
        f"t{n}": f"You are a judge of {n}. " + "Say how good the text below is. " * 4 for n in range(prompts)
    }
    asked = {f"o{n}": "Based on the {{ text }}, list what was said. " * 3 for n in range(others)}
    dull = {"help": "This is a long text on how to set the tool up. " * 4}
    return json.dumps({"Metric": told | asked | dull})


def test_texts_with_slots_beside_many_prompts_are_prompts():
    assert len(prompts(collection(9, 5), "templates.json")) == 14
    assert len(prompts(collection(3, 5), "templates.json")) == 3
    assert len(prompts(collection(9, 60), "templates.json")) == 9


# --- what other files say -------------------------------------------------------------------


def used(text: str, path: str, **use: object) -> Extraction:
    kind = kind_of(path)
    assert kind is not None
    return extract(Source(path, text, kind, context=Context(uses=(Use(path="promptfooconfig.yaml", **use),))))


def test_a_file_that_a_configuration_names_is_a_prompt():
    call = Call((Field("model", "gpt-4o", Span(3, 9), "promptfooconfig.yaml"),))
    text = '[{"role": "user", "content": "Hi {{ x }}, {y}"}]'
    (prompt,) = used(text, "a.json", call=call, syntax="jinja").prompts
    assert (slots(prompt), prompt.call) == (["{{ x }}"], call)
    (prompt,) = used("greet: Say hello to all of them\n", "a.yaml", syntax="jinja").prompts
    assert prompt.id == "a.yaml::/greet"


def test_a_chat_that_is_json_only_when_filled_in_is_no_broken_file():
    text = (
        '[\n  {"role": "user", "content": "Hi"},\n  {% for x in y %}\n  {"role": "user"},\n  {% endfor %}\n]'
    )
    extraction = used(text, "a.json", syntax="jinja")
    assert (extraction.prompts, extraction.problems) == ((), ())
    assert extraction.reason


# --- laws -----------------------------------------------------------------------------------

CONTENTS = st.text(st.sampled_from("aab  \n\n.:#'\"-\\\u00e9\U0001f600\t1"), max_size=30)


@pytest.mark.parametrize(
    "style", ["'", '"', "|", ">", None], ids=["single", "double", "literal", "folded", "plain"]
)
@given(
    contents=st.lists(CONTENTS, min_size=1, max_size=3),
    indent=st.sampled_from([None, 2]),
    ascii=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_chat_in_a_string_reads_as_its_two_parsers_read_it(style, contents, indent, ascii):  # noqa: A002
    chat = [{"role": "user", "content": content} for content in contents]
    spelt = json.dumps(chat, indent=indent, ensure_ascii=ascii)
    text = pyyaml.dump({"prompts": [spelt], "tests": []}, default_style=style, allow_unicode=True, width=60)
    assume(pyyaml.safe_load(text)["prompts"] == [spelt])  # its folded style is not always read back
    prompt = only(text, "a.yaml")
    assert shape(prompt) == [(U, content) for content in contents]
    for segment in prompt.segments:
        at = 0
        for piece in segment.pieces:
            assert piece.text_start == at
            at = piece.text_end
            spelling = text[piece.source_start : piece.source_end]
            assert not piece.verbatim or spelling == segment.text[piece.text_start : piece.text_end]
        assert at == len(segment.text)


@pytest.mark.parametrize(
    "text",
    [
        "prompts:\n- '" + "{{" * 200_000 + "'\ntests: []\n",
        "prompts:\n- 'file://" + " x" * 200_000 + "'\ntests: []\n",
        "prompts:\n- '" + "[{" * 200_000 + "'\ntests: []\n",
        "template: '" + '<message role="user">' * 20_000 + "'\nexecution_settings: {}\n",
        "pre_prompt: '" + "{{#a" * 50_000 + "'\nmodel: {}\n",
        "promptType: x\nbasePromptTemplate: '" + "$a" * 20_000 + "'\n",
    ],
)
def test_hostile_texts_are_read_at_once(text):
    assert len(read(text, "a.yaml").prompts) <= 1


def test_many_slots_and_escapes_are_read_in_step_with_their_number():
    text = '{"messages": [{"role": "user", "content": "' + "{a}\\n" * 5_000 + '"}]}'
    assert len(only(text, "a.json").segments) == 10_000
