"""Finds examples whose answers break a rule of the prompt: length, language, form, forbidden words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from promptlint.breaches import (
    Breach,
    Breaks,
    forbidden_breaches,
    format_breach,
    language_breach,
    length,
    limit_breach,
    shows,
    unnamed_breach,
)
from promptlint.breaches.breach import plain
from promptlint.breaches.fields import fields
from promptlint.declared import Declared, Limit, Rule, declared
from promptlint.model import Hit, Profile, Span
from promptlint.outline.masks import masked
from promptlint.patterns import lazy
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
    Breaks.LINK: 'the answer of this example has the link "{found}", the prompt forbids links',
    Breaks.HASHTAG: 'the answer of this example has the hashtag "{found}", which the prompt forbids',
    Breaks.MARK: 'the answer of this example has "{found}" where the prompt forbids it',
    Breaks.CASE: "the answer of this example is not in lower case, which the prompt asks for",
    Breaks.NUMBER: 'the answer of this example writes "{found}", the prompt wants numbers written otherwise',
    Breaks.PREAMBLE: 'the answer of this example opens with "{found}", the prompt wants the bare answer',
    Breaks.FORBIDDEN: 'this example answers with "{found}", which the prompt forbids',
    Breaks.NOT_JSON: "the answer of this example is no JSON, which the prompt asks for",
    Breaks.MORE: 'this example says more than the label "{wanted}"',
}


_MARKS = (Breaks.MARK, Breaks.CASE, Breaks.NUMBER, Breaks.HASHTAG)
_ANSWERS = lazy(
    r"\b(?:answers?|repl(?:y|ies)|respon(?:d|se|ses)|outputs?|return|print|give|write)\b", re.IGNORECASE
)
_NEAR = 120  # code points before a rule that say what it is about
_LEAST = 3  # answers that a limit is compared with
_WHOLES = frozenset(
    ("message", "summary", "headline", "title", "comment", "caption", "post", "tweet", "query")
)


@dataclass(frozen=True, slots=True)
class Params:
    """When a rule is taken to be about the examples.

    Attributes:
        keeps: least share of the examples that keep a rule, 0 to 1; of two and more.
        fits: the same of a limit of which nobody said what it bounds; of three and more.
    """

    keeps: float
    fits: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each example and rule; a rule that most examples break is about something else."""
    every = [shot for shot in shots(view) if shows(shot)]
    if not every or view.prompt.profile is not Profile.PROMPT:
        return
    text = masked(view.prompt)
    found = list(_broken(every, declared(view), text, params))
    found += _unnamed(every, declared(view).limits, text, params)
    found += _more(view, text)
    bare = tuple(form.at for form in declared(view).formats if form.rule is Rule.BARE)
    for breaches in _by_answer(found):
        breach = breaches[0]
        said = _SAID[breach.kind].format(found=breach.found[:60], wanted=breach.wanted[:60])
        more = f" (and {len(breaches) - 1} more)" if len(breaches) > 1 else ""
        related = [one.by for one in breaches if isinstance(one.by, Span)]
        related += bare if any(one.kind is Breaks.MORE for one in breaches) else ()
        yield Hit(breach.at, said + more, related=tuple(dict.fromkeys(related)))


def _by_answer(found: Sequence[Breach]) -> Iterator[list[Breach]]:
    """What breaks a rule, each kind once, by lines of an answer: what is odd in two ways is one finding."""
    groups: dict[Span, list[Breach]] = {}
    for breach in sorted(found, key=lambda breach: breach.at):
        if breach.kind not in _SAID:
            continue
        home = next((at for at in groups if at.overlaps(breach.at) or at == breach.at), breach.at)
        group = groups.setdefault(home, [])
        if all(one.kind is not breach.kind or one.at != breach.at for one in group):
            group.append(breach)
    yield from groups.values()


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
            if _is_loose(bad, every, text):
                continue
            is_json = any(breaches[0].kind is Breaks.NOT_JSON for breaches in bad)
            if is_json and len(bad) * 3 > len(every):
                continue  # it may be a part that is not the answer
            if len(every) == 1 or len(bad) <= (1 - params.keeps) * len(every):
                yield from (breach for breaches in bad for breach in breaches)


def _is_loose(bad: Sequence[Sequence[Breach]], every: Sequence[Shot], text: str) -> bool:
    """True if a rule of single marks or of openings may be about something else than these answers."""
    kind = bad[0][0].kind if bad else None
    if kind is Breaks.PREAMBLE:
        by = bad[0][0].by
        line = (
            text[max(text.rfind("\n", 0, by.start) + 1, by.start - _NEAR) : by.end]
            if isinstance(by, Span)
            else ""
        )
        return _ANSWERS.search(line) is None
    return kind in _MARKS and (len(every) < _LEAST or len(bad) * 3 > len(every))


def _unnamed(every: Sequence[Shot], limits: Sequence[Limit], text: str, params: Params) -> Iterator[Breach]:
    """What breaks a limit that may be that of the answers: nearly all keep it, and some come near to it."""
    for limit in limits:
        if limit.high is None or not (limit.unnamed or _is_of_none(every, limit)):
            continue
        sizes = [size for shot in every if (size := length(shot, limit, text))]
        kept = [size for size in sizes if size <= limit.high]
        if len(sizes) < _LEAST or len(kept) < params.fits * len(sizes) or 2 * max(kept) < limit.high:
            continue
        broken = (unnamed_breach(shot, limit, text) for shot in every)
        yield from (breach for breach in broken if breach is not None and breach.kind is Breaks.LONG)


def _is_of_none(every: Sequence[Shot], limit: Limit) -> bool:
    """True for a limit of the "message" or "text" where no answer has a part of that name."""
    return limit.of in _WHOLES and not any(
        plain(part.name) == limit.of for shot in every for part in shot.parts
    )


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
            label = label or _told(text, said.at, allowed)
            if label and said.value not in allowed and not all(part in allowed for part in parts):
                yield Breach(Breaks.MORE, said.at, field.by, text[said.at.start : said.at.end], label)


def _told(text: str, at: Span, allowed: set[str]) -> str:
    """The value that an answer gives after a name for it: "Label: docs"."""
    name, colon, rest = text[at.start : at.end].partition(":")
    value = plain(rest)
    return value if colon and len(name.split()) < 3 and value in allowed else ""
