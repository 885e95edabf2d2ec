"""Finds examples whose answers do not fit what is declared: a schema, a set of values, the tools."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from promptlint.breaches import Breach, Breaks, mentioned, schema_breaches, schema_for, shows
from promptlint.breaches.breach import plain
from promptlint.breaches.fields import Said, fields
from promptlint.declared import Basis, Declared, Schema, declared
from promptlint.model import Hit, Span
from promptlint.outline.masks import masked
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.shots import Shot, shots
from promptlint.syntax.loosenodes import Value
from promptlint.view import View

_CALLED = lazy(
    r"\b(?:calls?|calling|invokes?)[ \t]{1,3}(?:the )?`?([a-z]\w*_\w+)`?|\[([a-z]\w*_\w+)\]|"
    r"\"(?:tool|tool_name|function|action|name)\"[ \t]{0,3}:[ \t]{0,3}\"([a-z]\w*_\w+)\"|"
    r"^[ \t]{0,8}Action:[ \t]{0,3}([a-z]\w*_\w+)",
    re.MULTILINE,
)
_SHOWN = lazy(
    _CALLED.pattern + r"|(?:->|→|=>)[ \t]{0,3}([a-z]\w*_\w+)(?=[ \t]?[({])",
    re.MULTILINE,
)  # in examples a call may follow an arrow
_TOOLS_HEAD = lazy(
    r"^#{1,6}[ \t]+(?:available |your )?(?:tools|functions)[ \t:]*\n", re.IGNORECASE | re.MULTILINE
)
_TOOL_ITEM = lazy(r"[ \t]*[-*+][ \t]+[`*]{0,3}([a-z]\w*_\w+)\b")
_TOOL_NAMED = lazy(r"\b[Tt]ool `?([a-z]\w*_\w+)`?(?= [a-z])")
_LISTED = 4_000  # code points of a list of tools
_PARTS = lazy(r"\s*[,;|/]\s*|\s+(?:and|\+)\s+")


@dataclass(frozen=True, slots=True)
class Params:
    """When a schema in prose is taken to be that of the examples.

    Attributes:
        fits: least share of the examples' JSON that fits a layout or a list of keys in the prompt, 0 to 1.
    """

    fits: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each example that does not fit, at the first thing that is wrong."""
    every = shots(view)
    tools = _tools(view, every)
    if any(shows(shot) for shot in every):
        text = masked(view.prompt)
        found: dict[int, list[Breach]] = {}
        for number, breach in (*_unfit(every, declared(view), params), *_unlisted(view, every, text)):
            found.setdefault(number, []).append(breach)
        taken = []
        for number in sorted(found):
            yield _hit(found[number], _unshown(view, found[number]))
            taken.append(every[number].span)
        tools = [hit for hit in tools if not (isinstance(hit.at, Span) and touches(joined(taken), hit.at))]
    yield from tools


# --- schemas --------------------------------------------------------------------------------------


def _unfit(every: Sequence[Shot], wanted: Declared, params: Params) -> Iterator[tuple[int, Breach]]:
    """What does not fit a schema; one in words is not trusted if most examples do not fit it."""
    judged: dict[Schema, list[tuple[int, tuple[Breach, ...]]]] = {}
    odd: list[tuple[int, Shot, Schema]] = []
    fitting: set[tuple[Span, Schema]] = set()
    for number, shot in enumerate(every):
        if not shows(shot) or shot.literal is None:
            continue
        schema = schema_for(shot, wanted.schemas)
        if schema is None:
            continue
        if not _is_for(shot.literal.root, schema):
            odd.append((number, shot, schema))
            continue
        breaches = schema_breaches(shot, schema)
        judged.setdefault(schema, []).append((number, breaches))
        if not breaches:
            fitting.add((shot.group, schema))
    for number, shot, schema in odd:
        if (shot.group, schema) in fitting:  # one among others that fit
            judged[schema].append((number, schema_breaches(shot, schema)))
    for schema, results in judged.items():
        sound = sum(not breaches for _, breaches in results)
        firm = schema.basis in (Basis.CALL, Basis.JSON_SCHEMA)
        if len(results) > 1 and sound < params.fits * len(results) and not (firm and sound):
            continue
        yield from ((number, breach) for number, breaches in results for breach in breaches)


def _is_for(root: Value, schema: Schema) -> bool:
    """True if half of the keys of an answer, or of the schema, are in both."""
    known = {key.name for key in (schema.shape.item or schema.shape).keys}
    one = root.items[0] if root.items else root
    present = {entry.key for entry in one.entries}
    both = len(known & present)
    return both > 0 and both * 2 >= min(len(known), len(present))


# --- sets of values -------------------------------------------------------------------------------


def _unlisted(view: View, every: Sequence[Shot], text: str) -> Iterator[tuple[int, Breach]]:
    numbers = {shot: number for number, shot in enumerate(every)}
    for field in fields(view):
        if not field.choices or field.by is None:
            continue
        allowed = {plain(choice.text) for choice in field.choices}
        odd = [said for said in field.said if said.value and not _is_of(text, said, allowed)]
        if len(odd) * 2 > len(field.said):
            continue  # the list is about something else
        for said in odd:
            word = text[said.at.start : said.at.end].strip("\"'`* \n")
            if word and not (_is_quoted(word, text, every) if field.sure else mentioned(word, text, every)):
                names = ", ".join(choice.text for choice in field.choices[:8])
                yield numbers[said.shot], Breach(Breaks.LABEL, said.at, field.by, word, names)


