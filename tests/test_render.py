"""Prompts filled with example inputs, and hostile ones survived."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint import render
from promptlint.errors import UsageError
from promptlint.extract import extract
from promptlint.model import Context, Include, Prompt, Source, SourceKind
from promptlint.templates import JinjaSettings
from promptlint.templates.filled import find

SETTINGS = JinjaSettings()


def prompt(text: str, path: str = "a.prompt.j2", kind: SourceKind = SourceKind.JINJA, **files: str) -> Prompt:
    context = Context(includes=tuple(Include(name, name, each) for name, each in files.items()))
    (found,) = extract(Source(path, text, kind, named=True, context=context)).prompts
    return found


def rendered(text: str, values: dict[str, object], **files: str) -> render.Text:
    return render.render(prompt(text, **files), values, SETTINGS)


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("You sort {{ mail }}.", "You sort letters.", ()),
        ("{{ user.name }} {{ user['name'] }} {{ tags[0] }} {{ tags | join('+') }}", "Ann Ann a a+b", ()),
        ("{% if vip %}Be kind.{% else %}Be short.{% endif %}", "Be kind.", ()),
        ("{% for tag in tags -%} [{{ loop.index }}{{ tag }}] {%- endfor %}", "[1a][2b]", ()),
        ("{% raw %}{{ x }}{% endraw %} { {{ mail }} } {%- if 1 %}{ {% endif %}", "{{ x }} { letters }{ ", ()),
        ("{{ gone }} {% for x in nobody %}{% endfor %}", "{{ gone }} ", ("gone", "nobody")),
        ("{% if gone is defined %}1{% endif %}2", "2", ()),
        ("{% set x %}S{% endset %}{{ x }}{% do tags %}{# c #}", "S", ()),
        ("{% chat role='user' %}Hi {{ mail | upper }}{% endchat %}", "Hi LETTERS", ()),
        ("{{ '<b>' }}{{ none }}", "<b>None", ()),
    ],
)
def test_jinja(text: str, expected: str, missing: tuple[str, ...]) -> None:
    values = {"mail": "letters", "user": {"name": "Ann"}, "tags": ["a", "b"], "vip": True}
    assert rendered(text, values) == render.Text(expected, missing)


def test_includes_are_those_of_the_project_only() -> None:
    assert rendered("{% include 'b' %}{{ x|upper }}", {"x": "v"}, b="B {{ x }} ").text == "B v V"
    parent = "<{% block k %}k{% endblock %}>"
    assert rendered("{% extends 'p' %}{% block k %}{{ super() }}+{% endblock %}", {}, p=parent).text == "<k+>"
    lost = rendered("{% include '/etc/passwd' %}", {})
    assert lost == render.Text(problem="the template '/etc/passwd' is not found")


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("Hi {{name}}. {{#if vip}}A{{else}}B{{/if}}{{#unless vip}}C{{/unless}}", "Hi Ann. A", ()),
        ("{{#each tags}}- {{this}} {{name}}\n{{/each}}", "- a Ann\n- b Ann\n", ()),
        ("{{#people}}{{first}};{{/people}}{{^none}}N{{/none}}", "X;Y;N", ()),
        ("{{#with user}}{{age}}{{/with}} {{user.age}}", "7 7", ()),
        ("{{#if gone}}A{{else}}B{{/if}} {{lost}}", "A {{lost}}", ("gone", "lost")),
    ],
)
def test_mustache(text: str, expected: str, missing: tuple[str, ...]) -> None:
    values = {
        "name": "Ann",
        "vip": 1,
        "tags": ["a", "b"],
        "people": [{"first": "X"}, {"first": "Y"}],
        "none": [],
        "user": {"age": 7},
    }
    found = prompt(text, "a.mustache")
    assert render.render(found, values, SETTINGS) == render.Text(expected, missing)


def test_python_slots_are_filled_by_expression() -> None:
    text = (
        'A_PROMPT = f"You are an assistant of {shop.name}. Answer {question!r:>5} in {len(x)} {{words}}."\n'
        'B_PROMPT = "You are an assistant. Answer %(question)s in 100%% $words." % values\n'
    )
    found = extract(Source("a.py", text, SourceKind.PYTHON, named=True)).prompts
    values = {"shop": {"name": "Q"}, "question": "why", "len(x)": 3}
    texts = [render.render(each, values, SETTINGS) for each in found]
    assert texts == [
        render.Text("You are an assistant of Q. Answer why in 3 {words}."),
        render.Text("You are an assistant. Answer why in 100% $words."),
    ]


def test_only_mappings_and_lists_are_entered() -> None:
    values = {"a": {"b": [1, {"c": "x"}]}, "d.e": "dotted", "s": "text"}
    assert find(values, "a.b[1].c") == find(values, "a['b'][1].c") == "x"
    assert find(values, "d.e") == "dotted"
    missing = find(values, "nothing")
    for name in ("s.__class__", "a.keys", "a.b[-1]", "a.b[7]", "a.b.x", "", ".", "this", "s[0]"):
        assert find(values, name) is missing


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ 'a' * 10 ** 9 }}", "it needs more than 256 MB"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "it is nested too deeply"),
        ("{% include 'a.prompt.j2' %}", "it is nested too deeply"),
        (
            "{% for i in range(10 ** 9) %}x{% endfor %}",
            "Range too big. The sandbox blocks ranges larger than",
        ),
        (
            "{% for i in range(90000) %}{{ 'a' * 30 }}{% endfor %}",
            "its text is longer than 2,000,000 characters",
        ),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "access to attribute '__class__' of 'str' object"),
        ("{{ cycler.__init__.__globals__ }} {{ cycler.__init__() }}", "access to attribute '__init__' of"),
        ("{{ x | nofilter }}", "No filter named 'nofilter'."),
        ("{{ gone() }}", "'gone' is undefined"),
    ],
)
def test_hostile_and_broken_templates_are_survived_and_said(text: str, problem: str) -> None:
    found = rendered(text, {"x": 1})
    assert (found.text, found.problem[: len(problem)]) == ("", problem)


def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "SECONDS", 1)
    endless = "{% for i in range(10 ** 5) %}{% for j in range(10 ** 5) %}{% endfor %}{% endfor %}"
    assert rendered(endless, {}) == render.Text(problem=render._ENDED)


def test_inputs_are_shared_or_of_some_prompts(tmp_path: Path) -> None:
    path = tmp_path / "in.yaml"
    path.write_text("a: 1\nb: 2\nprompts:\n  '*.j2': {b: 3}\n  x/a.j2::k: {b: 4}\n")
    inputs = render.read_inputs(path)
    head = "---\ninputs:\n  a: {default: own}\n  c: {example: mine}\n  d: {type: string}\n---\n"
    found = prompt(head + "{{ a }}", "x/a.j2")
    assert render.values_for(found, inputs) == {"a": 1, "b": 3, "c": "mine"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("- 1\n", "not a mapping"), ("a: [1\n", "in.yaml:2:1: "), ("a: !!python/object:os.system 1\n", "")],
)
def test_wrong_inputs(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "in.yaml"
    path.write_text(text)
    if message:
        with pytest.raises(UsageError, match=message):
            render.read_inputs(path)
    else:
        assert render.read_inputs(path).shared == {"a": "1"}
    with pytest.raises(UsageError, match="cannot be read"):
        render.read_inputs(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10 ** 9 }}",
        "{{ [1] * 10 ** 8 }}",
        "{{ 'a' | center(10 ** 9) }}",
        "{% set n = namespace(a='a') %}{% for i in range(40) %}{% set n.a = n.a + n.a %}{% endfor %}",
        "{% for a in range(10 ** 5) %}{% for b in range(10 ** 5) %}xxxxxxxxxx{% endfor %}{% endfor %}",
        f"{{{{ '{'a' * 500_000}' * 400 }}}}",
    ],
)
def test_what_grows_never_takes_more_than_its_share(text: str) -> None:
    resource = pytest.importorskip("resource")
    assert rendered(text, {}).problem
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < own + render.MEMORY // 1024
