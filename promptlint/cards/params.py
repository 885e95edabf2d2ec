"""Turns plain data into a checker's Params, with names and types checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from inspect import getdoc
from typing import get_type_hints

from promptlint.errors import PromptlintError

_EMPTY: dict[object, object] = {tuple[str, ...]: (), Mapping[str, str]: {}}
"""Collections that a card leaves out are empty; any other parameter must be written."""


class ParamsError(PromptlintError):
    """A parameter is unknown, missing or of the wrong type; the message starts with its name."""


def bound(params: type, given: Mapping[str, object]) -> object:
    """An instance of the frozen dataclass `params`, each field from the value of that name.

    Raises:
        ParamsError: a name is unknown, a number or switch is missing, or a value has the wrong type.
    """
    hints = kinds(params)
    for key in given:
        if key not in hints:
            close = get_close_matches(key, hints, 1)
            raise ParamsError(f"{key}: unknown parameter" + (f"; did you mean {close[0]}?" if close else ""))
    values = {}
    for key, hint in hints.items():
        if key in given:
            values[key] = _value(key, hint, given[key])
        elif hint in _EMPTY:
            values[key] = _EMPTY[hint]
        else:
            raise ParamsError(f"{key}: the parameter is missing")
    try:
        built: object = params(**values)
    except ValueError as error:
        raise ParamsError(str(error)) from error
    return built


@cache
def kinds(params: type) -> Mapping[str, object]:
    """The type of each parameter, by name."""
    hints = get_type_hints(params)
    return {item.name: hints[item.name] for item in fields(params)}


def _value(key: str, hint: object, value: object) -> object:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint in (str, bool, float) and type(value) is hint:
        return value
    if hint is int and type(value) is int and value >= 0:
        return value
    if hint == tuple[str, ...] and isinstance(value, list | tuple) and _texts(value):
        return tuple(value)
    if hint == Mapping[str, str] and isinstance(value, Mapping) and _texts((*value, *value.values())):
        return dict(value)
    raise ParamsError(f"{key}: {describe(hint)} is wanted, not {value!r}")


def _texts(values: tuple[object, ...] | list[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def explained(params: type) -> Mapping[str, str]:
    """What each parameter means, from the `Attributes:` of the docstring of `params`."""
    lines = (getdoc(params) or "").partition("Attributes:\n")[2].splitlines()
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        text = line.removeprefix("    ")
        if text and not text.startswith(" "):
            name, _, text = text.partition(":")
        found[name] = f"{found.get(name, '')} {text.strip()}".strip()
    return found


def describe(hint: object) -> str:
    """The type of a parameter in words."""
    words: dict[object, str] = {
        str: "a text",
        int: "a whole number of at least 0",
        float: "a number",
        bool: "true or false",
        tuple[str, ...]: "a list of texts",
        Mapping[str, str]: "a mapping from text to text",
    }
    return words[hint]
