"""Which prompts TypeScript and JavaScript hold, what they say, and what is known of their calls."""

from __future__ import annotations

import re

import pytest

from promptlint import extract as every
from promptlint.errors import SourceError
from promptlint.extract.common.values import Runs
from promptlint.extract.script import dedents, extract, fold, worth_parsing
from promptlint.model import (
    UNKNOWN,
    Call,
    Context,
    Extraction,
    Field,
    Prompt,
    Role,
    SegmentKind,
    Source,
    SourceKind,
    Span,
    Target,
    Use,
)
from promptlint.syntax import script

TEXT = "You are a bot that answers short questions."


def extraction(text: str, path: str = "app/bot.ts") -> Extraction:
    return extract(Source(path, text, SourceKind.TYPESCRIPT))


def prompts(text: str, path: str = "app/bot.ts") -> dict[str, Prompt]:
    found = extraction(text, path)
    assert not found.problems
    return {prompt.id.removeprefix(f"{path}::"): prompt for prompt in found.prompts}


def only(text: str) -> Prompt:
    (prompt,) = prompts(text).values()
    return prompt


def said(prompt: Prompt) -> list[tuple[Role | None, str]]:
    return [(message.role, "".join(part.text for part in message.segments)) for message in prompt.messages]


def call(prompt: Prompt) -> dict[str, object]:
    return {field.name: field.value for field in prompt.call.fields}


# --- calls ----------------------------------------------------------------------------------


def test_a_chat_of_openai() -> None:
    code = f"""
    const r = await client.chat.completions.create({{
      model: "gpt-4o", max_tokens: 1_000, temperature: 0.5, stream: true, response_format: {{ type: "json_object" }},
      messages: [{{ role: "system" as const, content: `{TEXT}` }}, {{ role: "user", content: "Sort these: " + mails }}, ...more],
    }});"""
    ((name, prompt),) = prompts(code).items()
    assert name == "r:client.chat.completions.create.messages"
    assert said(prompt) == [
        (Role.SYSTEM, TEXT),
        (Role.USER, "Sort these: ${mails}"),
        (None, "${more}"),
    ]
    assert call(prompt) == {
        "model": "gpt-4o",
        "max_tokens": 1000,
        "temperature": 0.5,
        "stream": True,
        "response_format": "json_object",
    }
    assert prompt.variables == ("mails", "more")


def test_the_responses_of_openai() -> None:
    found = prompts(
        f'openai.responses.create({{ model: M, instructions: "{TEXT}", input: `Sort all of ${{x}}` }})'
    )
    assert {name: said(item) for name, item in found.items()} == {
        "<module>:openai.responses.create.instructions": [(Role.SYSTEM, TEXT)],
        "<module>:openai.responses.create.input": [(Role.USER, "Sort all of ${x}")],
    }
    assert all(call(item)["model"] is UNKNOWN for item in found.values())


def test_the_blocks_of_anthropic_and_their_cache_mark() -> None:
    block = f'{{ type: "text", text: "{TEXT}", cache_control: {{ type: "ephemeral", ttl: "1h" }} }}'
    prompt = only(f'anthropic.messages.create({{ model: "claude-sonnet-4", system: [{block}], messages }})')
    assert said(prompt) == [(Role.SYSTEM, TEXT)]
    assert prompt.messages[0].cache_mark == "1h"


def test_the_cache_mark_of_the_ai_sdk() -> None:
    options = '{ anthropic: { cacheControl: { type: "ephemeral" } } }'
    prompt = only(
        f'streamText({{ messages: [{{ role: "system", content: "{TEXT}", providerOptions: {options} }}] }})'
    )
    assert prompt.messages[0].cache_mark == "ephemeral"


def test_the_ai_sdk() -> None:
    found = prompts(
        f'const o = await generateObject({{ model: openai("gpt-4o-mini"), schema: S, maxRetries: 2, maxOutputTokens: 50,'
        f' system: "{TEXT}", prompt: `Sort the mail of ${{day}}.` }});'
    )
    assert {name: said(item)[0][0] for name, item in found.items()} == {
        "o:generateObject.system": Role.SYSTEM,
        "o:generateObject.prompt": None,
    }
    assert all(
        call(item)
        == {
            "model": "gpt-4o-mini",
            "response_format": UNKNOWN,
            "max_retries": 2,
            "max_output_tokens": 50,
            "max_tokens": 50,
        }
        for item in found.values()
    )


