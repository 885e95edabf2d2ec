"""Patience that takes no time."""

from __future__ import annotations

from collections.abc import Callable

import pytest


class Waits(list[float]):
    """The waits that were asked for; `then` is what happens meanwhile."""

    then: Callable[[], None] = staticmethod(lambda: None)

    def sleep(self, seconds: float) -> None:
        """Take the time down, and none of it."""
        self.append(seconds)
        self.then()


@pytest.fixture
def waits() -> Waits:
    return Waits()
