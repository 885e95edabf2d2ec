"""Configurations of the products whose form is a schema of ours: the schema, the walker, names and graphs."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from promptlint.cli.route.check import PRODUCTS
from promptlint.errors import UsageError
from promptlint.evals.values import Value, origin, parsed
from promptlint.route import check, emit
from promptlint.route.check import patterns, shape
from tests.route.broken import PORTKEY, Broken, _of
from tests.route.broken import VALID as HAND_WRITTEN

AGENTGATEWAY = """\
llm:
  port: 4000
  models:
    - {name: cheap, visibility: internal, provider: openAI, params: {model: gpt-4.1-mini, apiKey: $OPENAI_API_KEY}}
    - {name: strong, visibility: internal, provider: openAI, params: {model: gpt-4.1, apiKey: $OPENAI_API_KEY}}
  virtualModels:
    - {name: faq, routing: {failover: {targets: [{model: cheap, priority: 0}, {model: strong, priority: 1}]}}}
    - name: prompts
      routing:
        conditional:
          targets:
            - {when: 'request.headers["x-prompt-id"] == "faq"', model: cheap}
            - {model: strong}
    - {name: some, routing: {weighted: {targets: [{model: cheap, weight: 9}, {model: strong}]}}}
"""
ENVOY = """\
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata: {name: prompts}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: prompts}
spec:
  parentRefs: [{name: gateway, kind: Gateway}]
  rules:
    - name: faq
      matches: [{headers: [{type: Exact, name: x-prompt-id, value: faq}]}]
      backendRefs: [{name: openai, modelNameOverride: gpt-4.1-mini, priority: 0, weight: 9}]
    - matches: [{headers: [{name: x-prompt-id, value: other}]}]
      backendRefs: [{name: openai, modelNameOverride: gpt-4.1}]
"""
CLOUDFLARE = """\
{"name": "prompts", "elements": [
  {"id": "start", "type": "start", "outputs": {"next": {"elementId": "is"}}},
  {"id": "is", "type": "conditional", "properties": {"conditions": {"metadata.prompt_id": {"$eq": "faq"}}},
   "outputs": {"true": {"elementId": "cheap"}, "false": {"elementId": "often"}}},
  {"id": "often", "type": "rate", "properties": {"key": "user", "limit": 9, "limitType": "count", "window": 60},
   "outputs": {"success": {"elementId": "share"}, "fallback": {"elementId": "end"}}},
  {"id": "share", "type": "percentage", "outputs": {"10": {"elementId": "cheap"}, "90": {"elementId": "strong"}}},
  {"id": "cheap", "type": "model", "properties": {"provider": "openai", "model": "gpt-4.1-mini", "retries": 1, "timeout": 9},
   "outputs": {"success": {"elementId": "end"}, "fallback": {"elementId": "strong"}}},
  {"id": "strong", "type": "model", "properties": {"provider": "openai", "model": "gpt-4.1", "retries": 1, "timeout": 9},
   "outputs": {"success": {"elementId": "end"}, "fallback": {"elementId": "end"}}},
  {"id": "end", "type": "end", "outputs": {}}]}
"""
OPENROUTER = """\
{"models": ["openai/gpt-4.1-mini", "openai/gpt-4.1"],
 "provider": {"sort": "price", "allow_fallbacks": true, "data_collection": "deny", "max_price": {"prompt": "1"}},
 "session_id": "faq", "plugins": [{"id": "web"}]}
