"""The prompts of public repositories that `promptlint compress` is tried on: their names and hashes.

`prompts.jsonl` has a line a prompt. A folder of checkouts holds one folder a repository, `owner+name`, or
`pypi+name` for what a package installs, beside a file `owner+name.sha` with the commit (or version).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from promptlint import run
from promptlint.compress import ground
from promptlint.compress.ground import File
from promptlint.compress.proposal import Ground
from promptlint.errors import PromptlintError
from promptlint.extract import kind_of
from promptlint.model import SourceKind

HERE = Path(__file__).resolve().parent
LIST = HERE / "prompts.jsonl"

KINDS = ("system", "agent document", "judge", "extraction", "few-shot", "generation")


@dataclass(frozen=True)
class Listed:
    """A prompt of the list: where it is, the SHA-256 of its text, its kind, its tokens (o200k)."""

    repository: str
    commit: str
    path: str
    id: str
    sha256: str
    kind: str
    tokens: int
    set: str = ""

    @property
    def name(self) -> str:
        """How it is called in tables: `repository@commit:path::id`."""
        return f"{self.repository}@{self.commit[:12]}:{self.path}" + (f"::{self.id}" if self.id else "")

    @property
    def folder(self) -> str:
        """The name of its checkout."""
        return self.repository.replace("/", "+").replace(":", "+")


@dataclass(frozen=True)
class Case:
    """A listed prompt as it is read from its checkout."""

    listed: Listed
    file: File
    ground: Ground


def digest(text: str) -> str:
    """SHA-256 of a prompt's text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(path: Path = LIST) -> list[Listed]:
    """The list, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Listed(**json.loads(line)) for line in lines if line.strip()]


def write(listed: list[Listed], path: Path = LIST) -> None:
    """Write the list, sorted by place."""
    ordered = sorted(listed, key=_by_place)
    path.write_text("".join(json.dumps(asdict(each)) + "\n" for each in ordered), encoding="utf-8")


def _by_place(listed: Listed) -> tuple[str, str, str]:
    return listed.repository, listed.path, listed.id


def opened(path: Path, shown: str, named: bool = True) -> File | None:
    """A file as `promptlint compress` reads it, without any configuration; None if it cannot be read."""
    space = run.workspace(run.Request(isolated=True, use_cache=False))
    try:
        found = space.store.read(path, shown, kind_of(shown) or SourceKind.TEXT, named)
    except PromptlintError:
        return None
    return ground.read(found, ground.settings(space.settings(path, shown)))


def cases(trees: Path, listed: list[Listed]) -> Iterator[Case]:
    """The prompts that the checkouts have, each with the text that was listed; others are passed over."""
    files: dict[tuple[str, str], File | None] = {}
    for each in sorted(listed, key=_by_place):
        key = (each.folder, each.path)
        if key not in files:
            files.clear()  # sorted by file: one is held at a time
            place = trees / each.folder / each.path
            files[key] = opened(place, each.path) if place.is_file() else None
        found = files[key]
        for one in found.grounds if found is not None else ():
            if one.prompt.id.partition("::")[2] == each.id and digest(one.prompt.text) == each.sha256:
                assert found is not None
                yield Case(each, found, one)
                break
