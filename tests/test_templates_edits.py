"""No fix spans the blocks of a template: by law, and with the real rules through the real command."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st
from test_templates_jinja import TEMPLATES

from promptlint.extract import Options, extract
from promptlint.locate import source_edits, tiles
from promptlint.model import Edit, Prompt, SegmentKind, Source, SourceKind, Span
from promptlint.templates import JinjaSettings


def read(text: str, settings: JinjaSettings) -> Prompt | None:
    source = Source("a.prompt.j2", text, SourceKind.JINJA, named=True)
    return next(iter(extract(source, Options(settings)).prompts), None)


def shape(prompt: Prompt) -> list[str]:
    """The tags of a template, in order."""
    return [item.name for item in prompt.segments if item.kind is not SegmentKind.TEXT and item.name]


@given(TEMPLATES, st.booleans(), st.booleans(), st.data())
def test_an_edit_stays_within_one_block(text: str, trim: bool, lstrip: bool, data: st.DataObject) -> None:
    settings = JinjaSettings(trim_blocks=trim, lstrip_blocks=lstrip)
    prompt = read(text, settings)
    if prompt is None or not prompt.text:
        return
    start = data.draw(st.integers(0, len(prompt.text)))
    end = data.draw(st.integers(start, len(prompt.text)))
    found = source_edits(prompt, Edit(Span(start, end), "New words"))
    touched = [tile for tile in tiles(prompt) if tile.span.overlaps(Span(start, end))]
    if len({tile.segment.branch for tile in touched}) > 1:
        assert found is None
    if found is None:
        return
    new = text
    for edit in reversed(found):
        new = new[: edit.span.start] + edit.new + new[edit.span.end :]
    after = read(new, settings)
    assert after is not None
    assert shape(after) == shape(prompt)
    assert "New words" in after.text


REPEATED = "Never open a letter that is not addressed to the shop."
FILLER = "In order to help, be quick."


@pytest.mark.parametrize(
    "text",
    [
        "You sort mail.\n\n{% if vip %}In order {% endif %}to help, be quick.\n",
        "You sort mail. In order{% if vip %} to help, be quick.{% endif %}\n",
        "{% block a %}You sort mail. In order{% endblock %} to help, be quick.\n",
        "{% macro m() %}You sort mail. In order{% endmacro %} to help.\n{{ m() }}",
        "{% set x %}You sort mail. In order{% endset %} to help, be quick.\n{{ x }}",
        "{% for m in mails %}In order {% else %}to help, be quick.{% endfor %} You sort mail.\n",
        "{% filter upper %}You sort. In order {% endfilter %}to help.\n",
        "{% call m() %}In order {% endcall %}to help, you sort mail.\n",
        "You sort mail. In {{ kind }} order to help, be quick.\n",
        "You sort mail. In {%- raw %} {{ order }} {% endraw -%} to help, be quick.\n",
    ],
)
def test_a_phrase_across_blocks_is_left_alone(tmp_path: Path, promptlint: Runner, text: str) -> None:
    path = tmp_path / "a.prompt.j2"
    path.write_text(text)
    assert promptlint("fix", "--unsafe", "--select", "TOK,RED", "a.prompt.j2").code in (0, 1)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (
            f"You sort mail.\n{{% if vip %}}{FILLER}{{% else %}}{FILLER}{{% endif %}}\n",
            "You sort mail.\n{% if vip %}To help, be quick.{% else %}To help, be quick.{% endif %}\n",
        ),
        (
            f"You sort mail.\n{{%- if vip -%}}\n  {FILLER}\n{{%- endif +%}}\n",
            "You sort mail.\n{%- if vip -%}\n  To help, be quick.\n{%- endif +%}\n",
        ),
        (
            f"{{% macro m(a) %}}\n{FILLER} {{{{ a }}}}\n{{% endmacro %}}\nYou sort mail. {{{{ m('x') }}}}\n",
            "{% macro m(a) %}\nTo help, be quick. {{ a }}\n{% endmacro %}\nYou sort mail. {{ m('x') }}\n",
        ),
        (
            f"{{% if vip %}}{REPEATED}{{% else %}}{REPEATED}{{% endif %}} You sort mail.\n",
            f"{{% if vip %}}{REPEATED}{{% else %}}{REPEATED}{{% endif %}} You sort mail.\n",
        ),
    ],
)
def test_within_a_block_it_is_mended_and_the_tags_stay(
    tmp_path: Path, promptlint: Runner, text: str, fixed: str
) -> None:
    path = tmp_path / "a.prompt.j2"
    path.write_text(text)
    promptlint("fix", "--unsafe", "--select", "TOK,RED", "a.prompt.j2")
    assert path.read_text() == fixed
