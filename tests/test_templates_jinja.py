"""The laws of the Jinja lexer: parts tile, and the taken path through the arms is what Jinja renders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.meta import find_undeclared_variables

from promptlint.model import Arm, SegmentKind
from promptlint.templates import JinjaSettings, TemplateError, split, variables
from promptlint.templates.parts import MAX_TAGS, Part, TooManyTagsError

TEXT, CONTROL = SegmentKind.TEXT, SegmentKind.CONTROL
VALUES = {"yes": True, "no": False, "two": [1, 2], "nobody": [], "once": lambda caller: caller()}
ROUNDS = {"if yes": 1, "elif yes": 1, "for i in two": 2, "block b": 1, "filter string": 1, "call once()": 1}
"""How often the arm that a statement opens is taken; any other never is, but for an `else`."""


def taken(parts: Sequence[Part], depth: int = 0) -> str:
    """The text of the path that the values choose."""
    out = []
    rounds, chosen = 0, False
    for arm, group in groupby(parts, lambda part: part.branch[depth] if len(part.branch) > depth else None):
        inside = list(group)
        if arm is not None:
            out.append(taken(inside, depth + 1) * rounds)
            continue
        for part in inside:
            if part.kind is TEXT:
                out.append(part.text)
            elif part.kind is CONTROL and part.name:
                name = part.name.rstrip(":")
                first = name.split()[0]
                chosen = chosen and first in ("elif", "else")
                rounds = 0 if chosen else (1 if first == "else" else ROUNDS.get(name, 0))
                chosen = chosen or rounds > 0
    return "".join(out)


def tiled(text: str, parts: Sequence[Part]) -> bool:
    ends = [0, *(part.end for part in parts)]
    return ends == [*(part.start for part in parts), len(text)] and all(p.end > p.start for p in parts)


WORDS = st.text(st.sampled_from("ab \n\r\t%#é🙂-"), max_size=6)
MARKS = st.sampled_from(["", "", "-", "+"])
BLOCKS = st.sampled_from(
    [
        ("if yes", "else", "endif"),
        ("if no", "elif yes", "endif"),
        ("if no", "else", "endif"),
        ("for i in two", "else", "endfor"),
        ("for i in nobody", "else", "endfor"),
        ("if yes", "", "endif"),
        ("for i in two", "", "endfor"),
        ("with x = 1", "", "endwith"),
        ("block b", "", "endblock"),
        ("filter string", "", "endfilter"),
        ("call once()", "", "endcall"),
        ("autoescape false", "", "endautoescape"),
        ("macro m(a)", "", "endmacro"),
        ("set s", "", "endset"),
        ("raw", "", "endraw"),
    ]
)
LONE = st.sampled_from(["{# a #}", "{#- a\nb -#}", "{% set a = 1 %}", "{%- do [] -%}", "{%- set a = '%}' %}"])


@st.composite
def block(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    opener, middle, closer = draw(BLOCKS)
    if opener.startswith("with"):  # Jinja has no arms for these
        middle = ""
    names = [name for name in (opener, middle, closer) if name]
    tags = [f"{{%{draw(MARKS)} {name} {draw(st.sampled_from(['', '-']))}%}}" for name in names]
    return "".join(tag + (draw(inner) if tag is not tags[-1] else "") for tag in tags)


TEMPLATES = st.recursive(
    WORDS | LONE,
    lambda inner: st.lists(inner | block(inner), max_size=4).map("".join),
    max_leaves=12,
)


@given(TEMPLATES, st.booleans(), st.booleans(), st.booleans())
def test_the_taken_path_is_what_jinja_renders(text: str, trim: bool, lstrip: bool, keep: bool) -> None:
    settings = JinjaSettings(trim_blocks=trim, lstrip_blocks=lstrip, keep_trailing_newline=keep)
    environment = jinja2.Environment(
        trim_blocks=trim,
        lstrip_blocks=lstrip,
        keep_trailing_newline=keep,
        extensions=["jinja2.ext.do"],
    )
    try:
        rendered = environment.from_string(text).render(VALUES)
    except jinja2.TemplateSyntaxError:
        return
    parts = split(text, "jinja", settings)
    assert tiled(text, parts)
    assert taken(parts) == rendered


LINES = st.sampled_from(
    [
        "% if yes:\n",
        "% if no\n",
        "  % for i in two\n",
        "% else:\n",
        "% endif\n",
        "% endfor\n",
        "a\n",
        "b ## c\n",
    ]
)


@given(st.lists(LINES, max_size=7).map("".join), st.booleans(), st.booleans())
def test_line_statements_are_what_jinja_renders(text: str, trim: bool, lstrip: bool) -> None:
    settings = JinjaSettings(
        line_statement_prefix="%", line_comment_prefix="##", trim_blocks=trim, lstrip_blocks=lstrip
    )
    environment = jinja2.Environment(
        line_statement_prefix="%",
        line_comment_prefix="##",
        trim_blocks=trim,
        lstrip_blocks=lstrip,
        keep_trailing_newline=True,
    )
    try:
        rendered = environment.from_string(text).render(VALUES)
    except jinja2.TemplateSyntaxError:
        with pytest.raises(TemplateError):
            split(text, "jinja", settings)
        return
    parts = split(text, "jinja", settings)
    assert tiled(text, parts)
    assert taken(parts) == rendered


@pytest.mark.parametrize(
    "opener", ["if a", "for a in b", "macro a()", "call a()", "filter upper", "set a", "block a"]
)
def test_every_block_is_an_arm_and_its_tags_stand_outside(opener: str) -> None:
    text = f"0{{% {opener} %}}1{{% endX %}}2".replace("X", opener.split(maxsplit=1)[0])
    parts = split(text, "jinja")
    assert [(part.kind, part.branch) for part in parts] == [
        (TEXT, ()),
        (CONTROL, ()),
        (TEXT, (Arm(1, 0),)),
        (CONTROL, ()),
        (TEXT, ()),
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "2 ** 99999999999",
        "'a' * 10 ** 12",
        "'a' | center(10 ** 12)",
        "'%999999999999d' % 1",
        "[1] * 10 ** 12",
    ],
)
def test_reading_a_template_computes_nothing(expression: str) -> None:
    text = f"{{{{ {expression} }}}}{{% if {expression} %}}{{{{ x }}}}{{% endif %}}{{% autoescape {expression} %}}{{% endautoescape %}}"
    assert variables(text, "jinja") == ("x",)


def test_a_block_that_is_defined_twice_is_a_broken_template() -> None:
    with pytest.raises(TemplateError, match="block 'b' defined twice") as caught:
        variables("a\n{% block b %}{% endblock %}\n{% block b %}{% endblock %}", "jinja")
    assert caught.value.position == 30


NAMES = st.sampled_from(["a", "b", "c", "loop", "self", "super", "caller", "kwargs", "varargs", "range"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("{}.{}".format, NAMES, NAMES),
        st.builds("{}|own({})".format, inner, inner),
        st.builds("{} is own({})".format, NAMES, inner),
        st.builds("{}({}, k={})".format, NAMES, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)
LINES = st.one_of(
    st.builds("{{{{ {} }}}}".format, EXPRESSIONS),
    st.builds("{{% set {} = {} %}}".format, NAMES, EXPRESSIONS),
    st.builds("{{% include {} %}}".format, EXPRESSIONS),
    st.builds("{{% extends {} %}}".format, EXPRESSIONS),
    st.builds("{{% from 'x' import {} as {} %}}".format, NAMES, NAMES),
)
TEMPLATES = st.recursive(
    LINES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, EXPRESSIONS, inner, inner),
        st.builds(
            "{{% for {} in {} if {} %}}{}{{% else %}}{}{{% endfor %}}".format,
            *(NAMES, EXPRESSIONS, EXPRESSIONS, inner, inner),
        ),
        st.builds("{{% macro {}({}={}) %}}{}{{% endmacro %}}".format, NAMES, NAMES, EXPRESSIONS, inner),
        st.builds("{{% call({}) {}({}) %}}{}{{% endcall %}}".format, NAMES, NAMES, EXPRESSIONS, inner),
        st.builds("{{% block {} %}}{}{{% endblock %}}".format, NAMES, inner),
        st.builds("{{% filter own({}) %}}{}{{% endfilter %}}".format, EXPRESSIONS, inner),
        st.builds("{{% with {} = {} %}}{}{{% endwith %}}".format, NAMES, EXPRESSIONS, inner),
        st.builds("{{% set {} %}}{}{{% endset %}}".format, NAMES, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(TEMPLATES)
def test_the_names_are_those_of_jinja(text: str) -> None:
    environment = jinja2.Environment(extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"))
    environment.filters["own"] = environment.tests["own"] = repr
    try:
        theirs = find_undeclared_variables(environment.parse(text))
    except jinja2.TemplateSyntaxError as error:
        with pytest.raises(TemplateError, match=re.escape(error.message or "")):
            variables(text, "jinja")
    else:
        assert set(variables(text, "jinja")) == theirs


def test_arguments_of_the_filter_of_a_set_block_do_no_harm() -> None:
    """Jinja's own compiler fails on them."""
    assert variables("{% set a | own(b) %}{{ c }}{% endset %}{{ a }}", "jinja") == ("c",)


def test_too_many_tags_are_not_read() -> None:
    assert len(split("{{ a }}" * MAX_TAGS, "jinja")) == MAX_TAGS
    with pytest.raises(TooManyTagsError, match="more than 20,000 tags"):
        split("{{ a }}" * (MAX_TAGS + 1), "jinja")
    with pytest.raises(TooManyTagsError, match="more than 100,000 line ends with CR"):
        split("\r\n" * 100_001, "jinja")
