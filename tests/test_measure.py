"""What is counted: includes, macros, what is always sent, and where the cacheable prefix ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from promptlint import measure
from promptlint.branches import static_texts
from promptlint.extract import extract
from promptlint.measure import Basics, facts, prefix_end, prefix_text, whole
from promptlint.model import (
    UNKNOWN,
    Basis,
    Call,
    Context,
    Field,
    Include,
    Prompt,
    PromptFacts,
    Source,
    SourceKind,
    Span,
    Value,
)
from promptlint.tokens import Tokenizer
from promptlint.view import View

BASICS = Basics("gpt-4o", Basis.EXACT, Tokenizer("words", "none", 1.0, Basis.EXACT, 0.0), None)


def prompt(text: str, **files: str) -> Prompt:
    context = Context(includes=tuple(Include(name, name, each) for name, each in files.items()))
    (found,) = extract(Source("a.prompt.j2", text, SourceKind.JINJA, named=True, context=context)).prompts
    return found


def counted(text: str, **files: str) -> PromptFacts:
    """The facts, with words for tokens."""
    return facts(View(prompt(text, **files), lambda each: len(each.split())), BASICS)


def test_included_words_are_counted_once_for_each_include() -> None:
    row = counted("one two {% include 'b' %} three {% include 'b' %}", b="four five {{ x }}")
    assert (row.tokens.low, row.tokens.high, row.included) == (7, 7, 4)
    assert (row.slots, row.tokens.slot_estimate) == (("x",), 2 * measure.SLOT_TOKENS)
    assert dict(row.parts) == {"system": 3, "tools": 0, "examples": 0, "other": 0, "included": 4}


def test_a_macro_is_counted_once_for_each_call() -> None:
    row = counted("{% macro m() %}one two{% endmacro %}{{ m() }} {{ m() }} three")
    assert (row.tokens.high, row.slots) == (5, ())
    assert counted("{% macro m() %}one two{% endmacro %}three").tokens.high == 1 + 1


def test_own_words_without_includes_are_as_before() -> None:
    row = counted("one {{ x }} two{% if x %} three{% endif %}")
    assert (row.tokens.low, row.tokens.high, row.included) == (2, 3, 0)
    assert "included" not in dict(row.parts)


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("{% block a %}one{% endblock %}", "one"),
        ("{% filter upper %}one{% endfilter %}", "one"),
        ("{% block a %}{% if x %}two{% endif %}one{% endblock %}", "one"),
        ("{% if x %}{% block a %}one{% endblock %}{% endif %}", ""),
        ("{% for x in y %}one{% endfor %}", ""),
        ("{% if x %}one{% else %}longer{% endif %}", "one"),
    ],
)
def test_what_is_always_sent_is_in_the_cheapest_way(text: str, low: str) -> None:
    segments = tuple(item.segment for item in whole(prompt(text)))
    assert static_texts(segments)[0] == low


@pytest.mark.parametrize(
    ("text", "whole_prefix", "own_prefix"),
    [
        ("one {{ x }} two", "one ", "one "),
        ("one {% include 'b' %} two {{ x }}", "one B two ", "one  two "),
        ("one {% include 'c' %} two", "one ", "one "),
        ("one {% include 'gone' %} two", "one ", "one "),
        ("one {% include x %} two", "one ", "one "),
        ("one {% extends 'd' %}{% block k %}two {{ x }}{% endblock %}", "one D two ", "one two "),
        ("one {% if x %}two{% endif %}", "one ", "one "),
        ("one two", "one two", "one two"),
    ],
)
def test_the_prefix_ends_where_calls_begin_to_differ(text: str, whole_prefix: str, own_prefix: str) -> None:
    found = prompt(text, b="B", c="{{ y }}C", d="D {% block k %}{% endblock %}{{ z }}")
    assert prefix_text(found) == whole_prefix
    assert found.text[: prefix_end(found)] == own_prefix


def test_unknown_templates_are_said() -> None:
    assert "templates that are not found" in counted("one {% include 'gone' %}").uncounted
    assert counted("one {% include 'b' %}", b="x").uncounted == ()


@pytest.mark.parametrize(("given", "said"), [(None, ()), (UNKNOWN, ("tool schemas",))])
def test_no_tools_are_no_tools(given: Value, said: tuple[str, ...]) -> None:
    call = Call((Field("tools", given, Span(0, 0)),))
    assert facts(View(replace(prompt("one two"), call=call), len), BASICS).uncounted == said
