"""Includes, macros and inheritance put in: what is counted is what Jinja renders."""

from __future__ import annotations

import jinja2
import pytest

from promptlint.model import Include, SegmentKind
from promptlint.templates import JinjaSettings, links, split
from promptlint.templates.assembled import assembled, source_of
from promptlint.templates.parts import segments


def whole(name: str, files: dict[str, str], settings: JinjaSettings = JinjaSettings()) -> str:  # noqa: B008
    """The static text of a template, slots as `<name>`."""
    includes = tuple(Include(path, path, text) for path, text in files.items() if path != name)
    placed = assembled(segments(split(files[name], "jinja", settings)), name, includes, settings)
    shown = {SegmentKind.TEXT: lambda it: it.text, SegmentKind.SLOT: lambda it: f"<{it.name}>"}
    return "".join(shown[item.segment.kind](item.segment) for item in placed if item.segment.kind in shown)


def rendered(name: str, files: dict[str, str]) -> str:
    environment = jinja2.Environment(loader=jinja2.DictLoader(files), keep_trailing_newline=True)
    return environment.get_template(name).render({name: f"<{name}>" for name in ("x", "y")})


@pytest.mark.parametrize(
    "files",
    [
        {"a": "1 {% include 'b' %} 2", "b": "B {{ x }} {% include 'c' %}", "c": "C"},
        {"a": "{% include 'b' %}{% include 'b' %}", "b": "twice "},
        {"a": "{% include ['none', 'b'] %}!", "b": "B"},
        {"a": "{% macro m(p, q='Q') %}[{{ p }} {{ q }}]{% endmacro %}{{ m('one') }} {{ m(x, q='r') }}"},
        {"a": "{% macro m() %}M{% endmacro %}{% macro n() %}N{{ m() }}{% endmacro %}{{ n() }}{{ n() }}"},
        {"a": "{% import 'b' as b %}{{ b.m('v') }}{{ b.m(y) }}", "b": "no{% macro m(p) %}M {{ p }} {% endmacro %}"},
        {"a": "{% from 'b' import m, n as k %}{{ m() }}{{ k() }}", "b": "{% macro m() %}M{% endmacro %}{% macro n() %}N{% endmacro %}"},
        {"a": "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}in{% endcall %}{% call m() %}two{% endcall %}"},
        {"a": "{% set s %}S {{ x }}{% endset %}{{ s }} and {{ s }}"},
        {"a": "{% set s %}S{% endset %}{% include 'b' %}", "b": "B {{ s }}"},
        {"a": "{% macro m(p) %}{{ p }}{% endmacro %}{% set s %}S{% endset %}{{ m(s) }}"},
        {"a": "pre{% extends 'b' %}lost{% block k %}K{% endblock %}lost", "b": "1 {% block k %}k{% endblock %} {% block l %}l{% endblock %} 2"},
        {"a": "{% extends 'b' %}{% block k %}a {{ super() }}{% endblock %}", "b": "{% extends 'c' %}{% block k %}b {{ super() }}{% endblock %}", "c": "({% block k %}c{% endblock %})"},
        {"a": "{% extends 'b' %}{% block l %}L{% endblock %}", "b": "{% block k %}k {% block l %}l{% endblock %}{% endblock %}"},
        {"a": "{% extends 'b' %}{% block k %}{% include 'c' %}{% endblock %}", "b": "B {% block k %}{% endblock %}", "c": "C\n"},
        {"a": "{% filter string %}{% include 'b' %}{% endfilter %}", "b": "B"},
        {"a": "{% macro m(a) %}{{ a }}{% endmacro %}{% macro n(a) %}{{ m(a) }}{% endmacro %}{{ n('deep') }}"},
    ],
)  # fmt: skip
def test_the_static_text_is_what_jinja_renders(files: dict[str, str]) -> None:
    assert whole("a", files) == rendered("a", files)


