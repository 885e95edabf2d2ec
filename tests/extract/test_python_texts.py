"""The text of a Python prompt is what Python would make of it, in whatever way it is written."""

from __future__ import annotations

import inspect
import textwrap

import pytest

from promptlint.extract.python import extract
from promptlint.model import (
    Codec,
    CodecKind,
    Escaping,
    Extraction,
    Prompt,
    SegmentKind,
    Source,
    SourceKind,
)

TEXT = "You are a bot that answers short questions."


def extraction(text: str) -> Extraction:
    return extract(Source("app/bot.py", text, SourceKind.PYTHON))


def prompts(text: str) -> dict[str, Prompt]:
    found = extraction(text)
    assert not found.problems
    return {prompt.id.removeprefix("app/bot.py::"): prompt for prompt in found.prompts}


def only(text: str) -> Prompt:
    (prompt,) = prompts(text).values()
    return prompt


def slots(prompt: Prompt) -> list[str]:
    return [segment.name for segment in prompt.segments if segment.kind is SegmentKind.SLOT]


# --- wrapped forms --------------------------------------------------------------------------

BLOCK = "\n    You are a bot.\n      Answer short questions.\n\n    Be brief.\n    "


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (f'textwrap.dedent("""{BLOCK}""")', textwrap.dedent(BLOCK)),
        (f'dedent("""{BLOCK}""").strip()', textwrap.dedent(BLOCK).strip()),
        (f'inspect.cleandoc("""{BLOCK}""")', inspect.cleandoc(BLOCK)),
        (f'"""{BLOCK}""".lstrip()', BLOCK.lstrip()),
        (f'"""{BLOCK}""".rstrip("\\n ")', BLOCK.rstrip("\n ")),
        (
            '"You are " "a bot that\\n" + ("answers" + " questions.")',
            "You are a bot that\nanswers questions.",
        ),
        ('"\\n".join(["You are a bot.", "Answer with care."])', "You are a bot.\nAnswer with care."),
        ('"".join(("You are a bot. ", "Answer with care."))', "You are a bot. Answer with care."),
        ('"You are a bot.\\nAnswer with care.".replace("\\n", " ")', "You are a bot. Answer with care."),
        ('("You are a bot. "  # why\n  "Answer with care.")', "You are a bot. Answer with care."),
        ('_("You are a bot. Answer with care.")', "You are a bot. Answer with care."),
        ('(x := "You are a bot. Answer with care.")', "You are a bot. Answer with care."),
    ],
)
def test_the_text_is_what_python_would_make(expression: str, text: str) -> None:
    assert only(f"PROMPT = {expression}").text == text


@pytest.mark.parametrize(
    ("expression", "text", "names"),
    [
        (
            'f"You are {who!r}, answer the given question"',
            "You are {who!r}, answer the given question",
            ["who"],
        ),
        (
            '"You are a bot for " + user.name + ", answer it"',
            "You are a bot for {user.name}, answer it",
            ["user.name"],
        ),
        (
            '"You are {}, please answer {q} in {{json}}".format(a, q=b)',
            "You are {}, please answer {q} in {json}",
            ["", "q"],
        ),
        (
            '"You are %s, answer %(q)s at 100%% now" % x',
            "You are %s, answer %(q)s at 100% now",
            ["", "q"],
        ),
        (
            'string.Template("You are $who, answer for $$5 now").substitute(who=1)',
            "You are $who, answer for $5 now",
            ["who"],
        ),
        (
            '"You are a bot, answer the question <q>".replace("<q>", question)',
            "You are a bot, answer the question <q>",
            ["question"],
        ),
        (
            '" ".join(["You are a bot for", who, "and answer it"])',
            "You are a bot for {who} and answer it",
            ["who"],
        ),
        (
            'PromptTemplate.from_template("You are {who} and always answer {{x}}")',
            "You are {who} and always answer {x}",
            ["who"],
        ),
        ('jinja2.Template("You are {{ who }}, answer it now")', "You are {{ who }}, answer it now", ["who"]),
    ],
)
def test_slots(expression: str, text: str, names: list[str]) -> None:
    prompt = only(f"PROMPT = {expression}")
    assert prompt.text == text
    assert slots(prompt) == names


