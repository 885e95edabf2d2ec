"""Records of one shape that are read at once give the rows that they give one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.traffic.settings import Settings
from promptlint.traffic.sources import chat as source
from promptlint.traffic.sources import shapes
from promptlint.traffic.sources.fields import unpacked
from promptlint.traffic.sources.whole import WHOLE
from tests.traffic.reading import chat, rows

_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**54),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(
        ["", "12", "ok", "failed", "[1]", '{"a": 1}', "2026-08-03T10:00:00Z", "batch", "bob@example.com"]
    ),
    st.lists(st.sampled_from(["a", 1, None, {"text": "b"}]), max_size=2),
)
_TABLES = (source.METADATA, source.REQUEST, source.RESPONSE, source.table(["request"]))
_KEYS = sorted(
    {key for table in _TABLES for key in table} | {"role", "content", "custom_id", "prompt_tokens"}
)
_OBJECTS = st.recursive(
    st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4),
    lambda inner: st.dictionaries(
        st.sampled_from(_KEYS), _VALUES | inner | st.lists(inner, max_size=2), max_size=5
    ),
    max_leaves=8,
)


@st.composite
def _logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records of a few shapes, each several times with other values here and there."""
    found = []
    for base in draw(st.lists(_OBJECTS, min_size=1, max_size=3)):
        record = chat(len(found)) | base if draw(st.booleans()) else base
        for number in range(draw(st.integers(1, 7))):
            other = dict(record)
            for key in draw(st.lists(st.sampled_from(sorted(record) or ["id"]), max_size=2)):
                other[key] = draw(_VALUES)
            found.append(other | {"request_id": f"{number}"} if draw(st.booleans()) else other)
    return draw(st.permutations(found))


@given(_logs(), st.sampled_from(["hash", "none", "keep"]))
def test_at_once_or_one_by_one(log: list[dict[str, Any]], texts: Any) -> None:
    settings = Settings(b"of the tests", 1_800_000_000.0, texts=texts)
    together = rows(*log, settings=settings)
    for row in together:
        del row["row"]
    alone = [row for record in log for row in rows(record, settings=settings)]  # too few to be read at once
    for row in alone:
        del row["row"]
    shown = {"system"} if texts == "hash" else set()  # of one call a batch
    assert [_without(row, shown) for row in together] == [_without(row, shown) for row in alone]


def _without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"error": None, "metadata": {"prompt_id": "a", "attempt": 1}, "cost": 0.25},
        {"response": {"id": "r", "content": [{"type": "text", "text": "a"}], "usage": {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 7}}},
        {"custom_id": "c", "end_time": "2026-10-03T10:00:00Z"},
        {"prompt": "Say more", "response": "more", "usage": {"input_tokens": 3, "output_tokens": 4}},
    ],
)  # fmt: skip
def test_usual_logs_are_read_at_once(change: dict[str, Any]) -> None:
    log = [json.loads(json.dumps(chat(number, **change))) for number in range(8)]
    ((numbers, columns),) = shapes.read(log, source.table(log[0]), source.settle)
    assert numbers == list(range(8))
    assert columns is not None
    for number, record in enumerate(log):
        (row,) = source.read(record)
        row["answer_text"] = unpacked(row["answer_text"])
        assert {name: values[number] for name, values in columns.items()} == row


def test_odd_values_part_from_the_rest() -> None:
    log = [chat(number, latency_ms=-1 if number == 5 else 900) for number in range(9)]
    log[7]["response"]["usage"]["prompt_tokens"] = "1000"
    found = list(shapes.read(log, source.table(log[0]), source.settle))
    assert sorted((sorted(numbers), columns is None) for numbers, columns in found) == [
        ([0, 1, 2, 3, 4, 6, 8], False),
        ([5], True),
        ([7], True),
    ]


def test_setters_that_are_known_set_what_they_say() -> None:
    for setter, whole in WHOLE.items():
        for values in ([1, 2], ["a", "batch"], [1.5, 0.5], [True, False]):
            found = whole.usual and whole.usual(type(values[0]), values)
            for value, usual in zip(values, found or (), strict=False):
                row: dict[str, Any] = {}
                setter(row, value)
                assert row == {whole.name: usual}, (whole, value)


def test_what_is_deep_or_parts_too_often_is_left() -> None:
    deep: dict[str, Any] = {"a": 1}
    for _ in range(30):
        deep = {"input": deep}
    log = [chat(number, request=deep) for number in range(6)]
    assert list(shapes.read(log, source.table(log[0]), source.settle)) == [(list(range(6)), None)]
    many = [chat(number, metadata={f"key{number // 5}": 1}) for number in range(shapes.MOST_PARTED * 20)]
    found = list(shapes.read(many, source.table(many[0]), source.settle))
    assert sorted(number for numbers, _ in found for number in numbers) == list(range(len(many)))
