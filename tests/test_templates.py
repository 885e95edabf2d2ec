from __future__ import annotations

import re
import string
import subprocess
import sys

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.model import SegmentKind
from promptlint.templates import JinjaSettings, TemplateError, guess, split, variables
from promptlint.templates.parts import Part, cut, segments

TEXT, SLOT, CONTROL = SegmentKind.TEXT, SegmentKind.SLOT, SegmentKind.CONTROL


def text_of(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if part.kind is TEXT)


def arms(text: str) -> dict[str, list[int]]:
    """Each text with the arms that enclose it."""
    return {
        part.text.strip(): [arm.arm for arm in part.branch]
        for part in split(text, "jinja")
        if part.kind is TEXT
    }


def assert_tiles(text: str, parts: tuple[Part, ...]) -> None:
    position = 0
    for part in parts:
        assert part.start == position
        assert part.end > part.start
        if part.verbatim or part.kind is SLOT:
            assert part.text == text[part.start : part.end]
        elif part.kind is not TEXT:
            assert part.text == ""
        position = part.end
    assert position == len(text)


# --- Jinja ----------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("ab \n\r\t{}%#\ufeffé🙂-"), max_size=8)
TAGS = st.sampled_from(
    [
        "{{ x }}",
        "{{- x -}}",
        '{{ "}}" }}',
        "{# a #}",
        "{#- a\r\n b -#}",
        "{% set a = 1 %}",
        "{%- set a = {'b': 1} -%}",
        "{% if x %}yes{% elif y %}\r\nno{% else %} 🙂 {% endif %}",
        "  {%- for i in l %}\n- {{ i }}\n{%- endfor %}\n",
        "{% raw %} {{ y }} {%- endraw %}",
        "{%- raw -%}\r{% endraw -%}",
        "{% chat role='user' %}",
        "{% endchat %}",
        "{%+ include 'a' +%}\n",
    ]
)
TEMPLATES = st.lists(WORDS | TAGS, max_size=8).map("".join)


@given(TEMPLATES, st.booleans(), st.booleans())
def test_jinja_parts_tile_any_template(text: str, trim: bool, lstrip: bool) -> None:
    try:
        parts = split(text, "jinja", JinjaSettings(trim_blocks=trim, lstrip_blocks=lstrip))
    except TemplateError as error:
        position: int | None = error.position
    else:
        position = None
        assert_tiles(text, parts)
    assert position is None or 0 <= position <= len(text)


SILENT = st.sampled_from(
    ["{# a #}", "{#- b -#}", "{% raw %}{{ x }}{% endraw %}", "{%- raw %} {%y%} {% endraw -%}\n"]
)


@given(st.lists(WORDS | SILENT, max_size=8).map("".join), st.booleans(), st.booleans(), st.booleans())
def test_jinja_text_is_what_jinja_renders(text: str, trim: bool, lstrip: bool, keep: bool) -> None:
    settings = JinjaSettings(trim_blocks=trim, lstrip_blocks=lstrip, keep_trailing_newline=keep)
    environment = jinja2.Environment(trim_blocks=trim, lstrip_blocks=lstrip, keep_trailing_newline=keep)
    try:
        environment.overlay(keep_trailing_newline=True).from_string(text)
        rendered = environment.from_string(text).render()
    except jinja2.TemplateSyntaxError as error:
        if "unknown tag" not in str(error):
            with pytest.raises(TemplateError):
                split(text, "jinja", settings)
        return
    parts = split(text, "jinja", settings)
    assert_tiles(text, parts)
    assert text_of(parts) == rendered


def test_text_without_tags_is_one_part() -> None:
    assert split("a { b } 100%", "jinja") == (Part(TEXT, 0, 12, "a { b } 100%"),)
    assert split("", "jinja") == ()


def test_crlf_is_one_newline_in_a_part_of_its_own() -> None:
    parts = split("a\r\n{{ x }}\rb", "jinja")
    assert [(part.text, part.name) for part in parts] == [
        ("a", ""),
        ("\n", "newline"),
        ("{{ x }}", "x"),
        ("\n", "newline"),
        ("b", ""),
    ]


def test_trimmed_space_is_control() -> None:
    parts = split("a \n{%- if x -%}\n b{% endif %}", "jinja")
    assert [(part.kind, part.text) for part in parts] == [
        (TEXT, "a"),
        (CONTROL, ""),
        (CONTROL, ""),
        (TEXT, "b"),
        (CONTROL, ""),
    ]


def test_names() -> None:
    parts = split("{{ user.name | upper }}{%- include 'a.md' -%}{# promptlint: ignore[RED001] #}", "jinja")
    assert [part.name for part in parts] == [
        "user.name | upper",
        "include 'a.md'",
        "promptlint: ignore[RED001]",
    ]


