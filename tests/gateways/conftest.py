"""Tests with real gateways are marked, and share one upstream on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.upstream import Upstream


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "gateways" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.gateways)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()
