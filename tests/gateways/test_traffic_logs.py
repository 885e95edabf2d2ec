"""What OpenTelemetry's instrumentation and LiteLLM really log is read, to the token and to the last cent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateways import products
from tests.gateways.upstream import Upstream
from tests.traffic.reading import SETTINGS, engine

MESSAGES = [
    {"role": "system", "content": "You answer questions of a shop."},
    {"role": "user", "content": "Where is my parcel?"},
]
MODELS = ("gpt-4o-mini", "gpt-4o", "broken")
SQL = 'SELECT * FROM rows ORDER BY time, "row"'


@pytest.fixture
def provider(upstream: Upstream) -> Upstream:
    """One that has too many requests of the model `broken`."""
    upstream.answer = lambda model: (429, "slow down") if model == "broken" else (200, "On its way.")
    return upstream


def rows(path: Path) -> list[dict[str, object]]:
    """The rows of a log."""
    with engine(path, settings=SETTINGS) as found:
        return [
            {key: value for key, value in row.items() if value is not None}
            for row in found.query(SQL).to_pylist()
        ]


def check(found: list[dict[str, object]]) -> None:
    """The calls that were answered."""
    for row, model in zip(found[:2], MODELS, strict=False):
        assert (row["model"], row["input_tokens"], row["output_tokens"]) == (model, 3, 1)
        assert (row["max_tokens"], row["turn"], row["finish_reason"]) == (100, 1, "stop")
        assert row["system_chars"] == len(MESSAGES[0]["content"])
        assert {"answer_hash", "latency_ms", "usd_nano", "trace_id"} <= set(row)
        assert "flaws" not in row
    assert len({row["system_hash"] for row in found}) == 1


def test_spans_of_opentelemetry(provider: Upstream, tmp_path: Path) -> None:
    file = tmp_path / "spans.json"
    python = products.python("otel", "opentelemetry/instrumentation/openai_v2")
    given = {"base": provider.base, "file": str(file), "messages": MESSAGES, "models": MODELS}
    products.run(python, "otel_logs.py", given)
    found = rows(file)
    assert [row["origin"] for row in found] == ["otel"] * 3
    assert [row.get("error") for row in found] == [None, None, "rate_limit"]
    check(found)


def test_what_litellm_logs(provider: Upstream, tmp_path: Path) -> None:
    payloads, spend = tmp_path / "payloads.jsonl", tmp_path / "spend.jsonl"
    python = products.python("litellm", "litellm")
    files = {"payloads": str(payloads), "spend": str(spend)}
    products.run(
        python, "litellm_logs.py", {"base": provider.base, "messages": MESSAGES, "models": MODELS, **files}
    )
    found = rows(payloads)
    assert [row["origin"] for row in found] == ["litellm"] * 3
    assert [row.get("error") for row in found] == [None, None, "rate_limit"]
    check(found)
    for row in (*found[:2], *rows(spend)):
        assert row["usd_nano"] == row["usd_logged_nano"]
    assert [row["model"] for row in rows(spend)] == list(MODELS[:2])
