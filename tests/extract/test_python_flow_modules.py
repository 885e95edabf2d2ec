"""What a Python module says of others, and what it takes from what they say of it."""

from __future__ import annotations

import pytest

from promptlint.extract.python import extract
from promptlint.model import (
    Call,
    Context,
    Extraction,
    Field,
    Prompt,
    Reference,
    Role,
    Source,
    SourceKind,
    Span,
    Target,
    Use,
)

SEND = "client.messages.create(model='m', system={})"


def read(code: str, path: str = "shop/bot.py", *uses: Use) -> Extraction:
    found = extract(Source(path, code, SourceKind.PYTHON, context=Context(uses)))
    assert not found.problems
    return found


def references(code: str, path: str = "shop/bot.py") -> list[Reference]:
    return list(read(code, path).references)


# --- constants of other modules -------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "target", "name"),
    [
        ("from .prompts import RULES\n{RULES}", ".prompts", "RULES"),
        ("from shop.prompts import RULES as R\n{R}", "shop.prompts", "RULES"),
        ("import shop.prompts as p\n{p.RULES}", "shop.prompts", "RULES"),
        ("import shop.prompts\n{shop.prompts.RULES}", "shop.prompts", "RULES"),
        ("from shop import prompts\n{prompts.RULES}", "shop.prompts", "RULES"),
        ("from . import prompts\n{prompts.RULES}", ".prompts", "RULES"),
        ("from .. import prompts\n{prompts.sales.RULES}", "..prompts.sales", "RULES"),
        ("from shop import RULES\n{RULES}", "shop", "RULES"),
        ("from .prompts import Texts\n{Texts.RULES}", ".prompts", "Texts.RULES"),
        ("from .prompts import Texts\n{Texts.RULES.value}", ".prompts", "Texts.RULES"),
        ("from .prompts import TEXTS\n{TEXTS['a']}", ".prompts", "TEXTS.a"),
        ("from .prompts import system_prompt\n{system_prompt}", ".prompts", "system_prompt"),
        ("from .prompts import make_prompt\n{make_prompt(1)}", ".prompts", "make_prompt"),
        ("from .prompts import RULES\nrules = RULES\n{rules}", ".prompts", "RULES"),
        ("def f():\n    from .prompts import RULES\n    {RULES}", ".prompts", "RULES"),
        ("from .prompts import RULES\n{f'{RULES} {x}'}", ".prompts", "RULES"),
        (
            "from .prompts import RULES\nclass A:\n    rules = RULES\n    def f(self):\n        {self.rules}",
            ".prompts",
            "RULES",
        ),
        ("from .prompts import RULES\ndef f(x):\n    {x}\nf(RULES)", ".prompts", "RULES"),
    ],
)
def test_a_constant_of_another_module_that_is_sent(code: str, target: str, name: str) -> None:
    head, _, rest = (
        code.partition("{")
        if "{f'" not in code
        else (code[: code.index("{f'")], "", code[code.index("{f'") + 1 :])
    )
    inner, _, tail = rest.rpartition("}")
    (found,) = references(head + SEND.format(inner) + tail)
    assert (found.kind, found.target, found.use.name) == (Target.MODULE, target, name)
    assert found.use.role is Role.SYSTEM
    assert found.use.path == "shop/bot.py"
    assert [(field.name, field.value, field.path) for field in found.use.call.fields] == [
        ("model", "m", "shop/bot.py")
    ]
    assert not found.required
    assert not found.alias


@pytest.mark.parametrize(
    "code",
    [
        "from .prompts import RULES\nprint(RULES)",
        "from .prompts import RULES\nRULES = 'Own rules are better than others.'\n" + SEND.format("RULES"),
        "import json\n" + SEND.format("json.dumps(x)"),
        "from os import environ\n" + SEND.format("environ['RULES']"),
        "from .tools import load\n" + SEND.format("load(1)"),
        "from .user import name\n" + SEND.format("f'You are {name}, the bot.'"),
        SEND.format("RULES"),
        SEND.format("self.rules"),
        "from langchain.prompts import PromptTemplate\n" + SEND.format("PromptTemplate.from_template(x)"),
        "from .messages import ChatMessage\n" + SEND.format("ChatMessage(x)"),
    ],
)
def test_other_names_are_no_references(code: str) -> None:
    assert references(code) == []


def test_the_place_and_the_language_of_a_use() -> None:
    code = "from .prompts import RULES\n" + SEND.format("RULES.format(x=1)")
    (found,) = references(code)
    assert found.use.syntax == "format"
    assert code[found.span.start : found.span.end] in ("RULES", "RULES.format(x=1)")


def test_a_name_that_is_only_formatted_is_a_reference_too() -> None:
    (found,) = references("from .prompts import RULES_PROMPT\ntext = RULES_PROMPT.format(x=1)\n")
    assert found.use == Use("RULES_PROMPT", syntax="format", path="shop/bot.py")
    assert references("from .style import log\nprompt = x\nlog.format('x')\n") == []