def _is_of(text: str, said: Said, allowed: set[str]) -> bool:
    """True for a value of a set, several of them, and one with words after it (which is another fault)."""
    if said.value in allowed or any(
        said.value.startswith(one + " ") for one in allowed if one and one[0].isalpha()
    ):
        return True
    if plain(text[said.at.start : said.at.end].partition(":")[2]) in allowed:
        return True
    parts = _PARTS.split(text[said.at.start : said.at.end].strip("\"'"))
    return len(parts) > 1 and all(plain(part) in allowed for part in parts)


def _is_quoted(word: str, text: str, every: Sequence[Shot]) -> bool:
    """True if a prompt names a value in quotation marks outside its examples: "else "ignore"."""
    return any(mentioned(f"{mark}{word}{mark}", text, every) for mark in ('"', "'", "`"))


# --- tools ----------------------------------------------------------------------------------------


def _tools(view: View, every: Sequence[Shot]) -> list[Hit]:
    """Calls of tools that there are not, written like calls of those that there are.

    The tools are those of the call, or else those that a list in the prompt names; then only calls inside
    examples count.
    """
    if "_" not in view.text:
        return []
    known: dict[str, Span | None] = {}
    if view.prompt.call.get("tools.schema") is not None:
        known = {tool.name: None for tool in declared(view).tools}
    ground: tuple[Span, ...] = ()
    if not known and every:
        known, ground = {**_listed(view.text)}, joined(shot.group for shot in every)
    if not known:
        return []
    pattern = _CALLED if not ground else _SHOWN
    named: list[tuple[str, Span]] = []
    for match in pattern.finditer(view.text):
        group = next(number for number in range(1, len(match.groups()) + 1) if match[number])
        if not ground or touches(ground, Span(*match.span(group))):
            named.append((match[group], Span(*match.span(group))))
    if not any(name in known for name, _ in named) and not _is_key(named, view.text):
        return []
    counts = Counter(name for name, _ in named)
    places = tuple(at for at in known.values() if at is not None)[:1]
    return [
        Hit(
            at,
            f"an example calls {name}, which is no tool of this {'prompt' if ground else 'call'}",
            related=places,
        )
        for name, at in named
        if name not in known and counts[name] == view.text.count(name)
    ]


def _listed(text: str) -> dict[str, Span]:
    """The tools that a prompt lists under a heading, or introduces as "tool x"; none if it lists one."""
    found = {match[1]: Span(*match.span(1)) for match in _TOOL_NAMED.finditer(text)}
    for head in _TOOLS_HEAD.finditer(text):
        at = head.end()
        while at < min(len(text), head.end() + _LISTED):
            stop = text.find("\n", at) + 1 or len(text)
            item = _TOOL_ITEM.match(text, at, stop)
            if item is not None:
                found.setdefault(item[1], Span(*item.span(1)))
            elif text[at] not in " \t\n":
                break
            at = stop
    return found if len(found) > 1 else {}


def _is_key(named: Sequence[tuple[str, Span]], text: str) -> bool:
    """True if what is called stands under a key for tools: nothing else can be meant."""
    return bool(named) and all('"tool' in text[max(0, at.start - 20) : at.start] for _, at in named)


# --- what is said ---------------------------------------------------------------------------------


def _unshown(view: View, breaches: Sequence[Breach]) -> list[Span]:
    """The values of a set that no example shows: one of them may be what is meant."""
    sets = [breach.by for breach in breaches if breach.kind is Breaks.LABEL]
    for field in fields(view):
        if field.by in sets and isinstance(field.by, Span):
            shown = {said.value for said in field.said} - {plain(field.choices[0].text)}
            return [choice.span for choice in field.choices if plain(choice.text) not in shown][:3]
    return []


def _hit(breaches: Sequence[Breach], others: Sequence[Span]) -> Hit:
    breaches = sorted(breaches, key=lambda breach: (breach.kind is Breaks.MISSING_KEY, breach.at))
    first = breaches[0]
    more = f" (and {len(breaches) - 1} more)" if len(breaches) > 1 else ""
    related = dict.fromkeys([*(one.by for one in breaches if isinstance(one.by, Span)), *others])
    return Hit(first.at, _message(first) + more, related=tuple(related))


def _message(breach: Breach) -> str:
    found, wanted = breach.found[:60], breach.wanted[:80]
    return {
        Breaks.MISSING_KEY: f'this example lacks the key "{wanted}", which is declared',
        Breaks.EXTRA_KEY: f'this example has the key "{found}", which is not declared',
        Breaks.TYPE: f"this example has a value of type {found}, declared is {wanted}",
        Breaks.VALUE: f'this example answers "{found}", declared are: {wanted}',
        Breaks.RANGE: f"this example answers {found}, declared is {wanted}",
        Breaks.LABEL: f'this example answers "{found}", declared are: {wanted}',
    }.get(breach.kind, f"this example does not fit what is declared: {found}")
