"""What a setter of a format's table does to one row, and what of that is known of many rows at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from promptlint.records import dataclass

Row = dict[str, Any]
"""Values by the names of columns, and what `scan` turns into some: see `OTHER`. Values are of any type."""

Setter = Callable[[Row, Any], None]
Fields = Mapping[str, Setter]
Values = list[Any]
"""Of one type and of as many rows: those of a key in records of the same shape."""
Settle = Callable[[dict[str, Values], Collection[str]], bool]
"""What is left to do for many rows, by their columns, when these keys of theirs are read; False: they are to
be read one by one."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a setter does with the values of many rows at once; see `sources.shapes`.

    Attributes:
        name: the value of a row that it sets; "": it only goes on with `inside`.
        usual: the values as the setter would set them, from their type and themselves; None: one of them is
            none that it would set without more ado, or has to be looked at by itself.
        inside: the table by which it goes on with the keys of objects.
        first: it goes on with the first entry of lists.
        after: what follows the table of `inside`.
    """

    name: str = ""
    usual: Callable[[type, Values], Values | None] | None = None
    inside: Fields | None = None
    first: Setter | None = None
    after: Settle | None = None


WHOLE: dict[Setter, Whole] = {}
"""The setters of which this is known."""


def known(setter: Setter, whole: Whole) -> Setter:
    """The setter, which is known as a whole from now on."""
    WHOLE[setter] = whole
    return setter
