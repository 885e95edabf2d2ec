"""Files become records whole: whatever the container, the packing and the pieces; what breaks is said."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from promptlint.errors import UsageError
from promptlint.traffic.reading import detect, elements, records, tasks
from promptlint.traffic.reading.records import Record
from promptlint.traffic.reading.tasks import Task
from tests.traffic.reading import chat, write_lines


def read(path: Path) -> list[Record]:
    """All records of a file."""
    return [record for task in tasks.tasks([path]) for record in records.records(task)]


@given(
    st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"")), max_size=20),
    st.integers(1, 40),
)
def test_pieces_have_every_line_once(parts: list[bytes], size: int) -> None:
    data = b"\n".join(parts)
    whole = list(records.lines(io.BytesIO(data), 0, None))
    pieces = [
        record
        for start in range(0, len(data), size)
        for record in records.lines(io.BytesIO(data), start, min(start + size, len(data)))
    ]
    assert pieces == whole
    assert [line for _, line, _ in whole] == [
        part for part in parts if part and not part.isspace()
    ] or b"\xef" in data
    assert all(data[at:].startswith(line or b"") for at, line, _ in whole if at)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(_json, max_size=6), st.sampled_from([None, 1]), st.integers(1, 50))
def test_elements_of_an_array(values: list[Any], indent: int | None, block: int) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(block)

    text = json.dumps(values, indent=indent, ensure_ascii=False).encode()
    found = list(elements.elements(Slow(text)))
    if values:
        assert [json.loads(data or b"") for _, data, _ in found] == values
        assert [number for number, _, _ in found] == list(range(1, len(values) + 1))


def test_an_array_that_is_not_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a": 1}, {"b": ')
    assert read(path) == [(1, b'{"a": 1}', None), (2, None, "an array of JSON that is not closed")]


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, pa.compress], ids=["gz", "bz2", "xz", "zst"]
)
def test_packed_files(tmp_path: Path, pack: Any) -> None:
    plain = "".join(f"{json.dumps(chat(number))}\n" for number in range(50)).encode()
    data = pa.compress(plain, "zstd", asbytes=True) if pack is pa.compress else pack(plain)
    path = tmp_path / "log"
    path.write_bytes(data)
    assert [json.loads(line or b"") for _, line, _ in read(path)] == [chat(number) for number in range(50)]
    path.write_bytes(data[: len(data) // 2])
    found = read(path)
    assert found[-1][2] == "compressed data end early or are damaged"


def test_a_bomb_is_left(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", 9) as file:
        for _ in range(100):
            file.write(b"\n" * 2**20)
    found = read(path)
    assert found[-1][2] == "compressed data grow more than 250 times"
    assert len(found) == 1


@pytest.mark.parametrize("kind", ["lines", "array"])
def test_a_record_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(records, "MAX_ROW", 2_000_000)
    monkeypatch.setattr(elements, "MAX_ROW", 2_000_000)
    large, small = json.dumps({"a": "x" * 7_000_000}), '{"a": 1}'
    path = tmp_path / "log"
    text = f"{small}\n{large}\n{small}\n" if kind == "lines" else f"[{small},{large},{small}]"
    path.write_text(text)
    found = read(path)
    assert [line for _, line, _ in found] == [b'{"a": 1}', None, b'{"a": 1}']
    assert "larger than" in (found[1][2] or "")
    if kind == "lines":
        assert found[2][0] == len(small) + len(large) + 2


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["model", "input_tokens", "text"])
        writer.writerow(["gpt-4o", "12", 'two\nlines, "quoted"'])
        writer.writerow(["gpt-4o", "12"])
    found = read(path)
    assert json.loads(found[0][1] or b"") == {
        "model": "gpt-4o",
        "input_tokens": "12",
        "text": 'two\nlines, "quoted"',
    }
    assert found[1][2] == "a row of CSV with more or fewer cells than the header"


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    parquet.write_table(pa.Table.from_pylist([{"model": "m", "request": {"a": [1]}, "raw": b"x"}]), path)
    assert json.loads(read(path)[0][1] or b"") == {"model": "m", "request": {"a": [1]}, "raw": "x"}
    path.write_bytes(path.read_bytes()[:-20])
    assert read(path) == [(1, None, "a Parquet file that is damaged or holds unknown types")]


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (b"", "empty"),
        (b' \n[{"a":1}]', "array"),
        (b'{"a":1}\n{"a":2}\n', "lines"),
        (b'{"a":1}', "lines"),
        (b'{\n "a": 1\n}\n', "document"),
        (b'{"a": [\n1]}\n', "document"),
        (b'{"a": \n{"a":2}\n', "lines"),
        (b"a,b,c\n1,2,3\n", "csv"),
        (b"a;b;c\n1;2;3\n", "csv"),
        (b"some words\n", "lines"),
        (b"\x1f\x8bnonsense", "unknown"),
    ],
)
def test_containers_are_told_by_content(tmp_path: Path, data: bytes, container: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(data)
    assert detect.shape(path).container == container


def test_files_of_folders(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/one.jsonl", "two.jsonl", ".hidden", "_SUCCESS"):
        write_lines(tmp_path / name, [chat()])
    found = tasks.files([tmp_path, tmp_path / "two.jsonl"])
    assert [path.name for path in found] == ["two.jsonl", "one.jsonl"]
    for missing in (tmp_path / "no", tmp_path / "b" / "no"):
        with pytest.raises(UsageError, match="no such file"):
            tasks.files([missing])


def test_pieces_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "log", [chat(number) for number in range(40)])
    whole = read(path)
    monkeypatch.setattr(tasks, "PIECE", 1_000)
    found: tuple[Task, ...] = tasks.tasks([path])
    assert len(found) > 10
    assert read(path) == whole


@given(st.lists(st.dictionaries(st.text(max_size=4), _json, max_size=4), min_size=1, max_size=5), st.data())
def test_documents_one_behind_the_other(values: list[dict[str, Any]], data: st.DataObject) -> None:
    block, gap = data.draw(st.integers(1, 50)), data.draw(st.sampled_from(["", "\n", "\n\n  "]))

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(block)

    text = gap.join(json.dumps(value, indent=2, ensure_ascii=False) for value in values).encode()
    found = list(elements.documents(Slow(b"\xef\xbb\xbf" + text + b"\n")))
    assert [json.loads(line or b"") for _, line, _ in found] == values
    assert [number for number, _, _ in found] == list(range(1, len(values) + 1))


def test_a_document_that_is_too_large_or_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAX_DOCUMENT", 1_500_000)
    large = json.dumps({"a": "x" * 4_000_000}, indent=1)
    found = list(elements.documents(io.BytesIO(f'{{"a":\n1}}{large}{{"b":\n'.encode())))
    assert [(number, line) for number, line, _ in found] == [(1, b'{"a":\n1}'), (2, None), (3, b'{"b":')]
    assert "document larger than" in (found[1][2] or "")
