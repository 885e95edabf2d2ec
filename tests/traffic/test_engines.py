"""Engines: the same rows and sums from files, duplicates once, nothing lost, texts only if asked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from promptlint.traffic import table
from promptlint.traffic.engines import Engine
from promptlint.traffic.overview import overview
from tests.traffic.reading import SETTINGS, chat, engine, write_lines


def mixed(folder: Path) -> Path:
    """A folder of logs in which much is wrong."""
    calls = [chat(number, user=f"u{number % 7}@example.com") for number in range(60)]
    write_lines(folder / "a.jsonl", calls)
    with (folder / "a.jsonl").open("a") as file:
        file.write(json.dumps(calls[3]) + "\n")
        file.write('{"broken": \n[1]\n{"what": 1}\n')
        file.write(json.dumps(chat(77))[:-40])
    (folder / "b.json").write_text(json.dumps([calls[5], chat(80, latency_ms=-1)], indent=2))
    return folder


def test_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    with engine(mixed(tmp_path)) as found:
        read = overview(found)
    assert read.calls == 61
    assert read.deliveries == 2
    assert {(fault.kind, fault.count, fault.first) for fault in read.faults} == {
        ("broken JSON", 2, "a.jsonl:62"),
        ("no object", 1, "a.jsonl:63"),
        ("unknown shape", 1, "a.jsonl:64"),
    }
    assert [(flaw.kind, flaw.count, flaw.first) for flaw in read.flaws] == [
        ("latency: negative", 1, "b.json:2")
    ]
    assert read.models[0].model == "gpt-4o"
    assert read.usd == pytest.approx(61 * (800 * 2.5 + 200 * 1.25 + 10 * 10) / 1e6)
    assert any(missing.why == "no trace ids" and missing.share == 1 for missing in read.missing)


@pytest.mark.slow
def test_several_processes_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from promptlint.traffic.reading import tasks

    names = ", ".join(f'"{name}"' for name in table.NAMES if name != "system")  # one a batch is shown
    query = f'SELECT {names} FROM rows ORDER BY file, "row"'
    with engine(mixed(tmp_path)) as found:
        whole = found.query(query).to_pylist()
    monkeypatch.setattr(tasks, "PIECE", 6_000)
    with engine(tmp_path, jobs=2) as found:
        assert len(found.plan) > 3
        assert found.query(query).to_pylist() == whole


@pytest.mark.parametrize("texts", ["none", "hash", "keep"])
def test_parquet_comes_back(tmp_path: Path, texts: Any) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    settings = replace(SETTINGS, texts=texts)
    columns = [name for name in table.NAMES if name not in table.TEXT_COLUMNS]
    with engine(mixed(logs), settings=settings) as found:
        found.parquet(tmp_path / "calls.parquet", columns)
        query = "SELECT time, model, input_tokens, usd_nano, text_hash, turn, user_hash FROM calls ORDER BY request_id"
        before = found.query(query).to_pylist()
    schema = parquet.read_schema(tmp_path / "calls.parquet")
    assert schema.names == columns
    with engine(tmp_path / "calls.parquet") as again:
        assert again.query(query).to_pylist() == before
        assert again.query("SELECT DISTINCT origin FROM calls").to_pylist() == [{"origin": "promptlint"}]


def test_queries_reach_no_other_files(tmp_path: Path) -> None:
    import duckdb

    other = write_lines(tmp_path / "other.jsonl", [{"a": 1}])
    with engine(write_lines(tmp_path / "a.jsonl", [chat()])) as found, pytest.raises(duckdb.Error):
        found.query(f"SELECT * FROM read_json('{other}')")


def test_what_was_stored_goes(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with engine(write_lines(tmp_path / "a.jsonl", [chat()]), scratch=scratch):
        (made,) = scratch.iterdir()
        assert made.stat().st_mode & 0o77 == 0
    assert not list(scratch.iterdir())


@pytest.mark.slow
def test_spark_gives_the_same_tables(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    import shutil

    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    import warnings

    folder = tmp_path / "logs"
    folder.mkdir()
    mixed(folder)
    with engine(folder) as duck:
        expected = tables(duck, tmp_path / "duck.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pyspark, for a pandas that is not used
        with engine(folder, engine="spark", master="local[2]") as spark:
            assert tables(spark, tmp_path / "spark.parquet") == expected


def tables(found: Engine, path: Path) -> tuple[object, ...]:
    """Everything that an engine can be asked for."""
    found.parquet(path, ["request_id", "usd_nano", "tools_sent", "time"])
    return (
        found.query('SELECT * FROM rows ORDER BY file, "row"').to_pylist(),
        found.query('SELECT * FROM calls ORDER BY file, "row"').to_pylist(),
        overview(found),
        parquet.read_table(path).to_pylist(),
    )
