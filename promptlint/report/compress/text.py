"""A compression at a terminal: what it saves, the diff, what was dropped and why, the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.compression import Compression, Point
from promptlint.records import dataclass
from promptlint.report.compress import words
from promptlint.style import BOLD, DIM, GREEN, RED, YELLOW, fit, number, paint, table, visible

_TINTS = {"accepted": GREEN, "rejected": RED, "undecided": YELLOW, "unproven": BOLD}
_MOST = 40
_PLOT = 30


@dataclass(frozen=True, slots=True)
class Look:
    """How to write: with colour, for so many columns."""

    color: bool = False
    width: int = 100


PLAIN = Look()


def render(result: Compression, diff: str, look: Look = PLAIN) -> str:
    """Lines of text; ends with a newline.

    Args:
        result: of the compression, with hostile text.
        diff: of the file, rendered for this terminal; empty if nothing changes.
        look: of the terminal.
    """
    parts = [
        _head(result, look),
        diff.rstrip("\n").split("\n") if diff else ["nothing to change"],
        _listed("dropped", [words.dropped(each) for each in result.dropped], look),
        _contract(result, look),
        _front(result, look),
        _left(result, look),
        [line for line in (visible(words.schema(result)),) if line],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _head(result: Compression, look: Look) -> list[str]:
    tint = f"{BOLD};{_TINTS[result.verdict]}"
    lines = [f"{paint(result.verdict.upper(), tint, look.color)}: {visible(result.prompt)}"]
    lines += [words.change(result), words.money(result), words.output(result), words.scores(result)]
    lines += [visible(result.message), words.candidate(result)]
    lines += [visible(f"  {reason}") for reason in result.reasons]
    return [line for line in lines if line]


def _listed(title: str, found: Sequence[str], look: Look) -> list[str]:
    if not found:
        return []
    lines = [paint(f"{title}:", BOLD, look.color)]
    lines += [f"  {fit(visible(each), look.width - 2)}" for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"  and {number(len(found) - _MOST)} more: --format json has all")
    return lines


def _contract(result: Compression, look: Look) -> list[str]:
    lost = [words.item(each) for each in result.contract_losses]
    subsumed = [words.item(each) for each in result.contract_subsumed]
    return [
        words.contract(result),
        *_listed("  not kept", lost, look),
        *_listed("  subsumed, with the line that stays", subsumed, look),
    ]


def _left(result: Compression, look: Look) -> list[str]:
    """What was not done: without a suite how much there is and what saves nothing, with one each edit."""
    if result.verdict == "unproven":
        longer = [words.not_done(each) for each in result.left if each.tokens_saved < 0]
        return [visible(line) for line in (words.left(result), *longer) if line]
    return _listed("not done", [words.not_done(each) for each in result.left], look)


def _front(result: Compression, look: Look) -> list[str]:
    """The Pareto front as a table, with a bar for the score where it was measured."""
    if not any(point.quality is not None for point in result.pareto):
        return []
    head, *body = table([("variant", "tokens", "score", "interval", "verdict", ""), *_rows(result.pareto)])
    return [paint("tokens against quality:", BOLD, look.color), paint(head, DIM, look.color), *body]


def _rows(points: Sequence[Point]) -> Iterator[tuple[str, ...]]:
    for point in sorted(points, key=lambda each: -each.tokens):
        score = "-" if point.quality is None else f"{point.quality:.3f}"
        ends = "-" if point.interval is None else f"[{point.interval[0]:.3f}, {point.interval[1]:.3f}]"
        yield visible(point.name), number(point.tokens), score, ends, words.standing(point), _bar(point)


def _bar(point: Point) -> str:
    """The score and its interval between 0 and 1, in signs that every terminal has."""
    if point.quality is None:
        return ""
    low, high = point.interval or (point.quality, point.quality)
    signs = [" "] * (_PLOT + 1)
    for at in range(_at(low), _at(high) + 1):
        signs[at] = "-"
    signs[_at(point.quality)] = "o"
    return f"|{''.join(signs)}|"


def _at(share: float) -> int:
    return round(min(1.0, max(0.0, share)) * _PLOT)