def test_what_an_init_passes_on() -> None:
    code = "from .prompts import RULES, Bot, make_prompt as make\nfrom .texts import *\nimport os\nfrom re import *\n"
    said = {(item.target, item.use.name, item.alias) for item in references(code, "shop/__init__.py")}
    assert said == {(".prompts", "RULES", "RULES"), (".prompts", "make_prompt", "make"), (".texts", "", "*")}
    assert references(code) == []
    assert references("from .bot import Bot, PromptEngine\n", "shop/__init__.py") == []
    (found,) = references("from .texts import SalesPrompts\n", "shop/__init__.py")
    assert (found.use.name, found.alias) == ("SalesPrompts", "SalesPrompts")


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("{open('prompts/a.txt').read()}", "prompts/a.txt"),
        ("{open('prompts/a.txt', 'r', encoding='utf-8').read().strip()}", "prompts/a.txt"),
        ("{Path('prompts/a.md').read_text()}", "prompts/a.md"),
        ("{(Path(__file__).parent / 'prompts' / 'a.md').read_text()}", "prompts/a.md"),
        ("{(Path(__file__).resolve().parent.parent / 'a.md').read_text()}", "../a.md"),
        ("{Path(__file__).with_name('a.md').read_text()}", "a.md"),
        ("HERE = os.path.dirname(__file__)\n{open(os.path.join(HERE, 'a.md')).read()}", "a.md"),
        ("{files('shop').joinpath('a.md').read_text()}", "a.md"),
        ("{(files('shop') / 'a.md').read_text()}", "a.md"),
        ("DIR = Path('prompts')\nTEXT = (DIR / 'a.md').read_text()\n{TEXT}", "prompts/a.md"),
        ("with open('a.txt') as f:\n    text = f.read()\n{text}", "a.txt"),
        ("{load_prompt('a.yaml')}", "a.yaml"),
        ("{env.get_template('a.j2').render(x=1)}", "a.j2"),
        ("template = env.get_template('a.j2')\n{template.render(x=1)}", "a.j2"),
        ("{Path('a.md').read_text().format(x=1)}", "a.md"),
    ],
)
def test_a_file_that_is_sent(code: str, path: str) -> None:
    head, _, rest = code.partition("{")
    (found,) = {(item.target, item.use.role) for item in references(head + SEND.format(rest[:-1]))}
    assert found == (path, Role.SYSTEM)


def test_a_file_whose_text_is_called_a_prompt() -> None:
    (found,) = references("system_prompt = open('a.txt').read()\nuse(system_prompt)\nsystem(prompt='x')\n")
    assert (found.kind, found.target, found.use) == (Target.FILE, "a.txt", Use(path="shop/bot.py"))


@pytest.mark.parametrize(
    "code",
    [
        SEND.format("open(path).read()"),
        SEND.format("open('a.txt', 'w').read()"),
        SEND.format("open('/etc/a.txt').read()"),
        SEND.format("open('a.csv').read()"),
        SEND.format("Path(f'{x}.txt').read_text()"),
        SEND.format("response.read()"),
        "template = env.get_template('Dockerfile.j2')\nsystem(prompt='x')",
        "text = open('a.txt').read()\nsystem(prompt='x')",
        "a = b\nb = a\n" + SEND.format("open(a).read()"),
    ],
)
def test_a_file_that_is_not_said_or_not_sent(code: str) -> None:
    assert references(code) == []


# --- what others say ------------------------------------------------------------------------

CALL = Call((Field("model", "m", Span(3, 4), "shop/bot.py"),))


def taken(code: str, use: Use) -> dict[str, Prompt]:
    found = read(code, "shop/texts.py", use)
    return {prompt.id.removeprefix("shop/texts.py::"): prompt for prompt in found.prompts}


@pytest.mark.parametrize(
    ("code", "name", "anchor"),
    [
        ("HELLO = 'Greet everybody with {x}.'", "HELLO", "HELLO"),
        ("class Bot:\n    HELLO = 'Greet everybody with {x}.'", "Bot.HELLO", "Bot.HELLO"),
        ("TEXTS = {'a': 'Greet everybody with {x}.', 'b': 'Not this one at all.'}", "TEXTS.a", "TEXTS.a"),
        ("def hello():\n    return 'Greet everybody with {x}.'", "hello", "hello:return"),
        ("BASE = 'Greet everybody with {x}.'\nHELLO = BASE", "HELLO", "BASE"),
    ],
)
def test_a_constant_that_others_use_is_a_prompt(code: str, name: str, anchor: str) -> None:
    assert read(code, "shop/texts.py").prompts == ()
    found = taken(code, Use(name, Role.SYSTEM, CALL, "format", "shop/bot.py"))
    assert list(found) == [anchor]
    assert found[anchor].messages[0].role is Role.SYSTEM
    assert found[anchor].call == CALL
    assert found[anchor].variables == ("x",)


def test_the_language_that_others_fill_it_in_with() -> None:
    code = "HELLO = 'Greet everybody with {x} and {{y}}.'\n"
    assert taken(code, Use("HELLO", syntax="format"))["HELLO"].text == "Greet everybody with {x} and {y}."


def test_calls_here_and_there_are_merged() -> None:
    code = "HELLO = 'Greet everybody with joy.'\nsend_gpt(model='other', system=HELLO)\n"
    (prompt,) = taken(code, Use("HELLO", Role.SYSTEM, CALL)).values()
    assert [field.name for field in prompt.call.fields] == ["model"]
    assert not isinstance(prompt.call.fields[0].value, str)


@pytest.mark.parametrize("name", ["MISSING", "", ".", "HELLO.more.still", "hello-x", "HELLO"])
def test_a_use_of_what_is_no_prompt_changes_nothing(name: str) -> None:
    assert taken("HELLO = 1\nOTHER = 'Greet everybody with joy.'\n", Use(name, Role.SYSTEM, CALL)) == {}
