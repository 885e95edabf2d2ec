"""The page of a simulation in a real browser: it asks for nothing, fits, can be read, and draws its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from browser import Browser, browser, found
from looking import CONTRAST, OUTSIDE, OVERLAPS

from promptlint.report import route as report
from promptlint.simulated import Simulation

PROGRAM = found()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
]
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m" + "x" * 300
BARS = """[...document.querySelectorAll('rect')].map(item => [item.className.baseVal, item.getBoundingClientRect().width])"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as each:
        yield each


@pytest.fixture
def example(made: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Simulation:
    monkeypatch.chdir(made.SUPPORT)
    shown: Simulation = made.simulation("routing.yaml")
    return shown


def hostile(shown: Simulation) -> Simulation:
    return replace(
        shown,
        policy=HOSTILE,
        notes=(HOSTILE,),
        tiers=tuple(replace(tier, tier=HOSTILE, models=(HOSTILE,)) for tier in shown.tiers),
        flows=tuple(replace(flow, prompt=HOSTILE, derivation=HOSTILE) for flow in shown.flows),
    )


@pytest.mark.parametrize("kind", ["whole", "hostile", "empty"])
def test_it_fits_and_can_be_read(kind: str, example: Simulation, chromium: Browser, tmp_path: Path) -> None:
    shown = {
        "whole": example,
        "hostile": hostile(example),
        "empty": replace(example, tiers=(), flows=()),
    }[kind]
    path = tmp_path / "page.html"
    path.write_text(report.render("html", shown, report.Look()), encoding="utf-8")
    for size in ((1280, 900), (390, 844)):
        for scheme in ("light", "dark"):
            chromium.open(path, size, scheme)
            assert chromium.requests == [path.resolve().as_uri()]
            assert chromium.messages == []
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            for look in (OUTSIDE, OVERLAPS, CONTRAST):
                assert chromium.value(look) == []
    assert chromium.value("document.querySelectorAll('script, img, iframe, object, form, a').length") == 0


def test_the_bars_are_as_long_as_the_dollars(example: Simulation, chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(report.render("html", example, report.Look()), encoding="utf-8")
    chromium.open(path)
    bars = chromium.value(BARS)
    strong = [width for kind, width in bars if kind == "left"]
    unit = strong[0] / 38_000
    wanted = [38_000, 1_641.60, 3_200, 3_040, 7_881.60]
    assert strong == pytest.approx([usd * unit for usd in wanted], rel=0.02)
    light = [width for kind, width in bars if kind == "saved"]
    assert light == pytest.approx(
        [usd * unit for usd in (27_360 - 1_641.6, 4_400, 38_000 - 7_881.6)], rel=0.02
    )
