"""The page of a plan in a real browser: it asks for nothing, fits, can be read, and draws what its tables say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Browser, browser, found
from looking import CONTRAST, OUTSIDE, OVERLAPS

from plan.test_report import EMPTY, HOSTILE, plan_of
from promptlint.report.plan import Look, render

PROGRAM = found()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
]
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")
PLANS = {"whole": plan_of(), "hostile": plan_of(HOSTILE, HOSTILE), "empty": EMPTY}

BARS = """
(() => {
  const widths = kind => [...document.querySelector('svg').querySelectorAll(`rect.${kind}`)]
    .map(item => item.getBoundingClientRect().width);
  return [widths('left'), widths('saved')];
})()
"""
"""Widths of the waterfall's bars: what is left, first of now; what each step saves."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as each:
        yield each


def page(folder: Path, name: str) -> Path:
    path = folder / f"{name}.html"
    path.write_text(render("html", PLANS[name], Look()), encoding="utf-8")
    return path


def opened(chromium: Browser, path: Path, size: tuple[int, int] = SIZES[0], scheme: str = "light") -> None:
    """Open a page and all of its parts that fold; it has asked for itself alone, and complained of nothing."""
    chromium.open(path, size, scheme)
    chromium.value("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert chromium.requests == [path.resolve().as_uri()]
    assert chromium.messages == []


@pytest.mark.parametrize("name", PLANS)
def test_it_fits_and_can_be_read(name: str, chromium: Browser, tmp_path: Path) -> None:
    path = page(tmp_path, name)
    for size in SIZES:
        for scheme in SCHEMES:
            opened(chromium, path, size, scheme)
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            assert chromium.value(OUTSIDE) == []
            assert chromium.value(OVERLAPS) == []
            assert chromium.value(CONTRAST) == []
            dark = chromium.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark is (scheme == "dark")
    assert chromium.value("document.querySelectorAll('script, img, iframe, object, form, a').length") == 0


def test_on_paper_nothing_is_cut_off(chromium: Browser, tmp_path: Path) -> None:
    opened(chromium, page(tmp_path, "whole"), scheme="dark")
    chromium.look((720, 1000), "light", "print")
    assert chromium.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert chromium.value(CONTRAST) == []
    assert chromium.value("document.documentElement.scrollWidth") == 720
    wide = "[...document.querySelectorAll('.scroll')].filter(item => item.scrollWidth > item.clientWidth + 1)"
    assert chromium.value(f"{wide}.map(item => item.ariaLabel)") == []


def test_the_bars_are_as_long_as_their_amounts(chromium: Browser, tmp_path: Path) -> None:
    opened(chromium, page(tmp_path, "whole"))
    left, saved = chromium.value(BARS)
    plan = PLANS["whole"]
    scale = left[0] / plan.start.mid
    assert left[1:] == pytest.approx([step.after.mid * scale for step in plan.steps], abs=0.6)
    assert saved == pytest.approx([step.saving.mid * scale for step in plan.steps], abs=0.6)


def test_what_scrolls_is_reached_with_the_keyboard(chromium: Browser, tmp_path: Path) -> None:
    opened(chromium, page(tmp_path, "whole"), SIZES[1])
    wide = "[...document.querySelectorAll('*')].filter(item => item.scrollWidth > item.clientWidth + 1)"
    kinds = "/auto|scroll/.test(getComputedStyle(item).overflowX)"
    reached = f"{wide}.filter(item => {kinds}).map(item => [item.tabIndex, item.ariaLabel, item.role])"
    parts = chromium.value(reached)
    assert len(parts) >= 5
    assert all(tab == 0 and label and role == "region" for tab, label, role in parts)
    chromium.press("Tab", 9)
    assert chromium.value("document.activeElement.ariaLabel") == "What each step saves"


def test_screen_readers_are_told_of_charts_tables_and_headings(chromium: Browser, tmp_path: Path) -> None:
    chromium.open(page(tmp_path, "whole"))
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    told = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes]
    images = [name for role, name in told if role == "image"]
    assert len(images) == 5
    assert any(name.startswith("Spend by week Week 1 costs $") for name in images)
    assert ("heading", "What not to do") in told
    assert ("table", "Spend by week, US dollars") in told
    assert {"main", "columnheader", "region"} <= {role for role, _ in told}


def test_a_plan_without_steps_draws_no_waterfall(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "none.html"
    path.write_text(render("html", replace(PLANS["whole"], steps=()), Look()), encoding="utf-8")
    opened(chromium, path)
    assert "No step is worth its effort." in chromium.value("document.body.innerText")
    assert chromium.value("document.querySelectorAll('svg').length") == 4
