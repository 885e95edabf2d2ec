"""What holds for the prompts of every Python file, however it is written: order, ownership, an end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.extract import extract
from promptlint.extract.python import worth_parsing
from promptlint.model import Context, Prompt, Role, SegmentKind, Source, SourceKind, Use

TEXT = "You are a careful assistant that answers the question of the user, in the language of the user and as briefly as it can. "
OTHER = "Always name the source of what you say, and never guess a date. "


def found(code: str, path: str = "bot.py", *uses: Use) -> dict[str, Prompt]:
    extraction = extract(Source(path, code, SourceKind.PYTHON, context=Context(uses=uses)))
    assert extraction.problems == ()
    return {prompt.id.partition("::")[2]: prompt for prompt in extraction.prompts}


def shown(prompt: Prompt) -> list[str]:
    return [segment.text for segment in prompt.segments]


def is_lawful(prompts: dict[str, Prompt]) -> bool:
    """Each message in source order; no editable text in two places."""
    owned = []
    for prompt in prompts.values():
        for message in prompt.messages:
            if any(one.span.end > other.span.start for one, other in pairwise(message.segments)):
                return False
        owned += [
            segment.span
            for segment in prompt.segments
            if segment.kind is SegmentKind.TEXT and segment.codec.editable
        ]
    return all(one.end <= other.start for one, other in pairwise(sorted(owned)))


# --- order and ownership ----------------------------------------------------------------------


def test_what_was_built_before_is_a_slot_where_it_would_come_too_late() -> None:
    code = f"""
def ask(lines):
    rules = ["{OTHER}"]
    rules.append("Be brief.")
    return llm.invoke("{TEXT}" + "\\n".join(rules))
"""
    prompts = found(code)
    assert is_lawful(prompts)
    (prompt,) = [one for one in prompts.values() if TEXT in one.text]
    assert shown(prompt) == [TEXT, '{"\\n".join(rules)}']


def test_what_was_built_before_is_text_where_it_comes_first() -> None:
    code = f"""
def ask():
    rules = ["{TEXT}"]
    rules.append("Be brief.")
    prompt = "\\n".join(rules) + "{OTHER}"
    return llm.invoke(prompt)
"""
    (prompt,) = found(code).values()
    assert shown(prompt) == [TEXT, "\n", "Be brief.", OTHER]
    assert is_lawful(found(code))


def test_a_literal_belongs_to_the_larger_of_two_prompts() -> None:
    code = f"""
def block():
    parts = ["{TEXT}"]
    parts.append("{OTHER}")
    inner = "\\n".join(parts)
    blocks = ["{TEXT}"]
    blocks.append("\\n".join(parts))
    return "\\n".join(blocks)

llm.invoke(block())
"""
    prompts = found(code)
    assert prompts
    assert is_lawful(prompts)


def test_else_of_try_stands_behind_the_handlers() -> None:
    code = f"""
prompt = "{TEXT}"
try:
    prompt += "a"
except ValueError:
    prompt += "b"
else:
    prompt += "c"
