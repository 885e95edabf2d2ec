"""A prompt kept in an anchor runs as it ran when it was blessed."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import SuiteError
from promptlint.evals import filling, prompting
from promptlint.evals.template import Template
from promptlint.extract import extract
from promptlint.model import Source, SourceKind
from promptlint.templates import JinjaSettings
from tests.evals_prompts.support import case, fixtures, own, template, written


def again(found: Template) -> Template:
    """The template after it was written to a file and read back."""
    return prompting.from_anchor(json.loads(json.dumps(prompting.kept(found))), "s.anchor.json")


def filled(found: Template) -> object:
    values = {name: f"<{name}>" for name in found.known}
    return next(filling.fill(found, [values]))


def test_every_prompt_of_the_fixtures_comes_back_as_it_was() -> None:
    assert len(fixtures()) > 40
    for found in fixtures():
        back = again(found)
        assert back.anchor
        assert (back.content_hash, back.id, back.needed, back.known) == (
            found.content_hash,
            found.id,
            found.needed,
            found.known,
        )
        assert filled(back) == filled(found), found.id
        assert prompting.kept(back) == prompting.kept(found)


def test_an_anchor_needs_no_file(tmp_path: Path) -> None:
    folder = written(tmp_path, main__j2="Sort {{ m }}.{% include 'part.j2' %}", part__j2=" Kindly{{ '!' }}")
    found = template(folder, "main.j2")
    data = prompting.kept(found)
    for path in tmp_path.glob("*.j2"):
        path.unlink()
    back = prompting.from_anchor(data, "s.anchor.json")
    assert prompting.conversations(back, [case(1, m="M")]) == [
        ({"role": "user", "content": "Sort M. Kindly!"},)
    ]


def test_what_moves_in_its_file_is_kept_alike(tmp_path: Path) -> None:
    text = "{% if a %}One.{% else %}Two.{% endif %} {{ b }}"
    folder = written(tmp_path, a__j2=text, b__j2=f"{{# more #}}\n{text}")
    one, other = (prompting.kept(template(folder, name))["messages"] for name in ("a.j2", "b.j2"))
    assert isinstance(one, list)
    assert isinstance(other, list)
    assert one[0]["parts"] == other[0]["parts"][-len(one[0]["parts"]) :]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text("{}% x=a", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=5,
)
TEXT = "system:\n{% if vip %}Be {{ tone | trim }}.{% endif %}\nuser:\n{{ mail }}\n"


def places(value: object) -> list[tuple[dict[str, object] | list[object], str | int]]:
    """Every place of a value of JSON in which something stands."""
    pairs = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [pair for key, inner in pairs for pair in ((value, key), *places(inner))]


@given(st.data())
def test_whatever_an_anchor_says_it_is_read_or_refused(data: st.DataObject) -> None:
    """Law: one odd value gives a SuiteError, or a template that can be filled in or says why not."""
    (prompt,) = extract(Source("p.j2", TEXT, SourceKind.JINJA, named=True)).prompts
    changed = json.loads(json.dumps(prompting.kept(prompting.made(prompt, "p:1", (), JinjaSettings()))))
    home, key = data.draw(st.sampled_from(places(changed)))
    home[key] = data.draw(JSON)  # type: ignore[call-overload]  # a key fits the place that it is of
    found, refused = None, ""
    try:
        found = prompting.from_anchor(changed, "s.anchor.json")
    except SuiteError as error:
        refused = str(error)
    if found is None:
        assert refused.startswith("s.anchor.json: ")
        return
    filling.names(found)
    assert prompting.from_anchor(prompting.kept(found), "s").content_hash == found.content_hash


def test_an_anchor_nested_beyond_reason_is_refused(tmp_path: Path) -> None:
    data = prompting.kept(own(written(tmp_path), "{% if a %}{{ a }}{% endif %}"))
    deep = "(" * 5000 + "a" + ")" * 5000
    data["messages"] = [{"role": "user", "parts": [{"kind": "slot", "text": "{{ x }}", "name": deep}]}]
    with pytest.raises(SuiteError, match=r"^s\.anchor\.json: "):
        prompting.from_anchor(data, "s.anchor.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("messages", None),
        ("messages", [{"role": "god", "parts": []}]),
        ("messages", [{"role": ["user"], "parts": []}]),
        ("messages", [{"role": "user", "parts": [{"kind": "media"}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "control", "text": "x"}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "text", "text": 3}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "text", "text": "x", "branch": [[1, 2]]}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "text", "text": "x", "branch": [[True, 2, ""]]}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "text", "branch": [[1, 2, ""]] * 300}]}]),
        ("messages", [{"role": "user", "parts": [{"kind": "text"}] * 200_001}]),
        ("parameters", {"api_key": "x"}),
        ("parameters", {"temperature": float("inf")}),
        ("defaults", []),
        ("includes", [{"target": "a"}]),
        ("jinja", {}),
        ("jinja", {"block_start": ""}),
        ("id", 7),
        ("variables", "abc"),
    ],
)
def test_damaged_anchors_are_refused_with_their_name(tmp_path: Path, key: str, value: object) -> None:
    data = copy.deepcopy(prompting.kept(own(written(tmp_path), "Say {{ a }}")))
    if key == "jinja" and value:
        assert isinstance(data["jinja"], dict)
        assert isinstance(value, dict)
        value = {**data["jinja"], **value}
    data[key] = value
    with pytest.raises(SuiteError, match=r"^s\.anchor\.json: "):
        prompting.from_anchor(data, "s.anchor.json")
