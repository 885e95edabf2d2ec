"""What is found in Python can be edited there: the file reads back as edited, and nothing else changes."""

from __future__ import annotations

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from promptlint.extract.python import extract
from promptlint.locate import source_edits
from promptlint.model import Edit, Prompt, SegmentKind, Source, SourceKind, Span

OPENING = "You must answer the question now. "  # makes any text a prompt
CHARACTERS = st.text(
    st.one_of(
        st.sampled_from(list("abn1 \n\t\\\"'#%\r\x00\x0c\ud800é😀")),
        st.characters(exclude_categories=("Cs",), exclude_characters="{}"),
    ),
    max_size=20,
)
LINES = st.text(st.sampled_from("ab  \n\n\\\"'é"), max_size=30)
NEWLINES = st.sampled_from(["\n", "\r\n"])


def escaped(text: str) -> str:
    """The body of a triple-quoted literal: backslashes and quotes escaped now and then, line breaks as they are."""
    return "".join(
        c if (c.isprintable() and c not in "\\\"'") or c == "\n" else f"\\U{ord(c):08x}" for c in text
    )


def triple(text: str) -> str:
    return f'"""{escaped(text)}"""'


def quoted(text: str) -> str:
    return repr(text)


def raw(text: str) -> str:
    fits = text.replace("\n", "").isprintable() and '"""' not in text and not text.endswith(("\\", '"'))
    return f'r"""{text}"""' if fits and '\\"' not in text else repr(text)


def f_string(text: str) -> str:
    return "f" + triple(text).replace("{", "{{").replace("}", "}}")


def concatenated(text: str) -> str:
    middle = len(text) // 2
    return f"({text[:middle]!r}  # 'half'\n    {triple(text[middle:])} '')"


def added(text: str) -> str:
    middle = len(text) // 2
    return f"{triple(text[:middle])} + {text[middle:]!r}"


def joined(text: str) -> str:
    return f'"\\n".join([{", ".join(map(repr, text.split(chr(10))))}])'


def dedented(text: str) -> str:
    return f'textwrap.dedent("""\\\n{textwrap.indent(escaped(text), "    ", bool)}""")'


def cleaned(text: str) -> str:
    return f'inspect.cleandoc("""\n{textwrap.indent(escaped(text), "    ", bool)}\n    """)'


def stripped(text: str) -> str:
    return f'"""\n{escaped(text)}\n""".strip()'


PLAIN = [triple, quoted, raw, f_string, concatenated, added, joined]
SHAPED: list[tuple[Callable[[str], str], Callable[[str], str]]] = [
    (dedented, textwrap.dedent),
    (cleaned, inspect.cleandoc),
    (stripped, str.strip),
]


def prompt_of(code: str) -> Prompt:
    (prompt,) = extract(Source("bot.py", code, SourceKind.PYTHON)).prompts
    return prompt


def file_with(expression: str, newline: str) -> str:
    code = f"\ufeffé = '😀'; PROMPT = {expression}; other = 'kept'\n"
    return code.replace("\n", newline)


