"""The thresholds of a semantic cache on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.style import BOLD, fit_path, number, paint, plural, table, visible, wrap
from promptlint.traffic.threshold.document import Curve, Point, Tuned
from promptlint.traffic.threshold.vectors import TFIDF

HEADS = ("threshold", "hits", "false hits", "95 % bounds", "judged", "wrong", "")


def text(found: Tuned, width: int, color: bool) -> str:
    """The curves of each prompt, what is recommended, and for what it holds."""
    how = "by people" if found.judged_by == "people" else "by comparing logged answers"
    first = f"A semantic cache by its threshold: pairs judged {how}, at most {share(found.limit)} false hits"
    lines = [paint(line, BOLD, color) for line in wrap(first.split(), width)]
    for curve in found.curves:
        lines += ["", *_of(curve, width, color)]
    said = (line for each in notes(found) for line in wrap(each.split(), width))
    return "\n".join([*lines, "", *said]) + "\n"


def name(curve: Curve) -> str:
    """The prompt, and whether the repository has it (hostile)."""
    if curve.in_repository:
        return curve.prompt
    return f"{curve.prompt} (not in the repository)".lstrip()


def verdict(curve: Curve) -> str:
    """How much was compared, and what to take."""
    chosen = "none keeps it for sure: judge more pairs, or keep an exact cache"
    if curve.recommended is not None:
        chosen = f"take {curve.recommended:g}"
    parts = [plural(curve.questions, "question"), f"{share(curve.equal)} equal to an earlier one"]
    parts += [f"{plural(curve.open, 'pair')} not judged"] if curve.open else []
    return " · ".join([*parts, chosen])


def row(point: Point, is_taken: bool) -> tuple[str, ...]:
    """The cells of a threshold, as `HEADS` has them."""
    false = "-" if point.false_hits is None else f"~{share(point.false_hits)}"
    ends = f"{share(point.low)} to {share(point.high)}"
    counts = (number(point.judged), number(point.wrong))
    return (f"{point.threshold:g}", share(point.hits), false, ends, *counts, "<- take" if is_taken else "")


def notes(found: Tuned) -> Iterator[str]:
    """For what the curves hold."""
    yield (
        "Hits are counted and leave out questions that are equal to an earlier one. False hits are estimated "
        "from the judged pairs; bounds are one-sided."
    )
    if found.vectors == TFIDF:
        yield (
            "Cosines are of TF-IDF vectors. A gateway's embedding model has another scale: judge pairs of "
            "its vectors (--vectors) before you rely on the number there."
        )
    else:
        yield f"Cosines are of the model in {visible(found.vectors)}: name the same at the gateway."


def share(value: float) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{value * 100:.1f} %"


def _of(curve: Curve, width: int, color: bool) -> Iterator[str]:
    yield paint(fit_path(visible(name(curve)), width), BOLD, color)
    yield from ("  " + line for line in wrap(verdict(curve).split(" · "), width - 2, " · "))
    rows = [HEADS, *(row(point, point.threshold == curve.recommended) for point in curve.points)]
    yield from ("  " + line for line in table(rows))
