"""A compression as one page of HTML that needs no network, with the Pareto front as a plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from promptlint import markup
from promptlint.compression import Compression, Point
from promptlint.markup import Html, el, page, row, scrolled, table
from promptlint.report.compress import words
from promptlint.style import number

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 96.0, 32.0, 204.0
_HEIGHT = 248
_MOST, _WIDEST = 200, 1_000  # lines of a list, code points of a line
_LONGEST = 200_000  # code points of a diff
_CLASS = {"accepted": "accepted", "rejected": "rejected", "undecided": "undecided", "unproven": "measured"}


def render(result: Compression, diff: str) -> str:
    """The whole page; ends with a newline.

    It asks for nothing and runs nothing: its policy allows its own style sheet, by hash, and no more.

    Args:
        result: of the compression, with hostile text.
        diff: of the file, without colours.
    """
    body = "\n".join((_top(result), el("main", *_sections(result, diff), id="main", tabindex="-1")))
    return page(f"Compressed: {result.prompt}", markup.measured(), Html(body))


def _top(result: Compression) -> Html:
    said = (words.money(result), words.output(result), words.scores(result), result.message)
    facts = [line for line in (*said, words.candidate(result)) if line]
    return el(
        "header",
        el("h1", result.prompt),
        el(
            "div",
            el("p", result.verdict, class_="word"),
            el("p", words.change(result)),
            el("ul", *(el("li", line) for line in (*facts, *result.reasons))),
            class_=f"verdict {_CLASS[result.verdict]}",
        ),
    )


def _sections(result: Compression, diff: str) -> Iterator[Html]:
    for title, content in (
        ("Tokens against quality", _front(result)),
        ("What was dropped, and why", _list([words.dropped(each) for each in result.dropped])),
        ("Contract", _contract(result)),
        ("Diff", [_text(diff, "Diff")] if diff else []),
        ("Not done", _list([words.not_done(each) for each in result.left])),
        ("Schema of the call", [_text(words.schema(result), "Schema")] if result.response_schema else []),
    ):
        if content:
            yield el("section", el("h2", title), *content)


def _text(text: str, label: str) -> Html:
    """Text of several lines, to be scrolled by keyboard, too."""
    return el("div", _short(text, _LONGEST), class_="text", role="region", tabindex="0", aria_label=label)


def _list(lines: Sequence[str]) -> list[Html]:
    """Some lines of a long list, each to a limit: a browser stalls on what nobody reads to the end."""
    shown = [el("li", _short(line, _WIDEST)) for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(el("li", f"and {number(len(lines) - _MOST)} more: --format json has all"))
    return [el("ul", *shown)] if lines else []


def _short(text: str, most: int) -> str:
    """The text up to a limit, with what is left out in words."""
    if len(text) <= most:
        return text
    return f"{text[:most]} ... and {number(len(text) - most)} more characters: --format json has all"


def _contract(result: Compression) -> list[Html]:
    return [
        el("p", words.contract(result)),
        *_list([words.item(each) for each in (*result.contract_losses, *result.contract_subsumed)]),
    ]


# --- the front ------------------------------------------------------------------------------


def _front(result: Compression) -> list[Html]:
    measured = [point for point in result.pareto if point.quality is not None]
    if not measured:
        return []
    heads = ("Variant", "Tokens", "Score", "Interval", "Verdict")
    rows = [row(point.name, _cells(point)) for point in result.pareto]
    found = table("Variants, none both longer and worse than another", heads, rows)
    return [_plot(measured), scrolled(found, "Variants")]


def _cells(point: Point) -> tuple[str, ...]:
    score = "-" if point.quality is None else f"{point.quality:.3f}"
    ends = "-" if point.interval is None else f"{point.interval[0]:.3f} to {point.interval[1]:.3f}"
    return number(point.tokens), score, ends, words.standing(point)


def _plot(points: Sequence[Point]) -> Html:
    """Tokens to the right, scores upwards, each with its interval; places are percentages of the width."""
    most = max(point.tokens for point in points) or 1
    least = _floor(points)
    middle = (least + 1.0) / 2
    parts: list[Html] = [
        el("title", "Tokens against score", id="plot-front-title"),
        el(
            "desc",
            f"Each point is a variant of the prompt, with the interval of its score, from {least:g} to 1.",
            id="plot-front-desc",
        ),
        _line(_LEFT, _RIGHT, _BOTTOM, _BOTTOM, "axis"),
        _line(_LEFT, _LEFT, _TOP, _BOTTOM, "axis"),
        *(_word(_LEFT - 1, _height(at, least) + 4, f"{at:g}", "end") for at in (least, middle, 1.0)),
        *(
            _word(_place(value, most), _BOTTOM + 20, number(value), "middle")
            for value in (0, most // 2, most)
        ),
        _word(50, _HEIGHT - 6, "input tokens", "middle"),
    ]
    for point in points:
        parts += _drawn(point, most, least)
    return el(
        "svg",
        *parts,
        role="img",
        aria_labelledby="plot-front-title plot-front-desc",
        width="100%",
        height=str(_HEIGHT),
        class_="plot",
    )


def _floor(points: Sequence[Point]) -> float:
    """Where the axis of scores begins: a tenth below all that is shown, so that intervals can be told."""
    ends: list[float] = [end for point in points for end in (*(point.interval or ()), point.quality or 0.0)]
    return max(0.0, min(0.9, math.floor(10 * min(ends) - 0.5) / 10))


def _drawn(point: Point, most: int, least: float) -> Iterator[Html]:
    place, score = _place(point.tokens, most), _height(point.quality or 0.0, least)
    if point.interval is not None:
        low, high = (_height(end, least) for end in point.interval)
        yield _line(place, place, low, high, "interval")
    yield el("circle", cx=f"{place:.2f}%", cy=f"{score:.1f}", r="6", class_="point")
    anchor, beside = ("end", "-8") if place > (_LEFT + _RIGHT) / 2 else ("start", "8")
    yield _word(place, score - 12, point.name, anchor, dx=beside)


def _place(tokens: int, most: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * tokens / most


def _height(score: float, least: float) -> float:
    share = (min(1.0, max(least, score)) - least) / (1.0 - least)
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _line(start: float, end: float, top: float, bottom: float, kind: str) -> Html:
    ends = {"x1": f"{start:.2f}%", "x2": f"{end:.2f}%", "y1": f"{top:.1f}", "y2": f"{bottom:.1f}"}
    return el("line", class_=kind, **ends)


def _word(place: float, height: float, text: str, anchor: str, **more: str) -> Html:
    return el("text", text, x=f"{place:.2f}%", y=f"{height:.1f}", text_anchor=anchor, **more)
