"""Checks a dynamic route of Cloudflare AI Gateway: its form, and that its graph starts, goes on and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint.evals.values import Value
from promptlint.route.check import shape, shared
from promptlint.route.check.shared import Cap, listed, mapping, say, text
from promptlint.route.notes import Note


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is of this product."""
    return "elements" in given


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with a route, or will not do what it says."""
    yield from shape.faults(value, "cloudflare")
    elements = listed(mapping(value).get("elements"))
    named = [(text(mapping(item).get("id")), item) for item in elements]
    yield from shared.twice(named, "element")
    places = {name: item for name, item in named if name}
    edges: dict[str, list[str]] = {}
    for name, item in named:
        edges[name] = []
        for output in mapping(mapping(item).get("outputs")).values():
            at = mapping(output).get("elementId")
            edges[name].append(text(at))
            if at is not None and text(at):
                yield from shared.dangling(at, text(at), places, "element")
        yield from _model(item)
    yield from _ends(value, places, edges)
    yield from shared.secrets(value)


def _model(item: Value) -> Iterator[Note]:
    properties = mapping(mapping(item).get("properties"))
    model, provider = text(properties.get("model")), text(properties.get("provider"))
    if model and provider:
        yield from shared.retired(properties["model"], f"{provider}/{model}")


def _ends(value: Value, places: Mapping[str, Value], edges: Mapping[str, list[str]]) -> Iterator[Note]:
    starts = [name for name, item in places.items() if text(mapping(item).get("type")) == "start"]
    if len(starts) != 1:
        yield say("RTE207", value, f"a route has one element of type start, this one {len(starts)}")
        return
    for circle in shared.circles(edges):
        yield say("RTE202", places[circle[0]], f"elements go in a circle: {' -> '.join(circle)}")
    reached, waiting = set(starts), [*starts]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    for name, item in places.items():
        if name not in reached and reached <= places.keys():  # else one is meant that nothing has
            yield say("RTE216", item, f"no element leads to {name!r}")