"""
    (prompt,) = found(code).values()
    assert shown(prompt) == [TEXT, "a", "b", "c"]


def test_the_arms_of_elif_are_of_one_group() -> None:
    arms = "".join(f"elif kind == {number}:\n    prompt += 'x{number}'\n" for number in range(1, 400))
    (prompt,) = found(f'prompt = "{TEXT}"\nif kind == 0:\n    prompt += "x0"\n{arms}').values()
    branches = [segment.branch for segment in prompt.segments[1:]]
    assert [arm.arm for (arm,) in branches] == list(range(400))
    assert len({arm.group for (arm,) in branches}) == 1


_NAMES = st.sampled_from(["prompt", "lines", "system", "blocks"])
_TEXTS = st.sampled_from([repr(TEXT), repr(OTHER), "name", "f'Use {name} with care. '", "'\\n'.join(lines)"])
_STATEMENTS = st.one_of(
    st.builds("{} = {}".format, _NAMES, _TEXTS),
    st.builds("{} = [{}]".format, _NAMES, _TEXTS),
    st.builds("{} += {}".format, _NAMES, _TEXTS),
    st.builds("{}.append({})".format, _NAMES, _TEXTS),
    st.builds("{} = {} + {}".format, _NAMES, _NAMES, _TEXTS),
    st.builds("{} = {} + '\\n'.join({})".format, _NAMES, _TEXTS, _NAMES),
    st.builds("llm.invoke({} + {})".format, _TEXTS, _NAMES),
    st.builds("llm.invoke('\\n'.join({}))".format, _NAMES),
    st.builds("chat(messages=[{{'role': 'user', 'content': {} + {}}}])".format, _TEXTS, _TEXTS),
)
_BLOCKS = st.builds(
    "{}\n    {}\nelse:\n    {}".format, st.sampled_from(["if yes:", "for x in xs:"]), _STATEMENTS, _STATEMENTS
)


@given(st.lists(st.one_of(_STATEMENTS, _BLOCKS), min_size=1, max_size=9))
def test_prompts_of_any_program_are_in_order_and_share_no_text(statements: list[str]) -> None:
    body = "\n".join(statements).replace("\n", "\n    ")
    assert is_lawful(found(f"def ask(name, xs):\n    lines = []\n    {body}\n    return '\\n'.join(lines)\n"))


# --- an end -----------------------------------------------------------------------------------

CYCLES = {
    "names": "x = y\ny = x\nx = x + y\nllm.invoke(x + y, model=x, **x)\n",
    "tables": "d = {" + ", ".join(["**d"] * 60) + "}\nllm.invoke('Say it.', **d)\n",
    "functions": "def f(x): return g(x) + h(x)\ndef g(x): return f(x) + h(g(x))\ndef h(x): return f(g(h(x)))\n"
    "llm.invoke(f(1))\n",
    "lists": "lines = ['a']\nlines.append('\\n'.join(lines))\nlines.append('\\n'.join(lines))\n"
    "prompt = '\\n'.join(lines)\nprompt = prompt + prompt\nprompt += prompt\nllm.invoke(prompt)\n",
    "pipes": "a = b | b\nb = a | c | a\nc = b | a\nllm = a\n" + "llm.invoke(a)\n" * 300,
    "numbers": f"m = 1{'0' * 400} * 1.5\nllm.invoke('Say it.', max_tokens=m)\n",
}


@pytest.mark.parametrize("code", CYCLES.values(), ids=CYCLES.keys())
def test_what_refers_to_itself_ends(code: str) -> None:
    prompts = found(f'SYSTEM_PROMPT = "{TEXT}"\n{code}')
    assert prompts["SYSTEM_PROMPT"].text == TEXT


def test_a_long_sum_is_no_deep_nesting() -> None:
    parts = " + ".join(f'"{TEXT}"' for _ in range(900))
    (prompt,) = found(f"ask({parts})").values()
    assert prompt.text == TEXT * 900


def test_many_joins_of_a_growing_list_are_bounded() -> None:
    code = "lines = []\n" + "".join(
        f"lines.append('{TEXT}')\nx{number} = '\\n'.join(lines)\n" for number in range(300)
    )
    assert is_lawful(found(code))


@pytest.mark.parametrize(
    "word", ["prompt", "system", "instruction", "template", "prompt:", "prompt\t", "prompt ="]
)
def test_a_megabyte_of_one_word_is_read_once(word: str) -> None:
    assert not worth_parsing(word * (1_000_000 // len(word)))


def test_a_large_file_needs_more_than_a_name() -> None:
    filler = "x = 1\n" * 60_000
    assert not worth_parsing(f"{filler}system = 'abc'\n")
    assert worth_parsing(f"{filler}x = 'You are a judge.'\n")
    assert worth_parsing("system = 'abc'\n")


# --- what other files say -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["promote", "Bot.promote"])
def test_a_use_of_a_name_that_is_passed_on_has_a_place(name: str) -> None:
    source = Source(
        "m/__init__.py",
        "from ._utils import promote, Bot, a\n",
        SourceKind.PYTHON,
        context=Context(uses=(Use(name=name, role=Role.SYSTEM),)),
    )
    extraction = extract(source)
    assert extraction.problems == ()
    said = [item for item in extraction.references if item.use.role is Role.SYSTEM]
    assert [(item.target, item.use.name) for item in said] == [("._utils", name)]
    assert {item.span.start for item in said} == {0}


# --- by wording -----------------------------------------------------------------------------------

ORDER = "Determine which participant takes the next turn in a conversation, based on the most recent answer "
TAKEN = {
    "a class of prompts": f'p = TextPrompt("""{ORDER} of {{all}} participants.""")',
    "an argument": f'kernel.add(prompt=f"""{ORDER} of the {{participants}} that are listed here.""")',
    "the content of a message": f'm = Bot.make_user_message(content="{ORDER} of all participants here.")',
    "an attribute of an attribute": 'x.llm.code_output_template = """I executed that code. What does this output '
    'mean, and is anything left to be done?\n{content}"""',
    "a heading": 'SIMPLE_TEMPLATE = """\n## context\n{context}\n\n## constraint\nOne language only, the same '
    'as the input of the human."""',
    "rules for a shell": '_SHELL_INSTRUCTIONS = "When using the shell, wait until each command has ended."',
    "a paragraph": 'ASK_PROMPT = "<p>Sort the mail of today by the sender.</p>"',
}
LEFT = {
    "a transcript": """
def said(turns):
    lines = []
    for number, user in enumerate(turns):
        lines.append(f"Turn {number} User: {user}")
        lines.append(f"Turn {number} Assistant: {user}")
    return "\\n".join(lines)

llm.invoke(said(turns))
""",
    "a generator of code": 'validator_template = Template("""\n\\"\\"\\"Use this to do the following.\\"\\"\\"\n'
    "from typing import Any\nimport re\n\nclass ${name}(Validator):\n    def check(self, value):\n"
    '        self.value = value\n        return value\n\n    def last(self):\n        raise ValueError()\n""")',
    "an identifier": 'prompt_name = "qa_long_ctx_prompt_of_all_things"',
    "what a user is shown": f'st.info(content="{ORDER} of all participants here.")',
    "a notice": 'Message(content="Warning: the hook has replaced messages with what is no list. '
    'The original messages were restored and all went on as it was before.")',
    "a name that is asked with": """
def ask(self):
    prompt = "Enter your review comment: "
    return self.input_until_valid(prompt=prompt)
""",
    "a page": 'PAGE_TEMPLATE = "<html><body>You are logged in. Use the following form now.</body></html>"',
}


@pytest.mark.parametrize("code", TAKEN.values(), ids=TAKEN.keys())
def test_taken(code: str) -> None:
    assert len(found(code)) == 1


@pytest.mark.parametrize("code", LEFT.values(), ids=LEFT.keys())
def test_left(code: str) -> None:
    assert found(code) == {}