def test_arms_are_kept_and_copies_share_no_group() -> None:
    files = {
        "a": "{% if x %}{% include 'b' %}{% endif %}{% include 'b' %}",
        "b": "{% if y %}Y{% else %}N{% endif %}",
    }
    includes = (Include("b", "b", files["b"]),)
    placed = assembled(segments(split(files["a"], "jinja")), "a", includes)
    texts = [item.segment for item in placed if item.segment.kind is SegmentKind.TEXT]
    assert [item.text for item in texts] == ["Y", "N", "Y", "N"]
    assert [[arm.arm for arm in item.branch] for item in texts] == [[0, 0], [0, 1], [0], [1]]
    assert len({item.branch[-1].group for item in texts}) == 2


def test_the_own_segment_that_put_it_there() -> None:
    placed = assembled(
        segments(split("1{% include 'b' %}2", "jinja")), "a", (Include("b", "b", "x{{ y }}z"),)
    )
    assert [(item.segment.text, item.own) for item in placed] == [
        ("1", 0),
        ("x", 1),
        ("{{ y }}", 1),
        ("z", 1),
        ("2", 2),
    ]


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"a": "1{% include 'a' %}2"}, "12"),
        ({"a": "1{% include 'b' %}2", "b": "B{% include 'a' %}", "z": ""}, "1B2"),
        ({"a": "1{% include x %}{% include 'gone' ignore missing %}2"}, "12"),
        ({"a": "{% macro m() %}M{{ m() }}{% endmacro %}{{ m() }}"}, "M<m()>"),
        ({"a": "{% macro unused() %}M{% endmacro %}1"}, "M1"),
        ({"a": "{% set s %}S{% endset %}{{ s | upper ~ 'x' }}{% if s %}1{% endif %}"}, "S1"),
        ({"a": "{% if x %}{% set s %}A{% endset %}{% else %}{% set s %}B{% endset %}{% endif %}{{ s }}"}, "AB<s>"),
        ({"a": "{{ nobody() }}{{ super() }}{{ caller() }}"}, "<nobody()><super()><caller()>"),
        ({"a": "{% extends x %}{% block k %}K{% endblock %}"}, "K"),
        ({"a": "{% extends 'a' %}{% block k %}K{% endblock %}"}, "K"),
        ({"a": "1{% include 'b' %}", "b": "{% if %}"}, "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_in_stays(files: dict[str, str], text: str) -> None:
    assert whole("a", files) == text


@pytest.mark.slow
def test_depth_and_size_are_bounded() -> None:
    deep = {str(n): f"{n} {{% include '{n + 1}' %}}" for n in range(30)}
    assert whole("0", deep) == "".join(f"{n} " for n in range(11))
    wide = "".join(
        f"{{% macro m{n}() %}}{{{{ m{n + 1}() }}}}{{{{ m{n + 1}() }}}}{{% endmacro %}}" for n in range(40)
    )
    assert len(whole("a", {"a": wide + "{{ m0() }}"})) < 100_000
    many = "{% include 'b' %}" * 15_000
    assert len(whole("a", {"a": many, "b": "bb{# #}"})) == 20_000


def test_the_nearest_template_of_a_name_is_meant() -> None:
    includes = (Include("x", "x", "top"), Include("x", "a/b/x", "near"), Include("./y", "a/y", "dot"))
    assert source_of("x", "a/b/c.j2", includes) == includes[1]
    assert source_of("x", "a/c.j2", includes) == includes[0]
    assert source_of("./y", "a/c.j2", includes) == includes[2]
    assert source_of("z", "a/c.j2", includes) is None


def test_links_are_the_literal_names_with_their_places() -> None:
    text = (
        "{% include 'a/b.md' %}\r\n{%- include [\"c\", 'd'] with context -%}{% extends \"base\" %}"
        "{% import 'm' as m %}{% from \"n\" import o, p as q with context %}{% include 'e' ignore missing %}"
        "{% include x %}{% include 'f' ~ x %}{% include 'g' if x else 'h' %}"
        "{% raw %}{% include 'r' %}{% endraw %}{# {% include 's' %} #}"
    )
    found = links(text)
    assert [(item.kind, item.name, item.ignore_missing) for item in found] == [
        ("include", "a/b.md", False),
        ("include", "c", True),
        ("include", "d", True),
        ("extends", "base", False),
        ("import", "m", False),
        ("from", "n", False),
        ("include", "e", True),
    ]
    assert all(text[item.start + 1 : item.end - 1] == item.name for item in found)
    assert links("no include here") == ()
