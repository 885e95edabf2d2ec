"""Every target: the golden files, what is not expressed, no secret, names that nothing breaks out of."""

from __future__ import annotations

import json
import re
import runpy
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from promptlint.route import compiled, emit
from promptlint.route.compiled import Plan
from promptlint.route.emit import Feature, spelling
from promptlint.route.emit.portkey import is_flat
from promptlint.route.notes import CODES
from promptlint.route.slugs import slug

MADE = [
    name for name, module in emit.TARGETS.items() if (Path(emit.__file__).parent / f"{module}.py").exists()
]
ENDS = {"client": ".py", "json": ".json", "portkey": ".json", "openrouter": ".json", "cloudflare": ".json"}
ENDS |= {"pydantic-ai": ".py"}


@pytest.fixture
def plan(made: ModuleType, folder: Path) -> Plan:
    found: Plan = made.the_plan(made.entries())
    return found


def test_the_golden_files_are_what_is_made(made: ModuleType, folder: Path) -> None:
    found = dict(made.files())
    for name, text in found.items():
        assert (folder / name).read_text() == text, name
    assert {path.name for path in (folder / "golden").iterdir()} == {
        name.removeprefix("golden/") for name in found if name.startswith("golden/")
    }


def test_the_plan_follows_its_schema(folder: Path) -> None:
    schema = compiled.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((folder / "golden" / "json.json").read_text()), schema)


@pytest.mark.parametrize("target", MADE)
def test_what_is_lost_is_said_in_the_file_and_beside_it(plan: Plan, target: str) -> None:
    made = emit.emitted(plan, target, "x" + ENDS.get(target, ".yaml"))
    lost = {item.code for item in emit.lost(plan, emit.emitter(target).CAPABILITIES)}
    assert lost <= {item.code for item in made.notes}
    if target != "json":
        for item in made.notes:
            assert item.code in made.text
    assert plan.manifest_sha256 in made.text


@pytest.mark.parametrize("target", MADE)
def test_the_same_plan_is_the_same_file(plan: Plan, target: str) -> None:
    name = "x" + ENDS.get(target, ".yaml")
    assert emit.emitted(plan, target, name) == emit.emitted(plan, target, name)


@pytest.mark.parametrize("target", MADE)
def test_no_key_of_the_environment_comes_in(plan: Plan, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-environment")
    made = emit.emitted(plan, target, "x" + ENDS.get(target, ".yaml"))
    assert "secret-of-the-environment" not in made.text
    assert not re.search(r"sk-[A-Za-z0-9]{8}", made.text)


def test_a_hostile_id_breaks_out_of_nothing(plan: Plan, tmp_path: Path) -> None:
    bad = 'a"]}\n# - x: *\u2028 {{ y }} \u202e\ud800\'""" é.md'
    routes = (replace(plan.routes[0], prompt=bad), *plan.routes[1:])
    hostile = replace(plan, routes=routes)
    config = yaml.safe_load(emit.emitted(hostile, "litellm", "x.yaml").text)
    assert config["model_list"][0]["model_name"] == "prompt/" + slug(bad)
    found = json.loads(emit.emitted(hostile, "portkey", "x.json").text)
    assert found["targets"][0]["name"] == slug(bad)
    file = tmp_path / "calls.py"
    file.write_text(emit.emitted(hostile, "client", "calls.py").text, encoding="utf-8")
    assert bad in runpy.run_path(str(file))["CALLS"]


def test_every_feature_has_a_code() -> None:
    assert set(emit._CODES) == set(Feature)


def test_callers_are_told_what_the_proxy_knows(plan: Plan, folder: Path) -> None:
    config = yaml.safe_load((folder / "golden" / "litellm.yaml").read_text())
    groups = {item["model_name"] for item in config["model_list"]}
    calls = runpy.run_path(str(folder / "golden" / "client.py"))["CALLS"]
    assert {call.model for call in calls.values()} <= groups
    cached = calls["prompts/queue.prompt"].litellm_body()
    assert cached["cache"]["namespace"].startswith("prompts/queue.prompt@")
    assert "cache" not in calls["prompts/greeting.prompt"].litellm_body()
    document = json.loads((folder / "golden" / "client.json").read_text())
    assert set(document["prompts"]) == set(calls)


def test_two_kinds_of_cache_are_not_mixed(plan: Plan) -> None:
    cache = plan.routes[0].cache
    assert cache is not None
    first = replace(plan.routes[0], cache=replace(cache, mode="semantic", threshold=0.97))
    both = replace(plan, routes=(first, *plan.routes[1:]))
    made = emit.emitted(both, "litellm", "x.yaml")
    params = yaml.safe_load(made.text)["litellm_settings"]["cache_params"]
    assert (params["type"], params["similarity_threshold"]) == ("redis-semantic", 0.97)
    assert {item.prompt for item in made.notes if item.code == "RTE112"} == {
        route.prompt for route in plan.routes[1:] if route.cache is not None
    }


def test_a_config_that_fits_into_no_header_is_told(plan: Plan) -> None:
    many = replace(plan, routes=plan.routes * 20)
    assert "RTE111" in {item.code for item in emit.emitted(many, "portkey", "x.json").notes}


@pytest.mark.parametrize(
    ("schema", "flat"),
    [
        ({"type": "object", "additionalProperties": False, "properties": {"a": {"type": "number"}}}, True),
        ({"type": "object", "properties": {"a": {"type": "number"}}}, False),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}}}, False),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {"enum": ["x", "y"]}}}, True),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {"enum": ["}"]}}}, False),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {"type": "object"}}}, False),
        ({"type": "array"}, False),
        (True, False),
    ],
)
def test_what_the_guardrail_can_check(schema: object, flat: bool) -> None:
    assert is_flat(schema) is flat


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), PLAIN, min_size=1, max_size=4))
def test_what_is_spelt_is_read_back(value: dict[str, object]) -> None:
    assert yaml.safe_load(spelling.yaml(value)) == value


@given(st.text(), st.text())
def test_two_ids_are_never_one_name(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)


def test_the_guide_has_every_code_and_target() -> None:
    text = (Path(__file__).parents[2] / "docs" / "route.md").read_text()
    for code, (severity, says) in CODES.items():
        assert f"| {code} | {severity} | {says} |" in text
    for target in emit.TARGETS:
        assert f"`{target}`" in text


def test_every_code_is_used() -> None:
    folder = Path(emit.__file__).parents[1]
    text = "".join(path.read_text() for path in folder.rglob("*.py") if path.name != "notes.py")
    assert {code for code in CODES if f'"{code}"' not in text} == set()
