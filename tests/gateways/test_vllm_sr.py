"""The golden configuration against the router's own JSON Schema; and what that says of broken ones."""

from __future__ import annotations

import json
import sys

import jsonschema
import pytest
import yaml

from tests.gateways.upstream import GOLDEN, gateways
from tests.route.broken import BROKEN, VLLM


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    file = gateways() / "vllm-sr" / "cli" / "config_schema" / "router-config-v0.3.schema.json"
    if not file.exists():
        pytest.skip(f"no vllm-sr in {gateways()}: say `make test-gateways`")
    return jsonschema.Draft202012Validator(json.loads(file.read_text()))


def test_the_golden_file_follows_the_schema(schema: jsonschema.Draft202012Validator) -> None:
    found = schema.iter_errors(yaml.safe_load((GOLDEN / "vllm-sr.yaml").read_text()))
    assert [error.message for error in found] == []
    assert schema.is_valid(yaml.safe_load(VLLM))


def test_what_the_schema_says_of_broken_configs(
    schema: jsonschema.Draft202012Validator, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = []
    for case in BROKEN:
        if case.product == "vllm-sr":
            error = next(schema.iter_errors(yaml.safe_load(case.text)), None)
            rows.append(f"{case.name:32} {case.code:8} {error.message[:80] if error else 'accepted'}")
    with capsys.disabled():
        sys.stdout.write("\n".join(["", f"{'mistake':32} {'ours':8} schema of vllm-sr", *rows, ""]))
    assert any(row.endswith("accepted") for row in rows)
