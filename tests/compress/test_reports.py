"""The reports of a compression: what they say, with measured points too, and that hostile text stays text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from promptlint import documents
from promptlint.compression import Compression, Dropped, Item, Left, Place, Point, State
from promptlint.report.compress import html, json, text, words

PLACE = Place(0, 4, 3, 3)
BEFORE = State(1824, "exact", (100.0, 200.0), (1.0, 2.0), 50.0)
AFTER = State(612, "exact", (40.0, 80.0), (0.4, 0.8), 45.0)
RESULT = Compression(
    schema_version=1,
    promptlint="1",
    prompt="a.md",
    path="a.md",
    before=BEFORE,
    after=AFTER,
    target=None,
    message="1,824 -> 612 tokens, accepted on 300 cases that the search has not seen",
    text="Be brief.",
    edits=(),
    contract_kept=9,
    contract_subsumed=(Item("requirement", "Be short.", 4, "subsumed", "Be brief.", 2),),
    contract_losses=(Item("requirement", "Use tables.", 7, "lost", None, None),),
    verdict="accepted",
    dropped=(Dropped(PLACE, "Use tables.", "no measurable effect on 300 cases", None, None),),
    pareto=(
        Point("as it is", 1824, 0.91, (0.88, 0.94), 300, "unproven"),
        Point("8 of 20 edits", 612, 0.9, (0.87, 0.93), 300, "accepted"),
    ),
    left=(Left(None, "context-bounds", 0, "eval", "only the last 10 turns of a history is sent", ""),),
    reasons=("not worse by more than 0.05",),
    calls=900,
    usd_spent=0.1,
    response_schema='{"type": "object"}',
)


def test_the_text_has_verdict_savings_front_losses_and_reasons() -> None:
    shown = text.render(RESULT, "--- a/a.md\n+++ b/a.md\n")
    assert shown.startswith("ACCEPTED: a.md\n1,824 -> 612 input tokens (exact), -66.4 %\n")
    for part in (
        "$100-200 -> $40.00-80.00 a month for the input",
        "output tokens: 50 -> 45 an answer (measured)",
        "line 3 (no measurable effect on 300 cases): Use tables.",
        "contract: 9 kept, 1 subsumed, 1 lost",
        "line 4: Be short. -> line 2: Be brief.",
        "line 7: Use tables. (requirement, lost)",
        "8 of 20 edits",
        "[0.870, 0.930]",
        "not done:\n  only the last 10 turns of a history is sent (context-bounds)",
        'JSON Schema that the call has to send with this text: {"type": "object"}',
        "not worse by more than 0.05",
    ):
        assert part in shown


def test_bars_stand_where_the_scores_are() -> None:
    rows = [line for line in text.render(RESULT, "").split("\n") if "|" in line]
    assert len(rows) == 2
    assert all(row.rstrip().endswith("|") and "o" in row.partition("|")[2] for row in rows)


def test_without_measurement_nothing_is_drawn_or_claimed() -> None:
    plain = replace(
        RESULT,
        before=replace(BEFORE, output_tokens=None, basis="estimated"),
        after=replace(AFTER, output_tokens=None),
        pareto=tuple(replace(each, quality=None, interval=None) for each in RESULT.pareto),
        verdict="unproven",
    )
    shown = text.render(plain, "")
    assert "tokens against quality" not in shown
    assert "1 more edit for an eval suite to judge (context-bounds)" in shown
    assert "not measured" in shown
    assert "~1,824" in shown
    assert "<svg" not in html.render(plain, "")


def test_a_finalist_that_was_not_proven_says_so() -> None:
    later = Point("5 of 20 edits", 900, None, None, 0, "unproven")
    found = replace(RESULT, pareto=(*RESULT.pareto, later))
    shown = text.render(found, "").split("tokens against quality")[1]
    assert [word in shown for word in ("not proven", "accepted", "unproven")] == [True, True, False]
    page = html.render(found, "")
    assert page.count("<td>not proven</td>") == 1
    assert page.count("<circle") == 2


def test_a_page_shows_long_texts_and_lists_to_a_limit() -> None:
    long = replace(RESULT.dropped[0], text="word " * 200_000)
    page = html.render(replace(RESULT, dropped=(long,) * 1000), "+word\n" * 200_000)
    assert len(page) < 600_000
    assert "and 800 more: --format json has all" in page
    assert page.count("more characters: --format json has all") == 201


def test_the_document_is_read_back_as_it_was_written() -> None:
    data = json.render(RESULT).encode()
    assert documents.parse(Compression, data, 1, "document") == RESULT


class Page(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


@pytest.mark.parametrize("hostile", ["<script>x</script>", '"><img src=x>', "\u202eabc", "\x1b[2J"])
def test_hostile_text_is_text_everywhere(hostile: str) -> None:
    bad = replace(
        RESULT,
        prompt=hostile,
        message=hostile,
        reasons=(hostile,),
        dropped=(Dropped(PLACE, hostile, hostile, hostile, 1),),
        contract_losses=(Item(hostile, hostile, 1, "lost", hostile, 1),),
        pareto=(replace(RESULT.pareto[0], name=hostile), RESULT.pareto[1]),
        left=(Left(PLACE, hostile, 1, "eval", hostile, hostile),),
    )
    page = html.render(bad, hostile)
    found = Page()
    found.feed(page)
    assert not {"script", "img"} & set(found.tags)
    for shown in (page, text.render(bad, "")):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_the_plot_has_each_point_within_its_frame() -> None:
    page = html.render(RESULT, "")
    assert page.count("<circle") == 2
    assert ">0.9</text>" in page.partition("</svg>")[0]  # the axis begins near what is shown
    assert "8 of 20 edits" in page.partition("</svg>")[0]
    assert 'cx="96.00%"' in page
    assert "default-src 'none'" in page


def test_words_for_lines_and_ranges() -> None:
    assert words.dropped(replace(RESULT.dropped[0], span=Place(0, 9, 3, 5))).startswith("lines 3-5 (")
    assert words.money(replace(RESULT, before=replace(BEFORE, usd_month=None, usd_per_1000=None))) == ""
