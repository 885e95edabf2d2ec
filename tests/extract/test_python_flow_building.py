"""Prompts that are built statement by statement are one prompt, and say what Python would make of them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.extract.python import extract
from promptlint.locate import source_edits
from promptlint.model import Edit, Prompt, Role, SegmentKind, Source, SourceKind, Span

TEXT = "You must answer the question now. "


def prompts(code: str) -> dict[str, Prompt]:
    found = extract(Source("bot.py", code, SourceKind.PYTHON))
    assert not found.problems
    return {prompt.id.removeprefix("bot.py::"): prompt for prompt in found.prompts}


def arms(prompt: Prompt) -> list[tuple[str, tuple[int, ...]]]:
    """The texts of a prompt, each with the numbers of its arms."""
    return [(part.text, tuple(arm.arm for arm in part.branch)) for part in prompt.segments]


# --- texts ----------------------------------------------------------------------------------


def test_what_is_added_under_conditions_stands_in_arms() -> None:
    code = """
def f(x, items):
    prompt = "You must answer. "
    log(x)
    prompt += f"Use {x}. "
    if x:
        prompt += "Be quick. "
    elif items:
        prompt += "Be slow. "
    else:
        prompt += "Be good. "
    for item in items:
        prompt += "One more. "
    with x:
        prompt = prompt + "The " + "end."
"""
    (prompt,) = prompts(code).values()
    assert prompt.id == "bot.py::f.prompt"
    assert arms(prompt) == [
        ("You must answer. ", ()),
        ("Use ", ()),
        ("{x}", ()),
        (". ", ()),
        ("Be quick. ", (0,)),
        ("Be slow. ", (1,)),
        ("Be good. ", (2,)),
        ("One more. ", (0,)),
        ("The ", ()),
        ("end.", ()),
    ]
    groups = [part.branch[0].group for part in prompt.segments if part.branch]
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_what_is_bound_in_every_arm_goes_on_as_one() -> None:
    code = 'if x:\n    prompt = "You must answer. "\nelse:\n    prompt = "You may answer. "\nprompt += "The end."'
    (prompt,) = prompts(code).values()
    assert arms(prompt) == [("You must answer. ", (0,)), ("You may answer. ", (1,)), ("The end.", ())]


def test_what_one_arm_binds_anew_never_meets_what_was_before() -> None:
    code = 'prompt = "You must answer. "\nif x:\n    prompt = "You may answer. "\nprompt += "The end."'
    (prompt,) = prompts(code).values()
    assert arms(prompt) == [("You must answer. ", (1,)), ("You may answer. ", (0,)), ("The end.", ())]


def test_a_fresh_start_is_another_prompt() -> None:
    code = f"prompt = {TEXT!r}\nprompt += 'One.'\nprompt = {TEXT!r}\nprompt += x\nprompt += 'Two.'"
    found = prompts(code)
    assert {name: prompt.text for name, prompt in found.items()} == {
        "prompt": f"{TEXT}One.",
        "prompt~2": f"{TEXT}{{x}}Two.",
    }


def test_a_text_that_is_formatted_or_stripped_on_the_way_is_the_same() -> None:
    code = f"prompt = {TEXT!r}\nprompt = prompt.strip()\nprompt += ' Be {{kind}}.'\nprompt = prompt.format(kind=1)"
    (prompt,) = prompts(code).values()
    assert prompt.text == f"{TEXT} Be {{kind}}."
    assert prompt.variables == ("kind",)


def test_the_name_of_no_prompt_is_one_if_it_is_sent() -> None:
    code = "ask = 'Say hello '\nif x:\n    ask += 'to all of them.'\nclient.chat(model='m', system=ask)"
    (prompt,) = prompts(code).values()
    assert (prompt.id, prompt.text) == ("bot.py::ask", "Say hello to all of them.")
    assert prompt.messages[0].role is Role.SYSTEM
    assert prompt.call.get("model") is not None


def test_a_text_that_only_its_wording_betrays_is_whole() -> None:
    code = "x = 'You are a helpful assistant that answers all questions of the customers of a shop for toys and games.\\n'\nif a:\n    x += 'And so on.'"
    (prompt,) = prompts(code).values()
    assert prompt.id == "bot.py::x"
    assert prompt.text.endswith("games.\nAnd so on.")


@pytest.mark.parametrize(
    "code",
    [
        "count = 0\ncount += 1\nif x:\n    count += 2",
        "line = 'a'\nline += 'b'\nprint(line)",
        "rows = ['a']\nrows.append('b')\nprint('\\n'.join(rows))",
        "prompt = get()\nprompt += other()",
        "messages = []\nmessages.append(x)\nchat(messages=messages)",
    ],
)
def test_what_grows_and_is_no_prompt(code: str) -> None:
    assert prompts(code) == {}


# --- lists ----------------------------------------------------------------------------------


def test_a_joined_list_is_a_text() -> None:
    code = """
def f(x):
    parts = ["You must answer.", rules]
    if x:
        parts.append("Be quick.")
    parts += ["Be kind."]
    parts.extend(["One.", "Two."])
    prompt = "\\n".join(parts)
"""
    (prompt,) = prompts(code).values()
    assert prompt.id == "bot.py::f.prompt"
    assert prompt.text == "You must answer.\n{rules}\nBe quick.\nBe kind.\nOne.\nTwo."
    assert [text for text, branch in arms(prompt) if branch] == ["\n", "Be quick."]


def test_a_list_of_messages_is_one_chat() -> None:
    code = """
def f(x, history):
    messages = [{"role": "system", "content": "You must answer."}]
    messages.extend(history)
    if x:
        messages.append({"role": "user", "content": "Please say it."})
    messages.append({"role": "user", "content": x})
    client.chat(model="m", messages=messages)
