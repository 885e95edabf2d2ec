"""The tests that a suite lists: in itself, or in files of YAML, JSON, JSONL and CSV beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint.evals import tables
from promptlint.evals.cases import Layer, Test, layer
from promptlint.evals.folder import Folder, is_code
from promptlint.evals.values import Value, origin, parsed

_TABLES = {".csv": tables.rows, ".jsonl": tables.lines}
SUFFIXES = (*_TABLES, ".json", ".yaml", ".yml")
"""The formats in which tests are read."""


def listed(tests: Value, default: Value | None, folder: Folder) -> list[Test]:
    """The tests of the key `tests`, each with what it inherits.

    Raises:
        SuiteError: they are made by code, or stand in a file that is not read.
    """
    general = inherited(default, folder)
    return [Test((*general, layer(value)), value) for value in values(tests, folder)]


def inherited(default: Value | None, folder: Folder) -> tuple[Layer, ...]:
    """The layer of `defaultTest`, or of the file that it names; none if there is none."""
    if default is None or default.is_null():
        return ()
    if default.kind == "a text":
        return (layer(folder.tree(default.text(), default)),)
    return (layer(default),)


def values(tests: Value, folder: Folder) -> Iterator[Value]:
    """The mappings of the tests that a value lists: a file, or a list of mappings and files."""
    if tests.kind == "a mapping":
        tests.fail("the tests are made by code, which is not run; expected a list or a file")
    for item in [tests] if tests.kind == "a text" else tests.items():
        if item.kind == "a text":
            if is_code(item.text()):
                item.fail("the tests are made by code, which is not run; expected a file of tests")
            for path in folder.paths(item.text(), item):
                if path.suffix not in SUFFIXES:
                    item.fail(f"expected a file of {', '.join(SUFFIXES)}, found {path.name!r}")
                text, where = folder.text(path)
                yield from in_file(text, where.path, path.suffix)
        elif "path" in item.entries() and item.entries().keys() <= {"path", "config"}:
            item.fail("the tests are made by code, which is not run; expected a test or a file")
        else:
            yield item


def in_file(text: str, shown: str, suffix: str) -> Iterator[Value]:
    """The mappings of the tests in a file of one of SUFFIXES."""
    if suffix in _TABLES:
        yield from _TABLES[suffix](text, shown)
        return
    found = parsed(text, origin(shown, text), suffix == ".json")
    if found is None or found.is_null():
        return
    yield from [found] if found.kind == "a mapping" else found.items()


def scenarios(value: Value, default: Value | None, folder: Folder) -> Iterator[Test]:
    """The tests of promptfoo's scenarios: each of a scenario's tests with each of its configs."""
    general = inherited(default, folder)
    for item in value.items():
        fields = item.fields(("description", "config", "tests"))
        if "config" not in fields or "tests" not in fields:
            item.fail("a scenario needs `config` and `tests`")
        tests = list(values(fields["tests"], folder))
        for config in values(fields["config"], folder):
            for test in tests:
                yield Test((*general, layer(config), layer(test)), test)


def templates(fields: Mapping[str, Value]) -> Mapping[str, Value]:
    """The templates of assertions of a suite, by name."""
    return fields["assertionTemplates"].entries() if "assertionTemplates" in fields else {}
