"""Broken configurations of three products, with the code and line that ours gives; and valid ones."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """`text` is the whole file."""

    product: str
    name: str
    text: str
    code: str
    line: int
    says: str


LITELLM = """\
model_list:
  - model_name: cheap
    litellm_params: {model: openai/gpt-4o-mini, api_key: os.environ/OPENAI_API_KEY}
  - model_name: mid
    litellm_params: {model: openai/gpt-4.1-mini, api_key: os.environ/OPENAI_API_KEY}
  - model_name: strong
    litellm_params: {model: openai/gpt-4.1, api_key: os.environ/OPENAI_API_KEY}
router_settings:
  num_retries: 1
  fallbacks: [{cheap: [mid, strong]}]
litellm_settings:
  drop_params: true
"""
AUTO = LITELLM.replace(
    "router_settings:",
    """\
  - model_name: auto
    litellm_params:
      model: auto_router/complexity_router
      complexity_router_default_model: mid
      complexity_router_config:
        tier_boundaries: {simple_medium: 0.3, medium_complex: 0.7, complex_reasoning: 0.95}
        tiers: {SIMPLE: cheap, MEDIUM: mid, COMPLEX: strong, REASONING: strong}
router_settings:""",
)
ROUTER = LITELLM.replace(
    "router_settings:",
    """\
  - model_name: similar
    litellm_params: {model: auto_router/similar, auto_router_config_path: routes.json, auto_router_default_model: mid, auto_router_embedding_model: openai/text-embedding-3-small}
router_settings:""",
)
SEMANTIC = LITELLM + (
    "  cache: true\n"
    "  cache_params: {type: redis-semantic, similarity_threshold: 0.95, ttl: 60, mode: default_off}\n"
)

PORTKEY = """\
{"strategy": {"mode": "conditional", "default": "mid", "conditions": [
  {"query": {"metadata.prompt_id": {"$eq": "faq"}}, "then": "faq"},
  {"query": {"$and": [{"metadata.task": {"$in": ["legal"]}}, {"metadata.difficulty": {"$gt": 0.7}}]}, "then": "strong"}]},
 "targets": [
  {"name": "faq", "strategy": {"mode": "fallback", "on_status_codes": [429, 446, 500]}, "targets": [
    {"provider": "openai", "api_key": "$OPENAI_API_KEY", "override_params": {"model": "gpt-4.1-mini"},
     "output_guardrails": [{"default.jsonSchema": {"schema": {"type": "object"}}, "deny": true}]},
    {"provider": "openai", "api_key": "$OPENAI_API_KEY", "override_params": {"model": "gpt-4.1"}}]},
  {"name": "mid", "provider": "openai", "api_key": "$OPENAI_API_KEY", "override_params": {"model": "gpt-4.1-mini"}},
  {"name": "strong", "provider": "openai", "api_key": "$OPENAI_API_KEY", "override_params": {"model": "gpt-4.1"}}],
 "retry": {"attempts": 2}, "cache": {"mode": "simple", "max_age": 3600}}
"""

VLLM = """\
version: v0.3
listeners: [{name: http, address: 127.0.0.1, port: 8899, timeout: 300s}]
providers:
  defaults: {model: mid}
  models:
    - {name: small, backend_refs: [{name: p, endpoint: "127.0.0.1:1", protocol: http, weight: 100}]}
    - {name: mid, backend_refs: [{name: p, endpoint: "127.0.0.1:1", protocol: http, weight: 100}]}
routing:
  modelCards: [{name: small}, {name: mid}]
  signals:
    metadata:
      - {name: is-faq, key: prompt_id, predicate: {equals: faq}}
      - {name: is-hard, key: prompt_id, predicate: {in: [clauses]}}
  decisions:
    - name: faq
      priority: 200
      rules: {operator: AND, conditions: [{type: metadata, name: is-faq}]}
      modelRefs: [{model: small, use_reasoning: false}]
      plugins: [{type: response_cache, configuration: {enabled: true, scope: user, semantic: {similarity_threshold: 0.95}}}]
    - name: hard
      priority: 190
      rules: {operator: OR, conditions: [{type: metadata, name: is-hard}]}
      modelRefs: [{model: small}, {model: mid}]
      algorithm: {type: confidence, confidence: {confidence_method: hybrid, threshold: 0.72}}
    - {name: rest, priority: 1, rules: {operator: AND, conditions: []}, modelRefs: [{model: mid}]}
