"""Finds examples whose answers break a rule of the prompt: length, language, form, forbidden words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from promptlint.breaches import (
    Breach,
    Breaks,
    forbidden_breaches,
    format_breach,
    language_breach,
    limit_breach,
    shows,
)
from promptlint.breaches.breach import plain
from promptlint.breaches.fields import fields
from promptlint.declared import Declared, Rule, declared
from promptlint.model import Hit, Span
from promptlint.outline.masks import masked
from promptlint.records import dataclass
from promptlint.shots import Shot, shots
from promptlint.view import View

_SAID = {
    Breaks.LONG: "the answer of this example has {found}, the prompt allows {wanted}",
    Breaks.SHORT: "the answer of this example has {found}, the prompt asks for {wanted} at least",
    Breaks.LANGUAGE: "the answer of this example is in another language ({found}) than asked for ({wanted})",
    Breaks.FENCE: "the answer of this example has a code fence, which the prompt forbids",
    Breaks.MARKDOWN: "the answer of this example has Markdown, which the prompt forbids",
    Breaks.EMOJI: "the answer of this example has an emoji, which the prompt forbids",
    Breaks.FORBIDDEN: 'this example answers with "{found}", which the prompt forbids',
    Breaks.NOT_JSON: "the answer of this example is no JSON, which the prompt asks for",
    Breaks.MORE: 'this example says more than the label "{wanted}"',
}


@dataclass(frozen=True, slots=True)
class Params:
    """When a rule is taken to be about the examples.

    Attributes:
        keeps: least share of the examples that keep a rule, 0 to 1; of two and more.
    """

    keeps: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each example and rule; a rule that most examples break is about something else."""
    every = [shot for shot in shots(view) if shows(shot)]
    if not every:
        return
    text = masked(view.prompt)
    found = list(_broken(every, declared(view), text, params))
    found += _more(view, text)
    seen: set[tuple[Span, Breaks]] = set()
    for breach in sorted(found, key=lambda breach: breach.at):
        if breach.kind in _SAID and (breach.at, breach.kind) not in seen:
            seen.add((breach.at, breach.kind))
            related: tuple[Span, ...] = (breach.by,) if isinstance(breach.by, Span) else ()
            if breach.kind is Breaks.MORE:
                related += tuple(form.at for form in declared(view).formats if form.rule is Rule.BARE)
            said = _SAID[breach.kind].format(found=breach.found[:60], wanted=breach.wanted[:60])
            yield Hit(breach.at, said, related=related)


def _broken(every: Sequence[Shot], wanted: Declared, text: str, params: Params) -> Iterator[Breach]:
    rules: list[tuple[Sequence[object], Callable[[Shot, int], Sequence[Breach | None]]]] = [
        (wanted.limits, lambda shot, n: [limit_breach(shot, wanted.limits[n], text)]),
        (wanted.languages, lambda shot, n: [language_breach(shot, wanted.languages[n], text)]),
        (wanted.formats, lambda shot, n: [format_breach(shot, wanted.formats[n], text)]),
        (wanted.forbidden, lambda shot, n: forbidden_breaches(shot, wanted.forbidden[n], text)),
    ]
    for stated, judge in rules:
        for number in range(len(stated)):
            broken: dict[int, list[Breach]] = defaultdict(list)
            for index, shot in enumerate(every):
                broken[index] += [breach for breach in judge(shot, number) if breach is not None]
            bad = [breaches for breaches in broken.values() if breaches]
            is_json = any(breaches[0].kind is Breaks.NOT_JSON for breaches in bad)
            if is_json and len(bad) * 3 > len(every):
                continue  # it may be a part that is not the answer
            if len(every) == 1 or len(bad) <= (1 - params.keeps) * len(every):
                yield from (breach for breaches in bad for breach in breaches)


def _more(view: View, text: str) -> Iterator[Breach]:
    """Answers that begin with a value of their set and go on, where the others are a value and no more."""
    for field in fields(view):
        if field.name or field.by is None:
            continue
        allowed = {plain(choice.text) for choice in field.choices}
        exact = [said for said in field.said if said.value in allowed]
        for said in field.said if len(exact) * 3 >= len(field.said) * 2 else ():
            label = next((one for one in allowed if one and said.value.startswith(one + " ")), "")
            parts = said.value.split(" ")
            if label and said.value not in allowed and not all(part in allowed for part in parts):
                yield Breach(Breaks.MORE, said.at, field.by, text[said.at.start : said.at.end], label)