"""
OPENAI = """\
{"custom_id": "a-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "x"}]}}
{"custom_id": "a-2", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "y"}]}}
"""
ANTHROPIC = """\
{"custom_id": "a-1", "params": {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}}
"""
BASES = {
    "agentgateway": yaml.safe_load(AGENTGATEWAY),
    "envoy": list(yaml.safe_load_all(ENVOY))[1],
    "cloudflare": json.loads(CLOUDFLARE),
    "openrouter": json.loads(OPENROUTER),
    "batch-openai": json.loads(OPENAI.splitlines()[0]),
    "batch-anthropic": json.loads(ANTHROPIC),
    "litellm": yaml.safe_load(HAND_WRITTEN["litellm settings"]),
    "portkey": json.loads(PORTKEY),
}
VALID = {
    "agentgateway.yaml": AGENTGATEWAY,
    "envoy.yaml": ENVOY,
    "cloudflare.json": CLOUDFLARE,
    "openrouter.json": OPENROUTER,
    "openai.jsonl": OPENAI,
    "anthropic.jsonl": ANTHROPIC,
}
_A, _E, _C, _O, _B = "agentgateway.yaml", "envoy.yaml", "cloudflare.json", "openrouter.json", "openai.jsonl"
BROKEN: tuple[Broken, ...] = (
    _of(_A, AGENTGATEWAY, "target", ("{model: strong, p", "{model: stron, p"), "RTE201", "did you mean `strong`?"),
    _of(_A, AGENTGATEWAY, "key", ("visibility: internal", "visibilty: internal"), "RTE211", "`visibility`"),
    _of(_A, AGENTGATEWAY, "word", ("visibility: internal", "visibility: hidden"), "RTE212", "public or internal"),
    _of(_A, AGENTGATEWAY, "kind", ("priority: 1", "priority: last"), "RTE212", "a whole number"),
    _of(_A, AGENTGATEWAY, "itself", ("{model: strong, p", "{model: cheap, p"), "RTE202", "asked again"),
    _of(_A, AGENTGATEWAY, "no default", ("- {model: strong}", "- {when: 'false', model: strong}"), "RTE207", "no model is left"),
    _of(_A, AGENTGATEWAY, "twice", ("name: some", "name: faq"), "RTE217", "'faq' is there twice"),
    _of(_A, AGENTGATEWAY, "no model", ("[{model: cheap, priority: 0}", "[{priority: 0}"), "RTE212", "no `model`"),
    _of(_A, AGENTGATEWAY, "retired", ("model: gpt-4.1,", "model: claude-3-opus,"), "RTE209", "switched off"),
    _of(_A, AGENTGATEWAY, "quote", ("== \"faq\"'", "== \"faq'"), "RTE212", "a quote is not closed"),
    _of(_A, AGENTGATEWAY, "bracket", ('["x-prompt-id"]', '["x-prompt-id"'), "RTE212", "brackets do not match"),
    _of(_E, ENVOY, "key", ("modelNameOverride: gpt-4.1-mini", "modelNameOveride: gpt-4.1-mini"), "RTE211", "`modelNameOverride`"),
    _of(_E, ENVOY, "reserved", ("name: faq\n", "name: route-not-found\n"), "RTE217", "the gateway's own"),
    _of(_E, ENVOY, "the same", ("value: other", "value: faq, type: Exact"), "RTE216", "matches the same"),
    _of(_E, ENVOY, "priority", ("priority: 0", "priority: -1"), "RTE219", "at least 0"),
    _of(_E, ENVOY, "group", ("{name: openai, modelNameOverride: gpt-4.1}", "{name: openai, kind: X}"), "RTE212", "stand together"),
    _of(_E, ENVOY, "weights", ("weight: 9", "weight: 0"), "RTE219", "all weights are 0"),
    _of(_E, ENVOY, "version", ("envoyproxy.io/v1beta1", "envoyproxy.io/v1"), "RTE212", "v1beta1"),
    _of(_C, CLOUDFLARE, "nobody", ('"elementId": "often"', '"elementId": "oftn"'), "RTE201", "did you mean `often`?"),
    _of(_C, CLOUDFLARE, "circle", ('"fallback": {"elementId": "end"}}},\n  {"id": "end"', '"fallback": {"elementId": "cheap"}}},\n  {"id": "end"'), "RTE202", "in a circle", 3),
    _of(_C, CLOUDFLARE, "type", ('"type": "rate"', '"type": "rates"'), "RTE212", "one of start, conditional"),
    _of(_C, CLOUDFLARE, "no start", ('"type": "start", "outputs": {"next"', '"type": "end", "outputs": {"next"'), "RTE207", "this one 0", 1),
    _of(_C, CLOUDFLARE, "never", ('"false": {"elementId": "often"}', '"false": {"elementId": "cheap"}'), "RTE216", "no element leads to", -1),
    _of(_C, CLOUDFLARE, "snake case", ('{"next": {"elementId": "is"}}', '{"next": {"element_id": "is"}}'), "RTE211", "`elementId`"),
    _of(_O, OPENROUTER, "sort", ('"sort": "price"', '"sort": "prices"'), "RTE212", "did you mean `price`?"),
    _of(_O, OPENROUTER, "preference", ('"allow_fallbacks"', '"allow_fallback"'), "RTE211", "`allow_fallbacks`"),
    _of(_O, OPENROUTER, "again", ('"openai/gpt-4.1"]', '"openai/gpt-4.1-mini"]'), "RTE202", "asked again"),
    _of(_O, OPENROUTER, "retired", ('"openai/gpt-4.1"]', '"anthropic/claude-3-opus"]'), "RTE209", "switched off"),
    _of(_B, OPENAI, "id twice", ('"a-2"', '"a-1"'), "RTE217", "is there twice"),
    _of(_B, OPENAI, "two models", ('"gpt-4.1", "messages": [{"role": "user", "content": "y"', '"gpt-4.1-mini", "messages": [{"role": "user", "content": "y"'), "RTE212", "one model"),
    _of(_B, OPENAI, "method", ('"POST"', '"GET"'), "RTE212", "expected POST"),
    _of(_B, OPENAI, "address", ('"/v1/chat/completions"', '"/v1/chat"'), "RTE212", "/v1/chat/completions"),
    _of(_B, OPENAI, "stream", ('"body": {', '"body": {"stream": true, '), "RTE212", "expected false"),
    _of("anthropic.jsonl", ANTHROPIC, "tokens", ('"max_tokens": 9, ', ""), "RTE212", "no `max_tokens`"),
)  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=[f"{case.product}-{case.name}" for case in BROKEN])
def test_a_broken_config_is_told_where_it_is(case: Broken, tmp_path: Path) -> None:
    file = tmp_path / case.product
    file.write_text(case.text)
    found = [item for item in check.checked(file) if item.severity != "info"]
    assert [
        item
        for item in found
        if (item.code, item.line) == (case.code, case.line) and case.says in item.message
    ], found
    assert len(found) <= 3, "one mistake, and at most two that follow from it"


@pytest.mark.parametrize("name", VALID)
def test_a_valid_config_is_silent(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(VALID[name])
    assert check.checked(file) == ()


def test_the_schemas_are_schemas_that_say_their_source_and_use_nothing_else() -> None:
    assert set(shape.names()) == set(BASES)
    for name in shape.names():
        schema = shape.schema(name)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert "Written for promptlint after" in str(schema["$comment"])
        assert _keywords(schema) <= shape.KEYWORDS


def _keywords(schema: object) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for name in ("properties", "$defs"):
        for item in schema.get(name, {}).values():
            found |= _keywords(item)
    for item in (schema.get("items"), schema.get("additionalProperties"), *schema.get("oneOf", ())):
        found |= _keywords(item)
    return found


def _value(plain: object) -> Value:
    text = json.dumps(plain)
    found = parsed(text, origin("x.json", text), is_json=True)
    assert found is not None
    return found


def _spots(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [at, *(spot for key, item in value.items() for spot in _spots(item, (*at, key)))]
    if isinstance(value, list):
        return [at, *(spot for index, item in enumerate(value) for spot in _spots(item, (*at, index)))]
    return [at]


ODD: tuple[object, ...] = (
    None,
    True,
    False,
    "",
    "x",
    "x" * 600,
    -1,
    0,
    1,
    2.5,
    70_000,
    [],
    {},
    [{}],
    {"a": 1},
    ["x"] * 40,
)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, object]:
    """A valid document of a schema with one value replaced, one key renamed, or one thing taken away."""
    name = draw(st.sampled_from(sorted(BASES)))
    base = copy.deepcopy(BASES[name])
    *way, last = draw(st.sampled_from([spot for spot in _spots(base) if spot]))
    place = base
    for step in way:
        place = place[step]
    change = draw(st.sampled_from(("replace", "rename", "remove")))
    if change == "replace":
        place[last] = draw(st.sampled_from(ODD))
    elif change == "rename" and isinstance(place, dict):
        place[f"{last}x"] = place.pop(last)
    else:
        del place[last]
    return name, base


@given(mutants())
def test_the_walker_agrees_with_the_library(mutant: tuple[str, object]) -> None:
    name, document = mutant
    is_valid = jsonschema.Draft202012Validator(shape.schema(name)).is_valid(document)
    assert (not list(shape.faults(_value(document), name))) is is_valid


def test_a_template_for_anthropic_is_a_request(made: ModuleType, folder: Path, tmp_path: Path) -> None:
    plan = made.the_plan(made.entries())
    claude = next(step for route in plan.routes for step in route.steps if step.provider == "anthropic")
    routes = tuple(replace(route, steps=(claude,), batch=True) for route in plan.routes)
    long = replace(routes[0], prompt="prompts/" + "é" * 90)
    made_of = emit.emitted(replace(plan, routes=(long, *routes)), "batch", "batch.yaml")
    ((_, text),) = made_of.beside
    file = tmp_path / "requests.jsonl"
    file.write_text(text.replace("{n}", "9999999"))
    assert [item for item in check.checked(file) if item.severity != "info"] == []
    ids = [json.loads(line)["custom_id"] for line in file.read_text().splitlines()]
    assert len(set(ids)) == len(plan.routes) + 1
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", each) for each in ids)
    assert "RTE118" in {item.code for item in made_of.notes}


@pytest.mark.parametrize(
    ("expression", "is_closed"),
    [
        (r"""a == "it's" && b == 'say "x"' // don't""", True),
        (r"""a == "\"" && b.matches(r"\d\")""", True),
        ('a == """one " of "" them""" || b == rb\'x\'', True),
        ("a == ''", True),
        (r"""a == "\" """, False),
        ("a == 'it's'", False),
        ("a in ['x', 'y'", False),
        ("a == (b]", False),
        ('a == """x"', False),
    ],
)
def test_what_closes_an_expression(expression: str, is_closed: bool) -> None:
    assert (not list(patterns.cel(_value(expression)))) is is_closed


