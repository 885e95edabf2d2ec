"""The names that LiteLLM 1.106.2 knows in a `config.yaml`."""

from __future__ import annotations

TOP = ("model_list", "router_settings", "litellm_settings", "general_settings", "environment_variables")
KINDS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
ROUTER = (
    *(*KINDS, "default_fallbacks", "model_group_alias", "num_retries", "max_fallbacks", "retry_after"),
    *("routing_strategy", "routing_strategy_args", "enable_pre_call_checks", "enable_tag_filtering"),
    *("allowed_fails", "allowed_fails_policy", "cooldown_time", "disable_cooldowns", "timeout"),
    *("stream_timeout", "redis_host", "redis_password", "redis_port", "redis_url", "retry_policy"),
    *("model_group_retry_policy", "cache_responses", "cache_kwargs", "caching_groups", "set_verbose"),
    *("debug_level", "client_ttl", "default_max_parallel_requests", "default_litellm_params"),
    *("optional_pre_call_checks", "tag_filtering_match_any", "provider_budget_config", "alerting_config"),
    *("router_general_settings", "ignore_invalid_deployments", "default_priority", "polling_interval"),
    *("deployment_affinity_ttl_seconds", "search_tools", "guardrail_list", "assistants_config", "plugins"),
    *(
        "redis_db",
        "tag_routing_prefix",
        "routing_groups",
        "enable_weighted_failover",
        "enable_health_check_routing",
    ),
    *("health_check_staleness_threshold", "model_group_affinity_config", "fallback_access_check"),
)
LITELLM = (
    *("cache", "cache_params", "drop_params", "num_retries", "request_timeout", "default_fallbacks", *KINDS),
    *("callbacks", "success_callback", "failure_callback", "callback_settings", "set_verbose", "json_logs"),
    *(
        "default_team_settings",
        "default_internal_user_params",
        "guardrails",
        "modify_params",
        "tag_budget_config",
    ),
)
CACHES = (
    *("local", "redis", "redis-semantic", "valkey-semantic", "qdrant-semantic", "s3", "gcs", "azure-blob"),
    "disk",
)
RETRIES = (
    *("BadRequestErrorRetries", "AuthenticationErrorRetries", "TimeoutErrorRetries"),
    *("RateLimitErrorRetries", "ContentPolicyViolationErrorRetries", "InternalServerErrorRetries"),
    *("ServiceUnavailableErrorRetries", "NotFoundErrorRetries", "DefaultRetries"),
)
SECRETS = (
    *("master_key", "password", "redis_password", "client_secret", "azure_password"),
    *("aws_secret_access_key", "s3_secret_access_key"),
)
"""Where a secret stands as it is, or by `os.environ/NAME`; an `api_key` of a local server may be any word."""
COMPLEXITY = (
    *("tiers", "tier_model_configs", "enable_non_reasoning_tier", "tier_definitions"),
    *("fallback_tier", "classification_prompt", "classification_examples", "tier_labels"),
    *("tier_boundaries", "reasoning_override_min_score", "token_thresholds", "dimension_weights"),
    *("custom_dimensions", "code_keywords", "reasoning_keywords", "technical_keywords"),
    *("custom_technical_keywords", "simple_keywords", "default_model", "return_raw_model_name"),
    *("classifier_type", "local_heuristic", "classifier_llm_config"),
    *("capability_classifier_config", "opensource_classifier_config", "heuristic_first_max_tier"),
    *("hybrid_boundary_margin", "classifier_plugin", "classifier_plugin_timeout_ms"),
    *("classifier_fallback", "classifier_context_window_size", "classifier_context_budget_chars"),
    *("classifier_context_per_turn_chars", "classifier_context_include_assistant_turns"),
    *("adaptive", "adaptive_weights", "tier_distance_penalty", "adaptive_eligible"),
    *("escalation_keywords", "keyword_tier_rules", "stall_escalation_enabled"),
    *("stall_escalation_window", "stall_escalation_repeat_threshold", "plan_mode_min_tier"),
    *("plan_mode_patterns", "max_tokens_from_tier_model", "route_housekeeping_to_cheapest_tier"),
    *("housekeeping_patterns", "context_compaction", "enable_context_window_escalation"),
    *("context_window_escalation_buffer", "modality_routing", "modality_pin_override"),
    *("semantic_keyword_matching", "embedding_model", "match_threshold", "classification_mode"),
    *("cache_aware_routing", "cache_aware_routing_output_tokens"),
    *("cache_aware_routing_timeout_ms", "session_affinity", "deployment_affinity"),
    *("session_affinity_ttl_seconds", "plugins", "reminder_markers"),
)
"""Of a complexity router's configuration, which takes any other key, and does nothing with it."""
