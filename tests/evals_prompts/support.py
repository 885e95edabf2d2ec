"""What tests of the prompts of suites share: a project on disk, and all prompts of the fixtures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from promptlint import files
from promptlint.errors import SourceError
from promptlint.evals import filling, prompting
from promptlint.evals.folder import Folder
from promptlint.evals.model import Case, Message, PromptRef
from promptlint.evals.template import Template, Turn
from promptlint.extract import extract, kind_of
from promptlint.templates import JinjaSettings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def written(root: Path, **texts: str) -> Folder:
    """The folder `evals` of a project with some files, whose names have `__` for `.` and `___` for `/`."""
    (root / "evals").mkdir(exist_ok=True)
    (root / "promptlint.toml").touch()
    for name, text in texts.items():
        path = root / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return Folder(root.resolve(), (root / "evals").resolve())


def template(folder: Folder, name: str) -> Template:
    """The template of a path or id."""
    return prompting.template(PromptRef(name, line=7), folder, "evals/s.yaml")


def own(folder: Folder, text: str) -> Template:
    """The template of a text that a suite holds itself."""
    return prompting.template(PromptRef(None, text, 7), folder, "evals/s.yaml")


def case(number: int = 1, messages: Sequence[Message] = (), **values: object) -> Case:
    """A case of a suite, in line `number`."""
    return Case(f"#{number}", values, (), tuple(messages), path="evals/s.yaml", line=number)


def said(found: Template, messages: Sequence[Message] = (), **values: object) -> list[tuple[object, object]]:
    """Role and text of each message of one case."""
    ((*turns,),) = prompting.conversations(found, [case(1, messages, **values)])
    return [(turn["role"], turn["content"]) for turn in turns]


def roles(turns: Sequence[Turn]) -> list[object]:
    return [turn["role"] for turn in turns]


@lru_cache(maxsize=1)
def fixtures() -> tuple[Template, ...]:
    """The templates of all prompts in the fixtures that can be run."""
    return tuple(_fixtures())


def _fixtures() -> Iterator[Template]:
    for path in sorted(FIXTURES.rglob("*")):
        kind = kind_of(path.name)
        if kind is None or not path.is_file() or path.name.endswith(".expected.json"):
            continue
        shown = path.relative_to(FIXTURES).as_posix()
        try:
            source = files.read(path, shown, kind, named=True)
        except SourceError:
            continue
        for prompt in extract(source).prompts:
            if not filling.unrunnable(prompt):
                yield prompting.made(prompt, f"{shown}:1", (), JinjaSettings())
