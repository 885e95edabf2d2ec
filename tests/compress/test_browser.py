"""The page of a compression in a real browser: it asks for nothing, fits, can be read, and draws its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Browser, browser, found
from hostile import STRINGS
from looking import CONTRAST, OUTSIDE, OVERLAPS

from promptlint.compression import Dropped, Item
from promptlint.report.compress.html import render

from .test_reports import PLACE, RESULT

PROGRAM = found()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
]
SIZES = ((1280, 900), (390, 844))
PAPER = (720, 1000)
SCHEMES = ("light", "dark")
LONG = "x" * 300
DIFF = f"--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-{LONG} and {LONG}\n+short\n"
PAGES = {
    "accepted": RESULT,
    "unproven": replace(
        RESULT,
        verdict="unproven",
        pareto=tuple([replace(each, quality=None, interval=None) for each in RESULT.pareto]),
    ),
    "hostile": replace(
        RESULT,
        prompt=LONG,
        dropped=tuple([Dropped(PLACE, each, LONG, each, 1) for _, each in STRINGS if len(each) < 5000]),
        contract_losses=tuple(
            [Item("requirement", each, 1, "lost", LONG, 1) for _, each in STRINGS if len(each) < 5000]
        ),
    ),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as each:
        yield each


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_and_can_be_read(name: str, chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(PAGES[name], DIFF), encoding="utf-8")
    for size in SIZES:
        for scheme in SCHEMES:
            chromium.open(path, size, scheme)
            assert chromium.requests == [path.resolve().as_uri()]
            assert chromium.messages == []
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            assert chromium.value(OUTSIDE) == []
            assert chromium.value(OVERLAPS) == []
            assert chromium.value(CONTRAST) == []
    chromium.look(PAPER, "light", "print")
    assert chromium.value("document.documentElement.scrollWidth") == PAPER[0]


def test_the_points_are_drawn_where_their_numbers_are(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(RESULT, ""), encoding="utf-8")
    chromium.open(path)
    left, right, low, high = chromium.value(
        """(() => {
          const box = item => item.getBoundingClientRect();
          const [one, two] = [...document.querySelectorAll('circle')].map(box);
          const middle = each => (each.top + each.bottom) / 2;
          return [two.left, one.left, middle(two), middle(one)];
        })()"""
    )
    assert left < right  # fewer tokens
    assert low > high  # a lower score
