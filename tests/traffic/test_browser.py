"""The page in a real browser: it asks for nothing, fits, can be read, prints, and draws what its tables say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, found
from looking import CONTRAST, OUTSIDE, OVERLAPS

from promptlint.report.traffic import Look, render
from promptlint.traffic_document import Traffic
from tests.traffic.planted import documented, made
from tests.traffic.test_report import hostile

PROGRAM = found()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
]
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")

BARS = """
(() => [...document.querySelectorAll('svg')[1].querySelectorAll('rect.saved')]
  .map(item => item.getBoundingClientRect().height))()
"""
"""Heights of what has grown by turn."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as each:
        yield each


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    return documented(made(tmp_path_factory.mktemp("logs"))[0])[0]


def opened(chromium: Browser, folder: Path, what: Traffic, size: tuple[int, int], scheme: str) -> None:
    path = folder / "page.html"
    path.write_text(render("html", what, Look()), encoding="utf-8")
    chromium.open(path, size, scheme)
    chromium.value("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert chromium.requests == [path.resolve().as_uri()]
    assert chromium.messages == []


@pytest.mark.parametrize("is_hostile", [False, True])
def test_it_fits_and_can_be_read(is_hostile: bool, chromium: Browser, whole: Traffic, tmp_path: Path) -> None:
    shown = hostile(whole) if is_hostile else whole
    for size in SIZES:
        for scheme in SCHEMES:
            opened(chromium, tmp_path, shown, size, scheme)
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            assert chromium.value(OUTSIDE) == []
            assert chromium.value(f"({OVERLAPS.strip()})") == []
            assert chromium.value(CONTRAST) == []
            dark = chromium.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark is (scheme == "dark")
    assert chromium.value("document.querySelectorAll('script, img, iframe, object, form, a').length") == 0


def test_on_paper_nothing_is_cut_off(chromium: Browser, whole: Traffic, tmp_path: Path) -> None:
    opened(chromium, tmp_path, whole, SIZES[0], "dark")
    chromium.look((720, 1000), "light", "print")
    assert chromium.value(CONTRAST) == []
    assert chromium.value("document.documentElement.scrollWidth") == 720
    wide = "[...document.querySelectorAll('.scroll')].filter(item => item.scrollWidth > item.clientWidth + 1)"
    assert chromium.value(f"{wide}.map(item => item.ariaLabel)") == []


def test_bars_are_as_long_as_their_numbers(chromium: Browser, whole: Traffic, tmp_path: Path) -> None:
    opened(chromium, tmp_path, whole, SIZES[0], "light")
    heights = chromium.value(BARS)
    last = whole.turns[-1].grown_tokens
    for turn, height in zip(whole.turns[1:], heights[1:], strict=True):
        assert height / heights[-1] == pytest.approx(turn.grown_tokens / last, rel=0.02)
