"""Assertions on the tools that an answer calls: which, with what arguments, and F1 of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.evals.assertions.kind import Kind, graded, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score, ToolCall
from promptlint.evals.numbers import same, strict_json


def calls_of(answer: Answer) -> tuple[ToolCall, ...]:
    """The calls of an answer; if it has none and its text is JSON, those that the JSON spells.

    The shapes of OpenAI (`tool_calls`, `function_call`), Anthropic (`tool_use`) and Google (`functionCall`)
    are known: recorded answers have them.
    """
    if answer.calls:
        return answer.calls
    try:
        return tuple(_spelt(strict_json(answer.text)))
    except ValueError:
        return ()


def _spelt(value: object) -> Iterator[ToolCall]:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping):
                yield from _one(item)
    elif isinstance(value, Mapping):
        nested = value.get("toolCall")
        inner = nested.get("functionCalls") if isinstance(nested, Mapping) else value.get("tool_calls")
        if isinstance(inner, list):
            yield from _spelt(inner)
        elif value.get("type") in ("tool_use", "function_call") or "functionCall" in value:
            yield from _one(value)


def _one(value: Mapping[object, object]) -> Iterator[ToolCall]:
    inner = next(
        (value[key] for key in ("function", "functionCall") if isinstance(value.get(key), Mapping)), value
    )
    if isinstance(inner, Mapping) and isinstance(inner.get("name"), str):
        given: object = next((inner[key] for key in ("arguments", "args", "input") if key in inner), {})
        yield ToolCall(str(inner["name"]), arguments(given))


def arguments(given: object) -> object:
    """The arguments of a call as a value of JSON; a text that spells none stays a text."""
    if not isinstance(given, str):
        return given
    try:
        return strict_json(given)
    except ValueError:
        return given


def _f1(assertion: Assertion, answer: Answer) -> Score:
    wanted, given = set(_names(assertion.value)), {call.name for call in calls_of(answer)}
    value = 2 * len(wanted & given) / (len(wanted) + len(given))
    called = ", ".join(sorted(given)) or "no tool"
    return graded(value, assertion, 1.0, f"F1 of the tools' names (called: {called[:200]})")


def _names(value: object) -> list[str]:
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for item in listed if (name := str(item).strip())]


def _named(assertion: Assertion) -> str:
    listed = assertion.value if isinstance(assertion.value, list) else []
    texts = isinstance(assertion.value, str) or all(isinstance(item, str) for item in listed)
    return "" if texts and _names(assertion.value) else "expected names of tools as `value`"


def _tool_call(assertion: Assertion, answer: Answer) -> Score:
    given = calls_of(answer)
    if assertion.value is None:
        return verdict(bool(given), f"the answer calls {quoted(', '.join(call.name for call in given))}")
    wanted = _expected(assertion.value)
    subset = assertion.config.get("arguments") == "subset"
    fits = [[_fits(want, call, subset) for call in given] for want in wanted]
    ordered = assertion.config.get("order") is True
    matched = _in_order(fits) if ordered else _matched(fits)
    what = f"F1 of the calls ({matched} of {len(wanted)} as wanted, {len(given)} made)"
    return graded(2 * matched / (len(wanted) + len(given)), assertion, 1.0, what)


def _expected(value: object) -> list[Mapping[str, object]]:
    listed = value if isinstance(value, list) else [value]
    return [item if isinstance(item, Mapping) else {"name": item} for item in listed]


def _fits(wanted: Mapping[str, object], call: ToolCall, subset: bool) -> bool:
    if wanted["name"] != call.name:
        return False
    if "arguments" not in wanted:
        return True
    asked, given = wanted["arguments"], call.arguments
    if subset and isinstance(asked, Mapping) and isinstance(given, Mapping):
        return all(key in given and same(value, given[key]) for key, value in asked.items())
    return same(asked, given)


def _matched(fits: Sequence[Sequence[bool]]) -> int:
    """The most pairs of wanted and made calls that fit: a maximum matching by augmenting paths."""
    taken: dict[int, int] = {}

    def place(want: int, seen: set[int]) -> bool:
        for call, fit in enumerate(fits[want]):
            if fit and call not in seen:
                seen.add(call)
                if call not in taken or place(taken[call], seen):
                    taken[call] = want
                    return True
        return False

    return sum(place(want, set()) for want in range(len(fits)))


def _in_order(fits: Sequence[Sequence[bool]]) -> int:
    """The same without crossing pairs: a longest common subsequence."""
    row = [0] * (len(fits[0]) + 1)
    for line in fits:
        before, row = row, [0]
        for call, fit in enumerate(line):
            row.append(before[call] + 1 if fit else max(before[call + 1], row[call]))
    return row[-1]


def _call(assertion: Assertion) -> str:
    if assertion.config.get("arguments", "exact") not in ("exact", "subset"):
        return "`config.arguments`: expected exact or subset"
    if not isinstance(assertion.config.get("order", False), bool):
        return "`config.order`: expected true or false"
    if assertion.value is None:
        return ""
    listed = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    if not listed or len(listed) > 50:
        return "expected 1 to 50 calls as `value`"
    return (
        ""
        if all(map(_is_call, listed))
        else "expected `{name: ..., arguments: {...}}`, or a list, as `value`"
    )


def _is_call(value: object) -> bool:
    if isinstance(value, str):
        return bool(value)
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("name"), str)
        and value.keys() <= {"name", "arguments"}
    )


KINDS = {
    "tool-call": Kind(_tool_call, _call, config=("arguments", "order")),
    "tool-call-f1": Kind(_f1, _named),
}
