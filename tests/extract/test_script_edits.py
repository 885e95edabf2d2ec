"""What is found in scripts can be edited there: the file reads back as edited, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from promptlint.codecs import encode
from promptlint.extract.script import extract
from promptlint.locate import source_edits
from promptlint.model import Codec, CodecKind, Edit, Prompt, SegmentKind, Source, SourceKind, Span
from promptlint.proof.script import same
from promptlint.suppress import suppressions
from promptlint.syntax.script import leaves
from promptlint.syntax.scripttext import scan

OPENING = "You must answer the question now. "
CHARACTERS = st.text(
    st.one_of(
        st.sampled_from(list("abn1x {}\n\t\\\"'`$\r\x00\x0c\u2028\x7f\ufeffé😀")),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=20,
)
QUOTES = st.sampled_from("'\"`")


def source_of(code: str) -> Source:
    return Source("bot.ts", code, SourceKind.TYPESCRIPT)


def prompt_of(code: str) -> Prompt:
    (prompt,) = extract(source_of(code)).prompts
    return prompt


def applied(prompt: Prompt, edit: Edit) -> str | None:
    """The file with the edit, proven to change nothing but strings; None if it cannot be spelt."""
    edits = source_edits(prompt, edit)
    if edits is None:
        return None
    code = prompt.source.text
    for item in reversed(edits):
        code = code[: item.span.start] + item.new + code[item.span.end :]
    assert same(prompt.source, source_of(code), edits)
    return code


def decoded(code: str) -> str:
    """The one literal of a file as tree-sitter cuts it, each piece read by rules of its own."""
    template = "`" in code
    out = []
    for leaf in leaves(source_of(code)):
        if leaf.kind == "string_fragment":
            out.append(re.sub("\r\n?", "\n", leaf.text) if template else leaf.text)
        elif leaf.kind == "escape_sequence":
            inner = leaf.text[1:]
            digits = re.fullmatch(r"(?:x|u\{?)([0-9a-fA-F]+)\}?", inner)
            names = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
            out.append(
                chr(int(digits[1], 16)) if digits else names.get(inner, inner.strip("\r\n\u2028\u2029"))
            )
    return "".join(out)


# --- spelling -------------------------------------------------------------------------------


@example("${a} `$", "`")
@example("$", "`")
@example("\\${\n", "`")
@example("'\"\\\n\r\u2028", "'")
@given(CHARACTERS, QUOTES)
def test_what_is_spelt_is_read_back(text: str, quote: str) -> None:
    spelt = encode(text, Codec(CodecKind.JAVASCRIPT, quote=quote))
    assert spelt is not None
    code = f"{quote}{spelt}{quote}"
    runs = scan(code, Span(0, len(code)))
    assert runs is not None
    assert "".join(run.text for run in runs) == text
    assert decoded(f"x = {code};") == text


def test_new_text_opens_no_slot_with_the_old() -> None:
    code = f"const prompt = `{OPENING}costs $ {{x}} and ${{y}}.`;"
    prompt = prompt_of(code)
    at = prompt.text.index("$ {") + 1
    removed = Edit(Span(at, at + 1), "")
    assert source_edits(prompt, removed) is None
    edits = (Edit(Span(code.index("$ {") + 1, code.index("$ {") + 2), ""),)
    assert not same(prompt.source, source_of(code.replace("$ {", "${")), edits)
    dollar = Edit(Span(at + 1, at + 1), "$")
    assert applied(prompt, dollar) == code.replace("$ {", "$ \\${")
    brace = Edit(Span(at, at), "{")
    assert applied(prompt, brace) == code.replace("$ {", "$\\{ {")


def test_a_lone_surrogate_is_not_written() -> None:
    assert encode("\ud83d", Codec(CodecKind.JAVASCRIPT, quote="'")) is None


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r"'\x41\u0042\u{43}\u{1F600}\uD83D\uDE00'", "ABC😀😀"),
        (r"'\q\'\"\\\b\f\v\0'", "q'\"\\\b\f\v\0"),
        ("'a\\\nb\\\r\nc\\\u2028d'", "abcd"),
        ("`a\r\nb\rc\\\r\nd`", "a\nb\ncd"),
        (r"`\`\${a} $ {b} \u{000041}`", "`${a} $ {b} A"),
        ("'\u2028'", "\u2028"),
    ],
)
def test_escapes(literal: str, text: str) -> None:
    runs = scan(literal, Span(0, len(literal)))
    assert runs is not None
    assert "".join(run.text for run in runs) == text


@pytest.mark.parametrize(
    "literal", [r"'\07'", r"'\1'", r"'\u{110000}'", r"'\xg'", "'a\nb'", "'a", "x", r"'\'"]
)
def test_what_is_no_literal(literal: str) -> None:
    assert scan(literal, Span(0, len(literal))) is None


# --- edits ----------------------------------------------------------------------------------


@given(st.data(), CHARACTERS, QUOTES, CHARACTERS)
def test_an_edit_reads_back(data: st.DataObject, text: str, quote: str, new: str) -> None:
    spelt = encode(OPENING + text, Codec(CodecKind.JAVASCRIPT, quote=quote))
    assert spelt is not None
    code = f"// é😀\nconst prompt = {quote}{spelt}{quote};\n"
    prompt = prompt_of(code)
    assume(not any(part.kind is SegmentKind.SLOT for part in prompt.segments))
    start = data.draw(st.integers(len(OPENING), len(prompt.text)))
    end = data.draw(st.integers(start, len(prompt.text)))
    edit = Edit(Span(start, end), new.replace("{", "(").replace("}", ")"))
    wanted = prompt.text[:start] + edit.new + prompt.text[end:]
    assume("{" not in wanted)
    written = applied(prompt, edit)
    if written is not None:
        assert prompt_of(written).text == wanted


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (
            "const prompt = 'You must answer it, don\\'t wait.';",
            "const prompt = 'You must answer it, don\\'t NEW\\n\\'x\\'.';",
        ),
        (
            'const prompt = "You must answer it, do wait.";',
            "const prompt = \"You must answer it, do NEW\\n'x'.\";",
        ),
        (
            "const prompt = `You must answer it, do wait.`;",
            "const prompt = `You must answer it, do NEW\n'x'.`;",
        ),
        (
            "const prompt = `You must answer it.\r\nDo wait.`;\r\n",
            "const prompt = `You must answer it.\r\nDo NEW\r\n'x'.`;\r\n",
        ),
        (
            "const prompt = dedent`\n      You must answer it.\n    Do wait.\n  `;",
            None,
        ),
        (
            "const prompt = dedent`\n  You must answer it.\n    Do wait.\n  `;",
            "const prompt = dedent`\n  You must answer it.\n    Do NEW\n  'x'.\n  `;",
        ),
        (
            "const prompt = ['You must answer it.', `Do wait.`].join('\\n').trim();",
            "const prompt = ['You must answer it.', `Do NEW\n'x'.`].join('\\n').trim();",
        ),
        ("const prompt = String.raw`You must answer it \\d. Do wait.`;", None),
        (
            "const prompt = 'You must answer {x}, do wait.'.replace('{x}', x);",
            "const prompt = 'You must answer {x}, do NEW\\n\\'x\\'.'.replace('{x}', x);",
        ),
    ],
)
def test_a_word_is_replaced_in_the_quoting_around_it(code: str, written: str | None) -> None:
    prompt = prompt_of(code)
    at = prompt.text.index("wait")
    edit = Edit(Span(at, at + 4), "NEW\n'x'")
    assert applied(prompt, edit) == written
    if written is not None:
        assert prompt_of(written).text == prompt.text.replace("wait", "NEW\n'x'")


# --- texts that several literals make ---------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"You must answer " + x + " now, and be" + `\n${y}.`', "You must answer ${x} now, and be\n${y}."),
        (
            '["You must answer it.", ...rest, a && "Be kind."].filter(Boolean).join("\\n")',
            "You must answer it.\n${...rest}\nBe kind.",
        ),
        ("`\n  You must answer it now.\n  `.trim()", "You must answer it now."),
        (
            "`You must answer ${a ? `it for ${b}` : 'them'} right now.`",
            "You must answer it for ${b}them right now.",
        ),
        (
            "`You must answer ${list.map((x) => `- ${x}`)} right now.`",
            "You must answer ${list.map((x) => `- ${x}`)} right now.",
        ),
        ("given ?? 'You must answer it right now.'", "${given}You must answer it right now."),
        (
            "'You must answer {{x}} for {{x}} now.'.replace(/\\{\\{x\\}\\}/g, name)",
            "You must answer {{x}} for {{x}} now.",
        ),
        ("(`You must answer it right now.` as const)!", "You must answer it right now."),
        ("outdent`\n    You must answer at once:\n\n      - it\n    `", "You must answer at once:\n\n  - it"),
        ("stripIndent(`\n  You must answer it\n  right now.`)", "You must answer it\nright now."),
        ("String.raw`You must answer all \\n ${it} now.`", "You must answer all \\n ${it} now."),
    ],
)
def test_the_text_of_an_expression(expression: str, text: str) -> None:
    assert prompt_of(f"const prompt = {expression};").text == text


@pytest.mark.parametrize(
    "expression",
    [
        "'You must answer it right now.'.slice(2)",
        "'You must answer a or a right now.'.replace('a', b)",
        "'You must answer a or a right now.'.replace(/[ab]/g, b)",
        "'You must answer it right now.'.split(' ')",
        "sql`You must answer it right now.`",
        "t('You must answer it right now.')",
    ],
)
def test_what_has_no_known_text(expression: str) -> None:
    assert extract(source_of(f"const prompt = {expression};")).prompts == ()


def test_the_arms_of_a_choice_never_meet() -> None:
    prompt = prompt_of("const prompt = 'You must answer ' + (a ? 'all of it' : 'some of it') + ' right now.'")
    assert [len(part.branch) for part in prompt.segments] == [0, 1, 1, 0]
    one, other = prompt.segments[1].branch[0], prompt.segments[2].branch[0]
    assert one.group == other.group
    assert one.arm != other.arm


# --- the proof --------------------------------------------------------------------------------

BEFORE = "const a: T = 'one' + `two ${f('in')} three`; // four\n"


@pytest.mark.parametrize(
    ("edit", "after", "proven"),
    [
        (Edit(Span(14, 17), "uno"), BEFORE.replace("one", "uno"), True),
        (Edit(Span(14, 17), ""), BEFORE.replace("one", ""), True),
        (Edit(Span(22, 25), "dos"), BEFORE.replace("two", "dos"), True),
        (Edit(Span(31, 33), "out"), BEFORE.replace("'in'", "'out'"), True),
        (Edit(Span(22, 25), "dos"), BEFORE.replace("'in'", "'out'").replace("two", "dos"), False),
        (Edit(Span(14, 17), "uno"), BEFORE.replace("one", "uno").replace("four", "five"), False),
        (Edit(Span(14, 17), "u'o"), BEFORE.replace("one", "u'o"), False),
        (Edit(Span(22, 25), "${b}"), BEFORE.replace("two", "${b}"), False),
        (Edit(Span(14, 17), "uno"), BEFORE.replace("'one'", '"uno"'), False),
        (Edit(Span(14, 17), "uno"), BEFORE.replace("one", "uno").replace(": T", ": U"), False),
    ],
)
def test_the_proof_sees_what_changed_outside(edit: Edit, after: str, proven: bool) -> None:
    assert same(source_of(BEFORE), source_of(after), (edit,)) is proven


# --- comments ---------------------------------------------------------------------------------

MARK = "promptlint: ignore[TOK001]"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (f"// {MARK}\nconst prompt = `{OPENING}`;", (1, 2)),
        (f"/* {MARK} */\nexport const prompt =\n  `{OPENING}`;", (1, 3)),
        (f"const prompt = `{OPENING}`; // {MARK} because", (1, 2)),
        (f"const prompt = `\n{OPENING}\n`; // {MARK}", (2, 4)),
        (f"/**\n * {MARK}\n */\nconst prompt = `{OPENING}`;", (1, 4)),
        (f"<X>{{/* {MARK} */}}</X>;", (1, 2)),
    ],
)
def test_a_comment_speaks_for_a_prompt(code: str, lines: tuple[int, int]) -> None:
    source = Source("bot.tsx", code, SourceKind.TYPESCRIPT)
    (comment,) = suppressions(source, extract(source).prompts)
    assert (comment.codes, comment.lines, comment.whole_prompt) == (("TOK001",), lines, True)


def test_a_comment_in_a_string_is_text() -> None:
    assert suppressions(source_of(f"const prompt = `{OPENING} // {MARK}`;")) == ()


def test_a_dedented_text_gets_no_escape_that_its_tag_may_read_otherwise() -> None:
    code = f"const prompt = dedent`\n  {OPENING}\n    Be brief.\n`;"
    prompt = prompt_of(code)
    at = prompt.text.index("Be")
    for refused in ("\\", "a\rb", "\x07", "\u2028"):
        assert source_edits(prompt, Edit(Span(at, at + 2), refused)) is None
    assert applied(prompt, Edit(Span(at, at + 2), "`$`")) == code.replace("Be", "\\`$\\`")
    assert source_edits(prompt, Edit(Span(0, 0), " ")) is None  # the tag would take it away