def test_gemini_takes_its_parameters_in_a_config() -> None:
    found = prompts(
        f'ai.models.generateContent({{ model: "gemini-2.5-flash", contents: "Sort the mail of today.",'
        f' config: {{ systemInstruction: "{TEXT}", temperature: 0 }} }})'
    )
    assert {item.messages[0].role for item in found.values()} == {Role.USER, Role.SYSTEM}
    assert all(call(item) == {"model": "gemini-2.5-flash", "temperature": 0} for item in found.values())


@pytest.mark.parametrize(
    ("code", "name", "role"),
    [
        (
            f'const a = new Agent({{ name: "x", instructions: "{TEXT}" }})',
            "a:Agent.instructions",
            Role.SYSTEM,
        ),
        (
            f'new Agent({{ name: "sorter", instructions: "{TEXT}" }})',
            "<module>:Agent.sorter.instructions",
            Role.SYSTEM,
        ),
        (
            'export const t = tool({ description: "Looks up the price of a book", inputSchema: S, execute })',
            "t:tool.description",
            Role.TOOL_DEFINITION,
        ),
        (
            'server.tool("price", "Looks up the price of a book", { isbn: z.string() }, async () => {})',
            "<module>:server.tool.price",
            Role.TOOL_DEFINITION,
        ),
        (
            'server.registerTool("price", { description: "Looks up the price of a book", inputSchema: {} }, f)',
            "<module>:server.registerTool.price.description",
            Role.TOOL_DEFINITION,
        ),
        (
            'const tools = [{ type: "function", function: { name: "p", description: "Looks up the price of books",'
            " parameters: {} } }]",
            "tools.function.description",
            Role.TOOL_DEFINITION,
        ),
        (f'function f() {{ return new SystemMessage("{TEXT}") }}', "f:return", Role.SYSTEM),
        (
            f'history.push({{ role: "developer", content: "{TEXT}" }})',
            "<module>:history.push",
            Role.DEVELOPER,
        ),
        ('const r = await llm.invoke("Sort the mail of today.")', "r:llm.invoke.0", None),
        (
            f'new McpServer({{ name: "x" }}, {{ instructions: "{TEXT}" }})',
            "<module>:McpServer.instructions",
            Role.SYSTEM,
        ),
    ],
)
def test_other_calls(code: str, name: str, role: Role | None) -> None:
    ((found, prompt),) = prompts(code).items()
    assert (found, prompt.messages[0].role) == (name, role)


def test_langchain_reads_braces_as_fields() -> None:
    prompt = only(
        'import "@langchain/core";\nconst p = ChatPromptTemplate.fromMessages([["system", "You are {name}. {{no}}"],'
        ' ["human", "{question}"], new MessagesPlaceholder("history")])'
    )
    assert said(prompt)[:2] == [(Role.SYSTEM, "You are {name}. {no}"), (Role.USER, "{question}")]
    assert prompt.variables[:2] == ("name", "question")


def test_a_template_of_langchain_needs_no_name() -> None:
    prompt = only("const p = PromptTemplate.fromTemplate(`Tell me of {thing}, please.`)")
    assert (prompt.id, prompt.variables) == ("app/bot.ts::p", ("thing",))
    followed = only("const q = `Tell me of {thing}, {{please}}.`; PromptTemplate.fromTemplate(q)")
    assert (followed.text, followed.variables) == ("Tell me of {thing}, {please}.", ("thing",))


# --- constants ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (f"export const SYSTEM_PROMPT = `{TEXT}` as const", "SYSTEM_PROMPT"),
        (f'const prompts = {{ system: {{ prompt: "{TEXT}" }} }} satisfies P', "prompts.system.prompt"),
        (f"class Bot {{ private static instructions = '{TEXT}' }}", "Bot.instructions"),
        (f"class Bot {{ #prompt: string = '{TEXT}' }}", "Bot.prompt"),
        (f"class Bot {{ constructor() {{ this.prompt = '{TEXT}' }} }}", "Bot.prompt"),
        (f"function getPrompt() {{ return `{TEXT}` }}", "getPrompt:return"),
        (f"export const buildPrompt = (x: string) => `{TEXT} ${{x}}`", "buildPrompt"),
        (f"function ask(systemPrompt = '{TEXT}') {{}}", "ask.systemPrompt"),
        (f"export default `{TEXT}{TEXT}{TEXT}`", "default"),
        (
            f"const anything = `{TEXT} Answer in one line, and in the language that the user speaks; never more.`",
            "anything",
        ),
        (f"module.exports.prompt = '{TEXT}'", "module.exports.prompt"),
    ],
)
def test_names_of_constants(code: str, name: str) -> None:
    assert list(prompts(code)) == [name]


