"""An eval at a terminal: the verdict first, numbers with interval bars, the cases that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from promptlint.evaluation import CaseResult, Change, Confusion, EvalResult
from promptlint.records import dataclass
from promptlint.report.evals import scale, words
from promptlint.report.evals.scale import Plot
from promptlint.style import (
    BOLD,
    DIM,
    GREEN,
    RED,
    YELLOW,
    fit,
    number,
    paint,
    table,
    usd,
    visible,
    width,
    wrap,
)

_TINTS = {"accepted": GREEN, "rejected": RED, "undecided": YELLOW, "measured": BOLD}
_MOST = 10
_LABELS, _LABEL = 8, 14
_BAR = 60
_SIDE = 40
_NAME = 11
_WIDE = 80

_LISTED: tuple[Change, ...] = ("broke", "mended", "incomplete", "unsupported")


@dataclass(frozen=True, slots=True)
class Look:
    """How to write: with colour, for so many columns, in ASCII alone where a terminal has nothing else."""

    color: bool = False
    width: int = 100
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class _Signs:
    left: str
    right: str
    line: str
    open: str
    close: str
    fill: str
    point: str
    margin: str
    zero: str


_DRAWN = _Signs("├", "┤", "─", "[", "]", "═", "●", "▲", "0")
_TYPED = _Signs("|", "|", "-", "[", "]", "=", "o", "M", "0")


PLAIN = Look()
_TYPEABLE = str.maketrans({"…": "...", "·": "|"})


def render(result: EvalResult, look: Look = PLAIN) -> str:
    """Lines of text, the verdict first and the next command last; ends with a newline.

    Args:
        result: of the eval, with hostile text.
        look: of the terminal.
    """
    parts = [
        _head(result, look),
        _sides(result, look),
        _bars(result, look),
        *(_listed(result, change, look) for change in _LISTED),
        _others(result, look),
        *(_confusion(item, look) for item in result.confusion if result.cases),
        _notes(result, look),
        _foot(result, look),
    ]
    text = "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
    return text.translate(_TYPEABLE).encode("ascii", "replace").decode() if look.ascii else text


def _head(result: EvalResult, look: Look) -> list[str]:
    name = words.verdict(result)
    replay = " (replay)" if result.source.recorded else ""
    first = f"{name.upper()}{replay}: {words.ground(result)}"
    first, *rest = [*_wrapped(first, look), *_more(result, look)]
    head = f"{name.upper()}{replay}"
    lines = [paint(head, f"{BOLD};{_TINTS[name]}", look.color) + first[len(head) :], *rest]
    lines += _wrapped(f"{result.suite}: {result.description}".removesuffix(": "), look)
    return lines


def _more(result: EvalResult, look: Look) -> Iterator[str]:
    rest = result.reasons[1:] if result.verdict is not None else result.reasons
    for reason in (*rest, *filter(None, [words.needs(result)])):
        yield from _wrapped(reason, look, "  ")


def _wrapped(text: str, look: Look, indent: str = "") -> list[str]:
    """Hostile text on as many lines as it needs."""
    parts = visible(text).split(" ")
    return [visible(indent + line) for line in wrap(parts, look.width - len(indent))]


# --- numbers --------------------------------------------------------------------------------


def _sides(result: EvalResult, look: Look) -> list[str]:
    cells = [(row.name, row.baseline, row.candidate) for row in words.rows(result)]
    rows: list[tuple[str, ...]] = [("", "baseline", "candidate"), *cells]
    if result.candidate is None:
        rows = [("", "prompt"), *(row[:2] for row in cells)]
    wide = table(rows)
    head, *body = wide if max(map(width, wide)) <= look.width else table(rows, gap=1)
    return [
        *_names(result, look),
        paint(f"{words.measured_on(result)}:", BOLD, look.color),
        paint(head, DIM, look.color),
        *body,
    ]


def _names(result: EvalResult, look: Look) -> Iterator[str]:
    anchor = " (blessed anchor)" if result.baseline.anchor else ""
    named = [("baseline" if result.candidate else "prompt", result.baseline.prompt + anchor)]
    named += [("candidate", result.candidate.prompt)] if result.candidate else []
    for name, value in (*named, ("answers", words.asked(result))):
        first, *rest = _wrapped(value, Look(width=look.width - _NAME))
        yield f"{name + ':':<{_NAME}}{first}"
        yield from (" " * _NAME + line for line in rest)


def _bars(result: EvalResult, look: Look) -> list[str]:
    lines: list[str] = []
    if plot := scale.quality(result):
        lines += [f"Quality: {words.difference(result)}", *_bar(plot, _points, look)]
    if result.cost is not None:
        lines += [""] if lines else []
        lines.append(f"Cost of 1,000 cases: {words.cost_change(result)}")
        if plot := scale.cost(result):
            lines += _bar(plot, _dollars, look)
    if lines:
        signs = _TYPED if look.ascii else _DRAWN
        margin = f", {signs.margin} the margin" if result.margin is not None and result.interval else ""
        legend = (
            f"{signs.point} measured, {signs.open} {signs.close} interval, {signs.zero} no change{margin}"
        )
        lines.append(paint(f"  {legend}", DIM, look.color))
    return [line for part in lines for line in (_wrapped(part, look) if width(part) > look.width else [part])]


def _points(value: float) -> str:
    return f"{value:+.1f}" if round(value, 1) else "0"


def _dollars(value: float) -> str:
    return ("+" if value > 0 else "") + usd(value)


def _bar(plot: Plot, spelt: Callable[[float], str], look: Look) -> list[str]:
    """The axis with the interval on it; the margin and zero stay visible wherever they fall."""
    signs = _TYPED if look.ascii else _DRAWN
    axis = plot.scale
    ends = spelt(axis.low), spelt(axis.high)
    size = max(10, min(_BAR, look.width - 8 - sum(map(len, ends))))
    cells = [signs.line] * size

    def place(value: float) -> int:
        return min(size - 1, max(0, round(axis.share(value) * (size - 1))))

    low, high = (place(end) for end in plot.interval)
    cells[low : high + 1] = [signs.fill] * (high - low + 1)
    cells[low], cells[high] = signs.open, signs.close
    cells[place(plot.value)] = signs.point
    cells[place(0.0)] = signs.zero
    if plot.margin is not None:
        cells[place(plot.margin)] = signs.margin
    return [f"  {ends[0]} {signs.left}{''.join(cells)}{signs.right} {ends[1]}"]


# --- cases ----------------------------------------------------------------------------------


def _listed(result: EvalResult, change: Change, look: Look) -> list[str]:
    found = words.of(result, change)
    if not found:
        return []
    critical = sum(case.critical for case in found)
    name = words.fate(result, change).capitalize()
    count = number(len(found)) + (f", {number(critical)} of them critical" if critical else "")
    shown, left = words.cut(found, _MOST)
    tint = RED if change == "broke" else BOLD
    lines = [paint(f"{name}: {count}", tint, look.color), *(_case(case, look) for case in shown)]
    return [*lines, f"  and {number(left)} more"] if left else lines


def _case(case: CaseResult, look: Look) -> str:
    critical = " critical" if case.critical else ""
    place = f" ({fit(case.path, _SIDE, both_ends=True)}:{case.line})" if look.width >= _WIDE else ""
    return fit(f"  {fit(case.id, _SIDE)}{critical}{place}: {visible(words.why(case))}", look.width)


def _others(result: EvalResult, look: Look) -> list[str]:
    """Of cases that merely score otherwise, how many do so which way."""
    gains = [words.gain(case) or 0.0 for case in words.of(result, "changed")]
    if not gains:
        return []
    lower = sum(gain < 0 for gain in gains)
    return _wrapped(
        f"Other score, pass or fail as before: {number(len(gains))} "
        f"({number(lower)} lower, {number(len(gains) - lower)} higher)",
        look,
    )


def _confusion(item: Confusion, look: Look) -> list[str]:
    """Counts of a few labels; where the candidate differs, by how much."""
    title = paint(fit(f"Confusion by {visible(item.metric)}", look.width), BOLD, look.color)
    count = len(item.labels)
    if count > _LABELS:
        return [title, *_wrapped(f"{number(count)} labels: see the page or the JSON", look, "  ")]
    matrix = item.candidate or item.baseline
    heads = ["wanted \\ answered", *(fit(label, _LABEL) for label in item.labels), "no label"]
    rows = [heads]
    for index, row in enumerate(matrix):
        before = item.baseline[index] if item.candidate else row
        rows.append(
            [fit(item.labels[index], _LABEL), *(_count(*pair) for pair in zip(row, before, strict=True))]
        )
    if not any(row[-1] for row in (*item.baseline, *item.candidate)):
        rows = [row[:-1] for row in rows]
    lines = table(rows)
    if max(map(width, lines)) > look.width:
        return [title, *_wrapped(f"{number(count)} labels, too wide for this terminal", look, "  ")]
    says = ["  the candidate's counts, and how they differ"] if item.candidate else []
    return [title, *says, paint(lines[0], DIM, look.color), *lines[1:]]


def _count(now: int, before: int) -> str:
    words_ = number(now) if now else "."
    return words_ if now == before else f"{words_} ({now - before:+,})"


# --- last -----------------------------------------------------------------------------------


def _notes(result: EvalResult, look: Look) -> list[str]:
    notes = words.remarks(result)
    if not notes:
        return []
    lines = [line for note in notes for line in _item(note, look)]
    return [paint("Notes", BOLD, look.color), *lines]


def _item(note: str, look: Look) -> Sequence[str]:
    first, *rest = _wrapped(note, Look(width=look.width - 4))
    return [f"  - {first}", *(f"    {line}" for line in rest)]


def _foot(result: EvalResult, look: Look) -> list[str]:
    small = [*_wrapped(words.basis(result), look), *_wrapped(words.calls(result), look)]
    step = f"Next: {words.next_step(result)}"
    return [*(paint(line, DIM, look.color) for line in small), paint(step, BOLD, look.color)]
