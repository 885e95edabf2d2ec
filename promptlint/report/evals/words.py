"""What all reports of an eval say alike: the verdict and its ground, the cases, the next step."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from promptlint.evaluation import Answered, CaseResult, Change, EvalResult, Side
from promptlint.records import dataclass
from promptlint.style import number, plural, usd, visible

PAGE = "eval.html"
"""What the page is called in the command that writes it."""

REPLAY = "replay: the answers were recorded earlier, and no model was asked"
"""What every verdict from a recording is marked with."""

FATES: dict[Change, str] = {
    "broke": "broken",
    "mended": "mended",
    "changed": "other score",
    "incomplete": "incomplete",
    "unsupported": "not supported",
    "same": "same",
}
"""What became of a case, in the order in which reports list them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of both prompts; `candidate` is empty without one."""

    name: str
    baseline: str
    candidate: str


def verdict(result: EvalResult) -> str:
    """`accepted`, `rejected`, `undecided`; `measured` where there was nothing to compare with."""
    return result.verdict or "measured"


def ground(result: EvalResult) -> str:
    """Why, in a clause: the decisive reason; what passed, where nothing was compared."""
    if result.verdict is not None and result.reasons:
        return result.reasons[0]
    side = result.baseline
    if not result.cases:
        return "no case could be scored"
    return f"{number(side.passed)} of {plural(result.cases, 'case')} passed"


def needs(result: EvalResult) -> str:
    """How many more cases would decide; empty: decided, or not known."""
    return f"needs about {plural(result.needs_cases, 'more case')}" if result.needs_cases else ""


def fate(result: EvalResult, change: Change) -> str:
    """What such a case is called; without a candidate there is none that broke, only one that failed."""
    return "failed" if change == "broke" and result.candidate is None else FATES[change]


def of(result: EvalResult, change: Change) -> tuple[CaseResult, ...]:
    """The cases of which that became, critical ones first, those whose score fell most before others."""
    found = [case for case in result.results if case.change == change]
    return tuple(sorted(found, key=lambda case: (not case.critical, gain(case) or 0.0)))


def gain(case: CaseResult) -> float | None:
    """Mean score, candidate - baseline; None without both."""
    before, after = mean(case.baseline), mean(case.candidate)
    return None if before is None or after is None else after - before


def mean(answers: Sequence[Answered]) -> float | None:
    """Mean score of a side; None if one is missing."""
    scores = [answer.score for answer in answers if answer.score is not None]
    return sum(scores) / len(scores) if answers and len(scores) == len(answers) else None


def why(case: CaseResult) -> str:
    """Why the case is not simply the same, as the assertions or the server said it: hostile text."""
    if case.unsupported:
        return "; ".join(case.unsupported)
    answers = (*case.candidate, *case.baseline)
    if case.change == "incomplete":
        return next((answer.failure for answer in answers if answer.failure), "no answer")
    shown = case.baseline if case.change == "mended" or not case.candidate else case.candidate
    failed = next((answer for answer in shown if answer.passed is False), None)
    if failed is not None:
        return failed.reason
    return f"score {_share(mean(case.baseline))} -> {_share(mean(case.candidate))}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def points(share: float, places: int = 1) -> str:
    """A difference of scores in points: `-4.1`, `+0.3`, `0`."""
    words = f"{100 * share:+.{places}f}"
    return "0" if float(words) == 0 else words


def level(result: EvalResult) -> str:
    """The level of the intervals: `90%`."""
    return f"{100 * result.confidence:.4g}%"


def difference(result: EvalResult) -> str:
    """The difference with its interval, in words; empty without one."""
    if result.difference is None:
        return ""
    words = f"{points(result.difference)} points, measured"
    if result.interval is None:
        return words
    low, high = (points(end) for end in result.interval)
    return f"{words}; {level(result)} interval {low} to {high}"


def cost_change(result: EvalResult) -> str:
    """How the cost of 1,000 cases changes, with its interval; empty where it is not known."""
    cost = result.cost
    if cost is None:
        return ""
    words = _signed(cost.difference)
    before = result.baseline.cost
    if before is not None and before.total > 0:
        words += f" ({100 * cost.difference / before.total:+.0f}%)"
    if cost.interval is None:
        return words
    low, high = cost.interval
    return f"{words}; {level(result)} interval {_signed(low)} to {_signed(high)}"


def _signed(value: float) -> str:
    words = usd(1000 * value)
    return f"+{words}" if value > 0 else words


def rows(result: EvalResult) -> tuple[Row, ...]:
    """What was measured of both prompts; lines of which nothing is known are left out."""
    found = []
    for name, words in _ROWS:
        cells = [words(side, result) if side else "" for side in (result.baseline, result.candidate)]
        if any(cell not in {"", "-"} for cell in cells):
            found.append(Row(name, cells[0], cells[1]))
    return tuple(found)


def _tokens(side: Side, kind: str) -> str:
    return "-" if side.tokens is None else f"{getattr(side.tokens, kind):,.1f}"


def _usd(side: Side, kind: str) -> str:
    return "-" if side.cost is None else usd(1000 * getattr(side.cost, kind))


def _cached(side: Side, result: EvalResult) -> bool:
    return any(each.tokens and each.tokens.cached for each in (result.baseline, result.candidate) if each)


_ROWS: tuple[tuple[str, Callable[[Side, EvalResult], str]], ...] = (
    ("pass rate", lambda side, _: "-" if side.pass_rate is None else f"{100 * side.pass_rate:.1f}%"),
    ("passed", lambda side, result: f"{number(side.passed)} of {number(result.cases)}"),
    ("mean score", lambda side, _: "-" if side.score is None else f"{side.score:.3f}"),
    ("tokens in, a case", lambda side, _: _tokens(side, "input")),
    ("  from the cache", lambda side, result: _tokens(side, "cached") if _cached(side, result) else ""),
    ("tokens out, a case", lambda side, _: _tokens(side, "output")),
    ("$ per 1,000 cases", lambda side, _: _usd(side, "total")),
    ("  input", lambda side, _: _usd(side, "input")),
    ("  input, cached", lambda side, result: _usd(side, "cached") if _cached(side, result) else ""),
    ("  output", lambda side, _: _usd(side, "output")),
    ("latency, median ms", lambda side, _: "-" if side.latency is None else f"{side.latency:,.0f}"),
)


def measured_on(result: EvalResult) -> str:
    """What the numbers rest on: `Measured on 600 cases, 1 answer each`."""
    each = plural(result.repeats, "answer")
    return f"Measured on {plural(result.cases, 'case')}, {each} each"


def basis(result: EvalResult) -> str:
    """Where the numbers come from, in a line: hostile text of the suite is in it."""
    price = f"price: {result.source.price}" if result.source.price else "no price is known"
    return f"Scores, tokens and latency are measured; $ = measured tokens x price ({price})."


def calls(result: EvalResult) -> str:
    """What the run took: requests sent, answered without sending, dollars, seconds."""
    parts = [f"{plural(result.calls, 'request')} sent"]
    if result.retries:
        parts[0] += f" ({number(result.retries)} of them again)"
    from_where = "the recording" if result.source.recorded else "the store"
    if result.cached_calls:
        parts.append(f"{number(result.cached_calls)} answered from {from_where}")
    parts.append("cost not known" if result.usd_spent is None else f"{usd(result.usd_spent)} spent")
    if result.calls:
        parts.append(f"{result.seconds:.1f} s")
    return " · ".join(parts)


def asked(result: EvalResult) -> str:
    """Who answered: hostile text of the suite is in it."""
    source = result.source
    if source.recorded:
        return f"{source.model}, {REPLAY}" + (f" ({source.recording})" if source.recording else "")
    return f"{source.model} of {source.kind}" + (f" at {source.base_url}" if source.base_url else "")


def remarks(result: EvalResult) -> tuple[str, ...]:
    """All notes: of the suite and the run, the judge, the anchor's budget. Hostile text is in them."""
    found = list(result.notes)
    if shared := sum(case.identical for case in result.results):
        found.append(f"{plural(shared, 'case')}: both prompts make the same request, and share its answer")
    if judge := result.judge:
        agreed = (
            "" if judge.agreement is None else f", agrees with itself in {judge.agreement:.0%} of the pairs"
        )
        found.append(f"judge: {judge.model}, instructions {judge.instructions}{agreed}")
    if budget := result.budget:
        left = f"{points(budget.spent).lstrip('+')} of {points(budget.total).lstrip('+')} points"
        found.append(f"anchor blessed at {budget.blessed_at}: {left} of its budget spent")
        found += [f"anchor: {note}" for note in budget.notes]
    return tuple(found)


