"""An eval at a terminal: what stands first, bars that show margin and zero, and no text that acts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hostile import SMALL
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evaluation import CostDifference
from promptlint.report.evals.scale import Plot, Scale
from promptlint.report.evals.text import Look, _bar, _points, render
from promptlint.style import visible, width

from . import evals_results as made
from .runner import acts, lines_of, unseen

RESULTS = {name: getattr(made, name)() for name in ("accepted", "rejected", "small", "alone", "empty")}
RESULTS["letters"] = made.letters(30)
COLOUR = re.compile("\x1b\\[[0-9;]*m")
COMMAND = re.compile(r"^Next: promptlint eval \S+.*", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("accepted", "ACCEPTED (replay): a loss of 3 points or more is excluded"),
        ("rejected", "REJECTED (replay): worse by more than the margin of 3 points: by 6.01 points at least"),
        ("small", "UNDECIDED: 1 of 11 cases lack an answer"),
        ("alone", "MEASURED (replay): 32 of 40 cases passed"),
        ("empty", "MEASURED (replay): no case could be scored"),
    ],
)
def test_the_verdict_and_why_stand_first(name: str, first: str) -> None:
    text = render(RESULTS[name])
    assert text.splitlines()[0] == first
    assert COMMAND.match(text.splitlines()[-1])


def test_what_broke_is_listed_the_critical_first_and_the_rest_is_counted() -> None:
    lines = render(RESULTS["rejected"]).splitlines()
    start = lines.index("Broken: 52, 10 of them critical")
    shown = lines[start + 1 : start + 11]
    assert all(line.startswith("  case-") and " critical (evals/tickets.yaml:" in line for line in shown)
    assert lines[start + 11] == "  and 42 more"


def test_why_a_case_is_not_judged() -> None:
    text = render(RESULTS["small"])
    assert "Incomplete: 1\n  case-0004 (evals/tickets.yaml:28): timeout: no answer in 120 s\n" in text
    assert "Not supported: 1\n  case-0009 (evals/tickets.yaml:48): `javascript` is not run\n" in text
    assert "needs about 392 more cases" in text


def test_the_next_command_fits_the_verdict() -> None:
    found = RESULTS["accepted"]
    edited = replace(found, baseline=replace(found.baseline, anchor=True, prompt="prompts/tickets.short.md"))
    unpaid = replace(RESULTS["small"], cases=0)
    for result, command in (
        (found, "bless --candidate evals/tickets.yaml:"),
        (edited, "bless evals/tickets.yaml:"),
        (RESULTS["rejected"], "evals/tickets.yaml --write eval.html:"),
        (RESULTS["alone"], "evals/tickets.yaml --write eval.html:"),
        (RESULTS["small"], "evals/tickets.yaml: asks again"),
        (replace(RESULTS["small"], incomplete=()), "power evals/tickets.yaml:"),
        (unpaid, "power evals/tickets.yaml:"),
        (RESULTS["empty"], "mutants evals/tickets.yaml:"),
        (replace(found, suite="a b; rm -rf x"), "bless --candidate 'a b; rm -rf x':"),
    ):
        assert render(result).splitlines()[-1].startswith(f"Next: promptlint eval {command}")


def test_numbers_are_labelled() -> None:
    text = " ".join(render(RESULTS["accepted"]).split())
    assert "Quality: +0.3 points, measured; 90% interval -0.6 to +1.3" in text
    assert "Scores, tokens and latency are measured; $ = measured tokens x price (price: suite:" in text


def test_what_costs_nothing_has_no_bar() -> None:
    text = render(replace(RESULTS["accepted"], cost=CostDifference(0.0, (0.0, 0.0))))
    assert "Cost of 1,000 cases: $0" in text
    assert text.count("├") == 1


def test_cost_of_a_case_that_is_not_known_is_not_shown() -> None:
    text = render(
        replace(RESULTS["small"], baseline=replace(RESULTS["small"].baseline, cost=None, tokens=None))
    )
    assert re.search(r"^\$ per 1,000 cases +- +\$0\.0655$", text, re.MULTILINE)


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("columns", [40, 60, 80, 100, 160])
def test_lines_fit_the_terminal(name: str, columns: int) -> None:
    text = COMMAND.sub("", render(RESULTS[name], Look(width=columns)))
    assert max(map(width, text.splitlines())) <= columns


@pytest.mark.parametrize("name", RESULTS)
def test_colour_adds_nothing_else(name: str) -> None:
    coloured = render(RESULTS[name], Look(color=True))
    assert COLOUR.search(coloured)
    assert COLOUR.sub("", coloured) == render(RESULTS[name])


@pytest.mark.parametrize("name", RESULTS)
def test_a_terminal_of_ascii_reads_the_same_numbers(name: str) -> None:
    typed, drawn = render(RESULTS[name], Look(ascii=True)), render(RESULTS[name])
    assert typed.isascii()
    assert re.findall(r"\d+\.\d+", typed) == re.findall(r"\d+\.\d+", drawn)


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_hostile_text_does_not_act(text: str) -> None:
    for result in (RESULTS["small"], RESULTS["alone"]):
        shown = render(made.hostile(result, text), Look(width=160))
        assert [line for line in lines_of(shown) if acts(line)] == []
        assert unseen(shown) == ""


def test_hostile_text_is_not_lost() -> None:
    found = made.hostile(RESULTS["small"], "a\x1b[31m\u202eb")
    assert visible("a\x1b[31m\u202eb") in render(found)


ENDS = st.floats(-100, 100).filter(lambda value: value == 0 or abs(value) > 1e-6)


@given(ENDS, ENDS, ENDS, st.floats(0.1, 99))
def test_marks_stand_in_the_order_of_their_numbers(
    first: float, second: float, third: float, margin: float
) -> None:
    low, value, high = sorted((first, second, third))
    plot = Plot(value, (low, high), -margin)
    (line,) = _bar(plot, _points, Look(width=100))
    bar = line[line.index("├") : line.index("┤") + 1]
    assert bar.count("▲") == 1
    places = {"▲": -margin, "0": 0.0, "[": low, "●": value, "]": high}
    seen = [(bar.index(sign), number) for sign, number in places.items() if sign in bar]
    numbers = [number for _, number in sorted(seen)]
    assert numbers == sorted(numbers)


@given(ENDS, ENDS)
def test_an_axis_has_round_ticks_within_its_ends(one: float, other: float) -> None:
    axis = Scale.over((one, other, 0.0))
    ticks = axis.ticks(6)
    near = 1e-9 * (axis.high - axis.low)
    assert 1 <= len(ticks) <= 7
    assert 0.0 in ticks
    assert all(axis.low - near <= tick <= axis.high + near for tick in ticks)
    assert list(ticks) == sorted(set(ticks))
