"""Reads promptfoo's configuration as a suite: its prompts, providers and tests; nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from promptlint.evals import cases, graders, listed, vendors
from promptlint.evals.folder import Folder, is_code, is_file
from promptlint.evals.model import PromptRef, Provider, Suite
from promptlint.evals.values import Value

_READ = (
    "description",
    "prompts",
    "providers",
    "targets",
    "tests",
    "scenarios",
    "defaultTest",
    "assertionTemplates",
    "evaluateOptions",
)
_IDLE = (
    "tags",
    "metadata",
    "outputPath",
    "sharing",
    "writeLatestResults",
    "commandLineOptions",
    "tracing",
    "$schema",
)
_PASSED_OVER = {
    "env": "environment variables are not set",
    "extensions": "extensions are code and are not run",
    "nunjucksFilters": "filters are code and are not run",
    "derivedMetrics": "derived metrics are not computed",
    "redteam": "attack probes are not made",
}
KEYS = (*_READ, *_IDLE, *_PASSED_OVER)
"""The keys of a configuration; promptfoo passes over all others, here one that is nearly one that is read
is a mistake."""

_NEAR = 0.75

_SUFFIXES = (".txt", ".md", ".json", ".yaml", ".yml", ".j2", ".jinja", ".jinja2")


def read(value: Value, path: str, folder: Folder, python: bool = False) -> Suite:
    """The suite of a configuration: the first prompt is the baseline, the second the candidate.

    A margin is not declared there, and what cannot be carried over is said in the notes. The judge and the
    embedder are the first that the tests name. `python`: code of the suite may be run.

    Raises:
        SuiteError: a key or value is wrong.
    """
    foreign = [
        name for name in value.entries() if name not in KEYS and not get_close_matches(name, _READ, 1, _NEAR)
    ]
    given = value.fields((*KEYS, *foreign))
    fields = {name: item for name, item in given.items() if not item.is_null()}
    default = fields.get("defaultTest")
    tests = listed.listed(fields["tests"], default, folder) if "tests" in fields else []
    if "scenarios" in fields:
        tests += listed.scenarios(fields["scenarios"], default, folder)
    asked = replace(graders.first(list(_graders(tests))), python=python)
    prompts, unread = _prompts(fields)
    unread += [f"the key `{name}` is not known and passed over" for name in foreign if name[:2] != "x-"]
    found, missed = _provider(fields, folder)
    return Suite(
        path=path,
        cases=cases.read(tests, folder, listed.templates(fields), asked),
        prompt=prompts[0] if prompts else None,
        candidate=prompts[1] if len(prompts) > 1 else None,
        provider=found,
        judge=asked.judge,
        embedder=asked.embedder,
        repeats=_repeats(fields),
        description=fields["description"].text() if "description" in fields else "",
        notes=(
            *(f"`{name}`: {why}" for name, why in _PASSED_OVER.items() if name in fields),
            *unread,
            *missed,
        ),
    )


def _graders(tests: Sequence[cases.Test]) -> Iterator[Value]:
    """Whom the tests name as graders, what they inherit once."""
    layers = {id(layer): layer for test in tests for layer in test.layers}
    return graders.named(list(layers.values()))


def _repeats(fields: Mapping[str, Value]) -> int:
    options = fields["evaluateOptions"].entries() if "evaluateOptions" in fields else {}
    return options["repeat"].count(1000) if "repeat" in options else 1


# --- prompts --------------------------------------------------------------------------------


def _prompts(fields: Mapping[str, Value]) -> tuple[Sequence[PromptRef], list[str]]:
    """The prompts that can be read, and what is said of the others."""
    given = fields.get("prompts")
    if given is None:
        return (), []
    if given.kind == "a mapping":
        return [PromptRef(name, line=item.line) for name, item in given.entries().items()], []
    found, notes = [], []
    for item in [given] if given.kind == "a text" else given.items():
        spelt = _spelt(item)
        if is_code(spelt) and _names_file(spelt):
            notes.append(f"the prompt {spelt!r} is made by code, which is not run")
        elif _names_file(spelt):
            found.append(PromptRef(spelt.removeprefix("file://"), line=item.line))
        else:
            found.append(PromptRef(None, spelt, item.line))
    if len(found) > 2:
        notes.append(f"of {len(found)} prompts the first two are compared")
    return found, notes


def _spelt(item: Value) -> str:
    if item.kind == "a text":
        return item.text()
    fields = item.entries()
    found = next((fields[key] for key in ("raw", "file", "id") if key in fields), None)
    return found.text() if found else item.fail("a prompt needs `raw` or `id`")


def _names_file(text: str) -> bool:
    bare = text.removeprefix("file://")
    return is_file(text) or (
        "\n" not in bare and " " not in bare and (bare.endswith(_SUFFIXES) or is_code(bare))
    )


# --- providers ------------------------------------------------------------------------------


def _provider(fields: Mapping[str, Value], folder: Folder) -> tuple[Provider | None, list[str]]:
    """The first provider, and what is said of it and the others."""
    given = fields.get("providers", fields.get("targets"))
    if given is None:
        return None, []
    items = [given] if given.kind in ("a text", "a mapping") else given.items()
    if not items:
        return None, []
    notes = [f"of {len(items)} providers the first is used"] if len(items) > 1 else []
    found = vendors.read(items[0])
    if found.provider is None:
        return None, [*notes, f"the provider {found.id!r} is not run here: name another"]
    notes += [f"the setting `{name}` of the provider is not used" for name in found.unused]
    return found.provider, notes
