"""The cases of an eval in HTML: those that changed side by side, then all of them in tables that fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from promptlint.evaluation import Answered, CaseResult, Change, EvalResult
from promptlint.markup import Html, el, folded, join, row, scrolled, table
from promptlint.report.evals import wordings, words
from promptlint.style import number, plural

SHOWN = 100
"""Cases of one kind that are shown side by side; the others are in the table."""

_OPEN = 12
"""Cases of one kind of which the titles are seen at once."""

_GIST = 70
"""Characters of an answer, or of a reason, in a title."""

LISTED = 20_000
"""Cases that the table has."""

_PAGE = 500
"""Rows of one part of the table."""

_LONGEST = 6_000
"""Characters of one text that are shown."""

_PAIRS = 3
"""Repeats of one case that are shown."""

_TAGS: Mapping[Change, str] = {
    "broke": "bad",
    "mended": "good",
    "changed": "unsure",
    "incomplete": "unsure",
    "unsupported": "unsure",
    "same": "plain",
}
_PANELS: tuple[Change, ...] = ("broke", "mended", "changed", "incomplete", "unsupported")


def panels(result: EvalResult) -> Iterator[Html]:
    """The cases that broke, were mended, score otherwise or could not be judged: a part that folds each."""
    places = {case.id: index for index, case in enumerate(result.results)}
    for change in _PANELS:
        found = words.of(result, change)
        if not found:
            continue
        critical = sum(case.critical for case in found)
        more = f", {number(critical)} of them critical" if critical else ""
        yield el("h3", f"{words.fate(result, change).capitalize()}: {number(len(found))}{more}")
        shown, left = words.cut(found, SHOWN)
        made = [_panel(result, case, places[case.id]) for case in shown]
        yield from made[:_OPEN]
        if made[_OPEN:]:
            yield folded(f"{number(len(made) - _OPEN)} more of these", el("div", *made[_OPEN:]))
        if left:
            yield el("p", f"and {number(left)} more: see the table of all cases, or the JSON.", class_="soft")


def _panel(result: EvalResult, case: CaseResult, place: int) -> Html:
    scores = [_score(answers) for answers in (case.baseline, case.candidate) if answers]
    summary = join([*_title(result, case)])
    scored = [f"score {' → '.join(scores)}"] if scores else []
    about = [f"{case.path}:{case.line}"]
    about += [f"cluster {case.cluster}"] if case.cluster is not None else []
    about += [case.description] if case.description else []
    about += ["both prompts make the same request"] if case.identical else []
    return folded(
        summary,
        el(
            "div",
            el("p", " · ".join([*about, *scored]), class_="soft"),
            *([el("p", words.why(case))] if case.unsupported else []),
            el("p", "Given:"),
            el("div", _cut(case.vars), class_="text"),
            *_pairs(case),
            id=f"c{place}",
        ),
        class_="case",
    )


def _title(result: EvalResult, case: CaseResult) -> Iterator[str]:
    yield el("code", case.id)
    yield " "
    yield el("span", words.fate(result, case.change), class_=f"tag {_TAGS[case.change]}")
    if case.critical:
        yield " "
        yield el("span", "critical", class_="tag bad")
    yield " "
    yield el("span", _gist(case), class_="gist")


def _gist(case: CaseResult) -> str:
    """What happened, in a few words: both answers where they are short, else scores and the reason."""
    texts = [answers[0].text.strip() for answers in (case.baseline, case.candidate) if answers]
    if (
        len(texts) > 1
        and case.change in {"broke", "mended", "changed"}
        and all(0 < len(text) <= _GIST // 2 for text in texts)
    ):
        return " → ".join(texts)
    scores = [_score(answers) for answers in (case.baseline, case.candidate) if answers]
    why = words.why(case)
    return f"score {' → '.join(scores)}" if why.startswith("score ") else _gist_of(why, scores)


def _gist_of(why: str, scores: Sequence[str]) -> str:
    words_ = why if len(why) <= _GIST else f"{why[:_GIST]}…"
    return f"score {' → '.join(scores)}: {words_}" if "–" not in scores and scores else words_


def _score(answers: Sequence[Answered]) -> str:
    value = words.mean(answers)
    return "–" if value is None else f"{value:.3g}"


def _pairs(case: CaseResult) -> Iterator[Html]:
    """The answers to both prompts, repeat by repeat: those that differ first."""
    count = max(len(case.baseline), len(case.candidate))
    every = [(_at(case.baseline, index), _at(case.candidate, index)) for index in range(count)]
    pairs = list({_key(*pair): pair for pair in reversed(every)}.values())[::-1]
    pairs.sort(key=lambda pair: _alike(*pair))
    for before, after in pairs[:_PAIRS]:
        marked = _marked(before, after)
        first = "Baseline" if after else "Answer"
        sides = [
            _answer(name, answer, text, count)
            for name, answer, text in ((first, before, marked[0]), ("Candidate", after, marked[1]))
            if answer is not None
        ]
        yield el("div", *sides, class_="sides" if len(sides) > 1 else "sides one")
    if left := count - min(len(pairs), _PAIRS):
        same = "" if len(pairs) > _PAIRS else ", the same as these"
        yield el("p", f"and {plural(left, 'more answer')} a side{same}", class_="soft")


def _at(answers: Sequence[Answered], index: int) -> Answered | None:
    return answers[index] if index < len(answers) else None


def _key(before: Answered | None, after: Answered | None) -> tuple[object, ...]:
    return tuple([each and (each.text, each.calls, each.score, each.failure) for each in (before, after)])


def _alike(before: Answered | None, after: Answered | None) -> bool:
    return (
        before is not None and after is not None and (before.text, before.score) == (after.text, after.score)
    )


def _marked(before: Answered | None, after: Answered | None) -> tuple[Html, Html]:
    """Both texts, with what only one of them says marked, if there are two."""
    texts = [_cut(answer.text) if answer else "" for answer in (before, after)]
    if before is None or after is None or None in (before.score, after.score):
        return join(texts[:1]), join(texts[1:])
    old, new = wordings.parts(*texts)
    return wordings.marked(old, "del"), wordings.marked(new, "ins")


def _answer(name: str, answer: Answered, text: Html, count: int) -> Html:
    again = f", answer {answer.repeat + 1}" if count > 1 else ""
    if answer.failure is not None:
        return el("div", el("p", el("strong", f"{name}{again}: "), "no score"), el("p", answer.failure))
    verdict = el(
        "span", "pass" if answer.passed else "fail", class_=f"tag {'good' if answer.passed else 'bad'}"
    )
    calls = [el("div", _cut("\n".join(answer.calls)), class_="text")] if answer.calls else []
    return el(
        "div",
        el("p", el("strong", f"{name}{again}: "), verdict, f" score {answer.score:.3g}"),
        el("div", text, class_="text") if answer.text or not calls else "",
        *calls,
        _checks(answer),
    )


def _checks(answer: Answered) -> Html:
    items = [
        el(
            "li",
            f"{'✓' if check.passed else '✗'} {_named(check.metric, check.name)}: {_cut(check.reason, 400)}",
        )
        for check in answer.checks
    ]
    return el("ul", *items, class_="checks") if items else el("p", _cut(answer.reason, 400), class_="soft")


def _named(metric: str, name: str) -> str:
    return f"{metric} ({name})" if metric and metric != name else name


def _cut(text: str, room: int = _LONGEST) -> str:
    return text if len(text) <= room else f"{text[:room]}… [cut: {len(text):,} characters in all]"


# --- all of them ----------------------------------------------------------------------------


def tables(result: EvalResult) -> Iterator[Html]:
    """All cases in their order, in tables that fold, so that a large suite stays quick to read."""
    panels_ = {case.id for change in _PANELS for case in words.of(result, change)[:SHOWN]}
    listed = result.results[:LISTED]
    for start in range(0, len(listed), _PAGE):
        part = listed[start : start + _PAGE]
        counts = Counter(case.change for case in part)
        told = [
            f"{number(counts[change])} {words.fate(result, change)}"
            for change in words.FATES
            if counts[change]
        ]
        summary = f"Cases {number(start + 1)} to {number(start + len(part))}: {', '.join(told)}"
        rows = [_row(result, case, start + index, case.id in panels_) for index, case in enumerate(part)]
        heads = ("Case", "Line", "Became", "Baseline", "Candidate", "Why")
        found = table(f"{plural(len(part), 'case')}; a score a side", heads, rows, "cases")
        yield folded(summary, el("div", scrolled(found, summary)))
    if left := len(result.results) - len(listed):
        yield el("p", f"and {plural(left, 'more case')}: see the JSON.", class_="soft")


def _row(result: EvalResult, case: CaseResult, place: int, has_panel: bool) -> Html:
    name = el("a", case.id, href=f"#c{place}") if has_panel else el("span", case.id)
    critical = " (critical)" if case.critical else ""
    fate = el("td", el("span", words.fate(result, case.change), class_=f"tag {_TAGS[case.change]}"), critical)
    scores = [el("td", _score(answers), class_="n") for answers in (case.baseline, case.candidate)]
    why = "" if case.change == "same" else _cut(words.why(case), 160)
    return row(name, (el("td", str(case.line), class_="n"), fate, *scores, why))
