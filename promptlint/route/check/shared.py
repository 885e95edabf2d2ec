"""What the checks of all products share: values that may have any shape, names, circles, models compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from difflib import get_close_matches

from promptlint.evals.values import Value
from promptlint.records import dataclass
from promptlint.route.abilities import Ability, ability
from promptlint.route.notes import Note, Severity, note
from promptlint.syntax import nodes

SECRET = re.compile(
    r"\b(?:sk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|gsk_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}"
    r"|AIza[0-9A-Za-z_-]{30,}|xai-[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|ghp_[A-Za-z0-9]{30,})\b"
)
"""Texts that look like a key."""
_ELSEWHERE = re.compile(r"^os\.environ/|^\$|^\{\{|^<|^\*+$")
"""Texts that say where a secret is, or that one belongs there."""
_MIXED = (20, 200)
"""Hundreds of input tokens, and output tokens, by which models' prices are compared."""
_CLOSE = 0.8


@dataclass(frozen=True, slots=True)
class Cap:
    """What a configuration must keep to: calls of one request at most, and whose answers are not kept.

    `uncacheable` is why, by the name that gateways know a prompt by (see `slugs`).
    """

    calls: int = 20
    uncacheable: Mapping[str, str] = field(default_factory=dict)


def say(code: str, value: Value, message: str, severity: Severity | None = None) -> Note:
    """A note about a value; its key is named."""
    where = f"`{value.key}`: " if value.key else ""
    found = note(code, where + message, path=value.origin.path, line=value.line)
    return replace(found, severity=severity) if severity else found


def mapping(value: Value | None) -> dict[str, Value]:
    """The entries of a mapping; none for anything else."""
    return value.entries() if value is not None and isinstance(value.node, nodes.Mapping) else {}


def listed(value: Value | None) -> list[Value]:
    """The items of a list; none for anything else."""
    return value.items() if value is not None and isinstance(value.node, nodes.Sequence) else []


def text(value: Value | None) -> str:
    """A text; empty for anything else."""
    found = value.scalar() if value is not None else None
    return found if isinstance(found, str) else ""


def amount(value: Value | None) -> float | None:
    """A number; None for anything else."""
    found = value.scalar() if value is not None else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def near(name: str, known: Collection[str], least: float = 0.6) -> str:
    """The end of a message: what was meant, if something is near."""
    close = get_close_matches(name, sorted(known), 1, least)
    return f"; did you mean `{close[0]}`?" if close else ""


def misspelt(value: Value | None, known: Collection[str]) -> Iterator[Note]:
    """Keys that are not known and near to one that is; others may be of a newer product."""
    for name, item in mapping(value).items():
        hint = near(name, known, _CLOSE)
        if name not in known and hint:
            at = item.origin.line(item.name.span.start) if item.name else item.line
            yield replace(say("RTE211", item, f"unknown key{hint}"), line=at)


def dangling(value: Value, name: str, known: Collection[str], what: str) -> Iterator[Note]:
    """The note of a name that nothing has."""
    if name not in known:
        yield say("RTE201", value, f"no {what} is called {name!r}{near(name, known)}")


def twice(named: Iterable[tuple[str, Value]], what: str) -> Iterator[Note]:
    """The notes of names that are there again."""
    seen: set[str] = set()
    for name, value in named:
        if name and name in seen:
            yield say("RTE217", value, f"{what} {name!r} is there twice")
        seen.add(name)


def circles(edges: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle once, as the names along it, the first again at the end."""
    done: set[str] = set()
    for start in edges:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = (
            [(start, iter(edges.get(start, ())))] if start not in done else []
        )
        if stack:
            path, on_path = [start], {start}
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                done.add(stack.pop()[0])
                on_path.discard(path.pop())
            elif following in on_path:
                yield (*path[path.index(following) :], following)
            elif following not in done:
                path.append(following)
                on_path.add(following)
                stack.append((following, iter(edges.get(following, ()))))


def known(model: str) -> Ability:
    """What is known of a model without a policy."""
    return ability(model, {})


def price(model: str) -> float | None:
    """A price by which models are compared: US dollars for 1,000 calls of 2,000 and 200 tokens."""
    return known(model).usd_per_1000(_MIXED[0] * 100, _MIXED[1])


def weaker(value: Value, before: str, after: str, cascade: bool, structured: bool) -> Iterator[Note]:
    """What speaks against asking one model after another.

    Args:
        value: where the second is named.
        before: the model that is asked first.
        after: the one that is asked then.
        cascade: because an answer was not good enough; else after an error, where a cheaper one may do.
        structured: whether the request asks for a form.
    """
    first, then = known(before), known(after)
    dear, cheap = price(before), price(after)
    if dear is not None and cheap is not None and cheap < dear:
        severity: Severity = "warning" if cascade else "info"
        yield say("RTE203", value, f"{after} is cheaper than {before}, which is asked before it", severity)
    if first.context and then.context and then.context < first.context:
        severity = "warning" if cascade else "info"
        message = f"{after} takes {then.context:,} tokens, {before} {first.context:,}"
        yield say("RTE204", value, message, severity)
    if structured and then.structured is False and first.structured is not False:
        yield say("RTE205", value, f"{after} cannot be held to a schema, {before} can")


def retired(value: Value, model: str) -> Iterator[Note]:
    """The note of a model that was switched off."""
    day = known(model).retired
    if day is not None:
        yield say("RTE209", value, f"{model} was switched off on {day}")


def secrets(value: Value, named: Collection[str] = ()) -> Iterator[Note]:
    """The notes of keys in the file, by their looks and by the names of their places; none is shown.

    Args:
        value: where they may be.
        named: the places where any text is a secret, unless it says where else the secret is.
    """
    if isinstance(value.node, nodes.Mapping):
        for name, item in value.entries().items():
            yield from secrets(item, named)
            found = text(item)
            if name in named and found and not _ELSEWHERE.search(found) and not SECRET.search(found):
                yield say(
                    "RTE213", item, "a secret in the file: take it from the environment, and replace it"
                )
    elif isinstance(value.node, nodes.Sequence):
        for item in value.items():
            yield from secrets(item, named)
    elif SECRET.search(text(value)):
        yield say("RTE213", value, "looks like a key: take it from the environment, and replace it")


def too_many(value: Value, models: int, retries: float, cap: Cap) -> Iterator[Note]:
    """The note of a request that may become more calls than the cap."""
    calls = models * (int(retries) + 1)
    if calls > cap.calls:
        yield say("RTE210", value, f"one request may become {calls} calls; the cap is {cap.calls}")


def share(value: Value | None) -> Iterator[Note]:
    """The note of a number that is no share."""
    found = amount(value)
    if value is not None and (found is None or not 0 <= found <= 1):
        yield say("RTE219", value, "expected a number from 0 to 1")
