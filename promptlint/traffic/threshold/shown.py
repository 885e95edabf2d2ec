"""The thresholds of a semantic cache on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.style import BOLD, fit_path, number, paint, plural, table, visible, wrap
from promptlint.traffic.threshold.document import Curve, Tuned
from promptlint.traffic.threshold.vectors import TFIDF

_HEADS = ("threshold", "hits", "false hits", "95 % bounds", "judged", "wrong", "")


def text(found: Tuned, width: int, color: bool) -> str:
    """The curves of each prompt, what is recommended, and for what it holds."""
    how = "by people" if found.judged_by == "people" else "by comparing logged answers"
    first = f"A semantic cache by its threshold: pairs judged {how}, at most {_share(found.limit)} false hits"
    lines = [paint(line, BOLD, color) for line in wrap(first.split(), width)]
    for curve in found.curves:
        lines += ["", *_of(curve, width, color)]
    return "\n".join([*lines, "", *_notes(found, width)]) + "\n"


def _of(curve: Curve, width: int, color: bool) -> Iterator[str]:
    name = curve.prompt if curve.in_repository else f"{curve.prompt} (not in the repository)".lstrip()
    yield paint(fit_path(visible(name), width), BOLD, color)
    chosen = "none keeps it for sure: judge more pairs, or keep an exact cache"
    if curve.recommended is not None:
        chosen = f"take {curve.recommended:g}"
    parts = [
        plural(curve.questions, "question"),
        f"{_share(curve.equal)} equal to an earlier one",
        chosen,
    ]
    if curve.open:
        parts.insert(2, f"{plural(curve.open, 'pair')} not judged")
    yield from ("  " + line for line in wrap(parts, width - 2, " · "))
    rows = [_HEADS]
    for point in curve.points:
        false = "-" if point.false_hits is None else f"~{_share(point.false_hits)}"
        ends = f"{_share(point.low)} to {_share(point.high)}"
        mark = "<- take" if point.threshold == curve.recommended else ""
        counts = (number(point.judged), number(point.wrong))
        rows.append((f"{point.threshold:g}", _share(point.hits), false, ends, *counts, mark))
    yield from ("  " + line for line in table(rows))


def _notes(found: Tuned, width: int) -> Iterator[str]:
    says = [
        "Hits are counted and leave out questions that are equal to an earlier one. False hits are estimated "
        "from the judged pairs; bounds are one-sided."
    ]
    if found.vectors == TFIDF:
        says.append(
            "Cosines are of TF-IDF vectors. A gateway's embedding model has another scale: judge pairs of "
            "its vectors (--vectors) before you rely on the number there."
        )
    else:
        says.append(f"Cosines are of the model in {visible(found.vectors)}: name the same at the gateway.")
    for each in says:
        yield from wrap(each.split(), width)


def _share(value: float) -> str:
    return f"{value * 100:.1f} %"