def test_branches() -> None:
    assert arms("0{% if a %}1{% elif b %}2{% else %}3{% if c %}4{% endif %}{% endif %}5") == {
        "0": [],
        "1": [0],
        "2": [1],
        "3": [2],
        "4": [2, 0],
        "5": [],
    }
    assert arms("{% for i in l %}1{% else %}2{% endfor %}") == {"1": [0], "2": [1]}
    assert arms("{% macro m(a) %}1{% endmacro %}{% set x %}2{% endset %}{% set y = 1 %}3") == {
        "1": [0],
        "2": [0],
        "3": [],
    }
    assert arms("{% set x | replace(a='b') %}1{% endset %}2") == {"1": [0], "2": []}
    assert arms("{% with a = 1 %}1{% endwith %}{% chat role='user' %}2{% endchat %}") == {"1": [], "2": []}


def test_two_alternatives_are_two_groups() -> None:
    parts = [p for p in split("{% if a %}1{% endif %}{% if a %}2{% endif %}", "jinja") if p.kind is TEXT]
    assert parts[0].branch[0].group != parts[1].branch[0].group


def test_line_statements_and_own_delimiters() -> None:
    settings = JinjaSettings(line_statement_prefix="%", line_comment_prefix="//")
    parts = split("a\n% if x:\nb // c\n% endif\n", "jinja", settings)
    assert_tiles("a\n% if x:\nb // c\n% endif\n", parts)
    assert [(part.kind.value, part.name) for part in parts if part.kind is not TEXT] == [
        ("control", "if x:"),
        ("comment", "c"),
        ("control", "endif"),
    ]
    own = JinjaSettings(variable_start="<<", variable_end=">>")
    assert [part.text for part in split("{{ a }} << b >>", "jinja", own)] == ["{{ a }} ", "<< b >>"]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a\n{% if x %}b", 2),
        ("a\r\n\r\n  {{ x", 7),
        ("{{ a ! }}", 5),
        ("a {# b", 2),
        ("{% endif %}", 0),
        ("{% if %}", 0),
        ("ab {{ 1" + "0" * 5000 + " }}", 0),
    ],
)
def test_broken_templates_say_where(text: str, position: int) -> None:
    with pytest.raises(TemplateError) as caught:
        split(text, "jinja")
    assert abs(caught.value.position - position) <= 2
    assert caught.value.message


def test_unknown_tags_are_no_error() -> None:
    parts = split("{% chat role='user' %}a{% endchat %}{% completion model='x' /%}", "jinja")
    assert [part.kind for part in parts] == [CONTROL, TEXT, CONTROL, CONTROL]
    with pytest.raises(TemplateError):
        split("{% chat role='user' %}{% if x %}{% endchat %}", "jinja")


def test_deep_nesting_is_left_to_the_guard() -> None:
    with pytest.raises(RecursionError):
        split("{{ " + "(" * 20000 + "x" + ")" * 20000 + " }}", "jinja")


def test_jinja_variables() -> None:
    text = (
        "{% set a = b %}{{ a }}{% for i in items %}{{ i.x|unknown_filter }}{{ loop.index }}{% endfor %}"
        "{% macro m(p) %}{{ p }}{{ caller() }}{% endmacro %}{% if q is unknown_test %}{% endif %}{{ range(3) }}"
    )
    assert variables(text, "jinja") == ("b", "items", "q")
    assert variables("no tags", "jinja") == ()