def masked(code: str) -> str:
    """The tree without the values of strings, but with the expressions inside them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code.removeprefix("\ufeff"))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            node.values = [part for part in node.values if not isinstance(part, ast.Constant)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value not in ("kept", "😀")
        ):
            node.value = ""
    dumped = ast.dump(tree).replace("JoinedStr(values=[])", "Constant(value='')")
    return dumped.replace("JoinedStr()", "Constant(value='')")


def applied(code: str, prompt: Prompt, edit: Edit) -> str | None:
    edits = source_edits(prompt, edit)
    if edits is None:
        return None
    for change in sorted(edits, key=lambda item: item.span.start, reverse=True):
        code = code[: change.span.start] + change.new + code[change.span.end :]
    return code


@st.composite
def edits(draw: st.DrawFn, text: str) -> Edit:
    start = draw(st.integers(min(len(OPENING), len(text)), len(text)))
    end = draw(st.integers(start, min(len(text), start + 6)))
    return Edit(Span(start, end), draw(st.one_of(st.just(""), CHARACTERS)))


@pytest.mark.parametrize("spell", PLAIN)
@given(CHARACTERS, NEWLINES)
def test_any_text_is_extracted_as_itself(spell: Callable[[str], str], text: str, newline: str) -> None:
    assert prompt_of(file_with(spell(OPENING + text), newline)).text == OPENING + text


@pytest.mark.parametrize(("spell", "shape"), SHAPED)
@given(LINES, NEWLINES)
def test_any_shaped_text_is_what_python_makes_of_it(
    spell: Callable[[str], str], shape: Callable[[str], str], text: str, newline: str
) -> None:
    code = file_with(spell(OPENING + text), newline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call = ast.parse(code.removeprefix("\ufeff")).body[1]
    assert isinstance(call, ast.Assign)
    (value,) = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    assert isinstance(value, str)
    assert prompt_of(code).text == shape(value)


@pytest.mark.parametrize("spell", PLAIN)
@given(st.data(), CHARACTERS, NEWLINES)
def test_an_edit_reads_back(
    spell: Callable[[str], str], data: st.DataObject, text: str, newline: str
) -> None:
    code = file_with(spell(OPENING + text), newline)
    prompt = prompt_of(code)
    edit = data.draw(edits(prompt.text))
    new = applied(code, prompt, edit)
    if new is None:
        return
    assume(not quotes_meet(prompt, new))
    assert prompt_of(new).text == prompt.text[: edit.span.start] + edit.new + prompt.text[edit.span.end :]
    assert masked(new) == masked(code)


def quotes_meet(prompt: Prompt, new: str) -> bool:
    """True if a removal brought three quotes of a triple-quoted literal together: only the proof can see it."""
    quotes = {part.codec.quote for part in prompt.segments if len(part.codec.quote) == 3}
    return any(
        new.count(quote) > prompt.source.text.count(quote) or quote + quote[0] in new for quote in quotes
    )


@pytest.mark.parametrize(("spell", "shape"), SHAPED)
@given(st.data(), LINES)
def test_an_edit_of_a_shaped_text_reads_back(
    spell: Callable[[str], str], shape: Callable[[str], str], data: st.DataObject, text: str
) -> None:
    code = file_with(spell(OPENING + text), "\n")
    prompt = prompt_of(code)
    edit = data.draw(edits(prompt.text))
    wanted = prompt.text[: edit.span.start] + edit.new + prompt.text[edit.span.end :]
    assume(shape(wanted) == wanted)  # no spelling keeps white space that the helper removes
    assume(all(line.strip() or not line for line in text.split("\n")))  # nor a line of nothing but spaces
    assume(not prompt.text.endswith("\n") or edit.span.end < len(prompt.text))  # the last line is only margin
    new = applied(code, prompt, edit)
    if new is not None:
        assert prompt_of(new).text == wanted
        assert masked(new) == masked(code)


@example("a{b}c", 1)
@given(st.text(st.sampled_from("ab {}\n\"'\\"), max_size=12), st.integers(0, 12))
def test_braces_written_into_an_f_string_stay_braces(new: str, at: int) -> None:
    code = f"PROMPT = f'''{OPENING}{{x}} and {{{{y}}}} then {{z!r:>{{w}}}} the end'''\n"
    prompt = prompt_of(code)
    start = len(OPENING) + 4 + at % 4
    written = applied(code, prompt, Edit(Span(start, start), new))
    if written is not None:
        after = prompt_of(written)
        assert after.text == prompt.text[:start] + new + prompt.text[start:]
        assert slots(after) == slots(prompt) == ["x", "z"]


def slots(prompt: Prompt) -> list[str]:
    return [part.name for part in prompt.segments if part.kind is SegmentKind.SLOT]


def test_an_edit_over_several_literals_is_one_in_each() -> None:
    code = 'PROMPT = (\n    "You must answer all "\n    "of these questions "\n    "as they come."\n)\n'
    prompt = prompt_of(code)
    start, end = prompt.text.index("all"), prompt.text.index("as they")
    assert applied(code, prompt, Edit(Span(start, end), "them ")) == (
        'PROMPT = (\n    "You must answer them"\n    " "\n    "as they come."\n)\n'
    )


def test_a_line_of_a_dedented_text_goes_with_its_indentation() -> None:
    code = 'PROMPT = textwrap.dedent("""\n    You must answer this.\n    Be brief.\n    Be kind.\n    """)\n'
    prompt = prompt_of(code)
    start = prompt.text.index("Be brief")
    assert applied(code, prompt, Edit(Span(start, start + 10), "")) == code.replace("    Be brief.\n", "")
    assert applied(code, prompt, Edit(Span(start, start), "One.\nTwo.\n")) == code.replace(
        "    Be brief", "    One.\n    Two.\n    Be brief"
    )


@pytest.mark.parametrize(
    "expression",
    ['"\\n".join(["You must answer the", "question now"])', 'f"You must answer the {x} question now"'],
)
def test_what_lies_between_literals_and_slots_is_not_edited(expression: str) -> None:
    prompt = prompt_of(f"PROMPT = {expression}")
    middle = prompt.text.index("the") + 2
    assert source_edits(prompt, Edit(Span(middle, middle + 8), "x")) is None
