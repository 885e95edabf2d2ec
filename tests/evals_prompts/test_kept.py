"""A prompt kept in an anchor runs as it ran when it was blessed."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from promptlint.errors import SuiteError
from promptlint.evals import filling, prompting
from promptlint.evals.template import Template
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
