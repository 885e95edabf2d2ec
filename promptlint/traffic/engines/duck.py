"""The embedded engine: reading processes write Parquet, DuckDB queries it; both in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.errors import UsageError
from promptlint.traffic.engines import pool, views
from promptlint.traffic.engines.options import Name, Options
from promptlint.traffic.engines.tables import plain
from promptlint.traffic.reading.tasks import Task
from promptlint.traffic.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY = "600MB"
"""What DuckDB takes before it spills to disk."""


class Duck:
    """Queries over the Parquet files of a run."""

    name: Name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Sequence[Task], folder: Path) -> None:
        self._connection = connection
        self.plan = plan
        self._kept = folder / "kept"

    def query(self, sql: str) -> pa.Table:
        """The result of a query; whole numbers are int64."""
        return plain(self._connection.sql(sql).to_arrow_table())

    def put(self, name: str, data: pa.Table) -> None:
        """Make a table of Arrow known to queries under a name."""
        self._connection.register("given", data)
        self._connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM given')  # noqa: S608  # ours
        self._connection.unregister("given")

    def keep(self, name: str, sql: str) -> None:
        """Store the result of a query, as Parquet in the run's folder: memory is for queries alone."""
        self._kept.mkdir(exist_ok=True)
        file = _text(self._kept / f"{name}.parquet")
        self._connection.execute(f"COPY ({sql}) TO {file} (FORMAT parquet, COMPRESSION lz4)")
        self._connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet({file})')  # noqa: S608  # ours

    def parquet(self, path: Path, columns: Sequence[str]) -> None:
        """Write columns of `calls` as one Parquet file, batch by batch."""
        from pyarrow import parquet

        names = ", ".join(f'"{name}"' for name in columns)
        query = f'SELECT {names} FROM calls ORDER BY file, "row"'  # noqa: S608  # names of columns
        reader = self._connection.sql(query).to_arrow_reader(65_536)
        with parquet.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)


@contextmanager
def opened(plan: Sequence[Task], settings: Settings, options: Options) -> Iterator[Duck]:
    """DuckDB with `rows`, `deliveries` and `calls` of a plan.

    Raises:
        UsageError: DuckDB or pyarrow is not installed, or a file cannot be read.
    """
    try:
        import duckdb
        import pyarrow as pa  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "reading logs needs an extra: pip install 'promptlint-toolchain[traffic]'"
        ) from error
    with tempfile.TemporaryDirectory(prefix="promptlint-", dir=options.scratch) as name:
        folder = Path(name)
        pool.scanned(plan, settings, folder, options.jobs)
        connection = duckdb.connect(":memory:", config=_config(folder))
        try:
            _confine(connection, folder)
            _views(connection, folder)
            yield Duck(connection, plan, folder)
        finally:
            connection.close()


def _config(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    """Little memory, spilling to the run's own folder, nothing from the network."""
    return {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def _confine(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Let queries reach the run's own files alone."""
    connection.execute(f"SET allowed_directories = [{_text(folder)}]")
    connection.execute("SET enable_external_access = false")


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _views(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    parts = _text(folder / "*.parquet")
    connection.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet({parts})")  # noqa: S608  # ours
    connection.execute(f"CREATE TABLE deliveries AS {views.DELIVERIES}")
    again = connection.execute("SELECT count(*) FROM deliveries").fetchone()
    connection.execute(f"CREATE VIEW calls AS {views.CALLS if again and again[0] else views.CALLS_ONCE}")
