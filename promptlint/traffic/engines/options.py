"""What an engine offers, and how it is to run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from promptlint.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from promptlint.traffic.reading.tasks import Task

Name = Literal["duckdb", "spark"]


class Engine(Protocol):
    """Tables of one run's logs, and SQL over them.

    Tables: `rows` (all, by `table.schema`), `calls` (the rows that are calls, each delivered once) and
    `deliveries` (delivery, copies: of those that came more than once). SQL is what DuckDB and Spark both
    speak: sums of integers, `percentile_cont(x) WITHIN GROUP (ORDER BY y)`, `date_trunc`, windows.
    `plan` is what was read.
    """

    name: Name
    plan: Sequence[Task]

    def query(self, sql: str) -> pa.Table:
        """The result of a query; whole numbers are int64 in both engines."""
        ...

    def put(self, name: str, data: pa.Table) -> None:
        """Make a small table of Arrow known to queries under a name."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Store the result of a query as a table that later ones read under a name."""
        ...

    def parquet(self, path: Path, columns: Sequence[str]) -> None:
        """Write columns of `calls` as one Parquet file."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How an engine runs.

    Args:
        engine: which.
        master: of Spark, as `local[2]` or `spark://host:7077`.
        jobs: processes that read; 0: as many as there are processors.
        scratch: where intermediate tables go; None: the system's folder for temporary files.
    """

    engine: Name = "duckdb"
    master: str = "local[*]"
    jobs: int = 0
    scratch: Path | None = None
