"""Turns a file into its prompts: which extractor reads which file, and the guard around all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from promptlint.errors import SourceError
from promptlint.extract.common.naming import in_tests, is_generated, is_test_code, is_test_script
from promptlint.extract.common.toolset import with_likes
from promptlint.model import Context, Extraction, Problem, Source, SourceKind, Span
from promptlint.records import dataclass
from promptlint.templates import JinjaSettings

SUFFIXES: dict[str, SourceKind] = {
    ".txt": SourceKind.TEXT,
    ".md": SourceKind.MARKDOWN,
    ".markdown": SourceKind.MARKDOWN,
    ".mdc": SourceKind.MARKDOWN,
    ".j2": SourceKind.JINJA,
    ".jinja": SourceKind.JINJA,
    ".jinja2": SourceKind.JINJA,
    ".prompt": SourceKind.JINJA,
    ".prompty": SourceKind.JINJA,
    ".hbs": SourceKind.JINJA,
    ".handlebars": SourceKind.JINJA,
    ".mustache": SourceKind.JINJA,
    ".liquid": SourceKind.JINJA,
    ".poml": SourceKind.POML,
    ".baml": SourceKind.BAML,
    ".yaml": SourceKind.YAML,
    ".yml": SourceKind.YAML,
    ".json": SourceKind.JSON,
    ".jsonl": SourceKind.JSONL,
    ".ndjson": SourceKind.JSONL,
    ".py": SourceKind.PYTHON,
    ".ipynb": SourceKind.NOTEBOOK,
    ".js": SourceKind.JAVASCRIPT,
    ".jsx": SourceKind.JAVASCRIPT,
    ".mjs": SourceKind.JAVASCRIPT,
    ".cjs": SourceKind.JAVASCRIPT,
    ".ts": SourceKind.TYPESCRIPT,
    ".tsx": SourceKind.TYPESCRIPT,
    ".mts": SourceKind.TYPESCRIPT,
    ".cts": SourceKind.TYPESCRIPT,
}
"""The last suffix of a file name (`system.md.j2` is Jinja) and the format that it means."""

NAMES: dict[str, SourceKind] = {
    ".cursorrules": SourceKind.MARKDOWN,
    ".windsurfrules": SourceKind.MARKDOWN,
    ".clinerules": SourceKind.MARKDOWN,
    ".roorules": SourceKind.MARKDOWN,
    ".goosehints": SourceKind.MARKDOWN,
}
"""Whole file names that mean a format."""


@dataclass(frozen=True, slots=True)
class Options:
    """What of the project's configuration changes how files are read.

    `coverage` asks for `Extraction.passed`, which no check needs.
    """

    jinja: JinjaSettings = field(default_factory=JinjaSettings)
    coverage: bool = False


_DEFAULT = Options()
_ALONE = Context()


def kind_of(path: str) -> SourceKind | None:
    """The format of a file by its name, or None if nothing here reads it. Upper and lower case are alike."""
    name = path.rpartition("/")[2].lower()
    dot = name.rfind(".")
    return NAMES.get(name) or (SUFFIXES.get(name[dot:]) if dot > 0 else None)


def promptless(source: Source) -> str:
    """Why a file holds no prompt, told from its raw text and without a parser; empty if it may hold one."""
    if source.named or source.context != _ALONE or "promptlint:" in source.text:
        return ""
    if source.kind is SourceKind.PYTHON:
        from promptlint.extract.python import worth_parsing
        from promptlint.extract.python.find.loose import holds_prompts

        worth = worth_parsing(source.text) or holds_prompts(source.path)
    elif source.kind in (SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT):
        from promptlint.extract import script

        worth = script.worth_parsing(source.text)
    else:
        return ""
    return "" if worth else "nothing in it looks like a prompt"


def extract(source: Source, options: Options = _DEFAULT) -> Extraction:
    """The prompts of a file. Never raises for bad input: what cannot be read becomes a problem.

    Text, Markdown and templates are prompts only if they look like it (`judge`); what a data file or
    Python code holds is for its extractor to say. The `reason` says why in either case.
    """
    try:
        found = _extract(source, options)
        return _with_passed(source, found) if options.coverage else found
    except SourceError as error:
        return Extraction((), (error.problem,), "could not be read")
    except (RecursionError, MemoryError):
        problem = Problem("SRC003", "nested too deeply to be read", Span(0, 0))
        return Extraction((), (problem,), "could not be read")


def _extract(source: Source, options: Options) -> Extraction:
    if not source.named and is_generated(source.path):
        return Extraction(reason="generated from BAML files")
    if not source.named and _is_of_tests(source):
        return Extraction(reason="test code" if source.kind in _TEST_CODE else "test data")
    if source.kind in JUDGED:
        return _judged(source, options)
    found = _EXTRACTORS[source.kind](source, options)
    return replace(found, prompts=with_likes(found.prompts)) if len(found.prompts) > 1 else found


def _with_passed(source: Source, found: Extraction) -> Extraction:
    """With what looks like a prompt and is none of `found`, if the extractor has not said so itself."""
    from promptlint.extract.passed import passed

    return found if found.passed else replace(found, passed=passed(source, found))


def _is_of_tests(source: Source) -> bool:
    """True for what a test expects and is given: to mend it would break the test.

    What agents load by itself (`tests/AGENTS.md`) is no fixture.
    """
    is_test = _TEST_CODE.get(source.kind)
    if is_test is not None:
        return is_test(source.path)
    if not in_tests(source.path):
        return False
    from promptlint.extract.common import agentdocs

    return not agentdocs.is_always_loaded(source.path)


def _judged(source: Source, options: Options) -> Extraction:
    from promptlint.extract.judge import judge

    zero = source.text.find("\0")
    if zero >= 0:
        raise SourceError(Problem("SRC001", "binary: holds a NUL character", Span(zero, zero + 1)))
    verdict = judge(source)
    if not verdict.is_prompt:
        return Extraction(reason=verdict.reason)
    return replace(_EXTRACTORS[source.kind](source, options), reason=verdict.reason)


# Each extractor is imported when the first file of its kind is met: start-up is paid in every commit.


def _text(source: Source, options: Options) -> Extraction:
    from promptlint.extract import text

    return text.extract(source)


def _jinja(source: Source, options: Options) -> Extraction:
    from promptlint.extract import jinja

    return jinja.extract(source, options.jinja)


def _yaml(source: Source, options: Options) -> Extraction:
    from promptlint.extract import messages

    return messages.extract_yaml(source)


def _json(source: Source, options: Options) -> Extraction:
    from promptlint.extract import messages

    return messages.extract_json(source)


def _python(source: Source, options: Options) -> Extraction:
    from promptlint.extract import python

    return python.extract(source)


def _jsonl(source: Source, options: Options) -> Extraction:
    from promptlint.extract import jsonl

    return jsonl.extract(source)


def _notebook(source: Source, options: Options) -> Extraction:
    from promptlint.extract import notebook

    return notebook.extract(source, lambda code: _python(code, options), lambda cell: _text(cell, options))


def _script(source: Source, options: Options) -> Extraction:
    from promptlint.extract import script

    return script.extract(source)


def _poml(source: Source, options: Options) -> Extraction:
    from promptlint.extract import poml

    return poml.extract(source)


def _baml(source: Source, options: Options) -> Extraction:
    from promptlint.extract import baml

    return baml.extract(source)


JUDGED = frozenset({SourceKind.TEXT, SourceKind.MARKDOWN, SourceKind.JINJA})
"""Kinds whose files are prompts only if they look like it, or if another file says so."""

_TEST_CODE: dict[SourceKind, Callable[[str], bool]] = {
    SourceKind.PYTHON: is_test_code,
    SourceKind.JAVASCRIPT: is_test_script,
    SourceKind.TYPESCRIPT: is_test_script,
}
_EXTRACTORS: dict[SourceKind, Callable[[Source, Options], Extraction]] = {
    SourceKind.TEXT: _text,
    SourceKind.MARKDOWN: _text,
    SourceKind.JINJA: _jinja,
    SourceKind.YAML: _yaml,
    SourceKind.JSON: _json,
    SourceKind.JSONL: _jsonl,
    SourceKind.PYTHON: _python,
    SourceKind.NOTEBOOK: _notebook,
    SourceKind.JAVASCRIPT: _script,
    SourceKind.TYPESCRIPT: _script,
    SourceKind.POML: _poml,
    SourceKind.BAML: _baml,
}
