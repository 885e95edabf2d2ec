"""The planted truths are recovered from every format alike: its document says what that of plain chats says."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint.traffic_document import Traffic
from tests.traffic.planted import documented, make_traffic

CALLS = 240


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    path = tmp_path_factory.mktemp("chat") / "log.jsonl"
    make_traffic.write(path, CALLS, 3)
    return documented(path)[0]


@pytest.mark.parametrize("name", ["span", "otlp-gz", "litellm-array", "langfuse-csv"])
def test_every_format_says_the_same(tmp_path: Path, known: Traffic, name: str) -> None:
    make_traffic.write(tmp_path / "log", CALLS, 3, name)
    found, _ = documented(tmp_path / "log")
    for what in ("calls", "usd", "begin", "end", "unpriced", "models", "flaws", "matched", "deliveries"):
        assert getattr(found.overview, what) == getattr(known.overview, what), what
    lacks = ("output",) if name == "langfuse-csv" else ()  # Langfuse keeps no finish reason
    assert at_stake(found) == {kind: what for kind, what in at_stake(known).items() if kind not in lacks}
    for what in ("turns", "retries", "versions", "drift", "prefixes", "hits", "tools", "weeks"):
        assert getattr(found, what) == getattr(known, what), what
    others = {
        "otlp-gz": [("a span that is no call of a model", known.overview.calls + known.overview.deliveries)]
    }
    assert [(each.kind, each.count) for each in found.overview.faults] == others.get(name, [])


def at_stake(found: Traffic) -> dict[str, tuple[object, ...]]:
    """What each finding says in numbers."""
    return {each.kind: (each.calls, each.of, each.usd, each.at_stake) for each in found.findings}
