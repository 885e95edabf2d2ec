"""`route check` tells nothing of the products' own examples that is not so: retired models in old ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint.route import check
from tests.gateways.upstream import ROOT, gateways

LIST = ROOT / "fixtures" / "route" / "examples.jsonl"
INSTALLED = {
    "litellm": (
        "litellm/proxy/example_config_yaml/*.yaml",
        "litellm/proxy/dev_config.yaml",
        "litellm/proxy/model_config.yaml",
        "litellm/proxy/guardrails/guardrail_hooks/*/example_config.yaml",
    ),
    "vllm-sr": ("cli/templates/config.template.yaml", "cli/model_assets/latest/mom-v1/config.yaml"),
}
"""By product: what its package has of examples."""
RIGHT = {"litellm": {"RTE209"}, "vllm-sr": set[str]()}
"""What is told, and is so: LiteLLM's examples name gpt-3.5-turbo, gpt-4 and a Claude that are switched off."""


@pytest.mark.parametrize("product", INSTALLED)
def test_examples_in_the_package_are_valid(product: str) -> None:
    site = next((gateways() / product / "lib").glob("python3*/site-packages"), Path("/nowhere"))
    files = [file for pattern in INSTALLED[product] for file in sorted(site.glob(pattern))]
    if not files:
        pytest.skip(f"no {product} in {gateways()}: say `make test-gateways`")
    assert len(files) >= {"litellm": 28, "vllm-sr": 2}[product]
    silent = 0
    for file in files:
        codes = {item.code for item in check.checked(file, product=product) if item.severity != "info"}
        assert codes <= RIGHT[product], file
        silent += not codes
    assert silent >= {"litellm": 23, "vllm-sr": 2}[product]


def test_the_list_of_public_examples_says_little_is_told() -> None:
    rows = [json.loads(line) for line in LIST.read_text().splitlines()]
    silent = [row for row in rows if not row["told"]]
    assert len(silent) >= 30
    assert {row["product"] for row in silent} == {"agentgateway", "envoy", "portkey", "vllm-sr"}
    assert {code for row in rows for code in row["told"]} <= {"RTE208", "RTE209", "RTE212", "RTE213"}