def test_a_constant_is_followed_to_the_call() -> None:
    prompt = next(
        item
        for item in extraction(
            f'const MODEL = "gpt-4o";\nconst s = "{TEXT}";\nconst t = s;\n'
            "generateText({ model: openai(MODEL), system: t, messages })"
        ).prompts
    )
    assert prompt.id == "app/bot.ts::s"
    assert said(prompt) == [(Role.SYSTEM, TEXT)]
    assert call(prompt) == {"model": "gpt-4o"}


def test_a_field_and_a_function_are_followed_to_the_call() -> None:
    found = prompts(
        f"class B {{ text = '{TEXT}'; go() {{ ask({{ model: 'a', system: this.text }}) }} }}\n"
        f"const make = (x) => `{TEXT} ${{x}}`;\nask({{ model: 'b', system: make(1) }})"
    )
    assert {name: call(item) for name, item in found.items()} == {
        "B.text": {"model": "a"},
        "make": {"model": "b"},
    }


def test_what_another_file_holds_is_referred_to() -> None:
    code = (
        'import base, { SYSTEM as s } from "./prompts";\nimport * as all from "../all.js";\nimport { x } from "lib";\n'
        'ask({ model: "m", system: s });\nask({ system: all.ONE, model });\nask({ system: base(), model });\n'
        "ask({ system: x, model })"
    )
    found = extraction(code)
    assert [(item.kind, item.target, item.use.name, item.use.role) for item in found.references] == [
        (Target.FILE, "./prompts", "SYSTEM", Role.SYSTEM),
        (Target.FILE, "../all.js", "ONE", Role.SYSTEM),
        (Target.FILE, "./prompts", "default", Role.SYSTEM),
    ]
    assert found.references[0].use.call.get("model") == Field("model", "m", Span(119, 122))
    assert code[found.references[1].span.start : found.references[1].span.end] == '"../all.js"'


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (f"export const s = '{TEXT}'", "s"),
        ("export const s = 'Sort the mail, and be kind.'", "s"),
        (f"export const p = {{ one: '{TEXT}' }}", "p.one"),
        (f"const it = '{TEXT}'; export default it", "default"),
        (f"export default function f() {{ return '{TEXT}' }}", "default"),
        (f"export function f() {{ return '{TEXT}' }}", "f"),
    ],
)
def test_what_another_file_says_of_a_text_counts(code: str, name: str) -> None:
    use = Use(name, Role.SYSTEM, Call((Field("model", "m", Span(1, 2)),)), path="app/main.ts")
    (prompt,) = extract(
        Source("app/texts.ts", code, SourceKind.TYPESCRIPT, context=Context((use,)), named=False)
    ).prompts
    assert prompt.messages[0].role is Role.SYSTEM
    assert prompt.call.fields == (Field("model", "m", Span(1, 2), "app/main.ts"),)


# --- what is none -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        'const instructions = "Click";',
        'const items = [{ title: "A", instructions: "Click the button and wait for the page." }];',
        f'console.log("{TEXT}{TEXT}{TEXT}");',
        f'throw new Error("{TEXT}{TEXT}{TEXT}");',
        f'"{TEXT}{TEXT}{TEXT}"',
        f'<Field placeholder="{TEXT}{TEXT}{TEXT}" />',
        'const messages = [{ role: "assistant", content: "How can I help you today?" }];',
        'const x = { role: "admin", content: "You are an admin of this shop now." };',
        'const template = `<div class="a"><p>All of the mail is here</p></div>`;',
        "const sqlPrompt = `SELECT * FROM a WHERE b = 1 AND c = 2 AND d`;",
        "const prompt: string;",
        'const pairs = [["system", "light or dark theme"], ["user", "the name of the user"]];',
        'program.tool("x", "A tool that does something nice");',
        "createEmbedding({ model: 'e', input: 'All of the words of this text' })",
        'const schema = { type: "object", description: "The place where a user lives" };',
        'type P = { systemPrompt: "You are a bot that answers questions." };',
        f"// const prompt = '{TEXT}'\nconst prompt = other;",
    ],
)
def test_what_is_no_prompt(code: str) -> None:
    assert extraction(code, "app/bot.tsx").prompts == ()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("src/bot.test.ts", "test code"),
        ("src/bot.spec.tsx", "test code"),
        ("src/__tests__/bot.ts", "test code"),
        ("src/__mocks__/bot.js", "test code"),
        ("cypress/bot.cy.js", "test code"),
        ("src/bot.d.ts", "generated, or declarations only"),
        ("public/bot.min.js", "generated, or declarations only"),
        ("src/locales/en/bot.ts", "translations of a user interface"),
        ("src/contest.ts", "constants, arguments and messages"),
        ("src/latest/bot.ts", "constants, arguments and messages"),
    ],
)
def test_what_the_path_says(path: str, reason: str) -> None:
    kind = every.kind_of(path)
    assert kind is not None
    assert every.extract(Source(path, f"const PROMPT = '{TEXT}'", kind)).reason == reason


