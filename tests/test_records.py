"""Our dataclasses behave like those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from promptlint import records


class Plain:
    """A point."""

    x: int
    y: float = 2.0


class Rich:
    name: str
    parts: tuple[int, ...] = ()
    found: list[int] = dataclasses.field(default_factory=list)
    note: str = dataclasses.field(default="", repr=False, compare=False)
    size: int = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.parts))


class Empty:
    """Nothing."""


class Single:
    """One field."""

    value: object


def both(cls: type, **options: bool) -> tuple[Any, Any]:
    """The class made by the standard library and by us."""
    made = []
    for module in (dataclasses, records):
        copied = type(
            cls.__name__, (), {k: v for k, v in vars(cls).items() if k not in {"__dict__", "__weakref__"}}
        )
        made.append(module.dataclass(frozen=True, slots=True, **options)(copied))
    return made[0], made[1]


CASES: list[tuple[type, list[tuple[object, ...]]]] = [
    (Plain, [(1,), (1, 2.0), (1, 3.0), (2, 0.0)]),
    (Rich, [("a",), ("a", (1, 2)), ("a", (1, 2), [3]), ("a", (), [], "noted")]),
    (Empty, [(), ()]),
    (Single, [(1,), ((1,),), (float("nan"),)]),
]


@pytest.mark.parametrize(("cls", "rows"), CASES)
def test_values_compare_and_show_alike(cls: type, rows: list[tuple[object, ...]]) -> None:
    standard, ours = both(cls)
    theirs, mine = [standard(*row) for row in rows], [ours(*row) for row in rows]
    assert [repr(item) for item in mine] == [repr(item) for item in theirs]
    assert [[a == b for b in mine] for a in mine] == [[a == b for b in theirs] for a in theirs]
    assert all(item != row for item, row in zip(mine, rows, strict=True))
    for item in mine:
        assert copy.copy(item) == item
        assert dataclasses.replace(item) == item
    assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(standard)]
    assert ours.__match_args__ == standard.__match_args__
    assert ours.__slots__ == standard.__slots__


@pytest.mark.parametrize(("cls", "rows"), [CASES[0], CASES[3]])
def test_equal_ones_have_one_hash(cls: type, rows: list[tuple[object, ...]]) -> None:
    _, ours = both(cls)
    for row in rows:
        assert hash(ours(*row)) == hash(ours(*row))


def test_what_holds_a_list_has_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(both(Rich)[1]("a"))


def test_order_is_by_the_fields() -> None:
    _, ours = both(Plain, order=True)
    one, two = ours(1, 5.0), ours(2, 0.0)
    assert one < two
    assert one <= two
    assert two > one
    assert two >= one
    with pytest.raises(TypeError):
        one < (2, 0.0)  # noqa: B015  # the comparison is the test


def test_fields_cannot_be_changed() -> None:
    item = both(Rich)[1]("a")
    for name in ("name", "size"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(item, name, 1)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(item, name)


def test_wrong_arguments_are_refused() -> None:
    _, ours = both(Plain)
    for wrong in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            ours(*wrong)


def test_pickles() -> None:
    from promptlint.model import Edit, Span

    edit = Edit(Span(1, 2), "x")
    assert pickle.loads(pickle.dumps(edit)) == edit
