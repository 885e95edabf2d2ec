"""The engine for logs that outgrow one machine: the same pieces, scan and SQL on Apache Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptlint.errors import UsageError
from promptlint.traffic import table
from promptlint.traffic.engines import views
from promptlint.traffic.engines.options import Name, Options
from promptlint.traffic.engines.tables import plain
from promptlint.traffic.reading.batches import batches
from promptlint.traffic.reading.tasks import Task
from promptlint.traffic.scan import scanner
from promptlint.traffic.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {
    "time": "timestamp_ntz",
    "text": "string",
    "texts": "array<string>",
    "int": "bigint",
    "short": "int",
    "float": "double",
    "bool": "boolean",
}
_SCHEMA = ", ".join(f"`{column.name}` {_KINDS[column.kind]}" for column in table.COLUMNS)


class Spark:
    """Queries over the rows that a session holds; Any: pyspark has no types of its own here."""

    name: Name = "spark"

    def __init__(self, session: Any, plan: Sequence[Task]) -> None:
        self._session = session
        self.plan = plan

    def query(self, sql: str) -> pa.Table:
        """The result of a query; whole numbers are int64."""
        return plain(self._session.sql(_quoted(sql)).toArrow())

    def put(self, name: str, data: pa.Table) -> None:
        """Make a table of Arrow known to queries under a name."""
        self._session.createDataFrame(data).createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> None:
        """Store the result of a query as a table that later ones read under a name."""
        self._session.sql(_quoted(sql)).persist().createOrReplaceTempView(name)

    def parquet(self, path: Path, columns: Sequence[str]) -> None:
        """Write columns of `calls` as one Parquet file, through the driver, a partition at a time."""
        import pyarrow as pa
        from pyarrow import parquet

        names = ", ".join(f"`{name}`" for name in columns)
        frame = self._session.sql(f"SELECT {names} FROM calls ORDER BY file, `row`")  # noqa: S608  # ours
        schema = pa.schema([table.schema().field(name) for name in columns])
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            rows: list[dict[str, object]] = []
            for row in frame.toLocalIterator():
                rows.append(row.asDict())
                if len(rows) >= 65_536:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows = []
            writer.write_table(pa.Table.from_pylist(rows, schema))


@contextmanager
def opened(plan: Sequence[Task], settings: Settings, options: Options) -> Iterator[Spark]:
    """Spark with `rows`, `deliveries` and `calls` of a plan; files must be where every worker sees them.

    Raises:
        UsageError: pyspark or Java is not installed, or the master is not reached.
    """
    session = _session(options)
    try:
        pieces = session.range(0, len(plan), 1, max(1, len(plan)))
        rows = pieces.mapInArrow(_work(tuple(plan), settings), _SCHEMA).persist()
        rows.createOrReplaceTempView("rows")
        session.sql(views.DELIVERIES).persist().createOrReplaceTempView("deliveries")
        again = session.sql("SELECT count(*) AS n FROM deliveries").first()["n"]
        session.sql(_quoted(views.CALLS if again else views.CALLS_ONCE)).createOrReplaceTempView("calls")
        yield Spark(session, plan)
    finally:
        session.stop()


def _session(options: Options) -> Any:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError("Spark needs an extra: pip install 'promptlint-toolchain[spark]'") from error
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",
        "spark.log.level": "ERROR",
    }
    if options.master.startswith("local"):  # nobody else is to reach the driver
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(options.master).appName("promptlint traffic")
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise UsageError(f"Spark does not start (it needs Java 17 and the master): {error}") from error


def _work(
    plan: tuple[Task, ...], settings: Settings
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with the numbers of pieces: reads each and hands its batches to `scan`."""

    def work(numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        scan = scanner(settings)
        for batch in numbers:
            for number in batch.column(0).to_pylist():
                for raw in batches(plan[number]):
                    yield scan(raw)

    return work


def _quoted(sql: str) -> str:
    """Names in double quotes, as Spark quotes them."""
    return sql.replace('"', "`")
