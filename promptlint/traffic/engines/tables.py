"""Results of queries in one form, whichever engine gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def plain(found: pa.Table) -> pa.Table:
    """The table with whole numbers, decimals without places among them, as int64, others as float64."""
    import pyarrow as pa

    def kind(type_: pa.DataType) -> pa.DataType:
        if pa.types.is_integer(type_) or (pa.types.is_decimal(type_) and type_.scale == 0):
            return pa.int64()
        if pa.types.is_decimal(type_) or pa.types.is_floating(type_):
            return pa.float64()
        if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
            return pa.string()
        return pa.timestamp("us") if pa.types.is_timestamp(type_) else type_

    return found.cast(pa.schema([(field.name, kind(field.type)) for field in found.schema]))