@given(st.text(alphabet="()[]{}*+?^$|\\\\a-z0,<!:=\"'rb/", max_size=60))
def test_any_text_may_stand_for_a_pattern(text: str) -> None:
    for note in (*patterns.faults(_value(text)), *patterns.cel(_value(text))):
        assert note.code == "RTE212"


def test_no_value_is_shown(tmp_path: Path) -> None:
    secret = "the-value-of-a-key-0123456789"
    file = tmp_path / "x.yaml"
    file.write_text(
        AGENTGATEWAY.replace("visibility: internal", f"visibility: {secret}").replace("4000", secret)
    )
    found = check.checked(file)
    assert len(found) == 3
    assert not any(secret in item.message for item in found)


def test_a_key_in_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(AGENTGATEWAY.replace("$OPENAI_API_KEY", "sk-" + "proj-abcdefghijklmnopqrstuvwx", 1))
    assert [(item.code, item.line) for item in check.checked(file)] == [("RTE213", 4)]


def test_several_documents_are_of_kubernetes_only(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(AGENTGATEWAY + "---\n" + AGENTGATEWAY)
    with pytest.raises(UsageError, match="a second document; only resources of Kubernetes are several"):
        check.checked(file)


def test_lines_of_nobody(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    for text in ('{"a": 1}\n', "\n", "[1]\n", '{"a": 1}\n{\n'):
        file.write_text(text)
        with pytest.raises(UsageError, match=r"x\.jsonl"):
            check.checked(file)


def test_the_command_knows_every_product() -> None:
    assert (*check.PRODUCTS, check.BATCH) == PRODUCTS


def test_the_golden_files_pass(folder: Path) -> None:
    for name in ("agentgateway.yaml", "cloudflare.json", "envoy.yaml", "openrouter.json", "vllm-sr.yaml"):
        assert [item for item in check.checked(folder / "golden" / name) if item.severity != "info"] == []
    for file in (folder / "golden").glob("*.jsonl"):
        assert check.checked(file) == ()
