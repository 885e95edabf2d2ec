"""Extracts prompts from Jupyter notebooks: code cells together, and Markdown cells that address a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from promptlint import identity
from promptlint.errors import SourceError
from promptlint.extract.common import openings
from promptlint.model import Extraction, Passed, Prompt, Source, SourceKind
from promptlint.syntax import cells, ipython, nested
from promptlint.syntax.cells import Cell, Notebook

_HINTS = ("role", "tool", "prompt", "instruction", "system", "template", "tmpl", "human", *openings.PHRASES)

# "Your task is", "Imagine you" and what follows a heading speak to the reader of a tutorial.
_PERSONA = re.compile(r"[\s>*_\"'`]{0,20}(?:You are|You're|Act as) (?:an?|the) \w", re.IGNORECASE)

Reader = Callable[[Source], Extraction]


def extract(source: Source, python: Reader, markdown: Reader) -> Extraction:
    """The prompts of a notebook, and problem SRC002 if it is no JSON, but looks like prompts.

    All code cells are one module. A cell that is no Python is left out; if it looks like a prompt, it is
    among the `passed`. A Markdown cell is documentation unless its first words tell a model who it is.

    Args:
        source: the notebook.
        python: reads a Python file.
        markdown: reads a Markdown file.
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
    spoken = [prompt for cell in _markdown(notebook) for prompt in _of_text(source, cell, markdown)]
    names = identity.unique(prompt.id for prompt in (*found.prompts, *spoken))
    every = zip((*found.prompts, *spoken), names, strict=True)
    prompts = sorted((replace(prompt, id=name) for prompt, name in every), key=_start)
    reason = "Markdown cells that address a model" if spoken and not found.prompts else found.reason
    passed = (*found.passed, *_documents(notebook))
    return replace(found, prompts=tuple(prompts), reason=reason, passed=passed)


def _start(prompt: Prompt) -> int:
    return min((segment.span.start for segment in prompt.segments), default=0)


def _of_text(source: Source, cell: Cell, markdown: Reader) -> tuple[Prompt, ...]:
    if not _PERSONA.match(cell.text):
        return ()
    path = source.path.rpartition("/")[0] + "/cells.md"
    inner = Source(path, cell.text, SourceKind.MARKDOWN, named=True)
    whole = replace(ipython.joined(cell), text=cell.text)
    found = nested.extraction(whole, markdown(inner), path, source)
    return tuple(replace(prompt, id=f"{source.path}::markdown") for prompt in found.prompts)


def _of_code(source: Source, notebook: Notebook, python: Reader) -> Extraction:
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


def _read(source: Source, module: ipython.Module, python: Reader) -> Extraction:
    """What Python finds; notebooks named after prompts are about them, and full of other texts."""
    path = source.path.rpartition("/")[0] + "/cells.py"
    inner = replace(source, path=path, text=module.code.text, kind=SourceKind.PYTHON)
    return nested.extraction(module.code, python(inner), path, source)


def _documents(notebook: Notebook) -> Iterator[Passed]:
    """Markdown cells that give orders, as prompts do: most are for the reader of the notebook."""
    for cell in _markdown(notebook):
        if openings.opens_like_prompt(cell.text) and not _PERSONA.match(cell.text):
            yield Passed(cell.span, "a Markdown cell that does not say whom it addresses")


def _markdown(notebook: Notebook) -> Iterator[Cell]:
    return (cell for cell in notebook.cells if cell.kind == "markdown")


def _tells(text: str) -> bool:
    """True if a text of any size, in whatever spelling, has words that prompts open with."""
    low = text.lower()
    return any(phrase in low for phrase in openings.PHRASES)
