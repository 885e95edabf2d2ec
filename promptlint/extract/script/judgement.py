"""Judges the texts of scripts: which are prompts by wording or place, and in which template language."""

from __future__ import annotations

import re

from promptlint import templates
from promptlint.extract.common import values
from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.extract.common.openings import LEAST, addresses, opens_like_prompt
from promptlint.extract.common.values import Runs
from promptlint.extract.common.wording import is_prose
from promptlint.extract.script.nodes import Script
from promptlint.model import Escaping, SegmentKind
from promptlint.templates.fields import guess
from promptlint.templates.parts import TemplateError

_WORDS = 15  # of prose, in a file of prompts
_FOLDER = re.compile(r"(?:.*[^a-z0-9])?prompts?")
_TELLING = re.compile(r"prompt|instruction|system", re.IGNORECASE)
_LONG = 200  # code points of an entry that is a prompt by its name alone


def holds_prompts(path: str) -> bool:
    """True if a script calls itself, or the folder it lies in, one of prompts."""
    name = file_name(path)
    return like_prompt(name) or any(_FOLDER.fullmatch(folder) for folder in name.folders[-2:])


def is_entry_prompt(name: str, text: str, runs: Runs) -> bool:
    """True if an entry of an object called `prompt`, `instructions`... is one.

    User interfaces have such entries too.
    """
    holes = any(run.kind is SegmentKind.SLOT for run in runs)
    telling = len(text) >= _LONG and _TELLING.search(name) is not None
    return telling or addresses(text) or opens_like_prompt(text, holes)


def is_loose_prompt(text: str, holes: bool, at_home: bool) -> bool:
    """True if a text of no telling name is a prompt.

    Args:
        text: static text, a blank for each slot.
        holes: it has some.
        at_home: it stands in a file of prompts, where prose of several lines is enough.
    """
    if len(text) < LEAST or not is_prose(text, 5):
        return False
    if opens_like_prompt(text, holes):
        return True
    return at_home and "\n" in text.strip() and is_prose(text, _WORDS)


def decided(script: Script, runs: Runs, syntax: str) -> Runs:
    """The runs with the slots of the template language that the text is written in.

    Args:
        script: the file.
        runs: of one text.
        syntax: the language that the use of the text says; empty if it says none.
    """
    if any(run.codec.escaping is not Escaping.NONE for run in runs if run.kind is SegmentKind.TEXT):
        return runs
    text = values.masked(runs)
    if not syntax:
        plain = any(run.kind is SegmentKind.SLOT for run in runs)
        syntax = "none" if plain else guess(text)
        if syntax == "format" and ("{{" in text or "}}" in text) and "angchain" not in script.source.text:
            syntax = "none"
    return values.templated(runs, syntax) or runs if syntax != "none" else runs


def variables(script: Script, runs: Runs) -> tuple[str, ...]:
    """The names of the slots, in order of first use; of Jinja the variables that are read."""
    tags = [run for run in runs if run.kind is not SegmentKind.TEXT]
    if any(run.codec.escaping is Escaping.JINJA for run in tags):
        try:
            text = script.source.text
            return templates.variables("".join(text[run.start : run.end] for run in tags), "jinja")
        except TemplateError:
            pass  # mustache, or a tag cut in two by an expression
    return tuple(dict.fromkeys(run.name for run in tags if run.kind is SegmentKind.SLOT and run.name))