"""
    (prompt,) = prompts(code).values()
    assert prompt.id == "bot.py::f.messages"
    assert [message.role for message in prompt.messages] == [Role.SYSTEM, None, Role.USER, Role.USER]
    assert prompt.text == "You must answer.{history}Please say it.{x}"
    assert [text for text, branch in arms(prompt) if branch] == ["Please say it."]
    field = prompt.call.get("model")
    assert field is not None
    assert field.value == "m"


def test_an_empty_list_gives_its_name() -> None:
    code = 'messages = []\nmessages.append({"role": "user", "content": "Tell me about the weather."})'
    assert list(prompts(code)) == ["messages"]


# --- edits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ('prompt = "You must answer. "\nif x:\n    prompt += "Be very kind."', "very ", ""),
        (
            'parts = ["You must answer."]\nparts.append("Be very kind.")\nprompt = "\\n".join(parts)',
            "very ",
            "",
        ),
        (
            'messages = [{"role": "user", "content": x}]\nmessages.append({"role": "user", "content": "Be very kind to all of them."})',
            "very ",
            "",
        ),
    ],
)
def test_a_part_can_be_edited(code: str, old: str, new: str) -> None:
    (prompt,) = prompts(code).values()
    start = prompt.text.index(old)
    edits = source_edits(prompt, Edit(Span(start, start + len(old)), new))
    assert edits is not None
    (edit,) = edits
    written = code[: edit.span.start] + edit.new + code[edit.span.end :]
    assert written == code.replace(old, new)
    (after,) = prompts(written).values()
    assert after.text == prompt.text.replace(old, new)


def test_no_edit_spans_two_statements() -> None:
    code = 'parts = ["You must answer."]\nparts.append("Be very kind.")\nprompt = "\\n".join(parts)'
    (prompt,) = prompts(code).values()
    assert source_edits(prompt, Edit(Span(10, 20), "x")) is None


# --- the law --------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("ab %\n\"'\\é"), max_size=8)
SLOTS = {"x": "<x>", "y": "<y>"}


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """An expression of which Python makes a text, with the names of SLOTS."""
    text = draw(WORDS)
    kind = draw(st.sampled_from(["plain", "f", "add", "join", "strip", "dedent", "or"]))
    if kind == "f":
        return f"f{text!r} f'{{x}} {{{{y}}}}'"
    return {
        "plain": repr(text),
        "add": f"x + {text!r} + y",
        "join": f"{draw(WORDS)!r}.join([{text!r}, x, {draw(WORDS)!r}])",
        "strip": f"{text!r}.strip()",
        "dedent": f"textwrap.dedent({text!r})",
        "or": f"({text!r} + x if yes else {draw(WORDS)!r})",
    }[kind]


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """Statements that add to `prompt`."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["more", "again", "if", "for", "with", "try"] if depth else ["more"]))
        inner = textwrap.indent("\n".join(draw(blocks(depth - 1))), "    ") if depth else ""
        other = textwrap.indent("\n".join(draw(blocks(depth - 1))), "    ") if depth else ""
        added = draw(expressions())
        lines.append(
            {
                "more": f"prompt += {added}",
                "again": f"prompt = prompt + {added}",
                "if": f"if yes:\n{inner}\nelse:\n{other}",
                "for": f"for _ in once:\n{inner}",
                "with": f"with null():\n{inner}",
                "try": f"try:\n{inner}\nfinally:\n    pass",
            }[kind]
        )
    return lines


def said(prompt: Prompt, yes: bool) -> str:
    """The text with its slots filled, of the branches that are taken; the arm of a loop always is."""
    texts = []
    for part in prompt.segments:
        loops = {arm.group for arm in part.branch if prompt.source.text.startswith("for ", arm.group)}
        if all(arm.group in loops or arm.arm == (0 if yes else 1) for arm in part.branch):
            texts.append(SLOTS[part.name] if part.kind is SegmentKind.SLOT else part.text)
    return "".join(texts)


@given(expressions(), blocks(), st.booleans())
def test_a_built_text_is_what_python_makes_of_it(first: str, lines: list[str], yes: bool) -> None:
    code = "\n".join([f"prompt = {TEXT!r} + {first}", *lines]) + "\n"
    names: dict[str, object] = {**SLOTS, "yes": yes, "once": [1], "null": Null, "textwrap": textwrap}
    exec(code, names)  # generated here
    (prompt,) = prompts(code).values()
    assert said(prompt, yes) == names["prompt"]
    for part in prompt.segments:
        for piece in part.pieces:
            if piece.verbatim:
                spelt = code[piece.source_start : piece.source_end]
                assert spelt == part.text[piece.text_start : piece.text_end]


@given(WORDS, st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=5), st.booleans())
def test_a_joined_list_is_what_python_makes_of_it(
    separator: str, items: list[tuple[str, bool]], yes: bool
) -> None:
    lines = [f"parts = [{TEXT!r}]"]
    lines += [
        f"if yes:\n    parts.append({text!r})" if asked else f"parts.append({text!r})"
        for text, asked in items
    ]
    code = "\n".join([*lines, f"prompt = {separator!r}.join(parts)"]) + "\n"
    names: dict[str, object] = {"yes": yes}
    exec(code, names)  # generated here
    (prompt,) = prompts(code).values()
    texts = [
        part.text for part in prompt.segments if all(arm.arm == (0 if yes else 1) for arm in part.branch)
    ]
    assert "".join(texts) == names["prompt"]


class Null:
    """A context that does nothing."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Do nothing."""
