"""The comment: what it says first, that hostile text has no effect in it, that it is cut by whole rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options as Cmark
from comparisons import hostile, make_change, make_comparison, make_note, make_state, realistic, results
from hostile import EACH, STRINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Page

from promptlint.changes import Cache, Commit, Comparison, Findings, Guard, Item, Move, PromptChange, Unread
from promptlint.compare import sums
from promptlint.deltas import breaks_cache
from promptlint.markdown import shown
from promptlint.model import Basis
from promptlint.report.comment import GITLAB_LIMIT, MIN_LIMIT, Options, render
from promptlint.verdicts import Verdicts

FULL = Options(limit=GITLAB_LIMIT)
LOST = (Item("requirement", "never share the password", 14), Item("slot", "{name}", None))


def pages(markdown: str) -> tuple[Page, Page]:
    """As GitHub's parser reads it, raw HTML let through and left out."""
    return (
        Page.of(github_flavored_markdown_to_html(markdown, Cmark.CMARK_OPT_UNSAFE)),
        Page.of(github_flavored_markdown_to_html(markdown)),
    )


# --- hostile text ---------------------------------------------------------------------------


def filled(text: str) -> str:
    """A comment in which every string of the documents is `text`."""
    comparison = hostile(realistic(), text)
    comparison = replace(comparison, base=Commit(text, "f" * 40))  # or its name would not be shown
    return render(comparison, replace(FULL, verdicts=hostile(results(), text)))


USUAL = filled("x")


@EACH
def test_hostile_text_has_no_effect(text: str) -> None:
    text = text or " "  # what is empty is left out, and rightly
    comment = filled(text)
    for page, usual in zip(pages(comment), pages(USUAL), strict=True):
        assert page.skeleton == usual.skeleton
        assert page.attributes == usual.attributes
        assert page.outside == usual.outside  # so no mention, reference or address is outside of code
        assert page.comments == usual.comments
        assert page.problems == []
    codes = pages(comment)[0].codes
    assert any(each == shown(text, 240) for each in codes)
    beginnings = [line[:2] for line in comment.split("\n")]
    assert beginnings == [line[:2] for line in USUAL.split("\n")]
    comment.encode()


