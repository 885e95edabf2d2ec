"""The page of an eval in a real browser: it asks for nothing, runs nothing, fits, and can be read and used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Browser, browser, found
from hostile import STRINGS
from looking import CONTRAST, OUTSIDE, OVERLAPS

from promptlint.report.evals.html import render

from . import evals_results as made

PROGRAM = found()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
]
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")
MAKERS = {name: getattr(made, name) for name in ("accepted", "rejected", "small", "alone", "empty")}
MAKERS["letters"] = lambda: made.letters(30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as each:
        yield each


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def opened(chromium: Browser, path: Path, size: tuple[int, int], scheme: str) -> None:
    """Open a page and all of its parts that fold; it has asked for itself alone, and complained of nothing."""
    chromium.open(path, size, scheme)
    chromium.value("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert chromium.requests == [path.resolve().as_uri()]
    assert chromium.messages == []


@pytest.mark.parametrize("name", MAKERS)
def test_it_fits_and_can_be_read(name: str, chromium: Browser, folder: Path) -> None:
    path = folder / f"{name}.html"
    path.write_text(render(MAKERS[name]()), encoding="utf-8")
    for size in SIZES:
        for scheme in SCHEMES:
            opened(chromium, path, size, scheme)
            assert chromium.value("document.documentElement.scrollWidth") == size[0]
            assert chromium.value(OUTSIDE) == []
            assert chromium.value(OVERLAPS) == []
            assert chromium.value(CONTRAST) == []
            dark = chromium.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark is (scheme == "dark")


def test_the_interval_is_drawn_where_its_numbers_are(chromium: Browser, folder: Path) -> None:
    path = folder / "plot.html"
    path.write_text(render(made.rejected()), encoding="utf-8")
    for size in SIZES:
        opened(chromium, path, size, "light")
        low, point, high, margin, zero = chromium.value(
            """(() => {
              const plot = document.querySelector('svg');
              const middle = name => [...plot.querySelectorAll(name)].map(item => {
                const box = item.getBoundingClientRect(); return (box.left + box.right) / 2;
              });
              const ends = middle('line.interval').slice(1);
              return [ends[0], middle('circle')[0], ends[1], middle('line.margin')[0], middle('line.zero')[0]];
            })()"""
        )
        assert 0 < low < point < high < margin < zero < size[0]
        result = made.rejected()
        assert result.interval is not None
        expected = (zero - margin) / 3 * -100 * result.interval[0]
        assert zero - low == pytest.approx(expected, rel=0.01)


def test_it_is_used_with_the_keyboard(chromium: Browser, folder: Path) -> None:
    path = folder / "keys.html"
    path.write_text(render(made.small()), encoding="utf-8")
    chromium.open(path)
    chromium.press("Tab", 9)
    assert chromium.value("document.activeElement.textContent") == "Skip to the results"
    box = "document.activeElement.getBoundingClientRect()"
    assert chromium.value(f"{box}.left") >= 0
    for _ in range(30):
        chromium.press("Tab", 9)
        if chromium.value("document.activeElement.tagName") == "SUMMARY":
            break
    assert chromium.value("document.activeElement.parentElement.open") is False
    chromium.press("Enter", 13)
    assert chromium.value("document.activeElement.parentElement.open") is True


def test_a_case_of_the_table_leads_to_its_answers(chromium: Browser, folder: Path) -> None:
    path = folder / "links.html"
    path.write_text(render(made.rejected()), encoding="utf-8")
    chromium.open(path)
    chromium.value("document.querySelector('.cases').closest('details').open = true")
    target = chromium.value("document.querySelector('.cases a').getAttribute('href').slice(1)")
    chromium.value("document.querySelector('.cases a').click()")
    assert chromium.value(f"document.getElementById('{target}').closest('details').open") is True


def test_screen_readers_are_told_of_plots_tables_and_headings(chromium: Browser, folder: Path) -> None:
    path = folder / "tree.html"
    path.write_text(render(made.rejected()), encoding="utf-8")
    chromium.open(path)
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    told = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes]
    assert ("heading", "Quality") in told
    assert ("image", "Difference of mean score, candidate - baseline -8.0 points, measured; 90% interval -10.0 to "
            "-6.0; margin -3.0 points.") in told  # fmt: skip
    assert {"table", "columnheader", "rowheader", "main", "deletion", "insertion"} - {
        role for role, _ in told
    } <= {
        "deletion",  # of parts that are folded nothing is told
        "insertion",
    }


def test_hostile_answers_do_nothing_here_either(chromium: Browser, folder: Path) -> None:
    path = folder / "hostile.html"
    cases = [
        replace(
            made.make_case(
                index, [made.make_answer("fine", 1.0)], [made.make_answer(text, 0.0, reason=text)]
            ),
            id=f"{text[:2000]}{index}",
            vars=text,
            description=text,
        )
        for index, (_, text) in enumerate(STRINGS)
    ]
    path.write_text(render(made.make_result(cases)), encoding="utf-8")
    for size in SIZES:
        opened(chromium, path, size, "light")
        assert (
            chromium.value(
                "document.querySelectorAll('script, img, iframe, object, form, input, base').length"
            )
            == 0
        )
        assert chromium.value(
            "[...document.querySelectorAll('*')].every(item => [...item.attributes]"
            ".every(each => !each.name.startsWith('on') && each.name !== 'style'))"
        )
        assert chromium.value("document.documentElement.scrollWidth") == size[0]
        assert chromium.value("document.querySelectorAll('.cases tbody tr').length") == len(cases)


def test_it_prints(chromium: Browser, folder: Path) -> None:
    path = folder / "print.html"
    path.write_text(render(made.letters(30)), encoding="utf-8")
    chromium.open(path)
    pdf = chromium.call("Page.printToPDF", printBackground=False)["data"]
    assert len(pdf) > 10_000


def test_large_suites_open_quickly_enough_to_be_used(chromium: Browser, folder: Path) -> None:
    path = folder / "many.html"
    path.write_text(render(made.many()), encoding="utf-8")
    chromium.open(path)
    seen = chromium.value(
        "[...document.querySelectorAll('tbody tr')].filter(item => item.checkVisibility()).length"
    )
    assert seen < 100  # of 10,000: the rest is folded, and not laid out
    assert chromium.value("document.querySelectorAll('.cases tbody tr').length") == 10_000


def test_the_checks_notice(chromium: Browser, folder: Path) -> None:
    path = folder / "bad.html"
    path.write_text(
        "<!doctype html><body style='background:#fff'><p style='color:#bbb'>pale</p>"
        "<p style='width:3000px'>wide</p><img src='http://127.0.0.1:9/x.png'>"
        "<svg><text y=20>one</text><text y=20>two</text></svg><script>console.error('said')</script>",
        encoding="utf-8",
    )
    chromium.open(path)
    assert len(chromium.requests) == 2
    assert chromium.messages
    assert chromium.value("document.documentElement.scrollWidth") > 1280
    assert chromium.value(OUTSIDE)
    assert chromium.value(OVERLAPS) == ["one / two"]
    assert chromium.value(CONTRAST)[0].startswith("P.: 1.")
