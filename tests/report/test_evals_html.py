"""The page of an eval: what data says is text in it, it can be read without sight, and it asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hostile import SMALL, STRINGS
from hypothesis import given
from hypothesis import strategies as st
from pages import Page

from promptlint.report.evals import wordings
from promptlint.report.evals.cases import SHOWN
from promptlint.report.evals.html import render
from promptlint.style import visible_lines

from . import evals_results as made
from .runner import WORDS, unseen

NAMES = ("accepted", "rejected", "small", "alone", "empty")
_ELEMENTS = """html head meta title style body header main footer section a h1 h2 h3 p div span strong small ul li
dl dt dd details summary code del ins table caption thead tbody tr th td svg desc line rect circle text"""
_ATTRIBUTES = """lang charset http-equiv content name class id href role tabindex aria-label aria-labelledby scope
x y x1 x2 y1 y2 cx cy r width height text-anchor"""
ELEMENTS, ATTRIBUTES = (frozenset(names.split()) for names in (_ELEMENTS, _ATTRIBUTES))


def check_inert(html: str) -> Page:
    """The page, whose elements and attributes are all ours."""
    page = Page.of(html)
    assert page.problems == []
    assert set(page.skeleton) <= ELEMENTS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    assert page.comments == ["doctype html"]
    links = [value for name, value in page.attributes if name == "href"]
    assert all(re.fullmatch(r"#main|#c\d+", str(link)) for link in links)
    targets = [value for name, value in page.attributes if name == "id"]
    assert len(set(targets)) == len(targets)
    assert {str(link)[1:] for link in links} <= set(targets)
    assert unseen(html) == ""
    return page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole(name: str) -> None:
    page = check_inert(render(getattr(made, name)()))
    assert Counter(page.skeleton)["h1"] == 1
    assert page.outside.count("Skip to the results") == 1


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_hostile_text_is_text(text: str) -> None:
    for result in (made.small(), replace(made.alone(), results=made.alone().results[:5])):
        check_inert(render(made.hostile(result, text)))


@given(WORDS)
def test_any_text_is_text(text: str) -> None:
    page = check_inert(render(made.hostile(made.empty(), text)))
    assert visible_lines(text) in page.outside


def test_hundreds_of_hostile_answers_and_ids_on_one_page() -> None:
    texts = [text for _, text in STRINGS]
    cases = [
        replace(
            made.make_case(
                index, [made.make_answer("fine", 1.0)], [made.make_answer(text, 0.0, reason=text)]
            ),
            id=f"{text[:3000]}{index}",
            vars=text,
        )
        for index, text in enumerate(texts)
    ]
    assert len(cases) >= 200
    html = render(made.make_result(cases))
    page = check_inert(html)
    harmless = made.make_result([replace(case, id=f"c{index}") for index, case in enumerate(cases)])
    assert set(Page.of(render(harmless)).skeleton) == set(page.skeleton)
    assert len(html) < 5_000_000


def test_its_policy_allows_its_own_style_and_nothing_else() -> None:
    html = render(made.accepted())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "<script" not in html
    assert "url(" not in style
    assert "@import" not in style
    assert 'style="' not in html


@pytest.mark.parametrize("name", NAMES)
def test_headings_descend_and_tables_have_heads(name: str) -> None:
    html = render(getattr(made, name)())
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert tables
    for table in tables:
        assert table.count("<caption>") == 1
        assert '<th scope="col">' in table
        for line in re.findall(r"<tbody>(.*?)</tbody>", table, re.DOTALL):
            assert line.count("<tr>") == line.count('<th scope="row"')
    for plot in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        named = re.findall(r'aria-labelledby="(\S+) (\S+)"', plot)[0]
        assert all(f'id="{each}"' in plot for each in named)


def test_what_the_verdict_says() -> None:
    page = Page.of(render(made.rejected()))
    for words in (
        "✗ Rejected",
        "worse by more than the margin of 3 points: by 6.01 points at least",
        "10 critical cases broke",
        "the answers were recorded earlier, and no model was asked",
        "Broken: 52, 10 of them critical",
        "Baseline: 539 of 600 as wanted",
        "sha256 " + "5d" * 32,
    ):
        assert words in page.outside


def test_answers_side_by_side_say_what_differs() -> None:
    html = render(made.letters(9))
    first = html[html.index('id="c0"') :]
    assert "<del>thank you for your message about</del> order 0" in first
    assert "within <ins>ten</ins> working days." in first
    assert "and 2 more answers a side, the same as these" in first


@pytest.mark.slow
def test_ten_thousand_cases_stay_usable() -> None:
    html = render(made.many())
    assert len(html) < 4_000_000
    page = Page.of(html)
    assert page.problems == []
    assert html.count('class="case"') == SHOWN * 2
    assert "Cases 9,501 to 10,000" in html
    assert page.outside.count("case-9999") == 1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.data = ""

    def handle_data(self, data: str) -> None:
        self.data += data


SPOKEN = st.lists(st.sampled_from(["a", "b", "the", " ", "\n", ".", "é", "<", "&", "1"]), max_size=60).map(
    "".join
)


@given(SPOKEN, SPOKEN)
def test_a_difference_is_of_these_texts(before: str, after: str) -> None:
    old, new = wordings.parts(before, after)
    assert "".join(text for _, text in old) == before
    assert "".join(text for _, text in new) == after
    kept = ["".join(text for own, text in side if not own) for side in (old, new)]
    assert kept[0].split() == kept[1].split()
    if before == after:
        assert not any(own for own, _ in (*old, *new))
    elif before.split() != after.split():
        assert any(own for own, _ in (*old, *new))
    reader = _Reader()
    reader.feed(wordings.marked(old, "del"))
    reader.close()
    assert reader.data == visible_lines(before)


def test_long_texts_are_compared_within_bounds() -> None:
    before, after = "a b " * 50_000, "b a " * 50_000
    old, new = wordings.parts(before, after)
    assert ("".join(text for _, text in old), "".join(text for _, text in new)) == (before, after)
    assert any(own for own, _ in old)
