"""An eval as one page of HTML that needs no network: for whoever decides whether a prompt may ship."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.evaluation import Confusion, EvalResult
from promptlint.markup import Html, el, measured, page, row, scrolled, table
from promptlint.report.evals import cases, plots, scale, words
from promptlint.style import number, plural

_SIGNS = {"accepted": "✓", "rejected": "✗", "undecided": "?", "measured": "•"}
_LABELS = 40
"""Labels of a confusion matrix that is shown."""

_SHADES = 4


def render(result: EvalResult) -> str:
    """The whole page; ends with a newline.

    It asks for nothing and runs nothing: its policy allows its own style sheet, by hash, and no more. What a
    suite or a model says is text in it, with what hides or reorders spelt out.
    """
    title = f"{words.verdict(result).capitalize()}: {result.suite}"
    body = "\n".join((_top(result), el("main", *_sections(result), id="main", tabindex="-1"), _foot(result)))
    return page(title, measured(), Html(body))


def _sections(result: EvalResult) -> Iterator[Html]:
    for title, content in (
        ("Quality", _quality(result)),
        ("Cost", _cost(result)),
        ("Failing cases" if result.candidate is None else "Cases that changed", list(cases.panels(result))),
        ("Confusion", _confusion(result)),
        ("All cases", list(cases.tables(result))),
        ("Notes", _notes(result)),
        ("Where the answers come from", [_origin(result)]),
    ):
        if content:
            yield el("section", el("h2", title), *content)


def _top(result: EvalResult) -> Html:
    name = words.verdict(result)
    rest = result.reasons[1:] if result.verdict is not None else result.reasons
    more = [*rest, *filter(None, [words.needs(result)])]
    replay = [el("p", el("strong", "Replay: "), words.REPLAY.partition(": ")[2] + ".", class_="replay")]
    return el(
        "header",
        el("a", "Skip to the results", href="#main", class_="skip"),
        el("h1", result.description or result.suite),
        el("p", _pair(result), class_="soft"),
        el(
            "div",
            el("p", f"{_SIGNS[name]} {name.capitalize()}", class_="word"),
            el("p", words.ground(result)),
            *([el("ul", *(el("li", each) for each in more))] if more else []),
            *(replay if result.source.recorded else []),
            class_=f"verdict {name}",
        ),
        _facts(result),
    )


def _pair(result: EvalResult) -> Html:
    before = [el("code", result.baseline.prompt), " (blessed anchor)" if result.baseline.anchor else ""]
    if result.candidate is None:
        return el("span", el("code", result.suite), ": ", *before)
    return el(
        "span", el("code", result.suite), ": ", el("code", result.candidate.prompt), " against ", *before
    )


def _facts(result: EvalResult) -> Html:
    """The numbers to remember."""
    side = result.candidate or result.baseline
    share = "–" if side.pass_rate is None else f"{100 * side.pass_rate:.1f}%"
    before = result.baseline.pass_rate
    was = f"was {100 * before:.1f}%" if result.candidate and before is not None else ""
    found = [("Pass rate", share, was)]
    if result.difference is not None:
        found.append(("Change of mean score", *_split(words.difference(result), "points")))
    if result.cost is not None:
        found.append(("Change of cost, 1,000 cases", *_split(words.cost_change(result), "")))
    counts = [f"{number(len(words.of(result, 'broke')))} {words.fate(result, 'broke')}"]
    counts += [f"{number(len(words.of(result, 'mended')))} mended"] if result.candidate else []
    counts += [f"{number(len(result.incomplete))} incomplete"] if result.incomplete else []
    counts += [f"{number(result.unsupported)} not supported"] if result.unsupported else []
    found.append(("Cases scored", number(result.cases), ", ".join(counts)))
    items = [el("div", el("dt", name), el("dd", value, el("small", small))) for name, value, small in found]
    return el("dl", *items, class_="facts")


def _split(text: str, unit: str) -> tuple[str, str]:
    """The number, and what is said of it."""
    first, _, rest = text.partition("; ")
    return (first.partition(",")[0] if unit else first), rest


# --- numbers --------------------------------------------------------------------------------


def _quality(result: EvalResult) -> list[Html]:
    found = []
    if plot := scale.quality(result):
        says = f"{words.difference(result)}; margin {words.points(-(result.margin or 0.0))} points."
        found.append(plots.points(plot, "Difference of mean score, candidate - baseline", says))
        found.append(el("p", f"Candidate - baseline: {says}", class_="soft"))
    lines = [item for item in words.rows(result) if "$" not in item.name and not _is_part(item.name)]
    return [*found, _sides(result, words.measured_on(result), lines)]


def _cost(result: EvalResult) -> list[Html]:
    lines = [item for item in words.rows(result) if "$" in item.name or _is_part(item.name)]
    if not lines:
        return []
    found = []
    if plot := scale.cost(result):
        says = f"{words.cost_change(result)}."
        found.append(plots.dollars(plot, "Change of the cost of 1,000 cases", says))
        found.append(el("p", f"Candidate - baseline: {says}", class_="soft"))
    return [
        *found,
        _sides(result, words.measured_on(result), lines),
        el("p", words.basis(result), class_="soft"),
    ]


def _is_part(name: str) -> bool:
    return name.strip() in {"input", "input, cached", "output"}


def _sides(result: EvalResult, caption: str, lines: Sequence[words.Row]) -> Html:
    heads = ("", "Baseline", "Candidate") if result.candidate else ("", "Prompt")
    rows = [
        row(item.name.strip(), (item.baseline, item.candidate)[: len(heads) - 1], _indent(item.name))
        for item in lines
    ]
    return scrolled(table(caption, heads, rows), caption)


def _indent(name: str) -> str:
    return "sub" if name.startswith(" ") else "name"


def _confusion(result: EvalResult) -> list[Html]:
    return [part for item in result.confusion if result.cases for part in _matrices(item)]


def _matrices(item: Confusion) -> Iterator[Html]:
    yield el("h3", item.metric)
    if len(item.labels) > _LABELS:
        yield el(
            "p", f"{plural(len(item.labels), 'label')}: too many for a table, see the JSON.", class_="soft"
        )
        return
    yield el(
        "p",
        "A row a wanted label, a column an answered one; the more colour, the larger its share of the row.",
    )
    sides = (("Baseline" if item.candidate else "Prompt", item.baseline), ("Candidate", item.candidate))
    shown = [_matrix(item, name, counts) for name, counts in sides if counts]
    yield el("div", *shown, class_="matrices")


def _matrix(item: Confusion, name: str, counts: Sequence[Sequence[int]]) -> Html:
    heads = ("wanted", *item.labels, "no label")
    rows = [
        row(label, [_count(value, sum(line), index == place) for place, value in enumerate(line)])
        for index, (label, line) in enumerate(zip(item.labels, counts, strict=True))
    ]
    right = sum(line[index] for index, line in enumerate(counts))
    caption = f"{name}: {number(right)} of {number(sum(map(sum, counts)))} as wanted"
    return scrolled(table(caption, heads, rows, "matrix"), f"{item.metric}: {caption}")


def _count(value: int, total: int, right: bool) -> Html:
    shade = -(-_SHADES * value // total) if total else 0
    classes = [f"i{shade}"] if shade else []
    return el(
        "td", number(value) if value else "·", class_=" ".join([*classes, *(["right"] if right else [])])
    )


# --- last -----------------------------------------------------------------------------------


def _notes(result: EvalResult) -> list[Html]:
    notes = list(words.remarks(result))
    step = words.next_step(result)
    if words.PAGE not in step:  # which is this page
        notes.append(f"Next: {step}")
    return [el("ul", *(el("li", note) for note in notes))] if notes else []


def _origin(result: EvalResult) -> Html:
    source = result.source
    sides = [("Baseline", result.baseline), *([("Candidate", result.candidate)] if result.candidate else [])]
    facts = [
        ("Model", source.model),
        (
            "Answers",
            f"recorded earlier (replay): {source.recording or 'no note'}" if source.recorded else "live",
        ),
        ("Recording", f"{source.recording_path or '–'}, sha256 {source.recording_sha256 or '–'}"),
        ("Server", source.base_url or ""),
        ("Parameters", source.parameters),
        ("Price", source.price or "not known"),
        *((f"{name} text", f"{side.prompt}, sha256 {side.content_hash}") for name, side in sides),
        *((f"{name} answered by", ", ".join(side.models)) for name, side in sides),
        ("Test", f"{result.method or 'none'}, alpha {result.alpha:g}, intervals of {words.level(result)}"),
        ("Run", words.calls(result)),
        ("Made", f"{result.generated_at} by promptlint {result.promptlint}"),
    ]
    kept = [(name, value) for name, value in facts if value and (name != "Recording" or source.recorded)]
    items = [part for name, value in kept for part in (el("dt", name), el("dd", value))]
    return el("dl", *items, class_="about")


def _foot(result: EvalResult) -> Html:
    words_ = "Scores, tokens and latency are measured; no sign: an exact count."
    return el("footer", el("p", f"promptlint {result.promptlint}. {words_}"))
