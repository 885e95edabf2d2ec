"""The document of another job is hostile: its size, its depth, its version and its commit are checked."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from comparisons import hostile, make_change, make_comparison, make_note, realistic
from hostile import SMALL

from promptlint.bot import artifact
from promptlint.changes import Findings
from promptlint.documents import to_json
from promptlint.errors import UsageError
from promptlint.report import change_text

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
        (b" " * (artifact.MAX_BYTES + 1), "larger than 20,000,000 bytes"),
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


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes among its files")
def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="pipe: cannot be read: not a regular file"):
        artifact.read(tmp_path / "pipe")


@pytest.mark.slow
def test_a_large_change_is_read(tmp_path: Path) -> None:
    """2,000 prompts with ten new findings each, spelt as `promptlint diff` spells it."""
    note = make_note(message="x" * 120)
    change = make_change("prompts/support/answer.md", 300, 250, findings=Findings((note,) * 10, ()))
    whole = make_comparison(*[replace(change, id=f"prompts/support/{n}.md") for n in range(2_000)])
    path = written(tmp_path, change_text.render_json(whole).encode())
    assert path.stat().st_size > 10_000_000
    assert len(artifact.read(path).prompts) == 2_000


@pytest.mark.parametrize(("name", "text"), SMALL, ids=[name for name, _ in SMALL])
def test_hostile_documents_are_read_as_they_are_or_refused(tmp_path: Path, name: str, text: str) -> None:
    data = to_json(hostile(realistic(), text))
    assert isinstance(data, dict)
    data["head"] = {"name": text, "sha": SHA}
    path = written(tmp_path, data)
    assert artifact.read(path, SHA).head.name == text
