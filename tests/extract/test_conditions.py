"""What decides an arm of a text that code chooses or builds: seen by the content's hash, wherever it stands."""

from __future__ import annotations

import pytest

from promptlint.extract import Options, extract
from promptlint.identity import content_hash
from promptlint.model import Prompt, Source, SourceKind

TERNARY = 'PROMPT = "You sort mail. " + ("Never share a password." if {} else "Ask for the number.")\n'
OR = 'PROMPT = "You sort the mail of a shop. " + ({} or "Never share a password with anybody.")\n'
GROWN = """
def f(x, y, items):
    prompt = "You must answer the question now. "
    {}:
        prompt += "Be quick. "
    {}:
        prompt += "Be slow. "
    return ask(system_prompt=prompt)
"""
MATCH = """
def f(x, y):
    prompt = "You must answer the question now. "
    match x:
        case [1, *_] if y:
            prompt += "Be quick. "
        case _:
            prompt += "Be slow. "
    return ask(system_prompt=prompt)
"""
SCRIPT = 'const SYSTEM_PROMPT = "You sort the mail. " + ({} ? "Never share it." : "Ask for it.");\n'


def prompt(code: str, name: str = "bot.py", kind: SourceKind = SourceKind.PYTHON) -> Prompt:
    (found,) = extract(Source(name, code, kind), Options()).prompts
    return found


def said(found: Prompt) -> list[str]:
    """What is said of the arms, in order, each once."""
    return list(dict.fromkeys(arm.said for part in found.segments for arm in part.branch))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (TERNARY.format("vip"), ["if vip", "if vip / else"]),
        (TERNARY.format("vip(\n    x\n)"), ["if vip( x )", "if vip( x ) / else"]),
        (OR.format("given"), ["or", "given or"]),
        (GROWN.format("if x", "elif y"), ["if x", "if x / if y"]),
        (GROWN.format("if x", "else"), ["if x", "if x / else"]),
        (GROWN.format("for one in items", "else"), ["for one in items"]),
        (GROWN.format("while x > 1", "if y"), ["while x > 1", "if y"]),
        (GROWN.format("try", "except (KeyError, y)"), ["try / except (KeyError, y)"]),
        (MATCH, ["match x case [1, *_] if y", "match x case [1, *_] if y / case _"]),
    ],
)
def test_what_decides_is_as_the_source_says(code: str, expected: list[str]) -> None:
    found = said(prompt(code))
    assert [each for each in found if each in expected] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TERNARY.format("vip"), TERNARY.format("not vip")),
        (OR.format("given"), OR.format("other")),
        (GROWN.format("if x", "else"), GROWN.format("if not x", "else")),
        (GROWN.format("if x", "elif y"), GROWN.format("if y", "elif x")),
        (GROWN.format("for one in items", "if y"), GROWN.format("for one in items[:3]", "if y")),
        (GROWN.format("try", "except KeyError"), GROWN.format("try", "except OSError")),
    ],
)
def test_another_condition_is_another_content(before: str, after: str) -> None:
    assert content_hash(prompt(before)) != content_hash(prompt(after))


@pytest.mark.parametrize(
    "code",
    [
        TERNARY.format("vip"),
        OR.format("given"),
        GROWN.format("if x", "else"),
        GROWN.format("for one in items", "if y"),
    ],
)
def test_the_place_and_the_layout_of_code_are_no_content(code: str) -> None:
    moved = "import this\n\n# Another line.\n" + code.replace("if ", "if  ").replace(" or ", " or  ")
    assert content_hash(prompt(code)) == content_hash(prompt(moved))


def test_a_script_says_its_conditions() -> None:
    def one(test: str, above: str = "") -> Prompt:
        return prompt(above + SCRIPT.format(test), "bot.ts", SourceKind.TYPESCRIPT)

    assert said(one("vip")) == ["if vip", "if vip / else"]
    assert content_hash(one("vip")) != content_hash(one("!vip"))
    assert content_hash(one("vip")) == content_hash(one("vip", "// more\n"))


def test_a_template_is_the_same_wherever_it_stands() -> None:
    text = "You sort the mail.\n{% if vip %}Be quick.{% else %}Be slow.{% endif %}\n"

    def one(code: str) -> Prompt:
        return prompt(code, "prompts/a.jinja", SourceKind.JINJA)

    assert [part.branch for part in one(text).segments if part.branch]
    assert content_hash(one(text)) == content_hash(one(f"{{# A comment. #}}{text}"))
    assert content_hash(one(text)) != content_hash(one(text.replace("if vip", "if not vip")))


def test_a_long_condition_is_told_apart_and_short() -> None:
    long = " and ".join(f"x{number}" for number in range(500))
    one, other = (prompt(TERNARY.format(each)) for each in (long, long.replace("x400", "y400")))
    assert content_hash(one) != content_hash(other)
    assert max(map(len, said(one))) < 300


def test_what_a_chain_of_conditions_says_grows_with_its_length_alone() -> None:
    """Each arm tells of all conditions before it, which would be 4.5 MB here."""
    arms = "".join(
        f"    elif x == '{'y' * 400}{number}':\n        p += 'Be quick. '\n" for number in range(150)
    )
    code = f"def f(x):\n    p = 'You must answer.'\n    if x:\n        p += 'Be kind.'\n{arms}    ask(system_prompt=p)\n"
    texts = said(prompt(code))
    assert len(texts) == 151
    assert sum(map(len, texts)) < 100_000