def test_jinja2_is_not_imported_for_text_without_tags() -> None:
    code = (
        "import sys; from promptlint.templates import *; split('a {b} \\n', 'jinja'); variables('x', 'jinja');"
        "split('{a}', 'format'); guess('{{ x }}'); sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- the small languages --------------------------------------------------------------------


@given(st.text(st.sampled_from("a{}:. \n"), max_size=12))
def test_format_agrees_with_python(text: str) -> None:
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return
    parts = split(text, "format")
    assert_tiles(text, parts)
    assert text_of(parts) == "".join(literal for literal, *_ in parsed)
    assert [part.name for part in parts if part.kind is SLOT] == [
        name for _, name, *_ in parsed if name is not None
    ]


@given(
    st.text(st.sampled_from("a$%(){}s \n"), max_size=12),
    st.sampled_from(["percent", "dollar", "mustache", "none"]),
)
def test_small_languages_tile(text: str, syntax: str) -> None:
    try:
        parts = split(text, syntax)
    except TemplateError:
        return
    assert_tiles(text, parts)


@given(st.text(st.sampled_from("a% \n"), max_size=12))
def test_percent_agrees_with_python(text: str) -> None:
    try:
        parts = split(text, "percent")
    except TemplateError:
        return
    if not any(part.kind is SLOT for part in parts) and not re.search(r"% +%", text):
        assert text_of(parts) == text % ()


def test_slots_and_names() -> None:
    assert variables("{a.b} {{c}} {d[0]!r:>{w}} {a}", "format") == ("a", "d")
    assert variables("%(a)s %% %s %(b).2f", "percent") == ("a", "b")
    assert variables("$a ${b} $$c $5", "dollar") == ("a", "b")
    assert variables(
        "{{a.b}} {{{c}}} {{#each d}}{{e}}{{/each}} {{#if f}}{{g}}{{/if}} {{> h}} {{$i}}", "mustache"
    ) == (*("a", "c", "d", "f", "g", "i"),)


def test_mustache_branches_and_lines() -> None:
    text = "a\n  {{#if x}}\n b\n{{else}}\n c {{! d }}\n{{/if}}\ne {{~f~}} g"
    parts = split(text, "mustache")
    assert_tiles(text, parts)
    assert text_of(parts) == "a\n b\n c \neg"
    assert [[arm.arm for arm in part.branch] for part in parts if part.text in (" b\n", " c ")] == [[0], [1]]


@pytest.mark.parametrize("text", ["{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a", "{{else}}"])
def test_broken_mustache(text: str) -> None:
    with pytest.raises(TemplateError):
        split(text, "mustache")


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("Answer {question}.", "format"),
        ("{{ question }}", "jinja"),
        ("{{question}}", "jinja"),
        ("{{ a.b[0] | join(', ') }}", "jinja"),
        ("{% if a %}b{% endif %}", "jinja"),
        ('{{"answer": "{answer}"}}', "format"),
        ("{{ name: string }} for {question}", "format"),
        ("{{literal}} and {question}", "format"),
        ("{{#if a}}b{{/if}}", "mustache"),
        ("{{$input}}", "mustache"),
        ('{{role "system"}}', "mustache"),
        ('{"a": 1, "b": {}}', "none"),
        ('Use {x} in {"a": 1}', "none"),
        (r"\boxed{answer} \frac{a}{b}", "none"),
        (r"\boxed{{x}}", "none"),
        ("x^{n}", "none"),
        (r"\d{3}-{x}", "none"),
        ("if (x) {return}", "none"),
        ("echo ${HOME}", "none"),
        ("set {} to {x}", "none"),
        ("{ x }", "none"),
        ("{question", "none"),
        ("no braces", "none"),
    ],
)
def test_guess(text: str, syntax: str) -> None:
    assert guess(text) == syntax


# --- parts ----------------------------------------------------------------------------------


def test_adjacent_text_is_one_segment_with_a_piece_for_each_escape() -> None:
    (segment,) = segments(split("a {{b}} c", "format"), offset=10)
    assert segment.text == "a {b} c"
    assert [(p.text_start, p.text_end, p.source_start, p.source_end, p.verbatim) for p in segment.pieces] == [
        (0, 2, 10, 12, True),
        (2, 3, 12, 14, False),
        (3, 4, 14, 15, True),
        (4, 5, 15, 17, False),
        (5, 7, 17, 19, True),
    ]


def test_groups_move_with_the_text() -> None:
    parts = split("{% if a %}b{% endif %}", "jinja")
    assert segments(parts, offset=100)[1].branch[0].group == 100


@given(st.integers(0, 12), st.integers(0, 12))
def test_cut_keeps_what_is_in_range(start: int, end: int) -> None:
    parts = split("a{{b}}c {d} e", "format")
    found = tuple(cut(parts, start, end))
    assert all(part.start >= start for part in found)
    assert [part for part in found if not part.verbatim] == [
        part for part in parts if not part.verbatim and start <= part.start < end
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{#each history}}{{role}}{{/each}}", ("history",)),
        ("{{#if history}}yes{{/if}}{{#unless x}}no{{/unless}}", ("history", "x")),
        ("{{> card user}}{{>plain}}{{> card name=title}}", ("user", "title")),
        ('{{history}} {{section "code"}}', ()),
    ],
)
def test_statements_read_variables(text: str, names: tuple[str, ...]) -> None:
    assert variables(text, "mustache") == names


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("Use ${{ github.token }} in the workflow.", "none"),
        ("Use ${{ github.token }} for {{ user }}.", "jinja"),
        ("Print f'area {area:.2f}' at the end.", "none"),
        ("Like this:\n```python\nprint(f\"{a}\")\nx = '{b}'\n```\n", "none"),
        ("Write code block as ``` {block_code} ``` where needed.", "none"),
        ("The code:\n```\n{code}\n```\n", "format"),
        ("Answer {question}.\n```python\nprint(1)\n```\n", "format"),
    ],
)
def test_samples_of_code_hold_no_slots(text: str, syntax: str) -> None:
    assert guess(text) == syntax


def test_sections_within_each_other_are_bounded() -> None:
    with pytest.raises(TemplateError, match="more than 100 sections within each other"):
        split("{{#a}}" * 101 + "{{/a}}" * 101, "mustache")
    assert split("{{#a}}" * 100 + "x" + "{{/a}}" * 100, "mustache")[100].text == "x"
