"""What a comparison comes to: differences that are honest about what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from comparisons import make_change, make_comparison, make_note, make_state, realistic
from hypothesis import given
from hypothesis import strategies as st

from promptlint import deltas
from promptlint.changes import Cache, Findings, Guard, Item, State
from promptlint.compare import sums
from promptlint.model import Basis
from promptlint.report import change_text, comment
from promptlint.report.comment.words import items_words


def test_cached_is_compared_with_cached() -> None:
    before = make_state("a.md", 2000, usd_per_1000=(1.0, 10.0))
    after = make_state("a.md", 1000, usd_per_1000=(4.0, 5.0))  # under the minimum: nothing is cached any more
    assert deltas.money(make_change("a.md", 0, 0, before=before, after=after), False) == (-5.0, 3.0)


def test_sides_that_are_not_there_cost_nothing_and_unknown_ones_are_not_known() -> None:
    assert deltas.money(make_change("a.md", None, 400), False) == (0.5, 1.0)
    assert deltas.money(make_change("a.md", 400, None), False) == (-1.0, -0.5)
    unknown = make_state("a.md", 1, usd_per_1000=None, usd_month=None)
    assert deltas.money(make_change("a.md", 400, 1, after=unknown), False) is None
    sums = deltas.difference([make_change("a.md", 400, 1, after=unknown), make_change("b.md", 400, 0)])
    assert (sums.tokens, sums.usd, sums.monthly, sums.uncounted) == (-799, (-300.0, -150.0), True, 1)


def test_a_price_that_is_lost_is_no_saving() -> None:
    unknown = make_state("a.md", 400, usd_per_1000=None, usd_month=None, model="mystery-1")
    lost, same = make_change("a.md", 400, 400, after=unknown), make_change("b.md", 400, 400)
    found = sums.total((lost, same), Findings((), ()))
    assert (found.before.usd_month, found.before.usd_per_1000) == ((150.0, 300.0), (0.5, 1.0))
    assert (found.after.usd_month, found.after.usd_per_1000) == ((150.0, 300.0), (0.5, 1.0))
    assert (found.before.unpriced, found.after.unpriced) == (1, 1)
    assert (found.before.without_volume, found.after.without_volume) == (1, 1)
    comparison = make_comparison(lost, same, total=found)
    assert sums.verdict(comparison) == "warn"
    assert sums.verdict(make_comparison(same, total=sums.total((same,), Findings((), ())))) == "pass"
    for text in (change_text.render(comparison, color=False), comment.render(comparison)):
        assert "(1 prompt not in it: no price or no volume)" in text
        assert "price not known any more" in text


def test_a_borrowed_price_is_no_saving() -> None:
    borrowed = make_state("a.md", 400, usd_per_1000=(0.1, 0.1), usd_month=(1.0, 1.0), priced_as="gpt-4o-mini")
    change = make_change("a.md", 400, 400, after=borrowed)
    assert deltas.money(change, True) is None
    assert deltas.unpriced_now(change)
    found = sums.total((change,), Findings((), ()))
    assert (found.before.usd_month, found.after.usd_month) == (None, None)
    assert sums.verdict(make_comparison(change, total=found)) == "warn"
    both = make_change("a.md", 400, 400, before=borrowed, after=replace(borrowed, usd_month=(2.0, 2.0)))
    assert deltas.money(both, True) == (1.0, 1.0)
    assert not deltas.unpriced_now(both)
    assert deltas.money(make_change("a.md", 400, 400, before=borrowed), False) is None


def test_a_price_that_comes_to_be_known_is_no_rise() -> None:
    unknown = make_state("a.md", 400, usd_per_1000=None, usd_month=None)
    change = make_change("a.md", 400, 400, before=unknown)
    found = sums.total((change,), Findings((), ()))
    assert (found.before.usd_month, found.after.usd_month) == (None, None)
    assert sums.verdict(make_comparison(change, total=found)) == "pass"


def test_a_rise_of_one_prompt_is_not_netted_with_the_fall_of_another() -> None:
    dear = make_state("a.md", 100, model="o1-pro", usd_per_1000=(15.0, 15.0), usd_month=None)
    cheap = make_state("a.md", 100, usd_month=None)
    rise = make_change("a.md", 100, 100, before=cheap, after=dear)
    fall = make_change("b.md", 9000, 90)
    for prompts in ((rise,), (rise, fall)):
        found = sums.total(prompts, Findings((), ()))
        assert sums.verdict(make_comparison(*prompts, total=found)) == "warn"
    assert sums.verdict(make_comparison(fall, total=sums.total((fall,), Findings((), ())))) == "pass"
    shown = deltas.difference([rise, fall])
    assert (shown.monthly, shown.uncounted) == (False, 0)
    assert "model gpt-4o -> o1-pro" in change_text.render(make_comparison(rise), color=False)


def test_noise_of_floats_is_no_difference() -> None:
    before = make_state("a.md", 9, usd_per_1000=(0.3, 0.3), usd_month=(0.3, 0.3))
    after = replace(before, usd_per_1000=(0.1 + 0.2, 0.1 + 0.2), usd_month=(0.1 + 0.2, 0.1 + 0.2))
    assert after.usd_per_1000 != before.usd_per_1000
    change = make_change("a.md", 9, 9, before=before, after=after)
    assert not deltas.dearer(change)
    assert deltas.difference([change]).usd == (0.0, 0.0)


@pytest.mark.parametrize("usd", [(0.1, 0.2), (0.5, 1.0)])
def test_a_model_that_is_lost_is_no_saving(usd: tuple[float, float]) -> None:
    after = make_state("a.md", 400, model="gpt-4o-mini", model_basis=Basis.ASSUMED, usd_per_1000=usd,
                       usd_month=usd)  # fmt: skip
    for state in (after, replace(after, model="gpt-4o")):
        change = make_change("a.md", 400, 400, after=state)
        found = sums.total((change,), Findings((), ()))
        assert (found.before.usd_per_1000, found.after.usd_per_1000, found.after.unpriced) == (None, None, 1)
        comparison = make_comparison(change, total=found)
        assert sums.verdict(comparison) == "warn"
        text = change_text.render(comparison, color=False)
        assert f"model gpt-4o -> {state.model}?" in text
        for shown in (text, comment.render(comparison)):
            assert "model not known any more" in shown
            assert "price not known any more" not in shown


def test_reworded_is_said_where_no_slot_moved() -> None:
    before = make_state("a.md", 9)
    for field in ("slot_tokens", "prefix_tokens", "cacheable_tokens"):
        moved = replace(before, **{field: 7})  # type: ignore[arg-type]  # all of these are numbers
        assert not deltas.reworded(make_change("a.md", 9, 9, before=before, after=moved))
    assert deltas.reworded(make_change("a.md", 9, 9))


STATES = st.none() | st.builds(
    lambda tokens, money, volume, borrowed, included: make_state(
        "a.md",
        tokens,
        usd_per_1000=(money, 2.0 * money) if money else None,
        usd_month=(volume * money, 2.0 * volume * money) if money and volume else None,
        priced_as="gpt-4o" if borrowed else "",
        included=included,
    ),
    st.integers(0, 999),
    st.none() | st.integers(1, 99),
    st.none() | st.integers(1, 9),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(st.tuples(STATES, STATES).filter(any)))
def test_sums_and_differences_agree(sides: list[tuple[State | None, State | None]]) -> None:
    """What stands in the sums of both sides is the difference that is shown, and no prompt is forgotten."""
    changes = [make_change("a.md", 0, 0, before=one, after=other) for one, other in sides]
    total, shown = sums.total(changes, Findings((), ())), deltas.difference(changes)
    assert total.after.tokens - total.before.tokens == shown.tokens
    ends = [side.usd_month if shown.monthly else side.usd_per_1000 for side in (total.before, total.after)]
    if shown.usd is None:
        assert ends == [None, None]
    else:
        assert sum(ends[1] or ()) - sum(ends[0] or ()) == pytest.approx(sum(shown.usd))
    counted = [item for item in map(deltas.counted, changes) if deltas.states(item)]
    left = [item for item in counted if deltas.money(item, shown.monthly) is None]
    assert len(left) == shown.uncounted
    for side, get in ((total.before, "before"), (total.after, "after")):
        missing = side.without_volume if shown.monthly else side.unpriced
        assert missing == sum(1 for item in left if getattr(item, get) is not None)


def test_a_side_that_others_include_is_in_no_sum() -> None:
    inside = make_state("a.md", 400, included=True)
    change = make_change("a.md", 400, 400, after=inside)
    found = sums.total((change,), Findings((), ()))
    assert (found.before.tokens, found.after.tokens, found.after.prompts) == (400, 0, 0)
    assert deltas.difference([change]).tokens == -400
    assert deltas.difference([make_change("a.md", 4, 5, before=inside, after=inside)]).tokens == 0


def test_the_basis_of_a_sum_is_the_weakest() -> None:
    guess = make_state("b.md", 5, basis=Basis.ESTIMATED)
    sums = deltas.difference([make_change("a.md", 4, 5), make_change("b.md", 4, 5, after=guess)])
    assert sums.basis is Basis.ESTIMATED
    assert deltas.difference([]).basis is Basis.EXACT


def test_slots_make_a_price_assumed_and_cancel_out_of_a_difference() -> None:
    change = make_change("a.md", 10, 5)
    assert deltas.usd_basis(change.after or make_state("a", 1)) is Basis.ASSUMED
    assert deltas.money_basis(change) is Basis.EXACT
    more = make_change("a.md", 10, 5, after=make_state("a.md", 5, slot_tokens=60))
    assert deltas.money_basis(more) is Basis.ASSUMED
    assert deltas.money_basis(make_change("a.md", None, 5)) is Basis.ASSUMED
    borrowed = make_change("a.md", 10, 5, after=make_state("a.md", 5, priced_as="gpt-4o"))
    assert deltas.money_basis(borrowed) is Basis.ASSUMED


@pytest.mark.parametrize(
    ("value", "basis", "words"),
    [(-412, Basis.EXACT, "-412"), (1037, Basis.EXACT, "+1,037"), (-9, Basis.ESTIMATED, "~-9"),
     (9, Basis.ASSUMED, "+9?"), (0, Basis.EXACT, "0"), (3, Basis.MEASURED, "+3*")],
)  # fmt: skip
def test_signed_tokens(value: int, basis: Basis, words: str) -> None:
    assert deltas.signed(value, basis) == words


@pytest.mark.parametrize(
    ("ends", "words"),
    [((-1240.0, -310.0), "-$1,240 to -$310"), ((310.0, 1240.0), "+$310-1,240"), ((0.0, 0.0), "$0"),
     ((-3.0, 5.0), "-$3.00 to +$5.00"), ((0.0, 5.0), "+$0-5.00"), ((-5.0, 0.0), "-$5.00 to $0")],
)  # fmt: skip
def test_signed_money(ends: tuple[float, float], words: str) -> None:
    assert deltas.signed_usd(ends, Basis.EXACT) == words
    assert deltas.signed_usd(ends[::-1], Basis.ASSUMED) == f"{words}?"


def test_words_of_items_findings_and_statuses() -> None:
    items = [
        Item("requirement", "a", 1),
        Item("slot", "b", 2),
        Item("requirement", "c", 3),
        Item("odd", "d", 4),
    ]
    assert items_words(items) == "2 requirements, 1 slot, 1 item"
    assert deltas.severities([make_note(), make_note(severity="info"), make_note()]) == "2 warnings, 1 info"
    assert deltas.status_words(realistic().prompts) == "2 prompts changed, 1 added, 1 removed, 1 moved"
    assert deltas.status_words([make_change("a", None, 1)]) == "1 prompt added"


def test_words_of_a_cached_prefix() -> None:
    cache = Cache(2000, 1500, 0, None, Basis.ESTIMATED)
    change = make_change("a.md", 2000, 1500, cache=cache)
    assert deltas.cache_words(change) == "cache prefix broken"
    assert deltas.cache_words(replace(change, cache=replace(cache, kept=1100))) == (
        "cache prefix cut to 1,100 of 2,000 tokens"
    )
    assert deltas.cache_words(replace(change, cache=replace(cache, kept=2000))) == (
        "cacheable prefix 1,500 tokens, was 2,000"
    )
    assert deltas.cache_words(make_change("a.md", 1, 2)) == ""


def test_no_verdict_is_better_than_what_is_listed() -> None:
    clean = make_comparison(verdict="unchanged")
    assert deltas.standing(clean) == "unchanged"
    assert deltas.standing(replace(clean, guards=(Guard("config", "x", None, "y"),))) == "warn"
    assert deltas.standing(replace(clean, prompts=(make_change("a", 2, 1),))) == "pass"
    assert deltas.standing(replace(clean, prompts=(make_change("a", 1, 2),))) == "warn"
    assert deltas.standing(replace(clean, prompts=(make_change("a", 1, None),))) == "warn"
    new = replace(clean, findings=Findings((make_note(severity="warning"),), ()))
    assert [deltas.standing(replace(new, fail_on=level)) for level in ("warning", "error", "never")] == [
        "fail",
        "pass",
        "pass",
    ]
    assert deltas.standing(realistic()) == "error"
    assert deltas.standing(replace(clean, verdict="fail")) == "fail"
