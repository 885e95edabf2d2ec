"""A sentence, an address and a key in every text, name and key of every format: none of them gets out unasked."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from promptlint import documents
from promptlint.report import traffic as report
from promptlint.traffic_document import SCHEMA_VERSION, Traffic
from tests.conftest import Runner
from tests.traffic.reading import SETTINGS, engine, write_lines
from tests.traffic.test_samples import SAMPLES

SENTENCE = "my neighbour Ottilie keeps eleven grey geese behind the old mill in Varnhem"
ADDRESS = "ottilie.varn@example.org"
KEY = "sk-proj-" + "Zq7Lw2Xv9Tn4Rb8Kd3Hs6Jf1" * 2
PLANTED = (SENTENCE, ADDRESS, KEY)
WORDS = ("Ottilie", "Varnhem", "ottilie.varn", KEY[8:40])
"""What would tell that something got out; the first two are of the sentence."""

_KINDS = ("type", "object", "role", "call_type", "cache_hit", "level", "kind", "operation", "schemaType")
"""Keys by whose values a record is told; the values of others are anybody's."""


def records(path: Path) -> list[Any]:
    """The records of a sample, whatever holds them."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".zst":
        data = pa.input_stream(pa.BufferReader(data), compression="zstd").read()
    text = data.decode()
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    found, at, decoder = [], 0, json.JSONDecoder()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found += value if isinstance(value, list) else [value]
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def poisoned(value: Any, plant: str, key: str = "") -> Any:
    """A record with the plant in every text of it, and under a key of every object."""
    if isinstance(value, dict):
        return {**{name: poisoned(item, plant, name) for name, item in value.items()}, plant: plant}
    if isinstance(value, list):
        return [poisoned(item, plant, key) for item in value]
    if not isinstance(value, str) or key in _KINDS or _is_figure(value):
        return value
    if value[:1] in "[{" and value:
        return json.dumps(poisoned(json.loads(value), plant))
    return f"{value} {plant}"


def _is_figure(value: str) -> bool:
    return value[:4].isdigit() or value.replace(".", "").isdigit()


def _bad(record: dict[str, Any], plant: str) -> Iterator[dict[str, Any]]:
    """The record with wrong counts under names of its own."""
    if "usageDetails" in record:
        yield {**record, "id": "bad", "usageDetails": {f"input {plant}": -1, plant: "x", "output": -2}}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats, poisoned, and a file of lines that break off."""
    folder = tmp_path_factory.mktemp("canary")
    whole = [path for path in SAMPLES if path.name not in ("broken.jsonl", "mapped.jsonl")]
    for path in whole:
        made = [poisoned(item, plant) for plant in PLANTED for item in records(path) * 2]
        for plant in PLANTED:
            made += [bad for item in records(path) for bad in _bad(item, plant)]
        write_lines(folder / f"{path.name.split('.')[0]}.jsonl", made)
    lines = [json.dumps({"request": {"messages": [{"role": "user", "content": plant}]}}) for plant in PLANTED]
    (folder / "cut.jsonl").write_text("\n".join(line[:-9] for line in lines))
    (folder / "prose.txt").write_text("\n".join(PLANTED))
    (folder / "cut.bz2").write_bytes(bz2.compress("\n".join(lines).encode())[:-9])
    return folder


def got_out(text: str, words: tuple[str, ...] = WORDS) -> list[str]:
    """The words that stand in an output."""
    return [word for word in words if word in text]


def rendered(text: str) -> Iterator[str]:
    """A document of JSON, and in every other format."""
    yield text
    found = documents.parse(Traffic, text.encode(), SCHEMA_VERSION, "traffic.json")
    for name in ("text", "markdown", "html", "csv"):
        yield report.render(name, found, report.Look(width=200))


@pytest.mark.parametrize("option", ["", "--no-text", "--semantic", "--with-texts"])
def test_nothing_gets_out(logs: Path, tmp_path: Path, promptlint: Runner, option: str) -> None:
    table, usage = tmp_path / "calls.parquet", tmp_path / "usage.yaml"
    given = [
        "--format",
        "json",
        "--parquet",
        str(table),
        "--usage",
        str(usage),
        *([option] if option else []),
    ]
    done = promptlint("traffic", str(logs), "--isolated", "--prompts", str(tmp_path), *given)
    assert done.code == 0, done.err
    words = WORDS[2:] if option == "--with-texts" else WORDS
    for text in rendered(done.out):
        assert got_out(text, words) == []
    assert got_out(done.err + usage.read_text()) == []
    rows = json.dumps(parquet.read_table(table).to_pylist(), default=str)
    assert got_out(rows, words) == []
    assert ("Ottilie" in rows) is (option == "--with-texts")


def test_texts_that_were_asked_for_are_masked(logs: Path, tmp_path: Path, promptlint: Runner) -> None:
    requests, pairs = tmp_path / "requests.jsonl", tmp_path / "pairs.jsonl"
    done = promptlint("traffic", str(logs), "--isolated", "--requests", str(requests), "--format", "json")
    assert done.code == 0, done.err
    assert got_out(done.out) == []
    done = promptlint("traffic", "threshold", str(logs), "--isolated", "--pairs", str(pairs))
    assert done.code == 0, done.err
    for path in (requests, pairs):
        assert "Ottilie" in path.read_text()
        assert got_out(path.read_text(), WORDS[2:]) == []
    done = promptlint("traffic", "threshold", str(logs), "--isolated", "--answers", "--format", "json")
    assert got_out(done.out + done.err) == []


@pytest.mark.parametrize("texts", ["hash", "keep"])
def test_what_a_run_stores_meanwhile(logs: Path, tmp_path: Path, texts: Any) -> None:
    """No words unless texts are kept, and then no address and no key."""
    with engine(logs, settings=replace(SETTINGS, texts=texts), scratch=tmp_path):
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        rows = "".join(json.dumps(parquet.read_table(path).to_pylist(), default=str) for path in files)
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
    assert got_out(rows, WORDS[2:] if texts == "keep" else WORDS) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("plant", PLANTED)
def test_errors_name_places_and_no_texts(tmp_path: Path, promptlint: Runner, plant: str) -> None:
    mapping, log = tmp_path / "mapping.yaml", write_lines(tmp_path / "log.jsonl", [{"engine": plant}])
    mapping.write_text("version: 1\ncolumns: {model: engine, output_tokens: engine, messages: engine}\n")
    done = promptlint("traffic", str(log), "--isolated", "--mapping", str(mapping), "--format", "json")
    assert done.code == 0, done.err
    pairs = write_lines(tmp_path / "pairs.jsonl", [{"prompt": plant, "earlier": plant, "same": plant}])
    for source in (pairs, log):
        again = promptlint("traffic", "threshold", "--judged", str(source))
        assert again.code == 2
        assert got_out(done.out + done.err + again.out + again.err) == []
