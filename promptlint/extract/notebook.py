"""Extracts prompts from Jupyter notebooks: all code cells together are one Python module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from promptlint.errors import SourceError
from promptlint.extract.common import openings
from promptlint.model import Extraction, Passed, Source, SourceKind
from promptlint.syntax import cells, ipython, nested
from promptlint.syntax.cells import Cell, Notebook

_HINTS = ("role", "tool", "prompt", "instruction", "system", "template", "tmpl", "human", *openings.PHRASES)


def extract(source: Source, python: Callable[[Source], Extraction]) -> Extraction:
    """The prompts of a notebook, and problem SRC002 if it is no JSON, but looks like prompts.

    A cell that is no Python is left out; if it looks like a prompt, it is among the `passed`.

    Args:
        source: the notebook.
        python: reads a Python file.
    """
    try:
        notebook = cells.read(source.text)
    except SourceError as error:
        if not source.named and (error.problem.code == "SRC003" or not _tells(source.text)):
            return Extraction(reason=f"cannot be read ({error.problem.message})")
        return Extraction(problems=(error.problem,), reason="the file cannot be read")
    if not ipython.is_python(notebook):
        return Extraction(reason=f"the notebook is written in {notebook.language}")
    found = _of_code(source, notebook, python)
    return replace(found, passed=(*found.passed, *_documents(notebook)))


def _of_code(source: Source, notebook: Notebook, python: Callable[[Source], Extraction]) -> Extraction:
    module = ipython.module(notebook)
    found = _read(source, module, python)
    if (not found.prompts or found.problems) and _hints(module.code.text):
        module = ipython.parsable(notebook)
        found = _read(source, module, python)
    left = (Passed(cell.span, "the cell is not Python") for cell in module.left if _tells(cell.text))
    found = replace(found, passed=(*found.passed, *left))
    return found if found.prompts else replace(found, reason="no prompt found in its code")


def _hints(code: str) -> bool:
    code = code.lower()
    return any(hint in code for hint in _HINTS)


def _read(source: Source, module: ipython.Module, python: Callable[[Source], Extraction]) -> Extraction:
    """What Python finds; notebooks named after prompts are about them, and full of other texts."""
    path = source.path.rpartition("/")[0] + "/cells.py"
    inner = replace(source, path=path, text=module.code.text, kind=SourceKind.PYTHON)
    return nested.extraction(module.code, python(inner), path, source)


def _documents(notebook: Notebook) -> Iterator[Passed]:
    """Markdown cells that open like prompts: they are shown to people, no notebook sends them."""
    for cell in _markdown(notebook):
        if openings.opens_like_prompt(cell.text):
            yield Passed(cell.span, "a Markdown cell, which nothing sends to a model")


def _markdown(notebook: Notebook) -> Iterator[Cell]:
    return (cell for cell in notebook.cells if cell.kind == "markdown")


def _tells(text: str) -> bool:
    """True if a text of any size, in whatever spelling, has words that prompts open with."""
    low = text.lower()
    return any(phrase in low for phrase in openings.PHRASES)