def next_step(result: EvalResult) -> str:
    """What to do next, in a line with one command."""
    suite = shlex.quote(visible(result.suite))
    look = f"promptlint eval {suite} --write {PAGE}"
    if result.verdict == "accepted":
        flag = "" if result.baseline.anchor and _same_prompt(result) else "--candidate "
        return f"promptlint eval bless {flag}{suite}: makes it the anchor of later comparisons"
    if result.verdict == "rejected" or (result.verdict is None and of(result, "broke")):
        return f"{look}: shows the cases side by side"
    if result.verdict is None:
        return f"promptlint eval mutants {suite}: lists what of the prompt no case notices"
    if result.incomplete and result.cases:
        return f"promptlint eval {suite}: asks again for what is missing, and for nothing else"
    if result.needs_cases or not result.cases:
        return f"promptlint eval power {suite}: says how many cases each margin needs"
    return f"{look}: shows the cases side by side"


def _same_prompt(result: EvalResult) -> bool:
    """Whether the prompt itself was edited, and is tried against its own anchor."""
    return result.candidate is not None and result.candidate.prompt == result.baseline.prompt


def cut(items: Sequence[CaseResult], most: int) -> tuple[Iterable[CaseResult], int]:
    """The first cases, and how many more there are."""
    return items[:most], max(0, len(items) - most)