def test_the_branches_of_a_condition_are_arms() -> None:
    prompt = only('PROMPT = "You are " + ("very brief." if short else f"long for {x}.") + " Answer it."')
    branches = [(segment.text, [arm.arm for arm in segment.branch]) for segment in prompt.segments]
    assert branches == [
        ("You are ", []),
        ("very brief.", [0]),
        ("long for ", [1]),
        ("{x}", [1]),
        (".", [1]),
        (" Answer it.", []),
    ]


# --- which template language ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "use", "names", "escaping"),
    [
        ("Answer the question {q} in {{json}} now, please", "", ["q"], Escaping.BRACES),
        (
            "Answer the question in {{json}} or {json} now",
            "P_PROMPT.format(json=1)",
            ["json"],
            Escaping.BRACES,
        ),
        ('Answer as JSON like {"label": "x"} to the question', "", [], Escaping.NONE),
        ('Answer {q} as JSON like {{"label": "x"}} to it', "", ["q"], Escaping.BRACES),
        ("Answer the question {{ q }} now, please", "", ["q"], Escaping.JINJA),
        ("Answer {% if a %}this{% endif %} question now please", "", ["a"], Escaping.JINJA),
        ("Answer the question %(q)s now, please", "P_PROMPT % {'q': 1}", ["q"], Escaping.PERCENT),
        ("Answer 100 % of the questions asked, please", "", [], Escaping.NONE),
        ("Answer the question {q} now, please", "P_PROMPT.replace('{q}', q)", ["q"], Escaping.NONE),
        ("Answer the question $q now, please", "string.Template(P_PROMPT)", ["q"], Escaping.DOLLAR),
        (r"Answer with \\frac{a}{b} in LaTeX, please", "", [], Escaping.NONE),
        ("Answer all of the {question now, please", "P_PROMPT.format(question=1)", [], Escaping.NONE),
    ],
)
def test_the_language_of_a_constant(text: str, use: str, names: list[str], escaping: Escaping) -> None:
    prompt = only(f"P_PROMPT = '''{text}'''\n{use}\n")
    assert list(prompt.variables) == names
    assert {part.codec.escaping for part in prompt.segments if part.kind is SegmentKind.TEXT} == {escaping}


def test_an_f_string_that_is_formatted_again_is_not_edited() -> None:
    prompt = only('PROMPT = f"You are {who}, please answer {{q}} now."\nPROMPT.format(q=1)')
    assert slots(prompt) == ["who", "q"]
    assert not any(part.codec.editable for part in prompt.segments if part.kind is SegmentKind.TEXT)


# --- traps ----------------------------------------------------------------------------------


def test_positions_are_code_points() -> None:
    text = (
        f"\ufeffé = '😀😀'; PROMPT = 'é' {TEXT!r}; 变量 = 1\r\n\x0cprompt = '''Answer it\r\nin a few words'''"
    )
    first, second = prompts(text).values()
    for segment in (*first.segments, *second.segments):
        assert text[segment.span.start : segment.span.end].replace("\r\n", "\n") == segment.text
    assert second.segments[0].codec == Codec(CodecKind.PYTHON, quote="'''", newline="\r\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_of_every_kind(newline: str) -> None:
    code = newline.join(
        ["", "x = 'é'", "class A:", '    prompt = f"""Answer', "  {q}", 'in only five words"""', ""]
    )
    assert only(code).text == "Answer\n  {q}\nin only five words"


def test_lone_surrogates_in_escapes() -> None:
    assert only(f"PROMPT = {TEXT!r} '\\ud800\\udc00'").text == TEXT + "\ud800\udc00"


def test_a_thousand_additions() -> None:
    prompt = only("PROMPT = 'Answer this. '" + " + 'word '" * 800)
    assert prompt.text == "Answer this. " + "word " * 800
