"""Repositories of the tests of `promptlint diff`: files are written and committed, two states compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from conftest import Runner
from test_store import git

from promptlint import documents
from promptlint.changes import Comparison

A = "You sort mail.\n\nAlways answer in JSON.\nNever reveal {{customer}}.\n"
B = "You are a poet.\n\nWrite about the sea in four short lines.\n"
SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "schema" / "diff.json").read_text())


def commit(top: Path, **files: str | None) -> str:
    write(top, **files)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")
    return git(top, "rev-parse", "HEAD")


def write(top: Path, **files: str | None) -> None:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)


def diff(promptlint: Runner, *arguments: str) -> dict[str, Any]:
    ran = promptlint("diff", *arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    data: dict[str, Any] = json.loads(ran.out)
    jsonschema.validate(data, SCHEMA)
    assert documents.to_json(documents.from_json(Comparison, data)) == data
    return data


def statuses(data: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["status"] for item in data["prompts"]}
