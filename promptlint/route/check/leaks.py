"""Looks for keys in what a plan would write into files; what is told names the place, never the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint.records import dataclass
from promptlint.route.check.shared import SECRET
from promptlint.route.compiled import Plan, Route
from promptlint.route.notes import Note, note

_HINT = "looks like a key: take it out, and replace it"


@dataclass(frozen=True, slots=True)
class _Said:
    """A text of a plan, and where it comes from."""

    text: str
    where: str
    prompt: str = ""
    path: str = ""


def leaks(plan: Plan, texts: Sequence[tuple[str, str]]) -> tuple[Note, ...]:
    """The notes of keys, by the same shapes as those of `route check` (RTE213).

    Args:
        plan: what the files are made from.
        texts: of the files, as (name, text).
    """
    said = list(_said(plan))
    found: list[Note] = []
    if SECRET.search("\n".join(item.text for item in said)):  # one search, as a plan has thousands of texts
        found = [
            note("RTE213", f"{item.where} {_HINT}", masked(item.prompt), masked(item.path))
            for item in said
            if SECRET.search(item.text)
        ]
    if not found:
        found = [note("RTE213", f"line {line} of {name} {_HINT}") for name, line in _lines(texts)]
    return tuple(dict.fromkeys(found))


def masked(text: str) -> str:
    """The text without keys."""
    return SECRET.sub("(a key)", text)


def clean(item: Note) -> Note:
    """A note without keys."""
    return replace(item, message=masked(item.message), prompt=masked(item.prompt), path=masked(item.path))


def _lines(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    for name, text in texts:
        if match := SECRET.search(text):
            yield name, text.count("\n", 0, match.start()) + 1


def _said(plan: Plan) -> Iterator[_Said]:
    policy = plan.policy
    yield _Said(plan.embedding, "`cache.embedding` of the policy", path=policy)
    for tier in plan.tiers:
        yield _Said(f"{tier.tier}\n{tier.model}", "a tier of the policy", path=policy)
    for item in plan.validators:
        text = "\n".join((item.name, item.schema.replace("\\n", "\n"), item.pattern, *item.labels))
        yield _Said(text, "a validator of the policy", path=policy)
    for route in plan.routes:
        yield from _of_route(route)
    for each in plan.notes:
        yield _Said(each.message, "a note of the plan", each.prompt, each.path)


def _of_route(route: Route) -> Iterator[_Said]:
    for index, message in enumerate(route.messages, 1):
        yield _Said(message.text, f"the text of message {index}", route.prompt, route.path)
    named = {
        "the id": route.prompt,
        "the path": route.path,
        "the owner": route.owner,
        "the task": route.task,
        "the suite of an eval": "\n".join(row.suite for row in route.evaluated),
        "the name of a model": "\n".join(step.model for step in route.steps),
        "the reason why answers are not kept": "\n".join(route.uncacheable),
    }
    for where, text in named.items():
        yield _Said(text, where, route.prompt, route.path)
