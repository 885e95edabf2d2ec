"""The document of another job is hostile: its size, its depth, its version and its commit are checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from comparisons import hostile, realistic
from hostile import SMALL

from promptlint.bot import artifact
from promptlint.documents import to_json
from promptlint.errors import UsageError

SHA = realistic().head.sha


def document(**changes: object) -> dict[str, object]:
    data = to_json(realistic())
    assert isinstance(data, dict)
    return {**data, **changes}


def written(folder: Path, data: object) -> Path:
    path = folder / "promptlint.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def test_what_diff_writes_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, document())
    assert artifact.read(path, SHA) == realistic()
    assert artifact.read(path) == realistic()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (document(schema_version=2), "version 2 of the document, this promptlint reads 1"),
        (document(schema_version="1"), "schema_version: expected integer"),
        (document(schema_version=True), "schema_version: expected integer"),
        (document(prompts={}), "prompts: expected a list"),
        (document(verdict="great"), "verdict: expected one of"),
        (document(head={"name": "", "sha": ""}), "compares files on disk"),
        (document(head={"name": "", "sha": "main"}), "head.sha is no commit"),
        (document(head={"name": "", "sha": "c" * 40}), "is of another commit"),
        ({}, "the key `schema_version` is missing"),
        ([], "expected an object"),
        (b"{", "no strict JSON"),
        (b"\xff", "no strict JSON"),
        (b"[" * 200_000, "no strict JSON"),
        (b'{"a":' * 100_000, "no strict JSON"),
        (b"NaN", "no strict JSON"),
        (b"9" * 10_000, "no strict JSON"),
        (b'{"schema_version": 1, "schema_version": 1}', "no strict JSON"),
        (b" " * (artifact.MAX_BYTES + 1), "larger than 5,000,000 bytes"),
    ],
)
def test_other_documents_are_refused_by_name(tmp_path: Path, data: object, words: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(UsageError, match=words.replace("(", "\\(")) as raised:
        artifact.read(path, SHA)
    assert str(path) in str(raised.value)
    assert len(str(raised.value)) < 500


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        artifact.read(tmp_path / "none.json")


@pytest.mark.parametrize(("name", "text"), SMALL, ids=[name for name, _ in SMALL])
def test_hostile_documents_are_read_as_they_are_or_refused(tmp_path: Path, name: str, text: str) -> None:
    data = to_json(hostile(realistic(), text))
    assert isinstance(data, dict)
    data["head"] = {"name": text, "sha": SHA}
    path = written(tmp_path, data)
    assert artifact.read(path, SHA).head.name == text