def test_what_a_bundler_wrote_is_not_read() -> None:
    bundled = f"const PROMPT='{TEXT}';" + "a=b;" * 2000
    assert extraction(bundled).reason == "minified or bundled"
    assert len(extraction(bundled.replace(";", ";\n")).prompts) == 1


@pytest.mark.parametrize(
    "code",
    [
        "const a = 1;",
        "export function f(x: string) { return x.prompt }",
        "interface A { prompt: string }",
        "a.role = 1",
    ],
)
def test_most_files_are_not_parsed(code: str) -> None:
    assert not worth_parsing(code)
    assert extraction(code) == Extraction(reason="nothing in it looks like a prompt")


# --- bad input --------------------------------------------------------------------------------


BROKEN = f"const PROMPT = '{TEXT}';\nconst b = {{ (;\n"


def test_a_broken_file_is_said_if_it_was_named() -> None:
    found = extract(Source("a.ts", BROKEN, SourceKind.TYPESCRIPT, named=True))
    assert [(item.code, BROKEN[: item.span.start].count("\n")) for item in found.problems] == [("SRC002", 1)]
    assert [item.text for item in found.prompts] == [TEXT]
    assert extraction(BROKEN).problems == ()


def test_nothing_is_taken_from_what_does_not_parse() -> None:
    assert extraction(f"const a = ((( {{ prompt: '{TEXT}' ;;; const = class ]").prompts == ()


@pytest.mark.parametrize(
    "text", ["`${" * 3000, "f(" * 3000 + "role: 1", "prompt = '", "\0", "\ud800 role: '", "role: `"]
)
def test_hostile_text_does_no_harm(text: str) -> None:
    assert extraction("const prompt = 1;\n" + text).prompts == ()


def test_too_deep_is_a_problem() -> None:
    with pytest.raises(SourceError) as caught:
        extraction("const prompt = " + "[\n" * 1500 + "]" * 1500)
    assert caught.value.problem.code == "SRC003"


@pytest.mark.parametrize("before", ["", "\ufeff", "// é😀\u2028\n", "const a = '😀😀';\r\n"])
def test_places_count_code_points(before: str) -> None:
    code = f"{before}const PROMPT = '😀 {TEXT}';"
    (part,) = only(code).segments
    assert part.text == f"😀 {TEXT}"
    assert code[part.span.start : part.span.end] == part.text


def test_segments_of_a_template_literal() -> None:
    (text, slot, rest) = only(f"const prompt = `{TEXT} Now ${{ a.b( c ) }}!`").segments
    assert (text.kind, slot.kind, rest.kind) == (SegmentKind.TEXT, SegmentKind.SLOT, SegmentKind.TEXT)
    assert (slot.text, slot.name, rest.text) == ("${ a.b( c ) }", "a.b( c )", "!")


CIRCLE = '[{:"\r/if}}l>\r1} "d"rf'
"""Over this tree-sitter's error recovery goes on for ever, unless its lone CRs are read as line breaks."""


def test_a_lone_carriage_return_ends_a_line() -> None:
    assert script.parse(Source("a.js", CIRCLE, SourceKind.JAVASCRIPT)).broken is not None


def test_a_parser_that_goes_in_circles_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "_LONE_CR", re.compile("never"))
    for _ in range(2):  # the parser is good for another file afterwards
        with pytest.raises(SourceError) as caught:
            script.parse(Source("a.js", CIRCLE, SourceKind.JAVASCRIPT))
        assert caught.value.problem.code == "SRC002"
        assert script.parse(Source("b.js", "let a = 1;\n", SourceKind.JAVASCRIPT)).broken is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (f"import a from 'a';\nconst SYSTEM_PROMPT = `{TEXT}\nBe brief.\n", 19),
        (f'const chat = [{{role: "system", content: "{TEXT}" ;\nfoo(', 0),
    ],
)
def test_a_broken_script_that_looks_like_prompts_is_one_problem(text: str, start: int) -> None:
    found = extraction(text)
    assert found.prompts == ()
    assert [(item.code, item.span.start) for item in found.problems] == [("SRC002", start)]


