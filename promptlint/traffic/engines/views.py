"""The SQL that makes `calls` of `rows`: what is no call, and what was delivered again, is left out."""

from __future__ import annotations

from promptlint.traffic.table import NAMES

DELIVERIES = """
SELECT delivery, count(*) AS copies FROM rows WHERE fault IS NULL GROUP BY delivery HAVING count(*) > 1
"""

_COLUMNS = ", ".join(NAMES)

CALLS = f"""
SELECT {_COLUMNS} FROM rows
WHERE fault IS NULL AND delivery NOT IN (SELECT delivery FROM deliveries)
UNION ALL
SELECT {_COLUMNS} FROM (
    SELECT *, row_number() OVER (PARTITION BY delivery ORDER BY file, "row") AS copy FROM rows
    WHERE fault IS NULL AND delivery IN (SELECT delivery FROM deliveries)
) AS again WHERE copy = 1
"""  # noqa: S608  # names of columns

CALLS_ONCE = f"SELECT {_COLUMNS} FROM rows WHERE fault IS NULL"  # noqa: S608
"""The same if nothing was delivered again."""
