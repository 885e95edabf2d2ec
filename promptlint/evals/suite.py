"""Loads a suite: promptlint's YAML, promptfoo's configuration, or a bare list of tests in any format."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from promptlint.errors import SuiteError, UsageError
from promptlint.evals import cases, listed, planning, promptfoo, provider
from promptlint.evals.folder import Folder
from promptlint.evals.graders import Graders
from promptlint.evals.model import Case, PromptRef, Provider, Suite
from promptlint.evals.opinions import trust
from promptlint.evals.values import Value, origin, parsed, text_of
from promptlint.records import dataclass

KEYS = (
    "prompt",
    "candidate",
    "provider",
    "judge",
    "embedder",
    "margin",
    "budget",
    "alpha",
    "repeats",
    "max_cost",
    "description",
    "tests",
    "defaultTest",
    "assertionTemplates",
)
"""The keys of a suite."""

_MOST_REPEATS = 1000


def load(path: Path, root: Path | None = None, allow_python: bool = False) -> Suite:
    """The suite in a file, whatever it is: nothing that it names is run, and no call is paid for.

    Args:
        path: of a file of YAML, JSON, JSONL or CSV.
        root: the folder below which the suite may name files; None: its own. Names are relative to its own.
        allow_python: whether assertions may run code of the suite when answers are scored.

    Raises:
        SuiteError: the file cannot be read, or says what cannot be; the message names file and line.
        UsageError: code is allowed where it must not be run.
    """
    if allow_python and (why := trust.refusal(os.environ)):
        raise UsageError(f"code of a suite is not run here: {why}")
    place = path.resolve()
    folder = Folder((root or place.parent).resolve(), place.parent)
    if path.suffix not in listed.SUFFIXES:
        raise SuiteError(f"{path}: expected a file of {', '.join(listed.SUFFIXES)}")
    text, shown = text_of(path, str(path)), str(path)
    suite = _suite(text, shown, path.suffix, _Setting(folder, allow_python))
    if not suite.cases:
        raise SuiteError(f"{shown}:1: the suite has no cases")
    return suite


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where a suite lies, and whether its code may be run."""

    folder: Folder
    python: bool


def _suite(text: str, shown: str, suffix: str, setting: _Setting) -> Suite:
    if suffix in (".yaml", ".yml", ".json"):
        found = parsed(text, origin(shown, text), suffix == ".json")
        if found is not None and found.kind == "a mapping" and not _is_test(found):
            reader = _own if "prompt" in found.entries() else promptfoo.read
            return reader(found, shown, setting.folder, setting.python)
    tests = [cases.Test((cases.layer(value),), value) for value in listed.in_file(text, shown, suffix)]
    return Suite(shown, cases.read(tests, setting.folder, {}, Graders(python=setting.python)))


def _is_test(value: Value) -> bool:
    """True for a lone test, which is no suite."""
    names = value.entries().keys()
    return "vars" in names or "assert" in names


def _own(value: Value, path: str, folder: Folder, python: bool) -> Suite:
    """The suite of promptlint's own shape."""
    given = value.fields(KEYS)
    for key in ("prompt", "tests"):
        if key not in given:
            value.fail(f"the key `{key}` is missing")
    if "candidate" in given and "margin" not in given:
        value.fail("the key `margin` is missing: how much loss of mean score is acceptable, as 0.03")
    default = given.get("defaultTest")
    tests = listed.listed(given["tests"], default, folder)
    judge, embedder = _provider(given, "judge", folder), _provider(given, "embedder", folder)
    suite = Suite(
        path=path,
        cases=cases.read(tests, folder, listed.templates(given), Graders(judge, embedder, python)),
        prompt=_prompt(given, "prompt"),
        candidate=_prompt(given, "candidate"),
        provider=_provider(given, "provider", folder),
        judge=judge,
        embedder=embedder,
        description=given["description"].text() if "description" in given else "",
    )
    return _ruled(suite, given)


def _prompt(given: Mapping[str, Value], key: str) -> PromptRef | None:
    return PromptRef(given[key].text(), line=given[key].line) if key in given else None


def _provider(given: Mapping[str, Value], key: str, folder: Folder) -> Provider | None:
    return provider.read(given[key], folder) if key in given else None


def _ruled(suite: Suite, given: Mapping[str, Value]) -> Suite:
    """The suite with what it says of the gate."""
    if "margin" in given:
        suite = replace(suite, margin=given["margin"].between(0, 1))
    if "budget" in given:
        suite = replace(suite, budget=given["budget"].between(0, 1))
    if "alpha" in given:
        suite = replace(suite, alpha=given["alpha"].between(0, 0.5))
    if "repeats" in given:
        suite = replace(suite, repeats=given["repeats"].count(_MOST_REPEATS))
    if "max_cost" in given:
        suite = replace(suite, max_cost=given["max_cost"].amount())
    note = planning.too_few(suite)
    return replace(suite, notes=(*suite.notes, note)) if note else suite


def match_vars(suite: Suite, prompt: str, needed: Collection[str], known: Collection[str] = ()) -> None:
    """Check that each case gives a prompt what it asks for, and nothing that nobody uses.

    Args:
        suite: whose cases are checked.
        prompt: what the prompt is called in the message.
        needed: the names without which its template cannot be filled in.
        known: the names that it may be given besides.

    Raises:
        SuiteError: a case lacks a var, or has one that neither prompt nor assertions know.
    """
    wanted, allowed = set(needed), {*needed, *known}
    for case in suite.cases:
        if lacking := sorted(wanted - case.vars.keys()):
            raise SuiteError(f"{_place(case)}: {prompt} asks for {_listed(lacking)}, which the case lacks")
        if unknown := sorted(case.vars.keys() - allowed - case.uses):
            raise SuiteError(f"{_place(case)}: {prompt} does not ask for {_listed(unknown)}")


def _place(case: Case) -> str:
    return f"{case.path}:{case.line}: case {case.id}"


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
