"""The page of a semantic cache's thresholds: its curves are its numbers, it fits, and can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, found
from looking import CONTRAST, OUTSIDE, OVERLAPS
from pages import Page

from promptlint.traffic.threshold import page
from promptlint.traffic.threshold.curves import EDGES, Stratum, points, recommended
from promptlint.traffic.threshold.document import Curve, Tuned

PROGRAM = found()
HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>`|\x1b[2J\u202e@all"
LIMIT = 0.05


def curve(prompt: str, strata: list[Stratum], in_repository: bool = True) -> Curve:
    """A curve of 1,000 questions."""
    return Curve(prompt, in_repository, 1_000, 0.12, 3, points(1_000, strata), recommended(strata, LIMIT))


def tuned() -> Tuned:
    """Three prompts: one that keeps the limit from some threshold on, one with a single threshold, a hostile one."""
    shares = (0.9, 0.5, 0.3, 0.1, 0.0, 0.0, 0.0, 0.0)
    strata = [Stratum(low, 100, 60, round(60 * share)) for low, share in zip(EDGES, shares, strict=True)]
    few = [Stratum(0.9, 100, 0, 0), Stratum(0.98, 50, 2, 2)]
    curves = (
        curve("prompts/faq.md", strata),
        curve("prompts/one.md", strata[-1:]),
        curve(HOSTILE * 9, few, in_repository=False),
    )
    return Tuned(1, "people", "tfidf", LIMIT, 0.95, curves, curves[0].recommended)


def test_the_page_says_what_was_found() -> None:
    seen = Page.of(page.render(tuned()))
    assert seen.problems == []
    assert not {"script", "img", "a", "iframe", "form"} & set(seen.skeleton)
    assert "\x1b" not in seen.outside
    assert seen.skeleton.count("svg") == 2  # one threshold is no curve
    text = page.render(tuned())
    for point in tuned().curves[0].points:
        assert f"{point.high * 100:.1f} %" in text
    assert tuned().threshold in EDGES
    assert f"take {tuned().threshold:g}" in text


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine")
    with browser(PROGRAM) as each:
        yield each


@pytest.mark.slow
def test_it_fits_and_can_be_read(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page.render(tuned()), encoding="utf-8")
    for size in ((1280, 900), (390, 844)):
        for scheme in ("light", "dark"):
            chromium.open(path, size, scheme)
            chromium.value("document.querySelectorAll('details').forEach(item => item.open = true)")
            assert chromium.requests == [path.resolve().as_uri()]
            assert chromium.messages == []
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            assert chromium.value(OUTSIDE) == []
            assert chromium.value(f"({OVERLAPS.strip()})") == []
            assert chromium.value(CONTRAST) == []
    chromium.look((720, 1000), "light", "print")
    assert chromium.value(CONTRAST) == []
    assert chromium.value("document.documentElement.scrollWidth") == 720


@pytest.mark.slow
def test_curves_are_as_high_as_their_numbers(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page.render(tuned()), encoding="utf-8")
    chromium.open(path, (1280, 900), "light")
    drawn = "document.querySelector('svg').querySelector('polyline.s0').getAttribute('points')"
    heights = [float(place.split(",")[1]) for place in str(chromium.value(drawn)).split(" ")]
    hits = [point.hits for point in tuned().curves[0].points]
    top, bottom = 20.0, 320.0
    assert heights == pytest.approx([bottom - (bottom - top) * share for share in hits], abs=0.1)