"""


def _of(  # noqa: PLR0917  # rows of a table
    product: str, base: str, name: str, change: tuple[str, str], code: str, says: str, before: int = 0
) -> Broken:
    """The base with one change; the note is on the first line that changed, or `before` so many."""
    old, new = change
    assert base.count(old) >= 1, (name, old)
    text = base.replace(old, new, 1)
    lines = [
        index
        for index, (one, other) in enumerate(zip(base.splitlines(), text.splitlines(), strict=False))
        if one != other
    ]
    return Broken(
        product, name, text, code, (lines[0] if lines else len(base.splitlines())) + 1 - before, says
    )


_L, _P, _V = "litellm", "portkey", "vllm-sr"
BROKEN: tuple[Broken, ...] = (
    _of(
        _L,
        LITELLM,
        "fallback to nobody",
        ("[mid, strong]", "[mid, stron]"),
        "RTE201",
        "did you mean `strong`?",
    ),
    _of(
        _L,
        LITELLM,
        "fallback for nobody",
        ("{cheap: [mid", "{cheep: [mid"),
        "RTE201",
        "fallbacks for 'cheep'",
    ),
    _of(_L, LITELLM, "circle", ("[mid, strong]}]", "[mid, strong]}, {strong: [cheap]}]"), "RTE202", "circle"),
    _of(_L, LITELLM, "itself", ("[mid, strong]", "[cheap, strong]"), "RTE202", "cheap -> cheap"),
    _of(
        _L,
        LITELLM,
        "no list",
        ("[{cheap: [mid, strong]}]", "{cheap: [mid, strong]}"),
        "RTE212",
        "a list of mappings",
    ),
    _of(_L, LITELLM, "a string", ("[mid, strong]", "strong"), "RTE212", "a list of names, found a text"),
    _of(_L, LITELLM, "a pattern", ("{cheap: [", "{'che*': ["), "RTE220", "never begin"),
    _of(
        _L,
        LITELLM,
        "window string",
        ("  num_retries: 1", "  context_window_fallbacks: [{cheap: strong}]"),
        "RTE212",
        "list of names",
    ),
    _of(
        _L,
        LITELLM,
        "window is no larger",
        ("  num_retries: 1", "  context_window_fallbacks: [{mid: [strong]}]"),
        "RTE204",
        "takes no more than",
    ),
    _of(
        _L,
        LITELLM,
        "default fallback",
        ("  drop_params: true", "  default_fallbacks: [weak]"),
        "RTE201",
        "'weak'",
    ),
    _of(
        _L,
        LITELLM,
        "alias to nobody",
        ("  num_retries: 1", "  model_group_alias: {fast: chep}"),
        "RTE201",
        "did you mean `cheap`?",
    ),
    _of(
        _L,
        LITELLM,
        "alias loses fallbacks",
        ("  num_retries: 1", "  model_group_alias: {fast: cheap}"),
        "RTE215",
        "do not hold for 'fast'",
    ),
    _of(_L, LITELLM, "router key", ("  num_retries: 1", "  num_retrys: 1"), "RTE211", "`num_retries`"),
    _of(_L, LITELLM, "top key", ("router_settings:", "router_setings:"), "RTE211", "`router_settings`"),
    _of(_L, LITELLM, "retries", ("num_retries: 1", "num_retries: 9"), "RTE210", "30 calls"),
    _of(_L, LITELLM, "retired", ("openai/gpt-4.1-mini", "anthropic/claude-3-opus"), "RTE209", "switched off"),
    _of(_L, LITELLM, "no model", ("{model: openai/gpt-4o-mini, ", "{"), "RTE212", "litellm_params.model", 1),
    _of(
        _L,
        LITELLM,
        "no name",
        ("  - model_name: cheap\n", "  - model_nam: cheap\n"),
        "RTE211",
        "`model_name`",
    ),
    _of(
        _L,
        LITELLM,
        "tags do nothing",
        ("OPENAI_API_KEY}", "OPENAI_API_KEY, tags: [a]}"),
        "RTE220",
        "enable_tag_filtering",
    ),
    _of(_L, LITELLM, "weight", ("OPENAI_API_KEY}", "OPENAI_API_KEY, weight: 0}"), "RTE219", "above 0"),
    _of(
        _L,
        AUTO,
        "tier typo",
        ("SIMPLE: cheap", "SIMPEL: cheap, SIMPLE: cheap"),
        "RTE207",
        "did you mean `SIMPLE`?",
    ),
    _of(_L, AUTO, "tier to nobody", ("MEDIUM: mid", "MEDIUM: middle"), "RTE201", "'middle'"),
    _of(_L, AUTO, "tier gap", ("MEDIUM: mid, ", ""), "RTE207", "no model for MEDIUM"),
    _of(
        _L,
        AUTO,
        "boundaries",
        ("medium_complex: 0.7", "medium_complex: 0.2"),
        "RTE206",
        "not above `simple_medium`",
    ),
    _of(
        _L,
        AUTO,
        "boundary name",
        ("medium_complex: 0.7", "medium_complexx: 0.7"),
        "RTE211",
        "did you mean `medium_complex`?",
    ),
    _of(
        _L, AUTO, "boundary text", ("simple_medium: 0.3", "simple_medium: low"), "RTE212", "expected a number"
    ),
    _of(
        _L,
        AUTO,
        "router key unknown",
        ("        tiers:", "        keyword_rules: []\n        tiers:"),
        "RTE211",
        "keyword_tier_rules",
    ),
    _of(
        _L,
        AUTO,
        "router default",
        ("default_model: mid", "default_model: mit"),
        "RTE201",
        "did you mean `mid`?",
    ),
    _of(
        _L,
        SEMANTIC,
        "cache type",
        ("redis-semantic", "redis-semantik"),
        "RTE212",
        "did you mean `redis-semantic`?",
    ),
    _of(_L, SEMANTIC, "cache for all", (", mode: default_off", ""), "RTE208", "answers cross prompts"),
    _of(_L, SEMANTIC, "threshold", ("threshold: 0.95", "threshold: 95"), "RTE219", "from 0 to 1"),
    _of(
        _L,
        SEMANTIC,
        "no threshold",
        ("similarity_threshold: 0.95, ", ""),
        "RTE219",
        "without a `similarity_threshold`",
    ),
    _of(
        _L,
        LITELLM + "  cache: true\n",
        "cache of what differs",
        ("{model: openai/gpt-4o-mini, ", "{model: openai/gpt-4o-mini, temperature: 0.9, "),
        "RTE222",
        "differ each time (temperature 0.9)",
    ),
    _of(
        _L,
        SEMANTIC,
        "embedding model of nobody",
        ("mode: default_off", "mode: default_off, redis_semantic_cache_embedding_model: embed"),
        "RTE224",
        "no model group serves the embedding model 'embed'",
    ),
    _of(
        _L,
        AUTO,
        "dearer tier below",
        ("{SIMPLE: cheap, MEDIUM: mid, COMPLEX: strong", "{SIMPLE: strong, MEDIUM: mid, COMPLEX: strong"),
        "RTE223",
        "SIMPLE goes to openai/gpt-4.1, which is dearer than openai/gpt-4.1-mini of MEDIUM",
    ),
    _of(
        _L,
        ROUTER,
        "router without embedding",
        (", auto_router_embedding_model: openai/text-embedding-3-small", ""),
        "RTE224",
        "no `auto_router_embedding_model`",
    ),
    _of(
        _L,
        ROUTER,
        "router to nobody",
        ("default_model: mid", "default_model: middle"),
        "RTE201",
        "'middle'",
    ),
    _of(
        _L,
        LITELLM,
        "strategy",
        ("  num_retries: 1", "  routing_strategy: leastbusy"),
        "RTE212",
        "did you mean `least-busy`?",
    ),
    _of(
        _L,
        LITELLM,
        "no strategy",
        ("  num_retries: 1", "  routing_strategy: nonsense"),
        "RTE212",
        "expected simple-shuffle or",
    ),
    _of(_L, LITELLM, "provider", ("openai/gpt-4o-mini", "opanai/gpt-4o-mini"), "RTE201", "mean `openai`?"),
    _of(_L, LITELLM, "model", ("openai/gpt-4o-mini", "gpt-4-trubo"), "RTE201", "did you mean `gpt-4-turbo`?"),
    _of(
        _L,
        LITELLM,
        "retry policy",
        ("  num_retries: 1", "  retry_policy: {RateLimitErrorRetries: 50}"),
        "RTE210",
        "153 calls",
    ),
    _of(
        _L,
        LITELLM,
        "retry policy key",
        ("  num_retries: 1", "  retry_policy: {RateLimitErrorRetry: 2}"),
        "RTE211",
        "did you mean `RateLimitErrorRetries`?",
    ),
    _of(
        _L,
        LITELLM,
        "retry policy of nobody",
        ("  num_retries: 1", "  model_group_retry_policy: {nobody: {TimeoutErrorRetries: 1}}"),
        "RTE201",
        "'nobody'",
    ),
    _of(
        _L,
        LITELLM,
        "retry policy of a group",
        ("  num_retries: 1", "  model_group_retry_policy: {cheap: {TimeoutErrorRetries: 7}}"),
        "RTE210",
        "24 calls",
    ),
    _of(
        _L,
        LITELLM,
        "fails",
        ("  num_retries: 1", "  allowed_fails: many"),
        "RTE212",
        "expected a whole number, found a text",
    ),
    _of(_L, LITELLM, "cooldown", ("  num_retries: 1", "  cooldown_time: -5"), "RTE219", "at least 0"),
    _of(
        _L,
        LITELLM,
        "switch",
        ("  num_retries: 1", "  enable_pre_call_checks: sometimes"),
        "RTE212",
        "expected true or false",
    ),
    _of(
        _L,
        LITELLM,
        "master key",
        ("  drop_params: true", "  drop_params: true\ngeneral_settings: {master_key: hunter2-secret}"),
        "RTE213",
        "`general_settings.master_key`: a secret",
        0,
    ),
    _of(
        _L,
        LITELLM,
        "password",
        (
            "  drop_params: true",
            "  cache: true\n  cache_params: {type: redis, host: cache, password: hunter2}",
        ),
        "RTE213",
        "password`: a secret in the file",
        -1,
    ),
    _of(
        _P,
        PORTKEY,
        "cache of what differs",
        ('{"model": "gpt-4.1-mini"}},', '{"model": "gpt-4.1-mini", "temperature": 1}},'),
        "RTE222",
        "differ each time (temperature 1)",
    ),
    _of(
        _P,
        PORTKEY,
        "cache of what acts",
        ('{"model": "gpt-4.1-mini"}},', '{"model": "gpt-4.1-mini", "tools": [{"type": "function"}]}},'),
        "RTE222",
        "call tools",
    ),
    _of(_P, PORTKEY, "then nobody", ('"then": "faq"', '"then": "fag"'), "RTE201", "did you mean `faq`?"),
    _of(_P, PORTKEY, "default nobody", ('"default": "mid"', '"default": "middle"'), "RTE201", "'middle'"),
    _of(_P, PORTKEY, "operator", ('"$eq"', '"$equals"'), "RTE218", "did you mean `$eq`?"),
    _of(_P, PORTKEY, "joining", ('"$and"', '"$annd"'), "RTE218", "did you mean `$and`?"),
    _of(_P, PORTKEY, "number", ('{"$gt": 0.7}', '{"$gt": "high"}'), "RTE212", "expects a number"),
    _of(_P, PORTKEY, "in", ('{"$in": ["legal"]}', '{"$in": "legal"}'), "RTE212", "expects a list"),
    _of(
        _P, PORTKEY, "regex", ('{"$eq": "faq"}', '{"$regex": "f.*", "$ne": "fox"}'), "RTE216", "do not count"
    ),
    _of(_P, PORTKEY, "root", ('"metadata.prompt_id"', '"meta.prompt_id"'), "RTE211", "never met"),
    _of(
        _P,
        PORTKEY,
        "mode",
        ('"mode": "fallback"', '"mode": "fallbacks"'),
        "RTE218",
        "did you mean `fallback`?",
    ),
    _of(_P, PORTKEY, "446", ("[429, 446, 500]", "[429, 500]"), "RTE220", "nothing escalates"),
    _of(_P, PORTKEY, "200", ("[429, 446, 500]", "[200, 446]"), "RTE220", "every request"),
    _of(_P, PORTKEY, "no deny", (', "deny": true', ""), "RTE220", "without `deny`", 1),
    _of(_P, PORTKEY, "attempts", ('"attempts": 2', '"attempts": 9'), "RTE210", "5 at most"),
    _of(
        _P,
        PORTKEY,
        "cache",
        ('"mode": "simple"', '"mode": "semantics"'),
        "RTE212",
        "did you mean `semantic`?",
    ),
    _of(
        _P,
        PORTKEY,
        "key",
        ('"override_params": {"model": "gpt-4.1"}}]}', '"overide_params": {"model": "gpt-4.1"}}]}'),
        "RTE211",
        "`override_params`",
    ),
    _of(_P, PORTKEY, "cheaper", ('"gpt-4.1"}}]}', '"gpt-4o-mini"}}]}'), "RTE203", "is cheaper"),
    _of(_P, PORTKEY, "smaller", ('"gpt-4.1"}}]}', '"gpt-4o"}}]}'), "RTE204", "takes 128,000"),
    _of(_P, PORTKEY, "retired", ('"gpt-4.1"}}],', '"claude-3-opus"}}],'), "RTE209", "switched off"),
    _of(_P, PORTKEY, "pattern", ('{"$eq": "faq"}', '{"$regex": "("}'), "RTE212", "no regular expression"),
    _of(
        _P,
        PORTKEY,
        "provider",
        ('"mid", "provider": "openai"', '"mid", "provider": "opnai"'),
        "RTE201",
        "did you mean `openai`?",
    ),
    _of(
        _P,
        PORTKEY,
        "never asked",
        (
            '"name": "strong", ',
            '"name": "spare", "provider": "openai", "api_key": "$OPENAI_API_KEY"}, {"name": "strong", ',
        ),
        "RTE216",
        "no condition leads to the target 'spare'",
    ),
    _of(
        _P,
        PORTKEY,
        "no name",
        ('{"name": "mid", "p', '{"provider": "groq", "api_key": "$GROQ_API_KEY"}, {"name": "mid", "p'),
        "RTE216",
        "a target without a name",
    ),
    _of(
        _P,
        PORTKEY,
        "never asked without a default",
        ('"default": "mid", ', ""),
        "RTE216",
        "to the target 'mid'",
        -8,
    ),
    _of(_P, PORTKEY, "status", ("[429, 446, 500]", '[429, 446, "500"]'), "RTE212", "expected a whole number"),
    _of(
        _P,
        PORTKEY,
        "weight",
        ('"name": "strong", ', '"name": "strong", "weight": "half", '),
        "RTE212",
        "expected a number",
    ),
    _of(_P, PORTKEY, "age", ('"max_age": 3600', '"max_age": -1'), "RTE219", "at least 0"),
    _of(_V, VLLM, "signal", ("name: is-faq}]", "name: is-fap}]"), "RTE201", "did you mean `is-faq`?"),
    _of(
        _V,
        VLLM,
        "type",
        ("[{type: metadata, name: is-faq}]", "[{type: metadatum, name: is-faq}]"),
        "RTE201",
        "no signals",
    ),
    _of(_V, VLLM, "model", ("[{model: small, use", "[{model: smal, use"), "RTE201", "did you mean `small`?"),
    _of(_V, VLLM, "default", ("{model: mid}", "{model: middle}"), "RTE201", "'middle'"),
    _of(
        _V,
        VLLM,
        "card",
        ("[{name: small}, {name: mid}]", "[{name: small}, {name: mid}, {name: max}]"),
        "RTE201",
        "'max'",
    ),
    _of(_V, VLLM, "threshold", ("threshold: 0.72", "threshold: 72"), "RTE219", "from 0 to 1"),
    _of(
        _V,
        VLLM,
        "similarity",
        ("similarity_threshold: 0.95", "similarity_threshold: 9.5"),
        "RTE219",
        "from 0 to 1",
    ),
    _of(
        _V,
        VLLM,
        "one model",
        ("modelRefs: [{model: small}, {model: mid}]\n      alg", "modelRefs: [{model: small}]\n      alg"),
        "RTE220",
        "nothing to escalate",
        -1,
    ),
    _of(_V, VLLM, "operator", ("operator: OR", "operator: ORR"), "RTE218", "did you mean `OR`?"),
    _of(
        _V,
        VLLM,
        "priority",
        (
            "priority: 190\n      rules: {operator: OR, conditions: [{type: metadata, name: is-hard}]}",
            "priority: 200\n      rules: {operator: AND, conditions: [{type: metadata, name: is-faq}]}",
        ),
        "RTE216",
        "the priority and the rules of 'faq'",
    ),
    _of(_V, VLLM, "decision twice", ("name: hard", "name: faq"), "RTE217", "is there twice"),
    _of(_V, VLLM, "all users", ("scope: user", "scope: global"), "RTE208", "answers cross"),
    _of(_V, VLLM, "key", ("      algorithm:", "      algoritm:"), "RTE211", "`algorithm`"),
)

VALID: dict[str, str] = {
    "litellm": LITELLM,
    "litellm auto": AUTO,
    "litellm router": ROUTER,
    "litellm cache on request": LITELLM.replace("gpt-4o-mini, ", "gpt-4o-mini, temperature: 0.9, ")
    + "  cache: true\n  cache_params: {type: local, mode: default_off}\n",
    "litellm semantic": SEMANTIC,
    "litellm wildcard": LITELLM + "model_lst_: 1\n".replace("model_lst_", "x_own"),
    "litellm default fallback": LITELLM.replace("[{cheap: [mid, strong]}]", "[{'*': [strong]}]"),
    "litellm fallback with parameters": LITELLM.replace("[mid, strong]", "[mid, {model: openai/gpt-4.1}]"),
    "litellm settings": LITELLM.replace(
        "  num_retries: 1",
        "  num_retries: 1\n  routing_strategy: usage-based-routing-v2\n  allowed_fails: os.environ/FAILS\n"
        "  cooldown_time: 0.5\n  redis_password: os.environ/REDIS_PASSWORD\n  timeout: null\n"
        "  retry_policy: {RateLimitErrorRetries: 2}\n  model_group_retry_policy: {cheap: {DefaultRetries: 1}}",
    )
    + "general_settings: {master_key: os.environ/KEY}\n",
    "litellm names": LITELLM.replace("openai/gpt-4o-mini,", "mistralai/mistral-7b, tpm: 20_000,")
    .replace("openai/gpt-4.1-mini", "gpt-9-mega")
    .replace("openai/gpt-4.1,", "opanai/own, custom_llm_provider: openai,"),
    "litellm own providers": LITELLM.replace("openai/gpt-4o-mini", "opanai/x")
    + "  custom_provider_map: [{provider: opanai, custom_handler: own.handler}]\n",
    "portkey": PORTKEY,
    "portkey one": json.dumps(
        {"provider": "openai", "api_key": "$K", "override_params": {"model": "gpt-4.1"}}
    ),
    "portkey balance": json.dumps(
        {
            "strategy": {"mode": "loadbalance"},
            "targets": [{"virtual_key": "a", "weight": 0.7}, {"virtual_key": "b", "weight": 0.3}],
        }
    ),
    "portkey patterns": PORTKEY.replace('{"$eq": "faq"}', '{"$regex": "^(?<x>[^]|\\\\p)$"}'),
    "portkey providers": PORTKEY.replace('"openai"', '"@own-openai"', 1).replace('"openai"', '"mistral"', 1),
    "vllm-sr": VLLM,
}