@pytest.mark.parametrize(
    "text",
    [
        f"const label = `{TEXT}\nBe brief.\n",  # an ordinary text
        f"const SYSTEM_PROMPT = '{TEXT}';\nconst a = {{;\n",  # the prompt is not in the broken part
    ],
)
def test_a_broken_script_without_lost_prompts_is_silent(text: str) -> None:
    assert extraction(text).problems == ()


def test_the_generated_client_of_baml_is_left_out() -> None:
    text = f"const fileMap = {{'ask.baml': 'function Ask() {{ prompt {TEXT} }}', prompt: '{TEXT}'}};"
    assert extraction(text, "web/baml_client/inlinedbaml.ts").prompts == ()
    named = Source("baml_client/a.ts", f"const PROMPT = '{TEXT}';", SourceKind.TYPESCRIPT, named=True)
    assert len(extract(named).prompts) == 1


def test_names_that_are_handed_on_are_references() -> None:
    text = (
        'export { SYSTEM as RULES, type Kind } from "./rules";\nexport * from "./tone";\n'
        'export * as mail from "./mail";\nexport { useState } from "react";\nexport const a = 1;\n'
    )
    found = extraction(text, "app/index.ts").references
    assert [(item.target, item.use.name, item.alias) for item in found] == [
        ("./rules", "SYSTEM", "RULES"),
        ("./rules", "Kind", "Kind"),
        ("./tone", "", "*"),
        ("./mail", "", "mail"),
    ]


def test_a_text_in_calls_in_calls_is_dedented_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = dedents.dedent

    def counted(runs: Runs, known: bool) -> Runs:
        seen.append(len(runs))
        return real(runs, known)

    monkeypatch.setattr(dedents, "dedent", counted)
    code = "const PROMPT = " + "dedent(" * 300 + f"`\n  {TEXT}\n    Be brief.\n`" + ")" * 300
    assert only(code).text == f"{TEXT}\n  Be brief."
    assert len(seen) == 1


def test_a_constant_that_many_calls_share_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Span] = []
    real = fold.scan

    def counted(text: str, span: Span, *rest: object) -> object:
        seen.append(span)
        return real(text, span, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(fold, "scan", counted)
    calls = "".join(f'generateText({{model: "m{n}", system: SYSTEM, prompt: q}});\n' for n in range(500))
    found = prompts(f"const SYSTEM = '{TEXT}';\n{calls}")
    assert set(found) == {"SYSTEM"}
    assert len([span for span in seen if span == Span(15, 17 + len(TEXT))]) == 1


def test_what_a_tool_says_of_its_parameters_are_messages_of_its_prompt() -> None:
    text = """const stock = tool({
      parameters: z.object({
        name: z.string().min(1).describe("The name of the product"),
        shop: z.object({ town: z.string().describe(`Where the shop is`) }).optional(),
        size: z.number(),
      }),
      description: "Looks up how many pieces of a product are left",
      execute: async () => schema.describe("no part of the prompt at all"),
    });"""
    prompt = only(text)
    said = [(message.role, message.segments[0].text) for message in prompt.messages]
    assert said == [
        (Role.TOOL_DEFINITION, "The name of the product"),
        (Role.TOOL_DEFINITION, "Where the shop is"),
        (Role.TOOL_DEFINITION, "Looks up how many pieces of a product are left"),
    ]


def test_a_json_schema_of_a_tool_describes_its_parameters() -> None:
    text = """const tool = {
      name: "stock", description: "Looks up how many pieces of a product are left",
      input_schema: {type: "object", properties: {
        description: {type: "string", description: "Words of the product"},
      }},
    };"""
    texts = ["".join(part.text for part in message.segments) for message in only(text).messages]
    assert texts == ["Looks up how many pieces of a product are left", "Words of the product"]


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("out/_next/static/chunks/3gk.js", ""),
        ("app/static/js/main.a1b2.js", ""),
        ("app/x.js", "(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push("),
    ],
)
def test_what_a_bundler_wrote_holds_no_prompts(path: str, head: str) -> None:
    text = f'{head}const SYSTEM_PROMPT = "{TEXT}";\n'
    assert extraction(text, path).reason == "minified or bundled"
    assert extract(Source(path, text, SourceKind.JAVASCRIPT, named=True)).reason != "minified or bundled"
