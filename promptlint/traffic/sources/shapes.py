"""Reads records of one shape (the same keys, values of the same types) at once, by the table of their format.

What the table does to one row its setters are known to do to many (`whole.Whole`). A shape is found key by
key: where the types of values, or the keys of objects, differ, the records part. Those whose values ask for
more than that are left to the format's own `read`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from promptlint.records import dataclass
from promptlint.traffic.sources.whole import WHOLE, Fields, Setter, Settle, Values, Whole

Columns = dict[str, list[Any]]
"""Values of many rows by their names; as many in each list. None: a row has none. Values are of any type."""

FEW = 4
"""Records of one shape below which reading them at once does not pay."""

DEEPEST = 8
"""Objects in objects that are read at once; the deepest of a maker's log are four."""

MOST_PARTED = 200
"""Times that records with the same keys may part: each takes the time of reading them all."""

_NONE = type(None)


@dataclass(slots=True)
class _Level:
    """Objects with the same keys: the table's keys among them, and how many of these are read."""

    objects: list[dict[str, Any]]
    keys: tuple[str, ...]
    fields: Fields
    after: Settle | None
    read: int = 0

    def picked(self, numbers: Sequence[int]) -> _Level:
        """The same of some objects."""
        objects = [self.objects[number] for number in numbers]
        return _Level(objects, self.keys, self.fields, self.after, self.read)


class _Shape:
    """Records that agree in all that was read: where they stand, what they said, and what is left to read."""

    def __init__(self, places: list[int], columns: Columns, levels: list[_Level]) -> None:
        self.places, self.columns, self.levels = places, columns, levels
        self.odd = False

    def parts(self) -> list[_Shape]:
        """Read on, to the end if nothing is given; else what the records part into. `odd`: nothing fits."""
        while self.levels and not self.odd:
            level = self.levels[-1]
            if level.read == len(level.keys):
                self.levels.pop()
                self.odd = level.after is not None and not level.after(self.columns, tuple(level.objects[0]))
                continue
            key = level.keys[level.read]
            labels = self._take(level.fields[key], list(map(itemgetter(key), level.objects)), level)
            if labels is not None:
                return self._parted(labels)
        return []

    def _take(self, setter: Setter, values: Values, level: _Level) -> Sequence[object] | None:
        """Set what the values of a key say; if they differ in kind, by what."""
        whole, kinds = WHOLE.get(setter), list(map(type, values))
        if len(set(kinds)) > 1:
            return kinds
        if whole is not None and whole.first is not None and kinds[0] is list and all(values):
            return self._take(whole.first, [value[0] for value in values], level)
        level.read += 1
        if kinds[0] is _NONE:
            return None
        if whole is None:
            self.odd = True
        elif whole.inside is not None and kinds[0] is dict:
            return self._enter(whole.inside, whole, values, level)
        else:
            return self._set(whole, values, level)
        return None

    def _enter(self, fields: Fields, whole: Whole, values: Values, level: _Level) -> Sequence[object] | None:
        keys = list(map(tuple, values))
        if len(set(keys)) > 1:
            level.read -= 1
            return keys
        self.levels.append(_level(values, keys[0], fields, whole.after))
        self.odd = len(self.levels) > DEEPEST
        return None

    def _set(self, whole: Whole, values: Values, level: _Level) -> Sequence[object] | None:
        kind = type(values[0])
        usual = whole.usual or _nothing
        found = usual(kind, values)
        if found is not None:
            self.columns.setdefault(whole.name, found)
            return None
        odd = [usual(kind, [value]) is None for value in values]
        self.odd = all(odd)
        level.read -= 1
        return None if self.odd else odd

    def _parted(self, labels: Sequence[object]) -> list[_Shape]:
        found: dict[object, list[int]] = {}
        for number, label in enumerate(labels):
            found.setdefault(label, []).append(number)
        return [self._picked(numbers) for numbers in found.values()]

    def _picked(self, numbers: list[int]) -> _Shape:
        columns = {name: [values[number] for number in numbers] for name, values in self.columns.items()}
        levels = [level.picked(numbers) for level in self.levels]
        return _Shape([self.places[number] for number in numbers], columns, levels)


def _nothing(kind: type, values: Values) -> None:
    return None


def column(columns: Columns, name: str, count: int) -> list[Any]:
    """A column of `count` rows; of one that no row has, as many None."""
    return columns.get(name) or [None] * count


def read(
    records: Sequence[dict[str, Any]],
    fields: Fields,
    after: Settle | None,
) -> Iterator[tuple[list[int], Columns | None]]:
    """What records with the same keys say: numbers of records, and the values of their rows.

    Each number is given once. None: these are to be read one by one.

    Args:
        records: of one format, with the same keys in the same order.
        fields: the table of their keys.
        after: as in `whole.Whole`, for the records themselves.
    """
    first = _level(list(records), tuple(records[0]), fields, after)
    waiting, parted = [_Shape(list(range(len(records))), {}, [first])], 0
    while waiting:
        shape = waiting.pop()
        is_read = len(shape.places) >= FEW and parted < MOST_PARTED
        parts = shape.parts() if is_read else []
        parted += bool(parts)
        waiting += parts
        if not parts:
            is_read = not shape.odd and not shape.levels
            yield shape.places, shape.columns if is_read else None


def _level(
    objects: list[dict[str, Any]],
    keys: tuple[str, ...],
    fields: Fields,
    after: Settle | None,
) -> _Level:
    return _Level(objects, tuple([key for key in keys if key in fields]), fields, after)