def test_nothing_of_the_usual_comment_acts() -> None:
    page = pages(USUAL)[0]
    allowed = {"blockquote", "p", "strong", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert set(page.skeleton) == allowed | {"br", "details", "summary", "sub"}
    assert page.comments == []
    assert not re.search(r"[@#]\w|://|www\.|\$\D", page.outside)


@pytest.mark.parametrize("text", ["/merge", "::error::x", "<!-- promptlint:v1 suite=default sha=0 at=x -->"])
def test_no_line_of_a_comment_begins_with_hostile_text(text: str) -> None:
    for line in filled(f"x\n{text}").split("\n"):
        assert not line.lstrip().startswith(text[:2])


def test_a_status_from_outside_cannot_make_a_failure_a_pass() -> None:
    forged = replace(realistic(), verdict="unchanged")
    assert "**Not a pass: promptlint failed.**" in render(forged)
    assert "**Fail.**" in render(replace(forged, errors=()))
    skipping = make_comparison(verdict="unchanged", skipped=(Unread("a.bin", "binary"),))
    assert "**Needs a look.**" in render(skipping)
    assert "`a.bin`: `binary`" in render(skipping)


# --- what it says ---------------------------------------------------------------------------


def test_no_change_is_one_line() -> None:
    comment = render(make_comparison(verdict="unchanged"))
    assert comment == "> [!NOTE]\n> No prompt changed: `main` `5f0c2d9a4` → `91ab77e0d`.\n"


def test_what_is_loosened_stands_first_and_open() -> None:
    comment = render(realistic())
    first = comment.index("loosens what promptlint checks")
    assert first < comment.index("Not a pass")
    assert comment.startswith("> [!CAUTION]\n> **This change loosens")
    assert "> - Finding suppressed, `app/bot.py:40`: `promptlint: ignore[SEC002] we know`" in comment
    assert first < comment.index("<details>")


def test_the_verdict_in_one_sentence() -> None:
    comment = render(make_comparison(make_change("a.md", 1847, 1435), verdict="pass"))
    assert comment.startswith("> [!NOTE]\n> **Pass.** 1 prompt changed: -412 tokens a call, about ")
    assert r"about -\$309 to -\$154 a month." in comment


def test_a_prompt_without_a_price_is_no_saving() -> None:
    lost_price = make_state("a.md", 100, usd_per_1000=None, usd_month=None)
    comment = render(make_comparison(make_change("a.md", 100, 100, after=lost_price)))
    assert "price unknown" in comment
    both = make_comparison(make_change("a.md", 100, 100, after=lost_price), make_change("b.md", 200, 100))
    assert r"about -\$75.00 to -\$37.50 a month (1 prompt not in it: no price or no volume)" in render(both)


def test_money_of_a_thousand_calls_where_no_volume_is_known() -> None:
    sides = [make_state("a.md", count, usd_month=None, calls_per_month=None) for count in (1000, 1200)]
    comment = render(make_comparison(make_change("a.md", 1000, 1200, before=sides[0], after=sides[1])))
    assert "| USD per 1,000 calls |" in comment
    assert r"about +\$0.25-0.50 per 1,000 calls of each" in comment


def test_assumed_slots_cancel_out_of_a_difference_and_an_assumed_model_does_not() -> None:
    comment = render(make_comparison(make_change("a.md", 1000, 900)))
    assert r"-\$75.00 to -\$37.50 a month" in comment
    assert r"\$375‑750?" in comment
    sides = [make_state("a.md", count, model_basis=Basis.ASSUMED) for count in (1000, 900)]
    comment = render(make_comparison(make_change("a.md", 1000, 900, before=sides[0], after=sides[1])))
    assert r"-\$75.00 to -\$37.50? a month" in comment


def test_lost_rules_have_their_line() -> None:
    comment = render(make_comparison(make_change("a.md", 20, 10, contract_losses=LOST)))
    assert "- line 14 lost: `never share the password`\n- slot lost: `{name}`\n" in comment
    assert "lost: 1 requirement, 1 slot" in comment
    assert "| 1 requirement, 1 slot lost |" in comment


def test_a_broken_prefix_and_what_it_costs_once() -> None:
    cache = Cache(1647, 1235, 0, (0.00154, 0.00154), Basis.ESTIMATED)
    comment = render(make_comparison(make_change("a.md", 1847, 1435, cache=cache)))
    assert "cache prefix broken" in comment
    assert r"To fill it anew costs \~\$0.00154 once for each cache (estimated)." in comment
    part = render(make_comparison(make_change("a.md", 1847, 1435, cache=replace(cache, kept=1100))))
    assert "cache prefix cut to 1,100 of 1,647 tokens" in part
    assert "> 1 cache prefix cut\n" in part
    assert "broken" not in part


@pytest.mark.parametrize(
    ("before", "after", "kept", "words"),
    [
        (1647, 1235, 0, "cache prefix broken"),
        (1647, 1235, 1100, "cache prefix cut to 1,100 of 1,647 tokens"),
        (1647, 1800, 1100, "cache prefix cut to 1,100 of 1,647 tokens"),
        (1647, 0, 0, "prefix not cached any more, was 1,647 tokens"),
        (1647, 1235, 1235, ""),
    ],
)
def test_only_a_prefix_that_serves_less_than_it_could_is_broken(
    before: int, after: int, kept: int, words: str
) -> None:
    change = make_change("a.md", 1847, 1435, cache=Cache(before, after, kept, None, Basis.ESTIMATED))
    comment = render(make_comparison(change))
    assert breaks_cache(change) is bool(words)
    assert sums.total((change,), Findings((), ())).broken_prefixes == bool(words)
    assert sums.verdict(make_comparison(change, total=sums.total((change,), Findings((), ())))) == (
        "warn" if words else "pass"
    )
    assert (words or f"cacheable prefix {after:,} tokens, was {before:,}") in comment


def test_prices_cached_and_not_with_their_marks() -> None:
    comment = render(make_comparison(make_change("a.md", 1000, 900)))
    assert "| 1,000 calls, prefix cached | \\$1.25? | \\$1.12? |" in comment
    assert "| 1,000 calls, not cached | \\$2.50? | \\$2.25? |" in comment
    assert "no mark: exact" in comment


def test_findings_have_place_money_and_fix() -> None:
    change = make_change("a.md", 10, 10, findings=Findings((make_note(),), (make_note("TOK001", "info"),)))
    comment = render(make_comparison(change))
    assert '- warning `RED001` in `app/bot.py:31`: `"answer in valid JSON" is said twice' in comment
    assert r"(11 tokens a call; \$4.12-8.25 a month; safe fix)" in comment
    assert "| new: 1 warning; 1 fixed |" in comment
    assert "**Fail.**" in comment
    assert "**Fail.**" not in render(make_comparison(change, fail_on="error"))


def test_a_move_and_a_budget() -> None:
    over = make_state("b.md", 1234, budget=1200)
    moved = make_change(
        "b.md", 1234, 1234, status="moved", previous_id="a.md", edited=False, before=over, after=over
    )
    comment = render(make_comparison(moved))
    assert "| moved; 34 tokens over budget |" in comment
    assert "Moved from `a.md`, the same text." in comment


def test_results_of_evals_and_routes() -> None:
    comment = render(
        make_comparison(make_change("a.md", 20, 10), verdict="pass"),
        Options(verdicts=results(), on_base=frozenset(results().evals)),
    )
    assert "**accepted**: not worse than 3 points, 95 %, n=400, replay of recorded answers" in comment
    assert "**undecided**: margin 3 points, 95 %, n=120; needs about 120 more cases, live answers" in comment
    assert comment.index("**rejected**") < comment.index("**undecided**") < comment.index("**accepted**")
    assert r"‑0.4 points\*<br>\[‑2.1, +1.3\]".replace(" ", "\u00a0") in comment
    assert "**Fail.**" in comment
    assert "**no**: no eval has accepted it" in comment
    undecided = replace(results(), evals=results().evals[2:], routes=())
    assert "**Needs a look.**" in render(make_comparison(verdict="unchanged"), Options(verdicts=undecided))


def test_a_verdict_of_recorded_answers_does_not_count_unless_it_is_said_to() -> None:
    unchanged = make_comparison(verdict="unchanged")
    accepted, rejected, live = results().evals
    for item in (accepted, rejected):
        found = replace(results(), evals=(item,), routes=())
        comment = render(unchanged, Options(verdicts=found))
        assert (
            f"**not counted**: {item.verdict} by a recording that is not known to stand on the base branch"
            in comment
        )
        assert "**Needs a look.**" in comment
        assert "quality: 1 not counted" in comment
        assert "replay of recorded answers" in comment
        counted = render(unchanged, Options(verdicts=found, on_base=frozenset({item})))
        assert f"**{item.verdict}**: " in counted
        assert ("**Fail.**" in counted) is (item is rejected)
        assert "not counted" not in counted
    both = replace(results(), evals=(replace(live, verdict="accepted"), rejected), routes=())
    comment = render(unchanged, Options(verdicts=both, on_base=frozenset({accepted})))
    assert "quality: 1 accepted, 1 not counted" in comment


def test_the_prompts_that_need_a_look_come_first() -> None:
    worst = make_change("z.md", 10, 10, findings=Findings((make_note(severity="error"),), ()))
    comment = render(make_comparison(make_change("a.md", 10, 5), make_change("m.md", 10, 9000), worst))
    table = [line for line in comment.splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in table[:3]] == ["z.md", "m.md", "a.md"]


def test_prompts_that_others_include_are_counted_once() -> None:
    part = replace(make_change("part.j2", 50, 30), before=make_state("part.j2", 50, included=True),
                   after=make_state("part.j2", 30, included=True))  # fmt: skip
    comment = render(make_comparison(make_change("a.j2", 100, 80), part))
    assert "2 prompts changed: -20 tokens" in comment
    assert "included in others" in comment


# --- the limit ------------------------------------------------------------------------------

WORDS = st.text(max_size=40) | st.sampled_from([text[:5000] for _, text in STRINGS])
COUNTS = st.integers(0, 40)


@st.composite
def prompts(draw: st.DrawFn, index: int) -> PromptChange:
    name = f"{draw(WORDS)}{index}"
    change = make_change(name, draw(st.none() | st.integers(0, 10**6)), draw(st.integers(0, 10**6)))
    text = draw(WORDS)
    return replace(
        change,
        contract_losses=(Item("requirement", text, 3),) * draw(COUNTS),
        contract_gains=(Item(text, text, None),) * draw(COUNTS),
        contract_moves=(Move("requirement", text, 1, 3),) * draw(COUNTS),
        findings=Findings((make_note(message=text),) * draw(COUNTS), (make_note(path=text),) * draw(COUNTS)),
    )


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    changed = tuple(draw(prompts(index)) for index in range(draw(st.integers(0, 6))))
    text = draw(WORDS)
    return make_comparison(
        *changed * draw(st.sampled_from([1, 1, 40])),
        guards=(Guard("exclude", text, 3, text),) * draw(COUNTS),
        findings=Findings((make_note(message=text, prompt=None),) * draw(COUNTS), ()),
        skipped=(Unread(text, text),) * draw(COUNTS),
        errors=(Unread(text, text),) * draw(COUNTS),
    )


NEVER = "(?!)"


def told(comment: str, row: str, cut: str, none: str) -> int:
    """How many entries a part speaks of: rows, and those it says are cut."""
    found = len(re.findall(row, comment, re.MULTILINE))
    counts = re.findall(cut, comment, re.MULTILINE) + re.findall(none, comment, re.MULTILINE)
    return found + sum(int(count.replace(",", "")) for count in counts)


@settings(max_examples=100)
@given(comparisons(), st.integers(MIN_LIMIT, 30_000), st.booleans())
def test_a_cut_comment_is_whole_and_counts_what_is_cut(
    comparison: Comparison, limit: int, measured: bool
) -> None:
    found = results() if measured else None
    if found is not None:
        found = replace(found, evals=found.evals * 20)
    comment = render(comparison, Options(limit, found))
    assert len(comment.encode()) <= limit
    assert len(comment.encode("utf-16-le")) // 2 <= limit
    page = pages(comment)[0]
    assert page.problems == []
    assert page.outside.count("</") == page.outside.count("<details") == 0
    tables = [line for line in comment.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in tables)
    if comment.startswith("> [!NOTE]\n> No prompt changed: "):
        assert (comparison.prompts, comparison.guards, comparison.skipped, comparison.errors) == ((),) * 4
        return
    table = re.search(r"^\| Prompt \| Tokens .*\n\| .*\n((?:\| .*\n)*)", comment, re.MULTILINE)
    rows = table[1].count("\n") if table else 0
    prompts = len(comparison.prompts)
    assert (
        rows + told(comment, NEVER, r"^and ([\d,]+) more prompts?$", r"^([\d,]+) prompts?: no room")
        == prompts
    )
    details = (r"^<summary><code>", r"^and details of ([\d,]+) more", r"^Details of ([\d,]+) prompts?: no")
    assert told(comment, *details) == prompts
    guards = (r"^> - Files excluded, ", r"^> - and ([\d,]+) more:", r"promptlint checks in ([\d,]+) places?")
    assert told(comment, *guards) == len(comparison.guards)
    unread = (
        r"^- `.*: `",
        r"^- and ([\d,]+) more files?$",
        r"^(?:Not checked:|promptlint failed on) ([\d,]+) files?:",
    )
    own = re.sub(
        r"^<details>\n<summary>(<code>|Findings|What)(.*\n)*?</details>$", "", comment, flags=re.MULTILINE
    )
    assert told(own, *unread) == len(comparison.skipped) + len(comparison.errors)
    if found is not None:
        evals = re.search(r"^\| Prompt \| Suite.*\n\| .*\n((?:\| .*\n)*)", comment, re.MULTILINE)
        rows = evals[1].count("\n") if evals else 0
        assert (
            rows + told(comment, NEVER, r"^and ([\d,]+) more results?$", r"^([\d,]+) results? of evals: no")
            == 60
        )


def test_least_important_rows_go_first_and_guards_last() -> None:
    many = [make_change(f"prompts/p{index:04}.md", 1000, 1000 + index) for index in range(2000)]
    guards = tuple(Guard("exclude", "promptlint.toml", line, "prompts/legacy/**") for line in range(200))
    comment = render(make_comparison(*many, guards=guards))
    assert len(comment.encode()) <= 65_536
    assert comment.count("> - Files excluded") == 200
    shown_rows = re.findall(r"^\| `prompts/p(\d+)\.md`", comment, re.MULTILINE)
    cut = re.search(r"^and ([\d,]+) more prompts$", comment, re.MULTILINE)
    assert cut is not None
    assert len(shown_rows) + int(cut[1].replace(",", "")) == 2000
    assert shown_rows == [f"{1999 - index:04}" for index in range(len(shown_rows))]
    assert "Details of 2,000 prompts: no room here." in comment


def test_a_long_list_in_a_prompt_is_cut_and_counted() -> None:
    notes = tuple(make_note(line=line) for line in range(1, 501))
    comment = render(make_comparison(make_change("a.md", 10, 10, findings=Findings(notes, ()))))
    listed = len(re.findall(r"^- warning", comment, re.MULTILINE))
    assert f"- and {500 - listed} more\n" in comment
    assert "| new: 500 warnings |" in comment


def test_a_limit_in_which_nothing_can_be_said_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        render(realistic(), Options(limit=MIN_LIMIT - 1))


def test_every_part_fits_the_least_limit_even_if_all_is_as_long_as_can_be() -> None:
    text, most = "\U0001f600" * 500, 2**53 - 1
    huge = make_state("a", most, usd_month=(-9e15, 9e15), error=9e9, basis=Basis.ESTIMATED)
    kinds = ("requirement", "slot", "label", "field", "url", "code", "example", "other")
    lost = tuple(Item(kind, text, most) for kind in kinds)
    note = make_note(severity="error")
    full = make_comparison(
        *[make_change(f"{index}", 0, most, after=huge, contract_losses=lost) for index in range(300)],
        guards=(Guard("workflow", text, most, text),) * 20_000,
        findings=Findings((note, make_note(), make_note(severity="info")) * 6_000, (note,) * 20_000),
        skipped=(Unread(text, text),) * 20_000,
        errors=(Unread(text, text),) * 20_000,
        **dict.fromkeys(("base", "head"), Commit(text, f"x{text}")),
        **dict.fromkeys(("price_date", "promptlint"), text),
    )
    verdicts: Verdicts = hostile(results(), text)
    comment = render(full, Options(MIN_LIMIT, verdicts, foreign=True))
    assert len(comment.encode()) <= MIN_LIMIT
    assert pages(comment)[0].problems == []


def test_another_model_is_in_the_notes_and_its_name_does_not_act() -> None:
    after = make_state("a.md", 100, model="x|@admin <b>", usd_per_1000=(9.0, 9.0), usd_month=None)
    comment = render(make_comparison(make_change("a.md", 100, 100, after=after), verdict="pass"))
    assert "> [!WARNING]" in comment
    assert "another model: 1 prompt" in comment
    assert "model `gpt-4o` → `x" in comment
    summary = next(line for line in comment.splitlines() if line.startswith("<summary><code>a.md"))
    assert "model <code>gpt-4o</code> → <code>x" in summary
    assert "<b>" not in summary


@pytest.mark.parametrize("prompts", [(), (make_change("a.md", 9, 8),)])
def test_whose_numbers_these_are(prompts: tuple[PromptChange, ...]) -> None:
    words = "those of the pull request's own workflow"
    comparison = make_comparison(*prompts, verdict="unchanged")
    assert words in render(comparison, Options(foreign=True))
    assert words not in render(comparison)
