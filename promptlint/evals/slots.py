"""Fills `{{name}}` in the values of assertions; anything more of a template language is not run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from promptlint.evals.numbers import shown
from promptlint.records import dataclass

_SLOT = re.compile(r"\{\{(?P<inside>[^{}]{0,200})\}\}|\{%|\{#|\{\{")
_NAME = re.compile(r"-?\s*(?P<path>[A-Za-z_$][\w$]*(?:\.\w+|\[\d+\])*)\s*-?")
_STEP = re.compile(r"[\w$]+")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its slots filled in; or why not.

    `lacks` is a slot that names no variable, `beyond` is syntax of templates that is not run.
    """

    text: str
    lacks: str = ""
    beyond: str = ""


def fill(text: str, variables: Mapping[str, object]) -> Filled:
    """The text with each `{{name}}` and `{{name.key}}` replaced by what the variables say."""
    if "{" not in text:
        return Filled(text)
    out, at = [], 0
    for match in _SLOT.finditer(text):
        name = _NAME.fullmatch((match["inside"] or "").strip())
        if name is None:
            return Filled("", beyond=match.group()[:40])
        value = _found(name["path"], variables)
        if value is _MISSING:
            return Filled("", lacks=match.group()[:40])
        out += [text[at : match.start()], _spelt(value)]
        at = match.end()
    return Filled("".join([*out, text[at:]]))


def names(value: object) -> Iterator[str]:
    """The variables that slots name in the texts of a value, however deep."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from names(item)
    elif isinstance(value, list):
        for item in value:
            yield from names(item)
    elif isinstance(value, str) and "{{" in value:
        inside = [_NAME.fullmatch((match["inside"] or "").strip()) for match in _SLOT.finditer(value)]
        yield from (_STEP.findall(name["path"])[0] for name in inside if name)


def _found(path: str, variables: Mapping[str, object]) -> object:
    value: object = variables
    for step in _STEP.findall(path):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _spelt(value: object) -> str:
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return shown(value)
